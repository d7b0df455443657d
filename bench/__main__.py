"""Runs the measurements and prints a Markdown table.

    python -m bench --sizes 1000,100000 --backends ladybug,neo4j

Neo4j is the one at NEO4J_URL; everything in it is deleted, so it must be empty or hold the node (:HubnetzTestDatabase).
"""

import argparse
import asyncio
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.generate import Network, write
from bench.operations import Operation, operations
from graph.ladybug_store import LadybugGraphStore
from graph.neo4j_store import Neo4jGraphStore

PORT = 18_321


def _prepare(backend: str, folder: Path, projects: int) -> tuple[str, float]:
    """The address of a database with the network in it, and the seconds that writing took."""
    started = time.perf_counter()
    if backend == "ladybug":
        asyncio.run(_write_ladybug(folder / "graph", projects))
        return f"ladybug:{folder / 'graph'}", time.perf_counter() - started
    url = os.environ["NEO4J_URL"]
    asyncio.run(_write_neo4j(url, projects))
    return url, time.perf_counter() - started


async def _write_ladybug(folder: Path, projects: int) -> None:
    store = await LadybugGraphStore.open(folder)
    await write(store, Network(projects))
    await store.close()


async def _write_neo4j(url: str, projects: int) -> None:
    import neo4j

    async with neo4j.AsyncGraphDatabase.driver(url, auth=None) as driver:
        marked, rest = [
            (await driver.execute_query(f"MATCH (n{label}) RETURN count(n)")).records[0][0]
            for label in (":HubnetzTestDatabase", "")
        ]
        if rest and not marked:
            raise SystemExit("NEO4J_URL is not empty and holds no (:HubnetzTestDatabase); nothing was touched.")
        async with driver.session() as session:
            await session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 20000 ROWS")
            await session.run("CREATE (:HubnetzTestDatabase)")
    store = Neo4jGraphStore(url)
    await write(store, Network(projects))
    await store.close()


@contextmanager
def _server(folder: Path, graph_url: str, projects: int) -> Iterator[http.client.HTTPConnection]:
    environment = {
        **os.environ,
        "HUBNETZ_DATA_DIR": str(folder),
        "HUBNETZ_GRAPH_URL": graph_url,
        "HUBNETZ_SEARCH_URL": f"tantivy:{folder / 'search'}",
        "HUBNETZ_PORT": str(PORT),
    }
    process = subprocess.Popen([sys.executable, "-m", "bench.server", str(projects)], env=environment)
    try:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
        for _ in range(300):
            try:
                connection.connect()
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        yield connection
        connection.close()
    finally:
        process.terminate()
        process.wait(timeout=30)


class Client:
    """One kept-alive connection, as a gateway or a browser holds it."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection

    def get(self, path: str) -> Any:
        self._connection.request("GET", path)
        response = self._connection.getresponse()
        body = response.read()
        assert response.status == 200, (path, body[:500])
        return json.loads(body)

    def times(self, operation: Operation, kind: str, calls: int) -> list[float]:
        """Milliseconds of each call over HTTP."""
        times = []
        if kind == "graphql":
            body = json.dumps({"query": operation.document, "variables": operation.variables})
            headers = {"Content-Type": "application/json", "Accept": "application/json"}
        for _ in range(calls):
            started = time.perf_counter()
            if kind == "graphql":
                self._connection.request("POST", operation.path, body, headers)
            else:
                self._connection.request("GET", f"/bare?{operation.name}:{kind}")
            response = self._connection.getresponse()
            answer = response.read()
            times.append((time.perf_counter() - started) * 1e3)
            assert response.status == 200, answer[:500]
            assert not answer.startswith(b'{"errors"'), answer[:500]
        return times


def _measure(client: Client, operation: Operation, rounds: int, calls: int) -> dict[str, Any]:
    """p50 in ms of each way, the rounds of all ways interleaved; a warm-up round before."""
    variants = client.get(f"/variants?name={operation.name}")
    found: dict[str, list[float]] = {}
    graph_calls = 0.0
    for index in range(rounds + 1):
        for kind in [*(f"raw:{variant}" for variant in variants), "engine", "stock"]:
            path = f"/loop?kind={quote(kind)}&name={operation.name}&calls={calls if kind != 'stock' else max(3, calls // 10)}"
            answer = client.get(path)
            if kind == "engine":
                graph_calls = answer["graph_calls"]
            if index:
                found.setdefault(kind, []).extend(answer["times_ms"])
        for variant in variants:
            times = client.times(operation, variant, calls)
            if index:
                found.setdefault(f"bare:{variant}", []).extend(times)
        times = client.times(operation, "graphql", calls)
        if index:
            found.setdefault("http", []).extend(times)
    medians = {kind: statistics.median(times) for kind, times in found.items()}
    raw = min(medians[f"raw:{variant}"] for variant in variants)
    bare = min(medians[f"bare:{variant}"] for variant in variants)
    return {
        "raw": raw, "bare": bare, "engine": medians["engine"], "stock": medians["stock"], "http": medians["http"],
        "calls": graph_calls,
    }  # fmt: skip


def _row(backend: str, projects: int, name: str, m: dict[str, Any]) -> str:
    return (
        f"| {backend} | {projects:,} | {name} | {m['raw']:.2f} | {m['bare']:.2f} | {m['engine']:.2f} | {m['http']:.2f} "
        f"| **{m['http'] / m['bare']:.2f}×** | {m['stock'] / m['engine']:.1f}× | {m['calls']:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000", help="projects, comma-separated")
    parser.add_argument("--backends", default="ladybug,neo4j" if "NEO4J_URL" in os.environ else "ladybug")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=40)
    given = parser.parse_args()
    print(
        "| graph | projects | | raw driver ms | bare HTTP ms | engine ms | Hubnetz over HTTP ms | over bare HTTP | stock over engine | graph calls |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for projects in map(int, given.sizes.split(",")):
        for backend in given.backends.split(","):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                url, written_s = _prepare(backend, folder, projects)
                with _server(folder, url, projects) as connection:
                    client = Client(connection)
                    for operation in operations(projects):
                        print(
                            _row(
                                backend,
                                projects,
                                operation.name,
                                _measure(client, operation, given.rounds, given.calls),
                            ),
                            flush=True,
                        )
                print(f"<!-- {backend}, {projects:,} projects written in {written_s:.0f} s -->", flush=True)


if __name__ == "__main__":
    main()
