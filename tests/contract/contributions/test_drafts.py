"""Registering, changing and renaming a project, on each graph database."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph import links
from graph.commands.create_project import create_project_draft
from graph.commands.partnerships import ConfirmPartnership, confirm_partnership
from graph.commands.project_changes import Contribution, Partner, ProjectChanges
from graph.commands.slugs import project_of_slug, slug_of
from graph.commands.update_project import RenameProject, UpdateProject, rename_project, update_project
from graph.errors import ConstraintError, InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.links import Link
from graph.port import GraphStore
from graph.values import Contact, PartialDate
from graph.vocabulary import Stage, Visibility
from graph.writing.lifecycle import MoveNotAllowedError
from tests.fixtures.builders import make_expert, make_project, plant, relate
from tests.fixtures.contributing import (
    ADMIN,
    AMT_CLERK,
    ANYBODY,
    DRAFT,
    OTHER_CLERK,
    OTHER_TOWN,
    PROFESSOR,
    TOWN,
    TOWN_CLERK,
    UNIVERSITY,
    VISITOR,
    WILSTER_LEAD,
    ZEITZ,
    ZEITZ_MEMBER,
    at,
    count_kills,
    drafted,
    found_network,
    published,
    tasks_of,
)
from tests.fixtures.units import all_changes, pending, readers, stored, write


async def along(store: GraphStore, link: Link, project: str) -> dict[str, dict[str, object]]:
    found = await store.transact(lambda transaction: transaction.follow(link, [project]))
    return {str(key): edge for key, edge in found.get(project, [])}


async def test_five_things_are_enough(store: GraphStore) -> None:
    await found_network(store)

    answer = await create_project_draft(at(store), DRAFT, actor=TOWN_CLERK)

    project = f"Project:{answer['id']}"
    row = await stored(store, project)
    assert row is not None
    assert (row["stage"], row["status"], row["version"]) == ("DRAFT", "PILOT", 1)
    assert answer == {"id": row["id"], "slug": row["slug"], "version": 1}
    assert (row["origin"], row["contact"]["function"]) == ("REGISTERED", "Bauamt")
    assert await readers(store, project) == ("admin", "municipality:010615138", "municipality:010615138001")
    assert list(await along(store, links.PROJECT_OWNER, row["id"])) == [str(TOWN)]
    lines = [line for line in await all_changes(store) if line["entity"] == project]
    assert [line["action"] for line in lines] == ["create_project_draft"]
    assert project in await pending(store)


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR, OTHER_CLERK, PROFESSOR])
async def test_nobody_registers_for_another_house(store: GraphStore, actor: Caller) -> None:
    await found_network(store)
    before = await all_changes(store)

    with pytest.raises(ForbiddenError):
        await create_project_draft(at(store), DRAFT, actor=actor)

    assert await all_changes(store) == before


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ({"title": "\u200b"}, "title"),
        ({"summary": "\u3164\ufe0f"}, "summary"),
        ({"contact": Contact("\u00ad")}, "contact"),
    ],
)
async def test_what_cannot_be_seen_is_no_text(store: GraphStore, text: dict[str, Any], field: str) -> None:
    await found_network(store)

    with pytest.raises(InvalidInputError, match=f"{field}: expected text") as refused:
        await create_project_draft(at(store), replace(DRAFT, **text), actor=TOWN_CLERK)

    assert refused.value.field == field


async def test_an_amt_registers_for_its_municipality(store: GraphStore) -> None:
    await found_network(store)

    project = await drafted(store, AMT_CLERK)

    assert list(await along(store, links.PROJECT_OWNER, project)) == [str(TOWN)]


async def test_what_a_hub_registers_for_a_house_is_its_own_once_it_confirms(store: GraphStore) -> None:
    await found_network(store)

    project = await drafted(store, ZEITZ_MEMBER)

    assert await along(store, links.PROJECT_OWNER, project) == {}
    assert list(await along(store, links.PROJECT_REVIEWER, project)) == [str(ZEITZ)]
    (edge,) = (await along(store, links.PROJECT_HOUSES, project)).values()
    assert (edge["confirmed_at"], edge["is_owner_to_be"]) == (None, True)
    assert await tasks_of(store, TOWN_CLERK) == [("CONFIRM_PARTNERSHIP", f"Project:{project}")]
    assert await tasks_of(store, ZEITZ_MEMBER) == []

    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=TOWN), actor=AMT_CLERK)

    assert list(await along(store, links.PROJECT_OWNER, project)) == [str(TOWN)]
    assert await tasks_of(store, TOWN_CLERK) == []


async def test_the_partners_that_an_author_lists_leave_the_coming_owner_alone(store: GraphStore) -> None:
    await found_network(store)
    more = ProjectChanges(partners=(Partner(house=UNIVERSITY), Partner(house=TOWN, role="Pilot")))
    project = await drafted(store, ZEITZ_MEMBER, more=more)

    changes = ProjectChanges(partners=())
    await update_project(
        at(store), UpdateProject(project=project, expected_version=1, changes=changes), actor=ZEITZ_MEMBER
    )

    assert list(await along(store, links.PROJECT_HOUSES, project)) == [str(TOWN)]
    assert await tasks_of(store, TOWN_CLERK) == [("CONFIRM_PARTNERSHIP", f"Project:{project}")]
    assert await tasks_of(store, PROFESSOR) == []


async def test_a_hub_keeps_the_draft_that_it_makes_for_a_house(store: GraphStore) -> None:
    await found_network(store)

    with pytest.raises(InvalidInputError, match="reviewer"):
        await drafted(store, ZEITZ_MEMBER, more=ProjectChanges(reviewer="wilster"))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "  "}, "title"),
        ({"summary": ""}, "summary"),
        ({"contact": replace(DRAFT.contact, function=" ")}, "contact"),
        ({"more": ProjectChanges(topics=("nie",))}, "topics"),
        ({"more": ProjectChanges(topics=("parken", "parken"))}, "topics"),
        ({"more": ProjectChanges(topics=tuple(f"t{number}" for number in range(51)))}, "topics"),
        ({"more": ProjectChanges(partners=(Partner(house=replace(TOWN, value="000000000000")),))}, "partners"),
        ({"more": ProjectChanges(partners=(Partner(house=replace(TOWN, label="Topic", value="parken")),))}, "partners"),
        ({"more": ProjectChanges(experts=(Contribution(expert="geheim"),))}, "experts"),
        ({"more": ProjectChanges(experts=(Contribution(expert="nie"),))}, "experts"),
        ({"more": ProjectChanges(reviewer="nirgends")}, "reviewer"),
        ({"more": ProjectChanges(opened=("contact",))}, "opened"),
        ({"more": ProjectChanges(yearly_cost=-1)}, "yearly_cost"),
        ({"more": ProjectChanges(started=PartialDate("2024-05"), ended=PartialDate("2024-04-30"))}, "ended"),
        ({"more": ProjectChanges(publish_from=PartialDate("2024-02-30"))}, "publish_from"),
        ({"more": ProjectChanges(started=PartialDate("9999"))}, "started"),
    ],
)
async def test_what_cannot_be_meant_is_refused_whole(
    store: GraphStore, given: dict[str, Any], field: str | None
) -> None:
    await found_network(store)
    await write(store, make_expert("geheim", visibility=Visibility.PRIVATE))
    before = await all_changes(store)

    with pytest.raises(InvalidInputError) as refused:
        await create_project_draft(at(store), replace(DRAFT, **given), actor=TOWN_CLERK)

    assert refused.value.field == field
    assert await all_changes(store) == before


async def test_an_expert_out_of_sight_looks_like_none(store: GraphStore) -> None:
    await found_network(store)
    await write(store, make_expert("geheim", visibility=Visibility.PRIVATE))
    messages = []
    for expert in ("geheim", "nie"):
        with pytest.raises(InvalidInputError) as refused:
            await drafted(store, more=ProjectChanges(experts=(Contribution(expert=expert),)))
        messages.append(str(refused.value).replace(expert, "…"))

    assert messages[0] == messages[1]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Grüne Straße: Ämter & Co.", "gruene-strasse-aemter-co"),
        ("  ", "projekt"),
        ("パーキング", "projekt"),
        ("a" * 200, "a" * 80),
        ("OZG 2.0 (Łódź)", "ozg-2-0-lodz"),
    ],
)
def test_slugs_are_made_of_titles(title: str, slug: str) -> None:
    assert slug_of(title) == slug


async def test_a_repeated_key_registers_once(store: GraphStore) -> None:
    await found_network(store)

    answers = [await create_project_draft(at(store), DRAFT, actor=TOWN_CLERK, idempotency_key="k") for _ in range(2)]

    assert answers[0] == answers[1]
    assert [line["action"] for line in await all_changes(store)].count("create_project_draft") == 1


async def test_a_kill_leaves_nothing_of_a_registration(store: GraphStore) -> None:
    await found_network(store)
    more = ProjectChanges(topics=("parken",), partners=(Partner(house=UNIVERSITY),))

    kills = await count_kills(
        store,
        lambda unit_of_work: create_project_draft(unit_of_work, replace(DRAFT, more=more), actor=TOWN_CLERK),
        lambda: all_changes(store),
    )

    assert kills > 10
    assert len(await tasks_of(store, PROFESSOR)) == 1


async def test_everything_can_be_changed_later(store: GraphStore) -> None:
    await found_network(store)
    await write(store, make_expert("x"))
    project = await drafted(store)
    changes = ProjectChanges(
        title="Anders",
        writeup="# Mehr",
        visibility=Visibility.NETWORK,
        licence="EUPL-1.2",
        one_off_cost=1_000,
        what_failed="Die Schranke",
        opened=("what_failed",),
        started=PartialDate("2024"),
        ended=PartialDate("2024-03"),
        topics=("parken", "verkehr"),
        experts=(Contribution(expert="x", role="Fragen"),),
        reviewer="zeitz",
    )

    answer = await update_project(
        at(store), UpdateProject(project=project, expected_version=1, changes=changes), actor=TOWN_CLERK
    )

    row = await stored(store, f"Project:{project}")
    assert row is not None
    assert answer == {"id": project, "version": row["version"]}
    assert (row["title"], row["summary"], row["opened"]) == ("Anders", DRAFT.summary, ["what_failed"])
    assert sorted(await along(store, links.PROJECT_TOPICS, project)) == ["Topic:parken", "Topic:verkehr"]
    assert await along(store, links.PROJECT_EXPERTS, project) == {"Expert:x": {"role": "Fragen"}}
    assert list(await along(store, links.PROJECT_REVIEWER, project)) == ["Hub:zeitz"]

    cleared = ProjectChanges(licence=None, opened=(), topics=(), experts=(), reviewer=None)
    again = await update_project(
        at(store), UpdateProject(project=project, expected_version=2, changes=cleared), actor=TOWN_CLERK
    )
    row = await stored(store, f"Project:{project}")
    assert row is not None
    assert (again["version"], row["licence"], row["title"], row["opened"] or []) == (3, None, "Anders", [])
    for link in (links.PROJECT_TOPICS, links.PROJECT_EXPERTS, links.PROJECT_REVIEWER):
        assert await along(store, link, project) == {}


async def test_a_change_of_nothing_leaves_the_version(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    command = UpdateProject(project=project, expected_version=1, changes=ProjectChanges(title=DRAFT.title))
    before = await all_changes(store)

    assert (await update_project(at(store), command, actor=TOWN_CLERK))["version"] == 1
    assert await all_changes(store) == before


async def test_of_two_editors_one_is_told_the_version(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)

    def edit(title: str) -> UpdateProject:
        return UpdateProject(project=project, expected_version=1, changes=ProjectChanges(title=title))

    outcomes = await asyncio.gather(
        update_project(at(store), edit("Eins"), actor=TOWN_CLERK),
        update_project(at(store), edit("Zwei"), actor=AMT_CLERK),
        return_exceptions=True,
    )

    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, StaleWriteError)]
    assert lost.current_version == 2
    row = await stored(store, f"Project:{project}")
    assert row is not None
    assert (row["version"], row["title"] in {"Eins", "Zwei"}) == (2, True)


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (ANYBODY, NodeNotFoundError),
        (VISITOR, NodeNotFoundError),
        (OTHER_CLERK, NodeNotFoundError),
        (WILSTER_LEAD, NodeNotFoundError),
        (PROFESSOR, ForbiddenError),
    ],
)
async def test_only_stewards_change_and_partners_only_read(
    store: GraphStore, actor: Caller, refusal: type[Exception]
) -> None:
    await found_network(store)
    project = await drafted(store, more=ProjectChanges(partners=(Partner(house=UNIVERSITY),)))
    before = await all_changes(store)

    # A wrong version as well: who may not write is not told which one is stored.
    with pytest.raises(refusal):
        await update_project(
            at(store),
            UpdateProject(project=project, expected_version=9, changes=ProjectChanges(title="Fremd")),
            actor=actor,
        )
    with pytest.raises(refusal):
        await rename_project(at(store), RenameProject(project=project, title="Fremd"), actor=actor)
    assert await all_changes(store) == before


async def test_what_is_out_of_sight_looks_like_nothing(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    messages = []
    for name in (project, "nie"):
        command = UpdateProject(project=name, expected_version=1, changes=ProjectChanges(title="Fremd"))
        with pytest.raises(NodeNotFoundError) as refused:
            await update_project(at(store), command, actor=OTHER_CLERK)
        messages.append(str(refused.value).replace(name, "…"))

    assert messages[0] == messages[1]


async def test_closing_a_field_that_was_open_narrows(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store, more=ProjectChanges(what_failed="Alles", opened=("what_failed",)))
    row = await stored(store, f"Project:{project}")
    assert row is not None

    await update_project(
        at(store),
        UpdateProject(project=project, expected_version=row["version"], changes=ProjectChanges(opened=())),
        actor=TOWN_CLERK,
    )

    assert (await pending(store))[f"Project:{project}"]


async def test_an_archived_project_stays_as_it_was(store: GraphStore) -> None:
    await found_network(store)
    await plant(store, make_project("p", stage=Stage.ARCHIVED, version=3), relate("OWNS", TOWN, make_project("p")))

    with pytest.raises(MoveNotAllowedError) as refused:
        await update_project(
            at(store),
            UpdateProject(project="p", expected_version=3, changes=ProjectChanges(title="Neu")),
            actor=TOWN_CLERK,
        )
    assert refused.value.allowed == ("WITHDRAW",)


async def test_former_slugs_go_on_meaning_the_project(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    answer = await rename_project(at(store), RenameProject(project=project, title="Parkhaus"), actor=TOWN_CLERK)

    assert (answer["id"], answer["slug"]) == (project, "parkhaus")
    assert await project_of_slug(store, "parken-per-app") == project
    assert await project_of_slug(store, "parkhaus") is None
    other = await published(store, OTHER_CLERK, house=OTHER_TOWN)
    row = await stored(store, f"Project:{other}")
    assert row is not None
    assert row["slug"].startswith("parken-per-app-")
    with pytest.raises(ConstraintError):
        await rename_project(
            at(store), RenameProject(project=other, title="X", slug="parken-per-app"), actor=OTHER_CLERK
        )

    back = await rename_project(at(store), RenameProject(project=project, title=DRAFT.title), actor=ADMIN)
    assert back["slug"] == "parken-per-app"
    assert await project_of_slug(store, "parken-per-app") is None
    assert await project_of_slug(store, "parkhaus") == project
