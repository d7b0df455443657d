"""Submissions that wait: too long for their own reviewers, or for the day of publication; on each graph database."""

from datetime import date

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph.commands.due import open_overdue_reviews, publish_due
from graph.commands.project_changes import ProjectChanges
from graph.commands.review_project import (
    ArchiveProject,
    PublishProject,
    RequestChanges,
    SubmitProject,
    archive_project,
    publish_project,
    request_changes,
    submit_project,
)
from graph.commands.update_project import RenameProject, UpdateProject, rename_project, update_project
from graph.errors import NodeNotFoundError
from graph.port import GraphStore
from graph.values import PartialDate
from graph.vocabulary import Stage
from graph.writing.lifecycle import Move
from tests.fixtures.builders import make_project, plant, relate
from tests.fixtures.contributing import (
    ACTS,
    AFTER_TEN_WORKING_DAYS,
    MONDAY,
    REMARKS,
    TOWN_CLERK,
    WILSTER,
    WILSTER_LEAD,
    WILSTER_REVIEWER,
    ZEITZ_LEAD,
    ZEITZ_MEMBER,
    at,
    found_network,
    reviewer_of,
    submitted,
    tasks_of,
)
from tests.fixtures.units import all_changes, readers, stored


async def test_reviewers_of_other_hubs_take_over_after_ten_working_days(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store)
    entity = f"Project:{project}"

    assert await open_overdue_reviews(at(store), today=date(2026, 11, 16)) == 0
    assert await tasks_of(store, ZEITZ_LEAD) == []
    late = at(store, AFTER_TEN_WORKING_DAYS)
    assert await open_overdue_reviews(late, today=date(2026, 11, 17)) == 1
    assert await open_overdue_reviews(late, today=date(2026, 11, 17)) == 0

    assert "reviewers" in await readers(store, entity)
    assert await tasks_of(store, ZEITZ_LEAD) == [("REVIEW_PROJECT", entity)]
    assert await tasks_of(store, WILSTER_REVIEWER) == [("REVIEW_PROJECT", entity)]
    assert await tasks_of(store, ZEITZ_MEMBER) == []
    with pytest.raises(NodeNotFoundError):
        await publish_project(late, PublishProject(project=project), actor=ZEITZ_MEMBER)

    await request_changes(late, RequestChanges(project=project, remarks=REMARKS), actor=ZEITZ_LEAD)

    assert await reviewer_of(store, project) == ["Hub:zeitz"]
    assert "reviewers" not in await readers(store, entity)
    assert await tasks_of(store, ZEITZ_LEAD) == await tasks_of(store, WILSTER_LEAD) == []
    await submit_project(late, SubmitProject(project=project), actor=TOWN_CLERK)
    assert await tasks_of(store, ZEITZ_LEAD) == [("REVIEW_PROJECT", entity)]


async def test_reviewers_of_other_hubs_decide_on_nothing_else(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store)
    late = at(store, AFTER_TEN_WORKING_DAYS)
    await open_overdue_reviews(late, today=date(2026, 11, 17))

    for move in (Move.EDIT, Move.WITHDRAW):
        with pytest.raises(ForbiddenError):
            await ACTS[move](late, project, ZEITZ_LEAD)
    await publish_project(late, PublishProject(project=project), actor=ZEITZ_LEAD)
    with pytest.raises(ForbiddenError):
        await archive_project(late, ArchiveProject(project=project), actor=WILSTER_LEAD)


async def test_a_project_is_published_on_its_day(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store, more=ProjectChanges(publish_from=PartialDate("2026-12")))
    entity = f"Project:{project}"

    answer = await publish_project(at(store), PublishProject(project=project), actor=WILSTER_LEAD)

    assert answer["stage"] == "SUBMITTED"
    assert await tasks_of(store, WILSTER_LEAD) == []
    assert "public" not in await readers(store, entity)
    assert await publish_due(at(store), today=date(2026, 11, 30)) == 0
    assert await publish_due(at(store), today=date(2026, 12, 1)) == 1
    assert await publish_due(at(store), today=date(2026, 12, 1)) == 0
    assert await readers(store, entity) == ("public",)
    line = [line for line in await all_changes(store) if line["entity"] == entity][-1]
    assert (line["action"], line["actor"]) == ("publish_project", "system:housekeeping")


async def test_one_that_cannot_be_read_keeps_no_other_from_its_day(store: GraphStore) -> None:
    await found_network(store)
    broken, project = [
        await submitted(store, title=title, more=ProjectChanges(publish_from=PartialDate(day)))
        for title, day in (("Kaputt", "2026-11-20"), ("Parken per App", "2026-12"))
    ]
    for one in (broken, project):
        await publish_project(at(store), PublishProject(project=one), actor=WILSTER_LEAD)
    # As a newer version may have written it.
    await store.transact(lambda work: work.put("Project", [{"id": broken, "status": "FLYING"}]))

    assert await publish_due(at(store), today=date(2026, 12, 1)) == 1
    assert await readers(store, f"Project:{project}") == ("public",)


@pytest.mark.parametrize("move", [Move.WITHDRAW, Move.REQUEST_CHANGES])
async def test_what_was_taken_back_is_not_published_on_its_day(store: GraphStore, move: Move) -> None:
    await found_network(store)
    project = await submitted(store, more=ProjectChanges(publish_from=PartialDate("2026-12")))
    await publish_project(at(store), PublishProject(project=project), actor=WILSTER_LEAD)

    await ACTS[move](at(store), project, WILSTER_LEAD)

    assert await publish_due(at(store), today=date(2026, 12, 1)) == 0
    await submit_project(at(store), SubmitProject(project=project), actor=TOWN_CLERK)
    assert await publish_due(at(store), today=date(2026, 12, 1)) == 0


async def test_what_is_not_approved_is_not_published_by_itself(store: GraphStore) -> None:
    await found_network(store)
    await submitted(store, more=ProjectChanges(publish_from=PartialDate("2020")))

    assert await publish_due(at(store), today=date(2026, 12, 1)) == 0


@pytest.mark.parametrize("is_renamed", [False, True])
async def test_what_its_author_changes_after_the_approval_is_reviewed_again(
    store: GraphStore, is_renamed: bool
) -> None:
    await found_network(store)
    project = await submitted(store, more=ProjectChanges(publish_from=PartialDate("2026-12")))
    await publish_project(at(store), PublishProject(project=project), actor=WILSTER_LEAD)

    async def edit(actor: Caller, title: str) -> None:
        row = await stored(store, f"Project:{project}")
        assert row is not None
        changes = ProjectChanges(title=title)
        command = UpdateProject(project=project, expected_version=row["version"], changes=changes)
        rename = RenameProject(project=project, title=title)
        await (
            rename_project(at(store), rename, actor=actor)
            if is_renamed
            else update_project(at(store), command, actor=actor)
        )

    await edit(WILSTER_REVIEWER, "Von der Prüferin")
    await edit(TOWN_CLERK, "Von der Prüferin")
    assert await tasks_of(store, WILSTER_LEAD) == []

    await edit(TOWN_CLERK, "Etwas anderes")

    assert await tasks_of(store, WILSTER_LEAD) == [("REVIEW_PROJECT", f"Project:{project}")]
    assert await publish_due(at(store), today=date(2026, 12, 1)) == 0
    await publish_project(at(store, "2026-12-02T08:00:00.000000Z"), PublishProject(project=project), actor=WILSTER_LEAD)
    assert await readers(store, f"Project:{project}") == ("public",)


async def test_an_archived_project_comes_back_at_once(store: GraphStore) -> None:
    await found_network(store)
    project = make_project("p", stage=Stage.ARCHIVED, publish_from=PartialDate("2999"))
    await plant(store, project, relate("REVIEWED_BY", project, WILSTER))

    answer = await publish_project(at(store), PublishProject(project="p"), actor=WILSTER_LEAD)

    assert answer["stage"] == "PUBLISHED"


async def test_what_is_approved_already_is_not_approved_again(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store, more=ProjectChanges(publish_from=PartialDate("2026-12")))
    publish = PublishProject(project=project)
    first = await publish_project(at(store), publish, actor=WILSTER_LEAD)

    assert await publish_project(at(store, AFTER_TEN_WORKING_DAYS), publish, actor=WILSTER_LEAD) == first

    row = await stored(store, f"Project:{project}")
    assert row is not None
    assert (row["version"], row["approved_at"]) == (first["version"], MONDAY)
