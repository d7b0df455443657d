"""Whoever may read a node is said by its `readers` alone, whatever became of them and however a database keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph.backends.neo4j.render import PUBLIC_LABEL
from graph.backends.neo4j.store import Neo4jGraphStore
from graph.ddl import LABELS
from graph.links import HOUSE_PROJECTS
from graph.port import GraphStore, Transaction
from graph.selection import ByKeys, LinkRead, Match, Page, Selection
from tests.contract.conftest import emptied
from tests.fixtures.builders import make_hub, plant

KEYS = ("a", "b")
TOKENS = ("public", "network", "hub:zeitz", "admin", "Public", "publi")
READERS = st.sampled_from(
    (["public"], ["network"], ["public", "hub:zeitz"], ["admin", "hub:zeitz"], ["Public", "publi"], [], None)
)
AUDIENCES = [frozenset(tokens) for tokens in ((), *((token,) for token in TOKENS), TOKENS, TOKENS[1:])]


@dataclass(frozen=True, slots=True)
class Put:
    """One `put`; `readers` is None where the rows leave them alone."""

    rows: Sequence[tuple[str, list[str] | None]]
    has_readers: bool

    async def write(self, transaction: Transaction) -> None:
        rows: list[Mapping[str, Any]] = [
            {"id": key, "slug": key, **({"readers": readers} if self.has_readers else {})} for key, readers in self.rows
        ]
        await transaction.put("Project", rows)
        hub = {"start": "zeitz"}
        await transaction.connect("OWNS", "Hub", "Project", [{**hub, "end": key} for key, _ in self.rows])

    def apply(self, readers: dict[str, list[str]]) -> None:
        for key, tokens in self.rows:
            readers[key] = (tokens or []) if self.has_readers else readers.get(key, [])


@dataclass(frozen=True, slots=True)
class Delete:
    key: str

    async def write(self, transaction: Transaction) -> None:
        await transaction.delete("Project", [self.key])

    def apply(self, readers: dict[str, list[str]]) -> None:
        readers.pop(self.key, None)


ROWS = st.lists(st.tuples(st.sampled_from(KEYS), READERS), min_size=1, max_size=3, unique_by=lambda row: row[0])
STEPS = st.lists(
    st.builds(Put, ROWS, st.sampled_from((True, True, False))) | st.builds(Delete, st.sampled_from(KEYS)),
    min_size=2,
    max_size=6,
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, is_one_transaction=st.booleans())
@example(steps=[Put([("a", ["public"])], True), Put([("a", ["network"])], True)], is_one_transaction=False)
@example(steps=[Put([("a", ["public"])], True), Put([("a", None)], True)], is_one_transaction=True)
@example(steps=[Put([("a", ["public"])], True), Put([("a", None)], False)], is_one_transaction=False)
async def test_readers_decide_after_any_changes(
    store: GraphStore, steps: list[Put | Delete], is_one_transaction: bool
) -> None:
    await emptied(store)
    await plant(store, make_hub("zeitz"))
    readers: dict[str, list[str]] = {}

    async def write(transaction: Transaction, group: Sequence[Put | Delete]) -> None:
        for step in group:
            await step.write(transaction)

    for group in [steps] if is_one_transaction else [[step] for step in steps]:
        await store.transact(partial(write, group=group))
    for step in steps:
        step.apply(readers)
    for audiences in AUDIENCES:
        seen = [key for key in KEYS if audiences & set(readers.get(key, ()))]
        assert await read(store, audiences) == (seen, len(seen), [key if key in seen else None for key in KEYS], seen)
    if isinstance(store, Neo4jGraphStore):
        assert await marked(store) == [key for key in KEYS if "public" in readers.get(key, ())]


async def read(store: GraphStore, audiences: frozenset[str]) -> tuple[list[Any], int | None, list[Any], list[Any]]:
    """The projects that a match, its count, keys and a link show."""
    ids = Selection("Project", ("id",))
    match = await store.select(ids, Match("Project", count=True), audiences=audiences)
    keys = await store.select(ids, ByKeys("Project", "id", KEYS), audiences=audiences)
    owned = Selection("Hub", (), (LinkRead(HOUSE_PROJECTS["Hub"], (ids,), page=0),))
    start = ByKeys("Hub", "slug", ("zeitz",))
    (linked,) = (await store.select(owned, start, audiences=audiences, pages=(Page(9),))).rows
    assert linked is not None
    return (
        [row[0] for row in match.rows if row is not None],
        match.total,
        [row and row[0] for row in keys.rows],
        sorted(key for (key,) in cast("list[list[str]]", linked[0])),
    )


async def marked(store: Neo4jGraphStore) -> list[str]:
    records = await store._read(f"MATCH (n:{PUBLIC_LABEL}) RETURN n.id ORDER BY n.id", {}, 10)
    return [key for (key,) in records]


def test_no_label_of_the_model_has_the_name_of_the_mark() -> None:
    assert PUBLIC_LABEL not in LABELS
