"""Connections to the embedded database, each with a thread of its own, and how work on them is stopped."""

import asyncio
import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final, TextIO, TypeVar

import ladybug

from graph.backends.ladybug.errors import OutOfBufferError, translated
from graph.errors import GraphUnavailableError

T = TypeVar("T")
Records = list[list[Any]]

# A connection keeps every statement that it ever prepared, one with an ORDER BY at 1.5 MB of the buffer, one that leads to
# houses of all labels at 5 MB. Preparing takes 1 to 4 ms, ten times as long as running; clients compose selections, so that
# there is no end of texts. With four readers as many as this fit into the buffer.
_MAX_TEXTS: Final = 60
# How often a stop is repeated: Ladybug forgets an interrupt that comes while a statement is still compiled.
_INTERRUPT_S: Final = 0.01


class Session:
    """What a piece of work sees of its connection, in the thread of the connection."""

    def __init__(self, deadline: float) -> None:
        self.is_cancelled = False
        self.statements = 0
        self._deadline = deadline
        self._connection: Any = None
        self._texts: set[str] = set()

    def attach(self, connection: Any, texts: set[str]) -> None:
        """Names the connection, and where the texts that it prepared are written down."""
        self._connection = connection
        self._texts = texts

    def execute(self, text: str, parameters: Mapping[str, Any] | None = None) -> Records:
        """The records of one statement.

        Raises:
            GraphUnavailableError: no time is left, or the work was cancelled.
        """
        left_s = self._deadline - time.monotonic()
        if self.is_cancelled or left_s <= 0:
            raise GraphUnavailableError("the embedded database did not finish in time")
        self.statements += 1
        self._texts.add(text)
        with translated():
            # 0 would mean no limit.
            self._connection.set_query_timeout(max(1, int(left_s * 1000)))
            answers = self._connection.execute(text, dict(parameters or {}))
            last = answers[-1] if isinstance(answers, list) else answers
            records: Records = last.get_all()
            for answer in answers if isinstance(answers, list) else [answers]:
                answer.close()
        return records

    def begin(self, *, is_read_only: bool = False) -> None:
        self.execute("BEGIN TRANSACTION READ ONLY" if is_read_only else "BEGIN TRANSACTION")
        self.statements -= 1

    def commit(self) -> None:
        """Commits, however late it is: from here on nobody may interrupt."""
        with translated():
            self._connection.set_query_timeout(0)
            self._connection.execute("COMMIT").close()

    def roll_back(self) -> None:
        """Ends the transaction, if a failure has not already ended it, as most do."""
        with contextlib.suppress(RuntimeError):
            self._connection.set_query_timeout(0)
            self._connection.execute("ROLLBACK").close()


class Lane:
    """One connection and the one thread that uses it; runs one piece of work at a time.

    Args:
        count: Called in the event loop, in the context of whoever asked, with the statements that a piece of work sent.
    """

    def __init__(self, database: Any, name: str, count: Callable[[int], None]) -> None:
        self._database = database
        self._count = count
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._connection = self._connect()
        self._texts: set[str] = set()
        self._stops: set[asyncio.Task[None]] = set()

    def _connect(self) -> Any:
        # One thread a query: short queries are faster so, and what is collected after an ORDER BY keeps its order.
        return ladybug.Connection(self._database, num_threads=1)

    def forget(self) -> None:
        """Lets go of all prepared statements as soon as the lane is free; only for lanes of single transactions."""
        with contextlib.suppress(RuntimeError):
            self._executor.submit(self._reconnect)

    def _reconnect(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._connection.close()
        self._connection = self._connect()
        self._texts.clear()

    def _in_thread(self, work: Callable[[Session], T], session: Session, *, is_between: bool) -> T:
        if is_between and len(self._texts) > _MAX_TEXTS:
            self._reconnect()
        session.attach(self._connection, self._texts)
        return work(session)

    async def run(
        self,
        work: Callable[[Session], T],
        deadline: float,
        *,
        is_between: bool = False,
        done: Callable[[], None] | None = None,
    ) -> T:
        """What `work` returns; cancelling stops the statement that is running before it passes through.

        Args:
            deadline: On the clock of `time.monotonic`.
            is_between: No transaction is open yet, so that the connection may be made anew.
            done: Called in the event loop when the lane is free again, which may be after a cancellation.

        Raises:
            GraphUnavailableError: out of time, or the lane is closed.
        """
        session = Session(deadline)
        in_thread = partial(self._in_thread, work, session, is_between=is_between)
        try:
            running = asyncio.get_running_loop().run_in_executor(self._executor, in_thread)
        except RuntimeError as exc:
            raise GraphUnavailableError("the graph store is closed") from exc
        # Before whoever waits goes on, and also where nobody waits any more.
        running.add_done_callback(lambda _: self._count(session.statements))
        if done is not None:
            running.add_done_callback(lambda _: done())
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            session.is_cancelled = True
            stop = asyncio.ensure_future(self._stop(running))
            self._stops.add(stop)
            stop.add_done_callback(self._stops.discard)
            await asyncio.shield(stop)
            raise

    async def _stop(self, running: asyncio.Future[Any]) -> None:
        while not running.done():
            with contextlib.suppress(RuntimeError):
                self._connection.interrupt()
            await asyncio.wait({running}, timeout=_INTERRUPT_S)
        if not running.cancelled():
            running.exception()  # looked at, so that nobody is told of it: whoever cancelled wants no answer

    def close(self) -> None:
        """Interrupts what runs, waits for it to end, and closes the connection."""
        with contextlib.suppress(RuntimeError):
            self._connection.close()
        self._executor.shutdown(wait=True)


class Pool:
    """A bounded number of lanes for reading."""

    def __init__(self, database: Any, size: int, count: Callable[[int], None]) -> None:
        self.lanes = [Lane(database, f"ladybug-read-{number}", count) for number in range(size)]
        # Last in, first out: the lane used last has its statements prepared.
        self._idle: asyncio.LifoQueue[Lane] = asyncio.LifoQueue()
        for lane in self.lanes:
            self._idle.put_nowait(lane)

    async def run(self, work: Callable[[Session], T], timeout_s: float) -> T:
        deadline = time.monotonic() + timeout_s
        try:
            async with asyncio.timeout(timeout_s):
                lane = await self._idle.get()
        except TimeoutError as exc:
            raise GraphUnavailableError(f"all {len(self.lanes)} connections were busy for {timeout_s} s") from exc
        try:
            return await lane.run(work, deadline, is_between=True, done=lambda: self._idle.put_nowait(lane))
        except OutOfBufferError:
            self.forget()
            raise

    def forget(self) -> None:
        """Gives back the memory of prepared statements."""
        for lane in self.lanes:
            lane.forget()


class FolderLock:
    """Holds a data folder for one store, among processes and within one.

    Ladybug's own lock ends at the process: a second `Database` in the same one would be let in and destroy the files.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "graph.lock"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: TextIO = path.open("a+", encoding="utf-8")
        except OSError as exc:
            raise GraphUnavailableError(f"{folder} cannot be written ({exc.strerror})") from exc
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            holder = path.read_text(encoding="utf-8").strip() or "another process"
            self._file.close()
            raise GraphUnavailableError(
                f"{folder} is held by {holder}, perhaps a running `hubnetz serve`: "
                "stop it, or let the command work through it"
            ) from exc
        self._file.truncate(0)
        self._file.write(f"process {os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        self._file.close()
