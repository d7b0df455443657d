"""Adoptions, their two sides, reports, and needs, on each graph database."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auth import policy
from auth.errors import ForbiddenError
from auth.principal import Caller
from graph.commands.adoptions import (
    AdoptionCounts,
    ConfirmAdoption,
    DeclineAdoption,
    ReconfirmAdoption,
    RecordAdoption,
    WriteExperienceReport,
    adoption_counts,
    confirm_adoption,
    decline_adoption,
    reconfirm_adoption,
    record_adoption,
    write_experience_report,
)
from graph.commands.due import ask_whether_in_use
from graph.errors import InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.values import PartialDate
from graph.vocabulary import AdoptionStatus, Stage, Visibility
from graph.writing.lifecycle import MoveNotAllowedError
from tests.fixtures.builders import make_project, relate
from tests.fixtures.contributing import (
    ADMIN,
    AMT_CLERK,
    ANYBODY,
    ENGINEER,
    MONDAY,
    OTHER_CLERK,
    OTHER_TOWN,
    PROFESSOR,
    TOWN,
    TOWN_CLERK,
    UNIVERSITY,
    VISITOR,
    WILSTER,
    WILSTER_LEAD,
    WILSTER_REVIEWER,
    ZEITZ,
    ZEITZ_LEAD,
    ZEITZ_MEMBER,
    at,
    drafted,
    found_network,
    person,
    plant_compiled,
    published,
    task_of,
    tasks_of,
)
from tests.fixtures.units import all_changes, pending, readers, stored, write

INTERESTED, PILOT, IN_USE, RETIRED = AdoptionStatus


def adopts(project: str, status: AdoptionStatus = IN_USE, house: NodeKey = OTHER_TOWN, **given: Any) -> RecordAdoption:
    return RecordAdoption(project=project, house=house, status=status, **given)


async def adopted(
    store: GraphStore, project: str, status: AdoptionStatus = IN_USE, actor: Caller = OTHER_CLERK, **given: Any
) -> str:
    return str((await record_adoption(at(store), adopts(project, status, **given), actor=actor))["id"])


async def confirm(store: GraphStore, adoption: str, actor: Caller = TOWN_CLERK) -> dict[str, Any]:
    return await confirm_adoption(at(store), ConfirmAdoption(adoption=adoption), actor=actor)


async def adoption_of(store: GraphStore, adoption: str) -> dict[str, Any]:
    row = await stored(store, f"Adoption:{adoption}")
    assert row is not None
    return row


async def counts(store: GraphStore, project: str, caller: Caller = ANYBODY) -> AdoptionCounts | None:
    return (await adoption_counts(store, [project], audiences=policy.audiences(caller))).get(project)


async def test_what_is_left_out_stays_and_none_empties(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    adoption = await adopted(store, project, PILOT, adapted="Nur die Karte", cost=7, since=PartialDate("2026"))

    await adopted(store, project, PILOT, adapted=None, cost=None)
    row = await adoption_of(store, adoption)
    assert (row["adapted"], row["cost"], row["since"]) == (None, None, "2026")


async def test_reuse_has_two_sides(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    answer = await record_adoption(at(store), adopts(project, since=PartialDate("2026")), actor=OTHER_CLERK)

    adoption = str(answer["id"])
    assert answer == {"id": adoption, "version": 1, "project": project}
    assert await counts(store, project) == AdoptionCounts(declared=1)
    task = await task_of(store, TOWN_CLERK)
    assert (task.kind, task.entity, task.subject) == ("CONFIRM_ADOPTION", f"Adoption:{adoption}", str(OTHER_TOWN))
    assert await tasks_of(store, WILSTER_LEAD) == await tasks_of(store, OTHER_CLERK) == []
    assert f"Project:{project}" in await pending(store)

    assert await confirm(store, adoption) == {"id": adoption, "version": 2}

    row = await adoption_of(store, adoption)
    assert (row["confirmed_by_owner_at"], row["reconfirm_by"]) == (MONDAY, "2027-11-02")
    assert await counts(store, project) == AdoptionCounts(confirmed=1)
    assert await tasks_of(store, TOWN_CLERK) == []
    assert await confirm(store, adoption) == {"id": adoption, "version": 2}
    actions = [line["action"] for line in await all_changes(store) if line["entity"] == f"Adoption:{adoption}"]
    assert actions == ["record_adoption", "confirm_adoption"]


async def test_an_adoption_goes_on_and_each_step_is_confirmed(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    adoption = await adopted(store, project, INTERESTED)
    assert await tasks_of(store, TOWN_CLERK) == []
    assert await counts(store, project) == AdoptionCounts(interested=1)
    with pytest.raises(MoveNotAllowedError):
        await confirm(store, adoption)

    assert await adopted(store, project, PILOT, adapted="Eigene Farben") == adoption
    await confirm(store, adoption)
    assert await adopted(store, project, PILOT, cost=100) == adoption
    assert (await adoption_of(store, adoption))["confirmed_by_owner_at"] == MONDAY

    assert await adopted(store, project, IN_USE) == adoption
    row = await adoption_of(store, adoption)
    assert (row["confirmed_by_owner_at"], row["adapted"], row["cost"]) == (None, "Eigene Farben", 100)
    assert await tasks_of(store, TOWN_CLERK) == [("CONFIRM_ADOPTION", f"Adoption:{adoption}")]
    with pytest.raises(MoveNotAllowedError) as refused:
        await adopted(store, project, PILOT)
    assert refused.value.allowed == ("RETIRED",)

    with pytest.raises(InvalidInputError, match="reason_ended"):
        await adopted(store, project, RETIRED)
    assert await adopted(store, project, RETIRED, reason_ended="Zu teuer") == adoption
    assert await tasks_of(store, TOWN_CLERK) == []
    assert await counts(store, project) == AdoptionCounts(retired=1)
    assert await adopted(store, project, PILOT) != adoption


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR, TOWN_CLERK, PROFESSOR, ZEITZ_LEAD, ADMIN])
async def test_nobody_adopts_for_another_house(store: GraphStore, actor: Caller) -> None:
    await found_network(store)
    project = await published(store)
    before = await all_changes(store)

    with pytest.raises(ForbiddenError):
        await record_adoption(at(store), adopts(project), actor=actor)
    assert await all_changes(store) == before


async def test_what_one_does_not_see_one_does_not_adopt(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    messages = []
    for name in (project, "nie"):
        with pytest.raises(NodeNotFoundError) as refused:
            await record_adoption(at(store), adopts(name), actor=OTHER_CLERK)
        messages.append(str(refused.value).replace(name, "…"))

    assert messages[0] == messages[1]
    with pytest.raises(MoveNotAllowedError):
        await record_adoption(at(store), adopts(project, house=TOWN), actor=TOWN_CLERK)


async def test_an_owner_needs_no_record(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    with pytest.raises(InvalidInputError, match="owner"):
        await record_adoption(at(store), adopts(project, house=TOWN), actor=AMT_CLERK)


@pytest.mark.parametrize(
    "given",
    [{"cost": -1}, {"opened": ("readers",)}, {"since": PartialDate("2026-02-30")}, {"house": NodeKey("Topic", "x")}]
    # Today is 2 November 2026 there.
    + [{name: PartialDate(day)} for name in ("since", "ended") for day in ("9999-12-31", "2026-11-03", "2027", "1066")],
)
async def test_what_cannot_be_meant(store: GraphStore, given: dict[str, Any]) -> None:
    await found_network(store)
    project = await published(store)

    with pytest.raises((InvalidInputError, ForbiddenError)):
        await record_adoption(at(store), adopts(project, **given), actor=OTHER_CLERK)
    assert await counts(store, project) is None


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR, OTHER_CLERK, PROFESSOR, ZEITZ_LEAD, ADMIN])
async def test_only_the_projects_side_confirms(store: GraphStore, actor: Caller) -> None:
    await found_network(store)
    adoption = await adopted(store, await published(store))
    before = await all_changes(store)

    with pytest.raises(ForbiddenError):
        await confirm(store, adoption, actor)
    with pytest.raises(ForbiddenError):
        await decline_adoption(at(store), DeclineAdoption(adoption=adoption, reason="Nein"), actor=actor)
    assert await all_changes(store) == before


@pytest.mark.parametrize("actor", [TOWN_CLERK, AMT_CLERK, WILSTER_LEAD, WILSTER_REVIEWER])
async def test_owner_and_reviewing_hub_confirm(store: GraphStore, actor: Caller) -> None:
    await found_network(store)
    adoption = await adopted(store, await published(store))

    await confirm(store, adoption, actor)

    assert (await adoption_of(store, adoption))["confirmed_by_owner_at"] == MONDAY


async def test_a_reviewing_hub_does_not_confirm_what_it_adopted(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    adoption = await adopted(store, project, actor=WILSTER_LEAD, house=WILSTER)

    with pytest.raises(ForbiddenError):
        await confirm(store, adoption, WILSTER_LEAD)
    await confirm(store, adoption, TOWN_CLERK)


async def test_of_an_ownerless_project_its_reviewing_hub_is_asked(store: GraphStore) -> None:
    await found_network(store)
    key = (await plant_compiled(store, "p")).key
    await write(store, relate("REVIEWED_BY", key, ZEITZ))

    adoption = await adopted(store, "p")
    assert await tasks_of(store, ZEITZ_LEAD) == [("CONFIRM_ADOPTION", f"Adoption:{adoption}")]
    assert await tasks_of(store, ZEITZ_MEMBER) == []
    await adopted(store, "p", actor=ZEITZ_LEAD, house=ZEITZ)
    assert len(await tasks_of(store, ZEITZ_LEAD)) == 1


async def test_who_does_not_know_of_it_declines(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    adoption = await adopted(store, project)
    await confirm(store, adoption)

    with pytest.raises(InvalidInputError, match="reason"):
        await decline_adoption(at(store), DeclineAdoption(adoption=adoption, reason=""), actor=TOWN_CLERK)
    await decline_adoption(at(store), DeclineAdoption(adoption=adoption, reason="Nur angefragt"), actor=TOWN_CLERK)

    assert await counts(store, project) == AdoptionCounts(declared=1)
    (line,) = [line for line in await all_changes(store) if line["action"] == "decline_adoption"]
    assert line["after"]["reason"] == "Nur angefragt"


async def test_counts_hold_only_what_the_audience_may_see(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    await adopted(store, project, visibility=Visibility.NETWORK)
    await adopted(store, project, actor=PROFESSOR, house=UNIVERSITY, visibility=Visibility.PRIVATE)

    assert await counts(store, project) is None
    assert await counts(store, project, ENGINEER) == AdoptionCounts(declared=1)
    assert await counts(store, project, TOWN_CLERK) == AdoptionCounts(declared=2)
    await write(store, replace(make_project(project), stage=Stage.WITHDRAWN, slug="anders"))
    assert await counts(store, project, ENGINEER) is None


async def test_two_clerks_of_a_house_make_one_adoption(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    ids = await asyncio.gather(
        adopted(store, project, INTERESTED),
        adopted(store, project, INTERESTED, actor=person(str_of(OTHER_TOWN), sub="b")),
    )

    assert ids[0] == ids[1]
    assert await counts(store, project) == AdoptionCounts(interested=1)


def str_of(house: NodeKey) -> str:
    return f"municipality:{house.value}"


async def test_a_stale_record_is_told_the_version(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    adoption = await adopted(store, project)
    await confirm(store, adoption)

    with pytest.raises(StaleWriteError) as stale:
        await adopted(store, project, cost=7, expected_version=1)
    assert stale.value.current_version == 2


async def test_adoptions_are_confirmed_again_every_year(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    adoption = await adopted(store, project)
    await confirm(store, adoption)
    later = at(store, "2027-10-20T08:00:00.000000Z")

    assert await ask_whether_in_use(later, today=date(2027, 10, 1)) == 0
    assert await ask_whether_in_use(later, today=date(2027, 10, 3)) == 1
    assert await ask_whether_in_use(later, today=date(2027, 10, 3)) == 0
    task = await task_of(store, OTHER_CLERK)
    assert (task.kind, task.entity, task.due) == ("RECONFIRM_ADOPTION", f"Adoption:{adoption}", "2027-11-02")
    for actor in (TOWN_CLERK, ANYBODY, ADMIN):
        with pytest.raises(ForbiddenError):
            await reconfirm_adoption(later, ReconfirmAdoption(adoption=adoption), actor=actor)

    await reconfirm_adoption(later, ReconfirmAdoption(adoption=adoption), actor=OTHER_CLERK)

    assert (await adoption_of(store, adoption))["reconfirm_by"] == "2028-10-20"
    assert await tasks_of(store, OTHER_CLERK) == []


async def test_what_is_retired_is_asked_about_no_more(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    adoption = await adopted(store, project)
    await confirm(store, adoption)
    await adopted(store, project, RETIRED, reason_ended="Schluss")

    assert await ask_whether_in_use(at(store), today=date(2030, 1, 1)) == 0
    with pytest.raises(MoveNotAllowedError):
        await reconfirm_adoption(at(store), ReconfirmAdoption(adoption=adoption), actor=OTHER_CLERK)


async def test_a_leap_day_has_a_next_year(store: GraphStore) -> None:
    await found_network(store)
    adoption = await adopted(store, await published(store))
    work = at(store, "2028-02-29T12:00:00.000000Z")

    await confirm_adoption(work, ConfirmAdoption(adoption=adoption), actor=TOWN_CLERK)

    assert (await adoption_of(store, adoption))["reconfirm_by"] == "2029-02-28"


async def test_reports_are_the_networks_unless_opened(store: GraphStore) -> None:
    await found_network(store)
    adoption = await adopted(store, await published(store))
    report = WriteExperienceReport(adoption=adoption, text="Gut", would_do_again=True, what_failed="Der Bezahlweg")

    inside = await write_experience_report(at(store), report, actor=OTHER_CLERK)
    opened = await write_experience_report(at(store), replace(report, visibility=Visibility.PUBLIC), actor=OTHER_CLERK)

    assert inside == {"id": inside["id"], "version": 1, "adoption": adoption}
    assert await readers(store, f"ExperienceReport:{inside['id']}") == ("network",)
    assert await readers(store, f"ExperienceReport:{opened['id']}") == ("public",)
    for actor in (TOWN_CLERK, ANYBODY, ADMIN, ZEITZ_LEAD):
        with pytest.raises(ForbiddenError):
            await write_experience_report(at(store), report, actor=actor)
    with pytest.raises(InvalidInputError, match="text"):
        await write_experience_report(at(store), replace(report, text=" "), actor=OTHER_CLERK)


async def test_a_hidden_adoption_looks_like_none(store: GraphStore) -> None:
    await found_network(store)
    adoption = await adopted(store, await published(store), visibility=Visibility.PRIVATE)
    messages = []
    for name in (adoption, "nie"):
        for run in (
            confirm(store, name, PROFESSOR),
            reconfirm_adoption(at(store), ReconfirmAdoption(adoption=name), actor=PROFESSOR),
            write_experience_report(at(store), WriteExperienceReport(adoption=name, text="x"), actor=PROFESSOR),
        ):
            with pytest.raises(NodeNotFoundError) as refused:
                await run
            messages.append(str(refused.value).replace(name, "…"))
    assert len(set(messages)) == 1
