"""The imports: files are read completely first, then written in batches. Whatever is wrong ends up in the report.

Files are read in a thread, so that a server which runs an import beside its requests goes on answering.
A file that cannot be read stops the import before anything is written. A row with an error is left out, the others are
taken over. After a kill or an unreachable database run the import again: what is there already is only compared.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from auth.keys import STATE_DIGITS
from graph.actors import Actor
from graph.commands import COMMAND_LINE
from graph.commands.put_register import Entry, PutRegister, put_register
from graph.model import NodeKey
from graph.writing.unit_of_work import UnitOfWork
from network.importers.administrations import register_source, states
from network.importers.files import read_text
from network.importers.gv100ad import is_gv100ad, parse_gv100ad
from network.importers.report import ImportReport, Progress, no_progress
from network.importers.ror import is_json, parse_ror
from network.importers.services import parse_services
from network.importers.tables import parse_table
from network.importers.universities import parse_university_table

Located = tuple[str, int, Entry]
"""A node with its file and line."""


async def import_municipalities(
    paths: Sequence[Path],
    unit_of_work: UnitOfWork,
    report: ImportReport,
    progress: Progress = no_progress,
    *,
    actor: Actor = COMMAND_LINE,
) -> None:
    """Municipalities, associations, districts and the sixteen states, each PART_OF the one above it.

    Files are CSV (municipalities, associations, districts, told apart by their header) or GV100AD, in any number and
    order.

    Raises:
        ImportFileError: a file cannot be read; nothing was written.
    """

    def parse(file: str, text: str) -> Iterable[tuple[int, Entry]]:
        if is_gv100ad(text):
            return parse_gv100ad(file, text, report)
        return parse_table(file, text, report)

    found = await asyncio.to_thread(_read, paths, report, parse)
    known = {node.key for _, _, node in found}
    if any(len(key.value) > STATE_DIGITS for key in known):
        found += [("", 0, state) for state in states(register_source()) if state.key not in known]
    await _write([node for _, _, node in found], unit_of_work, report, progress, actor)


async def import_universities(
    paths: Sequence[Path],
    unit_of_work: UnitOfWork,
    report: ImportReport,
    progress: Progress = no_progress,
    *,
    actor: Actor = COMMAND_LINE,
) -> None:
    """Universities from CSV or from ROR records (JSON, one or an array).

    Raises:
        ImportFileError: a file cannot be read; nothing was written.
    """

    def parse(file: str, text: str) -> Iterable[tuple[int, Entry]]:
        return parse_ror(file, text, report) if is_json(text) else parse_university_table(file, text, report)

    found = await asyncio.to_thread(_read, paths, report, parse)
    await _write([node for _, _, node in found], unit_of_work, report, progress, actor)


async def import_services(
    paths: Sequence[Path],
    unit_of_work: UnitOfWork,
    report: ImportReport,
    progress: Progress = no_progress,
    *,
    actor: Actor = COMMAND_LINE,
) -> None:
    """Administrative services from CSV.

    Raises:
        ImportFileError: a file cannot be read; nothing was written.
    """

    def parse(file: str, text: str) -> Iterable[tuple[int, Entry]]:
        return parse_services(file, text, report)

    found = await asyncio.to_thread(_read, paths, report, parse)
    await _write([node for _, _, node in found], unit_of_work, report, progress, actor)


def _read(
    paths: Sequence[Path], report: ImportReport, parse: Callable[[str, str], Iterable[tuple[int, Entry]]]
) -> list[Located]:
    """The nodes of all files; of a key that is given twice the first counts."""
    first: dict[NodeKey, Located] = {}
    for path in paths:
        report.files.append(path.name)
        for line, node in parse(path.name, read_text(path)):
            earlier = first.setdefault(node.key, (path.name, line, node))
            if earlier[2] is not node:
                column = type(node).key_property
                report.refuse(path.name, line, column, f"{node.key.value} is already in {earlier[0]}:{earlier[1]}")
    return list(first.values())


async def _write(
    nodes: list[Entry], unit_of_work: UnitOfWork, report: ImportReport, progress: Progress, actor: Actor
) -> None:
    if not nodes:
        return
    counts = await put_register(unit_of_work, PutRegister(nodes=nodes), actor=actor, on_progress=progress)
    report.created += counts["created"]
    report.changed += counts["changed"]
    report.unchanged += counts["unchanged"]
