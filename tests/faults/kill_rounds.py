"""Rounds of SIGKILL while at least 200 units are under way and an indexer beside them: of their process, or of Neo4j.

By hand, with as many rounds as one likes:

    python -m tests.faults.kill_rounds --rounds 20 --kill process --backend ladybug
    python -m tests.faults.kill_rounds --rounds 20 --kill process --backend neo4j
    python -m tests.faults.kill_rounds --rounds 20 --kill neo4j
"""

import argparse
import asyncio
import itertools
import logging
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from graph.errors import GraphError
from graph.port import GraphStore
from graph.writing.outbox import Outbox
from search.port import SearchIndex
from search.tantivy_index import TantivySearchIndex
from tests.faults.census import Census, census, disagreement
from tests.faults.neo4j_server import Neo4jServer
from tests.faults.registering import AT_ONCE, PATIENCE_S, Ask, Told, live, make_indexer, open_store, prepare
from tests.faults.writer import STORM

ROOT = Path(__file__).parents[2]
_MOST_CALM = 100
"""Answers before the storm, at most; that many projects take the indexer several batches."""
_MOST_BEFORE = 50
"""Units that end before a server is killed, at most."""
_SPARE = 30
"""Units that may end between the moment at which a server is to be killed and its death."""
Report = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """A graph and its index."""

    backend: str
    graph: str
    index: Path

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[GraphStore, SearchIndex]]:
        """Both, as a new process finds them."""
        store = await open_store(self.backend, self.graph)
        try:
            index = await TantivySearchIndex.open(self.index)
            try:
                yield store, index
            finally:
                await index.close()
        finally:
            await store.close()


async def kill_process(place: Place, rounds: int, report: Report = print) -> list[str]:
    """Complaints of the first round that has any, whether about the graph or about the index once it has caught up."""
    told = await _begin(place)
    for number in range(rounds):
        said = await _killed_writer(place, f"r{number}-{os.getpid()}")
        told |= said
        async with place.opened() as (store, index):
            found = await census(store, index)
            complaints = found.complaints(told) + await disagreement(store, index)
        unheard = len(found.projects.keys() - told.keys())
        report(
            f"round {number + 1}: killed after {len(said)} acknowledged projects with {AT_ONCE} units under way, "
            f"{unheard} not heard of; {_state(found)}; {len(complaints)} complaints"
        )
        if complaints:
            return complaints
        # From the next round on, what was committed without being heard of counts like the rest.
        told |= dict.fromkeys(found.projects.keys() - told.keys(), Told.REGISTERED)
    return []


def _state(found: Census) -> str:
    indexed = sum(found.indexed.get(identifier) == version for identifier, (_, version) in found.projects.items())
    return f"of {len(found.projects)} projects {indexed} indexed, {len(found.pending)} events pending"


async def _begin(place: Place) -> dict[str, Told]:
    """Prepares the graph and an index of what is in it; the projects that are there from rounds before."""
    async with place.opened() as (store, index):
        await prepare(store)
        assert await disagreement(store, index) == []
        return dict.fromkeys((await census(store, index)).projects, Told.REGISTERED)


async def _killed_writer(place: Place, name: str) -> dict[str, Told]:
    """What a writer acknowledged before it was killed, at a moment that chance chose."""
    calm = random.randint(1, _MOST_CALM)
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.writer", place.backend, place.graph, place.index, name, str(calm)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert writer.stdout is not None
    said: dict[str, Told] = {}
    left: int | None = None
    async for line in writer.stdout:
        if not line.endswith(b"\n"):
            break
        words = line.decode().split()
        if words == [STORM]:
            left = random.randint(1, AT_ONCE)
            continue
        identifier, last = words
        said[identifier] = Told(last)
        if left is not None:
            left -= 1
            if left == 0:
                writer.kill()
    await writer.wait()
    assert writer.returncode == -signal.SIGKILL, "the writer ended before it was killed"
    return said


async def kill_neo4j(server: Neo4jServer, index_folder: Path, rounds: int, report: Report = print) -> list[str]:
    """Complaints of the first round that has any. Units that failed are run again with their key until they answer."""
    place = Place("neo4j", server.url, index_folder)
    told = await _begin(place)
    for number in range(rounds):
        async with place.opened() as (store, index):
            storm = Storm(store, f"r{number}-{os.getpid()}")
            indexing = asyncio.create_task(make_indexer(store, index).run())
            await storm.over(server)
            told |= storm.told
            complaints = [] if await _is_worked_off(store) else ["the indexer did not survive the server"]
            indexing.cancel()
            await asyncio.wait({indexing})
            found = await census(store, index)
            complaints += found.complaints(told)
            complaints += [f"nobody registered {one}" for one in found.projects.keys() - told.keys()]
            complaints += await disagreement(store, index)
        report(f"round {number + 1}: {storm.summary}; {_state(found)}; {len(complaints)} complaints")
        if complaints:
            return complaints
    return []


class Storm:
    """Lives of many projects, of which at least AT_ONCE are still under way when their server is killed."""

    def __init__(self, store: GraphStore, name: str) -> None:
        self.told: dict[str, Told] = {}
        self.summary = ""
        self._store = store
        self._name = name
        self._numbers = itertools.count()
        self._before = random.randint(1, _MOST_BEFORE)
        self._ended = 0
        self._is_time = asyncio.Event()
        self._is_up = asyncio.Event()
        self._failures: Counter[str] = Counter()

    async def over(self, server: Neo4jServer) -> None:
        """Returns when every life has ended, after a kill and a restart of `server` in their midst."""
        # One alone first, as after the restart: a hundred units that want the same statements compiled at once keep a
        # cold server busy for half a minute.
        await self._live(self._persist)
        async with asyncio.TaskGroup() as tasks:
            lives = [
                tasks.create_task(self._live(self._persist_once_up)) for _ in range(self._before + AT_ONCE + _SPARE)
            ]
            await self._is_time.wait()
            await asyncio.to_thread(server.kill)
            under_way = sum(not life.done() for life in lives)
            await asyncio.to_thread(server.start)
            await self._live(self._persist)
            self._is_up.set()
        failed = ", ".join(f"{count} {kind}" for kind, count in sorted(self._failures.items()))
        self.summary = f"killed with {under_way} of {len(lives)} units under way ({failed or 'none failed'})"

    async def _live(self, ask: Ask) -> None:
        number = next(self._numbers)
        await live(self._store, number, f"{self._name}-{number}", self.told.__setitem__, ask)
        self._ended += 1
        if self._ended > self._before:
            self._is_time.set()

    async def _persist(self, unit: Callable[[], Awaitable[str]]) -> str:
        while True:
            try:
                return await unit()
            except GraphError as error:
                self._note(error)

    async def _persist_once_up(self, unit: Callable[[], Awaitable[str]]) -> str:
        try:
            return await unit()
        except GraphError as error:
            self._note(error)
        await self._is_up.wait()
        return await self._persist(unit)

    def _note(self, error: GraphError) -> None:
        """Counts a failure after which the unit may be run again; raises any other."""
        if not error.retryable:
            raise error
        self._failures[type(error).__name__] += 1


async def _is_worked_off(store: GraphStore) -> bool:
    """Whether the outbox becomes empty."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while (await Outbox(store).lag()).count:  # noqa: ASYNC110 - only the graph knows
                await asyncio.sleep(0.05)
    except TimeoutError:
        return False
    return True


async def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--kill", choices=["process", "neo4j"], default="process")
    parser.add_argument("--backend", choices=["ladybug", "neo4j"], default="ladybug")
    arguments = parser.parse_args()
    # What a dying server does to connections is what this is about; the driver reports each of them.
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.kill == "process" and arguments.backend == "ladybug":
            complaints = await kill_process(Place("ladybug", f"{folder}/graph", folder / "index"), arguments.rounds)
        else:
            complaints = await _with_server(folder, arguments.kill, arguments.rounds)
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


async def _with_server(folder: Path, killed: str, rounds: int) -> list[str]:
    jars = Path(os.environ.get("NEO4J_JARS", folder / "jars"))
    server = Neo4jServer(folder / "server", jars)
    server.start()
    try:
        if killed == "neo4j":
            return await kill_neo4j(server, folder / "index", rounds)
        return await kill_process(Place("neo4j", server.url, folder / "index"), rounds)
    finally:
        if server.is_running:
            server.kill()


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
