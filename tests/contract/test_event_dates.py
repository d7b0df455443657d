"""Which events take place when: dates as precise as their source, on both graph databases."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from graph.port import GraphStore
from graph.selection import Condition, Match, Page, Selection
from graph.values import LocalTime, PartialDate, partial_date
from network.subgraphs.directory.event_dates import (
    ends_before,
    ends_from,
    has_date,
    is_recurring,
    starts_before,
    starts_from,
)
from tests.fixtures.builders import make_event, plant

DATES = (
    *("2025", "2025-12", "2025-12-31", "2026", "2026-01", "2026-01-01", "2026-01-31", "2026-02", "2026-02-28"),
    *("2026-10-31", "2026-11", "2026-11-01", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-30", "2026-12"),
    *("2026-12-01", "2026-12-31", "2027", "2027-01", "2027-01-01", "9999-12-31"),
)
BOUNDS = (*DATES, "0001-01-01", "2024-02-29")


@dataclass(frozen=True)
class Dated:
    starts: str | None
    ends: str | None = None
    end_time: str | None = None

    @property
    def first(self) -> date | None:
        return None if self.starts is None else first_day(self.starts)

    @property
    def last(self) -> date | None:
        known = self.ends or self.starts
        if known is None:
            return None
        if self.ends is not None and self.end_time == "00:00":
            return date.fromisoformat(self.ends) - timedelta(days=1)
        year, month, day = int(known[:4]), int(known[5:7] or 12), known[8:]
        return date(year, month, int(day or calendar.monthrange(year, month)[1]))


def first_day(text: str) -> date:
    return date.fromisoformat(text + "0000-01-01"[len(text) :])


EVENTS = (
    Dated(None),
    Dated(None, "2026-11-22"),
    *(Dated(starts) for starts in DATES),
    *(Dated(starts, ends) for starts in DATES for ends in DATES if starts[: len(ends)] <= ends[: len(starts)]),
    *(Dated("2026-10-30", ends, "00:00") for ends in ("2026-11-01", "2026-11-22", "2027-01-01")),
    *(Dated("2026-10-30", ends, "00:01") for ends in ("2026-11-01", "2026-11-22", "2027-01-01")),
)


async def found(store: GraphStore, *where: Condition) -> set[int]:
    keys: list[str] = []
    after = None
    while True:
        start = Match("Event", where, page=Page(100, after), has_lookahead=True)
        rows = (await store.select(Selection("Event", ("id",)), start, audiences=frozenset({"public"}))).rows
        page = [str(row[0]) for row in rows if row is not None]
        keys += page[:100]
        if len(page) <= 100:
            assert len(keys) == len(set(keys))
            return {int(key) for key in keys}
        after = (keys[-1],)


@pytest.fixture
async def calendars(store: GraphStore) -> GraphStore:
    await plant(
        store,
        *(
            make_event(
                f"{number:04}",
                starts_at=None if one.starts is None else PartialDate(one.starts),
                ends_at=None if one.ends is None else PartialDate(one.ends),
                start_time=None if one.end_time is None else LocalTime("09:00"),
                end_time=None if one.end_time is None else LocalTime(one.end_time),
            )
            for number, one in enumerate(EVENTS)
        ),
    )
    return store


async def test_an_event_ends_with_the_last_day_that_its_date_may_mean(calendars: GraphStore) -> None:
    dated = {number for number, one in enumerate(EVENTS) if one.last is not None}
    for bound in map(partial_date, BOUNDS):
        coming = {number for number in dated if (last := EVENTS[number].last) and last >= first_day(bound)}
        assert await found(calendars, *ends_from(bound)) == coming, bound
        assert await found(calendars, *ends_before(bound)) == dated - coming, bound


async def test_an_event_begins_with_the_first_day_that_its_date_may_mean(calendars: GraphStore) -> None:
    begun = {number for number, one in enumerate(EVENTS) if one.first is not None}
    for bound in map(partial_date, BOUNDS):
        later = {number for number in begun if (first := EVENTS[number].first) and first >= first_day(bound)}
        assert await found(calendars, *starts_from(bound)) == later, bound
        assert await found(calendars, *starts_before(bound)) == begun - later, bound


async def test_what_has_no_date_has_neither_a_first_day_nor_a_last(calendars: GraphStore) -> None:
    undated = {number for number, one in enumerate(EVENTS) if one.last is None}
    assert undated == {0}
    assert await found(calendars, *has_date(False)) == undated
    assert await found(calendars, *has_date(True)) == set(range(len(EVENTS))) - undated


async def test_what_nobody_says_to_come_again_does_not(store: GraphStore) -> None:
    said = (True, False, None)
    await plant(store, *(make_event(str(number), is_recurring=one) for number, one in enumerate(said)))
    assert await found(store, *is_recurring(True)) == {0}
    assert await found(store, *is_recurring(False)) == {1, 2}
    assert await found(store, *is_recurring(None)) == {0, 1, 2}
