"""The network of `world`, read by many tests and changed by none; and a service with issuers where people sign in."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from graphql import GraphQLSchema

from graph.backends.ladybug.store import LadybugGraphStore
from search.indexer import Indexer
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.made_once import made_once, shared_gateway, shared_schemas
from tests.fixtures.provider import SigningProvider
from tests.network import world
from tests.network.signing_in import Browser, Service, issuers_file
from tests.network.walking.place import Place, place

__all__ = ["made_once"]


@pytest_asyncio.fixture(scope="session")
async def network(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LadybugGraphStore]:
    # Each connection keeps the statements that it prepared, and this network stays until the last test.
    store = await LadybugGraphStore.open(tmp_path_factory.mktemp("network"), readers=1)
    await store.apply_schema()
    await world.settle(store)
    yield store
    await store.close()


@pytest_asyncio.fixture(scope="session")
async def index(
    network: LadybugGraphStore, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TantivySearchIndex]:
    index = await TantivySearchIndex.open(tmp_path_factory.mktemp("index"))
    await Indexer(network, index, holder="tests").full_rebuild()
    yield index
    await index.close()


@pytest.fixture(scope="session")
def subgraphs() -> dict[str, GraphQLSchema]:
    return {name: schema._schema for name, schema in shared_schemas().items()}


@pytest.fixture(scope="session")
def gateway() -> GraphQLSchema:
    return shared_gateway(shared_schemas())


@pytest.fixture
def provider() -> Iterator[SigningProvider]:
    served = SigningProvider()
    yield served
    served.close()


@pytest.fixture(scope="module")
def other() -> Iterator[SigningProvider]:
    served = SigningProvider("other")
    yield served
    served.close()


@pytest_asyncio.fixture
async def service(provider: SigningProvider, other: SigningProvider, tmp_path: Path) -> AsyncIterator[Service]:
    file = issuers_file(tmp_path, hubs=provider, other=other)
    async with Service(tmp_path, DATA_DIR=str(tmp_path / "var"), ISSUERS=str(file)) as made:
        yield made


@pytest_asyncio.fixture
async def browser(service: Service) -> AsyncIterator[Browser]:
    async with Browser(service.app()) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session")
async def walked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """The network of `walking.world` behind the whole application; read by all walks and changed by none."""
    async with place(tmp_path_factory.mktemp("walk")) as made:
        yield made
