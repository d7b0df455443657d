"""Which short name a project gets, and that it betrays nothing of the projects of others, on each graph database."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from graph.commands.due import publish_due
from graph.commands.project_changes import ProjectChanges
from graph.commands.review_project import PublishProject, SubmitProject, publish_project, submit_project
from graph.commands.slugs import project_of_slug
from graph.commands.update_project import RenameProject, rename_project
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.errors import ConstraintError
from graph.port import GraphStore
from graph.values import PartialDate
from graph.vocabulary import Visibility
from tests.fixtures.contributing import (
    ADMIN,
    OTHER_CLERK,
    OTHER_TOWN,
    TOWN_CLERK,
    WILSTER_LEAD,
    at,
    drafted,
    found_network,
    published,
    submitted,
)
from tests.fixtures.units import stored

PLAIN = "parken-per-app"


def veiled(project: str, plain: str = PLAIN) -> str:
    return f"{plain}-{project[-12:]}"


async def slug_of(store: GraphStore, project: str) -> str:
    row = await stored(store, f"Project:{project}")
    assert row is not None
    return str(row["slug"])


async def test_the_slug_of_a_draft_is_no_answer_to_whether_others_have_one_of_its_title(store: GraphStore) -> None:
    await found_network(store)
    first = await drafted(store)
    second = await drafted(store, OTHER_CLERK, house=OTHER_TOWN)

    assert [await slug_of(store, first), await slug_of(store, second)] == [veiled(first), veiled(second)]


@pytest.mark.parametrize("is_there", [True, False])
async def test_neither_is_a_slug_that_somebody_chooses(store: GraphStore, is_there: bool) -> None:
    await found_network(store)
    if is_there:
        hidden = await drafted(store)
        await rename_project(at(store), RenameProject(project=hidden, title="X", slug="geheim"), actor=TOWN_CLERK)
    mine = await drafted(store, OTHER_CLERK, house=OTHER_TOWN, title="Meins")

    answer = await rename_project(at(store), RenameProject(project=mine, title="Y", slug="geheim"), actor=OTHER_CLERK)

    assert answer["slug"] == veiled(mine, "geheim")


async def test_nor_is_one_that_somebody_chooses_for_what_everybody_sees(store: GraphStore) -> None:
    await found_network(store)
    hidden = await drafted(store)
    mine = await published(store, OTHER_CLERK, house=OTHER_TOWN, title="Meins")

    answer = await rename_project(at(store), RenameProject(project=mine, title="Y", slug=PLAIN), actor=OTHER_CLERK)

    assert answer["slug"] == PLAIN
    assert await slug_of(store, hidden) == veiled(hidden)


async def test_whoever_is_published_gets_the_plain_slug_and_keeps_the_other(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    assert await slug_of(store, project) == PLAIN
    assert await project_of_slug(store, veiled(project)) == project


async def test_a_title_that_is_public_already_leaves_the_second_its_longer_slug(store: GraphStore) -> None:
    await found_network(store)
    await published(store)
    second = await published(store, OTHER_CLERK, house=OTHER_TOWN)

    assert await slug_of(store, second) == veiled(second)
    with pytest.raises(ConstraintError):
        await rename_project(at(store), RenameProject(project=second, title="X", slug=PLAIN), actor=OTHER_CLERK)


async def test_of_two_that_are_published_at_once_one_gets_the_plain_slug(store: GraphStore) -> None:
    await found_network(store)
    projects = [await submitted(store), await submitted(store, OTHER_CLERK, house=OTHER_TOWN)]

    await asyncio.gather(
        *(publish_project(at(store), PublishProject(project=project), actor=ADMIN) for project in projects)
    )

    slugs = {project: await slug_of(store, project) for project in projects}
    assert sorted(slug == PLAIN for slug in slugs.values()) == [False, True]
    assert all(slug in (PLAIN, veiled(project)) for project, slug in slugs.items())


async def test_what_is_published_for_its_insiders_alone_stays_veiled(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store, more=ProjectChanges(visibility=Visibility.PRIVATE))

    assert await slug_of(store, project) == veiled(project)


async def test_what_is_published_on_its_day_gets_the_plain_slug_then(store: GraphStore) -> None:
    await found_network(store)
    project = await submitted(store, more=ProjectChanges(publish_from=PartialDate("2026-12")))
    await publish_project(at(store), PublishProject(project=project), actor=WILSTER_LEAD)
    assert await slug_of(store, project) == veiled(project)

    assert await publish_due(at(store), today=date(2026, 12, 1)) == 1
    assert await slug_of(store, project) == PLAIN


async def test_another_title_that_is_thought_of_after_taking_back_is_veiled_until_it_is_published(
    store: GraphStore,
) -> None:
    await found_network(store)
    project = await published(store)
    await withdraw_project(at(store), WithdrawProject(project=project), actor=TOWN_CLERK)
    rename = RenameProject(project=project, title="Parkhaus")
    assert (await rename_project(at(store), rename, actor=TOWN_CLERK))["slug"] == veiled(project, "parkhaus")
    assert (await rename_project(at(store), replace(rename, slug="garage"), actor=TOWN_CLERK))["slug"] == veiled(
        project, "garage"
    )
    assert (await rename_project(at(store), replace(rename, slug=veiled(project, "garage")), actor=TOWN_CLERK))[
        "slug"
    ] == veiled(project, "garage")

    await submit_project(at(store), SubmitProject(project=project), actor=TOWN_CLERK)
    await publish_project(at(store), PublishProject(project=project), actor=ADMIN)

    assert await slug_of(store, project) == "garage"
    for former in (PLAIN, veiled(project), veiled(project, "garage"), veiled(project, "parkhaus")):
        assert await project_of_slug(store, former) == project
