"""Plans are made once, and what they keep is bounded."""

from graphql import FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode, parse

from network.context import Context
from network.execution import execute
from network.execution.executor import GraphExecutor
from network.execution.operation import OperationPlan, PlanCache, conditions
from tests.network.execution import sample


def _cache(schema: GraphQLSchema, text: str) -> PlanCache:
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


def _definition(text: str) -> OperationDefinitionNode:
    (definition,) = parse(text).definitions
    assert isinstance(definition, OperationDefinitionNode)
    return definition


def _plan(*, size: int) -> OperationPlan:
    return OperationPlan(None, None, [], [], [], None, size)


def test_plans_are_bounded_in_number_and_the_least_used_go_first() -> None:
    cache = PlanCache(most=3)
    for number in range(5):
        definition = _definition("query ($a: Boolean!) { a @skip(if: $a) }")
        assert cache.conditions(definition, {}) == ("a",)
        cache.put((number,), _plan(size=7), definition)
        assert cache.get((min(number, 2),)) is not None
    assert list(cache.plans) == [(3,), (4,), (2,)]
    assert (len(cache.asked), cache.size) == (3, 21)


def test_plans_are_bounded_in_size() -> None:
    cache = PlanCache(most_fields=100)
    for number in range(5):
        cache.put((number,), _plan(size=50), _definition("{ a }"))
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
