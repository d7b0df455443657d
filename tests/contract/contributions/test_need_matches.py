"""What fits needs and offers, on each graph database: what is found, for whom, and who is told."""

from typing import Any

import pytest

from auth import policy
from auth.policy import EVERYTHING
from auth.principal import Caller
from graph.actors import pseudonym
from graph.commands.needs import CloseNeed, PostNeed, close_need, post_need
from graph.commands.project_changes import ProjectChanges
from graph.identifiers import uuid7
from graph.model import NodeKey
from graph.personal import Actor
from graph.port import GraphStore
from graph.records import News
from graph.telling.hearers import hearings
from graph.values import Instant
from graph.vocabulary import NeedKind, NewsKind, Visibility
from search.need_matches import matches_of, need_owners
from tests.fixtures.builders import make_expert, make_service, make_topic, plant, relate
from tests.fixtures.contributing import (
    ANYBODY,
    MONDAY,
    OTHER_CLERK,
    OTHER_TOWN,
    PROFESSOR,
    TOWN_CLERK,
    UNIVERSITY,
    VISITOR,
    WILSTER_LEAD,
    ZEITZ_LEAD,
    at,
    drafted,
    found_network,
    published,
)
from tests.fixtures.units import write

LEIKA = "99115005000000"


async def network(store: GraphStore) -> None:
    await found_network(store)
    await write(store, make_service(LEIKA, name="Parkausweis ausstellen"), make_topic("sensorik"), make_topic("baeume"))
    await write(store, relate("SUBTOPIC_OF", NodeKey("Topic", "sensorik"), NodeKey("Topic", "parken")))
    for person in (OTHER_CLERK, TOWN_CLERK, PROFESSOR, ZEITZ_LEAD, WILSTER_LEAD):
        memberships = tuple(map(str, person.memberships))
        await plant(
            store,
            Actor(
                id=pseudonym(person), iss=person.iss, sub=person.sub, memberships=memberships, seen_at=Instant(MONDAY)
            ),
        )


async def posted(store: GraphStore, actor: Caller = OTHER_CLERK, **given: Any) -> str:
    asked = {"house": OTHER_TOWN, "kind": NeedKind.SEEKS, "title": "Anbieter gesucht", **given}
    return str((await post_need(at(store), PostNeed(**asked), actor=actor))["id"])


async def found(store: GraphStore, need: str, caller: Caller, first: int = 10) -> dict[str, list[str]]:
    matched = await matches_of(store, need, audiences=policy.audiences(caller), first=first)
    return {str(one.key): [reason.label for reason in one.fit.reasons] for one in matched}


async def told(store: GraphStore, kind: NewsKind, entity: str, actor: str = "system:tests") -> dict[str, str]:
    news = News(id=str(uuid7()), kind=kind, entity=entity, actor=actor, at=Instant(MONDAY), due_at=Instant(MONDAY))
    heard = await hearings(store, news, (need_owners,))
    return {one.actor_id: one.reason for one in heard}


def changes(**given: Any) -> ProjectChanges:
    return ProjectChanges(**given)


async def test_what_shares_a_service_a_topic_or_one_near_it_fits_in_this_order(store: GraphStore) -> None:
    await network(store)
    service = await published(store, title="Ausweise im Netz", more=changes(services=(LEIKA,)))
    topic = await published(store, title="Schranken auf", more=changes(topics=("parken",)))
    near = await published(store, title="Funkzellen", summary="Anbieter messen.", more=changes(topics=("sensorik",)))
    await published(store, title="Alleen pflegen", more=changes(topics=("baeume",)))
    need = await posted(store, topics=("parken",), services=(LEIKA,), text="Wir haben Anbieter nötig.")

    answer = await found(store, need, OTHER_CLERK)

    assert list(answer)[:2] == [f"Project:{service}", f"Project:{topic}"]
    assert answer[f"Project:{service}"] == ["Gleiche Leistung: Parkausweis ausstellen"]
    assert answer[f"Project:{topic}"][0].startswith("Gemeinsames Thema: ")
    assert any(label.startswith("Verwandtes Thema: ") for label in answer[f"Project:{near}"])
    assert len(answer) == 3


async def test_near_text_alone_fits_in_any_form_and_inside_compounds(store: GraphStore) -> None:
    await network(store)
    project = await published(store, title="Baumkataster per Drohne", summary="Bäume von oben.")
    need = await posted(store, title="Kataster der Bäume")

    assert list(await found(store, need, OTHER_CLERK)) == [f"Project:{project}"]


async def test_needs_fit_offers_of_other_houses_while_both_stand(store: GraphStore) -> None:
    await network(store)
    need = await posted(store, topics=("parken",))
    await posted(store, topics=("parken",), kind=NeedKind.OFFERS)
    await posted(store, PROFESSOR, house=UNIVERSITY, topics=("parken",))
    offer = await posted(store, PROFESSOR, house=UNIVERSITY, kind=NeedKind.OFFERS, topics=("parken",))

    assert list(await found(store, need, OTHER_CLERK)) == [f"Need:{offer}"]
    await close_need(at(store), CloseNeed(need=offer, is_matched=False), actor=PROFESSOR)
    assert await found(store, need, OTHER_CLERK) == {}
    await close_need(at(store), CloseNeed(need=need, is_matched=False), actor=OTHER_CLERK)
    await published(store, more=changes(topics=("parken",)))
    assert await found(store, need, OTHER_CLERK) == {}


@pytest.mark.parametrize("caller", [ANYBODY, VISITOR, TOWN_CLERK])
async def test_nothing_hidden_fits_not_even_for_insiders_of_something_else(store: GraphStore, caller: Caller) -> None:
    await network(store)
    need = await posted(store, topics=("parken",), visibility=Visibility.PUBLIC)
    inside = await published(
        store,
        WILSTER_LEAD,
        house=NodeKey("Hub", "wilster"),
        more=changes(topics=("parken",), visibility=Visibility.PRIVATE),
    )
    await drafted(store, more=changes(topics=("parken",)))
    hidden = make_expert("verborgen", is_person=True, visibility="PRIVATE", readers=("admin", "hub:zeitz"))
    silent = make_expert("schweigt", is_person=True, visibility="PUBLIC", readers=("public",))
    await plant(store, hidden, silent)
    parken = NodeKey("Topic", "parken")
    await plant(store, relate("KNOWS", hidden, parken), relate("KNOWS", silent, parken))

    assert await found(store, need, caller) == {}
    assert f"Project:{inside}" in await found(store, need, WILSTER_LEAD)


async def test_experts_who_agreed_fit(store: GraphStore) -> None:
    await network(store)
    need = await posted(store, topics=("parken",))
    agreed = Instant(MONDAY)
    expert = make_expert("kennt", is_person=True, consent_given_at=agreed, visibility="NETWORK", readers=("network",))
    await plant(store, expert)
    await plant(store, relate("KNOWS", expert, NodeKey("Topic", "parken")))

    assert list(await found(store, need, OTHER_CLERK)) == ["Expert:kennt"]
    assert set(await told(store, NewsKind.EXPERT_JOINED, "Expert:kennt")) == {pseudonym(OTHER_CLERK)}


async def test_a_need_that_is_not_for_these_eyes_has_no_matches(store: GraphStore) -> None:
    await network(store)
    need = await posted(store, topics=("parken",))
    await published(store, more=changes(topics=("parken",)))

    assert await found(store, need, ANYBODY) == {}
    assert await found(store, "nie", OTHER_CLERK) == {}
    assert len(await found(store, need, TOWN_CLERK)) == 1


async def test_matches_are_bounded_and_hidden_ones_take_no_room(store: GraphStore) -> None:
    await network(store)
    need = await posted(store, topics=("parken",))
    for number in range(3):
        await published(store, title=f"Platz {number}", more=changes(topics=("parken",)))
    for _ in range(3):
        await drafted(store, more=changes(topics=("parken",)))

    assert len(await found(store, need, TOWN_CLERK, first=2)) == 2
    assert len(await matches_of(store, need, audiences=EVERYTHING, first=50)) == 3


async def test_the_house_of_a_need_is_told_of_what_is_new_and_why(store: GraphStore) -> None:
    await network(store)
    await posted(store, title="Parken für Gäste", topics=("parken",))
    project = await published(store, title="Schranken auf", more=changes(topics=("parken",)))

    heard = await told(store, NewsKind.PROJECT_PUBLISHED, f"Project:{project}")

    assert set(heard) == {pseudonym(OTHER_CLERK)}
    (reason,) = heard.values()
    assert reason.startswith("Passt zu Ihrem Gesuch „Parken für Gäste“: Gemeinsames Thema: ")
    assert await told(store, NewsKind.PROJECT_CHANGED, f"Project:{project}") == {}
    assert await told(store, NewsKind.PROJECT_PUBLISHED, "Project:nie") == {}


async def test_nobody_is_told_of_their_own_doing_nor_of_what_they_may_not_read(store: GraphStore) -> None:
    await network(store)
    await posted(store, topics=("parken",))
    private = await posted(
        store, PROFESSOR, house=UNIVERSITY, kind=NeedKind.OFFERS, topics=("parken",), visibility=Visibility.PRIVATE
    )
    open_offer = await posted(store, PROFESSOR, house=UNIVERSITY, kind=NeedKind.OFFERS, topics=("parken",))

    assert await told(store, NewsKind.NEED_POSTED, f"Need:{private}") == {}
    assert set(await told(store, NewsKind.NEED_POSTED, f"Need:{open_offer}")) == {pseudonym(OTHER_CLERK)}
    own = f"actor:{pseudonym(OTHER_CLERK)}"
    assert await told(store, NewsKind.NEED_POSTED, f"Need:{open_offer}", actor=own) == {}


async def test_closed_needs_are_silent(store: GraphStore) -> None:
    await network(store)
    need = await posted(store, topics=("parken",))
    await close_need(at(store), CloseNeed(need=need, is_matched=True), actor=OTHER_CLERK)
    project = await published(store, more=changes(topics=("parken",)))

    assert await told(store, NewsKind.PROJECT_PUBLISHED, f"Project:{project}") == {}
