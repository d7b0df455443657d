"""Public feeds: calendars and news that programs fetch, the same for everybody."""

import re
from datetime import date, datetime
from html import unescape
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar

from graph.tally import tallied
from graph.values import Instant, PartialDate
from graph.vocabulary import EventStatus
from tests.fixtures.builders import make_event, make_project, plant
from tests.pages.feeding import ATOM, calendar, entries
from tests.pages.finding import Pages

WHEN = Instant("2026-05-04T08:00:00.123456Z")


async def test_a_calendar_has_every_event_whose_day_is_known(placed: Pages) -> None:
    answer = await placed.get("/events.ics")
    found = calendar(answer)
    assert set(found) == {
        "Abend <script>alert(1)</script>",
        "Messe der Hubs",
        "Tag der Akten",
        "Woche der Daten",
        "Auftakt",
    }
    week = found["Woche der Daten"]
    # Whole days, the last of which is the day before the end.
    assert (week["dtstart"].dt, week["dtend"].dt) == (date(2026, 10, 30), date(2026, 11, 3))
    assert (str(week["uid"]), str(week["transp"])) == ("lang@hubnetz", "TRANSPARENT")
    assert str(found["Tag der Akten"]["status"]) == "CANCELLED"
    assert "Der Saal ist überflutet." in str(found["Tag der Akten"]["description"])
    assert "javascript:" not in str(found["Abend <script>alert(1)</script>"].get("url"))
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?host=Hub:zeitz", {"Messe der Hubs", "Tag der Akten", "Woche der Daten", "Auftakt"}),
        ("?topic=mobilitaet", {"Messe der Hubs"}),
        ("?host=Hub:wilster", set()),
        # A calendar has its own past and months.
        ("?topic=mobilitaet&past=1&month=2020-01", {"Messe der Hubs"}),
    ],
)
async def test_a_calendar_of_a_hub_or_a_topic(placed: Pages, query: str, found: set[str]) -> None:
    assert set(calendar(await placed.get(f"/events.ics{query}"))) == found


async def test_a_day_after_which_there_is_none_costs_nobody_the_calendar(found: Pages) -> None:
    await plant(found.store, make_event("ende", title="Ende", starts_at=PartialDate("9999-12-31")))
    last = calendar(await found.get("/events.ics"))["Ende"]
    assert last["dtstart"].dt == date.max
    assert "dtend" not in last


async def test_a_calendar_names_the_hub(placed: Pages) -> None:
    made = Calendar.from_ical((await placed.get("/events.ics?host=Hub:zeitz")).content)
    assert str(made["x-wr-calname"]) == "Hubnetz: Veranstaltungen · DigitalHub Zeitz"


@pytest.mark.parametrize(
    "path",
    [
        "/events.ics?host=Hub:nirgends",
        "/events.ics?topic=nirgends",
        "/projects.atom?house=Hub:nirgends",
        "/projects.atom?topic=x",
    ],
)
async def test_a_feed_of_something_that_is_not_there_is_not_there(placed: Pages, path: str) -> None:
    assert (await placed.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/events.ics", "/projects.atom", "/search.atom?q=parken"])
async def test_what_is_public_is_the_same_for_everybody_and_asked_for_again(found: Pages, path: str) -> None:
    answer = await found.get(path)
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert "set-cookie" not in answer.headers
    tag = answer.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await found.get(path, **{"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    # What went tells no later time: only the content says that a file is the same.
    later = await found.get(path, **{"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert (later.status_code, later.content) == (200, answer.content)
    # Whoever brings a token sees what everybody sees.
    assert (await found.get(path, "admin")).content == answer.content


async def test_a_calendar_changes_with_its_events_alone(found: Pages) -> None:
    days = {"starts_at": PartialDate("2099-01-31"), "ends_at": PartialDate("2099-01-01"), "updated_at": WHEN}
    event = make_event("wandel", title="Wandel;,\\ der Zeit\r\nÄöü" + "ß" * 80, status=EventStatus.PLANNED, **days)
    before = await found.get("/events.ics")
    await plant(found.store, event)
    answer = await found.get("/events.ics")
    assert answer.headers["etag"] != before.headers["etag"]
    one: Any = next(one for one in Calendar.from_ical(answer.content).walk("VEVENT") if one["uid"] == "wandel@hubnetz")
    assert str(one["summary"]) == "Wandel;,\\ der Zeit\nÄöü" + "ß" * 80
    # An end before the beginning is none.
    assert (one["dtstart"].dt, one["dtend"].dt) == (date(2099, 1, 31), date(2099, 2, 1))
    assert one["dtstamp"].dt == datetime.fromisoformat("2026-05-04T08:00:00Z")
    assert (await found.get("/events.ics")).content == answer.content


async def test_the_page_offers_to_subscribe(placed: Pages) -> None:
    text = unescape(await placed.text("/events?host=Hub:zeitz"))
    assert 'href="webcal://127.0.0.1:8000/events.ics?host=Hub%3Azeitz"' in text
    assert "http://127.0.0.1:8000/events.ics?host=Hub%3Azeitz" in text
    assert 'href="webcal://127.0.0.1:8000/events.ics?host=Hub%3Azeitz"' in unescape(await placed.text("/hubs/zeitz"))


# News


async def test_news_are_the_projects_changed_last(found: Pages) -> None:
    answer = await found.get("/projects.atom?topic=parken")
    shown = entries(answer)
    assert set(shown) == {"Parkplatzsuche", "Parkplatzsuche am Deich", "Parkplatzsuche für Räder"}
    assert next(iter(shown)) == "Parkplatzsuche"
    one = shown["Parkplatzsuche"]
    assert one.findtext("a:updated", "", ATOM) == one.findtext("a:published", "", ATOM) == "2026-05-04T08:00:00Z"
    assert one.findtext("a:summary", "", ATOM) == "Sensoren zeigen freie Parkplätze."
    assert one.findtext("a:author/a:name", "", ATOM) == "Zeitz, Stadt"
    feed = ET.fromstring(answer.content)
    assert feed.findtext("a:title", "", ATOM) == "Hubnetz: Projekte · Parken"
    assert feed.findtext("a:updated", "", ATOM) == "2026-05-04T08:00:00Z"
    assert feed.findtext("a:id", "", ATOM) == "tag:127.0.0.1,2026:/projects.atom?topic=parken"
    links = {one.get("rel"): one.get("href") for one in feed.findall("a:link", ATOM)}
    assert links == {
        "self": "http://127.0.0.1:8000/projects.atom?topic=parken",
        "alternate": "http://127.0.0.1:8000/projects?topic=parken",
    }


async def test_ids_of_entries_stay_wherever_the_service_moves(found: Pages) -> None:
    key = str(uuid4())
    await plant(found.store, make_project(key, slug=f"umzug-{key[:8]}", title="Umzug", updated_at=WHEN))
    assert entries(await found.get("/projects.atom"))["Umzug"].findtext("a:id", "", ATOM) == f"urn:uuid:{key}"


async def test_news_of_a_hub_are_of_what_it_owns_or_takes_part_in(found: Pages) -> None:
    assert set(entries(await found.get("/projects.atom?house=Hub:wilster"))) == {"Parkplatzsuche am Deich"}
    assert 'title="Neues als Feed" href="http://127.0.0.1:8000/projects.atom?house=Hub%3Awilster"' in await found.text(
        "/hubs/wilster"
    )


async def test_news_of_a_search(found: Pages) -> None:
    assert set(entries(await found.get("/search.atom?q=deich"))) == {"Parkplatzsuche am Deich"}


async def test_public_news_hold_nothing_of_the_network(found: Pages) -> None:
    for path in ("/projects.atom", "/search.atom", "/projects.atom?topic=mobilitaet"):
        text = (await found.get(path, "other")).text
        for secret in (
            "Nur im Netz",
            "Entwurf einer Ampel",
            "Zurückgezogen",
            "81234",
            "Funkabdeckung",
            "hub@zeitz.example",
        ):
            assert secret not in text


async def test_what_was_written_to_do_harm_is_text(found: Pages) -> None:
    title = "Böse ]]><entry>\x0b\x00<script>alert(1)</script>&amp;"
    await plant(found.store, make_project("xml", title=title, summary="\ud7ff\ufffe", updated_at=WHEN))
    assert "Böse ]]><entry><script>alert(1)</script>&amp;" in entries(await found.get("/projects.atom"))


@pytest.mark.parametrize(
    "path", ["/topics/parken", "/hubs/zeitz", "/search?q=parken&topic=parken", "/projects?topic=parken"]
)
async def test_pages_name_their_feed_to_programs(found: Pages, path: str) -> None:
    for prefix in ("", "/en"):
        text = await found.text(f"{prefix}{path}")
        head = text[: text.index("</head>")]
        (address,) = re.findall(
            r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)"', head
        )
        entries(await found.get(unescape(address).removeprefix("http://127.0.0.1:8000")))


async def test_a_feed_costs_the_same_whatever_is_in_it(placed: Pages) -> None:
    async def calls(path: str) -> int:
        with tallied() as asked:
            assert (await placed.get(path)).status_code == 200
        return asked.calls

    assert await calls("/events.ics?host=Hub:zeitz") <= 6
    assert await calls("/projects.atom?house=Hub:zeitz") <= 8
