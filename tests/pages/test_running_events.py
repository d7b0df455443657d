"""What comes and what was, decided by when events end: on the page, in its table, by month and from page to page."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from graph.model import Event
from graph.values import LocalTime, PartialDate
from graph.vocabulary import EventStatus
from network.pages.frame.formats import BERLIN
from network.pages.reading.months import Month
from tests.fixtures.builders import make_event, make_topic, plant, relate
from tests.pages.desks import Office, Person


def day(after: int) -> PartialDate:
    return PartialDate((datetime.now(BERLIN).date() + timedelta(days=after)).isoformat())


def event(name: str, starts: PartialDate | None, ends: PartialDate | None = None, **more: Any) -> Event:
    return make_event(str(uuid4()), title=name, starts_at=starts, ends_at=ends, **more)


@dataclass(frozen=True)
class Calendar:
    """The events of one topic as somebody reads them."""

    reader: Person
    topic: str

    async def page(self, view: str = "") -> str:
        return await self.reader.opened(f"/events?topic={self.topic}{view}")

    async def titles(self, view: str = "") -> list[str]:
        """Those of every page of a view, in order."""
        address: str | None = f"/events?topic={self.topic}{view}"
        found: list[str] = []
        while address is not None:
            text = await self.reader.opened(address)
            page = re.findall(r'<h2><a href="/events/[^"]+">(?:<s>)?([^<]+)', text)
            further = re.search(r'rel="next" href="([^"]+)"', text)
            # A page that shows nothing leads nowhere.
            assert page or further is None
            found += page
            address = unescape(further[1]) if further else None
        return found

    async def rows(self, view: str = "") -> list[str]:
        text = await self.reader.opened(f"/events.csv?topic={self.topic}{view}")
        return [row["Titel"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")]


async def entered(office: Office, *events: Event) -> Calendar:
    topic = make_topic(str(uuid4()))
    about = (relate("ABOUT", one, topic) for one in events)
    await plant(office.service.graph, topic, *events, *about)
    return Calendar(await office.person(), topic.slug)


@pytest.mark.parametrize("begun", [3, 33, 65, 400])
async def test_what_still_runs_comes_wherever_one_looks(office: Office, begun: int) -> None:
    seen = await entered(office, event("Ausstellung", day(-begun), day(3)), event("War", day(-begun), day(-2)))
    assert await seen.titles() == await seen.rows() == ["Ausstellung"]
    assert await seen.titles("&past=1") == await seen.rows("&past=1") == ["War"]
    this_month = f"&month={Month.of(datetime.now(BERLIN).date())}"
    assert ">Ausstellung</a>" in await seen.page(this_month)
    assert "Ausstellung" in await seen.rows(this_month)


async def test_what_is_over_takes_no_place_of_what_comes(office: Office) -> None:
    over = [event(f"War {number:02}", day(-4), day(-2)) for number in range(55)]
    coming = [event(f"Kommt {number:02}", day(2 + number)) for number in range(55)]
    running = [event(f"Läuft {number:02}", day(-40 + number), day(4)) for number in range(5)]
    seen = await entered(office, *over, *coming, *running)
    expected = [one.title for one in (*running, *coming)]
    assert "Läuft 00" in await seen.page()
    assert await seen.titles() == await seen.rows() == expected
    past = await seen.titles("&past=1")
    assert past == await seen.rows("&past=1")
    assert sorted(past) == [one.title for one in over]


async def test_a_date_is_over_with_the_last_day_that_it_may_mean(office: Office) -> None:
    today = datetime.now(BERLIN).date()
    this_month, last_month = str(Month.of(today)), str(Month.of(today).before)
    seen = await entered(
        office,
        event("Monat", PartialDate(this_month)),
        event("Jahr", PartialDate(str(today.year))),
        event("Vormonat", PartialDate(last_month)),
        event("Bis", day(-70), PartialDate(this_month)),
        event("Vorjahr", PartialDate(str(today.year - 1))),
        event("Mitternacht", day(-2), day(0), start_time=LocalTime("20:00"), end_time=LocalTime("00:00")),
    )
    assert sorted(await seen.titles()) == sorted(await seen.rows()) == ["Bis", "Jahr", "Monat"]
    was = ["Mitternacht", "Vorjahr", "Vormonat"]
    assert sorted(await seen.titles("&past=1")) == sorted(await seen.rows("&past=1")) == was


async def test_a_month_holds_all_that_touches_it_and_nothing_else(office: Office) -> None:
    def of(name: str, starts: str, ends: str | None = None, **more: Any) -> Event:
        return event(name, PartialDate(starts), None if ends is None else PartialDate(ends), **more)

    inside = [
        of("Davor-Danach", "2031-01-05", "2031-12-24"),
        of("Von-Früher", "2031-03-01", "2031-05-01"),
        of("Erster", "2031-05-01"),
        of("Letzter", "2031-05-31"),
        of("Hinaus", "2031-05-31", "2031-08-01"),
        of("Mai", "2031-05"),
        of("Irgendwann", "2031"),
        of("Bis-Mai", "2031-03-01", "2031-05"),
    ]
    outside = [
        of("April", "2031-04"),
        of("Juni", "2031-06"),
        of("Juni-Erster", "2031-06-01"),
        of("April-Letzter", "2031-04-01", "2031-04-30"),
        of("Mitternacht", "2031-04-30", "2031-05-01", start_time=LocalTime("20:00"), end_time=LocalTime("00:00")),
        of("Nächstes", "2032"),
    ]
    seen = await entered(office, *inside, *outside)
    text = await seen.page("&month=2031-05")
    for one in inside:
        assert f">{one.title}</a>" in text, one.title
    for one in outside:
        assert f">{one.title}</a>" not in text, one.title
    assert text.count(">Davor-Danach</a>") >= 31
    assert sorted(await seen.rows("&month=2031-05")) == sorted(one.title for one in inside)
    assert await seen.rows("&month=2030-12") == []


async def test_what_has_no_day_stands_apart_and_in_the_table(office: Office) -> None:
    seen = await entered(
        office,
        event("Geplant", None, status=EventStatus.PLANNED),
        event("Wiederkehrend", None, status=EventStatus.UNKNOWN, is_recurring=True),
        event("Unbelegt", None, status=EventStatus.UNKNOWN),
        event("Gewesen", None, status=EventStatus.HELD),
    )
    coming = ("Geplant", "Wiederkehrend", "Unbelegt")
    for view, shown, hidden in (("", coming, "Gewesen"), ("&past=1", ("Gewesen",), "Geplant")):
        text = await seen.page(view)
        assert all(f">{title}</a>" in text for title in shown)
        assert f">{hidden}</a>" not in text
        assert sorted(await seen.rows(view)) == sorted(shown)
    assert sorted(await seen.rows("&all=1")) == ["Geplant", "Gewesen", "Unbelegt", "Wiederkehrend"]
    # What nobody can prove is not told among what comes again and again.
    parts = [part.partition('"')[0::2] for part in (await seen.page("")).split('<h2 id="')[1:]]
    stands = {heading: re.findall(r">(Geplant|Wiederkehrend|Unbelegt)</a>", rest) for heading, rest in parts}
    assert {heading: titles for heading, titles in stands.items() if titles} == {
        "undated": ["Geplant"],
        "recurring": ["Wiederkehrend"],
        "unknown": ["Unbelegt"],
    }
