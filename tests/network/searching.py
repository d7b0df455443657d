"""Small networks of their own to search in, and everything that an answer can say."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import ExecutionResult, GraphQLSchema, parse

from auth.principal import Caller
from graph.backends.ladybug.store import LadybugGraphStore
from graph.model import Node
from graph.relationships import Relationship
from network.context import Context
from network.execution import execute
from search.indexer import Indexer
from search.service import SearchService
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import plant
from tests.network.world import ANONYMOUS

EVERYTHING = """
query (
  $query: String!, $filter: SearchFilter, $first: Int = 20, $after: String, $sort: SearchOrder! = RELEVANCE,
  $explain: Boolean! = true
) {
  search(query: $query, filter: $filter, first: $first, after: $after, sort: $sort, explain: $explain) {
    totalCount isTotalExact didYouMean missingWords withoutFilters
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    facets { name values { value label count } }
    edges { ...Hit }
    relaxed {
      label
      edges { ...Hit }
      topics { slug }
      need { kind title topics { slug } }
      catalogues { name purpose url }
    }
    wider { parts { text totalCount isTotalExact } topics { topic { slug } totalCount reason typed found } }
  }
}
fragment Hit on SearchEdge {
  cursor score isAside
  node { slug title }
  title { html }
  snippets { source html }
  explanation {
    textScore coverage confirmedReuse confirmedAt missing label
    words { typed part found source kind label quality }
  }
}
"""


@dataclass(frozen=True)
class Place:
    """A network that can be searched."""

    gateway: GraphQLSchema
    store: LadybugGraphStore
    index: TantivySearchIndex
    service: SearchService

    async def result(self, query: str, caller: Caller = ANONYMOUS, **variables: Any) -> ExecutionResult:
        context = Context(store=self.store, search=self.service, caller=caller)
        given = {"query": query, **variables}
        return await execute(self.gateway, parse(EVERYTHING), context=context, variables=given)

    async def search(self, query: str, caller: Caller = ANONYMOUS, **variables: Any) -> Any:
        """The answer, which has no errors."""
        result = await self.result(query, caller, **variables)
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data["search"]


@contextlib.asynccontextmanager
async def network_of(gateway: GraphQLSchema, folder: Path, *things: Node | Relationship) -> AsyncIterator[Place]:
    """A network of `things` alone."""
    store = await LadybugGraphStore.open(folder / "graph", buffer_mb=256)
    await store.apply_schema()
    await plant(store, *things)
    index = await TantivySearchIndex.open(folder / "index")
    await Indexer(store, index, holder="tests").full_rebuild()
    service = SearchService(store, index)
    yield Place(gateway, store, index, service)
    await service.close()
    await index.close()
    await store.close()


def slugs(page: Any) -> list[str]:
    return [edge["node"]["slug"] for edge in page["edges"]]
