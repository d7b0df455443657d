"""Addresses of one's own: each shows one list as its person would see it now, and no more."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from auth.sessions import hashed
from graph.commands.feed_addresses import MAX_ADDRESSES
from graph.tally import tallied
from graph.values import Contact, Instant, PartialDate, instant
from graph.vocabulary import Stage
from network.edge.logs import JsonFormatter
from tests.fixtures.builders import make_event, plant
from tests.fixtures.provider import SigningProvider
from tests.fixtures.units import stored
from tests.network.plain import client
from tests.network.writing import einbeck
from tests.pages.desks import Office, Person, hidden_of, office_of
from tests.pages.feeding import calendar, entries, fetched, titles

LISTS = "/my/feeds"


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


async def test_an_address_costs_the_same_whatever_is_in_its_list(office: Office, name: str) -> None:
    address = await made(await office.person("einbeck"), name)

    async def calls() -> int:
        with tallied() as asked:
            assert (await fetched(office.app, address)).status_code == 200
        return asked.calls

    await office.project(f"{name}-one", slug=f"{name}-one", title=f"{name} one")
    # Once a day, the day is written down.
    await calls()
    few = await calls()
    for number in range(5):
        await office.project(f"{name}-{number}", slug=f"{name}-{number}", title=f"{name} {number}")
    assert await calls() == few <= 20


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


async def test_a_feed_that_cannot_be_read_is_no_empty_one(office: Office, name: str) -> None:
    # Nobody has built the index of this office.
    for path in ("/search.atom", "/search.csv", await made(await office.person("einbeck"), name, page="/search?q=x")):
        answer = await fetched(office.app, path)
        assert answer.status_code == 503, path
        assert answer.headers["retry-after"] == "30"
        assert answer.json()["errors"][0]["extensions"] == {"code": "UNAVAILABLE", "retryable": True}


async def test_whoever_has_too_many_addresses_reads_what_to_do(office: Office, name: str) -> None:
    person = await office.person("amt")
    key = hashed(secret_of(await made(person, name)))
    one = await record(office, key)
    more = [{**one, "id": f"{key}-{number}"} for number in range(MAX_ADDRESSES - 2)]
    await office.service.graph.transact(lambda transaction: transaction.put("FeedToken", more))
    at = f"{LISTS}/new?form=TABLE&page=/hubs"
    before = await person.opened(at)
    assert "schon 30 Adressen" not in before
    assert (await person.fill(at, name=f"{name}-30")).status_code == 200

    full = await person.opened(at)
    assert "Sie haben schon 30 Adressen. Widerrufen Sie zuerst eine" in full
    assert f'href="{LISTS}"' in full.partition("<h1")[2]
    late = await person.submit(at, {**hidden_of(before, at), "name": f"{name}-31"})
    assert late.status_code == 422
    assert "Sie haben schon 30 Adressen. Widerrufen Sie zuerst eine" in late.text
    assert "Damit können wir nichts anfangen" not in late.text
    assert "You already have 30 addresses" in await person.opened(f"/en{at}")
