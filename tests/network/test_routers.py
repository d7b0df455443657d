"""The gateway of one process, Hive Gateway and Apollo's gateway answer one corpus alike, each over the same subgraphs.

Once over one process whose subgraphs are asked apart; where there is a Neo4j also over a process for each subgraph.
"""

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from graphql import parse, validate

from graph.backends.neo4j.store import Neo4jGraphStore
from network.schema.gateway import compose as unite
from network.subgraphs import schemas
from tests.federation.corpus.differences import APOLLO, DIFFERENCES, HIVE, Answer
from tests.federation.corpus.operations import Operation, corpus, refused
from tests.federation.corpus.planning import Planner, is_reached
from tests.federation.corpus.town import Town, settle
from tests.fixtures.neo4j_server import (
    HAS_NEO4J,
    NEO4J_PASSWORD,
    NEO4J_URL,
    NEO4J_USER,
    claim_test_database,
    empty_neo4j,
)
from tests.fixtures.process import START_S
from tests.fixtures.routers import NO_ROUTER, Subgraphs, apollo, compose, hive, subgraphs, subgraphs_apart

PARTS = schemas()
GATEWAY = unite(PARTS)
PLANNER = Planner(GATEWAY, {name: part._schema for name, part in PARTS.items()})
CORPUS = corpus(GATEWAY)
REFUSED = tuple(refused())
OURS: Final = "gateway"
PATIENT: Final = {"TIMEOUT_S": "120"}
ROUTER_PATIENT: Final = {"SUBGRAPH_TIMEOUT_MS": "120000", "OPERATION_TIMEOUT_MS": "120000"}
"""The machine may be busy, and time is not what the corpus is about."""
LEAST, LEAST_CROSSING, LEAST_WITHOUT_RIGHTS = 200, 50, 50
_SAYS_NOTHING: Final = frozenset({"__typename", "pageInfo"})


@dataclass
class Place:
    """The three that are asked."""

    town: Town
    urls: dict[str, str]
    http: httpx.Client
    """From an address that is none of a router."""
    _ours: dict[str, Answer] = field(default_factory=dict)

    def ask(self, whom: str, operation: Operation) -> Answer:
        body = {"query": operation.text, "variables": operation.given(self.town.facts)}
        headers = self.town.headers(operation.caller) | {"accept": "application/json"}
        answer = self.http.post(self.urls[whom], json=body, headers=headers)
        # Fields come in the order in which they are asked for (GraphQL §7.2.2), so their order is compared, too.
        return Answer.of(json.loads(answer.text, object_pairs_hook=OrderedDict))

    def ours(self, operation: Operation) -> Answer:
        """What the gateway of one process says; nothing changes while the corpus runs."""
        if str(operation) not in self._ours:
            self._ours[str(operation)] = self.ask(OURS, operation)
        return self._ours[str(operation)]


@contextlib.contextmanager
def on_neo4j(folder: Path) -> Iterator[Subgraphs]:
    if not NEO4J_URL:
        pytest.fail("CI=true needs NEO4J_URL: subgraphs apart would go untested")
    asyncio.run(_emptied(NEO4J_URL))
    graph = {"GRAPH_URL": NEO4J_URL}
    if NEO4J_USER:
        graph |= {"GRAPH_USER": NEO4J_USER, "GRAPH_PASSWORD": NEO4J_PASSWORD}
    with subgraphs_apart(folder, graph, **PATIENT) as parts:
        yield parts
    asyncio.run(_emptied(NEO4J_URL))


async def _emptied(url: str) -> None:
    await claim_test_database(url)
    store = Neo4jGraphStore(url, user=NEO4J_USER, password=NEO4J_PASSWORD)
    await empty_neo4j(store)
    await store.close()


@pytest.fixture(scope="module", params=["one", *(["neo4j"] if HAS_NEO4J else [])])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("routers")
    with contextlib.ExitStack() as opened:
        parts = opened.enter_context(on_neo4j(folder) if request.param == "neo4j" else subgraphs(folder, **PATIENT))
        town = settle(parts, folder)
        supergraph = compose(parts.urls, folder)
        routers = {
            HIVE: opened.enter_context(hive(supergraph, **ROUTER_PATIENT)),
            APOLLO: opened.enter_context(apollo(supergraph)),
        }
        urls = {name: f"{router.url}/graphql" for name, router in routers.items()}
        transport = httpx.HTTPTransport(local_address=NO_ROUTER)
        http = opened.enter_context(httpx.Client(timeout=START_S, trust_env=False, transport=transport))
        yield Place(town, {OURS: f"{parts.gateway.url}/graphql"} | urls, http)


@cache
def crossing() -> tuple[Operation, ...]:
    """Operations that need more than one subgraph; made when a test asks, as every worker collects all tests."""
    return tuple(operation for operation in CORPUS if PLANNER.crossings(parse(operation.text)))


def is_told(value: Any) -> bool:
    """Whether an answer has a leaf that says something: no null, no type's name, nothing of an empty page."""
    if isinstance(value, dict):
        return any(is_told(inner) for name, inner in value.items() if name not in _SAYS_NOTHING)
    if isinstance(value, list):
        return any(map(is_told, value))
    return value is not None and value is not False and value != 0


# Both routers one after the other: what the database has planned for the one, it still knows for the other.
@pytest.mark.parametrize("router", [HIVE, APOLLO])
@pytest.mark.parametrize("operation", CORPUS, ids=str)
def test_a_router_answers_as_the_gateway_of_one_process(place: Place, router: str, operation: Operation) -> None:
    ours, theirs = place.ours(operation), place.ask(router, operation)
    difference = DIFFERENCES.get((router, operation.name))

    assert is_told(ours.data), ours
    assert is_told(theirs.data), theirs
    assert theirs == (ours if difference is None else difference.applied(ours))
    assert difference is None or theirs != ours, "it is mended: take the entry out of DIFFERENCES"
    if operation.hides:
        assert ours.data["hidden"] is None


@pytest.mark.parametrize("operation", REFUSED, ids=str)
@pytest.mark.parametrize("router", [HIVE, APOLLO])
def test_a_router_refuses_what_the_gateway_of_one_process_refuses(
    place: Place, router: str, operation: Operation
) -> None:
    ours, theirs = place.ours(operation), place.ask(router, operation)
    difference = DIFFERENCES.get((router, operation.name))

    assert ours.data is None
    assert len(ours.errors) == 1
    assert theirs == (ours if difference is None else difference.applied(ours))
    assert difference is None or theirs != ours, "it is mended: take the entry out of DIFFERENCES"


@pytest.mark.parametrize("router", [HIVE, APOLLO])
def test_entities_are_really_asked_for(place: Place, router: str) -> None:
    """Behind a field that its parent's subgraph lacks there stands a value, not only an empty list above it."""
    reached: set[str] = set()
    for operation in crossing():
        if operation.text not in reached and (router, operation.name) not in DIFFERENCES:
            data = place.ask(router, operation).data
            if any(is_reached(data, path) for path in PLANNER.crossings(parse(operation.text))):
                reached.add(operation.text)
        if len(reached) == LEAST_CROSSING:
            return
    pytest.fail(f"{len(reached)} operations cross subgraphs")


def test_the_corpus_holds_what_it_has_to() -> None:
    def distinct(operations: Iterator[Operation]) -> int:
        return len({(one.text, json.dumps(one.variables, sort_keys=True)) for one in operations})

    assert distinct(iter(CORPUS)) >= LEAST
    assert distinct(iter(crossing())) >= LEAST_CROSSING
    assert distinct(one for one in CORPUS if one.is_without_rights) >= LEAST_WITHOUT_RIGHTS
    assert {"anonymous", "none", "member", "lead", "admin"} <= {one.caller for one in CORPUS}
    assert [str(one) for one in CORPUS if validate(GATEWAY, parse(one.text))] == []
    # Those of pages are given in tests/federation/corpus/pages.py.
    assert {str(one): one.missing() for one in CORPUS if one.missing()} == {}


def test_every_type_is_reached_by_its_id() -> None:
    node = GATEWAY.type_map["Node"]
    walked = {one.name.split("-")[1] for one in CORPUS if one.name.startswith("node-")}

    assert {named.name for named in GATEWAY.get_possible_types(node)} <= walked  # type: ignore[arg-type] # an interface


def test_every_listed_difference_is_of_an_operation() -> None:
    assert {name for _, name in DIFFERENCES} <= {operation.name for operation in (*CORPUS, *REFUSED)}
    assert all(difference.why for difference in DIFFERENCES.values())
