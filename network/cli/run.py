"""Runs a job for the command line: inside the server that holds the data folder, else in this process."""

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from graph.errors import GraphError
from network.configuration import settings as reading
from network.configuration.settings import Settings
from network.errors import JobError
from network.jobs import admin_socket, registry
from network.jobs.job import FAILURE, LEAVING_FILES_TO_REWRITE, LEAVING_SCHEMA, Output, Workplace, caller
from search.errors import SearchError

console: Final = Console(stderr=True)
"""For people. What was asked for goes to standard output, so that it can be piped."""
_INTERRUPTED: Final = 130
"""What shells expect of a command that ended by Ctrl-C."""


def settings(*, sends_mail: bool = False, signs_in: bool = False) -> Settings:
    """The settings of this start.

    Args:
        sends_mail: Whether it hands letters over, and so has to know the mail server.
        signs_in: Whether people sign in here, so that it has to know what our clients sign in with.

    Raises:
        SettingsError: they cannot be used.
    """
    return reading.load(sends_mail=sends_mail, signs_in=signs_in)


def check_membership(as_: str | None) -> None:
    """Passes a membership that can be meant.

    Raises:
        typer.BadParameter: it cannot; exit code 2.
    """
    try:
        caller(as_)
    except JobError as error:
        raise typer.BadParameter(str(error), param_hint="--as") from error


def run(job: str, arguments: dict[str, Any]) -> int:
    """The exit code of `job`."""
    chosen = settings()
    with terminal() as output:
        try:
            return asyncio.run(_run(chosen, job, arguments, output))
        except (JobError, GraphError, SearchError) as error:
            output.error(str(error))
            return FAILURE
        except KeyboardInterrupt:
            output.error("Interrupted. Run it again to go on.")
            return _INTERRUPTED


def beside_server(chosen: Settings) -> Settings:
    """`chosen`, with the address of the server that holds its data folder: a shell may say another one, or none.

    Raises:
        JobError: there is a server, and it has no sample accounts.
    """
    said = _Said()
    try:
        code = asyncio.run(_through_server(chosen, "sample_issuer", {}, said))
    except admin_socket.NoServerError:
        return chosen
    if code:
        raise JobError("\n".join(said.errors))
    return replace(chosen, public_url=said.lines[0].removesuffix(reading.DEVELOPMENT_ISSUER_PATH))


async def _run(chosen: Settings, job: str, arguments: dict[str, Any], output: "TerminalOutput") -> int:
    if chosen.holds_data_dir:
        with contextlib.suppress(admin_socket.NoServerError):
            return await _through_server(chosen, job, arguments, output)
    return await _here(chosen, job, arguments, output)


async def _through_server(chosen: Settings, job: str, arguments: dict[str, Any], output: Output) -> int:
    given = {"backends": chosen.backends, **arguments}
    async with contextlib.aclosing(admin_socket.ask(chosen.data_dir, job, given)) as events:
        async for event in events:
            if event.kind == "line":
                output.line(event.value)
            elif event.kind == "error":
                output.error(event.value)
            elif event.kind == "progress":
                output.progress(*event.value)
            else:
                return int(event.value)
    return FAILURE


async def _here(chosen: Settings, job: str, arguments: dict[str, Any], output: "TerminalOutput") -> int:
    from network.app import open_ports
    from network.background import holder
    from search.indexer import Indexer

    ports = await open_ports(chosen)
    try:
        if job not in LEAVING_SCHEMA:
            await ports.graph.apply_schema()
        indexer = Indexer(ports.graph, ports.search, holder=holder())
        place = Workplace(
            ports.graph,
            ports.search,
            ports.service,
            indexer,
            has_server=False,
            is_served=not chosen.holds_data_dir,
            documents_file=chosen.documents_file,
            legal_dir=chosen.legal_dir,
            has_public=chosen.is_production,
            backup_dir=chosen.backup_dir,
            sample_issuer=chosen.sample_issuer,
        )
        code = await registry.run(place, job, arguments, output)
    finally:
        await ports.close()
    if job in LEAVING_FILES_TO_REWRITE:
        await (await open_ports(chosen)).close()
    return code


class _Said:
    """An `Output` that is kept."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.errors: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def error(self, text: str) -> None:
        self.errors.append(text)

    async def flush(self) -> None:
        """Everything is kept already."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Nobody looks."""


class TerminalOutput:
    """An `Output` that people read: results on standard output, the rest beside it."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def line(self, text: str) -> None:
        sys.stdout.write(text + "\n")

    def error(self, text: str) -> None:
        console.print(text, style="red", markup=False, highlight=False, soft_wrap=True)

    async def flush(self) -> None:
        sys.stdout.flush()

    def progress(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
        self._progress.update(self._tasks[what], completed=done, total=total)


@contextlib.contextmanager
def terminal() -> Iterator[TerminalOutput]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield TerminalOutput(progress)
    sys.stdout.flush()
