"""Databases that hold a generated network: written once, found again by the mark that they carry."""

import time
from pathlib import Path

import neo4j

from bench.generate import Network, write
from graph.ladybug_store import LadybugGraphStore
from graph.neo4j_store import Neo4jGraphStore


async def ladybug(folder: Path, network: Network) -> tuple[str, float | None]:
    """The address of an embedded database with `network` in it, and the seconds that writing took if it was written."""
    path = folder / f"ladybug-{network.mark}"
    url, complete = f"ladybug:{path}", path.with_suffix(".complete")
    if complete.exists():
        return url, None
    if path.exists():
        raise SystemExit(f"{path} was written only in part: remove it.")
    started = time.perf_counter()
    store = await LadybugGraphStore.open(path)
    await write(store, network)
    await store.close()
    complete.touch()
    return url, time.perf_counter() - started


async def neo4j_server(url: str, network: Network) -> tuple[str, float | None]:
    """As `ladybug`, on a server that is empty or a test's: another network in it is deleted."""
    if await _mark(url) == network.mark:
        return url, None
    await empty(url)
    started = time.perf_counter()
    store = Neo4jGraphStore(url)
    await write(store, network)
    await store.close()
    elapsed_s = time.perf_counter() - started
    async with neo4j.AsyncGraphDatabase.driver(url, auth=None) as driver:
        await driver.execute_query("MATCH (n:HubnetzTestDatabase) SET n.network = $mark", mark=network.mark)
        # Without statistics of what has just been written the planner guesses.
        await driver.execute_query("CALL db.prepareForReplanning()")
    return url, elapsed_s


async def empty(url: str) -> None:
    """Deletes everything but the mark of a test database; a database that is not one is left alone."""
    async with neo4j.AsyncGraphDatabase.driver(url, auth=None) as driver:
        marks = await driver.execute_query(
            "OPTIONAL MATCH (n) WHERE 'HubnetzTestDatabase' IN labels(n) RETURN count(n)"
        )
        nodes = await driver.execute_query("MATCH (n) RETURN count(n)")
        if nodes.records[0][0] and not marks.records[0][0]:
            raise SystemExit("NEO4J_URL is not empty and holds no (:HubnetzTestDatabase); nothing was touched.")
        async with driver.session() as session:
            for text in (
                "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 20000 ROWS",
                "CREATE (:HubnetzTestDatabase)",
            ):
                await (await session.run(text)).consume()


async def _mark(url: str) -> str | None:
    async with neo4j.AsyncGraphDatabase.driver(url, auth=None) as driver:
        answer = await driver.execute_query(
            "MATCH (n) WHERE 'HubnetzTestDatabase' IN labels(n) RETURN properties(n)['network']"
        )
        return answer.records[0][0] if answer.records else None
