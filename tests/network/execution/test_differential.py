"""The engine against stock execution: random operations, random damage, no difference in data or errors.

Both run without suspending, so that the order of errors is defined and compared, too.
"""

import json
import random
import re
import zlib
from collections import Counter
from typing import Any

import pytest
from graphql import DocumentNode, GraphQLSchema, parse, print_ast, print_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema
from hypothesis_graphql import nodes as ast

from auth.principal import Anonymous, Membership, Principal
from graph.ddl import LABELS, RELATIONSHIPS
from network import subgraphs
from network.context import Context
from network.schema.gateway import compose
from tests.fixtures.memory_store import Damage
from tests.network.execution import sample
from tests.network.execution.engines import FastAtOnce, StockAtOnce, run
from tests.network.execution.twist import deep, twisted

# Orders and keys say which rows come; damaged, the two would read different rows by right.
_KEPT = {label.key for label in LABELS.values()} | {
    name for label in LABELS.values() for name in label.properties if name.endswith("_sort")
}
_KEPT |= {"population", "since", "starts_at", "start_time", "written_at", "created_at", "opened", "readers"}
_WRONG: tuple[object, ...] = (
    None,
    5,
    -5,
    "x",
    2**40,
    float("nan"),
    float("inf"),
    1.5,
    True,
    [],
    [None],
    [1],
    ["x"],
    {},
    {"function": 3},
    [{}],
)
_CALLERS = (Anonymous(), Principal("i", "s", frozenset({Membership.parse("hub_lead:zeitz")})))
_SCALARS = {
    "DateTime": st.just("2026-01-02T03:04:05Z").map(ast.String),
    "PartialDate": st.just("2021-05").map(ast.String),
}


def damaging(seed: int, rate: float) -> Damage | None:
    """Damage that hits the same property of the same node whoever asks."""

    def damage(label: str, key: str, name: str, stored: Any) -> Any:
        if name in _KEPT and label not in RELATIONSHIPS:
            return stored
        dice = random.Random(zlib.crc32(f"{seed}{label}{key}{name}".encode()))
        if dice.random() >= rate:
            return stored
        return dice.choice((*_WRONG, ValueError(f"{name} is damaged")))

    return damage if rate else None


def shown(result: Any) -> tuple[str, list[str]]:
    errors = [json.dumps(error.formatted, default=str) for error in result.errors or []]
    return re.sub("0x[0-9a-f]+", "0x", json.dumps(result.data, default=repr)), errors


def compare(
    schema: GraphQLSchema, document: DocumentNode, store: Any, caller: Any, variables: dict[str, Any] | None = None
) -> Counter[str]:
    """Runs both engines, the fast one twice (the second time from its plan); what it did."""
    context = Context(store=store, caller=caller)
    fast, counts = run(FastAtOnce, schema, document, context, variables)
    calls, store.calls = store.calls, 0
    stock, _ = run(StockAtOnce, schema, document, context, variables)
    stock_calls, store.calls = store.calls, 0
    again, _ = run(FastAtOnce, schema, document, context, variables)
    text = f"{print_ast(document)}\n{variables}"
    assert shown(fast) == shown(stock), text
    assert shown(again) == shown(fast), text
    return Counter(
        operations=1,
        failed=bool(fast.errors),
        compiled=counts.compiled,
        custom=counts.custom,
        unusual=counts.unusual,
        calls=calls,
        stock_calls=stock_calls,
    )


_SCHEMA = sample.schema()
_SDL = re.sub(r"  (_entities|_service)[^\n]*\n", "", print_schema(_SCHEMA))
_DONE: Counter[str] = Counter()
_CUSTOM = ("similar", "key", "again", "broken")
_DEEP = 25
_TWISTS = 8
"""Variants of each generated operation: generating costs thirty times as much as running."""


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)
@given(from_schema(_SDL, custom_scalars=_SCALARS), st.integers(0, 10**6))
def test_random_operations_on_the_sample(text: str, seed: int) -> None:
    document = parse(text)
    for number in range(_TWISTS):
        dice = random.Random(seed + number)
        varied, variables = twisted(document, dice, sample.TEXTS)
        damage = damaging(seed + number, dice.choice((0.0, 0.0, 0.05, 0.3)))
        _DONE.update(compare(_SCHEMA, varied, sample.store(damage=damage), dice.choice(_CALLERS), variables))


@pytest.mark.parametrize("seed", range(8))
def test_deep_operations_on_the_sample(seed: int) -> None:
    for number in range(_DEEP):
        dice = random.Random(1_000 * seed + number)
        varied, variables = twisted(deep(_SCHEMA, dice, without=dice.choice((_CUSTOM, ()))), dice, sample.TEXTS)
        damage = damaging(number, dice.choice((0.0, 0.0, 0.02, 0.2)))
        _DONE.update(compare(_SCHEMA, varied, sample.store(damage=damage), dice.choice(_CALLERS), variables))


_GATEWAY = compose(subgraphs.schemas())
_ASK_ELSEWHERE = ("search", "suggestions", "similar", "similarMunicipalities", "related")
"""Fields that ask the search engine or a named query, which a store in memory has not."""


@pytest.mark.parametrize("seed", range(8))
def test_deep_operations_on_the_gateway(seed: int) -> None:
    for number in range(15):
        dice = random.Random(1_000 * seed + number)
        document = deep(_GATEWAY, dice, without=_ASK_ELSEWHERE)
        varied, variables = twisted(document, dice, {**sample.TEXTS, "id": ("Hub:zeitz", "Project:p1", "x")})
        damage = damaging(number, dice.choice((0.0, 0.0, 0.02, 0.2)))
        compare(_GATEWAY, varied, sample.store(damage=damage), dice.choice(_CALLERS), variables)


def test_the_random_operations_reached_every_path() -> None:
    if not _DONE:
        pytest.fail("run the whole module: this test looks at what the random operations did")
    assert _DONE["operations"] >= 1_500
    assert _DONE["compiled"] > _DONE["operations"] / 2
    assert _DONE["failed"] > 100
    assert _DONE["custom"] > 100
    assert _DONE["unusual"] > 100
    assert _DONE["calls"] * 2 < _DONE["stock_calls"]
