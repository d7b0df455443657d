"""Handing in, deciding, publishing and archiving, on each graph database."""

import asyncio
from typing import Any

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph.commands.partnerships import ConfirmPartnership, confirm_partnership
from graph.commands.project_changes import Partner, ProjectChanges
from graph.commands.review_project import (
    PublishProject,
    Remark,
    RequestChanges,
    SubmitProject,
    publish_project,
    request_changes,
    submit_project,
)
from graph.commands.update_project import UpdateProject, update_project
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.errors import InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.port import GraphStore
from graph.vocabulary import Stage
from graph.writing.lifecycle import MOVES, Move, MoveNotAllowedError, allowed_moves
from tests.fixtures.builders import involves, make_project, plant, relate
from tests.fixtures.contributing import (
    ACTS,
    ADMIN,
    ANYBODY,
    CONTACT,
    ENGINEER,
    FIRM,
    OTHER_CLERK,
    OTHER_TOWN,
    PROFESSOR,
    REMARKS,
    TOWN,
    TOWN_CLERK,
    UNIVERSITY,
    VISITOR,
    WILSTER,
    WILSTER_LEAD,
    WILSTER_REVIEWER,
    ZEITZ_LEAD,
    at,
    count_kills,
    drafted,
    found_network,
    person,
    published,
    reviewer_of,
    submitted,
    task_of,
    tasks_of,
)
from tests.fixtures.units import all_changes, pending, readers, stored


async def stage_of(store: GraphStore, project: str) -> str:
    row = await stored(store, f"Project:{project}")
    assert row is not None
    return str(row["stage"])


def comments_of(answer: dict[str, str | int | list[str]]) -> list[str]:
    comments = answer["comments"]
    assert isinstance(comments, list)
    return comments


@pytest.mark.parametrize("move", ACTS)
@pytest.mark.parametrize("stage", Stage)
async def test_every_stage_with_every_command(store: GraphStore, stage: Stage, move: Move) -> None:
    await found_network(store)
    project = make_project("p", stage=stage, version=1, summary="Kurz.", contact=CONTACT)
    await plant(store, project, relate("REVIEWED_BY", project, WILSTER), involves(project, WILSTER))
    if move is not Move.CLAIM:
        await plant(store, relate("OWNS", TOWN, project))
    # Of the owner and of the reviewing hub, so that policy forbids nothing.
    actor = person("municipality:010615138001", "hub_lead:wilster")
    before = await all_changes(store)
    assert ACTS.keys() == set(Move)

    if move in MOVES[stage]:
        await ACTS[move](at(store), "p", actor)
        assert await stage_of(store, "p") == MOVES[stage][move]
        return
    with pytest.raises(MoveNotAllowedError) as refused:
        await ACTS[move](at(store), "p", actor)
    # What somebody owns nobody claims.
    out_of_reach = {"CLAIM"} if move is not Move.CLAIM else set()
    assert refused.value.allowed == tuple(name for name in allowed_moves(stage) if name not in out_of_reach)
    assert await all_changes(store) == before
    assert await stage_of(store, "p") == stage


@pytest.mark.parametrize(
    ("stage", "membership", "move", "allowed"),
    [
        (Stage.SUBMITTED, "municipality:010615138001", Move.SUBMIT, ("EDIT", "WITHDRAW")),
        (Stage.SUBMITTED, "hub_member:wilster", Move.SUBMIT, ("EDIT", "WITHDRAW")),
        (Stage.SUBMITTED, "hub_lead:wilster", Move.SUBMIT, ("EDIT", "REQUEST_CHANGES", "PUBLISH", "WITHDRAW")),
        (Stage.PUBLISHED, "municipality:010615138001", Move.SUBMIT, ("EDIT", "WITHDRAW", "CONFIRM_CURRENT")),
        (Stage.PUBLISHED, "municipality:010615138", Move.SUBMIT, ("EDIT", "WITHDRAW", "CONFIRM_CURRENT", "ADOPT")),
        (Stage.PUBLISHED, "network_admin", Move.SUBMIT, ("EDIT", "WITHDRAW", "ARCHIVE", "CONFIRM_CURRENT")),
        (Stage.ARCHIVED, "municipality:010615138001", Move.EDIT, ("WITHDRAW",)),
        (Stage.ARCHIVED, "hub_lead:wilster", Move.EDIT, ("PUBLISH", "WITHDRAW", "ADOPT")),
    ],
)
async def test_whoever_cannot_do_it_now_learns_what_they_themselves_can(
    store: GraphStore, stage: Stage, membership: str, move: Move, allowed: tuple[str, ...]
) -> None:
    await found_network(store)
    project = make_project("p", stage=stage, version=1, summary="Kurz.", contact=CONTACT)
    await plant(store, project, relate("REVIEWED_BY", project, WILSTER), relate("OWNS", TOWN, project))

    with pytest.raises(MoveNotAllowedError) as refused:
        await ACTS[move](at(store), "p", person(membership))

    assert refused.value.allowed == allowed
    assert str(refused.value).endswith(f"; possible: {', '.join(allowed)}")


@pytest.mark.parametrize("move", ACTS)
async def test_no_command_is_for_strangers(store: GraphStore, move: Move) -> None:
    await found_network(store)
    project = await submitted(store)
    before = await all_changes(store)

    for actor in (ANYBODY, VISITOR, OTHER_CLERK, PROFESSOR, ZEITZ_LEAD):
        messages = []
        for name in (project, "nie"):
            with pytest.raises(NodeNotFoundError) as refused:
                await ACTS[move](at(store), name, actor)
            messages.append(str(refused.value).replace(name, "…"))
        assert messages[0] == messages[1]
    assert await all_changes(store) == before


@pytest.mark.parametrize("move", [Move.REQUEST_CHANGES, Move.PUBLISH, Move.ARCHIVE])
async def test_authors_and_hub_members_review_nothing(store: GraphStore, move: Move) -> None:
    await found_network(store)
    project = await submitted(store)

    for actor in (TOWN_CLERK, person("hub_member:wilster")):
        with pytest.raises(ForbiddenError):
            await ACTS[move](at(store), project, actor)


@pytest.mark.parametrize("move", ACTS)
async def test_everybody_sees_a_published_project_and_its_stewards_move_it(store: GraphStore, move: Move) -> None:
    await found_network(store)
    project = await published(store)

    for actor in (ANYBODY, VISITOR, OTHER_CLERK, ZEITZ_LEAD):
        with pytest.raises(ForbiddenError):
            await ACTS[move](at(store), project, actor)


async def test_the_story_of_a_review(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    entity = f"Project:{project}"

    answer = await submit_project(at(store), SubmitProject(project=project, expected_version=1), actor=TOWN_CLERK)

    assert answer == {"id": project, "version": 2}
    assert await reviewer_of(store, project) == ["Hub:wilster"]  # it serves the Amt that the town is part of
    task = await task_of(store, WILSTER_REVIEWER)
    assert (task.kind, task.entity, task.due) == ("REVIEW_PROJECT", entity, "2026-11-16")
    assert await tasks_of(store, WILSTER_LEAD) == [("REVIEW_PROJECT", entity)]
    for other in (person("hub_member:wilster"), ZEITZ_LEAD, TOWN_CLERK, ADMIN, VISITOR, ANYBODY):
        assert await tasks_of(store, other) == []

    asked = await request_changes(
        at(store), RequestChanges(project=project, remarks=REMARKS, expected_version=2), actor=WILSTER_REVIEWER
    )

    assert await stage_of(store, project) == "CHANGES_REQUESTED"
    assert await tasks_of(store, WILSTER_LEAD) == []
    assert await tasks_of(store, TOWN_CLERK) == [("ANSWER_CHANGES", entity)]
    (comment,) = comments_of(asked)
    row = await stored(store, f"ReviewComment:{comment}")
    assert row is not None
    assert (row["text"], row["field"]) == ("Was kostet es?", "cost_band")
    assert row["readers"] == ["admin", "hub:wilster", "municipality:010615138", "municipality:010615138001"]

    await submit_project(at(store), SubmitProject(project=project), actor=TOWN_CLERK)
    assert await tasks_of(store, TOWN_CLERK) == []
    done = await publish_project(at(store), PublishProject(project=project), actor=WILSTER_LEAD)

    assert done["stage"] == "PUBLISHED"
    assert await readers(store, entity) == ("public",)
    assert await tasks_of(store, WILSTER_LEAD) == []
    assert await stored(store, f"ReviewComment:{comment}") == row  # it stays, and stays among them
    actions = [line["action"] for line in await all_changes(store) if line["entity"] == entity]
    assert actions == [
        *("create_project_draft", "submit_project", "request_changes", "submit_project", "publish_project")
    ]
    assert entity in await pending(store)


async def test_partners_do_not_read_the_review(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store, more=ProjectChanges(partners=(Partner(house=UNIVERSITY),)))
    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=UNIVERSITY), actor=PROFESSOR)

    answer = await request_changes(at(store), RequestChanges(project=project, remarks=REMARKS), actor=WILSTER_LEAD)

    (comment,) = comments_of(answer)
    assert "university:03sft3r75" not in await readers(store, f"ReviewComment:{comment}")
    assert "university:03sft3r75" in await readers(store, f"Project:{project}")


@pytest.mark.parametrize(
    ("house", "actor", "chosen", "reviewer"),
    [
        (TOWN, TOWN_CLERK, None, ["Hub:wilster"]),
        (TOWN, TOWN_CLERK, "zeitz", ["Hub:zeitz"]),
        (OTHER_TOWN, OTHER_CLERK, None, ["Hub:zeitz"]),
        (UNIVERSITY, PROFESSOR, None, ["Hub:zeitz"]),
        (WILSTER, WILSTER_LEAD, None, ["Hub:wilster"]),
    ],
)
async def test_who_reviews(store: GraphStore, house: Any, actor: Caller, chosen: str, reviewer: list[str]) -> None:
    await found_network(store)
    project = await drafted(store, actor, house=house)

    await submit_project(at(store), SubmitProject(project=project, reviewer=chosen), actor=actor)

    assert await reviewer_of(store, project) == reviewer


async def test_without_a_hub_the_administration_reviews(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store, ENGINEER, house=FIRM)

    assert await reviewer_of(store, project) == []
    assert await tasks_of(store, ADMIN) == [("REVIEW_PROJECT", f"Project:{project}")]
    assert await tasks_of(store, ZEITZ_LEAD) == []


async def test_a_hub_that_is_chosen_before_stays_chosen(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, more=ProjectChanges(reviewer="zeitz"))

    await submit_project(at(store), SubmitProject(project=project), actor=TOWN_CLERK)
    assert await reviewer_of(store, project) == ["Hub:zeitz"]

    other = UpdateProject(project=project, expected_version=2, changes=ProjectChanges(reviewer="wilster"))
    with pytest.raises(InvalidInputError, match="reviewer"):
        await update_project(at(store), other, actor=TOWN_CLERK)


async def test_what_every_entry_needs(store: GraphStore) -> None:
    await found_network(store)
    await plant(store, make_project("p", stage=Stage.DRAFT), relate("OWNS", TOWN, make_project("p")))

    with pytest.raises(InvalidInputError, match="missing: summary, contact"):
        await submit_project(at(store), SubmitProject(project="p"), actor=TOWN_CLERK)
    project = await drafted(store)
    with pytest.raises(InvalidInputError, match="unknown: Hub:nirgends"):
        await submit_project(at(store), SubmitProject(project=project, reviewer="nirgends"), actor=TOWN_CLERK)


@pytest.mark.parametrize("remarks", [(), (Remark(text="  "),), (Remark(text="x"),) * 51])
async def test_changes_are_asked_for_in_words(store: GraphStore, remarks: tuple[Remark, ...]) -> None:
    await found_network(store)
    project = await submitted(store)

    with pytest.raises(InvalidInputError, match="remarks"):
        await request_changes(at(store), RequestChanges(project=project, remarks=remarks), actor=WILSTER_LEAD)


async def test_a_reviewer_decides_on_what_was_read(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store)
    await update_project(
        at(store),
        UpdateProject(project=project, expected_version=2, changes=ProjectChanges(title="Anders")),
        actor=TOWN_CLERK,
    )

    with pytest.raises(StaleWriteError) as stale:
        await publish_project(at(store), PublishProject(project=project, expected_version=2), actor=WILSTER_LEAD)
    assert stale.value.current_version == 3


async def test_withdrawing_settles_what_was_asked(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store, more=ProjectChanges(partners=(Partner(house=UNIVERSITY),)))

    await withdraw_project(at(store), WithdrawProject(project=project), actor=TOWN_CLERK)

    assert await tasks_of(store, WILSTER_LEAD) == await tasks_of(store, PROFESSOR) == []


@pytest.mark.parametrize("move", [Move.SUBMIT, Move.REQUEST_CHANGES, Move.PUBLISH])
async def test_a_kill_leaves_nothing_of_a_decision(store: GraphStore, move: Move) -> None:
    await found_network(store)
    project = await (drafted if move is Move.SUBMIT else submitted)(store)
    actor = TOWN_CLERK if move is Move.SUBMIT else WILSTER_LEAD

    async def snapshot() -> object:
        return await all_changes(store), await stored(store, f"Project:{project}"), await tasks_of(store, WILSTER_LEAD)

    assert await count_kills(store, lambda work: ACTS[move](work, project, actor), snapshot) > 5


async def test_a_repeated_key_decides_once(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store)
    command = RequestChanges(project=project, remarks=REMARKS)

    answers = [await request_changes(at(store), command, actor=WILSTER_LEAD, idempotency_key="k") for _ in range(2)]

    assert answers[0] == answers[1]
    assert [line["action"] for line in await all_changes(store)].count("request_changes") == 1


async def test_of_two_decisions_at_once_one_is_made(store: GraphStore) -> None:
    await found_network(store)
    for number in range(4):
        project = await submitted(store, title=f"Projekt {number}")

        outcomes = await asyncio.gather(
            ACTS[Move.PUBLISH](at(store), project, WILSTER_LEAD),
            ACTS[Move.REQUEST_CHANGES](at(store), project, WILSTER_REVIEWER),
            return_exceptions=True,
        )

        assert [type(outcome) for outcome in outcomes].count(MoveNotAllowedError) == 1, outcomes
        assert await tasks_of(store, WILSTER_LEAD) == []
