"""Databases that hold a generated network: written once, found again by the mark that they carry."""

import asyncio
import csv
import itertools
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ladybug
import neo4j

from bench.generate import Network, write
from graph.backends.ladybug.store import LadybugGraphStore
from graph.backends.neo4j.store import Neo4jGraphStore


async def ladybug_folder(folder: Path, network: Network) -> tuple[str, float | None]:
    """The address of an embedded database with `network` in it, and the seconds that writing took if it was written."""
    path = folder / f"ladybug-{network.mark}"
    url, complete = f"ladybug:{path}", path.with_suffix(".complete")
    if complete.exists():
        return url, None
    if path.exists():
        raise SystemExit(f"{path} was written only in part: remove it.")
    started = time.perf_counter()
    store = await LadybugGraphStore.open(path)
    await store.apply_schema()
    await asyncio.to_thread(_copy, store._database, path, network)
    await store.close()
    complete.touch()
    return url, time.perf_counter() - started


def _copy(database: ladybug.Database, folder: Path, network: Network) -> None:
    """Writes by COPY: as units of work 100,000 projects take half an hour."""
    connection = ladybug.Connection(database)
    file = folder / "rows.csv"
    for label, rows in network.nodes():
        names = _csv(file, rows)
        connection.execute(f"COPY {label}({', '.join(names)}) FROM '{file}' (HEADER=true, PARALLEL=false)")
    for relationship, start, end, rows in network.relationships():
        _, _, *names = _csv(file, rows)
        columns = f"({', '.join(names)})" if names else ""
        connection.execute(
            f"COPY {relationship}{columns} FROM '{file}' (HEADER=true, PARALLEL=false, FROM='{start}', TO='{end}')"
        )
    file.unlink()
    connection.close()


def _csv(file: Path, rows: Iterator[Mapping[str, Any]]) -> list[str]:
    """The columns of the file that is written."""
    first = next(rows)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(first)
        for row in itertools.chain([first], rows):
            writer.writerow([f"[{','.join(value)}]" if isinstance(value, list) else value for value in row.values()])
    return list(first)


async def neo4j_server(url: str, network: Network) -> tuple[str, float | None]:
    """As `ladybug_folder`, on a server that is empty or a test's: another network in it is deleted."""
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
