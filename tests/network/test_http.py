"""GraphQL over HTTP, from outside: methods, media types, bodies, statuses, and what errors tell."""

import json
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.limits import Limits
from tests.network.plain import client, make_app

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
QUERY = {"query": "{ hello }"}


async def post(body: Any = None, *, app: Any = None, content: bytes | None = None, **headers: Any) -> httpx.Response:
    given_headers = {"content-type": JSON} | {name.replace("_", "-"): value for name, value in headers.items()}
    async with client(app or make_app()) as http:
        sent = orjson.dumps(body) if content is None else content
        return await http.post("/graphql", content=sent, headers=given_headers)


async def get(*, app: Any = None, headers: dict[str, str] | None = None, **params: str) -> httpx.Response:
    async with client(app or make_app()) as http:
        return await http.get("/graphql", params=params, headers=headers)


def error(response: httpx.Response) -> dict[str, Any]:
    only: dict[str, Any]
    (only,) = response.json()["errors"]
    return only


async def test_a_query_is_answered() -> None:
    response = await post({"query": "query Q($n: String) { hello(name: $n) }", "variables": {"n": "Ähre"}})
    assert response.status_code == 200
    assert response.json() == {"data": {"hello": "Hallo Ähre"}}
    assert response.headers["content-type"] == f"{JSON}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (RESPONSE, RESPONSE),
        (JSON, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("", JSON),
        (f"{RESPONSE}, {JSON}", RESPONSE),
        (f"{JSON}, {RESPONSE}", RESPONSE),
        (f"{RESPONSE};q=0.5, {JSON}", JSON),
        (f"{RESPONSE}; charset=utf-8", RESPONSE),
        (f"{RESPONSE.upper()}", RESPONSE),
        (f"{RESPONSE};q=0, */*", JSON),
        ("text/html, */*;q=0.1", JSON),
        (f"{RESPONSE};q=x, {JSON}", JSON),
    ],
)
async def test_the_form_of_the_answer_is_negotiated(accept: str, expected: str) -> None:
    response = await post(QUERY, accept=accept)
    assert response.headers["content-type"] == f"{expected}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", "application/jsonx", "image/*", "application/json;q=0", "nonsense"])
async def test_what_we_cannot_send_is_406(accept: str) -> None:
    assert (await post(QUERY, accept=accept)).status_code == 406


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/jsonx",
        "application/json+x",
        "xapplication/json",
        "application/json, text/plain",
        "application/json; charset=latin-1",
        "application/graphql",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "",
    ],
)
async def test_other_bodies_are_415(content_type: str) -> None:
    response = await post(QUERY, content_type=content_type)
    assert response.status_code == 415
    assert error(response)["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "content_type", ["application/json", "APPLICATION/JSON; Charset=UTF-8", 'application/json; charset="utf-8"']
)
async def test_json_is_json(content_type: str) -> None:
    assert (await post(QUERY, content_type=content_type)).status_code == 200


async def test_compressed_bodies_are_415() -> None:
    assert (await post(QUERY, content_encoding="gzip")).status_code == 415


BODIES = [
    b"",
    b'"x"',
    b"5",
    b"null",
    b"true",
    b"[]",
    b'[{"query": "{hello}"}]',
    b"{",
    b"\xff",
    b'\xef\xbb\xbf{"query": "{hello}"}',
    b'{"query": "\\ud800"}',
    b'{"query": "{hello}", "variables": {"n": NaN}}',
    b'{"query": "{hello}", "variables": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b"{}",
    b'{"query": null}',
    b'{"query": ""}',
    b'{"query": "  "}',
    b'{"query": 5}',
    b'{"query": {}}',
    b'{"query": "{hello}", "operationName": 5}',
    b'{"query": "{hello}", "operationName": ["A"]}',
    b'{"query": "{hello}", "operationName": {}}',
    b'{"query": "{hello}", "variables": []}',
    b'{"query": "{hello}", "variables": "{}"}',
    b'{"query": "{hello}", "variables": 0}',
    b'{"query": "{hello}", "extensions": []}',
    b'{"query": "{hello}", "extensions": false}',
]


@pytest.mark.parametrize("accept", [JSON, RESPONSE])
@pytest.mark.parametrize("content", BODIES)
async def test_malformed_requests_are_400_in_either_form(content: bytes, accept: str) -> None:
    response = await post(content=content, accept=accept)
    assert response.status_code == 400
    assert error(response)["extensions"]["code"] == "BAD_USER_INPUT"
    assert "data" not in response.json()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["query", "variables", "operationName", "extensions", "x"]), inner)
        ),
        max_leaves=8,
    )
)
async def test_no_json_body_whatsoever_is_our_mistake(body: Any) -> None:
    try:
        content = orjson.dumps(body)
    except TypeError:
        return
    assert (await post(content=content)).status_code in (200, 400)


async def test_of_two_equal_keys_the_last_counts() -> None:
    response = await post(content=b'{"query": "{ nope }", "query": "{ hello }"}')
    assert response.json() == {"data": {"hello": "Hallo Zeitz"}}


@pytest.mark.parametrize(("name", "kind"), [("size", "Int"), ("secret", "ID")])
@pytest.mark.parametrize("number", [10**40, 2**64, -(2**63) - 1])
async def test_whole_numbers_beyond_64_bits_are_refused_and_never_rounded(name: str, kind: str, number: int) -> None:
    content = f'{{"query": "query($v: {kind}) {{ hello({name}: $v) }}", "variables": {{"v": {number}}}}}'.encode()
    response = await post(content=content)
    assert response.status_code == 400
    assert "64 bits" in error(response)["message"]


async def test_long_numbers_in_strings_are_text() -> None:
    deep = (
        b'{"query": "{ hello }", "variables": {"id": "' + b"9" * 40 + b'", "x": ' + b"[" * 1_000 + b"]" * 1_000 + b"}}"
    )
    assert (await post(content=deep)).status_code in (200, 400)
    assert (await post({"query": '{ hello(secret: "' + "9" * 40 + '") }'})).json() == {"data": {"hello": "Hallo Zeitz"}}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
async def test_other_methods_are_405_and_learn_which_are_allowed(method: str) -> None:
    async with client(make_app()) as http:
        response = await http.request(method, "/graphql")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def test_get_answers_queries() -> None:
    response = await get(query="query A($n: String) { hello(name: $n) }", variables='{"n": "Köln"}', operationName="A")
    assert response.json() == {"data": {"hello": "Hallo Köln"}}
    assert (await get(query="{hello}", variables="", operationName="")).status_code == 200


async def test_get_changes_nothing() -> None:
    for query in ("mutation { count }", "query A { hello } mutation B { count }"):
        response = await get(query=query, operationName="B" if "B" in query else "")
        assert response.status_code == 405
        assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query=",
        "query={hello}&query={who}",
        "query={hello}&variables=[]",
        "query={hello}&variables={",
        "query={hello}&variables=%ED%A0%80",
        "query=%FF",
        "query={hello}&" + "&".join(f"x{i}=1" for i in range(30)),
    ],
)
async def test_malformed_query_strings_are_400(query_string: str) -> None:
    async with client(make_app()) as http:
        response = await http.get(httpx.URL("http://hubnetz.test/graphql", query=query_string.encode()))
    assert response.status_code == 400


async def test_a_browser_that_opens_the_address_is_sent_to_the_explorer() -> None:
    response = await get(headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (response.status_code, response.headers["location"]) == (303, "/explorer")
    form = await get(headers={"accept": "text/html,*/*;q=0.8"}, query="{hello}")
    assert form.json() == {"data": {"hello": "Hallo Zeitz"}}


REQUEST_ERRORS = {
    "GRAPHQL_PARSE_FAILED": {"query": "{"},
    "GRAPHQL_VALIDATION_FAILED": {"query": "{ nope }"},
    "BAD_USER_INPUT": {"query": "query($n: String!) { hello(name: $n) }", "variables": {"n": 5}},
    "LIMIT_EXCEEDED": {"query": "{" + "hello " * 30 + "}"},
}


@pytest.mark.parametrize("code", REQUEST_ERRORS)
@pytest.mark.parametrize(("accept", "status"), [(RESPONSE, 400), (JSON, 200)])
async def test_request_errors_have_no_data(code: str, accept: str, status: int) -> None:
    response = await post(REQUEST_ERRORS[code], accept=accept)
    assert response.status_code == status
    assert "data" not in response.json()
    assert error(response)["extensions"]["code"] == code


async def test_an_unknown_operation_name_is_told() -> None:
    response = await post({"query": "query A {hello}", "operationName": "B"}, accept=RESPONSE)
    assert response.status_code == 400
    assert "operationName" in error(response)["message"]


async def test_a_limit_says_its_name_its_value_and_what_was_asked() -> None:
    found = error(await post(REQUEST_ERRORS["LIMIT_EXCEEDED"]))
    assert found["message"] == "Limit max_root_fields is 20, asked for 30."
    assert found["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "max_root_fields", "value": 20, "asked": 30}


async def test_cost_counts_page_sizes_of_variables() -> None:
    query = "query($n: Int) { projects(first: 100) { edges { node { municipalities(first: $n) { totalCount: pageInfo { hasNextPage } } } } } }"
    found = error(await post({"query": query, "variables": {"n": 100}}))
    assert found["extensions"]["limit"] == "max_cost"
    assert found["extensions"]["asked"] == 100 + 100 * 100


@pytest.mark.parametrize("size", ["101", "$n"])
async def test_a_page_beyond_the_most_is_refused_wherever_its_size_stands(size: str) -> None:
    query = f"query($n: Int) {{ who @include(if: false) projects(first: {size}) {{ totalCount }} x: hello(size: $n) }}"
    found = error(await post({"query": query, "variables": {"n": 101}}))
    assert found["message"] == "Limit max_page_size is 100, asked for 101."


async def test_errors_of_fields_stand_beside_the_data() -> None:
    for accept in (RESPONSE, JSON):
        response = await post({"query": '{ hello fails(how: "input") }'}, accept=accept)
        assert response.status_code == 200
        assert response.json()["data"] == {"hello": "Hallo Zeitz", "fails": None}
        assert error(response) == {
            "message": "first: 200 is not in 0..100",
            "locations": [{"line": 1, "column": 9}],
            "path": ["fails"],
            "extensions": {"code": "BAD_USER_INPUT"},
        }


async def test_null_where_none_may_be_empties_the_data_and_remains_an_answer() -> None:
    response = await post({"query": '{ hello must(how: "input") }'}, accept=RESPONSE)
    assert response.status_code == 200
    assert response.json()["data"] is None


async def test_an_unreachable_graph_is_told_without_its_address() -> None:
    found = error(await post({"query": '{ fails(how: "graph") }'}))
    assert found["extensions"] == {"code": "UNAVAILABLE", "retryable": True}
    assert "internal-host" not in json.dumps(found)


async def test_what_nobody_foresaw_is_masked_and_named_by_request() -> None:
    response = await post({"query": '{ fails(how: "internal") }'}, x_request_id="request-0001")
    found = error(response)
    assert "swordfish" not in response.text
    assert found["extensions"] == {"code": "INTERNAL", "requestId": "request-0001"}


@pytest.mark.parametrize("field", ["__schema { queryType { name } }", '__type(name: "Query") { name }', "_service"])
async def test_a_closed_schema_says_where_its_file_is(field: str) -> None:
    query = {"query": f"{{ {field} }}"}
    found = error(await post(query, app=make_app(is_open=False)))
    assert found["extensions"]["code"] == "FORBIDDEN"
    assert "https://hubnetz.example/schema.graphql" in found["message"]
    assert "errors" not in (await post(query, app=make_app(is_open=False, routers=True))).json()
    assert "errors" not in (await post(query, app=make_app())).json()


async def test_a_closed_schema_is_not_told_by_fragments_and_suggestions_either() -> None:
    app = make_app(is_open=False)
    hidden = await post({"query": "{...Q} fragment Q on Query { a: __schema { queryType { name } } }"}, app=app)
    assert error(hidden)["extensions"]["code"] == "FORBIDDEN"
    assert "hello" not in (await post({"query": "{ helo }"}, app=app)).text
    assert "__typename" in (await post({"query": "{ __typename }"}, app=app)).text


async def test_an_operation_that_takes_too_long_is_ended() -> None:
    app = make_app(limits=Limits(timeout_s=0.05))
    response = await post({"query": "{ slow }"}, app=app, accept=RESPONSE)
    assert error(response)["extensions"]["limit"] == "timeout_s"


async def test_bodies_over_the_limit_are_413_announced_or_not() -> None:
    app = make_app(limits=Limits(max_body_bytes=1_000))
    announced = await post(content=b"x" * 1_001, app=app)
    assert announced.status_code == 413
    assert error(announced)["extensions"]["limit"] == "max_body_bytes"

    async def chunks() -> Any:
        for _ in range(20):
            yield b" " * 100

    async with client(app) as http:
        streamed = await http.post("/graphql", content=chunks(), headers={"content-type": JSON})
    assert streamed.status_code == 413
    at_the_limit = orjson.dumps(QUERY) + b" " * (1_000 - len(orjson.dumps(QUERY)))
    assert (await post(content=at_the_limit, app=app)).status_code == 200


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 400, "\u00b3".encode("latin-1")])
async def test_an_impossible_length_is_413(length: str | bytes) -> None:
    assert (await post(QUERY, content_length=length)).status_code == 413
