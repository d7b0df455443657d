"""The middleware, from outside: request ids, headers, callers, proxies, and what the log says."""

import asyncio
import io
import ipaddress
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph.selection import Match, Selection
from graph.tally import tallied
from network.edge import logs
from network.edge.metrics import Metrics
from network.edge.middleware import EdgeMiddleware
from tests.fixtures.memory_store import MemoryGraphStore
from tests.network.plain import client, make_app

QUERY = {"query": "{ who }"}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The JSON log of the test; logging is as it was afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(is_json=True, level="info", stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_every_answer_has_a_request_id_of_its_own() -> None:
    async with client(make_app()) as http:
        ids = {(await http.post("/graphql", json=QUERY)).headers["x-request-id"] for _ in range(5)}
        ids.add((await http.get("/nowhere")).headers["x-request-id"])
    assert len(ids) == 6


@pytest.mark.parametrize("given", ["abc", "x" * 65, "a b c d e f", "<script>", 'id"quoted"', "..\\..\\etc"])
async def test_a_request_id_that_is_not_well_formed_is_replaced(given: str) -> None:
    async with client(make_app()) as http:
        response = await http.post("/graphql", json=QUERY, headers={"x-request-id": given})
        assert response.headers["x-request-id"] != given
        kept = await http.post("/graphql", json=QUERY, headers={"x-request-id": "trace-01_A.9"})
        assert kept.headers["x-request-id"] == "trace-01_A.9"


async def test_security_headers_are_everywhere() -> None:
    async with client(make_app()) as http:
        for response in (await http.post("/graphql", json=QUERY), await http.get("/nowhere")):
            assert response.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in response.headers["content-security-policy"]
            assert "unsafe" not in response.headers["content-security-policy"]
            assert response.headers["referrer-policy"] == "no-referrer"
            assert response.headers["cross-origin-resource-policy"] == "same-origin"
            assert "server" not in response.headers


async def test_who_brings_no_token_is_anonymous_and_who_brings_a_good_one_is_known() -> None:
    async with client(make_app()) as http:
        assert (await http.post("/graphql", json=QUERY)).json() == {"data": {"who": "Anonymous"}}
        for scheme in ("Bearer", "bearer", "BEARER"):
            response = await http.post("/graphql", json=QUERY, headers={"authorization": f"{scheme} zeitz-lead"})
            assert response.json() == {"data": {"who": "Principal"}}


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer wrong",
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Bearer ä".encode(),
        "Basic dXNlcjpwdw==",
        "zeitz-lead",
        "",
        "Bearer " + "a" * 9_000,
    ],
)
async def test_a_bad_token_is_never_silently_anonymous(authorization: str | bytes) -> None:
    sent = authorization if isinstance(authorization, bytes) else authorization.encode("ascii")
    async with client(make_app()) as http:
        response = await http.post("/graphql", json=QUERY, headers={b"authorization": sent})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert response.headers["cache-control"] == "no-store"


async def test_two_tokens_are_no_token() -> None:
    async with client(make_app()) as http:
        headers = [("authorization", "Bearer zeitz-lead"), ("authorization", "Bearer zeitz-lead")]
        assert (await http.post("/graphql", json=QUERY, headers=headers)).status_code == 401


async def test_a_request_is_one_line_of_json_without_path_query_or_address(log: io.StringIO) -> None:
    async with client(make_app()) as http:
        await http.get("/graphql", params={"query": "{ hello }"}, headers={"x-request-id": "request-0001"})
        await http.get("/people/erika.mustermann@example.org")
    first, second = lines(log)
    assert first["request_id"] == "request-0001"
    assert (first["method"], first["route"], first["status"]) == ("GET", "/graphql", 200)
    assert second["route"] == "(none)"
    assert "mustermann" not in log.getvalue()
    assert "hello" not in log.getvalue()
    assert "127.0.0.1" not in log.getvalue()


async def test_a_line_says_how_often_its_own_request_asked_the_graph(log: io.StringIO) -> None:
    store = MemoryGraphStore()

    async def asking(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(int(scope["path"].strip("/"))):
            await store.select(Selection("Hub", ("name",)), Match("Hub"), audiences=())
            # The others ask meanwhile.
            await asyncio.sleep(0)
        await Response()(scope, receive, send)

    counts = (3, 0, 5, 1)
    async with client(EdgeMiddleware(asking, Metrics(), is_https=False)) as http:
        with tallied() as asked:
            await asyncio.gather(
                *(http.get(f"/{count}", headers={"x-request-id": f"request-{count}"}) for count in counts)
            )
    assert {line["request_id"]: line["graph_calls"] for line in lines(log)} == {f"request-{n}": n for n in counts}
    assert asked.calls == store.calls == sum(counts)


async def test_what_is_masked_for_the_caller_is_logged_once_with_its_traceback(log: io.StringIO) -> None:
    query = {"query": '{ a: fails(how: "internal") b: fails(how: "internal") }'}
    async with client(make_app()) as http:
        await http.post("/graphql", json=query, headers={"x-request-id": "request-0001"})
    errors = [line for line in lines(log) if line["level"] == "error"]
    assert len(errors) == 1
    assert errors[0]["request_id"] == "request-0001"
    assert "RuntimeError: password is swordfish" in str(errors[0]["traceback"])


async def test_an_unreachable_graph_is_a_warning_with_its_reason(log: io.StringIO) -> None:
    async with client(make_app()) as http:
        await http.post("/graphql", json={"query": '{ fails(how: "graph") }'})
    (warning,) = [line for line in lines(log) if line["level"] == "warning"]
    assert "refused" in str(warning["message"])


@pytest.mark.parametrize("is_json", [True, False])
def test_no_value_begins_a_line_of_its_own(is_json: bool) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter() if is_json else logs.TextFormatter())
    forged = {"name": "test", "msg": "%s", "args": ("a\r\nERROR\u2028\x1b[31m",), "operation": "b\nc\u0085d"}
    handler.handle(logging.makeLogRecord(forged))
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()


NEAR = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        (NEAR, "203.0.113.9", "203.0.113.9"),
        (NEAR, "198.51.100.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        (NEAR, "10.0.0.8, 10.0.0.7", "127.0.0.1"),
        ((), "203.0.113.9", "127.0.0.1"),
        (NEAR[1:], "203.0.113.9", "127.0.0.1"),
    ],
)
async def test_only_trusted_proxies_say_who_the_client_is(
    trusted: tuple[ipaddress.IPv4Network, ...], forwarded: str, expected: str
) -> None:
    seen = {}

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen["client"] = scope["client"][0]
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    from network.edge.middleware import ProxyMiddleware

    async with client(ProxyMiddleware(inner, trusted)) as http:
        await http.get("/", headers={"x-forwarded-for": forwarded})
    assert seen["client"] == expected


@pytest.mark.parametrize(
    ("trusted", "routers", "forwarded", "expected"),
    [
        ("", "127.0.0.1", "", True),
        ("", "127.0.0.1", "198.51.100.7", True),
        ("127.0.0.1", "127.0.0.1", "198.51.100.7", True),
        ("127.0.0.1,10.0.0.1", "10.0.0.1", "198.51.100.7, 10.0.0.1", True),
        # The router is behind a proxy, which vouches for it.
        ("127.0.0.1", "192.0.2.9", "192.0.2.9", True),
        # Whoever comes to a proxy may write what it likes left of itself.
        ("127.0.0.1", "192.0.2.9", "192.0.2.9, 198.51.100.7", False),
        ("127.0.0.1,10.0.0.1", "10.0.0.1", "10.0.0.1, 198.51.100.7", False),
        ("", "192.0.2.9", "192.0.2.9", False),
    ],
)
async def test_a_router_is_one_whoever_it_asks_for(trusted: str, routers: str, forwarded: str, expected: bool) -> None:
    from network.edge.middleware import ProxyMiddleware
    from network.edge.request import comes_through

    def networks(listed: str) -> list[ipaddress.IPv4Network]:
        return [ipaddress.IPv4Network(one) for one in listed.split(",") if one]

    seen = {}

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen["is_router"] = comes_through(scope, networks(routers))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async with client(ProxyMiddleware(inner, networks(trusted))) as http:
        await http.get("/", headers={"x-forwarded-for": forwarded})
    assert seen["is_router"] is expected


COMPOSE = ("172.30.78.0/24", "172.30.78.0/24,172.30.77.1/32")


@pytest.mark.parametrize(
    ("settings", "sender", "forwarded", "is_by_router", "is_hidden"),
    [
        # One process by itself: nobody is a router, nobody is believed.
        (("", ""), "203.0.113.9", "172.30.78.5", False, False),
        # A router that is believed about nobody: it may ask what routers ask, and all behind it are one address.
        (("172.30.78.0/24", ""), "172.30.78.5", "203.0.113.9", True, True),
        # As compose.yaml has it: the chain goes through the reverse proxy and the router, and ends at the client.
        (COMPOSE, "172.30.78.5", "203.0.113.9, 172.30.77.1", True, False),
        (COMPOSE, "172.30.78.5", "172.30.78.9, 203.0.113.9, 172.30.77.1", True, False),
        (COMPOSE, "172.30.78.5", "", True, True),
        (COMPOSE, "172.30.77.1", "203.0.113.9", False, False),
        (COMPOSE, "203.0.113.9", "172.30.78.5", False, False),
    ],
)
async def test_a_router_may_ask_for_all_and_hides_who_asks_only_where_it_says_nobody(
    settings: tuple[str, str], sender: str, forwarded: str, is_by_router: bool, is_hidden: bool
) -> None:
    from network.edge.middleware import ProxyMiddleware
    from network.edge.request import comes_through, hides_who_asks

    routers, trusted = ([ipaddress.IPv4Network(one) for one in listed.split(",") if one] for listed in settings)
    seen = {}

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen["by router"] = comes_through(scope, routers)
        seen["hidden"] = hides_who_asks(scope, routers)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    transport = httpx.ASGITransport(app=ProxyMiddleware(inner, trusted), client=(sender, 1_234))
    async with httpx.AsyncClient(transport=transport, base_url="http://hubnetz.test") as http:
        await http.get("/", headers={"x-forwarded-for": forwarded} if forwarded else {})
    assert seen == {"by router": is_by_router, "hidden": is_hidden}


async def test_an_exception_before_any_answer_becomes_one(log: io.StringIO) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("swordfish")

    async with client(EdgeMiddleware(broken, Metrics(), is_https=True)) as http:
        response = await http.get("/")
    assert response.status_code == 500
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "swordfish" not in response.text
    assert log.getvalue().count("Traceback") == 1
    assert response.headers["strict-transport-security"] == "max-age=31536000"


async def test_two_ways_to_say_where_a_body_ends_are_refused() -> None:
    async with client(make_app()) as http:
        headers = {"content-length": "5", "transfer-encoding": "chunked", "content-type": "application/json"}
        response = await http.post("/graphql", content=b"0\r\n\r\n", headers=headers)
    assert response.status_code == 400
    assert response.headers["connection"] == "close"
    assert "Transfer-Encoding" in response.json()["errors"][0]["message"]
