"""Small writes, and what a Neo4j server is working on meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable

from graph.backends.neo4j.store import Neo4jGraphStore
from graph.port import Transaction
from graph.selection import ByKeys, Selection

HANG_S = 30
NAME = Selection("Hub", ("name",))


def writing(slug: str, name: str = "Hub") -> Callable[[Transaction], Awaitable[None]]:
    async def write(transaction: Transaction) -> None:
        await transaction.put("Hub", [{"slug": slug, "name": name, "name_sort": name.lower()}])

    return write


async def name_of(store: Neo4jGraphStore, slug: str) -> object:
    (row,) = (await store.select(NAME, ByKeys("Hub", "slug", (slug,)), audiences={"public"})).rows
    return row and row[0]


async def running(store: Neo4jGraphStore) -> list[str]:
    """Statements that the server works on, other than this one."""
    async with store._driver.session(database="neo4j") as session:
        result = await session.run("SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery")
        return [query for (query,) in await result.values() if query and "SHOW TRANSACTIONS" not in query]


async def until(is_so: Callable[[list[str]], bool], store: Neo4jGraphStore) -> None:
    async with asyncio.timeout(HANG_S):
        while not is_so(await running(store)):  # noqa: ASYNC110 - only the server knows
            await asyncio.sleep(0.02)


async def is_idle(store: Neo4jGraphStore) -> None:
    await until(lambda queries: not queries, store)


async def is_busy(store: Neo4jGraphStore) -> None:
    await until(bool, store)
