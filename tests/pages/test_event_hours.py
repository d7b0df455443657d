"""Events that begin and end at a time of day: on pages, in forms, in calendars and tables."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from hypothesis import given as drawn
from hypothesis import strategies as st
from icalendar import Calendar

from graph.values import Instant, LocalTime, PartialDate
from graph.vocabulary import EventStatus
from network.pages.files.calendar_file import calendar_file
from network.pages.frame.typed import clock
from network.pages.reading.months import Month, by_day
from tests.fixtures.builders import make_event, relate
from tests.pages.desks import Office, Person
from tests.pages.feeding import calendar
from tests.pages.finding import Pages, pages_of
from tests.pages.placing import zeitz
from tests.pages.test_event_forms import day, given, stored

BERLIN = ZoneInfo("Europe/Berlin")
WHEN = Instant("2026-05-04T08:00:00.123456Z")
SCRIPT = "</script><script>alert(1)</script>"


def at(
    key: str, starts: str, begins: str | None = None, ends: str | None = None, over: str | None = None, **more: Any
) -> Any:
    times = {"start_time": begins and LocalTime(begins), "end_time": over and LocalTime(over)}
    days = {"starts_at": PartialDate(starts), "ends_at": ends and PartialDate(ends)}
    return make_event(key, **{"title": key.title(), "updated_at": WHEN, **days, **times, **more})


EVENTS = (
    at("kurs", "2099-05-15", "10:00", None, "12:00", place="Rathaus", title=f"Kurs {SCRIPT}", description="Mit Übung"),
    at("abend", "2099-05-15", "18:30", online_url="https://x.example/raum"),
    at("ganztags", "2099-05-15"),
    at("frueh", "2099-05-15", "08:15", "2099-05-15", "09:00"),
    at("nacht", "2099-05-29", "22:00", "2099-05-30", "01:00"),
    at("woche", "2099-06-01", "09:00", "2099-06-03"),
    at("winter", "2099-01-15", "10:00", None, "11:00", status=EventStatus.CANCELLED, reason_cancelled="Krank"),
    at("offen", "2099-07"),
    at("laengst", "1995-10-15", "10:00", None, "12:00", status=EventStatus.HELD),
)


@pytest_asyncio.fixture(scope="module")
async def timed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pages]:
    hosts = [relate("HOSTS", zeitz, event) for event in EVENTS]
    async with pages_of(tmp_path_factory.mktemp("timed"), zeitz, *EVENTS, *hosts) as made:
        yield made


@pytest.mark.parametrize(
    ("key", "german", "english"),
    [
        ("kurs", "15. Mai 2099, 10:00 bis 12:00 Uhr · ", "15 May 2099, 10:00 to 12:00 · "),
        ("abend", "15. Mai 2099, 18:30 Uhr</p>", "15 May 2099, 18:30</p>"),
        ("ganztags", "15. Mai 2099</p>", "15 May 2099</p>"),
        ("frueh", "15. Mai 2099, 08:15 bis 09:00 Uhr", "15 May 2099, 08:15 to 09:00</p>"),
        ("nacht", "29. Mai 2099, 22:00 Uhr bis 30. Mai 2099, 01:00 Uhr", "29 May 2099, 22:00 to 30 May 2099, 01:00"),
        ("woche", "1. Juni 2099, 09:00 Uhr bis 3. Juni 2099", "1 June 2099, 09:00 to 3 June 2099"),
        ("offen", "Juli 2099", "July 2099"),
    ],
)
async def test_the_page_of_an_event_says_when(timed: Pages, key: str, german: str, english: str) -> None:
    assert german in await timed.text(f"/events/{key}")
    assert english in await timed.text(f"/en/events/{key}")


async def test_lists_and_months_are_in_the_order_of_the_clock(timed: Pages) -> None:
    titles = ("Ganztags", "Frueh", "Kurs", "Abend")
    for path in ("/events?all=1", "/events", "/hubs/zeitz"):
        text = await timed.text(path)
        places = [text.index(f">{title}") for title in titles]
        assert places == sorted(places, reverse="all" in path), path
    text = await timed.text("/events?month=2099-05")
    cells = re.findall(r"<td class.*?</td>", text, re.DOTALL)
    (cell,) = [cell for cell in cells if 'datetime="2099-05-15"' in cell]
    assert re.findall(r"<li>(?:<span[^>]*>([\d:]+)</span> )?<a [^>]*>(\w+)", cell) == [
        *(("", "Ganztags"), ("08:15", "Frueh"), ("10:00", "Kurs"), ("18:30", "Abend"))
    ]
    # The second day of what goes on past midnight has an end in place of a beginning.
    (second,) = [cell for cell in cells if 'datetime="2099-05-30"' in cell]
    assert re.search(r'<span class="clock">bis 01:00</span> <a [^>]*>Nacht', second)
    assert "22:00" not in second


@pytest.mark.parametrize(("over", "days"), [("00:00", [29]), ("00:01", [29, 30]), (None, [29, 30])])
def test_what_ends_at_midnight_is_not_of_the_next_day(over: str | None, days: list[int]) -> None:
    event = {"startsAt": "2099-05-29", "endsAt": "2099-05-30", "endTime": over}
    assert [day.day for day, events in by_day([event], Month(2099, 5)).items() if events] == days


async def test_a_calendar_has_the_hours_of_germany(timed: Pages) -> None:
    answer = await timed.get("/events.ics")
    found = calendar(answer)
    course = found[f"Kurs {SCRIPT}"]
    assert b"DTSTART;TZID=Europe/Berlin:20990515T100000\r\n" in answer.content
    assert b"DTEND;TZID=Europe/Berlin:20990515T120000\r\n" in answer.content
    assert course["dtstart"].dt == datetime(2099, 5, 15, 10, tzinfo=BERLIN)
    assert "dtend" not in found["Abend"]
    assert b"DTSTART;VALUE=DATE:20990515\r\n" in answer.content
    assert found["Ganztags"]["dtend"].dt == date(2099, 5, 16)
    assert found["Nacht"]["dtend"].dt == datetime(2099, 5, 30, 1, tzinfo=BERLIN)
    # Its last hour is not known, its last day is.
    assert found["Woche"]["dtend"].dt == datetime(2099, 6, 4, tzinfo=BERLIN)
    assert {str(one["transp"]) for one in found.values()} == {"TRANSPARENT"}
    assert "Offen" not in found
    # Before the rule of today, which the file tells, moments are told as such.
    assert b"DTSTART:19951015T090000Z\r\n" in answer.content


async def test_the_file_says_when_clocks_change(timed: Pages) -> None:
    answer = await timed.get("/events.ics")
    zone: Any
    (zone,) = Calendar.from_ical(answer.content).walk("VTIMEZONE")
    told = zone.to_tz()
    for text in ("2099-05-15T10:00", "2099-01-15T10:00", "2027-03-28T03:00", "2027-10-31T03:00"):
        moment = datetime.fromisoformat(text)
        assert moment.replace(tzinfo=told).utcoffset() == moment.replace(tzinfo=BERLIN).utcoffset(), moment
    assert answer.content.index(b"BEGIN:VTIMEZONE") < answer.content.index(b"BEGIN:VEVENT")


async def test_one_event_is_taken_along(timed: Pages) -> None:
    for path, prefix in (("/events/kurs", ""), ("/en/events/kurs", "/en")):
        text = await timed.text(path)
        assert f'href="{prefix}/events/kurs.ics"' in text
        answer = await timed.get(f"{prefix}/events/kurs.ics")
        (one,) = calendar(answer).values()
        assert (str(one["uid"]), one["dtstart"].dt) == ("kurs@hubnetz", datetime(2099, 5, 15, 10, tzinfo=BERLIN))
        # Whoever takes it along wants to be there.
        assert str(one["transp"]) == "OPAQUE"
        assert str(one["url"]) == "http://127.0.0.1:8000/events/kurs"
        assert answer.headers["content-disposition"] == 'attachment; filename="hubnetz-veranstaltung.ics"'
        assert answer.headers["cache-control"] == "public, max-age=300"
        again = await timed.get(f"{prefix}/events/kurs.ics", **{"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert b"REFRESH-INTERVAL" not in answer.content
    (whole,) = calendar(await timed.get("/events/ganztags.ics")).values()
    assert (whole["dtstart"].dt, str(whole["transp"])) == (date(2099, 5, 15), "TRANSPARENT")
    # Who took it along before it was cancelled is told.
    (off,) = calendar(await timed.get("/events/winter.ics")).values()
    assert str(off["status"]) == "CANCELLED"


@pytest.mark.parametrize("key", ["offen", "nie", "x" * 3000, "%00", "..", "Hub:zeitz", "' OR 1=1"])
async def test_what_has_no_day_is_in_no_calendar(timed: Pages, key: str) -> None:
    assert (await timed.get(f"/events/{key}.ics")).status_code in (404, 400)
    if key == "offen":
        assert ".ics" not in await timed.text(f"/events/{key}")


@pytest.mark.parametrize("key", ["winter", "laengst"])
async def test_what_does_not_take_place_any_more_is_not_offered(timed: Pages, key: str) -> None:
    assert f"/events/{key}.ics" not in await timed.text(f"/events/{key}")


def data_of(text: str) -> dict[str, Any]:
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    told: dict[str, Any] = json.loads(script)
    return told


async def test_programs_read_when_and_where(timed: Pages) -> None:
    told = data_of(await timed.text("/events/kurs"))
    assert told["@type"] == "Event"
    assert (told["startDate"], told["endDate"]) == ("2099-05-15T10:00:00+02:00", "2099-05-15T12:00:00+02:00")
    assert told["name"] == f"Kurs {SCRIPT}"
    assert told["location"] == {"@type": "Place", "name": "Rathaus", "address": "Rathaus"}
    assert told["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert told["organizer"] == [{"@type": "Organization", "name": "DigitalHub Zeitz"}]
    assert told["eventStatus"] == "https://schema.org/EventScheduled"
    winter = data_of(await timed.text("/en/events/winter"))
    assert winter["startDate"] == "2099-01-15T10:00:00+01:00"
    assert winter["eventStatus"] == "https://schema.org/EventCancelled"
    evening = data_of(await timed.text("/events/abend"))
    assert evening["location"] == {"@type": "VirtualLocation", "url": "https://x.example/raum"}
    assert "endDate" not in evening
    assert data_of(await timed.text("/events/ganztags"))["startDate"] == "2099-05-15"
    assert (data_of(await timed.text("/events/woche"))["endDate"]) == "2099-06-03"
    assert "ld+json" not in await timed.text("/events/offen")


async def test_a_table_has_the_hours(timed: Pages) -> None:
    answer = await timed.get("/events.csv?all=1")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    found = {row["Titel"]: (row["Beginn"], row["Beginn (Uhrzeit)"], row["Ende"], row["Ende (Uhrzeit)"]) for row in rows}
    assert found["Nacht"] == ("2099-05-29", "22:00", "2099-05-30", "01:00")
    assert found["Ganztags"] == ("2099-05-15", "", "", "")
    # Columns that were there stay where they were.
    assert list(rows[0])[-4:] == ["Beginn (Uhrzeit)", "Ende (Uhrzeit)", "Kennung", "Seite"]


EVENT: dict[str, Any] = {
    "id": "Event:x",
    "title": "Titel",
    "status": "PLANNED",
    "version": 1,
    "updatedAt": WHEN,
    "hosts": [],
    "topics": [],
    **dict.fromkeys(("place", "dateNote", "description", "onlineUrl", "registrationUrl", "reasonCancelled")),
}
TIMES = st.none() | st.integers(0, 24 * 60 - 1).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
DAYS = st.dates(date(1900, 1, 1), date(2060, 12, 31)).map(date.isoformat)


@drawn(DAYS, TIMES, st.none() | DAYS | st.just("2027"), TIMES)
def test_whatever_is_stored_makes_a_calendar_that_can_be_read(
    starts: str, begins: str | None, ends: str | None, over: str | None
) -> None:
    event = {**EVENT, "startsAt": starts, "startTime": begins, "endsAt": ends, "endTime": over}
    made = calendar_file([event], name="N", page="https://x.example", page_of=lambda _: "https://x.example/e")
    one: Any
    (one,) = Calendar.from_ical(made).walk("VEVENT")
    start: Any = one["dtstart"].dt
    end: Any = one["dtend"].dt if "dtend" in one else None
    assert end is None or type(end) is type(start)
    if isinstance(start, datetime):
        assert start.astimezone(BERLIN).replace(tzinfo=None) == datetime.fromisoformat(f"{starts}T{begins}")
        assert end is None or end.astimezone(ZoneInfo("UTC")) > start.astimezone(ZoneInfo("UTC"))
    else:
        assert start == date.fromisoformat(starts)
        assert end is not None
        assert end > start


# The form


@pytest_asyncio.fixture
async def lead(office: Office) -> Person:
    return await office.person("zeitz")


WANTED = "query ($id: ID!) { node(id: $id) { ... on Event { startsAt startTime endsAt endTime } } }"


async def hours(office: Office, person: Person, page: str) -> tuple[Any, ...]:
    found = (await office.ask(person, WANTED, id=f"Event:{page.rpartition('/')[2]}"))["node"]
    return found["startTime"], found["endTime"]


async def test_hours_are_entered_changed_and_taken_away(office: Office, lead: Person) -> None:
    shown = await lead.opened("/events/new")
    assert re.search(r'id="changes\.startTime" name="changes\.startTime" type="time"', shown)
    answer = await lead.fill("/events/new", **given(startTime="10:00", endTime="12:00"))
    page = answer.headers["location"].partition("?")[0]
    assert "10:00 bis 12:00 Uhr" in await lead.follow_on(answer)
    assert await hours(office, lead, page) == ("10:00", "12:00")
    assert 'type="time" value="10:00"' in await lead.opened(f"{page}/edit")
    await lead.fill(f"{page}/edit", **given(startTime="9.30 Uhr", endTime=""))
    assert await hours(office, lead, page) == ("09:30", None)
    await lead.fill(f"{page}/edit", **given(startTime="", endTime=""))
    assert await hours(office, lead, page) == (None, None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        *(
            ({"startTime": text}, "startTime")
            for text in ("25:00", "9:5", "24:00", "12:60", "٠٩:٣٠", "０９:３０", "halb zehn")
        ),
        ({"startTime": "10:00", "endTime": "99:99"}, "endTime"),
        ({"endTime": "12:00"}, "startTime"),
        ({"startTime": "10:00", "endTime": "10:00"}, "endTime"),
        ({"startTime": "10:00", "endTime": "09:00"}, "endTime"),
        ({"startTime": "10:00", "startsAt": "05.2050"}, "startTime"),
        ({"startTime": "10:00", "startsAt": ""}, "startTime"),
        ({"startTime": "10:00", "endTime": "12:00", "startsAt": "04.05.2050", "endsAt": "05.2050"}, "endTime"),
        # Clocks are set forward.
        ({"startTime": "02:30", "startsAt": "27.03.2050"}, "startTime"),
        ({"startTime": "10:00", "startsAt": "26.03.2050", "endTime": "02:30", "endsAt": "27.03.2050"}, "endTime"),
    ],
)
async def test_what_is_wrong_with_hours_is_beside_its_field_and_kept(
    lead: Person, typed: dict[str, str], field: str
) -> None:
    answer = await lead.fill("/events/new", **given(**typed))
    assert answer.status_code == 422
    assert f'id="changes.{field}-error"' in answer.text
    assert answer.text.count('class="error"') == 1
    for name, text in typed.items():
        # A browser shows nothing of what is no time in a field for times.
        is_time = re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", text, re.ASCII) or not text
        kind = "time" if name.endswith("Time") and is_time else "text"
        assert re.search(rf'name="changes\.{name}" type="{kind}" value="{re.escape(text)}"', unescape(answer.text)), (
            name
        )


async def test_an_event_goes_on_past_midnight(office: Office, lead: Person) -> None:
    next_day = {"startsAt": day(30), "endsAt": day(31), "startTime": "22:00", "endTime": "01:00"}
    answer = await lead.fill("/events/new", **given(**next_day))
    assert await hours(office, lead, answer.headers["location"].partition("?")[0]) == ("22:00", "01:00")


async def test_what_others_stored_meanwhile_is_told_with_its_hours(office: Office, lead: Person) -> None:
    answer = await lead.fill("/events/new", **given(startTime="10:00"))
    page = answer.headers["location"].partition("?")[0]
    fields = await lead.hidden(f"{page}/edit")
    await lead.fill(f"{page}/edit", **given(startTime="11:15"))
    typed = {name.replace("__", "."): value for name, value in given(startTime="12:45").items()}
    told = await lead.submit(f"{page}/edit", fields | typed)
    assert told.status_code == 409
    assert "12:45" in told.text
    assert "11:15" in told.text
    assert (await stored(office, lead, page))["version"] == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            ("10:00", "10:00"),
            ("9:30", "09:30"),
            ("9.30", "09:30"),
            ("9 Uhr", "09:00"),
            ("9.30 Uhr", "09:30"),
            ("9", "09:00"),
        ),
        *(("09:30:00", "09:30"), ("23:59", "23:59"), ("0:00", "00:00"), ("9:30 uhr", "09:30"), ("9 Uhr 30", "09:30")),
        *(
            (text, None)
            for text in (
                "",
                "24:00",
                "25",
                "9:5",
                "9:60",
                "-1",
                "9:30:61",
                "٩",
                "９:３０",
                "9:30 pm",
                "1000",
                "9:",
                "²1",
            )
        ),
    ],
)
def test_times_as_people_type_them(text: str, expected: str | None) -> None:
    assert clock(text) == expected


@drawn(st.text(max_size=9))
def test_whatever_is_typed_is_a_time_or_none(text: str) -> None:
    found = clock(text)
    assert found is None or re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", found, re.ASCII)
