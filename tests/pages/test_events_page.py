"""Events: what comes, what was, and a month as a calendar."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.values import PartialDate
from graph.vocabulary import EventStatus
from network.pages.frame.event_days import is_over
from network.pages.reading.months import FIRST_YEAR, LAST_YEAR, Month, by_day, without_day
from tests.fixtures.builders import make_event, make_municipality, plant, relate
from tests.pages.desks import Office
from tests.pages.finding import Pages

MONTHS = st.builds(Month, st.integers(FIRST_YEAR, LAST_YEAR), st.integers(1, 12))


async def test_what_comes_is_shown_without_what_was(placed: Pages) -> None:
    text = await placed.text("/events")
    assert "Messe der Hubs" in text
    assert "4. Mai 2099" in text
    assert "Auftakt" not in text
    # What recurs has no day, and is named all the same.
    assert "Stammtisch" in text
    assert "jeden Montag" in text


async def test_what_was_is_shown_on_request_the_latest_first(placed: Pages) -> None:
    text = await placed.text("/events?past=1")
    assert "Messe der Hubs" not in text
    assert text.index("Woche der Daten") < text.index("Auftakt")
    assert "Von vorn" not in text


async def test_all_of_them_are_one_list(placed: Pages) -> None:
    text = await placed.text("/events?all=1")
    for title in ("Messe der Hubs", "Auftakt", "Woche der Daten", "Stammtisch"):
        assert text.count(f">{title}</a>") == 1, title
    assert "Messe der Hubs" in await placed.text("/events?all=1&host=Hub:zeitz")
    assert 'name="all" value="1"' in text


async def test_a_house_leads_to_every_event_that_it_counts(office: Office) -> None:
    events = [make_event(f"reihe-{number}", title=f"Reihe {number:02}") for number in range(20)]
    ends = [make_event("reihe-war", title="Reihe war", starts_at=PartialDate("2020-01-25"), status=EventStatus.HELD)]
    ends.append(make_event("reihe-kommt", title="Reihe kommt", starts_at=PartialDate("2099-01-25")))
    host = make_municipality("098765432109", name="Reihenhausen")
    await plant(office.service.graph, host, *events, *ends, *(relate("HOSTS", host, one) for one in (*events, *ends)))
    nobody = await office.person()
    led = re.search(r'<a href="([^"]+)">Alle 22 zeigen</a>', await nobody.opened("/municipalities/098765432109"))
    assert led is not None
    every = await nobody.opened(unescape(led[1]))
    for event in (*events, *ends):
        assert f">{event.title}</a>" in every


async def test_a_month_is_a_table_with_a_caption_and_days(placed: Pages) -> None:
    text = await placed.text("/events?month=2026-11")
    assert "<caption>November 2026</caption>" in text
    assert text.count('<th scope="col">') == 7
    assert "<s>Tag der Akten</s></a>" not in text
    assert "<s>Tag der Akten</s> (abgesagt)" in text
    # What began in October stands on its days in November; and what only the month is known of stands below.
    assert text.count(">Woche der Daten</a>") == 2
    assert text.count("Irgendwann im November") == 1
    assert "month=2026-10" in text
    assert "month=2026-12" in text


@pytest.mark.parametrize("month", ["2026-99", "2026-00", "1999-01", "99999-01", "", "junk", "2026-1", "%00", "²026-11"])
async def test_a_month_that_is_none_is_the_list(placed: Pages, month: str) -> None:
    text = await placed.text(f"/events?month={month}")
    assert "<caption>" not in text
    assert "Messe der Hubs" in text
    # Whoever named one hears that it was not understood; a file cannot say it.
    assert ("gibt es im Kalender nicht" in text) is bool(month)
    assert (await placed.get(f"/events.csv?month={month}")).status_code == (400 if month else 200)


async def test_a_table_of_no_month_is_refused_with_what_is_wrong(placed: Pages) -> None:
    page = await placed.get("/events.csv?month=2026-13")
    assert "Den Monat in dieser Adresse gibt es im Kalender nicht." in page.text
    assert "There is no such month" in (await placed.get("/en/events.csv?month=2026-13")).text
    answer = await placed.get("/events.csv?month=2026-13", accept="text/csv, */*")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"] == "month: expected one from 2000-01 to 2199-12, as in 2026-11"


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/events.ics?topic=nix", "topic"),
        ("/events.ics?host=Hub:nix", "host"),
        ("/projects.atom?hub=nix", "hub"),
        ("/projects.atom?house=Hub:nix", "house"),
    ],
)
async def test_a_feed_of_nothing_says_which_parameter_names_it(placed: Pages, path: str, parameter: str) -> None:
    answer = await placed.get(path, accept="*/*")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["message"].startswith(f"{parameter}: there is none")


async def test_an_empty_month_says_so_and_names_what_comes_after_it(placed: Pages) -> None:
    text = await placed.text("/events?month=2098-01")
    assert "In diesem Monat steht nichts im Kalender." in text
    assert "<table" not in text
    assert ">Messe der Hubs</a>" in text
    assert "Die nächste" not in await placed.text("/events?month=2198-01")
    assert "Die nächste" not in await placed.text("/events?month=2098-01&topic=parken")


async def test_a_month_shows_its_own_days_alone(placed: Pages) -> None:
    text = await placed.text("/events?month=2026-11")
    assert re.findall(r'<time datetime="2026-(\d\d)-(\d\d)">', text) == [("11", f"{day:02}") for day in range(1, 31)]


async def test_a_calendar_is_subscribed_to_whole(placed: Pages) -> None:
    text = await placed.text("/events?month=2026-11&topic=mobilitaet")
    assert 'href="/events.ics?topic=mobilitaet"' in text
    assert "/events.csv?topic=mobilitaet&amp;month=2026-11" in text


async def test_what_recurs_stands_under_a_heading_of_its_own(placed: Pages) -> None:
    text = await placed.text("/events")
    assert text.index("Messe der Hubs") < text.index('id="recurring"') < text.index("Stammtisch")


async def test_every_view_narrows_by_topic_and_host(placed: Pages) -> None:
    assert "Messe der Hubs" in await placed.text("/events?topic=mobilitaet")
    assert "Messe der Hubs" not in await placed.text("/events?topic=parken")
    assert "Messe der Hubs" in await placed.text("/events?host=Hub:zeitz")
    assert "Messe der Hubs" not in await placed.text("/events?host=Hub:wilster")
    month = await placed.text("/events?month=2026-11&host=Hub:wilster")
    assert "Tag der Akten" not in month
    assert "host=Hub%3Awilster" in month
    for host in ("junk", ":", "Topic:parken", "x" * 3000):
        assert (await placed.get(f"/events?host={host}")).status_code == 400, host
    for cursor in ("junk", "%00"):
        assert (await placed.get(f"/events?after={cursor}")).status_code == 400


async def test_a_calendar_asks_the_database_as_often_as_any_other(placed: Pages) -> None:
    months = [await placed.calls(f"/events?month={month}") for month in ("2026-11", "2099-05", "2001-01")]
    # In a month without events nobody hosts any.
    assert months[0] == months[1] == months[2] + 1


@given(MONTHS)
def test_weeks_are_whole_and_hold_every_day_of_the_month_once(month: Month) -> None:
    days = [day for week in month.weeks() for day in week]
    assert all(len(week) == 7 and week[0].weekday() == 0 for week in month.weeks())
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert {day for day in days if Month.of(day) == month} == {
        month.first + timedelta(days=number) for number in range((month.next.first - month.first).days)
    }


@given(MONTHS)
def test_months_follow_each_other_and_read_as_they_are_written(month: Month) -> None:
    assert month.before < month < month.next
    assert month.next.before == month
    assert Month.parse(str(month)) == month


@given(st.dates(date(2026, 9, 1), date(2026, 12, 31)), st.integers(-5, 400))
def test_an_event_is_on_its_days_and_on_no_other(starts: date, length: int) -> None:
    ends = starts + timedelta(days=length)
    event = {"id": "Event:1", "startsAt": starts.isoformat(), "endsAt": ends.isoformat(), "endTime": None}
    days = by_day([event], Month(2026, 11))
    assert [day for day, events in days.items() if events] == [
        day for day in days if starts <= day <= max(starts, ends)
    ]
    assert bool(without_day([event], days)) == (not any(days.values()))


@pytest.mark.parametrize(
    ("starts", "ends", "time", "expected"),
    [
        ("2026-11-21", None, None, True),
        ("2026-11-22", None, None, False),
        ("2026-11-22", None, "10:00", False),
        ("2026-11-20", "2026-11-22", None, False),
        ("2026-11-20", "2026-11-22", "00:00", True),
        ("2026-11-20", "2026-11-22", "00:01", False),
        ("2026-11-20", "2026-11-23", "00:00", False),
        ("2026-11", None, None, False),
        ("2026-10", None, None, True),
        ("2026", None, None, False),
        (None, None, None, False),
    ],
)
def test_an_event_is_over_once_its_last_day_is(
    starts: str | None, ends: str | None, time: str | None, expected: bool
) -> None:
    assert is_over({"startsAt": starts, "endsAt": ends, "endTime": time}, date(2026, 11, 22)) is expected
