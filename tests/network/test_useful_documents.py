"""The documents that we hand out keep the limits, so that nobody's first query is refused."""

import json
from pathlib import Path

import pytest
from graphql import GraphQLSchema, get_introspection_query

from network.limits import LimitExceededError, Limits
from network.operations.documents import Documents
from network.pages.frame.queries import FIRST_QUERY, FOLDER, ReadyQuery, ready_queries
from network.schema.gateway import compose
from network.subgraphs import schemas

QUERIES = ready_queries()


@pytest.fixture(scope="module")
def gateway() -> GraphQLSchema:
    return compose(schemas())


def check(schema: GraphQLSchema, text: str, variables: dict[str, object]) -> int:
    document = Documents(schema, Limits(), has_suggestions=True).get(text)
    cost = document.operation(None).cost
    cost.check(variables, Limits())
    return cost.total(variables)


@pytest.mark.parametrize("query", QUERIES, ids=[query.name for query in QUERIES])
def test_a_ready_made_query_keeps_the_limits(gateway: GraphQLSchema, query: ReadyQuery) -> None:
    assert check(gateway, query.text, json.loads(query.variables or "{}")) > 0


def test_ready_made_queries_have_titles_and_variables_of_their_own() -> None:
    assert QUERIES
    assert len({query.title for query in QUERIES}) == len(QUERIES)
    assert {path.stem for path in Path(FOLDER).glob("*.json")} <= {query.name for query in QUERIES}


def test_the_first_query_and_introspection_keep_the_limits(gateway: GraphQLSchema) -> None:
    assert check(gateway, FIRST_QUERY, {}) == 50 + 50 * 3
    assert check(gateway, get_introspection_query(), {}) == 0


def test_a_page_of_100_projects_with_what_belongs_to_them_costs_what_it_may_read(gateway: GraphQLSchema) -> None:
    text = """query($first: Int! = 10) { projects(first: 100) { edges { node { title hub { name } topics { nameDe }
              municipalities(first: $first) { edges { node { name } } } } } } }"""
    assert check(gateway, text, {}) <= 5_000
    assert check(gateway, text, {"first": 20}) - check(gateway, text, {"first": 10}) == 100 * 10


def test_a_search_costs_what_it_reads_whatever_its_page(gateway: GraphQLSchema) -> None:
    def searches(count: int, first: int) -> str:
        fields = (f'a{n}: search(query: "amt", first: {first}) {{ edges {{ node {{ slug }} }} }}' for n in range(count))
        return f"{{ {' '.join(fields)} }}"

    one = check(gateway, searches(1, 1), {})
    assert check(gateway, searches(1, 20), {}) - one < one
    assert check(gateway, searches(3, 20), {}) > 3 * one
    with pytest.raises(LimitExceededError, match="max_cost"):
        check(gateway, searches(15, 1), {})
