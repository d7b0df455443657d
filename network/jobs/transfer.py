"""Imports and exports as jobs of the command line."""

import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from graph.errors import GraphError
from graph.writing.unit_of_work import UnitOfWork
from network.importers.project_export import export_projects as exported
from network.importers.project_import import import_projects
from network.importers.registers import import_municipalities, import_services, import_universities
from network.importers.report import ImportFileError, ImportReport, Progress
from network.jobs.job import FAILURE, Job, Output, Workplace, caller, catch_up

_FLUSHED_LINES: Final = 500
"""Lines of an export between two waits for the reader: what is written but not read takes memory."""

Import = Callable[[Sequence[Path], UnitOfWork, ImportReport, Progress], Awaitable[None]]


def _import(kind: str, read: Import) -> Job:
    async def job(place: Workplace, output: Output, *, files: list[str], as_json: bool) -> int:
        """Exit code 1 where a row was left out: nobody should have to read the report to know."""
        report = ImportReport(kind)

        def progress(done: int, total: int) -> None:
            output.progress(kind, done, total)

        try:
            await read([Path(file) for file in files], UnitOfWork(place.graph), report, progress)
        except ImportFileError as error:
            if as_json:
                told = {"file": error.file, "line": error.line, "reason": error.reason}
                output.line(json.dumps({"error": told}, ensure_ascii=False))
            output.error(f"{error}. Nothing was written.")
            return FAILURE
        except GraphError:
            output.error(report.to_text())
            output.error("The import broke off. Run it again: rows that are in stay as they are.")
            raise
        await catch_up(place)
        output.line(report.to_json() if as_json else report.to_text())
        return 0 if report.is_complete else FAILURE

    return job


async def export_projects(place: Workplace, output: Output, *, as_: str | None) -> int:
    count = 0
    async for line in exported(place.graph, caller=caller(as_)):
        output.line(line.removesuffix("\n"))
        count += 1
        if count % _FLUSHED_LINES == 0:
            await output.flush()
    return 0


TRANSFERS: Final[dict[str, Job]] = {
    "import_municipalities": _import("municipalities", import_municipalities),
    "import_universities": _import("universities", import_universities),
    "import_services": _import("services", import_services),
    "import_projects": _import("projects", import_projects),
    "export_projects": export_projects,
}
