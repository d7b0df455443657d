"""Feeds: public ones are the same for everybody; a personal address shows one list as its person would see it now, and no more."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import httpx
import pytest
import pytest_asyncio
from icalendar import Calendar

from auth.sessions import hashed
from graph.values import Contact, Instant, PartialDate, instant
from graph.vocabulary import EventStatus, Stage
from network.logs import JsonFormatter
from tests.fixtures.builders import make_event, make_project, plant
from tests.fixtures.provider import SigningProvider
from tests.fixtures.units import stored
from tests.network.plain import client
from tests.network.writing import einbeck
from tests.pages.desks import Office, Person, office_of
from tests.pages.finding import Pages

ATOM = {"a": "http://www.w3.org/2005/Atom"}
WHEN = Instant("2026-05-04T08:00:00.123456Z")
LISTS = "/my/feeds"


def calendar(answer: httpx.Response) -> dict[str, Any]:
    """Title -> event of a calendar."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(one["summary"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}


def entries(answer: httpx.Response) -> dict[str, Any]:
    """Title -> entry of a feed."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.content)
    return {one.findtext("a:title", "", ATOM): one for one in feed.findall("a:entry", ATOM)}


def titles(answer: httpx.Response) -> set[str]:
    """The first column of a table."""
    assert answer.status_code == 200, answer.text
    return {line[0] for line in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")}


async def fetched(app: Any, address: str, **headers: str) -> httpx.Response:
    """As a program fetches it, which knows no session."""
    async with client(app) as http:
        return await http.get(address, headers={"accept": "*/*", **headers}, timeout=60)


# Calendars


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
    assert answer.headers["last-modified"] == "Mon, 04 May 2026 08:00:00 GMT"
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


async def test_a_feed_that_cannot_be_read_is_no_empty_one(office: Office, name: str) -> None:
    # Nobody has built the index of this office.
    for path in ("/search.atom", "/search.csv", await made(await office.person("einbeck"), name, page="/search?q=x")):
        answer = await fetched(office.app, path)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "30"
        assert answer.json()["errors"][0]["extensions"] == {"code": "UNAVAILABLE"}


async def test_a_feed_costs_the_same_whatever_is_in_it(placed: Pages) -> None:
    async def calls(path: str) -> int:
        before = placed.store.calls
        assert (await placed.get(path)).status_code == 200
        return placed.store.calls - before

    assert await calls("/events.ics?host=Hub:zeitz") <= 6
    assert await calls("/projects.atom?house=Hub:zeitz") <= 8


# Personal addresses


@pytest.fixture
def name() -> str:
    return f"liste-{uuid4().hex[:8]}"


async def made(person: Person, name: str, *, form: str = "TABLE", page: str = "/projects") -> str:
    """The new address of somebody, as its page shows it."""
    at = f"{LISTS}/new?{httpx.QueryParams(form=form, page=page)}"
    answer = await person.fill(at, name=name)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    (address,) = re.findall(r'id="address" value="([^"]+)"', answer.text)
    return unescape(address)


async def kept(office: Office, person: Person) -> list[dict[str, Any]]:
    shown = "id name form page createdAt expiresAt lastUsedOn"
    found = await office.ask(person, f"{{ viewer {{ feedAddresses {{ {shown} }} }} }}")
    return list(found["viewer"]["feedAddresses"])


def secret_of(address: str) -> str:
    found = re.fullmatch(r"http://127\.0\.0\.1:8000/feeds/([A-Za-z0-9_-]{43})/hubnetz-[a-z-]+\.(csv|ics|atom)", address)
    assert found is not None, address
    return found[1]


async def record(office: Office, key: str) -> dict[str, Any]:
    found = await stored(office.service.graph, f"FeedToken:{key}")
    assert found is not None
    return found


async def change(office: Office, secret: str, **values: Any) -> None:
    """The record of an address, as if something had happened to it."""
    rows = [{"id": hashed(secret), **values}]
    await office.service.graph.transact(lambda transaction: transaction.put("FeedToken", rows))


async def test_an_address_is_shown_once_and_kept_as_its_hash(office: Office, name: str) -> None:
    person = await office.person("einbeck")
    address = await made(person, name, page="/en/needs?status=all&after=junk&utm=x")
    secret = secret_of(address)
    assert address.endswith("/hubnetz-gesuche-und-angebote.csv")

    (one,) = [one for one in await kept(office, person) if one["name"] == name]
    assert (one["id"], one["form"], one["page"], one["lastUsedOn"]) == (
        hashed(secret),
        "TABLE",
        "/needs?status=all",
        None,
    )
    assert timedelta(days=364) < datetime.fromisoformat(one["expiresAt"]) - datetime.fromisoformat(one["createdAt"])
    assert (await record(office, hashed(secret)))["page"] == "/needs?status=all"
    text = await person.opened(LISTS)
    assert name in text
    assert "noch nie abgeholt" in text
    assert secret not in text


async def test_the_same_form_sent_twice_makes_one_address(office: Office, name: str) -> None:
    person = await office.person("einbeck")
    at = f"{LISTS}/new?form=TABLE&page=/hubs"
    fields = {**await person.hidden(at), "name": name}
    first, second = await person.submit(at, fields), await person.submit(at, fields)
    assert re.findall('id="address" value="([^"]+)"', first.text) == re.findall(
        'id="address" value="([^"]+)"', second.text
    )
    assert len([one for one in await kept(office, person) if one["name"] == name]) == 1


async def test_an_address_shows_what_its_person_sees_today(office: Office, name: str) -> None:
    hidden, draft = f"netz-{name}", f"entwurf-{name}"
    await office.project(hidden, slug=hidden, title=hidden, visibility="NETWORK", readers=("network",))
    await office.project(
        draft, slug=draft, title=draft, stage=Stage.DRAFT, readers=("admin", "municipality:031550013013"), owner=einbeck
    )
    addresses = {role: await made(await office.person(role), name) for role in ("einbeck", "merseburg")}
    assert {hidden, draft} <= titles(await fetched(office.app, addresses["einbeck"]))
    assert draft not in titles(await fetched(office.app, addresses["merseburg"]))
    assert hidden in titles(await fetched(office.app, addresses["merseburg"]))
    assert hidden not in (await fetched(office.app, "/projects.csv")).text

    # What is written later is there the next time.
    await office.project(f"neu-{name}", slug=f"neu-{name}", title=f"neu-{name}")
    assert f"neu-{name}" in titles(await fetched(office.app, addresses["merseburg"]))


async def test_news_of_ones_own_address_hold_what_the_network_sees(office: Office, name: str) -> None:
    await office.project(name, slug=name, title=name, visibility="NETWORK", readers=("network",))
    address = await made(await office.person("einbeck"), name, form="NEWS", page="/projects?sort=newest")
    answer = await fetched(office.app, address)
    assert name in entries(answer)
    # Readers show and pass on what stands in a feed.
    assert secret_of(address) not in answer.text
    assert name not in entries(await fetched(office.app, "/projects.atom"))


async def test_a_calendar_of_ones_own(office: Office, name: str) -> None:
    await plant(office.service.graph, make_event(name, title=name, starts_at=PartialDate("2099-05-05")))
    address = await made(await office.person("einbeck"), name, form="CALENDAR", page="/events?past=1")
    assert name in calendar(await fetched(office.app, address))


async def test_an_address_holds_no_contact_data(office: Office, name: str) -> None:
    contact = Contact(function="Bauamt", email=f"{name}@stadt.example", phone="03441 83209")
    await office.project(name, slug=name, title=name, contact=contact, contact_visibility="NETWORK")
    person = await office.person("einbeck")
    assert f"{name}@stadt.example" in await person.opened(f"/projects/{name}")
    for form, page in (("TABLE", "/projects"), ("TABLE", f"/compare?project={name}"), ("NEWS", "/projects")):
        answer = await fetched(office.app, await made(person, name, form=form, page=page))
        assert answer.status_code == 200
        assert "@stadt.example" not in answer.text
        assert "83209" not in answer.text


async def test_no_session_counts_and_nothing_is_kept_by_others(office: Office, name: str) -> None:
    admin, person = await office.person("admin"), await office.person("merseburg")
    draft = f"entwurf-{name}"
    await office.project(draft, slug=draft, title=draft, stage=Stage.DRAFT, readers=("admin",))
    address = await made(person, name)
    answer = await admin.get(address)
    assert draft not in titles(answer)
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    again = await fetched(office.app, address, **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    # Nothing is written by an address.
    for method in ("POST", "PUT", "DELETE"):
        async with client(office.app) as http:
            assert (await http.request(method, address)).status_code == 405


async def test_used_addresses_say_on_which_day(office: Office, name: str) -> None:
    person = await office.person("einbeck")
    address = await made(person, name)
    await fetched(office.app, address)
    (one,) = [one for one in await kept(office, person) if one["name"] == name]
    assert one["lastUsedOn"] == (await office.service.graph.now())[:10]
    before = await record(office, one["id"])
    await fetched(office.app, address)
    assert await record(office, one["id"]) == before


async def gone(office: Office, address: str) -> str:
    answer = await fetched(office.app, address)
    assert answer.status_code == 410
    assert answer.headers["cache-control"] == "no-store"
    return answer.text


async def test_revoked_expired_and_unknown_addresses_look_alike(office: Office, name: str) -> None:
    person = await office.person("einbeck")
    revoked, expired, live = [await made(person, f"{name}-{number}") for number in range(3)]
    (one,) = [one for one in await kept(office, person) if one["name"] == f"{name}-0"]
    answer = await person.fill(f"{LISTS}/revoke?feed={one['id']}")
    assert "Widerrufen. Unter dieser Adresse gibt es nichts mehr." in await person.follow_on(answer)
    await change(office, secret_of(expired), expires_at=Instant("2026-01-01T00:00:00.000000Z"))

    secret = secret_of(live)
    shown = {
        re.sub(re.escape(path.rsplit("/feeds/", 1)[1]), "", await gone(office, path))
        for path in (
            revoked,
            expired,
            live.replace(secret, "A" * 43),
            live.replace(secret, hashed(secret)),
            live.replace(secret, secret.swapcase()),
            live.replace(secret, "%00"),
            # Of another list: an address shows its own, and nothing else by being changed.
            live.replace("hubnetz-projekte.csv", "hubnetz-projekte.atom"),
            live.replace("hubnetz-projekte.csv", "hubnetz-hubs.csv"),
        )
    }
    assert len(shown) == 1
    assert (await fetched(office.app, live)).status_code == 200


async def test_an_address_rests_while_its_person_is_not_known_to_be_anybody(office: Office, name: str) -> None:
    person = await office.person("einbeck")
    address = await made(person, name)
    token = await record(office, hashed(secret_of(address)))

    async def be(**values: Any) -> None:
        rows = [{"id": token["actor"], **values}]
        await office.service.graph.transact(lambda transaction: transaction.put("Actor", rows))

    now = datetime.fromisoformat(await office.service.graph.now())
    await be(seen_at=instant(now - timedelta(days=91)))
    await gone(office, address)
    await be(seen_at=instant(now - timedelta(days=89)), memberships=[])
    await gone(office, address)
    # Back again, it is the same address.
    await office.person("einbeck")
    assert (await fetched(office.app, address)).status_code == 200


async def test_nobody_sees_or_revokes_what_is_another_s(office: Office, name: str) -> None:
    address = await made(await office.person("einbeck"), name)
    other = await office.person("merseburg")
    assert name not in await other.opened(LISTS)
    assert (await other.get(f"{LISTS}/revoke?feed={hashed(secret_of(address))}")).status_code == 404
    query = "mutation ($id: ID!) { revokeFeedAddress(input: {feedAddress: $id}) { __typename } }"
    told = [
        await office.ask(other, query, id=id_) for id_ in (hashed(secret_of(address)), "f" * 64, secret_of(address))
    ]
    assert told == [{"revokeFeedAddress": {"__typename": "NotFound"}}] * 3
    assert (await fetched(office.app, address)).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["", "?page=/my", "?page=/admin", "?form=NEWS&page=/hubs", "?form=CALENDAR&page=/projects", "?form=X&page=/hubs",
     "?page=//evil.example/hubs", "?page=https://evil.example/hubs", f"?page=/hubs?{'name=x%26' * 300}", "?page=%00"],
)  # fmt: skip
async def test_there_are_addresses_of_lists_alone(office: Office, query: str) -> None:
    person = await office.person("einbeck")
    assert (await person.get(f"{LISTS}/new{query}")).status_code == 404


@pytest.mark.parametrize("page", ["/my", "//evil.example", "hubs", "/hubs\r\nX: y", "/projects/../my", ""])
async def test_the_api_makes_addresses_of_lists_alone(office: Office, page: str) -> None:
    person = await office.person("einbeck")
    query = (
        'mutation ($page: String!) { createFeedAddress(input: {name: "x", form: TABLE, page: $page}) '
        "{ __typename ... on InvalidInput { problems { path } } } }"
    )
    answer = await office.ask(person, query, page=page)
    assert answer["createFeedAddress"] == {"__typename": "InvalidInput", "problems": [{"path": ["input", "page"]}]}


async def test_an_account_without_a_house_gets_none(office: Office) -> None:
    person = await office.person("nothing")
    assert "gehört noch zu keinem Haus" in await person.opened(LISTS)
    assert "<button>Anlegen" not in await person.opened(f"{LISTS}/new?page=/hubs")
    query = 'mutation { createFeedAddress(input: {name: "x", form: TABLE, page: "/hubs"}) { __typename } }'
    assert await office.ask(person, query) == {"createFeedAddress": {"__typename": "Forbidden"}}


@pytest.mark.parametrize("path", [LISTS, f"{LISTS}/new?page=/hubs", f"{LISTS}/revoke?feed=x"])
async def test_ones_own_addresses_need_a_session(office: Office, path: str) -> None:
    assert (await (await office.person()).get(path)).status_code == 303


async def test_lists_lead_members_to_an_address_with_their_filter(office: Office) -> None:
    person = await office.person("einbeck")
    text = unescape(await person.opened("/en/needs?kind=offers"))
    assert "/en/my/feeds/new?form=TABLE&page=%2Fneeds%3Fkind%3Doffers" in text
    assert "/my/feeds/new" not in await (await office.person()).opened("/needs")
    assert "/my/feeds/new?form=CALENDAR" in unescape(await person.opened("/events"))
    assert "/my/feeds/new?form=NEWS" in unescape(await person.opened("/projects"))


async def test_no_line_of_the_log_holds_the_secret(office: Office, name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    address = await made(await office.person("einbeck"), name)
    secret = secret_of(address)
    await fetched(office.app, address)
    await fetched(office.app, address.replace(".csv", ".ics"))
    await fetched(office.app, address.replace("/hubnetz", "/x/hubnetz"))
    lines = [JsonFormatter().format(record) for record in caplog.records if record.name.startswith("hubnetz")]
    assert any("/feeds/{secret}/{file}" in line for line in lines)
    assert not any(secret in line for line in lines)


@pytest_asyncio.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Office]:
    """An office in which little may be asked."""
    provider = SigningProvider("strict")
    async with office_of(tmp_path, provider, RATE_FEEDS="2", RATE_DOORS="5") as made:
        yield made
    provider.close()


async def test_an_address_is_fetched_so_often_and_guessed_so_often(strict: Office, name: str) -> None:
    person = await strict.person("einbeck")
    address, other = await made(person, name), await made(person, f"{name}-2")
    assert [(await fetched(strict.app, address)).status_code for _ in range(3)] == [200, 200, 429]
    refused = await fetched(strict.app, address)
    assert int(refused.headers["retry-after"]) > 0
    assert secret_of(address) not in refused.text
    # Another address has a budget of its own, and so has the person.
    assert (await fetched(strict.app, other)).status_code == 200
    assert (await person.get("/projects")).status_code == 200

    wrong = address.replace(secret_of(address), "A" * 43)
    assert {(await fetched(strict.app, wrong)).status_code for _ in range(8)} == {410, 429}
    # Whoever guesses reads nothing by a right one, either.
    assert (await fetched(strict.app, other)).status_code == 429


async def test_whoever_has_thirty_addresses_revokes_one_first(strict: Office, name: str) -> None:
    person = await strict.person("einbeck")
    first = await record(strict, hashed(secret_of(await made(person, name))))
    more = [{**first, "id": hashed(str(number))} for number in range(29)]
    await strict.service.graph.transact(lambda transaction: transaction.put("FeedToken", more))
    answer = await person.fill(f"{LISTS}/new?page=/hubs", name=name)
    assert answer.status_code == 422
    assert len(await kept(strict, person)) == 30
