"""The network of `world`, read by many tests and changed by none."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from graphql import GraphQLSchema

from graph.ladybug_store import LadybugGraphStore
from network.gateway import compose
from network.subgraphs import schemas
from search.indexer import Indexer
from search.tantivy_index import TantivySearchIndex
from tests.network import world


@pytest_asyncio.fixture(scope="session")
async def network(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LadybugGraphStore]:
    store = await LadybugGraphStore.open(tmp_path_factory.mktemp("network"))
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
    return {name: schema._schema for name, schema in schemas().items()}


@pytest.fixture(scope="session")
def gateway() -> GraphQLSchema:
    return compose(schemas())
