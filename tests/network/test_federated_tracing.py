"""Traces inside the answer: who gets them, what they say, and that they change nothing else."""

import asyncio
import json
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, parse
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route, Router

from graph.backends.ladybug.store import LadybugGraphStore
from network.context import Context
from network.edge.metrics import Metrics
from network.edge.middleware import EdgeMiddleware
from network.edge.rate_middleware import RateMiddleware
from network.execution import Counts, Timings, execute
from network.limits import Limits
from network.operations.federated_tracing import encode
from network.operations.running import Runner
from network.operations.view import GraphQLView, Openness
from network.rates import Rates
from tests.federation import products
from tests.fixtures.node import installed
from tests.network.plain import client, make_app

HEADER = "apollo-federation-include-trace"
DECODER = Path(__file__).parents[1] / "federation" / "compatibility"


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message in the wire format: varints, and those with a length."""
    at = 0

    def varint() -> int:
        nonlocal at
        found = shift = 0
        while True:
            byte = message[at]
            at += 1
            found |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return found

    while at < len(message):
        tag = varint()
        size = varint()
        if tag & 7 == 0:
            yield tag >> 3, size
        else:
            assert tag & 7 == 2
            yield tag >> 3, message[at : at + size]
            at += size


def told(message: bytes) -> dict[int, Any]:
    """The last value of each field; of which kind, its number says."""
    return dict(fields(message))


def nodes(node: bytes, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], dict[int, Any]]:
    """Every node below `node` by its path, with its numbers and texts."""
    found: dict[tuple[Any, ...], dict[int, Any]] = {}
    for number, inner in fields(node):
        if number == 12:
            assert isinstance(inner, bytes)
            shown = told(inner)
            key = shown[1].decode() if 1 in shown else shown[2]
            found |= {(*path, key): shown} | nodes(inner, (*path, key))
    return found


def trace_of(answer: dict[str, Any]) -> dict[int, Any]:
    return told(b64decode(answer["extensions"]["ftv1"], validate=True))


async def ask(text: str, *, trace: str | None = "ftv1", is_router: bool = True, **variables: Any) -> dict[str, Any]:
    headers = {} if trace is None else {HEADER: trace}
    async with client(products.app(is_router=is_router)) as http:
        response = await http.post("/", json={"query": text, "variables": variables}, headers=headers)
    answer: dict[str, Any] = response.json()
    return answer


PRODUCT = 'query { one: product(id: "apollo-studio") { id research { study { caseNumber } } } }'


async def test_a_router_that_asks_gets_the_times_of_each_resolver() -> None:
    before = time.time_ns()
    answer = await ask(PRODUCT)
    after = time.time_ns()

    plain = await ask(PRODUCT, trace=None)
    assert plain == {"data": answer["data"]}
    trace = trace_of(answer)
    began, ended = (told(trace[number]) for number in (4, 3))
    at, until = (one[1] * 10**9 + one.get(2, 0) for one in (began, ended))
    assert before <= at <= until <= after + 10**9
    assert until - at == trace[11]
    found = nodes(trace[14])
    one, study = ("one",), ("one", "research", 0, "study")
    assert set(found) == {
        *(one, ("one", "id"), ("one", "research"), ("one", "research", 0)),
        *(study, (*study, "caseNumber")),
    }
    assert (found[one][3], found[one][13], found[one][14]) == (b"Product", b"Query", b"product")
    assert (found[study][3], found[study][13], found[study].get(14)) == (b"CaseStudy!", b"ProductResearch", None)
    for path, node in found.items():
        if not isinstance(path[-1], int):
            assert 0 < node[8] <= node[9] <= trace[11]
    assert found[one][8] <= found[study][8] <= found[study][9] <= found[one][9]


@pytest.mark.parametrize("header", [None, "", "ftv2", "FTV1", "ftv1,ftv1", "true"])
async def test_without_the_very_header_there_is_no_trace(header: str | None) -> None:
    assert await ask("{ __typename }", trace=header) == {"data": {"__typename": "Query"}}


async def test_whoever_is_no_router_gets_none() -> None:
    assert await ask("{ __typename }", is_router=False) == {"data": {"__typename": "Query"}}


async def test_a_request_that_does_not_run_has_none() -> None:
    for text in ("{ nope }", "{", "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }"):
        answer = await ask(text)
        assert set(answer) == {"errors"}


async def test_an_error_is_at_its_place_and_tells_no_more_than_the_answer() -> None:
    async with client(make_app(routers=True)) as http:
        body = {"query": '{ fails(how: "internal") hello }'}
        answer = (await http.post("/graphql", json=body, headers={HEADER: "ftv1"})).json()

    # The small schema behind this view runs without the engine, so that only the error has a place.
    (error,) = answer["errors"]
    whole = b64decode(answer["extensions"]["ftv1"])
    assert b"swordfish" not in whole
    shown = told(nodes(trace_of(answer)[14])[("fails",)][11])
    assert shown[1].decode() == error["message"]
    assert json.loads(shown[4]) == error
    assert told(shown[2]) == {1: 1, 2: 3}


async def test_a_field_that_fails_has_its_times_and_its_error() -> None:
    answer = await ask(
        "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Product { sku } } }",
        of=[{"__typename": "Product", "id": "apollo-studio"}, 5],
    )

    found = nodes(trace_of(answer)[14])
    assert found[("_entities",)][9] >= found[("_entities",)][8] > 0
    assert set(found) == {("_entities",), ("_entities", 0), ("_entities", 0, "sku"), ("_entities", 1)}
    assert b"INVALID_REPRESENTATION" in told(found[("_entities", 1)][11])[4]


@pytest.mark.parametrize("is_fast", [True, False])
async def test_a_plan_is_timed_where_it_starts_and_stock_execution_field_by_field(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore, is_fast: bool
) -> None:
    text = '{ hub(slug: "zeitz") { name topics { nameDe } } }'
    timings, counts = Timings(), Counts()

    async def run(**given: Any) -> Any:
        result = await execute(
            subgraphs["directory"], parse(text), context=Context(store=network), is_fast=is_fast, **given
        )
        assert result.errors is None
        return result.data

    assert await run(timings=timings, counts=counts) == await run()
    assert counts.compiled == is_fast
    expected = {("hub",)} if is_fast else {("hub",), ("hub", "name"), ("hub", "topics"), ("hub", "topics", 0, "nameDe")}
    assert set(timings.fields) == expected
    hub = timings.fields[("hub",)]
    assert (hub.parent_type, hub.name, hub.type) == ("Query", "hub", "Hub")
    assert hub.ended is not None
    assert 0 < hub.began < hub.ended <= timings.now()


async def test_a_router_sees_it_of_a_real_subgraph_for_what_it_asks(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore
) -> None:
    """`_entities` is one field: one read for each type, however many references."""

    def make_context(**given: Any) -> Context:
        return Context(store=network, **given)

    openness = Openness(False, lambda _: True, "https://hubnetz.example/schema.graphql")
    view = GraphQLView(Runner(subgraphs["directory"], execute, make_context, limits=Limits()), openness=openness)
    app = EdgeMiddleware(RateMiddleware(Router([Route("/", view)]), Rates({}), ()), Metrics(), is_https=False)
    of = [{"__typename": "Hub", "slug": "zeitz"}] * 50
    text = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Hub { name } } }"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://hubnetz.test") as http:
        body = {"query": text, "variables": {"of": of}}
        answer = (await http.post("/", json=body, headers={HEADER: "ftv1"})).json()

    assert answer["data"]["_entities"] == [{"name": "DigitalHub Zeitz"}] * 50
    assert set(nodes(trace_of(answer)[14])) == {("_entities",)}


def test_a_trace_of_very_many_fields_is_bounded_and_says_so() -> None:
    timings = Timings(most=3)
    for number in range(5):
        timings.begin((f"f{number}",), "Query", "f", "Int")

    trace = told(b64decode(encode(timings, [])))

    assert trace[33] == 1
    assert set(nodes(trace[14])) == {("f0",), ("f1",), ("f2",)}


paths = st.lists(st.text(min_size=1, max_size=5) | st.integers(0, 2**31), min_size=1, max_size=5).map(tuple)


@given(st.dictionaries(paths, st.tuples(st.text(), st.text(min_size=1))))
def test_whatever_the_paths_and_names_each_field_is_found_again(given_fields: dict[Any, tuple[str, str]]) -> None:
    timings = Timings()
    for path, (parent, name) in given_fields.items():
        timings.begin(path, parent, name, "[Int!]!")

    found = nodes(told(b64decode(encode(timings, []))).get(14, b""))

    for path, (parent, name) in given_fields.items():
        assert found[path].get(13, b"").decode() == parent
        assert found[path].get(14, b"").decode() == ("" if name == path[-1] else name)
        assert found[path][3] == b"[Int!]!"
        assert found[path][9] >= found[path][8]


async def test_apollo_reads_the_same() -> None:
    folder = installed(DECODER)
    text = "query ($of: [_Any!]!) { mine: _entities(representations: $of) { ... on Product { sku } } }"
    answer = await ask(text, of=[{"__typename": "Product", "id": "apollo-studio"}, 5])
    run = await asyncio.to_thread(
        subprocess.run,
        ["node", "trace.mjs"],
        cwd=folder,
        input=answer["extensions"]["ftv1"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    trace = json.loads(run.stdout)

    ours = trace_of(answer)
    assert trace["durationNs"] == ours[11]
    assert trace["startTime"]["seconds"] * 10**9 + trace["startTime"]["nanos"] <= time.time_ns()
    (mine,) = trace["root"]["child"]
    assert (mine["responseName"], mine["originalFieldName"]) == ("mine", "_entities")
    assert (mine["type"], mine["parentType"]) == ("[_Entity]!", "Query")
    assert 0 < mine["startTime"] <= mine["endTime"] <= trace["durationNs"]
    product, bad = mine["child"]
    assert (product["index"], product["child"][0]["responseName"]) == (0, "sku")
    assert bad["index"] == 1
    (error,) = bad["error"]
    assert error["message"] == answer["errors"][0]["message"]
    assert error["location"] == answer["errors"][0]["locations"]
    assert json.loads(error["json"]) == answer["errors"][0]
