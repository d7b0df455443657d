"""The import of projects: names to keys, houses kept that the file cannot name, then the command."""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from graph import links
from graph.actors import Actor
from graph.commands import COMMAND_LINE
from graph.commands.put_projects import Involvement, ProjectEntry, PutProjects, put_projects
from graph.model import NodeKey, Project
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork
from network.importers.files import read_text
from network.importers.names import Administration, AdministrationNames, UnknownNameError
from network.importers.projects import NamedAdministration, ProjectLine, parse_projects
from network.importers.report import ImportReport, Progress, no_progress

_CHUNK: Final = 500
"""Projects whose surroundings are read at once."""

Roles = dict[NodeKey, tuple[str | None, bool]]
"""Houses that take part in a project, as what, and whether they were asked and have not answered."""


async def import_projects(
    paths: Sequence[Path],
    unit_of_work: UnitOfWork,
    report: ImportReport,
    progress: Progress = no_progress,
    *,
    actor: Actor = COMMAND_LINE,
) -> None:
    """Projects from NDJSON files, created or updated by slug.

    The format names involved municipalities only: other houses that take part in a stored project stay, and so do the
    roles of its municipalities, and those that were asked and have not answered: no export names them.

    Raises:
        ImportFileError: a file cannot be read; nothing was written.
        ForbiddenError: `actor` may not write one of the projects.
    """
    lines = await asyncio.to_thread(_read, paths, report)
    keys = await _keys(unit_of_work, lines, report, actor)
    lines = [line for line in lines if line.project.slug in keys]
    stored: dict[str, Roles] = {}
    for first in range(0, len(lines), _CHUNK):
        slugs = [line.project.slug for line in lines[first : first + _CHUNK]]
        stored |= _involved(await unit_of_work.run(partial(_involvements, slugs=slugs), actor=actor))
    entries = [_entry(line, keys[line.project.slug], stored.get(line.project.slug, {})) for line in lines]
    outcome: dict[str, Any] = await put_projects(
        unit_of_work, PutProjects(entries=entries), actor=actor, on_progress=progress
    )
    report.created += outcome["created"]
    report.changed += outcome["changed"]
    report.unchanged += outcome["unchanged"]
    by_slug = {line.project.slug: line for line in lines}
    for problem in outcome["problems"]:
        line = by_slug[problem["slug"]]
        report.refuse(line.file, line.line, _column(line, problem["reason"]), problem["reason"])


def _read(paths: Sequence[Path], report: ImportReport) -> list[ProjectLine]:
    """The lines of all files; of a slug that is given twice the first counts."""
    first: dict[str, ProjectLine] = {}
    for path in paths:
        report.files.append(path.name)
        for line in parse_projects(path.name, read_text(path), report):
            earlier = first.setdefault(line.project.slug, line)
            if earlier is not line:
                reason = f"{line.project.slug} is already in {earlier.file}:{earlier.line}"
                report.refuse(line.file, line.line, "slug", reason)
    return list(first.values())


async def _keys(
    unit_of_work: UnitOfWork, lines: Sequence[ProjectLine], report: ImportReport, actor: Actor
) -> dict[str, tuple[str, ...] | None]:
    """The keys of the municipalities by slug, without the lines whose names cannot be resolved."""
    names: AdministrationNames | None = None
    found: dict[str, tuple[str, ...] | None] = {}
    for line in lines:
        if names is None and any(isinstance(place, NamedAdministration) for place in line.municipalities or ()):
            rows: list[Any] = await unit_of_work.run(_administrations, actor=actor)
            names = AdministrationNames(Administration(*row) for row in rows)
        try:
            found[line.project.slug] = None if line.municipalities is None else tuple(_resolved(line, names))
        except UnknownNameError as error:
            report.refuse(line.file, line.line, "municipalities", str(error))
    return found


async def _administrations(unit: Unit) -> list[Any]:
    return await unit.query("administration_names")


def _resolved(line: ProjectLine, names: AdministrationNames | None) -> Iterator[str]:
    seen = set()
    for place in line.municipalities or ():
        key = names.key(place.name, place.state) if names and isinstance(place, NamedAdministration) else str(place)
        if key in seen:
            raise UnknownNameError(f"{key} is named twice, once by name")
        seen.add(key)
        yield key


async def _involvements(unit: Unit, slugs: Sequence[str]) -> dict[str, list[list[str | bool | None]]]:
    """By slug: label, key and role of each house that takes part, and whether it has not answered."""
    ids = await unit.find_keys(Project, "slug", slugs)
    followed = await unit.follow(links.PROJECT_HOUSES, ids.values())
    return {
        slug: [
            [house.label, house.value, edge.get("role"), bool(edge.get("asked_at") and not edge.get("confirmed_at"))]
            for house, edge in followed.get(identifier, [])
        ]
        for slug, identifier in ids.items()
    }


def _involved(answer: dict[str, list[list[Any]]]) -> dict[str, Roles]:
    return {
        slug: {NodeKey(label, key): (role, is_silent) for label, key, role, is_silent in houses}
        for slug, houses in answer.items()
    }


def _entry(line: ProjectLine, municipalities: tuple[str, ...] | None, stored: Roles) -> ProjectEntry:
    involves = None
    if municipalities is not None:
        wanted = [NodeKey("Municipality", key) for key in municipalities]
        others = [
            house
            for house, (_, is_silent) in stored.items()
            if house.label != "Municipality" or (is_silent and house not in wanted)
        ]
        roles = {house: role for house, (role, _) in stored.items()}
        involves = tuple(Involvement(house=house, role=roles.get(house)) for house in (*wanted, *others))
    return ProjectEntry(project=line.project, owner=line.owner, topics=line.topics, involves=involves)


def _column(line: ProjectLine, reason: str) -> str | None:
    """The column that a problem of the command is about, where it names one kind of node."""
    if not reason.startswith("unknown: "):
        return None
    if line.owner is not None and str(line.owner) in reason:
        return "owner"
    return "topics" if "Topic:" in reason else "municipalities"
