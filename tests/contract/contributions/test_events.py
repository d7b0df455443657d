"""Events that houses enter, on each graph database."""

from dataclasses import replace
from typing import Any

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph import links
from graph.commands.events import CancelEvent, EventChanges, SaveEvent, cancel_event, save_event
from graph.commands.reverting import Revert, revert
from graph.errors import InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.values import PartialDate
from graph.vocabulary import EventStatus
from graph.writing.lifecycle import MoveNotAllowedError
from tests.fixtures.consenting import EVERYBODY
from tests.fixtures.contributing import (
    ADMIN,
    FIRM,
    OTHER_TOWN,
    PROFESSOR,
    TOWN,
    TOWN_CLERK,
    UNIVERSITY,
    WILSTER,
    WILSTER_LEAD,
    ZEITZ,
    ZEITZ_LEAD,
    ZEITZ_MEMBER,
    at,
    count_kills,
    found_network,
)
from tests.fixtures.units import all_changes, stored

NEW = EventChanges(
    title="Sensorik-Tag",
    kind="Workshop",
    starts_at=PartialDate("2027-03-04"),
    ends_at=PartialDate("2027-03"),
    topics=("parken",),
    hosts=(ZEITZ,),
)
MAY: dict[NodeKey, set[str]] = {
    TOWN: {"town", "amt", "admin"},
    OTHER_TOWN: {"other town", "admin"},
    UNIVERSITY: {"university", "admin"},
    FIRM: {"firm", "admin"},
    ZEITZ: {"member", "lead", "admin"},
    WILSTER: {"other lead", "other reviewer", "admin"},
}


async def saved(store: GraphStore, actor: Caller = ZEITZ_LEAD, **given: Any) -> str:
    return str((await save_event(at(store), SaveEvent(changes=replace(NEW, **given)), actor=actor))["id"])


async def hosts_of(store: GraphStore, event: str) -> set[NodeKey]:
    found = await store.transact(lambda transaction: transaction.follow(links.EVENT_HOSTS, [event]))
    return {key for key, _ in found[event]}


async def news(store: GraphStore, event: str) -> list[str]:
    return [kind for kind, entity in await store.query("test_announced", {}) if entity == f"Event:{event}"]


@pytest.mark.parametrize("house", MAY, ids=str)
async def test_who_enters_changes_and_cancels_an_event_of_a_house(store: GraphStore, house: NodeKey) -> None:
    await found_network(store)
    command = SaveEvent(changes=replace(NEW, hosts=(house,)))
    for name, who in EVERYBODY.items():
        event = await saved(store, ADMIN, hosts=(house,))
        change = SaveEvent(event=event, expected_version=1, changes=EventChanges(place="Rathaus"))
        cancel = CancelEvent(event=event, reason="Krank")
        if name in MAY[house]:
            await save_event(at(store), command, actor=who)
            await save_event(at(store), change, actor=who)
            await cancel_event(at(store), cancel, actor=who)
        else:
            for refused in (command, change):
                with pytest.raises(ForbiddenError):
                    await save_event(at(store), refused, actor=who)
            with pytest.raises(ForbiddenError):
                await cancel_event(at(store), cancel, actor=who)
        row = await stored(store, f"Event:{event}")
        assert row is not None
        assert (row["status"] == "CANCELLED") == (name in MAY[house]), name


async def test_an_event_is_entered_changed_cancelled_and_takes_place_after_all(store: GraphStore) -> None:
    await found_network(store)
    event = await saved(store)
    row = await stored(store, f"Event:{event}")
    assert row is not None
    assert (row["status"], row["origin"], row["version"]) == ("PLANNED", "REGISTERED", 1)
    assert row["confirmed_at"]
    assert await news(store, event) == ["EVENT_SAVED"]

    answer = await cancel_event(
        at(store), CancelEvent(event=event, reason="Krank", expected_version=1), actor=ZEITZ_LEAD
    )

    assert answer == {"id": event, "version": 2}
    assert await cancel_event(at(store), CancelEvent(event=event, reason="Egal"), actor=ZEITZ_LEAD) == answer
    row = await stored(store, f"Event:{event}")
    assert row is not None
    assert (row["status"], row["reason_cancelled"]) == ("CANCELLED", "Krank")
    assert await news(store, event) == ["EVENT_CANCELLED", "EVENT_SAVED"]
    outcome = SaveEvent(event=event, expected_version=2, changes=EventChanges(outcome="Wird nachgeholt"))
    await save_event(at(store), outcome, actor=ZEITZ_MEMBER)
    assert await news(store, event) == ["EVENT_CANCELLED", "EVENT_SAVED"]
    again = SaveEvent(event=event, expected_version=3, changes=EventChanges(status=EventStatus.PLANNED))
    await save_event(at(store), again, actor=ZEITZ_MEMBER)
    row = await stored(store, f"Event:{event}")
    assert row is not None
    assert (row["status"], row["reason_cancelled"], row["outcome"]) == ("PLANNED", None, "Wird nachgeholt")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"hosts": ()}, "hosts"),
        ({"hosts": (NodeKey("Topic", "parken"),)}, "hosts"),
        ({"topics": ("nie",)}, "topics"),
        ({"ends_at": PartialDate("2027-02")}, "ends_at"),
        ({"starts_at": PartialDate("2027-02-30")}, "starts_at"),
        ({"ends_at": PartialDate("morgen")}, "ends_at"),
        ({"starts_at": PartialDate("9999-12-31"), "ends_at": None}, "starts_at"),
        ({"ends_at": PartialDate("2057")}, "ends_at"),
        ({"starts_at": PartialDate("0019-03-04")}, "starts_at"),
        ({"status": EventStatus.CANCELLED}, "status"),
    ],
)
async def test_events_that_cannot_be_meant(store: GraphStore, given: dict[str, Any], field: str) -> None:
    await found_network(store)
    before = await all_changes(store)

    with pytest.raises(InvalidInputError) as refused:
        await saved(store, ADMIN, **given)

    assert refused.value.field == field
    assert await all_changes(store) == before


@pytest.mark.parametrize("changes", [EventChanges(hosts=(ZEITZ,)), EventChanges(title="Ohne Haus")])
async def test_a_new_event_has_a_title_and_a_host(store: GraphStore, changes: EventChanges) -> None:
    await found_network(store)
    with pytest.raises(InvalidInputError):
        await save_event(at(store), SaveEvent(changes=changes), actor=ZEITZ_LEAD)


async def test_hosts_come_and_go_at_their_own_word(store: GraphStore) -> None:
    await found_network(store)
    with pytest.raises(ForbiddenError):
        await saved(store, hosts=(ZEITZ, UNIVERSITY))
    event = await saved(store, ADMIN, hosts=(ZEITZ, UNIVERSITY))
    for wanted in ((ZEITZ,), (ZEITZ, UNIVERSITY, TOWN)):
        command = SaveEvent(event=event, expected_version=1, changes=EventChanges(hosts=wanted))
        with pytest.raises(ForbiddenError):
            await save_event(at(store), command, actor=ZEITZ_LEAD)
    command = SaveEvent(event=event, expected_version=1, changes=EventChanges(hosts=(ZEITZ,)))
    await save_event(at(store), command, actor=PROFESSOR)
    assert await hosts_of(store, event) == {ZEITZ}
    with pytest.raises(ForbiddenError):
        await save_event(at(store), replace(command, expected_version=2, changes=EventChanges()), actor=PROFESSOR)


async def test_versions_and_absent_events(store: GraphStore) -> None:
    await found_network(store)
    event = await saved(store)
    changes = EventChanges(place="Rathaus")
    with pytest.raises(StaleWriteError) as stale:
        await save_event(at(store), SaveEvent(event=event, expected_version=4, changes=changes), actor=ZEITZ_LEAD)
    assert stale.value.current_version == 1
    with pytest.raises(InvalidInputError):
        await save_event(at(store), SaveEvent(event=event, changes=changes), actor=ZEITZ_LEAD)
    with pytest.raises(StaleWriteError):
        await cancel_event(at(store), CancelEvent(event=event, reason="x", expected_version=4), actor=ZEITZ_LEAD)
    for who in (ADMIN, TOWN_CLERK, WILSTER_LEAD):
        with pytest.raises(NodeNotFoundError):
            await cancel_event(at(store), CancelEvent(event="nie", reason="x"), actor=who)


async def test_only_what_was_not_held_is_cancelled_and_with_a_reason(store: GraphStore) -> None:
    await found_network(store)
    event = await saved(store, status=EventStatus.HELD)
    with pytest.raises(MoveNotAllowedError):
        await cancel_event(at(store), CancelEvent(event=event, reason="Krank"), actor=ZEITZ_LEAD)
    with pytest.raises(InvalidInputError):
        await cancel_event(at(store), CancelEvent(event=event, reason=" "), actor=ZEITZ_LEAD)


async def test_an_event_is_entered_and_cancelled_whole_and_once(store: GraphStore) -> None:
    await found_network(store)

    async def snapshot() -> object:
        return await all_changes(store), await store.query("test_announced", {})

    command = SaveEvent(changes=NEW)
    assert await count_kills(store, lambda work: save_event(work, command, actor=ZEITZ_LEAD), snapshot)
    answers = [await save_event(at(store), command, actor=ZEITZ_LEAD, idempotency_key="k") for _ in range(2)]
    assert answers[0] == answers[1]
    cancel = CancelEvent(event=str(answers[0]["id"]), reason="Krank")
    assert await count_kills(store, lambda work: cancel_event(work, cancel, actor=ZEITZ_LEAD), snapshot)
    actions = [line["action"] for line in await all_changes(store)]
    assert (actions.count("save_event"), actions.count("cancel_event")) == (2, 1)


async def test_a_cancelled_event_does_not_take_place_whatever_goes_back(store: GraphStore) -> None:
    await found_network(store)
    changes = EventChanges(title="Sprechtag", starts_at=PartialDate("2026-12-01"), hosts=(ZEITZ,))
    event = str((await save_event(at(store), SaveEvent(changes=changes), actor=ZEITZ_LEAD))["id"])
    changed = SaveEvent(event=event, expected_version=1, changes=EventChanges(title="Beratungstag"))
    await save_event(at(store), changed, actor=ZEITZ_LEAD)
    await cancel_event(at(store), CancelEvent(event=event, reason="Krank"), actor=ZEITZ_LEAD)

    await revert(at(store), Revert(entity=NodeKey("Event", event), version=1, expected_version=3), actor=ZEITZ_LEAD)

    row = await stored(store, f"Event:{event}")
    assert row is not None
    assert (row["title"], row["status"], row["reason_cancelled"]) == ("Sprechtag", "CANCELLED", "Krank")
