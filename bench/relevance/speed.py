"""Latency, index size, build rate and memory at several sizes, each measured in a process of its own."""

import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles
from typing import Final

from bench.relevance import engines
from bench.relevance.collection import Document, times
from bench.relevance.systems import System

_LONGEST_ROUNDS_S: Final = 60.0
"""All queries are asked again until this is over, but once at least."""
_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Speed:
    """One system at one size; memory is that of this process, in which tantivy runs and Meilisearch does not."""

    engine: str
    system: str
    documents: int
    build_s: float
    analysis_s: float
    """Of `build_s`: making search documents of projects."""
    size_mb: float
    first_s: float
    """The first query, which makes the lexicon where there is one."""
    p50_ms: float
    p95_ms: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """What took too long, or failed."""

    engine: str
    system: str
    documents: int
    reason: str


@dataclass(frozen=True, slots=True)
class Task:
    """What one process measures."""

    engine: str
    system: str
    documents: int
    originals: Sequence[Document]
    queries: Sequence[str]


def measure(
    systems: Sequence[tuple[str, str]],
    sizes: Sequence[int],
    originals: Sequence[Document],
    queries: Sequence[str],
    *,
    limit_s: float,
) -> Iterator[Speed | Stopped]:
    """Each of `systems` (engine, name) at each of `sizes`, as soon as it was measured or `limit_s` were over."""
    for size in sizes:
        for engine, system in systems:
            engines.clear(engine)
            yield _apart(Task(engine, system, size, originals, queries), limit_s)
            engines.clear(engine)


def _apart(task: Task, limit_s: float) -> Speed | Stopped:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(sender, task))
    process.start()
    sender.close()
    try:
        if not receiver.poll(limit_s):
            process.terminate()
            return Stopped(task.engine, task.system, task.documents, f"not done after {limit_s:.0f} s")
        found: Speed = receiver.recv()
    except EOFError:
        return Stopped(task.engine, task.system, task.documents, "failed, see above")
    else:
        return found
    finally:
        process.join()
        receiver.close()


def _work(sender: Connection, task: Task) -> None:
    sender.send(asyncio.run(_measure(task)))
    sender.close()


async def _measure(task: Task) -> Speed:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before_bytes = engines.size_bytes(task.engine, folder)
        system = await engines.opened(task.engine, task.system, folder)
        started = time.perf_counter()
        await system.build(times(task.originals, task.documents))
        build_s = time.perf_counter() - started
        size_bytes = engines.size_bytes(task.engine, folder) - before_bytes
        started = time.perf_counter()
        await system.search(task.queries[0])
        first_s = time.perf_counter() - started
        latencies_ms = await _latencies_ms(system, task.queries)
        memory_mb = _memory_mb()
        await system.close()
    cuts = quantiles(latencies_ms, n=20, method="inclusive")
    return Speed(
        task.engine,
        task.system,
        task.documents,
        build_s,
        getattr(system, "analysis_s", 0.0),
        size_bytes / 1e6,
        first_s,
        cuts[9],
        cuts[18],
        memory_mb,
    )


async def _latencies_ms(system: System, queries: Sequence[str]) -> list[float]:
    """Of each query, one after another, after one round that warms up."""
    latencies_ms: list[float] = []
    began = time.perf_counter()
    for round_ in range(_ROUNDS + 1):
        of_round = []
        for text in queries:
            started = time.perf_counter()
            await system.search(text)
            of_round.append((time.perf_counter() - started) * 1_000)
        latencies_ms = latencies_ms + of_round if round_ > 1 else of_round
        if round_ and time.perf_counter() - began > _LONGEST_ROUNDS_S:
            break
    return latencies_ms


def _memory_mb() -> float:
    """Resident now."""
    fields = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    (resident,) = (line for line in fields if line.startswith("VmRSS:"))
    return int(resident.split()[1]) / 1_024
