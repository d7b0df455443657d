"""Lists from the root and how many there are: what `totalCount` and `networkCounts` cost as the network grows."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from graphql import parse, validate

from auth.principal import Anonymous
from graph.backends.ladybug.store import LadybugGraphStore
from graph.backends.neo4j.store import Neo4jGraphStore
from graph.port import GraphStore
from network.context import Context
from network.execution import execute
from network.schema.gateway import compose
from network.subgraphs import schemas

_CARD: Final = "edges { node { slug title summary status hub { name } } }"
OPERATIONS: Final = {
    "6 latest, as on the start page": f"{{ projects(first: 6, orderBy: UPDATED_DESC) {{ {_CARD} }} }}",
    "the same with `totalCount`": f"{{ projects(first: 6, orderBy: UPDATED_DESC) {{ totalCount {_CARD} }} }}",
    "`totalCount` alone": "{ projects(first: 0) { totalCount } }",
    "20 by title with `totalCount`": f"{{ projects(first: 20) {{ totalCount {_CARD} }} }}",
    "`networkCounts`": "{ networkCounts { hubs municipalities universities projects confirmedAdoptions openNeeds } }",
}


def measure(url: str, *, turns: int) -> list[tuple[str, float, float]]:
    """What was asked, with median and 95th percentile in milliseconds, in process."""
    return asyncio.run(_measure(url, turns))


async def _measure(url: str, turns: int) -> list[tuple[str, float, float]]:
    schema = compose(schemas(max_representations=100))
    found = []
    async for store in _opened(url):
        for name, text in OPERATIONS.items():
            document = parse(text)
            assert not validate(schema, document), name
            times = []
            for _ in range(turns + 2):
                context = Context(store=store, caller=Anonymous())
                begun = time.perf_counter()
                result = await execute(schema, document, context=context)
                times.append((time.perf_counter() - begun) * 1_000)
                assert result.errors is None, result.errors
            # The first two warm caches and plans.
            counted = times[2:]
            found.append((name, statistics.median(counted), statistics.quantiles(counted, n=20)[-1]))
    return found


async def _opened(url: str) -> AsyncIterator[GraphStore]:
    if url.startswith("ladybug:"):
        store: GraphStore = await LadybugGraphStore.open(Path(url.partition(":")[2]))
    else:
        store = Neo4jGraphStore(url)
    try:
        yield store
    finally:
        await store.close()
