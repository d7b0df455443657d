"""Runs the measurements and prints Markdown tables; bench/README.md says what each figure means.

    python -m bench                                    Ladybug with 1,000 projects, some minutes
    python -m bench --sizes 1000,100000 --keep FOLDER  large, too: FOLDER keeps what takes long to write
    NEO4J_URL=bolt://… python -m bench                 Neo4j, too

Everything in the Neo4j at NEO4J_URL is deleted: it must be empty or hold the node (:HubnetzTestDatabase).
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from bench import databases, lists, processes, queries
from bench.generate import Network

PARTS = ("processes", "queries", "lists")
_QUERY_HEAD = (
    "| graph | projects | | raw driver ms | bare HTTP ms | engine ms | Hubnetz over HTTP ms | over bare HTTP | fastest tenths "
    "| stock execution ms | graph calls | stock graph calls |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1000", help="projects, comma-separated (default 1000)")
    parser.add_argument("--backends", default="ladybug,neo4j" if "NEO4J_URL" in os.environ else "ladybug")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--keep", type=Path, help="folder of the generated Ladybug databases, used again by later runs")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count, after one to warm up (default 5)")
    parser.add_argument("--turns", type=int, default=20, help="calls of each way in a round (default 20)")
    given = parser.parse_args()
    if "neo4j" in given.backends and "NEO4J_URL" not in os.environ:
        parser.error("neo4j needs NEO4J_URL, e.g. of the server that tests/servers/neo4j/start.sh starts")
    return given


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f} of {os.cpu_count()} cores"


def _queries(given: argparse.Namespace, folder: Path) -> None:
    print(
        f"\nQ1 to Q5, medians of {given.rounds * given.turns} calls in turns, load before: {_load()}\n\n{_QUERY_HEAD}"
    )
    for projects in map(int, given.sizes.split(",")):
        for backend in given.backends.split(","):
            url, _ = asyncio.run(_database(backend, folder, Network(projects)))
            for operation, m in queries.measure(url, projects, rounds=given.rounds, turns=given.turns):
                print(
                    f"| {backend} | {projects:,} | {operation.name} | {m.raw:.2f} | {m.bare:.2f} | {m.engine:.2f} "
                    f"| {m.http:.2f} | **{m.over_bare:.2f}×** | {m.quiet_over_bare:.2f}× | {m.stock:.0f} | {m.calls} | {m.stock_calls} |",
                    flush=True,
                )
    print(f"\nLoad after: {_load()}")


def _lists(given: argparse.Namespace, folder: Path) -> None:
    turns = given.rounds * given.turns
    print(f"\nLists from the root, {turns} calls each, in process, load before: {_load()}\n")
    print("| graph | projects | what | p50 ms | p95 ms |\n| --- | --- | --- | --- | --- |")
    for projects in map(int, given.sizes.split(",")):
        for backend in given.backends.split(","):
            url, _ = asyncio.run(_database(backend, folder, Network(projects)))
            for what, p50, p95 in lists.measure(url, turns=turns):
                print(f"| {backend} | {projects:,} | {what} | {p50:.1f} | {p95:.1f} |", flush=True)
    print(f"\nLoad after: {_load()}")


async def _database(backend: str, folder: Path, network: Network) -> tuple[str, float | None]:
    if backend == "ladybug":
        return await databases.ladybug_folder(folder, network)
    return await databases.neo4j_server(os.environ["NEO4J_URL"], network)


def _processes(given: argparse.Namespace) -> None:
    print(f"\nCommands, start and memory, load before: {_load()}\n")
    print("| graph | what | value |\n| --- | --- | --- |")
    for backend in given.backends.split(","):
        for what, value in processes.measure(backend):
            print(f"| {backend} | {what} | {value} |", flush=True)
    print(f"\nLoad after: {_load()}")


def main() -> None:
    given = _arguments()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        parts = given.parts.split(",")
        if "processes" in parts:
            _processes(given)
        if "queries" in parts:
            _queries(given, folder)
        if "lists" in parts:
            _lists(given, folder)
    if given.backends == "ladybug" and "NEO4J_URL" not in os.environ:
        print(
            "\nThis was Ladybug alone. With a Neo4j, too (Java 17; everything in it is deleted):\n"
            "  bash tests/servers/neo4j/start.sh var/neo4j 7687 && NEO4J_URL=bolt://127.0.0.1:7687 make bench\n"
            "Large networks take minutes to write: make bench BENCH='--sizes 1000,100000 --keep var/bench'",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
