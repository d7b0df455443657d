"""The family tree of a project: what it was derived from and what was derived from it, with who adopted each."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from graph import links
from graph.ddl import LABELS
from graph.errors import InvalidInputError
from graph.links import Link
from graph.model import NodeKey
from graph.port import GraphStore
from graph.reading.bounded import Bounded
from graph.selection import ByKeys, LinkRead, Page, Selection

MAX_GENERATIONS: Final = 4
MAX_MEMBERS: Final = 100
MAX_ADOPTERS: Final = 10
_FANOUT: Final = 99
"""Neighbours of one project that are followed, by title; with more the tree is cut."""


@dataclass(frozen=True, slots=True)
class Adopter:
    """A house that adopted a project; `since` is a partial date."""

    house: NodeKey
    name: str
    status: str
    since: str | None


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """A project of the tree. `generation`: below 0 for what the root was derived from, above 0 for what was derived from it."""

    project: NodeKey
    title: str
    generation: int
    confirmed: int
    """How many adoptions of it there are that the project's side confirmed, and below how many that only their houses tell of."""
    declared: int
    confirmed_by: tuple[Adopter, ...]
    """The first of them, the latest first."""
    declared_by: tuple[Adopter, ...]


@dataclass(frozen=True, slots=True)
class Descent:
    """`project` was derived from `origin`."""

    project: NodeKey
    origin: NodeKey


@dataclass(frozen=True, slots=True)
class Family:
    """Members by (generation, title, id), the root among them; `edges` all that lead from one of them to another."""

    members: tuple[FamilyMember, ...]
    edges: tuple[Descent, ...]
    is_cut: bool
    """Whether there is more than is told: beyond the generations, the members or the neighbours that are followed."""


_NAMED: Final = ("id", "title_sort")
_HOUSE: Final = LinkRead(
    links.ADOPTION_HOUSE,
    tuple(Selection(label, (LABELS[label].key, LABELS[label].name_property)) for label in links.ADOPTION_HOUSE.target),
)


def _adopters(link: Link) -> LinkRead:
    return LinkRead(link, (Selection("Adoption", ("status", "since"), (_HOUSE,)),), page=1, count=True)


def _step(link: Link) -> Selection:
    return Selection("Project", _NAMED, (LinkRead(link, (Selection("Project", _NAMED),), page=0, has_lookahead=True),))


_UP: Final = _step(links.PROJECT_DERIVED_FROM)
_DOWN: Final = _step(links.PROJECT_DERIVATIVES)
_TOLD: Final = Selection(
    "Project",
    ("title",),
    (
        LinkRead(links.PROJECT_DERIVED_FROM, (Selection("Project", ("id",)),), page=0, has_lookahead=True),
        _adopters(links.PROJECT_CONFIRMED_ADOPTIONS),
        _adopters(links.PROJECT_DECLARED_ADOPTIONS),
    ),
)


async def family_tree(
    store: GraphStore, project: str, *, audiences: Collection[str], most: int = MAX_MEMBERS, timeout_s: float = 5.0
) -> Family | None:
    """The family of the project with the id `project`, up to `MAX_GENERATIONS` in each direction.

    Nothing is followed through a project that `audiences` may not see, so what lies beyond it alone is not told either.
    A project that is both ancestor and descendant (nothing keeps people from entering a circle) stands where it is
    nearer, as ancestor if it is as near.

    Args:
        most: Most members, 1..MAX_MEMBERS; the nearest generations come first, by title.

    Returns:
        None where the project is not there for `audiences`.

    Raises:
        InvalidInputError: `most` out of range.
        GraphUnavailableError: unreachable, or not done within `timeout_s`.
    """
    if not 1 <= most <= MAX_MEMBERS:
        raise InvalidInputError(f"first is 1 to {MAX_MEMBERS}, got {most}")
    ask = Bounded.of(store, audiences, timeout_s)
    up, down = await asyncio.gather(*(_generations(ask, step, project, most) for step in (_UP, _DOWN)))
    if not up.distances:
        return None
    names = {**up.names, **down.names}
    generations = {key: -distance for key, distance in up.distances.items()}
    for key, distance in down.distances.items():
        if distance < -generations.get(key, -MAX_GENERATIONS - 1):
            generations[key] = distance
    nearest = sorted(generations, key=lambda key: (abs(generations[key]), generations[key], names[key], key))
    kept = sorted(nearest[:most], key=lambda key: (generations[key], names[key], key))
    is_cut = up.is_cut or down.is_cut or len(nearest) > most
    return await _told(ask, {key: generations[key] for key in kept}, is_cut=is_cut)


@dataclass(frozen=True, slots=True)
class _Line:
    """One direction: how far each member is, and what it is sorted by."""

    distances: dict[str, int]
    names: dict[str, str]
    is_cut: bool


async def _generations(ask: Bounded, step: Selection, root: str, most: int) -> _Line:
    """The root and one generation after the other; each member stands where it comes first."""
    names: dict[str, str] = {}
    distances: dict[str, int] = {}
    frontier, is_cut = [root], False
    # One generation more is looked at than is told, to know whether there is one.
    for distance in range(1, MAX_GENERATIONS + 2):
        following: set[str] = set()
        for row in await ask.select(step, ByKeys("Project", "id", tuple(frontier)), (Page(_FANOUT),)):
            if row is None:
                continue
            if distance == 1:
                names[root], distances[root] = str(row[1]), 0
            neighbours: Any = row[2]
            is_cut = is_cut or len(neighbours) > _FANOUT
            names |= dict(neighbours[:_FANOUT])
            following |= {key for key, _ in neighbours[:_FANOUT]} - distances.keys()
        frontier = sorted(following, key=lambda key: (names[key], key))
        room = most - len(distances) if distance <= MAX_GENERATIONS else 0
        distances |= dict.fromkeys(frontier[:room], distance)
        if len(frontier) > room:
            return _Line(distances, names, is_cut=True)
        if not frontier:
            break
    return _Line(distances, names, is_cut)


async def _told(ask: Bounded, generations: dict[str, int], *, is_cut: bool) -> Family:
    """The members in the order of `generations`, with edges and adopters."""
    start = ByKeys("Project", "id", tuple(generations))
    rows = await ask.select(_TOLD, start, (Page(_FANOUT), Page(MAX_ADOPTERS)))
    # What was taken out of sight since it was found is left out.
    there = {key: row for key, row in zip(generations, rows, strict=True) if row is not None}
    members, edges = [], []
    for key, row in there.items():
        title, origins, confirmed, declared = row
        own = NodeKey("Project", key)
        members.append(FamilyMember(own, str(title), generations[key], *_counts(confirmed, declared)))
        found: Any = origins
        is_cut = is_cut or len(found) > _FANOUT
        edges += [Descent(own, NodeKey("Project", origin)) for (origin,) in found[:_FANOUT] if origin in there]
    edges.sort(key=lambda edge: (edge.project.value, edge.origin.value))
    return Family(tuple(members), tuple(edges), is_cut)


def _counts(confirmed: Any, declared: Any) -> tuple[int, int, tuple[Adopter, ...], tuple[Adopter, ...]]:
    return confirmed[0], declared[0], _houses(confirmed[1]), _houses(declared[1])


def _houses(adoptions: Any) -> tuple[Adopter, ...]:
    return tuple(
        Adopter(NodeKey(house[0], house[1]), str(house[2]), str(status), since)
        for status, since, house in adoptions
        if house is not None
    )
