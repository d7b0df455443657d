"""Loads the seed into a graph: `check` says what is wrong with the files, `load` writes them.

Loading again changes nothing. It never takes anything away: an entry that anybody else has changed since is left as it
is, with its relationships, and an administration or university that is there already is the register's business.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from auth.policy import EVERYTHING
from graph.actors import System, actor_id
from graph.commands.put_network import PutNetwork, put_network
from graph.commands.put_projects import Involvement, ProjectEntry, PutProjects, put_projects
from graph.commands.put_register import PutRegister, put_register
from graph.errors import GraphError
from graph.links import HUB_MUNICIPALITIES
from graph.model import Municipality, Node, NodeKey, Project
from graph.port import GraphStore
from graph.relationships import Involves, Relationship, Serves
from graph.selection import Linked, Match, Page, Selection
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork
from seed_data.catalogue import FOLDER, Catalogue, read_catalogue, unresolved
from seed_data.kinds import KINDS
from seed_data.reading import Problem

__all__ = ["FOLDER", "SEED", "LoadReport", "Problem", "SeedError", "is_loaded", "load", "unresolved"]

SEED: Final = System("seed")

_PROJECT_LINKS: Final = frozenset({"owner", "involves", "topics", "funded_by"})
"""Fields that `put_projects` writes with the project."""


class SeedError(GraphError):
    """The seed files contradict themselves or the graph; nothing was written unless `problems` name projects."""

    code = "BAD_USER_INPUT"

    def __init__(self, problems: Collection[str]) -> None:
        super().__init__("the seed data cannot be loaded:\n" + "\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading did, in nodes; `left_alone` were changed by others or came from a register."""

    created: int
    changed: int
    unchanged: int
    left_alone: int
    connected: int
    """Relationships made or changed outside of projects."""


async def load(
    unit_of_work: UnitOfWork,
    *,
    folder: Path = FOLDER,
    on_progress: Callable[[str, int, int], None] = lambda _kind, _done, _total: None,
) -> LoadReport:
    """Writes the seed in `folder` and says what changed.

    Args:
        on_progress: Called with a kind (its folder), nodes of it done, and nodes of it in all.

    Raises:
        SeedError: the files are wrong; all problems at once, each with file and line.
    """
    # In a thread: beside a server the loop goes on answering.
    catalogue = await asyncio.to_thread(read_catalogue, folder)
    if catalogue.problems:
        raise SeedError([str(problem) for problem in catalogue.problems])
    foreign = await _foreign(unit_of_work, catalogue)
    totals = {"created": 0, "changed": 0, "unchanged": 0, "connected": 0}
    for kind in KINDS:
        nodes = [node for node in catalogue.nodes[kind.folder] if node.key not in foreign]
        on_progress(kind.folder, 0, len(nodes))
        if nodes:
            for name, count in (await _put(unit_of_work, kind.node, nodes, catalogue)).items():
                totals[name] += count
        on_progress(kind.folder, len(nodes), len(nodes))
    relationships = [
        link.relationship
        for link in catalogue.links
        if link.source not in foreign and not (link.source.label == "Project" and link.field.name in _PROJECT_LINKS)
    ]
    relationships.sort(key=lambda relationship: isinstance(relationship, Serves))  # last: see is_loaded
    connected = await put_network(unit_of_work, PutNetwork(relationships=relationships), actor=SEED)
    return LoadReport(
        created=totals["created"],
        changed=totals["changed"],
        unchanged=totals["unchanged"],
        left_alone=len(foreign),
        connected=connected["connected"],
    )


async def is_loaded(store: GraphStore) -> bool:
    """Whether a seed is in the graph to its end, which is the municipalities that hubs serve.

    Hubs alone prove nothing: loading may have been killed half-way, and has to go on.
    """
    start = Match("Hub", where=(Linked(HUB_MUNICIPALITIES),), page=Page(1))
    return bool((await store.select(Selection("Hub", ("slug",)), start, audiences=EVERYTHING)).rows)


async def _foreign(unit_of_work: UnitOfWork, catalogue: Catalogue) -> set[NodeKey]:
    """The nodes of the seed that it does not touch."""
    nodes = {node.key: node for group in catalogue.nodes.values() for node in group}
    slugs = {node.slug: node.key for node in nodes.values() if isinstance(node, Project)}

    async def read(unit: Unit) -> list[str]:
        entities = [str(key) for key in nodes]
        rows = await unit.query("changed_by_others", entities=entities, actor=actor_id(SEED))
        found = [str(entity) for (entity,) in rows]
        for kind in (kind.node for kind in KINDS if kind.is_registered):
            keys = [key.value for key in nodes if key.label == kind.__name__]
            found += [str(node.key) for node in (await unit.get_many(kind, keys)).values()]
        stored = await unit.find_keys(Project, "slug", list(slugs))
        return found + [str(slugs[slug]) for slug, key in stored.items() if key != slugs[slug].value]

    texts = set(await unit_of_work.run(read, actor=SEED))
    return {key for key in nodes if str(key) in texts}


async def _put(unit_of_work: UnitOfWork, kind: type[Node], nodes: list[Node], catalogue: Catalogue) -> dict[str, int]:
    if kind is Municipality:
        register = PutRegister(nodes=[node for node in nodes if isinstance(node, Municipality)])
        return await put_register(unit_of_work, register, actor=SEED)
    if kind is not Project:
        return await put_network(unit_of_work, PutNetwork(nodes=nodes), actor=SEED)
    entries = [_entry(node, catalogue) for node in nodes if isinstance(node, Project)]
    report: dict[str, Any] = await put_projects(unit_of_work, PutProjects(entries=entries), actor=SEED)
    problems = report.pop("problems")
    if problems:
        raise SeedError([f"project {problem['slug']}: {problem['reason']}" for problem in problems])
    return report


def _entry(project: Project, catalogue: Catalogue) -> ProjectEntry:
    links: dict[str, list[Relationship]] = {name: [] for name in _PROJECT_LINKS}
    for link in catalogue.links:
        if link.source == project.key and link.field.name in links:
            links[link.field.name].append(link.relationship)
    return ProjectEntry(
        project=project,
        owner=links["owner"][0].start if links["owner"] else None,
        involves=tuple(
            Involvement(house=link.end, role=link.role) for link in links["involves"] if isinstance(link, Involves)
        ),
        topics=tuple(link.end.value for link in links["topics"]),
        funding=tuple(link.end.value for link in links["funded_by"]),
    )
