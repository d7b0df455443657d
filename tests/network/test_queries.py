"""The ready-made queries of docs/queries, over the seed data: each works, is compiled, and stays within the limits."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from graphql import GraphQLSchema, parse

from graph.backends.ladybug.store import LadybugGraphStore
from graph.writing.unit_of_work import UnitOfWork
from network.context import Context
from network.execution import Counts, execute
from network.limits import LimitExceededError, Limits
from network.operations.documents import Documents
from network.pages.frame.queries import FOLDER, ready_queries
from search.indexer import Indexer
from search.service import SearchService
from search.tantivy_index import TantivySearchIndex
from seed_data.load import load
from tests.network.world import STRANGER, ZEITZ

LIMITS = Limits()
READY = {query.name: query for query in ready_queries() if not query.is_mutation}
MUTATIONS = {query.name: query for query in ready_queries() if query.is_mutation}
FEDERATION = {query.name: query for query in ready_queries(FOLDER / "federation")}


@dataclass(frozen=True)
class Seeded:
    store: LadybugGraphStore
    service: SearchService


@pytest_asyncio.fixture(scope="module")
async def seeded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Seeded]:
    folder: Path = tmp_path_factory.mktemp("seeded")
    store = await LadybugGraphStore.open(folder / "graph")
    await store.apply_schema()
    await load(UnitOfWork(store))
    index = await TantivySearchIndex.open(folder / "search")
    await Indexer(store, index, holder="tests").full_rebuild()
    service = SearchService(store, index)
    yield Seeded(store, service)
    await service.close()
    await index.close()
    await store.close()


async def answer(
    schema: GraphQLSchema, seeded: Seeded, text: str, variables: dict[str, Any], *, custom: int = 0
) -> Any:
    """The data of a query that is within the limits, all of it but `custom` plans completed by generated code."""
    document = Documents(schema, LIMITS, has_suggestions=True).get(text)
    document.operation(None).cost.check(variables, LIMITS)
    counts, calls = Counts(), seeded.store.calls
    # Signed in, and seeing what everybody sees.
    context = Context(store=seeded.store, search=seeded.service, caller=STRANGER)
    result = await execute(schema, document.ast, context=context, variables=variables, counts=counts)
    assert result.errors is None, result.errors
    assert (counts.custom, counts.unusual) == (custom, 0)
    # What reads nothing, or may show nothing, has nothing to compile.
    assert counts.compiled >= 1 or seeded.store.calls == calls or not is_filled(result.data)
    return result.data


def is_filled(value: Any) -> bool:
    """Whether an answer holds anything but empty pages, nulls and zeros."""
    if isinstance(value, dict):
        return any(is_filled(inner) for name, inner in value.items() if name not in ("pageInfo", "isTotalExact"))
    if isinstance(value, list):
        return any(map(is_filled, value))
    return bool(value)


# Nobody of these publishes in the seed; the queries are for networks that are in use.
EMPTY = {"history", "members", "need-matches", "needs", "services", "tasks", "webhooks"}
# Where fields ask for themselves: of `viewer` what is the caller's own, of a need what fits it.
CUSTOM = {"family-tree": 1, "inbox": 1, "need-matches": 1, "service-gaps": 1, "tasks": 1, "webhooks": 1}


@pytest.mark.parametrize("name", sorted(READY))
async def test_a_ready_query_answers_over_the_seed(gateway: GraphQLSchema, seeded: Seeded, name: str) -> None:
    query = READY[name]
    variables = orjson.loads(query.variables) if query.variables else {}

    found = await answer(gateway, seeded, query.text, variables, custom=CUSTOM.get(name, 0))

    assert is_filled(found) is (name not in EMPTY), found
    assert query.text.startswith("# ")


@pytest.mark.parametrize("name", sorted(READY))
async def test_a_ready_query_gets_the_same_answer_from_graphql_core(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex, name: str
) -> None:
    query = READY[name]
    variables = orjson.loads(query.variables) if query.variables else {}
    service = SearchService(network, index)
    context = Context(store=network, search=service, caller=ZEITZ)

    answers = [
        await execute(gateway, parse(query.text), context=context, variables=variables, is_fast=is_fast)
        for is_fast in (True, False)
    ]

    await service.close()
    assert answers[0].data == answers[1].data
    assert answers[0].errors is answers[1].errors is None


@pytest.mark.parametrize("name", sorted(FEDERATION))
async def test_a_router_s_query_answers_over_the_seed(
    subgraphs: dict[str, GraphQLSchema], seeded: Seeded, name: str
) -> None:
    query = FEDERATION[name]

    found = await answer(subgraphs["projects"], seeded, query.text, orjson.loads(query.variables))

    assert all(map(is_filled, found["_entities"]))


def test_there_are_queries_for_what_people_ask() -> None:
    assert len(READY) >= 12
    assert {"search", "similar-municipalities", "changes-since"} <= READY.keys()
    assert {path.stem for path in FOLDER.glob("*.json")} <= READY.keys() | MUTATIONS.keys()


async def test_all_ten_hubs_are_there(gateway: GraphQLSchema, seeded: Seeded) -> None:
    found = await answer(gateway, seeded, READY["hubs"].text, {})

    assert found["hubs"]["totalCount"] == len(found["hubs"]["edges"]) == 10


async def test_a_typo_still_finds_the_parking_project_first(gateway: GraphQLSchema, seeded: Seeded) -> None:
    found = await answer(gateway, seeded, READY["search"].text, {"query": "parkpltz suche"})

    first = found["search"]["edges"][0]["node"]
    assert first["slug"] == "zeitz-parkleitsystem"


USEFUL = """
{ projects(first: 100) {
    totalCount
    edges {
      node {
        title
        hub { name }
        topics { nameDe }
        municipalities(first: 10) { edges { node { name } } }
      }
    }
} }
"""


async def test_a_hundred_projects_with_what_belongs_to_them_are_affordable(
    gateway: GraphQLSchema, seeded: Seeded
) -> None:
    found = await answer(gateway, seeded, USEFUL, {})

    assert found["projects"]["totalCount"] == len(found["projects"]["edges"]) > 50


@pytest.mark.parametrize(
    "text",
    [
        "{ projects(first: 100) { edges { node { municipalities(first: 100) { edges { node { name } } } } } } }",
        "{ hubs(first: 100) { edges { node { municipalities(first: 50) { edges { node { similar { shared } } } } } } } }",
        "{ municipalities(first: 100) { edges { node { similar(first: 50) { shared } } } } }",
    ],
)
def test_what_costs_too_much_is_refused_before_it_runs(gateway: GraphQLSchema, text: str) -> None:
    operation = Documents(gateway, LIMITS, has_suggestions=True).get(text).operation(None)

    with pytest.raises(LimitExceededError):
        operation.cost.check({}, LIMITS)
