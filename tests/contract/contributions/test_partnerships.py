"""Partners are asked, confirm, decline; claims of entries that nobody owns; on each graph database."""

from typing import Any

import pytest

from auth import policy
from auth.errors import ForbiddenError
from auth.principal import Caller
from graph import links
from graph.commands.claims import ClaimProject, DecideClaim, claim_project, decide_claim
from graph.commands.partnerships import ConfirmPartnership, DeclinePartnership, confirm_partnership, decline_partnership
from graph.commands.project_changes import Partner, ProjectChanges
from graph.commands.update_project import UpdateProject, update_project
from graph.errors import ConstraintError, InvalidInputError, NodeNotFoundError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.selection import ByKeys, Selection
from graph.vocabulary import Stage
from graph.writing.lifecycle import MoveNotAllowedError
from tests.fixtures.builders import involves, make_project, relate
from tests.fixtures.contributing import (
    ADMIN,
    ANYBODY,
    ENGINEER,
    FIRM,
    MONDAY,
    OTHER_CLERK,
    OTHER_TOWN,
    PROFESSOR,
    TOWN,
    TOWN_CLERK,
    UNIVERSITY,
    VISITOR,
    WILSTER_LEAD,
    ZEITZ,
    ZEITZ_LEAD,
    ZEITZ_MEMBER,
    at,
    count_kills,
    drafted,
    found_network,
    plant_compiled,
    published,
    task_of,
    tasks_of,
)
from tests.fixtures.units import all_changes, pending, readers, stored, write

JOINT = ProjectChanges(
    partners=(
        Partner(house=UNIVERSITY, role="Begleitforschung"),
        Partner(house=FIRM, role="Technik"),
        Partner(house=OTHER_TOWN),
        Partner(house=ZEITZ, role="Beratung"),
    )
)


async def partners(store: GraphStore, project: str) -> dict[str, Any]:
    found = await store.transact(lambda transaction: transaction.follow(links.PROJECT_HOUSES, [project]))
    return {str(key): edge["confirmed_at"] for key, edge in found.get(project, [])}


async def version(store: GraphStore, project: str) -> int:
    row = await stored(store, f"Project:{project}")
    assert row is not None
    return int(row["version"])


async def change(store: GraphStore, project: str, *wanted: Partner, actor: Caller = TOWN_CLERK) -> None:
    command = UpdateProject(
        project=project, expected_version=await version(store, project), changes=ProjectChanges(partners=wanted)
    )
    await update_project(at(store), command, actor=actor)


async def test_partners_of_each_kind_are_asked(store: GraphStore) -> None:
    await found_network(store)

    project = await drafted(store, more=JOINT)

    assert await partners(store, project) == {str(house): None for house in (FIRM, OTHER_TOWN, UNIVERSITY, ZEITZ)}
    for asked, house in ((PROFESSOR, UNIVERSITY), (ENGINEER, FIRM), (OTHER_CLERK, OTHER_TOWN), (ZEITZ_LEAD, ZEITZ)):
        task = await task_of(store, asked)
        assert (task.kind, task.entity, task.subject) == ("CONFIRM_PARTNERSHIP", f"Project:{project}", str(house))
    for other in (ZEITZ_MEMBER, TOWN_CLERK, WILSTER_LEAD, ADMIN):
        assert await tasks_of(store, other) == []
    assert "university:03sft3r75" in await readers(store, f"Project:{project}")


async def test_a_task_is_read_by_the_house_that_it_asks(store: GraphStore) -> None:
    await found_network(store)
    await drafted(store, more=JOINT)
    task = await task_of(store, PROFESSOR)
    selection, start = Selection("Task", ("entity",)), ByKeys("Task", "id", (task.id,))

    for caller, is_reader in (
        (PROFESSOR, True),
        (ADMIN, True),
        (TOWN_CLERK, False),
        (ENGINEER, False),
        (ANYBODY, False),
    ):
        (row,) = (await store.select(selection, start, audiences=policy.audiences(caller))).rows
        assert (row is not None) is is_reader, caller


@pytest.mark.parametrize(
    ("actor", "house"), [(PROFESSOR, UNIVERSITY), (ENGINEER, FIRM), (OTHER_CLERK, OTHER_TOWN), (ZEITZ_LEAD, ZEITZ)]
)
async def test_a_partner_confirms_for_itself(store: GraphStore, actor: Caller, house: NodeKey) -> None:
    await found_network(store)
    project = await drafted(store, more=JOINT)
    command = ConfirmPartnership(project=project, house=house)

    answer = await confirm_partnership(at(store), command, actor=actor)

    assert answer == {"id": project, "version": 2}
    assert (await partners(store, project))[str(house)] == MONDAY
    assert await tasks_of(store, actor) == []
    assert sum(moment is not None for moment in (await partners(store, project)).values()) == 1
    assert [line["action"] for line in await all_changes(store) if line["entity"] == f"Project:{project}"] == [
        *("create_project_draft", "confirm_partnership")
    ]
    assert await confirm_partnership(at(store), command, actor=actor) == answer


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (ANYBODY, NodeNotFoundError),
        (VISITOR, NodeNotFoundError),
        (WILSTER_LEAD, NodeNotFoundError),
        (TOWN_CLERK, ForbiddenError),
        (ENGINEER, ForbiddenError),
        (ZEITZ_MEMBER, ForbiddenError),
        (ADMIN, ForbiddenError),
    ],
)
async def test_nobody_confirms_or_declines_for_another_house(
    store: GraphStore, actor: Caller, refusal: type[Exception]
) -> None:
    await found_network(store)
    project = await drafted(store, more=JOINT)
    before = await all_changes(store)

    for house in (UNIVERSITY, ZEITZ) if actor is ZEITZ_MEMBER else (UNIVERSITY,):
        with pytest.raises(refusal):
            await confirm_partnership(at(store), ConfirmPartnership(project=project, house=house), actor=actor)
        with pytest.raises(refusal):
            await decline_partnership(
                at(store), DeclinePartnership(project=project, house=house, reason="Nein"), actor=actor
            )
    assert await all_changes(store) == before


async def test_who_is_not_asked_confirms_nothing(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    with pytest.raises(NodeNotFoundError):
        await confirm_partnership(at(store), ConfirmPartnership(project=project, house=UNIVERSITY), actor=PROFESSOR)


@pytest.mark.parametrize("is_confirmed", [False, True])
async def test_a_declined_partnership_is_gone_and_its_reason_in_the_trail(
    store: GraphStore, is_confirmed: bool
) -> None:
    await found_network(store)
    project = await drafted(store, more=JOINT)
    if is_confirmed:
        await confirm_partnership(at(store), ConfirmPartnership(project=project, house=FIRM), actor=ENGINEER)
    await pending(store)

    await decline_partnership(
        at(store), DeclinePartnership(project=project, house=FIRM, reason="Keine Zeit"), actor=ENGINEER
    )

    assert str(FIRM) not in await partners(store, project)
    assert "organisation:stadtwerke" not in await readers(store, f"Project:{project}")
    assert await tasks_of(store, ENGINEER) == []
    (line,) = [line for line in await all_changes(store) if line["action"] == "decline_partnership"]
    assert line["after"] == {"house": str(FIRM), "reason": "Keine Zeit"}
    assert line["before"]["INVOLVES"][0]["node"] == str(FIRM)
    assert (await pending(store))[f"Project:{project}"]
    with pytest.raises(NodeNotFoundError):
        await confirm_partnership(at(store), ConfirmPartnership(project=project, house=FIRM), actor=ENGINEER)


async def test_declining_takes_a_reason(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, more=JOINT)

    with pytest.raises(InvalidInputError, match="reason"):
        await decline_partnership(
            at(store), DeclinePartnership(project=project, house=FIRM, reason=" "), actor=ENGINEER
        )


async def test_a_coming_owner_that_declines_leaves_the_draft_to_the_hub(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, ZEITZ_MEMBER)

    await decline_partnership(
        at(store), DeclinePartnership(project=project, house=TOWN, reason="Nicht unseres"), actor=TOWN_CLERK
    )

    assert await readers(store, f"Project:{project}") == ("admin", "hub:zeitz")


async def test_a_change_of_a_partner_starts_over(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, more=ProjectChanges(partners=(Partner(house=UNIVERSITY, role="Rat"),)))
    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=UNIVERSITY), actor=PROFESSOR)

    await change(store, project, Partner(house=UNIVERSITY, role="Rat"), Partner(house=FIRM))
    assert (await partners(store, project))[str(UNIVERSITY)] == MONDAY
    assert await tasks_of(store, PROFESSOR) == []

    await change(store, project, Partner(house=UNIVERSITY, role="Leitung"), Partner(house=FIRM))
    assert await partners(store, project) == {str(UNIVERSITY): None, str(FIRM): None}
    assert len(await tasks_of(store, PROFESSOR)) == len(await tasks_of(store, ENGINEER)) == 1

    await change(store, project, Partner(house=FIRM))
    assert await tasks_of(store, PROFESSOR) == []
    assert len(await tasks_of(store, ENGINEER)) == 1


async def test_own_houses_are_confirmed_at_once(store: GraphStore) -> None:
    await found_network(store)

    project = await drafted(store, more=ProjectChanges(partners=(Partner(house=TOWN, role="Leitung"),)))

    assert await partners(store, project) == {str(TOWN): MONDAY}


async def test_a_partner_that_an_editor_adds_to_a_compiled_entry_is_no_fact_yet(store: GraphStore) -> None:
    await found_network(store)
    key = (await plant_compiled(store, "p")).key
    await write(store, relate("OWNS", TOWN, key), involves(key, TOWN))
    audiences = {"keys": [OTHER_TOWN.value, TOWN.value], "audiences": ["public"]}

    await change(store, "p", Partner(house=TOWN), Partner(house=OTHER_TOWN))

    rows = await store.query("projects_of_municipalities", audiences)
    projects = {town: [project for ars, found in rows if ars == town for project in found] for town, _ in rows}
    assert projects == {OTHER_TOWN.value: [], TOWN.value: ["p"]}


async def test_a_kill_leaves_nothing_of_an_answer(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, ZEITZ_MEMBER, more=JOINT)

    async def snapshot() -> object:
        return await all_changes(store), await partners(store, project), await tasks_of(store, TOWN_CLERK)

    command = ConfirmPartnership(project=project, house=TOWN)
    assert await count_kills(store, lambda work: confirm_partnership(work, command, actor=TOWN_CLERK), snapshot) > 5


async def test_a_repeated_key_declines_once(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, more=JOINT)
    command = DeclinePartnership(project=project, house=ZEITZ, reason="Nein")

    answers = [await decline_partnership(at(store), command, actor=ZEITZ_LEAD, idempotency_key="k") for _ in range(2)]

    assert answers[0] == answers[1]


# Claims


async def ownerless(store: GraphStore, *, is_reviewed: bool = True) -> None:
    await found_network(store)
    key = (await plant_compiled(store, "p")).key
    await write(store, involves(key, TOWN), involves(key, FIRM), involves(key, ZEITZ))
    if is_reviewed:
        await write(store, relate("REVIEWED_BY", key, ZEITZ))


CLAIM = ClaimProject(project="p", house=TOWN, note="Unser Projekt")
GRANT = DecideClaim(project="p", house=TOWN, is_granted=True)


async def test_an_involved_house_claims_and_a_reviewer_consents(store: GraphStore) -> None:
    await ownerless(store)

    await claim_project(at(store), CLAIM, actor=TOWN_CLERK)
    await claim_project(at(store), ClaimProject(project="p", house=FIRM), actor=ENGINEER)

    tasks = await tasks_of(store, ZEITZ_LEAD)
    assert tasks == [("DECIDE_CLAIM", "Project:p")] * 2
    assert await tasks_of(store, ZEITZ_MEMBER) == await tasks_of(store, TOWN_CLERK) == []
    await decide_claim(at(store), GRANT, actor=ZEITZ_LEAD)
    owned = await store.transact(lambda transaction: transaction.follow(links.PROJECT_OWNER, ["p"]))
    assert [key for key, _ in owned["p"]] == [TOWN]
    assert await tasks_of(store, ZEITZ_LEAD) == []
    with pytest.raises(ConstraintError):
        await claim_project(at(store), ClaimProject(project="p", house=FIRM), actor=ENGINEER)
    with pytest.raises(NodeNotFoundError):
        await decide_claim(at(store), DecideClaim(project="p", house=FIRM, is_granted=True), actor=ZEITZ_LEAD)


async def test_a_refusal_has_a_reason(store: GraphStore) -> None:
    await ownerless(store)
    await claim_project(at(store), CLAIM, actor=TOWN_CLERK)

    with pytest.raises(InvalidInputError, match="reason"):
        await decide_claim(at(store), DecideClaim(project="p", house=TOWN, is_granted=False), actor=ZEITZ_LEAD)
    await decide_claim(
        at(store), DecideClaim(project="p", house=TOWN, is_granted=False, reason="Anderes Amt"), actor=ZEITZ_LEAD
    )

    assert await store.transact(lambda transaction: transaction.follow(links.PROJECT_OWNER, ["p"])) == {}
    line = [line for line in await all_changes(store) if line["action"] == "refuse_claim"]
    assert line[0]["after"] == {"house": str(TOWN), "reason": "Anderes Amt"}
    await claim_project(at(store), CLAIM, actor=TOWN_CLERK)
    assert await tasks_of(store, ZEITZ_LEAD) == [("DECIDE_CLAIM", "Project:p")]


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR, OTHER_CLERK, PROFESSOR, ZEITZ_MEMBER, WILSTER_LEAD, ENGINEER])
async def test_who_claims_for_a_house_is_of_it(store: GraphStore, actor: Caller) -> None:
    await ownerless(store)
    before = await all_changes(store)

    with pytest.raises(ForbiddenError):
        await claim_project(at(store), CLAIM, actor=actor)
    with pytest.raises(ForbiddenError):
        await claim_project(at(store), ClaimProject(project="p", house=OTHER_TOWN), actor=actor)
    assert await all_changes(store) == before


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR, TOWN_CLERK, ENGINEER, ZEITZ_MEMBER, WILSTER_LEAD])
async def test_only_reviewers_consent(store: GraphStore, actor: Caller) -> None:
    await ownerless(store)
    await claim_project(at(store), CLAIM, actor=TOWN_CLERK)

    with pytest.raises(ForbiddenError):
        await decide_claim(at(store), GRANT, actor=actor)


@pytest.mark.parametrize("is_reviewed", [False, True])
async def test_a_hub_does_not_consent_to_its_own_claim(store: GraphStore, is_reviewed: bool) -> None:
    await ownerless(store, is_reviewed=is_reviewed)
    await claim_project(at(store), ClaimProject(project="p", house=ZEITZ), actor=ZEITZ_LEAD)
    decision = DecideClaim(project="p", house=ZEITZ, is_granted=True)

    assert await tasks_of(store, ZEITZ_LEAD) == []
    assert await tasks_of(store, ADMIN) == [("DECIDE_CLAIM", "Project:p")]
    with pytest.raises(ForbiddenError):
        await decide_claim(at(store), decision, actor=ZEITZ_LEAD)
    await decide_claim(at(store), decision, actor=ADMIN)


async def test_a_house_that_takes_no_part_any_more_claims_nothing(store: GraphStore) -> None:
    await ownerless(store)
    await claim_project(at(store), CLAIM, actor=TOWN_CLERK)

    await decline_partnership(
        at(store), DeclinePartnership(project="p", house=TOWN, reason="Doch nicht"), actor=TOWN_CLERK
    )

    assert await tasks_of(store, ZEITZ_LEAD) == []
    with pytest.raises(NodeNotFoundError):
        await decide_claim(at(store), GRANT, actor=ZEITZ_LEAD)


async def test_only_what_is_published_is_claimed(store: GraphStore) -> None:
    await found_network(store)
    await write(store, make_project("p", stage=Stage.DRAFT), involves(make_project("p"), TOWN))

    with pytest.raises(MoveNotAllowedError):
        await claim_project(at(store), CLAIM, actor=TOWN_CLERK)


async def test_a_claim_survives_no_kill_by_half(store: GraphStore) -> None:
    await ownerless(store)
    await claim_project(at(store), CLAIM, actor=TOWN_CLERK)

    async def snapshot() -> object:
        return await all_changes(store), await readers(store, "Project:p"), await tasks_of(store, ZEITZ_LEAD)

    assert await count_kills(store, lambda work: decide_claim(work, GRANT, actor=ZEITZ_LEAD), snapshot) > 5


async def test_a_repeated_key_claims_once(store: GraphStore) -> None:
    await ownerless(store)

    answers = [await claim_project(at(store), CLAIM, actor=TOWN_CLERK, idempotency_key="k") for _ in range(2)]

    assert answers[0] == answers[1]
    assert len(await tasks_of(store, ZEITZ_LEAD)) == 1
