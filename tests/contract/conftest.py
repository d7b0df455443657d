"""One suite, two graph databases: Ladybug always, Neo4j where `NEO4J_URL` says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from graph import queries
from graph.backends.ladybug.connections import Session
from graph.backends.ladybug.store import LadybugGraphStore
from graph.backends.neo4j.store import Neo4jGraphStore
from graph.port import GraphStore
from tests.fixtures.neo4j_server import (
    HAS_NEO4J,
    NEO4J_PASSWORD,
    NEO4J_URL,
    NEO4J_USER,
    claim_test_database,
    empty_neo4j,
)

collect_ignore = [] if HAS_NEO4J else ["test_neo4j.py"]

queries.add_folder(Path(__file__).parent / "queries")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend_store" in metafunc.fixturenames:
        backends = ["ladybug"]
        if HAS_NEO4J:
            backends.append("neo4j")
        metafunc.parametrize("backend_store", backends, indirect=True)


@pytest_asyncio.fixture(scope="session")
async def ladybug_store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LadybugGraphStore]:
    # Enough for reads beside each other; what each prepared stays in memory until the last test.
    store = await LadybugGraphStore.open(tmp_path_factory.mktemp("ladybug"), readers=2)
    await store.apply_schema()
    yield store
    await store.close()


@pytest_asyncio.fixture(scope="session")
async def neo4j_store() -> AsyncIterator[Neo4jGraphStore]:
    if not NEO4J_URL:
        pytest.fail("CI=true needs NEO4J_URL: the server backend would go untested")
    await claim_test_database(NEO4J_URL)
    store = Neo4jGraphStore(NEO4J_URL, user=NEO4J_USER, password=NEO4J_PASSWORD)
    await store.apply_schema()
    yield store
    await store.close()


async def empty_ladybug(store: LadybugGraphStore) -> None:
    def work(session: Session) -> None:
        for (label,) in session.execute("MATCH (n) WHERE label(n) <> 'SchemaState' RETURN DISTINCT label(n)"):
            session.execute(f"MATCH (n:{label}) DETACH DELETE n")

    await store._declare(work)


@pytest.fixture
def backend_store(request: pytest.FixtureRequest) -> GraphStore:
    # Not in `store` itself: an asynchronous fixture cannot ask for another one.
    chosen: GraphStore = request.getfixturevalue(f"{request.param}_store")
    return chosen


@pytest_asyncio.fixture
async def store(backend_store: GraphStore) -> GraphStore:
    """An empty store of each backend."""
    await emptied(backend_store)
    return backend_store


async def emptied(store: GraphStore) -> None:
    """Takes everything out of `store` but what it needs to be one of ours."""
    if isinstance(store, LadybugGraphStore):
        await empty_ladybug(store)
    elif isinstance(store, Neo4jGraphStore):
        await empty_neo4j(store)
