"""Q1 to Q5 in every way that is compared, on one database."""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import UNLIMITED
from bench.answers import values
from bench.client import Client
from bench.operations import Operation, operations

PORT = 18_321
_STOCK_TURNS = 3
"""Stock execution takes a hundred times as long; few turns tell as much."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians in milliseconds; the limit is the faster of its variants."""

    raw: float
    bare: float
    engine: float
    stock: float
    http: float
    quiet_over_bare: float
    """The ratio of the fastest tenths: what is left when nothing else runs on the machine."""
    calls: int
    stock_calls: int

    @property
    def over_bare(self) -> float:
        return self.http / self.bare


def measure(url: str, projects: int, *, rounds: int, turns: int) -> Iterator[tuple[Operation, Measured]]:
    """Each operation with what was measured, as soon as it was."""
    with _server(url, projects) as client:
        for operation in operations(projects):
            yield operation, _measure(client, operation, rounds, turns)


def _measure(client: Client, operation: Operation, rounds: int, turns: int) -> Measured:
    variants = client.get("/variants", name=operation.name)
    _check(client, operation, variants)
    calls = client.get("/calls", name=operation.name)
    found: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        times: dict[str, list[float]] = client.get("/loop", name=operation.name, turns=turns, without="stock")
        for _ in range(turns):
            for variant in variants:
                times.setdefault(f"bare:{variant}", []).append(client.time_bare(operation, variant))
            times.setdefault("http", []).append(client.time_graphql(operation))
        # The first round warms caches, plans and connections.
        if number:
            for way, more in times.items():
                found.setdefault(way, []).extend(more)
    found["stock"] = client.get("/loop", name=operation.name, turns=_STOCK_TURNS)["stock"]
    median = {way: statistics.median(times) for way, times in found.items()}
    quiet = {way: statistics.quantiles(times, n=10)[0] for way, times in found.items()}
    return Measured(
        raw=min(median[f"raw:{variant}"] for variant in variants),
        bare=min(median[f"bare:{variant}"] for variant in variants),
        engine=median["engine"],
        stock=median["stock"],
        http=median["http"],
        quiet_over_bare=quiet["http"] / min(quiet[f"bare:{variant}"] for variant in variants),
        calls=calls["engine"],
        stock_calls=calls["stock"],
    )


def _check(client: Client, operation: Operation, variants: list[str]) -> None:
    """Stops where a way gives other data: it would be measured for something else."""
    ours = values(client.ask(operation))
    for variant in variants:
        theirs = values(client.get(f"/bare?{operation.name}:{variant}"))
        if ours != theirs:
            only = sorted(set(ours) - set(theirs))[:5], sorted(set(theirs) - set(ours))[:5]
            raise SystemExit(f"{operation.name}, {variant}: {len(ours)} and {len(theirs)} values, only there: {only}")
    if len(ours) < operation.fewest_values:
        raise SystemExit(f"{operation.name}: {len(ours)} values prove nothing.")


@contextlib.contextmanager
def _server(graph_url: str, projects: int) -> Iterator[Client]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "HUBNETZ_DATA_DIR": folder,
            "HUBNETZ_GRAPH_URL": graph_url,
            "HUBNETZ_SEARCH_URL": f"tantivy:{Path(folder) / 'search'}",
            "HUBNETZ_PORT": str(PORT),
            **UNLIMITED,
        }
        process = subprocess.Popen([sys.executable, "-m", "bench.server", str(projects)], env=environment)
        client = Client(PORT)
        try:
            client.wait()
            yield client
        finally:
            client.close()
            process.terminate()
            process.wait(timeout=60)
