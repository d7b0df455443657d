"""Servers to break. They are started only where `NEO4J_URL` says that Neo4j can run here; it is not itself touched."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from graph import queries
from graph.backends.neo4j.store import Neo4jGraphStore
from tests.faults.bolt_proxy import BoltProxy
from tests.faults.neo4j_server import Neo4jServer

queries.add_folder(Path(__file__).parents[1] / "contract" / "queries")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("NEO4J_URL") or os.environ.get("CI") == "true":
        return
    here = Path(__file__).parent
    needing = [item for item in items if item.path.is_relative_to(here) and "neo4j" in item.path.name]
    config.hook.pytest_deselected(items=needing)
    items[:] = [item for item in items if item not in needing]


@pytest.fixture(scope="session")
def jars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get("NEO4J_JARS")
    return Path(given) if given else tmp_path_factory.mktemp("neo4j") / "jars"


@pytest.fixture(scope="session")
def any_server(tmp_path_factory: pytest.TempPathFactory, jars: Path) -> Iterator[Neo4jServer]:
    server = Neo4jServer(tmp_path_factory.mktemp("server"), jars, has_sign_in=True)
    yield server
    if server.is_running:
        server.kill()


@pytest.fixture
def server(any_server: Neo4jServer) -> Neo4jServer:
    """A running server; the test before may have left it down, or with other settings."""
    if any_server.is_running and any_server.settings:
        any_server.kill()
    if not any_server.is_running:
        any_server.start()
    return any_server


@pytest_asyncio.fixture
async def store(server: Neo4jServer) -> AsyncIterator[Neo4jGraphStore]:
    store = Neo4jGraphStore(server.url, user=server.user, password=server.password)
    await store.apply_schema()
    yield store
    await store.close()


@pytest_asyncio.fixture
async def proxy(server: Neo4jServer) -> AsyncIterator[BoltProxy]:
    async with BoltProxy(server.port).listening() as proxy:
        yield proxy


@pytest_asyncio.fixture
async def proxied(proxy: BoltProxy, server: Neo4jServer) -> AsyncIterator[Neo4jGraphStore]:
    """A store whose connections `proxy` can break."""
    proxied = Neo4jGraphStore(proxy.url, user=server.user, password=server.password)
    yield proxied
    await proxied.close()
