"""People of the houses that the news concern: whom a task asks, whose project or adoption it is, who serves whom."""

from collections.abc import Sequence
from typing import Final

from auth import policy
from graph import links
from graph.ddl import LABELS
from graph.model import HOUSES, NodeKey
from graph.port import GraphStore
from graph.records import News
from graph.selection import ByKeys, LinkRead, Selection
from graph.telling.around import Around, around, task_doers
from graph.telling.hearing import Hearing
from graph.telling.people import asked
from graph.vocabulary import NewsKind

_OF_THE_OWNER: Final = {
    NewsKind.PROJECT_PUBLISHED: "Es ist ein Projekt Ihres Hauses",
    NewsKind.PROJECT_ARCHIVED: "Es ist ein Projekt Ihres Hauses",
    NewsKind.PROJECT_WITHDRAWN: "Es ist ein Projekt Ihres Hauses",
    NewsKind.PARTNERSHIP_CONFIRMED: "Ihr Haus hat um die Beteiligung gebeten",
    NewsKind.PARTNERSHIP_DECLINED: "Ihr Haus hat um die Beteiligung gebeten",
    NewsKind.ADOPTION_RECORDED: "Ein Projekt Ihres Hauses wird nachgenutzt",
    NewsKind.REPORT_WRITTEN: "Es geht um ein Projekt Ihres Hauses",
    NewsKind.QUESTION_ASKED: "Die Frage betrifft ein Projekt Ihres Hauses",
}
_OF_THE_ADOPTER: Final = {NewsKind.ADOPTION_CONFIRMED: "Ihr Haus nutzt das Projekt nach"}
_ASKED: Final = "Ihr Haus ist gefragt"
_SERVED: Final = "Ihr Hub betreut dieses Haus"
_MAX_PARTS: Final = 4
"""Gemeinde, Amt, Kreis, Land."""


async def of_houses(store: GraphStore, news: News) -> Sequence[Hearing]:
    entity = NodeKey.parse(news.entity)
    if news.kind is NewsKind.TASK_ASKED:
        return await _hearings(store, await task_doers(store, entity), _ASKED)
    if news.kind is NewsKind.CONTACT_MISSING:
        hubs = await hubs_of(store, entity)
        return await _hearings(store, policy.doers(hubs, decides=True) if hubs else (), _SERVED)
    if news.kind not in _OF_THE_OWNER and news.kind not in _OF_THE_ADOPTER:
        return []
    known = await around(store, entity)
    if known is None:
        return []
    houses = known.along(links.ADOPTION_HOUSE) if news.kind in _OF_THE_ADOPTER else _answerable(known)
    reason = _OF_THE_ADOPTER.get(news.kind) or _OF_THE_OWNER[news.kind]
    return await _hearings(store, policy.doers(houses, decides=False) if houses else (), reason)


async def hubs_of(store: GraphStore, house: NodeKey) -> list[NodeKey]:
    """The hubs that a house belongs to: itself, those that serve it or what it is a part of, and whose partner it is."""
    if house.label not in HOUSES:
        return []
    if house.label == "Hub":
        return [house]
    found: dict[NodeKey, None] = {}
    partner, hub = links.HOUSE_PARTNER_OF[house.label], Selection("Hub", ("slug",))
    reads = [LinkRead(partner, (hub,))]
    if house.label == "Municipality":
        # As deep as there are associations; each level asks what serves it and what it is a part of.
        inner = Selection("Municipality", ("ars",), (LinkRead(links.MUNICIPALITY_HUBS, (hub,)),))
        for _ in range(_MAX_PARTS - 1):
            served = LinkRead(links.MUNICIPALITY_HUBS, (hub,))
            inner = Selection("Municipality", ("ars",), (served, LinkRead(links.MUNICIPALITY_PART_OF, (inner,))))
        reads += inner.links
    key = LABELS[house.label].key
    selection = Selection(house.label, (key,), tuple(reads))
    (row,) = (await store.select(selection, ByKeys(house.label, key, (house.value,)), audiences=())).rows
    if row is not None:
        _collect(selection, row, found)
    return list(found)


def _collect(selection: Selection, row: object, found: dict[NodeKey, None]) -> None:
    if not isinstance(row, list):
        return
    if selection.label == "Hub":
        found.setdefault(NodeKey("Hub", str(row[0])))
    for read, value in zip(selection.links, row[len(selection.properties) :], strict=True):
        for item in value if read.link.is_many else [value]:
            _collect(read.variants[0], item, found)


def _answerable(known: Around) -> list[NodeKey]:
    """Whom one turns to about a project: its owner, or its reviewing hub while nobody owns it."""
    return known.along(links.PROJECT_OWNER) or known.along(links.PROJECT_REVIEWER)


async def _hearings(store: GraphStore, doers: Sequence[str], reason: str) -> list[Hearing]:
    return [Hearing(person.id, reason) for person in await asked(store, doers)] if doers else []
