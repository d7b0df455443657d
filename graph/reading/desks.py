"""Whom a request to be called back reaches: one rule, for those who ask and for those who read it before they ask."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from graph import links
from graph.ddl import LABELS, RELATIONSHIPS
from graph.errors import InvalidInputError
from graph.links import Link
from graph.model import NodeKey
from graph.port import GraphStore, Neighbour
from graph.reading.bounded import Bounded
from graph.selection import ByKeys, LinkRead, Selection
from graph.vocabulary import CallbackDesk

_ANSWERING: Final[dict[str, Link]] = {
    "Project": links.PROJECT_OWNER,
    "Need": links.NEED_HOUSE,
    "Event": links.EVENT_HOSTS,
    "Expert": links.EXPERT_HOUSES,
}
"""What one can ask a call about -> the houses whose entry it is."""


@dataclass(frozen=True, slots=True)
class Desk:
    """`houses`: every house that reads the request, by (label, key); none for the administration."""

    desk: CallbackDesk
    houses: tuple[NodeKey, ...] = ()


class Follow(Protocol):
    """The neighbours along a link with the relationship's properties, by key of a `link.source` node."""

    async def __call__(self, link: Link, keys: Collection[str], /) -> Mapping[str, list[Neighbour]]: ...


async def desk_of(follow: Follow, entry: NodeKey) -> Desk:
    """Who is asked about `entry`, which is there and the caller's to read.

    Raises:
        InvalidInputError: nobody can be asked about its kind.
    """
    answering = _ANSWERING.get(entry.label)
    if answering is None:
        raise InvalidInputError("entry: expected a project, a need, an event or an expert", field="entry")
    if houses := await _along(follow, answering, entry):
        return Desk(CallbackDesk.OWNER, houses)
    if entry.label == "Project":
        hubs = await _along(follow, links.PROJECT_REVIEWER, entry) or await _hub_of_partners(follow, entry)
        if hubs:
            return Desk(CallbackDesk.HUB, hubs)
    return Desk(CallbackDesk.ADMINISTRATION)


async def desk_before_asking(
    store: GraphStore, entry: NodeKey, *, audiences: Collection[str], timeout_s: float = 5.0
) -> Desk | None:
    """As `desk_of`, outside of any transaction; None where the entry is absent, or not for `audiences`.

    Raises:
        InvalidInputError: nobody can be asked about its kind.
        GraphUnavailableError: unreachable, or not done within `timeout_s`.
    """
    ask = Bounded.of(store, audiences, timeout_s)
    if entry.label in _ANSWERING:
        key = LABELS[entry.label].key
        (row,) = await ask.select(Selection(entry.label, (key,)), ByKeys(entry.label, key, (entry.value,)))
        if row is None:
            return None
    return await desk_of(partial(_followed, ask), entry)


async def _along(follow: Follow, link: Link, key: NodeKey) -> tuple[NodeKey, ...]:
    return _ordered(house for house, _ in await _neighbours(follow, link, key))


async def _neighbours(follow: Follow, link: Link, key: NodeKey) -> list[Neighbour]:
    return (await follow(link, [key.value])).get(key.value, [])


async def _hub_of_partners(follow: Follow, project: NodeKey) -> tuple[NodeKey, ...]:
    """A hub that takes part by its sources or its own word, else one that serves a municipality that does."""
    partners = _ordered(
        house
        for house, edge in await _neighbours(follow, links.PROJECT_HOUSES, project)
        if edge.get("confirmed_at") is not None or edge.get("asked_at") is None
    )
    if hubs := [house for house in partners if house.label == "Hub"]:
        return (hubs[0],)
    towns = [house for house in partners if house.label == "Municipality"]
    serving = await follow(links.MUNICIPALITY_HUBS, [town.value for town in towns]) if towns else {}
    served = next((serving[town.value] for town in towns if serving.get(town.value)), [])
    return _ordered(hub for hub, _ in served)[:1]


def _ordered(houses: Iterable[NodeKey]) -> tuple[NodeKey, ...]:
    return tuple(sorted(houses, key=lambda house: (house.label, house.value)))


async def _followed(ask: Bounded, link: Link, keys: Collection[str]) -> dict[str, list[Neighbour]]:
    edge = tuple(RELATIONSHIPS[link.relationship].properties)
    variants = tuple(Selection(label, (LABELS[label].key,)) for label in link.target)
    near = LABELS[link.source].key
    rows: Any = await ask.select(
        Selection(link.source, (near,), (LinkRead(link, variants, edge=edge),)),
        ByKeys(link.source, near, tuple(sorted(set(keys)))),
    )
    found: dict[str, list[Neighbour]] = {}
    for row in rows:
        if row is not None:
            key, items = row
            given = items if link.is_many else [items] if items is not None else []
            found[key] = [_neighbour(link, edge, item) for item in given]
    return found


def _neighbour(link: Link, edge: tuple[str, ...], item: list[Any]) -> Neighbour:
    label, *values = item if len(link.target) > 1 else (link.target[0], *item)
    return NodeKey(label, values[-1]), dict(zip(edge, values, strict=False))
