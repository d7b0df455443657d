"""Events that begin and end at a time of day, on each graph database."""

from dataclasses import replace
from typing import Any

import pytest

from auth.policy import EVERYTHING
from graph import links
from graph.commands.events import EventChanges, SaveEvent, save_event
from graph.commands.reverting import Revert, revert
from graph.errors import InvalidInputError
from graph.links import Order
from graph.model import NodeKey
from graph.port import GraphStore
from graph.reading.history import history
from graph.selection import ByKeys, LinkRead, Match, Page, Selection
from graph.values import LocalTime, PartialDate
from tests.fixtures.contributing import ZEITZ, ZEITZ_LEAD, at, found_network
from tests.fixtures.units import all_changes, stored

DAY = EventChanges(
    title="Sensorik-Tag",
    starts_at=PartialDate("2027-05-15"),
    start_time=LocalTime("10:00"),
    end_time=LocalTime("12:00"),
    hosts=(ZEITZ,),
    topics=("parken",),
)
NAMES = ("starts_at", "start_time", "ends_at", "end_time")


async def saved(store: GraphStore, **given: Any) -> str:
    changes = replace(DAY, **given)
    return str((await save_event(at(store), SaveEvent(changes=changes), actor=ZEITZ_LEAD))["id"])


async def change(store: GraphStore, event: str, version: int, **given: Any) -> None:
    command = SaveEvent(event=event, expected_version=version, changes=EventChanges(**given))
    await save_event(at(store), command, actor=ZEITZ_LEAD)


async def times(store: GraphStore, event: str) -> tuple[Any, ...]:
    row = await stored(store, f"Event:{event}")
    assert row is not None
    return tuple(row[name] for name in NAMES)


async def test_an_event_has_times_changes_and_loses_them(store: GraphStore) -> None:
    await found_network(store)
    event = await saved(store)
    assert await times(store, event) == ("2027-05-15", "10:00", None, "12:00")

    await change(store, event, 1, ends_at=PartialDate("2027-05-16"), end_time=LocalTime("01:00"))
    assert await times(store, event) == ("2027-05-15", "10:00", "2027-05-16", "01:00")
    await change(store, event, 2, place="Rathaus")
    assert await times(store, event) == ("2027-05-15", "10:00", "2027-05-16", "01:00")
    await change(store, event, 3, start_time=None, end_time=None)
    assert await times(store, event) == ("2027-05-15", None, "2027-05-16", None)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"start_time": LocalTime("25:00")}, "start_time"),
        ({"start_time": LocalTime("9:5")}, "start_time"),
        ({"end_time": LocalTime("１２:00")}, "end_time"),
        ({"start_time": None}, "end_time"),
        ({"end_time": LocalTime("10:00")}, "end_time"),
        ({"end_time": LocalTime("09:59")}, "end_time"),
        ({"starts_at": PartialDate("2027-05")}, "start_time"),
        ({"starts_at": None}, "start_time"),
        ({"ends_at": PartialDate("2027-05")}, "end_time"),
        ({"starts_at": PartialDate("2027-03-28"), "start_time": LocalTime("02:30")}, "start_time"),
        ({"starts_at": PartialDate("2027-05-14"), "ends_at": PartialDate("2027-05-13")}, "ends_at"),
        ({"starts_at": PartialDate("9999-12-31")}, "starts_at"),
    ],
)
async def test_times_that_cannot_be_meant_change_nothing(store: GraphStore, given: dict[str, Any], field: str) -> None:
    await found_network(store)
    event = await saved(store)
    before = await all_changes(store)

    for attempt in (saved(store, **given), change(store, event, 1, **given)):
        with pytest.raises(InvalidInputError) as refused:
            await attempt
        assert refused.value.field == field
    assert await all_changes(store) == before


async def test_what_is_changed_is_measured_by_what_stays(store: GraphStore) -> None:
    await found_network(store)
    event = await saved(store)
    for given, field in (
        ({"start_time": LocalTime("12:00")}, "end_time"),
        ({"starts_at": PartialDate("2027")}, "start_time"),
        ({"start_time": None}, "end_time"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            await change(store, event, 1, **given)
        assert refused.value.field == field


async def test_the_trail_has_times_and_leads_back_to_them(store: GraphStore) -> None:
    await found_network(store)
    event = await saved(store)
    await change(store, event, 1, starts_at=PartialDate("2027-06"), start_time=None, end_time=None)
    key = NodeKey("Event", event)

    lines = await history(store, ZEITZ_LEAD, key)

    assert lines is not None
    told = {one.name: (one.before, one.after) for one in lines[0].fields}
    assert told["start_time"] == ("10:00", None)
    assert told["end_time"] == ("12:00", None)
    await revert(at(store), Revert(entity=key, version=1, expected_version=2), actor=ZEITZ_LEAD)
    assert await times(store, event) == ("2027-05-15", "10:00", None, "12:00")


async def test_events_of_a_day_are_in_the_order_of_the_clock(store: GraphStore) -> None:
    await found_network(store)
    shown = {
        None: await saved(store, start_time=None, end_time=None),
        "09:00": await saved(store, start_time=LocalTime("09:00")),
        "day before": await saved(
            store, starts_at=PartialDate("2027-05-14"), start_time=LocalTime("20:00"), end_time=None
        ),
        "18:30": await saved(store, start_time=LocalTime("18:30"), end_time=None),
        "10:00": await saved(store),
    }
    expected = [shown[name] for name in ("day before", None, "09:00", "10:00", "18:30")]
    for order, wanted in (
        ((Order("starts_at"), Order("start_time")), expected),
        ((Order("starts_at", True), Order("start_time", True)), expected[::-1]),
    ):
        found: list[Any] = []
        after: tuple[str, ...] | None = None
        while len(found) < len(expected):
            start = Match("Event", order=order, page=Page(2, after))
            page = (await store.select(Selection("Event", (*NAMES, "id")), start, audiences=EVERYTHING)).rows
            assert page
            found += [row and row[4] for row in page]
            last = page[-1]
            assert last is not None
            after = (str(last[0] or ""), str(last[1] or ""), str(last[4]))
        assert found == wanted
    inner = Selection("Event", ("id",))
    for label, along, key in (("Hub", links.HOUSE_EVENTS["Hub"], ZEITZ.value), ("Topic", links.TOPIC_EVENTS, "parken")):
        selection = Selection(label, (), (LinkRead(along, (inner,)),))
        (row,) = (await store.select(selection, ByKeys(label, "slug", (key,)), audiences=EVERYTHING)).rows
        assert row is not None
        assert [item[0] for item in row[0]] == expected  # type: ignore[attr-defined] # rows hold lists of lists
