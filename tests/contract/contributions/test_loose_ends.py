"""No task outlives what it asks, none is lost on the way, and nobody is shut out by what somebody else decides."""

from dataclasses import replace
from datetime import date

import pytest

from auth.errors import ForbiddenError
from graph import links
from graph.commands.adoptions import (
    ConfirmAdoption,
    DeclineAdoption,
    RecordAdoption,
    confirm_adoption,
    decline_adoption,
    record_adoption,
)
from graph.commands.claims import ClaimProject, DecideClaim, claim_project, decide_claim
from graph.commands.due import ask_whether_in_use, open_overdue_reviews, publish_due
from graph.commands.partnerships import ConfirmPartnership, DeclinePartnership, confirm_partnership, decline_partnership
from graph.commands.project_changes import Partner, ProjectChanges
from graph.commands.review_project import (
    PublishProject,
    RequestChanges,
    SubmitProject,
    publish_project,
    request_changes,
    submit_project,
)
from graph.commands.tend_project import AddResult, add_result
from graph.commands.update_project import UpdateProject, update_project
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.errors import ConstraintError, InvalidInputError, StaleWriteError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.values import PartialDate
from graph.vocabulary import AdoptionStatus, ResultKind
from tests.fixtures.builders import involves, make_municipality, relate
from tests.fixtures.contributing import (
    ADMIN,
    AFTER_TEN_WORKING_DAYS,
    AMT_CLERK,
    FIRM,
    MONDAY,
    OTHER_CLERK,
    OTHER_TOWN,
    PROFESSOR,
    REMARKS,
    TOWN,
    TOWN_CLERK,
    UNIVERSITY,
    WILSTER,
    WILSTER_LEAD,
    ZEITZ,
    ZEITZ_LEAD,
    ZEITZ_MEMBER,
    at,
    drafted,
    found_network,
    plant_compiled,
    published,
    reviewer_of,
    submitted,
    task_of,
    tasks_of,
)
from tests.fixtures.units import stored, write

LATE = date(2026, 11, 17)
IN_USE, RETIRED = AdoptionStatus.IN_USE, AdoptionStatus.RETIRED


async def version(store: GraphStore, key: str) -> int:
    row = await stored(store, key)
    assert row is not None
    return int(row["version"])


async def adopted(store: GraphStore, project: str) -> str:
    command = RecordAdoption(project=project, house=OTHER_TOWN, status=IN_USE)
    return str((await record_adoption(at(store), command, actor=OTHER_CLERK))["id"])


async def confirmed(store: GraphStore, project: str) -> str:
    adoption = await adopted(store, project)
    await confirm_adoption(at(store), ConfirmAdoption(adoption=adoption), actor=TOWN_CLERK)
    return adoption


async def edges(store: GraphStore, project: str) -> dict[str, dict[str, object]]:
    found = await store.transact(lambda transaction: transaction.follow(links.PROJECT_HOUSES, [project]))
    return {str(key): edge for key, edge in found.get(project, [])}


async def test_who_hands_in_again_has_the_silent_partners_asked_again(store: GraphStore) -> None:
    await found_network(store)
    partners = (Partner(house=UNIVERSITY), Partner(house=OTHER_TOWN))
    project = await submitted(store, more=ProjectChanges(partners=partners))
    asked = [("CONFIRM_PARTNERSHIP", f"Project:{project}")]
    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=OTHER_TOWN), actor=OTHER_CLERK)

    await withdraw_project(at(store), WithdrawProject(project=project), actor=TOWN_CLERK)
    assert await tasks_of(store, PROFESSOR) == []
    await submit_project(at(store), SubmitProject(project=project), actor=TOWN_CLERK)

    assert await tasks_of(store, PROFESSOR) == asked
    assert await tasks_of(store, OTHER_CLERK) == await tasks_of(store, TOWN_CLERK) == []


async def test_handing_in_leaves_a_question_that_is_open_alone(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, ZEITZ_MEMBER)

    await submit_project(at(store, AFTER_TEN_WORKING_DAYS), SubmitProject(project=project), actor=ZEITZ_MEMBER)

    assert (await task_of(store, TOWN_CLERK)).since == MONDAY


async def test_a_hub_that_keeps_an_entry_for_a_house_is_not_shut_out_by_another_hubs_review(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store, ZEITZ_MEMBER)
    late = at(store, AFTER_TEN_WORKING_DAYS)
    await open_overdue_reviews(late, today=LATE)

    await request_changes(late, RequestChanges(project=project, remarks=REMARKS), actor=WILSTER_LEAD)

    assert await reviewer_of(store, project) == [str(ZEITZ)]
    assert await tasks_of(store, ZEITZ_MEMBER) == [("ANSWER_CHANGES", f"Project:{project}")]
    changes = ProjectChanges(note="Nachgefragt")
    command = UpdateProject(
        project=project, expected_version=await version(store, f"Project:{project}"), changes=changes
    )
    await update_project(late, command, actor=ZEITZ_MEMBER)


@pytest.mark.parametrize("reviewer", ["wilster", None])
async def test_a_hub_does_not_lose_sight_of_an_entry_that_it_keeps(store: GraphStore, reviewer: str | None) -> None:
    await found_network(store)
    project = await drafted(store, ZEITZ_MEMBER)
    command = UpdateProject(project=project, expected_version=1, changes=ProjectChanges(reviewer=reviewer))

    with pytest.raises(InvalidInputError) as refused:
        await update_project(at(store), command, actor=ZEITZ_MEMBER)

    assert refused.value.field == "reviewer"
    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=TOWN), actor=TOWN_CLERK)
    owned = UpdateProject(
        project=project,
        expected_version=await version(store, f"Project:{project}"),
        changes=ProjectChanges(reviewer=reviewer),
    )
    await update_project(at(store), owned, actor=TOWN_CLERK)
    assert await reviewer_of(store, project) == ([] if reviewer is None else [str(WILSTER)])


async def test_the_role_of_a_coming_owner_is_kept(store: GraphStore) -> None:
    await found_network(store)

    project = await drafted(store, ZEITZ_MEMBER, more=ProjectChanges(partners=(Partner(house=TOWN, role="Trägerin"),)))

    edge = (await edges(store, project))[str(TOWN)]
    assert (edge["role"], edge["is_owner_to_be"], edge["confirmed_at"]) == ("Trägerin", True, None)


async def test_an_author_who_lists_the_coming_owner_as_a_partner_changes_nothing_about_it(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, ZEITZ_MEMBER)
    before = await edges(store, project)

    changes = ProjectChanges(partners=(Partner(house=TOWN, role="Gast"), Partner(house=UNIVERSITY)))
    await update_project(
        at(store), UpdateProject(project=project, expected_version=1, changes=changes), actor=ZEITZ_MEMBER
    )

    after = await edges(store, project)
    assert after.keys() == {str(TOWN), str(UNIVERSITY)}
    assert after[str(TOWN)] == before[str(TOWN)]
    assert (await task_of(store, TOWN_CLERK)).kind == "CONFIRM_PARTNERSHIP"


async def test_once_a_house_owns_an_entry_no_claim_waits(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store, ZEITZ_MEMBER, more=ProjectChanges(partners=(Partner(house=OTHER_TOWN),)))
    await claim_project(at(store), ClaimProject(project=project, house=OTHER_TOWN), actor=OTHER_CLERK)
    assert ("DECIDE_CLAIM", f"Project:{project}") in await tasks_of(store, ZEITZ_LEAD)

    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=TOWN), actor=TOWN_CLERK)

    assert await tasks_of(store, ZEITZ_LEAD) == []


async def test_who_is_granted_an_entry_takes_part_in_it(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store, ZEITZ_MEMBER, more=ProjectChanges(partners=(Partner(house=OTHER_TOWN),)))
    await claim_project(at(store), ClaimProject(project=project, house=OTHER_TOWN), actor=OTHER_CLERK)

    await decide_claim(at(store), DecideClaim(project=project, house=OTHER_TOWN, is_granted=True), actor=ZEITZ_LEAD)

    assert (await edges(store, project))[str(OTHER_TOWN)]["confirmed_at"] == MONDAY
    assert await tasks_of(store, OTHER_CLERK) == []
    assert await tasks_of(store, TOWN_CLERK) == [("CONFIRM_PARTNERSHIP", f"Project:{project}")]


async def test_what_sources_say_of_a_house_stays_so_when_it_is_granted_the_entry(store: GraphStore) -> None:
    await found_network(store)
    key = (await plant_compiled(store, "p")).key
    await write(store, involves(key, FIRM), involves(key, TOWN), relate("REVIEWED_BY", key, ZEITZ))
    before = (await edges(store, "p"))[str(TOWN)]
    await claim_project(at(store), ClaimProject(project="p", house=TOWN), actor=TOWN_CLERK)

    await decide_claim(at(store), DecideClaim(project="p", house=TOWN, is_granted=True), actor=ZEITZ_LEAD)

    assert (await edges(store, "p"))[str(TOWN)] == {**before, "confirmed_at": MONDAY}


async def test_a_hub_that_speaks_for_itself_is_asked_no_more(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, more=ProjectChanges(reviewer="zeitz", partners=(Partner(house=ZEITZ, role="Rat"),)))
    assert len(await tasks_of(store, ZEITZ_LEAD)) == 1

    changes = ProjectChanges(partners=(Partner(house=ZEITZ, role="Leitung"),))
    command = UpdateProject(
        project=project, expected_version=await version(store, f"Project:{project}"), changes=changes
    )
    await update_project(at(store), command, actor=ZEITZ_LEAD)

    assert (await edges(store, project))[str(ZEITZ)]["confirmed_at"] == MONDAY
    assert await tasks_of(store, ZEITZ_LEAD) == []


async def test_nobody_is_asked_whether_that_still_holds_which_the_owner_denied(store: GraphStore) -> None:
    await found_network(store)
    adoption = await confirmed(store, await published(store))
    later = at(store, "2027-10-20T08:00:00.000000Z")
    assert await ask_whether_in_use(later, today=date(2027, 10, 20)) == 1

    await decline_adoption(later, DeclineAdoption(adoption=adoption, reason="Nie gehört"), actor=TOWN_CLERK)

    assert await tasks_of(store, OTHER_CLERK) == []


async def test_a_version_of_an_adoption_that_is_over_begins_no_other_one(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    await adopted(store, project)
    command = RecordAdoption(project=project, house=OTHER_TOWN, status=RETIRED, reason_ended="Zu teuer")
    await record_adoption(at(store), command, actor=OTHER_CLERK)

    stale = RecordAdoption(project=project, house=OTHER_TOWN, status=IN_USE, cost=7, expected_version=1)
    with pytest.raises(StaleWriteError):
        await record_adoption(at(store), stale, actor=OTHER_CLERK)
    assert await tasks_of(store, TOWN_CLERK) == []


async def test_who_saw_no_adoption_writes_over_none(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    first = RecordAdoption(project=project, house=OTHER_TOWN, status=IN_USE, cost=7, expected_version=0)

    adoption = str((await record_adoption(at(store), first, actor=OTHER_CLERK))["id"])
    with pytest.raises(StaleWriteError) as refused:
        await record_adoption(at(store), replace(first, cost=8), actor=OTHER_CLERK)

    assert refused.value.current_version == 1
    row = await stored(store, f"Adoption:{adoption}")
    assert row is not None
    assert row["cost"] == 7


@pytest.mark.parametrize(("since", "ended"), [("2026-05", "2026-04"), ("2026", "2025-12-31")])
async def test_an_adoption_does_not_end_before_it_begins(store: GraphStore, since: str, ended: str) -> None:
    await found_network(store)
    command = RecordAdoption(
        project=await published(store),
        house=OTHER_TOWN,
        status=IN_USE,
        since=PartialDate(since),
        ended=PartialDate(ended),
    )

    with pytest.raises(InvalidInputError) as refused:
        await record_adoption(at(store), command, actor=OTHER_CLERK)
    assert refused.value.field == "ended"


async def test_an_amt_does_not_confirm_what_it_records(store: GraphStore) -> None:
    await found_network(store)
    sister = make_municipality("010615138002")
    await write(store, sister)
    project = await published(store, AMT_CLERK)
    command = RecordAdoption(project=project, house=sister.key, status=IN_USE)

    adoption = str((await record_adoption(at(store), command, actor=AMT_CLERK))["id"])

    assert await tasks_of(store, AMT_CLERK) == []
    assert await tasks_of(store, WILSTER_LEAD) == [("CONFIRM_ADOPTION", f"Adoption:{adoption}")]
    with pytest.raises(ForbiddenError):
        await confirm_adoption(at(store), ConfirmAdoption(adoption=adoption), actor=AMT_CLERK)
    await confirm_adoption(at(store), ConfirmAdoption(adoption=adoption), actor=WILSTER_LEAD)


async def test_what_is_added_after_the_approval_is_reviewed_again(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store, more=ProjectChanges(publish_from=PartialDate("2026-12")))
    await publish_project(at(store), PublishProject(project=project), actor=WILSTER_LEAD)

    await add_result(at(store), AddResult(project=project, kind=ResultKind.DATA, title="Zählung"), actor=TOWN_CLERK)

    assert await tasks_of(store, WILSTER_LEAD) == [("REVIEW_PROJECT", f"Project:{project}")]
    assert await publish_due(at(store), today=date(2026, 12, 1)) == 0


async def test_one_entry_that_is_broken_keeps_no_other_from_its_turn(store: GraphStore) -> None:
    await found_network(store)
    broken, whole = await confirmed(store, await published(store)), await confirmed(store, await published(store))
    made = relate("MADE", OTHER_TOWN, NodeKey("Adoption", broken))
    await at(store).run(lambda unit: unit.disconnect(made), actor=ADMIN)

    assert await ask_whether_in_use(at(store), today=date(2030, 1, 1)) == 1

    assert await tasks_of(store, OTHER_CLERK) == [("RECONFIRM_ADOPTION", f"Adoption:{whole}")]


async def test_an_owner_does_not_say_that_it_takes_no_part(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, ZEITZ_MEMBER)
    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=TOWN), actor=TOWN_CLERK)

    with pytest.raises(ConstraintError):
        await decline_partnership(
            at(store), DeclinePartnership(project=project, house=TOWN, reason="Doch nicht"), actor=TOWN_CLERK
        )

    assert (await edges(store, project))[str(TOWN)]["confirmed_at"] == MONDAY
