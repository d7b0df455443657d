"""Plans are made once, and what they keep is bounded."""

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse

from network.context import Context
from network.execution import execute, operation
from network.execution.executor import GraphExecutor
from network.execution.operation import OperationPlan, PlanCache, conditions
from tests.network.execution import sample


def _cache(schema, text: str) -> PlanCache:
    built = GraphExecutor.build(schema, parse(text))
    assert isinstance(built, GraphExecutor)
    return built.cache


async def test_a_document_is_compiled_once() -> None:
    schema, store = sample.schema(), sample.store()
    document = parse(
        "query ($slug: String!, $first: Int!) { hub(slug: $slug) { name municipalities(first: $first) { totalCount } } }"
    )
    for slug, first in (("zeitz", 1), ("altena", 2), ("x", 200)):
        await execute(schema, document, context=Context(store=store), variables={"slug": slug, "first": first})
    assert len(_cache(schema, "{ __typename }").plans) == 1


async def test_plans_are_bounded_in_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation, "MAX_PLANS", 3)
    schema, store = sample.schema(), sample.store()
    documents = [parse('{ hub(slug: "zeitz") { name } }') for _ in range(10)]
    for document in documents:
        assert (await execute(schema, document, context=Context(store=store))).data == {"hub": {"name": "Zeitz"}}
    cache = _cache(schema, "{ __typename }")
    assert len(cache.plans) == len(cache.asked) == 3
    assert cache.size == sum(made.size for made, _operation in cache.plans.values())


def test_plans_are_bounded_in_size() -> None:
    cache = PlanCache()
    (definition,) = parse("{ a }").definitions
    assert isinstance(definition, OperationDefinitionNode)
    for number in range(5):
        made = OperationPlan(None, None, [], [], [], None, operation.MAX_PLAN_FIELDS // 2)
        cache.put((number,), made, definition)
    assert list(cache.plans) == [(3,), (4,)]
    assert cache.get((3,)) is not None
    assert cache.get((0,)) is None


async def test_an_operation_that_expands_beyond_measure_is_refused() -> None:
    text = "owner { ... on Hub { projects { edges { node { X } } } } ... on University { projects { edges { node { X } } } } }"
    selection = "title"
    for _ in range(11):
        selection = text.replace("X", selection)
    document = parse(f'{{ project(slug: "p0") {{ {selection} }} }}')
    result = await execute(sample.schema(), document, context=Context(store=sample.store()))
    (error,) = result.errors or []
    assert "plan_fields" in error.message
    assert error.path == ["project"]


def test_conditions_are_found_in_fragments_of_fragments() -> None:
    document = parse(
        """query ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: String!) { ...F hub(slug: $d) { name @skip(if: true) } }
        fragment F on Query { ...F ...G @include(if: $a) } fragment G on Query { ... @skip(if: $b) { hub(slug: "x") { name @include(if: $c) } } }"""
    )
    definition, *rest = document.definitions
    assert isinstance(definition, OperationDefinitionNode)
    fragments = {found.name.value: found for found in rest if isinstance(found, FragmentDefinitionNode)}
    assert set(conditions(definition, fragments)) == {"a", "b", "c"}
