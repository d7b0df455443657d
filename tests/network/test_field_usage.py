"""Who uses which field: counted by what programs say of themselves, and by nothing that could name a person."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLEnumType, GraphQLSchema, build_schema, parse
from hypothesis import given
from hypothesis import strategies as st

from graph.backends.ladybug.store import LadybugGraphStore
from graph.errors import GraphUnavailableError
from graph.reading.field_usage import Client
from network.jobs.schema import gathered, in_use
from network.operations.coordinates import Uses, uses
from network.operations.field_usage import MAX_CLIENTS, MAX_WAITING, OTHER, UNNAMED, Usage, client_of
from tests.network.plain import client, make_app

QUERIES = Path(__file__).parents[2] / "docs" / "queries"
SDL = """
directive @mark(as: E) on FIELD
type Query { a(i: I, e: E = A, list: [[E!]]): T node: Node search: Found plain(text: String): Int }
interface Node { id: ID! }
type T implements Node { id: ID! t: T b(n: Int): Int }
type V implements Node { id: ID! v: Int }
union Found = T | V
enum E { A B C }
input I { e: E inner: I many: [I!] text: String }
"""
SCHEMA = build_schema(SDL)


def used(text: str, name: str | None = None, **values: Any) -> set[str]:
    found = uses(SCHEMA, parse(text))[name]
    return set(found.fixed | found.given(values))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ plain }", {"Query.plain"}),
        ('{ x: plain(text: "A") y: plain }', {"Query.plain", "Query.plain(text:)"}),
        ("{ a { id } }", {"Query.a", "T.id"}),
        ("{ a(e: B) { b(n: 1) } }", {"Query.a", "Query.a(e:)", "E.B", "T.b", "T.b(n:)"}),
        ("{ a(list: [[A], [B]]) { id } }", {"Query.a", "Query.a(list:)", "E.A", "E.B", "T.id"}),
        (
            '{ a(i: {inner: {e: C}, many: [{text: "x"}]}) { id } }',
            {"Query.a", "Query.a(i:)", "I.inner", "I.e", "E.C", "I.many", "I.text", "T.id"},
        ),
        ("{ node { id ... on V { v } } }", {"Query.node", "Node.id", "V.v"}),
        ("{ search { __typename ... on T { t { id } } } }", {"Query.search", "T.t", "T.id"}),
        ("{ __schema { types { name } } __typename plain }", {"Query.plain"}),
        ("{ plain @mark(as: A) }", {"Query.plain", "E.A"}),
        ("{ plain @include(if: true) }", {"Query.plain"}),
        ("{ ...F } fragment F on Query { a { ...G } } fragment G on T { id }", {"Query.a", "T.id"}),
        ("query ($e: E = B) { a(e: $e) { id } }", {"Query.a", "Query.a(e:)", "E.B", "T.id"}),
    ],
)  # fmt: skip
def test_an_operation_uses_what_it_names(text: str, expected: set[str]) -> None:
    assert used(text) == expected


def test_each_operation_of_a_document_counts_for_itself() -> None:
    text = "query X { a { ...F } } query Y { plain } fragment F on T { b }"
    assert used(text, "X") == {"Query.a", "T.b"}
    assert used(text, "Y") == {"Query.plain"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"e": "B"}, {"I.e", "E.B"}),
        ({"many": [{"e": "A"}, {"inner": {"text": "x"}}]}, {"I.many", "I.e", "E.A", "I.inner", "I.text"}),
        ({"e": "NOWHERE", "x": 1, "inner": 5, "text": {"e": "A"}}, {"I.e", "I.inner", "I.text"}),
        (None, set()),
        ("A", set()),
        ([], set()),
    ],
)
def test_variables_use_what_their_values_hold(value: Any, expected: set[str]) -> None:
    fixed = {"Query.a", "Query.a(i:)", "T.id"}
    assert used("query ($i: I) { a(i: $i) { id } }", i=value) == fixed | expected


def test_a_value_of_any_size_is_read_in_bounded_time() -> None:
    deep: Any = {"e": "C"}
    for _ in range(100_000):
        deep = {"inner": deep}
    wide = {"many": [{"e": "A"}] * 100_000}
    assert "E.C" not in used("query ($i: I) { a(i: $i) { id } }", i=deep)
    assert "E.A" in used("query ($i: I) { a(i: $i) { id } }", i=wide)


def test_a_variable_without_names_in_it_is_not_looked_at() -> None:
    assert uses(SCHEMA, parse("query ($t: String) { plain(text: $t) }"))[None].variables == {}


def resolves(schema: GraphQLSchema, coordinate: str) -> bool:
    """Whether the schema has what a coordinate names."""
    owner, _, member = coordinate.partition(".")
    name, _, argument = member.partition("(")
    declared: Any = schema.type_map[owner]
    part = (declared.values if isinstance(declared, GraphQLEnumType) else declared.fields)[name]
    return not argument or argument.removesuffix(":)") in part.args


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*.graphql")), ids=lambda path: path.stem)
def test_what_the_ready_queries_use_is_there(path: Path, gateway: GraphQLSchema) -> None:
    variables = path.with_suffix(".json")
    values = json.loads(variables.read_text("utf-8")) if variables.exists() else {}
    ((_, found),) = uses(gateway, parse(path.read_text("utf-8"))).items()
    coordinates = found.fixed | found.given(values)

    assert any(one.startswith(("Query.", "Mutation.")) for one in coordinates)
    assert all(resolves(gateway, one) for one in coordinates)
    assert (found.given(values) - found.fixed != set()) == any(
        isinstance(value, dict) and value for value in values.values()
    )


APOLLO, HIVE = "apollographql-client", "graphql-client"


@pytest.mark.parametrize("prefix", [APOLLO, HIVE])
@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("town-app", "1.2.3", Client("town-app", "1.2.3")),
        ("@town/app", "2026.11+x", Client("@town/app", "2026.11+x")),
        ("Power Query", "", Client("Power Query", "")),
        ("", "1.2", UNNAMED),
        ("erika.muster@stadt.example", "1", OTHER),
        ("x" * 65, "1", OTHER),
        ("<script>", "1", OTHER),
        ("a\tb", "1", OTHER),
        ("Größe", "1", OTHER),
        ("app", "1 2", Client("app", "")),
        ("app", "x" * 33, Client("app", "")),
    ],
)
def test_a_client_is_what_it_calls_itself(prefix: str, name: str, version: str, expected: Client) -> None:
    assert client_of({f"{prefix}-name": name, f"{prefix}-version": version}) == expected


@given(st.text(max_size=80), st.text(max_size=40))
def test_whatever_calls_itself_is_short_and_no_address(name: str, version: str) -> None:
    found = client_of({f"{APOLLO}-name": name, f"{APOLLO}-version": version})
    assert len(found.name) <= 65
    assert len(found.version) <= 32
    assert "@" not in found.name[1:]
    assert found.name.isascii()


FIELD = Uses(frozenset({"Query.a", "T.id"}))


def test_counting_adds_up() -> None:
    usage = Usage()
    other = uses(SCHEMA, parse("query ($i: I) { a(i: $i) { b } }"))[None]
    for _ in range(3):
        usage.count(UNNAMED, FIELD, {})
    usage.count(Client("app", "1"), FIELD, {})
    usage.count(UNNAMED, other, {"i": {"e": "A"}})

    first = {"Query.a": 4, "T.id": 3, "T.b": 1, "Query.a(i:)": 1, "I.e": 1, "E.A": 1}
    assert usage.take() == {UNNAMED: Counter(first), Client("app", "1"): Counter({"Query.a": 1, "T.id": 1})}
    assert usage.take() == {}


def test_made_up_names_and_documents_fill_no_memory() -> None:
    usage = Usage()
    for number in range(3 * MAX_WAITING):
        usage.count(Client(f"app-{number}", ""), Uses(FIELD.fixed), {})
    taken = usage.take()

    assert len(taken) == MAX_CLIENTS + 1
    assert sum(parts["Query.a"] for parts in taken.values()) == 3 * MAX_WAITING
    assert taken[OTHER]["Query.a"] == 3 * MAX_WAITING - MAX_CLIENTS


async def test_what_is_asked_is_counted_and_what_is_refused_is_not() -> None:
    usage = Usage()
    async with client(make_app(usage=usage)) as http:
        named = {"graphql-client-name": "town-app", "graphql-client-version": "3"}
        for body in (
            {"query": '{ hello(name: "x") }'},
            {"query": "{ nothing }"},
            {"query": "{"},
            {"query": "{ __typename }"},
        ):
            await http.post("/graphql", json=body, headers=named)
        await http.post("/graphql", json={"query": "{ who }"}, headers={"authorization": "Bearer hub_lead+zeitz"})

    assert usage.take() == {
        Client("town-app", "3"): {"Query.hello": 1, "Query.hello(name:)": 1},
        UNNAMED: {"Query.who": 1},
    }


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[LadybugGraphStore]:
    opened = await LadybugGraphStore.open(tmp_path / "graph")
    await opened.apply_schema()
    yield opened
    await opened.close()


async def test_counting_goes_on_after_a_restart(store: LadybugGraphStore) -> None:
    for _ in range(2):
        usage = Usage()
        usage.count(Client("app", "1"), FIELD, {})
        assert await usage.write(store) == 1
    assert [(one.coordinate, one.client, one.count) for one in await gathered(store, 1)] == [
        ("Query.a", "app", 2),
        ("T.id", "app", 2),
    ]


async def test_an_orderly_end_loses_nothing(store: LadybugGraphStore) -> None:
    usage = Usage()
    writing = asyncio.create_task(usage.keep_writing(store, every_s=3_600))
    await asyncio.sleep(0)
    usage.count(UNNAMED, FIELD, {})
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    assert [one.count for one in await gathered(store, 1)] == [1, 1]


async def test_what_cannot_be_written_waits(store: LadybugGraphStore, tmp_path: Path) -> None:
    away = await LadybugGraphStore.open(tmp_path / "away")
    await away.close()
    usage = Usage()
    usage.count(UNNAMED, FIELD, {})
    assert await usage.write(away) == 0
    usage.count(UNNAMED, FIELD, {})
    assert await usage.write(store) == 1
    assert [one.count for one in await gathered(store, 1)] == [2, 2]
    with pytest.raises(GraphUnavailableError):
        await gathered(away, 1)


async def test_deprecated_parts_in_use_are_told(store: LadybugGraphStore) -> None:
    usage = Usage()
    usage.count(Client("app", "1"), FIELD, {})
    await usage.write(store)
    (used_one,) = await in_use(store, {"T.id", "T.b"}, days=30)
    (unused,) = await in_use(store, {"T.b"}, days=30)

    assert (used_one.count, used_one.is_wrong) == (1, False)
    assert used_one.text == "1 of 2 deprecated parts of the schema were used in the last 30 days"
    assert used_one.examples[0].startswith("T.id: app 1, last on 20")
    assert "hubnetz schema usage" in used_one.advice
    assert (unused.count, unused.advice, unused.examples) == (0, "", [])
