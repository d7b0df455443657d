"""What the router takes, what it refuses, and what of a request it passes on: `deploy/router` over a subgraph of somebody else."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fixtures.process import START_S
from tests.network.routed import GRAPHQL, Routed, beside_nobody, codes

PARKING = '{ parking(name: "Markt") { name free } }'
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(scope="module")
def _router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routed]:
    with beside_nobody(tmp_path_factory.mktemp("router")) as routed:
        yield routed


@pytest.fixture
def routed(_router: Routed) -> Routed:
    _router.foreign.forget()
    return _router


def raw(routed: Routed, head: str, body: bytes = b"") -> bytes:
    """The beginning of the answer to bytes that no client library would send."""
    with socket.create_connection(("127.0.0.1", int(routed.router.url.rpartition(":")[2])), timeout=START_S) as line:
        line.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        return line.recv(65_536)


def passed_on(routed: Routed, **headers: str) -> tuple[dict[str, str], httpx.Response]:
    answer = routed.post(PARKING, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.json() == {"data": {"parking": {"name": "Markt", "free": 7}}}
    return routed.foreign.asked[-1].headers, answer


def test_which_request_it_is_goes_on(routed: Routed) -> None:
    given = {"traceparent": TRACE, "x-request-id": "request-12345"}
    found, answer = passed_on(routed, **given)

    assert {name: found.get(name) for name in given} == given
    assert answer.headers["x-request-id"] == "request-12345"


WHO = {
    "authorization": "Bearer abc",
    "tracestate": "town=zeitz",
    "apollographql-client-name": "board of the town of Zeitz",
    "apollographql-client-version": "1.2",
    "graphql-client-name": "board of the town of Zeitz",
    "graphql-client-version": "1.2",
    "x-forwarded-for": "198.51.100.7, 10.0.0.1",
}


@pytest.mark.parametrize(
    ("trusted", "is_told"), [(None, False), ("directory,projects", False), ("parking", True), ("directory, *", True)]
)
def test_who_asks_is_told_to_those_alone_who_are_trusted_with_it(
    tmp_path: Path, trusted: str | None, is_told: bool
) -> None:
    with beside_nobody(tmp_path, **({} if trusted is None else {"TOKEN_SUBGRAPHS": trusted})) as routed:
        found, _ = passed_on(routed, **WHO)
        alone, _ = passed_on(routed)

    # Whoever believes this router reads from the right, and stops at the first that is none of its proxies.
    told = WHO | {"x-forwarded-for": f"{WHO['x-forwarded-for']}, 127.0.0.1"}
    assert {name: found[name] for name in WHO if name in found} == (told if is_told else {})
    assert alone.get("x-forwarded-for") == ("127.0.0.1" if is_told else None)


def test_nothing_else_goes_on(routed: Routed) -> None:
    cookies = {
        "cookie": "__Host-session=abc",
        "x-user": "admin",
        "x-real-ip": "198.51.100.7",
        "forwarded": "for=198.51.100.7",
        "x-forwarded-user": "admin",
        "x-forwarded-proto": "http",
    }
    found, _ = passed_on(routed, authorization="Bearer abc", apollo_federation_include_trace="ftv1", **cookies)

    assert set(found) <= {
        *("host", "connection", "accept", "accept-encoding", "content-type", "content-length", "user-agent"),
        *("x-request-id", "transfer-encoding"),
    }


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with blank", "ä" * 10, "id;rm -rf"])
def test_a_request_without_a_proper_id_gets_one_that_all_know(routed: Routed, given: str) -> None:
    headers: Any = {b"x-request-id": given.encode()} if given else {}
    answer = httpx.post(f"{routed.router.url}/graphql", json={"query": PARKING}, headers=headers, timeout=START_S)

    made = answer.headers["x-request-id"]
    assert made != given
    assert len(made) >= 32
    assert routed.foreign.asked[-1].headers["x-request-id"] == made


@pytest.mark.parametrize(
    "query", ["{ __schema { types { name fields { name } } } }", '{ __type(name: "Query") { name } }']
)
def test_the_schema_is_closed_to_outsiders(routed: Routed, query: str) -> None:
    answer = routed.post(query)

    assert answer.status_code == 400
    assert answer.json() == {
        "errors": [{"message": "Introspection is closed here.", "extensions": {"code": "FORBIDDEN"}}]
    }
    assert routed.ask("{ __typename }") == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    "query",
    [
        "{ _service { sdl } }",
        '{ _entities(representations: [{__typename: "Municipality", ars: "1"}]) { __typename } }',
        "{ parkin }",
    ],
)
def test_machinery_of_the_federation_is_not_reachable_and_names_are_not_suggested(routed: Routed, query: str) -> None:
    answer = routed.ask(query)

    assert codes(answer) == ["GRAPHQL_VALIDATION_FAILED"]
    assert "Did you mean" not in answer["errors"][0]["message"]
    assert routed.foreign.asked == []


def bomb(levels: int, leaf: str = "__typename") -> str:
    parts = [f"fragment f{level} on Query {{ ...f{level + 1} ...f{level + 1} }}" for level in range(levels)]
    return "{ ...f0 } " + " ".join(parts) + f" fragment f{levels} on Query {{ {leaf} }}"


DEEP = "{ parking(name: 1) " + "{ of " * 16 + "{ slug }" + " }" * 17


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        (DEEP, "max_depth"),
        ("{" + " __typename" * 21 + "}", "max_root_fields"),
        ("mutation {" + ' reserve(name: "a") { free }' * 11 + "}", "max_mutations"),
        ("{ parking(name: 1) {" + "".join(f" a{number}: free" for number in range(16)) + "} }", "max_aliases"),
        ("{ parking(name: 1) {" + " free" * 1_000 + "} }", "max_fields"),
        ("{" + " __typename" * 2_001 + "}", "max_tokens"),
        ("{ __typename @include(if: true) @skip(if: false) @a @b @c }", "max_directives_per_place"),
        ("{ parking(name: 1) {" + " free @include(if: true)" * 51 + "} }", "max_directives"),
        (bomb(100), "max_root_fields"),
        (bomb(100, "parking(name: 1) { free }"), "max_root_fields"),
        (bomb(100, "a: __typename"), "max_root_fields"),
        ("{ __schema " + "{ types { fields { type " * 7 + "{ name" + " } } }" * 7 + " } }", "max_depth"),
    ],
)
def test_a_hostile_document_is_refused_before_anybody_is_asked(routed: Routed, query: str, limit: str) -> None:
    answer = routed.post(query)

    assert answer.status_code == 400
    assert codes(answer.json()) == ["LIMIT_EXCEEDED"], answer.text[:300]
    assert answer.json()["errors"][0]["extensions"]["limit"] == limit
    assert routed.foreign.asked == []


@pytest.mark.parametrize(
    "query",
    [
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "{ ...a } fragment a on Query { parking(name: 1) { ...a } }",
        "{ parking(name: " + "[" * 900 + "]" * 900 + ") { free } }",
        "query (" + " ".join(f"$v{number}: Int" for number in range(400)) + ") { __typename }",
        "{ parking(name: 1) {" + " of { slug }" * 300 + "} }",
    ],
)
def test_documents_that_explode_elsewhere_are_only_wrong(routed: Routed, query: str) -> None:
    assert set(codes(routed.ask(query))) == {"GRAPHQL_VALIDATION_FAILED"}
    assert routed.foreign.asked == []


def test_a_body_has_a_size(routed: Routed) -> None:
    long = routed.post(PARKING, padding="x" * 300_000)
    chunks = (b" " * 65_536 for _ in range(100))
    headers = GRAPHQL | {"content-type": "application/json"}

    assert (long.status_code, codes(long.json())) == (413, ["LIMIT_EXCEEDED"])
    try:
        unannounced = httpx.post(f"{routed.router.url}/graphql", content=chunks, headers=headers, timeout=START_S)
    except httpx.TransportError:
        # The router may close before everything is sent; that it has not gone is seen below.
        pass
    else:
        assert unannounced.status_code == 413
    assert routed.ask("{ __typename }") == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"[]", "Batches are not supported"),
        (json.dumps([{"query": PARKING}] * 2).encode(), "Batches are not supported"),
        *((given, "expected a JSON object") for given in (b"5", b"null", b"true", b'"x"')),
        *((given, "not JSON") for given in (b"", b"{", b"\xff\xfe", b"[" * 100_000)),
        *((given, "query: expected") for given in (b"{}", b'{"query": null}', b'{"query": 5}', b'{"query": " "}')),
        (b'{"query": "{ __typename }", "variables": "x"}', "variables"),
    ],
)
def test_what_is_no_request_is_refused(routed: Routed, body: bytes, told: str) -> None:
    headers = {"content-type": "application/json"}
    answer = httpx.post(f"{routed.router.url}/graphql", content=body, headers=headers, timeout=START_S)

    assert answer.status_code == 400
    assert codes(answer.json()) == ["BAD_USER_INPUT"]
    assert told in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql"],
)
def test_other_media_types_are_not_taken(routed: Routed, media_type: str) -> None:
    headers = {"content-type": media_type}
    answer = httpx.post(f"{routed.router.url}/graphql", content=b'{"query":"{__typename}"}', headers=headers)

    assert (answer.status_code, codes(answer.json())) == (415, ["BAD_USER_INPUT"])


def test_get_reads_and_never_writes(routed: Routed) -> None:
    read = httpx.get(f"{routed.router.url}/graphql", params={"query": PARKING}, timeout=START_S)
    written = httpx.get(f"{routed.router.url}/graphql", params={"query": 'mutation { reserve(name: "a") { free } }'})
    wrong = httpx.get(f"{routed.router.url}/graphql", params={"query": PARKING, "variables": "{"})
    other = httpx.put(f"{routed.router.url}/graphql", json={"query": PARKING})

    assert read.json() == {"data": {"parking": {"name": "Markt", "free": 7}}}
    assert (written.status_code, written.headers["allow"]) == (405, "POST")
    assert (wrong.status_code, codes(wrong.json())) == (400, ["BAD_USER_INPUT"])
    assert (other.status_code, other.headers["allow"]) == (405, "GET, POST")
    assert routed.foreign.reserved == []


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{ parking(", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: String!) { parking(name: $n) { free } }", {"n": 5}, "BAD_USER_INPUT"),
        ("query ($n: String!) { parking(name: $n) { free } }", {}, "BAD_USER_INPUT"),
        ("query a { __typename } query b { __typename }", {}, "BAD_USER_INPUT"),
        ("subscription { parking }", {}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_a_wrong_document_gets_its_documented_code_and_status(
    routed: Routed, query: str, variables: dict[str, Any], code: str
) -> None:
    answer = routed.post(query, **variables)

    assert answer.status_code == 400
    assert codes(answer.json()) == [code]
    assert "data" not in answer.json()


def test_there_are_no_subscriptions_by_any_way(routed: Routed) -> None:
    answer = routed.ask("subscription { parking }")
    streamed = httpx.post(
        f"{routed.router.url}/graphql",
        json={"query": "subscription { parking }"},
        headers={"accept": "text/event-stream"},
        timeout=START_S,
    )
    upgraded = raw(
        routed,
        "GET /graphql HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Protocol: graphql-transport-ws",
    )

    assert answer["errors"][0]["message"] == "This service has no subscriptions."
    assert "This service has no subscriptions." in streamed.text or streamed.status_code == 406
    assert b" 101 " not in upgraded.partition(b"\r\n")[0]


def test_an_answer_is_nobody_elses(routed: Routed) -> None:
    _, answer = passed_on(routed)

    assert answer.headers["cache-control"] == "no-store"
    assert "authorization" in answer.headers["vary"].lower()
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in routed.post(PARKING, headers={"origin": "https://evil.example"}).headers


def test_there_are_no_pages_and_health_is_seen(routed: Routed) -> None:
    def get(path: str) -> int:
        return httpx.get(f"{routed.router.url}{path}", headers={"accept": "text/html"}, timeout=START_S).status_code

    assert [get(path) for path in ("/healthcheck", "/readiness")] == [200, 200]
    assert [get(path) for path in ("/", "/graphiql", "/metrics")] == [404, 404, 404]
    assert get("/graphql") >= 400


def test_a_document_may_be_sent_by_its_text_only(routed: Routed) -> None:
    url = f"{routed.router.url}/graphql"
    by_hash = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "a" * 64}}}

    for body in (by_hash, {"documentId": f"sha256:{'a' * 64}"}):
        assert codes(httpx.post(url, json=body, timeout=START_S).json()) == ["PERSISTED_QUERY_NOT_SUPPORTED"]


def test_a_request_of_two_lengths_is_refused(routed: Routed) -> None:
    # RFC 9112 §6.1: a proxy in front may believe the one, the router the other.
    head = (
        "POST /graphql HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 5\nTransfer-Encoding: chunked"
    )

    assert b" 400 " in raw(routed, head, b"0\r\n\r\n").partition(b"\r\n")[0]
