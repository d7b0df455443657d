"""Calls that somebody asks for, on each graph database: whom they go to, who reads them, how long they are kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auth import policy
from auth.errors import ForbiddenError
from auth.principal import Caller
from graph.accounts.retention import CALLBACK_DAYS, forget_callbacks
from graph.commands import callbacks
from graph.commands.callbacks import CompleteTask, RequestCallback, complete_task, request_callback
from graph.commands.needs import PostNeed, post_need
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.errors import InvalidInputError, NodeNotFoundError, TooOftenError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.reading.desks import Desk, desk_before_asking
from graph.values import Contact, instant
from graph.vocabulary import CallbackDesk, NeedKind, Visibility
from graph.writing.lifecycle import MoveNotAllowedError
from graph.writing.tasks import tasks_for
from tests.fixtures.builders import involves, make_event, make_expert, make_municipality, plant, relate
from tests.fixtures.contributing import (
    ADMIN,
    ANYBODY,
    OTHER_CLERK,
    OTHER_TOWN,
    TOWN,
    TOWN_CLERK,
    WILSTER_LEAD,
    WILSTER_REVIEWER,
    ZEITZ_LEAD,
    ZEITZ_MEMBER,
    at,
    drafted,
    found_network,
    plant_compiled,
    published,
    submitted,
)
from tests.fixtures.units import all_changes, readers, stored, write

CALL = RequestCallback(
    entry=NodeKey("Project", ""), name="Erika Beispiel", text="Bitte anrufen.\nEs eilt nicht.", phone="+49 30 1234"
)


async def told(store: GraphStore, entry: str, caller: Caller = ANYBODY) -> Desk | None:
    """Who would be asked, as one reads it before asking."""
    return await desk_before_asking(store, NodeKey.parse(entry), audiences=policy.audiences(caller))


async def call(store: GraphStore, entry: str, actor: Caller = ANYBODY, now: str = "", **given: Any) -> Any:
    label, _, key = entry.partition(":")
    command = replace(CALL, entry=NodeKey(label, key), **given)
    return await request_callback(at(store, now) if now else at(store), command, actor=actor)


async def personal(store: GraphStore) -> str:
    return str(await store.query("test_personal", {}))


async def test_a_call_goes_to_the_owner_who_alone_reads_it(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    answer = await call(store, f"Project:{project}")

    assert (answer["desk"], answer["house"], answer["function"]) == ("OWNER", str(TOWN), "Bauamt")
    (task,) = await tasks_for(store, TOWN_CLERK)
    assert task.kind == "CALL_BACK"
    assert task.note == ("Rückruf erbeten von Erika Beispiel\nTelefon: +49 30 1234\n\nBitte anrufen.\nEs eilt nicht.")
    assert await readers(store, f"Task:{task.id}") == ("admin", "municipality:010615138", str(TOWN).lower())
    assert await tasks_for(store, ZEITZ_MEMBER) == []
    lines = [line for line in await all_changes(store) if line["entity"] == f"Task:{task.id}"]
    assert [line["action"] for line in lines] == ["request_callback"]
    assert "Erika" not in str(lines)


async def test_without_an_owner_the_reviewing_hub_is_asked_then_one_that_serves_then_the_administration(
    store: GraphStore,
) -> None:
    await found_network(store)
    reviewed, served, alone = [await plant_compiled(store, key) for key in ("eins", "zwei", "drei")]
    wilster = NodeKey("Hub", "wilster")
    await write(store, relate("REVIEWED_BY", reviewed, wilster), involves(served, make_municipality(OTHER_TOWN.value)))

    found = [await call(store, str(entry.key)) for entry in (reviewed, served, alone)]

    assert [(one["desk"], one["house"]) for one in found] == [
        ("HUB", "Hub:wilster"),
        ("HUB", "Hub:zeitz"),
        ("ADMINISTRATION", None),
    ]
    shown = [await told(store, str(entry.key)) for entry in (reviewed, served, alone)]
    assert [(desk.desk, [str(house) for house in desk.houses]) for desk in shown if desk] == [
        ("HUB", ["Hub:wilster"]),
        ("HUB", ["Hub:zeitz"]),
        ("ADMINISTRATION", []),
    ]
    assert [task.entity for task in await tasks_for(store, ZEITZ_MEMBER)] == ["Project:zwei"]
    assert [task.entity for task in await tasks_for(store, ADMIN)] == ["Project:drei"]


async def test_needs_events_and_experts_have_somebody_to_call(store: GraphStore) -> None:
    await found_network(store)
    posted = await post_need(
        at(store),
        PostNeed(house=OTHER_TOWN, kind=NeedKind.SEEKS, title="Parken", visibility=Visibility.PUBLIC),
        actor=OTHER_CLERK,
    )
    event, expert = (
        make_event("auftakt"),
        make_expert("expertin", visibility="PUBLIC", consent_given_at=instant(datetime.now(UTC))),
    )
    zeitz = NodeKey("Hub", "zeitz")
    await write(store, event, expert)
    await write(store, relate("HOSTS", zeitz, event), relate("WORKS_AT", expert, zeitz))

    found = [await call(store, entry) for entry in (f"Need:{posted['id']}", "Event:auftakt", "Expert:expertin")]

    assert [one["house"] for one in found] == [str(OTHER_TOWN), "Hub:zeitz", "Hub:zeitz"]
    assert len(await tasks_for(store, ZEITZ_LEAD)) == 2


async def test_whoever_reads_before_who_is_asked_reads_all_who_are(store: GraphStore) -> None:
    await found_network(store)
    event = make_event("zu-zweit")
    await write(store, event)
    houses = (NodeKey("Hub", "wilster"), OTHER_TOWN, NodeKey("Hub", "zeitz"))
    await write(store, *(relate("HOSTS", house, event) for house in houses))

    desk = await told(store, "Event:zu-zweit")
    await call(store, "Event:zu-zweit")

    assert desk == Desk(CallbackDesk.OWNER, (houses[0], houses[2], houses[1]))
    for actor in (WILSTER_LEAD, ZEITZ_LEAD, OTHER_CLERK):
        assert [task.entity for task in await tasks_for(store, actor)] == ["Event:zu-zweit"]
    assert await tasks_for(store, TOWN_CLERK) == []


async def test_a_house_that_was_asked_to_take_part_and_has_not_answered_gets_no_calls(store: GraphStore) -> None:
    await found_network(store)
    project = await plant_compiled(store, "angefragt")
    town = make_municipality(OTHER_TOWN.value)
    await write(store, involves(project, town, asked_at="2026-05-04T08:00:00.000000Z"))

    assert await told(store, "Project:angefragt") == Desk(CallbackDesk.ADMINISTRATION)
    assert (await call(store, "Project:angefragt"))["desk"] == "ADMINISTRATION"


async def test_who_is_asked_about_a_hidden_entry_is_as_unknown_as_about_none(store: GraphStore) -> None:
    await found_network(store)
    hidden = f"Project:{await drafted(store)}"

    assert await told(store, hidden) is None
    assert await told(store, "Project:nie") is None
    assert await told(store, hidden, TOWN_CLERK) is not None
    with pytest.raises(InvalidInputError):
        await told(store, "Hub:zeitz")


async def test_a_function_is_told_to_whom_the_contact_is_shown(store: GraphStore) -> None:
    await found_network(store)
    inside = await plant_compiled(
        store, "innen", contact=Contact("Geheimes Amt"), contact_visibility=Visibility.NETWORK
    )
    await write(store, relate("OWNS", TOWN, inside))

    assert (await call(store, "Project:innen"))["function"] is None
    assert (await call(store, "Project:innen", ZEITZ_MEMBER))["function"] == "Geheimes Amt"


@pytest.mark.parametrize("label", ["Project", "Need", "Expert", "Event"])
async def test_hidden_entries_are_like_absent_ones_however_often_somebody_asks(store: GraphStore, label: str) -> None:
    await found_network(store)
    hidden = f"Project:{await drafted(store)}"
    await plant(store, make_expert("verborgen", visibility="PRIVATE", readers=("admin",)))
    entry = {"Project": hidden, "Expert": "Expert:verborgen"}.get(label, f"{label}:nie")
    before = await all_changes(store)

    for _ in range(callbacks.CALLS_A_DAY + 2):
        with pytest.raises(NodeNotFoundError) as refused:
            await call(store, entry)
        assert str(refused.value) == f"no {entry}"

    assert await all_changes(store) == before


@pytest.mark.parametrize(
    "given",
    [
        {"name": " "},
        {"text": ""},
        {"text": "eins\nzwei\ndrei\nvier"},
        {"text": "x" * (callbacks.MAX_TEXT + 1)},
        {"phone": None},
    ],
)
async def test_what_cannot_be_meant_is_refused(store: GraphStore, given: dict[str, Any]) -> None:
    await found_network(store)
    project = await published(store)

    with pytest.raises(InvalidInputError):
        await call(store, f"Project:{project}", **given)


async def test_an_entry_bears_so_many_calls_a_day_whoever_asks(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    for number in range(callbacks.CALLS_A_DAY):
        await call(store, f"Project:{project}", (ANYBODY, OTHER_CLERK)[number % 2])

    with pytest.raises(TooOftenError):
        await call(store, f"Project:{project}", WILSTER_LEAD)

    assert len(await tasks_for(store, TOWN_CLERK)) == callbacks.CALLS_A_DAY
    await call(store, f"Project:{project}", now="2026-11-03T09:00:01.000000Z")


async def test_a_call_is_done_by_those_who_are_asked_and_once(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    task = (await call(store, f"Project:{project}"))["task"]

    for actor in (ANYBODY, ZEITZ_LEAD, OTHER_CLERK):
        with pytest.raises(NodeNotFoundError):
            await complete_task(at(store), CompleteTask(task=task), actor=actor)
    with pytest.raises(ForbiddenError):
        await complete_task(at(store), CompleteTask(task=task), actor=ADMIN)
    for _ in range(2):
        assert await complete_task(at(store), CompleteTask(task=task), actor=TOWN_CLERK) == {"id": task}

    assert await tasks_for(store, TOWN_CLERK) == []


async def test_other_tasks_are_done_by_what_they_ask_for(store: GraphStore) -> None:
    await found_network(store)
    await submitted(store)
    (review,) = await tasks_for(store, WILSTER_REVIEWER)

    with pytest.raises(MoveNotAllowedError):
        await complete_task(at(store), CompleteTask(task=review.id), actor=WILSTER_REVIEWER)


async def test_whoever_waits_for_a_call_waits_for_it_though_the_entry_is_taken_back(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    await call(store, f"Project:{project}")

    await withdraw_project(at(store), WithdrawProject(project=project), actor=TOWN_CLERK)

    assert [task.kind for task in await tasks_for(store, TOWN_CLERK)] == ["CALL_BACK"]


async def test_words_of_calls_are_forgotten_after_half_a_year_in_every_place(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    now = datetime.now(UTC)
    old = (await call(store, f"Project:{project}", now=instant(now - timedelta(days=CALLBACK_DAYS, hours=1))))["task"]
    young = (await call(store, f"Project:{project}", now=instant(now), name="Max Muster"))["task"]
    await complete_task(at(store), CompleteTask(task=old, reason="Frau Beispiel erreicht."), actor=TOWN_CLERK)
    assert "Beispiel" in await personal(store)

    assert await forget_callbacks(store) == 1

    rows = [await stored(store, f"Task:{task}") for task in (old, young)]
    assert [row["note"] is None for row in rows if row] == [True, False]
    kept = str(await all_changes(store)) + await personal(store) + str(rows)
    assert "Beispiel" not in kept
    assert "Max Muster" in kept
    assert await forget_callbacks(store) == 0
