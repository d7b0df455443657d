"""Confirmation that an entry still holds, its origins, results and documents, on each graph database."""

import asyncio
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph import links
from graph.commands.adoptions import ConfirmAdoption, RecordAdoption, confirm_adoption, record_adoption
from graph.commands.due import DUTIES, ask_whether_current
from graph.commands.project_changes import ProjectChanges
from graph.commands.review_project import PublishProject, publish_project
from graph.commands.tend_project import (
    MAX_GENERATIONS,
    AddDocument,
    AddResult,
    ConfirmStillCurrent,
    LinkDerivedFrom,
    add_document,
    add_result,
    confirm_still_current,
    link_derived_from,
)
from graph.errors import InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.port import GraphStore
from graph.values import PartialDate
from graph.vocabulary import AdoptionStatus, DocumentKind, ResultKind, Stage, Visibility
from graph.writing.lifecycle import MoveNotAllowedError
from tests.fixtures.builders import make_project, relate
from tests.fixtures.contributing import (
    ADMIN,
    ANYBODY,
    OTHER_CLERK,
    OTHER_TOWN,
    PROFESSOR,
    TOWN,
    TOWN_CLERK,
    VISITOR,
    WILSTER_LEAD,
    ZEITZ,
    ZEITZ_LEAD,
    ZEITZ_MEMBER,
    at,
    count_kills,
    found_network,
    plant_compiled,
    published,
    submitted,
    tasks_of,
)
from tests.fixtures.units import all_changes, pending, readers, stored, write

LATER = "2027-12-01T09:00:00.000000Z"


async def origins(store: GraphStore, project: str) -> list[str]:
    found = await store.transact(lambda transaction: transaction.follow(links.PROJECT_DERIVED_FROM, [project]))
    return [key.value for key, _ in found.get(project, [])]


async def test_a_stale_entry_is_asked_about_and_confirmed(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    entity = f"Project:{project}"

    assert await ask_whether_current(at(store, LATER), today=date(2027, 11, 2)) == 0
    assert await ask_whether_current(at(store, LATER), today=date(2027, 11, 3)) == 1
    assert await ask_whether_current(at(store, LATER), today=date(2027, 11, 3)) == 0
    assert await tasks_of(store, TOWN_CLERK) == [("CONFIRM_CURRENT", entity)]
    assert await tasks_of(store, WILSTER_LEAD) == []

    answer = await confirm_still_current(at(store, LATER), ConfirmStillCurrent(project=project), actor=TOWN_CLERK)

    row = await stored(store, entity)
    assert row is not None
    assert (row["confirmed_at"], row["version"]) == (LATER, answer["version"])
    assert await tasks_of(store, TOWN_CLERK) == []
    with pytest.raises(StaleWriteError) as stale:
        await confirm_still_current(
            at(store), ConfirmStillCurrent(project=project, expected_version=1), actor=TOWN_CLERK
        )
    assert stale.value.current_version == answer["version"]


async def test_of_an_ownerless_entry_its_hub_is_asked_and_of_a_lost_one_nobody(store: GraphStore) -> None:
    await found_network(store)
    await plant_compiled(store, "niemandes")
    key = (await plant_compiled(store, "p")).key
    await write(store, relate("REVIEWED_BY", key, ZEITZ))

    assert await ask_whether_current(at(store), today=date(2026, 11, 2)) == 1
    assert await tasks_of(store, ZEITZ_MEMBER) == [("CONFIRM_CURRENT", "Project:p")]


async def all_that_is_due(store: GraphStore) -> dict[str, int]:
    return {duty.__name__: await duty(at(store, LATER), today=date(2027, 12, 1)) for duty in DUTIES}


async def test_housekeeping_does_all_that_is_due(store: GraphStore) -> None:
    await found_network(store)
    waiting = await submitted(store)
    approved = await submitted(store, more=ProjectChanges(publish_from=PartialDate("2027")))
    await publish_project(at(store), PublishProject(project=approved), actor=ADMIN)
    current = await published(store)
    adopts = RecordAdoption(project=current, house=OTHER_TOWN, status=AdoptionStatus.IN_USE)
    adoption = str((await record_adoption(at(store), adopts, actor=OTHER_CLERK))["id"])
    await confirm_adoption(at(store), ConfirmAdoption(adoption=adoption), actor=TOWN_CLERK)

    done = await all_that_is_due(store)

    # What was published just now, a year after it was approved, is asked about as well.
    assert done == {
        "publish_due": 1,
        "open_overdue_reviews": 1,
        "ask_whether_current": 2,
        "ask_whether_in_use": 1,
        "let_silent_lapse": 0,
        "ask_what_is_open": 2,
    }
    assert await tasks_of(store, ZEITZ_LEAD) == [("REVIEW_PROJECT", f"Project:{waiting}")]
    assert await tasks_of(store, OTHER_CLERK) == [("RECONFIRM_ADOPTION", f"Adoption:{adoption}")]
    assert not any((await all_that_is_due(store)).values())


async def test_origins_form_no_circle(store: GraphStore) -> None:
    await found_network(store)
    for key in ("a", "b", "c"):
        await write(store, make_project(key), relate("OWNS", TOWN, make_project(key)))

    await link_derived_from(at(store), LinkDerivedFrom(project="a", origin="b"), actor=TOWN_CLERK)
    answer = await link_derived_from(at(store), LinkDerivedFrom(project="b", origin="c"), actor=TOWN_CLERK)

    assert answer == {"id": "b", "version": 2, "origin": "c"}
    for project, origin in (("c", "a"), ("b", "a"), ("a", "a")):
        with pytest.raises(InvalidInputError, match="itself") as refused:
            await link_derived_from(at(store), LinkDerivedFrom(project=project, origin=origin), actor=TOWN_CLERK)
        assert refused.value.field == "origin"
    assert "Project:b" in await pending(store)

    removal = LinkDerivedFrom(project="b", origin="c", is_derived=False)
    await link_derived_from(at(store), removal, actor=TOWN_CLERK)
    await link_derived_from(at(store), LinkDerivedFrom(project="c", origin="a"), actor=TOWN_CLERK)
    assert await origins(store, "b") == []
    assert await origins(store, "c") == ["a"]


@pytest.mark.parametrize("has_middle", [False, True])
async def test_two_at_once_form_no_circle(store: GraphStore, has_middle: bool) -> None:
    await found_network(store)
    for number in range(6):
        first, last = f"a{number}", f"c{number}"
        middle = f"b{number}" if has_middle else last
        for key in {first, middle, last}:
            await write(store, make_project(key), relate("OWNS", TOWN, make_project(key)))
        if has_middle:
            await write(store, relate("DERIVED_FROM", make_project(middle), make_project(last)))
        outcomes = await asyncio.gather(
            link_derived_from(at(store), LinkDerivedFrom(project=first, origin=middle), actor=TOWN_CLERK),
            link_derived_from(at(store), LinkDerivedFrom(project=last, origin=first), actor=TOWN_CLERK),
            return_exceptions=True,
        )
        assert [type(outcome) for outcome in outcomes].count(InvalidInputError) == 1, outcomes
        assert len(await origins(store, first)) + len(await origins(store, last)) == 1


async def test_families_are_bounded(store: GraphStore) -> None:
    await found_network(store)
    keys = [f"p{number:02}" for number in range(MAX_GENERATIONS + 2)]
    await write(store, *(make_project(key) for key in keys), relate("OWNS", TOWN, make_project(keys[0])))
    chain = [relate("DERIVED_FROM", make_project(one), make_project(two)) for one, two in pairwise(keys)]
    await write(store, *chain[1:])

    with pytest.raises(InvalidInputError, match="generations"):
        await link_derived_from(at(store), LinkDerivedFrom(project=keys[0], origin=keys[1]), actor=TOWN_CLERK)
    await link_derived_from(at(store), LinkDerivedFrom(project=keys[0], origin=keys[2]), actor=TOWN_CLERK)


async def test_an_origin_out_of_sight_looks_like_none(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    await write(store, make_project("geheim", stage=Stage.DRAFT))
    messages = []
    for origin in ("geheim", "nie"):
        with pytest.raises(NodeNotFoundError) as refused:
            await link_derived_from(at(store), LinkDerivedFrom(project=project, origin=origin), actor=TOWN_CLERK)
        messages.append(str(refused.value).replace(origin, "…"))

    assert messages[0] == messages[1]


RESULT = AddResult(project="", kind=ResultKind.SOFTWARE, title="Quelltext", licence="EUPL-1.2")
DOCUMENT = AddDocument(project="", kind=DocumentKind.CONTRACT, title="Vertrag", visibility=Visibility.NETWORK)


async def test_results_and_documents_are_attached(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    before = await stored(store, f"Project:{project}")
    assert before is not None

    result = await add_result(at(store), replace(RESULT, project=project), actor=TOWN_CLERK)
    document = await add_document(at(store), replace(DOCUMENT, project=project), actor=WILSTER_LEAD)

    assert document["version"] == before["version"] + 2
    assert await readers(store, f"Result:{result['result']}") == ("public",)
    assert await readers(store, f"Document:{document['document']}") == ("network",)
    actions = [line["action"] for line in await all_changes(store) if line["entity"] == f"Project:{project}"]
    assert actions[-2:] == ["add_result", "add_document"]
    with pytest.raises(InvalidInputError, match="title"):
        await add_result(at(store), replace(RESULT, project=project, title=" "), actor=TOWN_CLERK)


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR, OTHER_CLERK, PROFESSOR, ZEITZ_LEAD])
async def test_only_stewards_tend(store: GraphStore, actor: Caller) -> None:
    await found_network(store)
    project = await published(store)
    await plant_compiled(store, "q")
    before = await all_changes(store)

    for run in (
        confirm_still_current(at(store), ConfirmStillCurrent(project=project), actor=actor),
        link_derived_from(at(store), LinkDerivedFrom(project=project, origin="q"), actor=actor),
        add_result(at(store), replace(RESULT, project=project), actor=actor),
        add_document(at(store), replace(DOCUMENT, project=project), actor=actor),
    ):
        with pytest.raises(ForbiddenError):
            await run
    assert await all_changes(store) == before


async def test_an_archived_project_grows_no_more(store: GraphStore) -> None:
    await found_network(store)
    await write(store, make_project("p", stage=Stage.ARCHIVED))
    await plant_compiled(store, "q")

    for run in (
        confirm_still_current(at(store), ConfirmStillCurrent(project="p"), actor=ADMIN),
        link_derived_from(at(store), LinkDerivedFrom(project="p", origin="q"), actor=ADMIN),
        add_result(at(store), replace(RESULT, project="p"), actor=ADMIN),
    ):
        with pytest.raises(MoveNotAllowedError):
            await run


async def test_a_kill_leaves_nothing_and_a_repeated_key_attaches_once(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    command = replace(RESULT, project=project)

    async def snapshot() -> object:
        return await all_changes(store), await stored(store, f"Project:{project}")

    assert await count_kills(store, lambda work: add_result(work, command, actor=TOWN_CLERK), snapshot) > 3
    answers = [await add_result(at(store), command, actor=TOWN_CLERK, idempotency_key="k") for _ in range(2)]
    assert answers[0] == answers[1]
