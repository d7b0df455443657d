"""People of the houses that the news concern: whom a task asks, whose project or adoption it is, who serves whom."""

from collections.abc import Sequence
from typing import Final

from auth import policy
from graph import links
from graph.actors import System
from graph.model import HOUSES, Adoption, NodeKey
from graph.port import GraphStore
from graph.records import News
from graph.telling.around import Around, around, task_doers
from graph.telling.hearing import Hearing
from graph.telling.matters import read_as
from graph.telling.people import asked
from graph.values import Instant
from graph.vocabulary import AdoptionStatus, NewsKind
from graph.writing.belonging import hubs_of_house

OF_THE_OWNER: Final = {
    NewsKind.PROJECT_PUBLISHED: "Es ist ein Projekt Ihres Hauses",
    NewsKind.PROJECT_ARCHIVED: "Es ist ein Projekt Ihres Hauses",
    NewsKind.PROJECT_WITHDRAWN: "Es ist ein Projekt Ihres Hauses",
    NewsKind.PARTNERSHIP_CONFIRMED: "Ihr Haus hat um die Beteiligung gebeten",
    NewsKind.PARTNERSHIP_DECLINED: "Ihr Haus hat um die Beteiligung gebeten",
    NewsKind.REPORT_WRITTEN: "Es geht um ein Projekt Ihres Hauses",
    NewsKind.QUESTION_ASKED: "Die Frage betrifft ein Projekt Ihres Hauses",
}
OF_AN_ADOPTION: Final = {
    AdoptionStatus.INTERESTED: "Ein Haus interessiert sich für ein Projekt Ihres Hauses",
    AdoptionStatus.PILOT: "Ein Haus erprobt ein Projekt Ihres Hauses",
    AdoptionStatus.IN_USE: "Ein Haus nutzt ein Projekt Ihres Hauses nach",
    AdoptionStatus.RETIRED: "Ein Haus nutzt ein Projekt Ihres Hauses nicht mehr",
}
OF_THE_ADOPTER: Final = {NewsKind.ADOPTION_CONFIRMED: "Ihr Haus nutzt das Projekt nach"}
ASKED: Final = "Ihr Haus ist gefragt"
REQUESTED: Final = "Ihr Haus hat darum gebeten"
SERVED: Final = "Ihr Hub betreut dieses Haus"
_TELLING: Final = System("telling")


async def of_houses(store: GraphStore, news: News) -> Sequence[Hearing]:
    entity = NodeKey.parse(news.entity)
    if news.house is not None:
        return await _hearings(store, policy.doers([NodeKey.parse(news.house)], decides=False), REQUESTED)
    if news.kind is NewsKind.TASK_ASKED:
        return await _hearings(store, await task_doers(store, entity), ASKED)
    if news.kind is NewsKind.CONTACT_MISSING:
        hubs = await _hubs(store, entity)
        return await _hearings(store, policy.doers(hubs, decides=True) if hubs else (), SERVED)
    if news.kind is NewsKind.ADOPTION_RECORDED:
        return await _of_an_adoption(store, entity)
    if news.kind not in OF_THE_OWNER and news.kind not in OF_THE_ADOPTER:
        return []
    known = await around(store, entity)
    if known is None:
        return []
    houses = known.along(links.ADOPTION_HOUSE) if news.kind in OF_THE_ADOPTER else _answerable(known)
    reason = OF_THE_ADOPTER.get(news.kind) or OF_THE_OWNER[news.kind]
    return await _hearings(store, policy.doers(houses, decides=False) if houses else (), reason)


async def _of_an_adoption(store: GraphStore, adoption: NodeKey) -> Sequence[Hearing]:
    """The project's side, told how far the house is by now."""
    known = await around(store, adoption)
    now = Instant(await store.now())
    found = await read_as(store, _TELLING, lambda unit: unit.get(Adoption, adoption.value), now=now)
    houses = [] if known is None else _answerable(known)
    if found is None or not houses:
        return []
    return await _hearings(store, policy.doers(houses, decides=False), OF_AN_ADOPTION[found.status])


async def _hubs(store: GraphStore, house: NodeKey) -> list[NodeKey]:
    if house.label not in HOUSES:
        return []
    return await read_as(store, _TELLING, lambda unit: hubs_of_house(unit, house), now=Instant(await store.now()))


def _answerable(known: Around) -> list[NodeKey]:
    """Whom one turns to about a project: its owner, or its reviewing hub while nobody owns it."""
    return known.along(links.PROJECT_OWNER) or known.along(links.PROJECT_REVIEWER)


async def _hearings(store: GraphStore, doers: Sequence[str], reason: str) -> list[Hearing]:
    return [Hearing(person.id, reason) for person in await asked(store, doers)] if doers else []
