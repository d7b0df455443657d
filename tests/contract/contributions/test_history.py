"""Who changed what of an entry, and going back in it, on each graph database."""

import asyncio
from dataclasses import replace

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph import links
from graph.commands.house_contact import SaveHouseContact, save_house_contact
from graph.commands.hub_profile import HubProfile, SaveHubProfile, save_hub_profile
from graph.commands.needs import PostNeed, post_need
from graph.commands.partnerships import ConfirmPartnership, confirm_partnership
from graph.commands.project_changes import Partner, ProjectChanges
from graph.commands.reverting import Revert, revert
from graph.commands.review_project import ArchiveProject, archive_project
from graph.commands.tend_project import LinkDerivedFrom, link_derived_from
from graph.commands.update_project import UpdateProject, update_project
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.errors import ConstraintError, InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.model import NodeKey, Project
from graph.port import GraphStore
from graph.reading.history import HistoryEntry, history
from graph.rows import node_of
from graph.values import Contact
from graph.vocabulary import CostBand, NeedKind, NewsKind, Stage, Visibility
from graph.writing.lifecycle import MoveNotAllowedError
from graph.writing.unit import Unit
from tests.fixtures.contributing import (
    ADMIN,
    AMT_CLERK,
    ANYBODY,
    CONTACT,
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
    at,
    count_kills,
    drafted,
    found_network,
    published,
)
from tests.fixtures.units import stored

OTHER_CONTACT = Contact("Ordnungsamt", email="ordnung@gemeinde.example")


async def trail(store: GraphStore, entity: str, caller: Caller = TOWN_CLERK, **given: object) -> list[HistoryEntry]:
    found = await history(store, caller, NodeKey("Project", entity), **given)  # type: ignore[arg-type]  # keywords of one function
    assert found is not None
    return found


async def entry_of(store: GraphStore, project: str) -> Project:
    row = await stored(store, f"Project:{project}")
    assert row is not None
    return node_of(Project, row)


async def edit(store: GraphStore, project: str, caller: Caller = TOWN_CLERK, **changes: object) -> int:
    version = (await entry_of(store, project)).version
    command = UpdateProject(project=project, expected_version=version, changes=ProjectChanges(**changes))  # type: ignore[arg-type]  # keywords of one class
    return int((await update_project(at(store), command, actor=caller))["version"])


async def topics(store: GraphStore, project: str) -> list[str]:
    async def read(unit: Unit) -> list[str]:
        return sorted(key.value for key, _ in await unit.neighbours(links.PROJECT_TOPICS, NodeKey("Project", project)))

    return await at(store).run(read, actor=ADMIN)


async def go_back(store: GraphStore, project: str, version: int, caller: Caller = TOWN_CLERK) -> int:
    now = (await entry_of(store, project)).version
    command = Revert(entity=NodeKey("Project", project), version=version, expected_version=now)
    return int((await revert(at(store), command, actor=caller))["version"])


async def test_the_trail_says_who_changed_what_from_what_to_what(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    await edit(store, project, summary="Neu gesagt.", topics=("parken",))

    latest, first = await trail(store, project)

    assert (first.action, first.version) == ("create_project_draft", 1)
    assert (latest.action, latest.version, latest.actor) == ("update_project", 2, first.actor)
    assert latest.actor.startswith("actor:")
    assert latest.memberships == ("municipality:010615138001",)
    assert [(one.name, one.before, one.after) for one in latest.fields] == [
        ("summary", "Freie Plätze sehen. Bezahlen. Fertig.", "Neu gesagt.")
    ]
    assert [(one.relationship, one.node, one.is_added) for one in latest.links] == [("ADDRESSES", "Topic:parken", True)]
    assert not {"readers", "title_sort", "version"} & {one.name for one in first.fields}


async def test_where_an_amt_acts_for_its_municipality_both_are_told(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    await edit(store, project, AMT_CLERK, summary="Neu gesagt.")

    assert (await trail(store, project))[0].memberships == ("municipality:010615138",)


async def test_a_trail_is_read_in_pages(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    for number in range(4):
        await edit(store, project, summary=f"Fassung {number}.")
    whole = await trail(store, project)

    pages = []
    after = None
    while page := await trail(store, project, first=2, after=after):
        pages.append([line.id for line in page])
        after = page[-1].position

    assert [identifier for page in pages for identifier in page] == [line.id for line in whole]
    assert [len(page) for page in pages] == [2, 2, 1]


@pytest.mark.parametrize("caller", [ANYBODY, VISITOR, OTHER_CLERK, PROFESSOR, ZEITZ_LEAD])
async def test_whoever_does_not_answer_for_an_entry_sees_no_trail_of_it(store: GraphStore, caller: Caller) -> None:
    """Nor whether there is one: the public entry, the draft and nothing at all look alike."""
    await found_network(store)
    public = await published(store, more=ProjectChanges(visibility=Visibility.PUBLIC))
    draft = await drafted(store, title="Noch geheim")

    for entity in (public, draft, "no-such-project"):
        assert await history(store, caller, NodeKey("Project", entity)) is None


@pytest.mark.parametrize("caller", [TOWN_CLERK, AMT_CLERK, WILSTER_LEAD, ADMIN])
async def test_owner_reviewing_hub_and_administration_see_it(store: GraphStore, caller: Caller) -> None:
    await found_network(store)
    project = await published(store)

    assert len(await trail(store, project, caller)) == 3


async def test_a_partner_reads_a_draft_but_not_its_trail(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, more=ProjectChanges(partners=(Partner(house=UNIVERSITY),)))
    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=UNIVERSITY), actor=PROFESSOR)

    assert await history(store, PROFESSOR, NodeKey("Project", project)) is None
    assert (await trail(store, project))[0].action == "confirm_partnership"


@pytest.mark.parametrize("entity", ["Task:1", "Session:1", "Actor:1", "Change:1", "Nonsense:1", ":"])
async def test_bookkeeping_has_no_trail(store: GraphStore, entity: str) -> None:
    label, _, key = entity.partition(":")

    with pytest.raises(InvalidInputError, match="entity: expected"):
        await history(store, ADMIN, NodeKey(label, key))


async def test_a_contact_is_concealed_in_the_trail_and_comes_back_all_the_same(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    await edit(store, project, contact=OTHER_CONTACT)

    latest = (await trail(store, project))[0]
    assert [(one.name, one.before, one.after) for one in latest.fields] == [("contact", "***", "***")]

    await go_back(store, project, 1)
    assert (await entry_of(store, project)).contact == CONTACT


async def test_the_trail_does_not_name_what_the_reader_may_not_see_any_more(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    origin = await published(store, OTHER_CLERK, title="Vorlage", house=OTHER_TOWN)
    await link_derived_from(
        at(store), LinkDerivedFrom(project=project, origin=origin, is_derived=True), actor=TOWN_CLERK
    )
    assert (await trail(store, project))[0].links[0].node == f"Project:{origin}"

    await withdraw_project(at(store), WithdrawProject(project=origin), actor=OTHER_CLERK)

    assert (await trail(store, project))[0].links == ()


async def test_an_entry_goes_back_to_what_it_said(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, more=ProjectChanges(topics=("parken",), cost_band=CostBand.UNDER_5_000))
    before = await entry_of(store, project)
    await edit(store, project, title="Anders", topics=("verkehr",), cost_band=None)
    await edit(store, project, summary="Noch anders.", licence="EUPL-1.2", opened=("what_failed",))
    await edit(store, project, topics=())

    version = await go_back(store, project, before.version)

    after = await entry_of(store, project)
    kept = {"version": version, "updated_at": after.updated_at}
    assert after == replace(before, **kept)  # type: ignore[arg-type]  # times and version, as they are now
    assert version == before.version + 4
    assert await topics(store, project) == ["parken"]
    assert (await trail(store, project))[0].action == f"revert_to_{before.version}"


async def test_going_back_can_be_undone(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    changed = await edit(store, project, summary="Neu gesagt.", topics=("parken",))
    await go_back(store, project, 1)

    await go_back(store, project, changed)

    assert (await entry_of(store, project)).summary == "Neu gesagt."
    assert await topics(store, project) == ["parken"]


async def test_decisions_of_others_stay(store: GraphStore) -> None:
    """Neither the stage nor a partner that confirmed meanwhile goes back."""
    await found_network(store)
    project = await published(store, more=ProjectChanges(partners=(Partner(house=UNIVERSITY),)))
    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=UNIVERSITY), actor=PROFESSOR)
    await edit(store, project, summary="Neu gesagt.")

    await go_back(store, project, 1)

    entry = await entry_of(store, project)
    assert (entry.stage, entry.summary) == (Stage.PUBLISHED, "Freie Plätze sehen. Bezahlen. Fertig.")

    async def partners(unit: Unit) -> list[str]:
        return [str(key) for key, _ in await unit.neighbours(links.PROJECT_HOUSES, NodeKey("Project", project))]

    assert str(UNIVERSITY) in await at(store).run(partners, actor=ADMIN)


@pytest.mark.parametrize(
    ("caller", "error"),
    [
        (ANYBODY, NodeNotFoundError),
        (OTHER_CLERK, NodeNotFoundError),
        (PROFESSOR, ForbiddenError),
    ],
)
async def test_only_whoever_may_edit_goes_back(store: GraphStore, caller: Caller, error: type[Exception]) -> None:
    await found_network(store)
    project = await drafted(store, more=ProjectChanges(partners=(Partner(house=UNIVERSITY),)))
    await edit(store, project, summary="Neu gesagt.")

    with pytest.raises(error):
        await go_back(store, project, 1, caller)

    assert (await entry_of(store, project)).summary == "Neu gesagt."


async def test_a_version_that_somebody_else_made_meanwhile_is_not_lost(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    seen = await edit(store, project, summary="Neu gesagt.")
    await edit(store, project, summary="Von jemand anderem.")

    command = Revert(entity=NodeKey("Project", project), version=1, expected_version=seen)
    with pytest.raises(StaleWriteError):
        await revert(at(store), command, actor=TOWN_CLERK)


@pytest.mark.parametrize("version", [-1, 0, 2, 3, 1_000_000])
async def test_there_is_no_going_forward(store: GraphStore, version: int) -> None:
    await found_network(store)
    project = await drafted(store)
    await edit(store, project, summary="Neu gesagt.")

    with pytest.raises(InvalidInputError, match="version: expected 1 to 1"):
        await go_back(store, project, version)


async def test_an_archived_entry_stays_as_it_is(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    await edit(store, project, summary="Neu gesagt.")
    await archive_project(at(store), ArchiveProject(project=project), actor=WILSTER_LEAD)

    with pytest.raises(MoveNotAllowedError):
        await go_back(store, project, 1)


async def test_nothing_goes_back_beyond_an_import(store: GraphStore) -> None:
    """Imports write one line for all they do: what they replaced is not known, so it is not guessed either."""
    await found_network(store)
    project = await drafted(store)

    async def take_over(unit: Unit) -> None:
        unit.as_batch("put_projects", "Project")
        await unit.lock(NodeKey("Project", project))
        entry = await unit.get(Project, project)
        assert entry is not None
        await unit.put(replace(entry, summary="Aus einer Datei."))

    await at(store).run(take_over, actor=ADMIN)
    await edit(store, project, title="Danach")

    with pytest.raises(ConstraintError, match="import"):
        await go_back(store, project, 1)
    assert await go_back(store, project, 2) == 4


async def test_a_need_goes_back_too_and_other_kinds_do_not(store: GraphStore) -> None:
    await found_network(store)
    command = PostNeed(house=TOWN, kind=NeedKind.SEEKS, title="Suche Parkleitsystem")
    need = await post_need(at(store), command, actor=TOWN_CLERK)

    with pytest.raises(InvalidInputError, match="version"):
        await revert(
            at(store),
            Revert(entity=NodeKey("Need", str(need["id"])), version=1, expected_version=1),
            actor=TOWN_CLERK,
        )
    with pytest.raises(InvalidInputError, match="entity: expected one of"):
        await revert(at(store), Revert(entity=TOWN, version=1, expected_version=2), actor=ADMIN)


async def test_a_profile_goes_back_and_whom_one_reaches_stays(store: GraphStore) -> None:
    await found_network(store)
    former, present = (Contact("Leitung", email=f"{name}@hub.example") for name in ("frueher", "heute"))
    version = 0
    for contact in (former, present):
        command = SaveHouseContact(house=ZEITZ, contact=contact, visibility=Visibility.PUBLIC)
        version = int((await save_house_contact(at(store), command, actor=ZEITZ_LEAD))["version"])
    profile = SaveHubProfile(hub="zeitz", expected_version=version, profile=HubProfile(premises="Altes Kino"))
    await save_hub_profile(at(store), profile, actor=ZEITZ_LEAD)

    back = Revert(entity=ZEITZ, version=version - 1, expected_version=version + 1)
    await revert(at(store), back, actor=ZEITZ_LEAD)

    hub = await stored(store, str(ZEITZ))
    assert hub is not None
    assert hub["premises"] != "Altes Kino"
    assert hub["contact"]["email"] == "heute@hub.example"


async def test_people_hear_that_a_published_entry_says_something_else(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    version = (await entry_of(store, project)).version
    await edit(store, project, summary="Neu gesagt.")
    before = len(await store.query("test_news", {"kind": NewsKind.PROJECT_CHANGED}))

    await go_back(store, project, version)

    # One more of the same kind about the same entry.
    found = await store.query("test_news", {"kind": NewsKind.PROJECT_CHANGED})
    assert [row[0] for row in found[before:]] == [f"Project:{project}"]


async def test_of_two_who_go_back_at_once_one_hears_of_the_other(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    await edit(store, project, summary="Neu gesagt.")

    command = Revert(entity=NodeKey("Project", project), version=1, expected_version=2)

    outcomes = await asyncio.gather(
        *(revert(at(store), command, actor=caller) for caller in (TOWN_CLERK, AMT_CLERK)), return_exceptions=True
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["StaleWriteError", "dict"]


async def test_going_back_survives_a_kill_at_every_step(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    await edit(store, project, summary="Neu gesagt.", topics=("parken",))
    command = Revert(entity=NodeKey("Project", project), version=1, expected_version=2)

    async def snapshot() -> object:
        return await entry_of(store, project), await topics(store, project), len(await trail(store, project))

    kills = await count_kills(store, lambda unit_of_work: revert(unit_of_work, command, actor=TOWN_CLERK), snapshot)

    assert kills > 3
    assert (await entry_of(store, project)).version == 3
    assert await topics(store, project) == []
