"""Named queries: what they answer, what is refused, how long they may take, and what a closed store says."""

import asyncio
import os
import re
from pathlib import Path

import pytest

from graph import queries
from graph.backends.ladybug.store import LadybugGraphStore
from graph.backends.neo4j.store import Neo4jGraphStore
from graph.errors import GraphUnavailableError, InvalidInputError, InvalidQueryError
from graph.port import GraphStore, Transaction
from graph.selection import Match, Selection
from tests.fixtures.builders import make_hub, make_municipality, make_project, plant, relate, serves

FOLDER = Path(queries.__file__).parent
HUBS = Selection("Hub", ("slug",))
PUBLIC = frozenset({"public"})


async def hubs(store: GraphStore) -> list[object]:
    return [row[0] for row in (await store.select(HUBS, Match("Hub"), audiences=PUBLIC)).rows if row is not None]


async def test_records_come_in_the_order_of_the_query(store: GraphStore) -> None:
    zeitz, town = make_hub("zeitz"), make_municipality()
    await plant(store, zeitz, make_hub("apolda"), town, serves(zeitz, town))
    records = await store.query("together", {"slugs": ["zeitz", "nothing", "apolda"]})
    assert records == [["apolda", 0, False], ["zeitz", 1, False]]


async def test_no_trail_repeats_a_relationship(store: GraphStore) -> None:
    projects = {key: make_project(key) for key in "abc"}
    circle = [relate("DERIVED_FROM", projects[start], projects[end]) for start, end in ("ab", "bc", "ca")]
    await plant(store, *projects.values(), *circle)
    assert await store.query("trails", {"project": "a"}) == [["b", 1], ["c", 2], ["a", 3]]


@pytest.mark.parametrize("value", [None, "ö'\"\\\n", 2**53 + 1, -1.5, True, ["a", None], []], ids=repr)
async def test_values_pass_through_unchanged(store: GraphStore, value: object) -> None:
    assert await store.query("echo", {"value": value}) == [[value]]


@pytest.mark.parametrize("name", ["nothing", "../conftest", "trails.cypher", "ladybug/trails", "", "misspelt"])
async def test_queries_that_are_not_there_or_not_right(store: GraphStore, name: str) -> None:
    with pytest.raises(InvalidQueryError):
        await store.query(name, {})


async def test_a_query_has_to_say_what_it_is_for(store: GraphStore) -> None:
    with pytest.raises(InvalidQueryError, match="unexplained"):
        await store.query("unexplained", {})


async def test_a_parameter_that_is_not_given_is_no_null(store: GraphStore) -> None:
    with pytest.raises(InvalidQueryError):
        await store.query("trails", {})


async def test_half_a_surrogate_pair_is_bad_input(store: GraphStore) -> None:
    with pytest.raises(InvalidInputError):
        await store.query("echo", {"value": "\ud83d"})


async def test_reading_queries_cannot_write(store: GraphStore) -> None:
    with pytest.raises(InvalidQueryError):
        await store.query("writes", {"slug": "zeitz"})
    assert await hubs(store) == []

    async def write(transaction: Transaction) -> list[list[object]]:
        return await transaction.query("writes", {"slug": "zeitz"})

    assert await store.transact(write) == [["zeitz"]]
    assert await hubs(store) == ["zeitz"]


async def test_what_takes_too_long_is_stopped(store: GraphStore) -> None:
    await plant(store, make_hub("zeitz"))
    with pytest.raises(GraphUnavailableError) as caught:
        await store.query("endless", {}, timeout_s=0.2)
    assert caught.value.retryable
    assert await hubs(store) == ["zeitz"]


async def test_what_is_cancelled_is_stopped(store: GraphStore) -> None:
    running = [asyncio.create_task(store.query("endless", {}, timeout_s=600)) for _ in range(10)]
    await asyncio.wait(running, timeout=0.3)
    for task in running:
        task.cancel()
    outcomes = await asyncio.gather(*running, return_exceptions=True)
    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
    # Ten endless queries that went on would hold every connection of the embedded store.
    assert await asyncio.gather(*(hubs(store) for _ in range(10))) == [[]] * 10


async def test_a_ping_answers_in_seconds(store: GraphStore) -> None:
    assert 0 <= await store.ping() <= 60


async def test_the_clock_has_the_form_of_an_instant_and_does_not_stand_still(store: GraphStore) -> None:
    first, second = await store.now(), await store.now()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", first)
    assert first < second


async def test_the_schema_is_applied_again_without_harm(store: GraphStore) -> None:
    await plant(store, make_hub("zeitz"))
    await store.apply_schema()
    assert await hubs(store) == ["zeitz"]


async def another(store: GraphStore, tmp_path: Path) -> GraphStore:
    if isinstance(store, LadybugGraphStore):
        return await LadybugGraphStore.open(tmp_path)
    environment = os.environ
    user, password = environment.get("NEO4J_USER", ""), environment.get("NEO4J_PASSWORD", "")
    return Neo4jGraphStore(environment["NEO4J_URL"], user=user, password=password)


async def test_a_closed_store_says_so(store: GraphStore, tmp_path: Path) -> None:
    closed = await another(store, tmp_path)
    await closed.close()
    await closed.close()

    async def nothing(transaction: Transaction) -> None:
        await transaction.read("Hub", ["zeitz"])

    for call in (
        closed.ping(),
        closed.query("echo", {"value": 1}),
        closed.select(HUBS, Match("Hub"), audiences=PUBLIC),
        closed.transact(nothing),
        closed.apply_schema(),
    ):
        with pytest.raises(GraphUnavailableError):
            await call


def query_files() -> list[Path]:
    return sorted(FOLDER.rglob("*.cypher"))


@pytest.mark.parametrize("path", query_files(), ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_query_file_names_its_parameters(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    comment = "\n".join(line for line in text.splitlines() if line.startswith("//"))
    parameters = set(re.findall(r"\$(\w+)", text.replace(comment, "")))
    assert comment
    assert not [name for name in sorted(parameters) if name not in comment]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.cypher")), ids=lambda path: path.name)
def test_shared_queries_use_no_slice(path: Path) -> None:
    # [1, 2, 3, 4][1..3] is [2, 3] on Neo4j and [1, 2, 3] on Ladybug. A range of hops follows an asterisk.
    code = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("//"))
    assert ".." not in re.sub(r"\*\s*\d*\.\.\d*", "", code)


@pytest.mark.parametrize("path", query_files(), ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_query_writes_no_readers_and_shows_no_labels(path: Path) -> None:
    # On Neo4j a label of the adapter's own follows from `readers` (graph/backends/neo4j/render.py, PUBLIC_LABEL).
    code = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("//"))
    assert not re.search(r"\breaders`?\s*(=|\+=|:)", code)
    assert not re.search(r"\blabels\s*\(", code)


def test_an_override_is_of_a_query_that_has_a_twin() -> None:
    for path in query_files():
        if path.parent != FOLDER:
            shared = FOLDER / path.name
            other = FOLDER / ("neo4j" if path.parent.name == "ladybug" else "ladybug") / path.name
            assert shared.is_file() or other.is_file(), f"{path.name} answers on one backend only"
