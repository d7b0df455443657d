"""Who hears of what, on each graph database, and in which words."""

from typing import Any

import pytest

from graph.commands.adoptions import ConfirmAdoption, RecordAdoption, confirm_adoption, record_adoption
from graph.commands.claims import ClaimProject, DecideClaim, claim_project, decide_claim
from graph.commands.joining import DecidePartner, JoinProject, decide_partner, join_project
from graph.commands.needs import PostNeed, post_need
from graph.commands.project_changes import Partner, ProjectChanges
from graph.commands.review_project import PublishProject, publish_project
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.model import Question
from graph.port import GraphStore
from graph.telling.hearers import RULES
from graph.vocabulary import AdoptionStatus, NeedKind, NewsKind, Visibility
from search.need_matches import need_owners
from tests.fixtures.builders import make_project, plant, relate
from tests.fixtures.contributing import (
    ADMIN,
    AMT_CLERK,
    OTHER_CLERK,
    OTHER_TOWN,
    PROFESSOR,
    TOWN_CLERK,
    UNIVERSITY,
    VISITOR,
    WILSTER_LEAD,
    WILSTER_REVIEWER,
    ZEITZ_LEAD,
    ZEITZ_MEMBER,
    at,
    person,
    plant_compiled,
    published,
    submitted,
)
from tests.fixtures.telling import (
    announce,
    following,
    follows,
    inbox,
    invited,
    know,
    listening,
    tell,
    waiting,
    world,
)
from tests.fixtures.units import key_of

PUBLISHED = NewsKind.PROJECT_PUBLISHED
FOLLOWED = "Sie folgen diesem Projekt"


async def test_those_whom_a_task_asks_hear_of_it_and_nobody_else(store: GraphStore) -> None:
    await world(store)
    await know(store, WILSTER_REVIEWER, person("hub_member:wilster"))

    await submitted(store)

    # Wilster has no address on file: that is news, too.
    assert await tell(store) == 2
    for asked in (WILSTER_LEAD, WILSTER_REVIEWER):
        (entity,) = {entity for kind, entity, _ in await inbox(store, asked) if kind == "TASK_ASKED"}
        assert ("TASK_ASKED", entity, "Ihr Haus ist gefragt") in await inbox(store, asked)
        assert entity.startswith("Task:")
    for other in (TOWN_CLERK, ZEITZ_LEAD, ADMIN, person("hub_member:wilster")):
        assert await inbox(store, other) == []
    assert await waiting(store) == []


@pytest.mark.parametrize("is_accepted", [True, False])
async def test_the_house_that_asked_to_join_hears_what_was_decided(store: GraphStore, *, is_accepted: bool) -> None:
    await world(store)
    await know(store, second := person(*map(str, TOWN_CLERK.memberships), sub="second"))
    project = await published(store)
    await join_project(at(store), JoinProject(project=project, house=UNIVERSITY), actor=PROFESSOR)
    await tell(store)
    decide = DecidePartner(project=project, house=UNIVERSITY, is_accepted=is_accepted, reason="Wir sind voll.")

    await decide_partner(at(store), decide, actor=TOWN_CLERK)
    await tell(store)

    kind = "PARTNERSHIP_CONFIRMED" if is_accepted else "PARTNERSHIP_DECLINED"
    assert (kind, f"Project:{project}", "Ihr Haus hat darum gebeten") in await inbox(store, PROFESSOR)
    assert kind not in {told for told, _, _ in await inbox(store, second)}


@pytest.mark.parametrize("is_granted", [True, False])
async def test_the_house_that_claimed_an_entry_hears_what_was_decided(store: GraphStore, *, is_granted: bool) -> None:
    await world(store)
    partners = (Partner(house=OTHER_TOWN), Partner(house=UNIVERSITY))
    project = await published(store, ZEITZ_MEMBER, more=ProjectChanges(partners=partners))
    for house, clerk in ((OTHER_TOWN, OTHER_CLERK), (UNIVERSITY, PROFESSOR)):
        await claim_project(at(store), ClaimProject(project=project, house=house), actor=clerk)
        await follows(store, clerk, f"Project:{project}")
    await tell(store)
    decide = DecideClaim(project=project, house=OTHER_TOWN, is_granted=is_granted, reason="Nach Rücksprache.")

    await decide_claim(at(store), decide, actor=ZEITZ_LEAD)
    await tell(store)

    def line(kind: str) -> tuple[str, str, str]:
        return (kind, f"Project:{project}", "Ihr Haus hat darum gebeten")

    mine, other = await inbox(store, OTHER_CLERK), await inbox(store, PROFESSOR)
    assert (line("CLAIM_GRANTED") in mine, line("CLAIM_REFUSED") in mine) == (is_granted, not is_granted)
    # One house has the entry, so no other gets it.
    assert (line("CLAIM_GRANTED") in other, line("CLAIM_REFUSED") in other) == (False, is_granted)


async def test_what_fits_a_need_is_told_as_that_to_whoever_has_it_and_to_their_systems(store: GraphStore) -> None:
    await world(store)
    project = await submitted(store, more=ProjectChanges(topics=("parken",)))
    await tell(store)
    need = PostNeed(house=OTHER_TOWN, kind=NeedKind.SEEKS, title="Parken per App", topics=("parken",))
    await post_need(at(store), need, actor=OTHER_CLERK)
    await tell(store, rules=(need_owners, *RULES))
    for person_, key in ((OTHER_CLERK, "owner"), (PROFESSOR, "stranger")):
        await listening(store, key, person_, NewsKind.NEED_MATCHED)

    await publish_project(at(store), PublishProject(project=project), actor=WILSTER_LEAD)
    await tell(store, rules=(need_owners, *RULES))

    ((kind, entity, reason),) = await inbox(store, OTHER_CLERK)
    assert (kind, entity) == ("NEED_MATCHED", f"Project:{project}")
    assert reason.startswith("Passt zu Ihrem Gesuch „Parken per App“")
    assert await store.query("test_deliveries", {}) == [["owner", "NEED_MATCHED", entity]]


async def test_followers_of_a_project_its_topic_hub_and_service_hear_with_the_nearest_reason(store: GraphStore) -> None:
    await world(store)
    project = await submitted(store)
    entity = f"Project:{project}"
    await plant(store, relate("ADDRESSES", key_of(entity), key_of("Topic:parken")))
    await tell(store)
    await follows(store, OTHER_CLERK, "Topic:parken", "Hub:wilster")
    await follows(store, PROFESSOR, "Hub:wilster")
    await follows(store, ZEITZ_LEAD, "Topic:verkehr")

    await publish_project(at(store), PublishProject(project=project), actor=WILSTER_LEAD)
    await tell(store)

    assert await inbox(store, OTHER_CLERK) == [("PROJECT_PUBLISHED", entity, "Sie folgen dem Thema Parken")]
    assert await inbox(store, PROFESSOR) == [("PROJECT_PUBLISHED", entity, "Sie folgen dem Hub Wilster")]
    assert (await inbox(store, TOWN_CLERK))[0] == ("PROJECT_PUBLISHED", entity, "Es ist ein Projekt Ihres Hauses")
    assert await inbox(store, ZEITZ_LEAD) == []
    assert "PROJECT_PUBLISHED" not in {kind for kind, _, _ in await inbox(store, WILSTER_LEAD)}


async def test_an_entry_s_own_steps_are_for_those_who_follow_it_not_for_a_topic_s_followers(store: GraphStore) -> None:
    await world(store)
    await plant_compiled(store, "p")
    await plant(store, relate("ADDRESSES", key_of("Project:p"), key_of("Topic:parken")))
    await follows(store, OTHER_CLERK, "Project:p")
    await follows(store, PROFESSOR, "Topic:parken")

    await announce(store, NewsKind.PROJECT_CHANGED, "Project:p")
    await tell(store)

    assert await inbox(store, OTHER_CLERK) == [("PROJECT_CHANGED", "Project:p", FOLLOWED)]
    assert await inbox(store, PROFESSOR) == []


async def test_nobody_is_told_of_what_they_did_themselves(store: GraphStore) -> None:
    await world(store)
    await plant_compiled(store, "p")
    await follows(store, OTHER_CLERK, "Project:p")
    await follows(store, PROFESSOR, "Project:p")

    await announce(store, PUBLISHED, "Project:p", OTHER_CLERK)
    await tell(store)

    assert await inbox(store, OTHER_CLERK) == []
    assert await inbox(store, PROFESSOR) == [(PUBLISHED, "Project:p", FOLLOWED)]


async def test_only_who_may_read_the_entity_hears_of_it_at_the_time_of_telling(store: GraphStore) -> None:
    await world(store)
    project = await published(store)
    await know(store, VISITOR)
    for follower in (OTHER_CLERK, AMT_CLERK):
        await follows(store, follower, f"Project:{project}")
    await tell(store)
    before = await inbox(store, OTHER_CLERK)

    await withdraw_project(at(store), WithdrawProject(project=project), actor=TOWN_CLERK)
    await tell(store)

    # Withdrawn, it is for its own house and hub alone: the Amt acts for its town.
    assert await inbox(store, OTHER_CLERK) == before
    assert "PROJECT_WITHDRAWN" in {kind for kind, _, _ in await inbox(store, AMT_CLERK)}


async def test_news_are_read_by_the_memberships_last_seen_and_by_invitations_that_hold(store: GraphStore) -> None:
    await world(store)
    guest, former = person(sub="guest"), person("organisation:stadtwerke", sub="former")
    await know(store, guest, former)
    await invited(store, guest, "organisation:stadtwerke")
    await invited(store, former, "organisation:stadtwerke", revoked_at="2026-11-03T00:00:00.000000Z")
    await plant_compiled(store, "p")
    for follower in (guest, former):
        await plant(store, following(follower, "Project:p"))
    await plant(store, make_project("p", visibility="NETWORK", readers=("network",)))

    await announce(store, PUBLISHED, "Project:p")
    await tell(store)

    assert await inbox(store, guest) == [(PUBLISHED, "Project:p", FOLLOWED)]
    assert await inbox(store, former) == []


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (AdoptionStatus.INTERESTED, "Ein Haus interessiert sich für ein Projekt Ihres Hauses"),
        (AdoptionStatus.PILOT, "Ein Haus erprobt ein Projekt Ihres Hauses"),
        (AdoptionStatus.IN_USE, "Ein Haus nutzt ein Projekt Ihres Hauses nach"),
        (AdoptionStatus.RETIRED, "Ein Haus nutzt ein Projekt Ihres Hauses nicht mehr"),
    ],
)
async def test_the_owner_hears_how_far_a_house_is(store: GraphStore, status: AdoptionStatus, said: str) -> None:
    await world(store)
    project = await published(store)
    await tell(store)
    reason = "Zu teuer" if status is AdoptionStatus.RETIRED else None
    command = RecordAdoption(project=project, house=OTHER_TOWN, status=status, reason_ended=reason)
    await record_adoption(at(store), command, actor=OTHER_CLERK)
    await tell(store)
    assert [why for kind, _, why in await inbox(store, TOWN_CLERK) if kind == "ADOPTION_RECORDED"] == [said]


async def test_the_two_sides_of_an_adoption_hear_of_each_other(store: GraphStore) -> None:
    await world(store)
    project = await published(store)
    await tell(store)
    command = RecordAdoption(project=project, house=OTHER_TOWN, status=AdoptionStatus.PILOT)
    adoption = str((await record_adoption(at(store), command, actor=OTHER_CLERK))["id"])
    await tell(store)
    await confirm_adoption(at(store), ConfirmAdoption(adoption=adoption), actor=TOWN_CLERK)
    await tell(store)

    told = [line for line in await inbox(store, TOWN_CLERK) if line[1] == f"Adoption:{adoption}"]
    assert told == [("ADOPTION_RECORDED", f"Adoption:{adoption}", "Ein Haus erprobt ein Projekt Ihres Hauses")]
    assert await inbox(store, OTHER_CLERK) == [
        ("ADOPTION_CONFIRMED", f"Adoption:{adoption}", "Ihr Haus nutzt das Projekt nach")
    ]


async def test_who_asked_hears_of_the_answer(store: GraphStore) -> None:
    await world(store)
    await plant_compiled(store, "p")
    question = Question(id="q", text="Was kostet es?", visibility=Visibility.PUBLIC, readers=("public",))

    async def ask(unit: Any) -> None:
        await unit.put(question)
        await unit.connect(relate("ABOUT", question, key_of("Project:p")))

    await at(store).run(ask, actor=OTHER_CLERK)
    await announce(store, NewsKind.QUESTION_ANSWERED, "Question:q", TOWN_CLERK)
    await tell(store)

    assert await inbox(store, OTHER_CLERK) == [("QUESTION_ANSWERED", "Question:q", "Sie haben die Frage gestellt")]
    assert await inbox(store, TOWN_CLERK) == []


async def test_the_hub_of_a_house_that_nobody_can_reach_hears_of_it(store: GraphStore) -> None:
    await world(store)

    await announce(store, NewsKind.CONTACT_MISSING, "Municipality:010615138001")
    await announce(store, NewsKind.CONTACT_MISSING, "University:03sft3r75")
    await announce(store, NewsKind.CONTACT_MISSING, "Organisation:stadtwerke")
    await announce(store, NewsKind.CONTACT_MISSING, "Hub:zeitz")
    assert await tell(store) == 4

    served = "Ihr Hub betreut dieses Haus"
    # Wilster serves the Amt of the town, not the town itself.
    assert await inbox(store, WILSTER_LEAD) == [("CONTACT_MISSING", "Municipality:010615138001", served)]
    assert sorted(await inbox(store, ZEITZ_LEAD)) == [
        ("CONTACT_MISSING", "Hub:zeitz", served),
        ("CONTACT_MISSING", "University:03sft3r75", served),
    ]
    assert await inbox(store, ZEITZ_MEMBER) == []


async def test_needs_reach_those_who_follow_their_topic(store: GraphStore) -> None:
    await world(store)
    await follows(store, TOWN_CLERK, "Topic:parken")
    command = PostNeed(house=OTHER_TOWN, kind=NeedKind.SEEKS, title="Partner", topics=("parken",))
    need = str((await post_need(at(store), command, actor=OTHER_CLERK))["id"])

    await tell(store)

    assert await inbox(store, TOWN_CLERK) == [("NEED_POSTED", f"Need:{need}", "Sie folgen dem Thema Parken")]
