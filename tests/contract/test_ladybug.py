"""What only the embedded database does: one holder of a folder, errors by their text, memory, tables that grow."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ladybug
import pytest

from graph.backends.ladybug.connections import Records, Session
from graph.backends.ladybug.errors import PREFIXES, OutOfBufferError, translated
from graph.backends.ladybug.store import LadybugGraphStore
from graph.backends.migrations import Migration, migrate, stored_version
from graph.errors import (
    ConstraintError,
    GraphError,
    GraphUnavailableError,
    InvalidInputError,
    InvalidQueryError,
    SchemaVersionError,
)
from graph.port import GraphStore, Transacting, Transaction
from graph.selection import ByKeys, Match, Selection
from tests.fixtures.builders import make_hub, make_municipality, plant, serves

ROOT = Path(__file__).parents[2]
HUBS = Selection("Hub", ("slug",))
PUBLIC = frozenset({"public"})


async def hubs(store: GraphStore) -> list[object]:
    return [row[0] for row in (await store.select(HUBS, Match("Hub"), audiences=PUBLIC)).rows if row is not None]


async def opened(folder: Path, **options: Any) -> LadybugGraphStore:
    store = await LadybugGraphStore.open(folder, **options)
    await store.apply_schema()
    return store


async def test_what_was_committed_is_there_after_opening_again(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await plant(store, make_hub("zeitz"))
    await store.close()
    store = await opened(tmp_path)
    assert await hubs(store) == ["zeitz"]
    await store.close()


async def test_a_folder_has_one_holder_within_a_process(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    with pytest.raises(GraphUnavailableError, match=r"held by process [0-9]+"):
        await LadybugGraphStore.open(tmp_path)
    await plant(store, make_hub("zeitz"))
    await store.close()
    again = await opened(tmp_path)
    assert await hubs(again) == ["zeitz"]
    await again.close()


SECOND = """
import asyncio, pathlib, sys
from graph.errors import GraphUnavailableError
from graph.backends.ladybug.store import LadybugGraphStore
try:
    asyncio.run(LadybugGraphStore.open(pathlib.Path(sys.argv[1])))
except GraphUnavailableError as error:
    print(error)
"""


async def test_a_second_process_is_refused_and_told_who_has_the_folder(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    command = [sys.executable, "-B", "-c", SECOND, str(tmp_path)]
    answer = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"{tmp_path} is held by process" in answer.stdout
    assert "hubnetz serve" in answer.stdout
    await plant(store, make_hub("zeitz"))
    await store.close()


async def test_a_failure_to_open_leaves_the_folder_free(tmp_path: Path) -> None:
    files = tmp_path / "graph.lbug"
    files.write_text("no database" * 100)
    with pytest.raises(GraphUnavailableError):
        await LadybugGraphStore.open(tmp_path)
    files.unlink()
    await (await opened(tmp_path)).close()


def run(connection: ladybug.Connection, text: str) -> None:
    result = connection.execute(text)
    assert isinstance(result, ladybug.QueryResult)
    result.close()


@pytest.fixture
def connection(tmp_path: Path) -> Any:
    database = ladybug.Database(tmp_path / "raw", buffer_pool_size=2**24, max_num_threads=1)
    connection = ladybug.Connection(database, num_threads=1)
    run(connection, "CREATE NODE TABLE T(k STRING PRIMARY KEY, n INT64)")
    run(connection, "CREATE (:T {k: 'a'})")
    yield connection
    connection.close()
    database.close()


SLOW = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a * b = -1 RETURN count(*)"
PINNED: list[tuple[str, type[GraphError], str, dict[str, object]]] = [
    ("Interrupted.", GraphUnavailableError, SLOW, {}),
    ("Runtime exception: Found duplicated primary key value", ConstraintError, "CREATE (:T {k: 'a'})", {}),
    ("Unable to cast Python instance", InvalidInputError, "RETURN $x", {"x": "\ud800"}),
    ("Unable to cast Python instance", InvalidInputError, "RETURN $x", {"x": 10**30}),
    ("invalid literal for int()", InvalidInputError, "RETURN $x", {"x": [1, "a"]}),
    ("Parser exception:", InvalidQueryError, "MATCH (n) RETRUN n", {}),
    ("Binder exception:", InvalidQueryError, "MATCH (n:Nothing) RETURN n", {}),
    ("Catalog exception:", InvalidQueryError, "RETURN nothing(1)", {}),
    ("Conversion exception:", InvalidQueryError, "RETURN CAST('x' AS INT64)", {}),
    ("Overflow exception:", InvalidQueryError, "RETURN 9223372036854775807 + 1", {}),
    ("Runtime exception:", InvalidQueryError, "RETURN 1 / 0", {}),
]


@pytest.mark.parametrize(("prefix", "error", "text", "parameters"), PINNED, ids=lambda value: str(value)[:40])
def test_prefixes_of_messages(
    connection: Any, prefix: str, error: type[GraphError], text: str, parameters: dict[str, object]
) -> None:
    connection.set_query_timeout(200 if text is SLOW else 0)
    with pytest.raises(error) as caught, translated():
        connection.execute(text, parameters)
    assert type(caught.value) is error
    assert str(caught.value.__cause__).startswith(prefix)


def prepare_many(execute: Callable[[str, dict[str, object]], object]) -> None:
    """Fills the buffer: every prepared statement keeps what it needed to sort."""
    for number in range(1000):
        execute(f"UNWIND $many AS x RETURN x AS x{number} ORDER BY x{number}", {"many": [1]})


def test_the_prefix_of_messages_about_memory(connection: Any) -> None:
    with pytest.raises(OutOfBufferError) as caught, translated():
        prepare_many(lambda text, parameters: connection.execute(text, parameters).close())
    assert str(caught.value.__cause__).startswith("Buffer manager exception:")


def test_prefixes_of_messages_of_transactions_and_files(connection: Any, tmp_path: Path) -> None:
    connection.execute("BEGIN TRANSACTION READ ONLY").close()
    with pytest.raises(InvalidQueryError) as refused, translated():
        connection.execute("CREATE (:T {k: 'b'})")
    assert str(refused.value.__cause__).startswith("Can not execute a write query inside a read-only transaction.")
    with pytest.raises(GraphUnavailableError) as missing, translated():
        ladybug.Database(tmp_path / "no" / "folder")
    assert str(missing.value.__cause__).startswith("IO exception:")
    (tmp_path / "text").write_text("no database" * 100)
    with pytest.raises(GraphUnavailableError) as foreign, translated():
        ladybug.Database(tmp_path / "text")
    assert str(foreign.value.__cause__).startswith("Runtime exception: Unable to open database")
    other = ladybug.Connection(connection.database)
    other.close()
    with pytest.raises(GraphUnavailableError) as closed, translated():
        other.execute("RETURN 1")
    assert str(closed.value.__cause__).startswith("Connection is closed")
    connection.database.close()
    with pytest.raises(GraphUnavailableError) as gone, translated():
        connection.execute("RETURN 1")
    assert str(gone.value.__cause__).startswith("Database is closed")


def test_every_prefix_is_pinned() -> None:
    elsewhere = {
        "Can not execute a write query inside a read-only transaction.",
        "Buffer manager exception:",
        "IO exception:",
        "Runtime exception: Unable to open database",
        "Connection is closed",
        "Database is closed",
    }
    assert {prefix for prefix, _ in PREFIXES} == elsewhere | {
        prefix for prefix, *_ in PINNED if "literal" not in prefix
    }


def test_a_message_nobody_knows_is_a_failure_not_an_answer() -> None:
    with pytest.raises(GraphError, match="something else"), translated():
        raise RuntimeError("something else")


async def test_a_failed_statement_ends_the_transaction_even_where_its_error_is_caught(tmp_path: Path) -> None:
    store = await opened(tmp_path)

    async def careless(transaction: Transaction) -> None:
        await transaction.put("Hub", [{"slug": "before"}])
        with pytest.raises(InvalidQueryError):
            await transaction.query("misspelt", {})
        # Ladybug would commit this one at once, outside of any transaction.
        await transaction.put("Hub", [{"slug": "after"}])

    with pytest.raises(InvalidQueryError):
        await store.transact(careless)
    assert await hubs(store) == []
    await store.close()


async def test_reads_during_a_transaction_see_what_was_there_before(tmp_path: Path) -> None:
    store = await opened(tmp_path)

    async def write(transaction: Transaction) -> list[object]:
        await transaction.put("Hub", [{"slug": "zeitz"}])
        return await hubs(store)

    assert await store.transact(write) == []
    assert await hubs(store) == ["zeitz"]
    await store.close()


async def test_cancelling_a_read_frees_its_only_connection(tmp_path: Path) -> None:
    store = await opened(tmp_path, readers=1)
    running = asyncio.create_task(store.query("endless", {}, timeout_s=600))
    await asyncio.wait([running], timeout=0.2)
    running.cancel()
    # A second cancellation may not hand the connection on while its thread is still busy.
    await asyncio.wait([running], timeout=0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await hubs(store) == []
    await store.close()


async def test_waiting_for_a_connection_counts_against_the_time(tmp_path: Path) -> None:
    store = await opened(tmp_path, readers=1)
    running = asyncio.create_task(store.query("endless", {}, timeout_s=600))
    await asyncio.wait([running], timeout=0.1)
    with pytest.raises(GraphUnavailableError, match="busy"):
        await store.select(HUBS, Match("Hub"), audiences=PUBLIC, timeout_s=0.1)
    running.cancel()
    await asyncio.wait([running])
    await store.close()


async def test_closing_ends_what_runs(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    running = asyncio.create_task(store.query("endless", {}, timeout_s=600))
    await asyncio.wait([running], timeout=0.1)
    await store.close()
    with pytest.raises(GraphUnavailableError):
        await running


async def test_many_different_selections_do_not_fill_the_memory(tmp_path: Path) -> None:
    store = await opened(tmp_path, readers=1, buffer_mb=320)
    await plant(store, make_hub("zeitz"), make_municipality("150"), serves(make_hub("zeitz"), make_municipality("150")))
    names = ("slug", "name", "town", "state", "region", "status", "opened", "premises", "website")
    for number in range(2 ** len(names)):
        chosen = tuple(name for place, name in enumerate(names) if number >> place & 1)
        answer = await store.select(Selection("Hub", chosen), Match("Hub"), audiences=PUBLIC)
        assert len(answer.rows) == 1
    await store.close()


async def test_memory_that_ran_out_is_given_back(tmp_path: Path) -> None:
    store = await opened(tmp_path, readers=1, buffer_mb=64)

    with pytest.raises(OutOfBufferError):
        await store._read(lambda session: prepare_many(session.execute), 60)
    assert await hubs(store) == []
    await store.close()


async def test_a_read_for_which_memory_ran_out_is_done_again_once_it_was_given_back(tmp_path: Path) -> None:
    store = await opened(tmp_path, readers=1, buffer_mb=64)
    attempts = []

    def fills_it_once(session: Session) -> Records:
        attempts.append(session)
        if len(attempts) == 1:
            prepare_many(session.execute)
        return session.execute("RETURN 1")

    assert await store._read(fills_it_once, 60) == [[1]]
    assert len(attempts) == 2
    await store.close()


async def test_tables_of_an_older_version_get_what_they_lack(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    database = ladybug.Database(folder / "graph.lbug", buffer_pool_size=2**28)
    older = ladybug.Connection(database)
    for text in (
        "CREATE NODE TABLE Hub(slug STRING PRIMARY KEY, name STRING)",
        "CREATE NODE TABLE Project(id STRING PRIMARY KEY)",
        "CREATE REL TABLE OWNS(FROM Hub TO Project)",
        "CREATE NODE TABLE Municipality(ars STRING PRIMARY KEY)",
        "CREATE REL TABLE SERVES(FROM Hub TO Municipality, since STRING)",
        "CREATE (:Hub {slug: 'zeitz', name: 'Zeitz'})-[:SERVES {since: '2021'}]->(:Municipality {ars: '150'})",
    ):
        run(older, text)
    older.close()
    database.close()
    store = await opened(folder)
    selection = Selection("Hub", ("name", "town", "workplaces", "sources"))
    found = await store.select(selection, ByKeys("Hub", "slug", ("zeitz",)), audiences=PUBLIC)
    assert found.rows == [["Zeitz", None, None, []]]
    await plant(store, make_hub("apolda"), make_municipality("160"))
    await plant(store, serves(make_hub("zeitz"), make_municipality("160"), basis="Vertrag"))
    await store.close()


async def set_version(store: GraphStore, version: int) -> None:
    await store.transact(lambda transaction: transaction.put("SchemaState", [{"id": "schema", "version": version}]))


async def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await set_version(store, 99)
    with pytest.raises(SchemaVersionError, match="99"):
        await store.apply_schema()
    await store.close()


async def test_a_migration_that_was_killed_runs_again_from_a_copied_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = await opened(folder)
    await plant(store, make_hub("zeitz"))
    assert await stored_version(store) == 1
    runs: list[str] = []

    async def second(inner: Transacting) -> None:
        runs.append("second")
        await plant(inner, make_hub(f"run-{len(runs)}"))
        if len(runs) == 1:
            raise KeyboardInterrupt

    async def third(inner: Transacting) -> None:
        runs.append("third")
        del inner

    migrations = (Migration(2, second), Migration(3, third))
    with pytest.raises(KeyboardInterrupt):
        await migrate(store, 1, migrations=migrations, target=3, before=store.copy_folder)
    state = await store.transact(lambda transaction: transaction.read("SchemaState", ["schema"]))
    assert (state["schema"]["version"], state["schema"]["running"]) == (1, 2)
    await migrate(store, 1, migrations=migrations, target=3)
    state = await store.transact(lambda transaction: transaction.read("SchemaState", ["schema"]))
    assert (state["schema"]["version"], state["schema"]["running"]) == (3, None)
    assert runs == ["second", "second", "third"]
    assert await hubs(store) == ["run-1", "run-2", "zeitz"]
    await store.close()
    (copy,) = tmp_path.glob("data-before-migration-*")  # noqa: ASYNC240 - a test may wait
    saved = await opened(copy)
    assert await hubs(saved) == ["zeitz"]
    await saved.close()
