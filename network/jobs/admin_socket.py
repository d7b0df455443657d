"""Commands beside a running server: its owner talks to it over a Unix socket in the data folder.

An embedded backend is open in one process at a time. So a command that finds a server asks it to do the work and shows
what comes back. Both sides speak lines of JSON: one request, then any number of events, the last of which ends it.
"""

import asyncio
import contextlib
import json
import logging
import os
import socket
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from network.errors import JobError, caught
from network.jobs.job import FAILURE, Output

NAME: Final = "admin.sock"
_LOG: Final = logging.getLogger("hubnetz.admin")
_LINE_BYTES: Final = 1 << 20
"""Longest request or event: a job with thousands of file names, a page of hits."""

RunJob = Callable[[str, dict[str, Any], Output], Coroutine[Any, Any, int]]


class NoServerError(Exception):
    """Nobody listens: no server holds this data folder."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line from the server: `line`, `error` (text), `progress` (what, done, total) or `exit` (code)."""

    kind: str
    value: Any


class _SocketOutput:
    """An `Output` whose reader sits at the other end."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def line(self, text: str) -> None:
        self._send("line", text)

    def error(self, text: str) -> None:
        self._send("error", text)

    def progress(self, what: str, done: int, total: int) -> None:
        self._send("progress", [what, done, total])

    async def flush(self) -> None:
        await self._writer.drain()

    def exit(self, code: int) -> None:
        self._send("exit", code)

    def _send(self, kind: str, value: Any) -> None:
        self._writer.write(json.dumps([kind, value]).encode() + b"\n")


@contextlib.asynccontextmanager
async def listening(data_dir: Path, run: RunJob) -> AsyncIterator[None]:
    """Takes jobs from the owner of this process until the block ends.

    Raises:
        JobError: another server listens on this folder.
    """
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await _serve(reader, writer, run)
        finally:
            running.discard(task)

    listener = _listener(data_dir)
    server = await asyncio.start_unix_server(serve, sock=listener, limit=_LINE_BYTES)
    try:
        yield
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        _unlink(data_dir)


async def ask(data_dir: Path, job: str, arguments: dict[str, Any]) -> AsyncGenerator[Event, None]:
    """The events of `job`, run inside the server that holds `data_dir`; the last is `exit`.

    Leaving the iteration early ends the job.

    Raises:
        NoServerError: there is none.
        JobError: the server went away before the end.
    """
    with _short(data_dir) as folder:
        try:
            _must_be_there(data_dir)
            reader, writer = await asyncio.open_unix_connection(f"{folder}/{NAME}", limit=_LINE_BYTES)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            raise NoServerError from None
        except PermissionError as error:
            raise JobError(f"{data_dir / NAME} belongs to another user: run the command as that user.") from error
    try:
        writer.write(json.dumps([job, arguments]).encode() + b"\n")
        await writer.drain()
        while line := await reader.readline():
            event = Event(*json.loads(line))
            yield event
            if event.kind == "exit":
                return
        raise JobError("The server went away before the command was done. Run it again: commands may be repeated.")
    finally:
        writer.close()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, run: RunJob) -> None:
    output = _SocketOutput(writer)
    with contextlib.closing(writer):
        if not _is_owner(writer.get_extra_info("socket")):
            return
        try:
            job, arguments = json.loads(await reader.readline())
            arguments = dict(arguments)
        except (ValueError, TypeError, RecursionError):
            output.error("not a request")
            output.exit(2)
            return
        code = await _until_left(reader, run(str(job), arguments, output))
        if code is not None:
            output.exit(code)
            with contextlib.suppress(ConnectionError):
                await writer.drain()


async def _until_left(reader: asyncio.StreamReader, running: Coroutine[Any, Any, int]) -> int | None:
    """The exit code of the job, None if the one who asked left before its end, which ends the job, too."""
    code = FAILURE

    async def work() -> None:
        nonlocal code
        code = await running

    job = asyncio.create_task(caught(work()))
    left = asyncio.create_task(reader.read(1))
    try:
        await asyncio.wait({job, left}, return_when=asyncio.FIRST_COMPLETED)
        if not job.done():
            return None
        if (error := job.result()) is not None:
            # A job reports what it can name; whatever else is our mistake, and the server outlives it.
            _LOG.error("job failed", exc_info=error)
        return code
    finally:
        for task in (job, left):
            task.cancel()
        await asyncio.gather(job, left, return_exceptions=True)


def _listener(data_dir: Path) -> socket.socket:
    data_dir.mkdir(parents=True, exist_ok=True)
    with _short(data_dir) as folder:
        return _bound(folder)


def _unlink(data_dir: Path) -> None:
    (data_dir / NAME).unlink(missing_ok=True)


def _bound(folder: str) -> socket.socket:
    """A socket that only this user may connect to; one that a killed server left behind is replaced."""
    path = f"{folder}/{NAME}"
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            Path(path).unlink(missing_ok=True)
        else:
            raise JobError("Another server holds this data folder.")
    listener = socket.socket(socket.AF_UNIX)
    # Permissions are set before anybody can connect: chmod afterwards would leave a moment.
    before = os.umask(0o177)
    try:
        listener.bind(path)
    finally:
        os.umask(before)
    return listener


def _is_owner(connection: Any) -> bool:
    """Whether the other end runs as this user; on systems without SO_PEERCRED the permissions of the file decide."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return True
    _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
    return bool(uid == os.getuid())


def _must_be_there(folder: Path) -> None:
    """Its name may be too long for a socket, and as long as it is not there it has no short one."""
    if not folder.is_dir():
        raise FileNotFoundError(folder)


@contextlib.contextmanager
def _short(folder: Path) -> Iterator[str]:
    """`folder` under a name short enough: a socket's path has at most 107 bytes, a folder's 4,096."""
    if len(os.fsencode(folder / NAME)) < 100 or not Path("/proc/self/fd").is_dir() or not folder.is_dir():
        yield str(folder)
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
