"""Rates at the edge: who is counted as whom, what the refusal says, and that a refused request does nothing."""

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from graph.tally import tallied
from network.app import create_app, open_ports
from network.configuration.settings import load
from network.ports import Ports
from network.rates import Kind, Rate, Rates
from tests.fixtures.builders import plant
from tests.fixtures.provider import SigningProvider
from tests.network import writing
from tests.network.plain import make_app
from tests.network.signing_in import Browser, Service, issuers_file

HELLO = {"query": "{ hello }"}
SIGNED_IN = {"authorization": "Bearer zeitz-lead"}


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def rates(clock: Clock, **counts: int) -> Rates:
    return Rates({Kind[name.upper()]: Rate(count, 60) for name, count in counts.items()}, clock=clock)


def at(app: ASGIApp, address: str = "192.0.2.1") -> httpx.AsyncClient:
    """A client that comes from `address`."""
    transport = httpx.ASGITransport(app=app, client=(address, 1_234))
    return httpx.AsyncClient(transport=transport, base_url="http://hubnetz.test")


async def statuses(app: ASGIApp, times: int, address: str = "192.0.2.1", **headers: str) -> list[int]:
    async with at(app, address) as http:
        return [(await http.post("/graphql", json=HELLO, headers=headers)).status_code for _ in range(times)]


async def test_whoever_asks_too_often_hears_when_to_come_back_and_then_may(clock: Clock) -> None:
    app = make_app(rates=rates(clock, operations=2))
    async with at(app) as http:
        for _ in range(2):
            assert (await http.post("/graphql", json=HELLO)).status_code == 200
        for accept in ("application/json", "application/graphql-response+json"):
            refused = await http.post("/graphql", json=HELLO, headers={"accept": accept})
            assert refused.status_code == 429
            assert refused.headers["retry-after"] == "30"
            assert refused.headers["content-type"].startswith(accept)
            assert refused.headers["cache-control"] == "no-store"
            assert refused.json() == {
                "errors": [
                    {
                        "message": "Too many operations: try again in 30 seconds.",
                        "extensions": {"code": "RATE_LIMITED", "retryable": True, "retryAfter": 30},
                    }
                ]
            }
        clock.now += 30
        assert (await http.post("/graphql", json=HELLO)).status_code == 200
        assert (await http.get("/graphql", params=HELLO)).status_code == 429


async def test_requests_of_one_address_are_counted_whatever_they_ask(clock: Clock) -> None:
    app = make_app(rates=rates(clock, requests=3))
    async with at(app) as http:
        assert (await http.get("/nowhere")).status_code == 404
        assert (await http.post("/graphql", content=b"no JSON")).status_code == 415
        assert (await http.post("/graphql", json=HELLO)).status_code == 200
        refused = await http.get("/nowhere", headers={"accept": "application/json"})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "20")
        assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert (await http.get("/livez")).status_code == 200
        assert (await http.get("/static/site.css")).status_code == 404
    assert await statuses(app, 1, "192.0.2.2") == [200]


async def test_a_browser_reads_it_in_german(clock: Clock) -> None:
    app = make_app(rates=rates(clock, requests=1))
    async with at(app) as http:
        await http.get("/")
        refused = await http.get("/", headers={"accept": "text/html,*/*;q=0.8"})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert refused.headers["content-type"].startswith("text/html")
    assert "Zu viele Anfragen" in refused.text
    assert "60 Sekunden" in refused.text


async def test_ipv6_clients_are_counted_by_their_network(clock: Clock) -> None:
    app = make_app(rates=rates(clock, operations=2))

    assert await statuses(app, 1, "2001:db8:0:7::1") == [200]
    assert await statuses(app, 2, "2001:db8:0:7:ffff::2") == [200, 429]
    assert await statuses(app, 1, "2001:db8:0:8::1") == [200]


async def test_nobody_gets_a_new_budget_by_claiming_an_address(clock: Clock) -> None:
    app = make_app(rates=rates(clock, operations=2))
    found = [await statuses(app, 1, **{"x-forwarded-for": f"198.51.100.{number}"}) for number in range(4)]
    assert found == [[200], [200], [429], [429]]


async def test_behind_a_trusted_proxy_each_client_has_its_own(clock: Clock) -> None:
    app = make_app(rates=rates(clock, operations=1), trusted=(ipaddress.ip_network("10.0.0.0/8"),))

    for client in ("198.51.100.1", "198.51.100.2", "2001:db8::1"):
        assert await statuses(app, 2, "10.0.0.1", **{"x-forwarded-for": client}) == [200, 429]
    # What the client itself put in front of the proxy's word counts for nothing.
    assert await statuses(app, 1, "10.0.0.1", **{"x-forwarded-for": "203.0.113.9, 198.51.100.1"}) == [429]


async def test_a_principal_has_one_budget_wherever_it_comes_from(clock: Clock) -> None:
    app = make_app(rates=rates(clock, operations=2))

    assert await statuses(app, 1, "192.0.2.1", **SIGNED_IN) == [200]
    assert await statuses(app, 2, "192.0.2.2", **SIGNED_IN) == [200, 429]
    assert await statuses(app, 1, "192.0.2.2") == [200]


async def test_behind_a_router_principals_are_counted_and_its_address_is_not(clock: Clock) -> None:
    router = ipaddress.ip_network("10.0.0.5/32")
    app = make_app(rates=rates(clock, operations=2, requests=2, bad_tokens=1), behind=(router,))
    async with at(app, "10.0.0.5") as http:

        async def status(**headers: str) -> int:
            return (await http.post("/subgraphs/plain", json=HELLO, headers=headers)).status_code

        assert {await status() for _ in range(10)} == {200}
        assert [await status(**SIGNED_IN) for _ in range(3)] == [200, 200, 429]
        assert {await status(authorization="Bearer wrong") for _ in range(5)} == {401}
    async with at(app, "10.0.0.6") as http:
        found = [(await http.post("/subgraphs/plain", json=HELLO)).status_code for _ in range(3)]
    assert found == [200, 200, 429]


async def test_whoever_brings_wrong_tokens_is_slowed_and_others_are_not(clock: Clock) -> None:
    app = make_app(rates=rates(clock, bad_tokens=3))

    assert await statuses(app, 5, authorization="Bearer wrong") == [401, 401, 401, 429, 429]
    # No token is even looked at, since looking is what costs.
    assert await statuses(app, 1, **SIGNED_IN) == [429]
    assert await statuses(app, 1) == [200]
    assert await statuses(app, 1, "192.0.2.2", **SIGNED_IN) == [200]
    clock.now += 20
    assert await statuses(app, 1, **SIGNED_IN) == [200]
    assert await statuses(app, 2, authorization="Bearer wrong") == [401, 429]


async def test_good_tokens_use_up_nothing_at_the_door(clock: Clock) -> None:
    app = make_app(rates=rates(clock, bad_tokens=1))
    assert set(await statuses(app, 10, **SIGNED_IN)) == {200}


async def test_what_an_operation_may_ask_for_is_its_weight(clock: Clock) -> None:
    app = make_app(rates=rates(clock, cost=100))
    query = "query ($n: Int) { projects(first: $n) { edges { node { title } } } }"
    async with at(app) as http:

        async def status(rows: int) -> int:
            asked = {"query": query, "variables": {"n": rows}}
            return (await http.post("/graphql", json=asked)).status_code

        assert [await status(90), await status(20), await status(8)] == [200, 429, 200]


async def test_each_mutation_of_an_operation_counts_and_a_query_does_not(clock: Clock) -> None:
    app = make_app(rates=rates(clock, mutations=4))
    three = "mutation { a: count ...F } fragment F on Mutation { b: count ... { c: count } }"
    async with at(app) as http:

        async def status(query: str) -> int:
            return (await http.post("/graphql", json={"query": query}, headers=SIGNED_IN)).status_code

        assert [await status("{ hello }") for _ in range(9)] == [200] * 9
        assert [await status(three), await status(three)] == [200, 429]
        assert [await status("mutation { count }"), await status("mutation { count }")] == [200, 429]


async def test_a_document_that_is_wrong_counts_once(clock: Clock) -> None:
    app = make_app(rates=rates(clock, operations=2))
    async with at(app) as http:
        found = [(await http.post("/graphql", json={"query": "{ nope"})).status_code for _ in range(3)]
    assert found == [200, 200, 429]


async def test_at_the_same_time_no_more_come_through(clock: Clock) -> None:
    app = make_app(rates=rates(clock, operations=7, requests=30))
    async with at(app) as http:
        answers = await asyncio.gather(*(http.post("/graphql", json=HELLO) for _ in range(40)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [429] * 33


@contextlib.asynccontextmanager
async def _served(folder: Path, **given: str) -> AsyncIterator[tuple[ASGIApp, Ports]]:
    """The application while the clock of its rates stands: how long a request takes gives nothing back."""
    environment = {"HUBNETZ_DATA_DIR": str(folder), **{f"HUBNETZ_{name}": value for name, value in given.items()}}
    settings = load(environment, env_file=folder / "none")
    opened = await open_ports(settings)
    await opened.graph.apply_schema()
    await plant(opened.graph, *writing.NETWORK)
    ports = Ports(graph=opened.graph, search=opened.search, authenticator=writing.Tokens(), clock=Clock())
    try:
        yield create_app(settings, ports), ports
    finally:
        await ports.close()


async def test_a_refused_mutation_writes_nothing_and_asks_the_database_nothing(tmp_path: Path) -> None:
    async with _served(tmp_path, RATE_MUTATIONS="1", RATE_OPERATIONS="5") as (app, _):
        headers = {"authorization": "Bearer merseburg"}
        create = """mutation ($input: CreateProjectDraftInput!) {
          createProjectDraft(input: $input) { __typename ... on CreateProjectDraftSuccess { project { id } } }
        }"""
        mine = {"query": "{ projects(first: 50) { totalCount } }"}

        async def write(http: httpx.AsyncClient) -> Any:
            return await http.post(
                "/graphql", json={"query": create, "variables": {"input": writing.FIVE}}, headers=headers
            )

        async with at(app) as http:
            assert (await write(http)).json()["data"]["createProjectDraft"]["__typename"] == "CreateProjectDraftSuccess"
            with tallied() as asked:
                refused = await write(http)
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
            # At most the door's look at who that is.
            assert asked.calls <= 1
            counted = (await http.post("/graphql", json=mine, headers=headers)).json()["data"]["projects"]["totalCount"]
            assert counted == 1
            with tallied() as asked:
                answers = [(await http.post("/graphql", json=mine, headers=headers)).status_code for _ in range(4)]
            assert answers == [200, 200, 429, 429]
            assert asked.calls > 0
            with tallied() as asked:
                assert (await http.post("/graphql", json=mine, headers=headers)).status_code == 429
            assert asked.calls == 0


async def test_a_page_that_is_refused_is_counted_as_an_answer_is(tmp_path: Path) -> None:
    async with _served(tmp_path, RATE_OPERATIONS="2", OPERATORS="0.0.0.0/0,::/0") as (app, _), at(app) as http:
        statuses = [(await http.get("/hubs")).status_code for _ in range(4)]
        metrics = (await http.get("/metrics")).text
    assert set(statuses) == {200, 429}
    assert f'hubnetz_graphql_errors_total{{code="RATE_LIMITED"}} {float(statuses.count(429))}' in metrics


async def test_browsers_of_other_sites_may_read_when_to_come_back(tmp_path: Path) -> None:
    given = {"RATE_REQUESTS": "1", "CORS_ORIGINS": "https://portal.example"}
    async with _served(tmp_path, **given) as (app, _), at(app) as http:
        headers = {"origin": "https://portal.example"}
        await http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
        refused = await http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
        assert refused.status_code == 429
        assert refused.headers["access-control-allow-origin"] == "https://portal.example"
        assert "Retry-After" in refused.headers["access-control-expose-headers"]
        watched = [(await http.get(path)).status_code for path in ("/livez", "/readyz") for _ in range(3)]
        assert watched == [200] * 6


async def test_zero_is_no_limit_and_a_developer_meets_none(tmp_path: Path) -> None:
    async with _served(tmp_path, RATE_REQUESTS="0") as (app, _), at(app, "127.0.0.1") as http:
        found = {(await http.post("/graphql", json={"query": "{ __typename }"})).status_code for _ in range(1_500)}
        assert found == {200}


async def test_sign_ins_of_one_address_are_few(provider: SigningProvider, tmp_path: Path) -> None:
    file = issuers_file(tmp_path, hubs=provider)
    given = {"DATA_DIR": str(tmp_path / "var"), "ISSUERS": str(file), "RATE_DOORS": "3"}
    async with Service(tmp_path, **given) as service, Browser(service.app(clock=Clock())) as browser:
        await browser.sign_in(provider)
        await browser.begin()
        begun = await browser.get("/sign-in/hubs")
        ended = await browser.get("/sign-in/hubs/callback?state=guessed&code=guessed")
        for refused in (begun, ended):
            assert refused.status_code == 429
            assert "Zu viele Anfragen" in refused.text
            assert int(refused.headers["retry-after"]) in range(1, 21)
        assert await browser.memberships() == ["hub_lead:zeitz"], "who is signed in goes on"
        browser.cookies.clear()
        with tallied() as asked:
            assert (await browser.get("/sign-in/hubs")).status_code == 429
        assert asked.calls == 0


@pytest.mark.parametrize(("method", "sent"), [("GET", None), ("POST", {"decision": "yes"})])
async def test_links_of_one_address_are_few(tmp_path: Path, method: str, sent: dict[str, str] | None) -> None:
    async with _served(tmp_path, RATE_DOORS="3") as (app, _), at(app) as http:
        link = f"/link/{'A' * 43}"
        assert [(await http.request(method, link, data=sent)).status_code for _ in range(3)] == [410] * 3
        with tallied() as asked:
            refused = await http.request(method, link, data=sent, headers={"accept": "text/html"})
        assert refused.status_code == 429
        assert "Zu viele Anfragen" in refused.text
        assert refused.headers["referrer-policy"] == "no-referrer"
        assert asked.calls == 0
        async with at(app, "192.0.2.2") as other:
            assert (await other.request(method, link, data=sent)).status_code == 410


async def test_made_up_sessions_are_slowed_like_wrong_tokens(provider: SigningProvider, tmp_path: Path) -> None:
    file = issuers_file(tmp_path, hubs=provider)
    async with Service(tmp_path, DATA_DIR=str(tmp_path / "var"), ISSUERS=str(file), RATE_DOORS="2") as service:
        app = service.app(clock=Clock())

        async def guess(number: int) -> int:
            async with Browser(app) as browser:
                return (await browser.ask(cookie=f"session={number:043}")).status_code

        assert [await guess(1), await guess(2)] == [401, 401]
        with tallied() as asked:
            assert await guess(3) == 429
        assert asked.calls == 0
