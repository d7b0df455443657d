"""Rounds of SIGKILL during at least 200 concurrent units: of the writing process, or of Neo4j.

By hand, with as many rounds as one likes:

    python -m tests.faults.kill_rounds --rounds 20 --kill process --backend ladybug
    python -m tests.faults.kill_rounds --rounds 20 --kill process --backend neo4j
    python -m tests.faults.kill_rounds --rounds 20 --kill neo4j
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from graph.errors import GraphError
from graph.neo4j_store import Neo4jGraphStore
from graph.port import GraphStore
from tests.faults.neo4j_server import Neo4jServer
from tests.faults.registering import AT_ONCE, census, open_store, prepare, register

ROOT = Path(__file__).parents[2]
Report = Callable[[str], None]


async def kill_process(backend: str, place: str, rounds: int, report: Report = print) -> list[str]:
    """Complaints of the first round that has any: acknowledged units that are lost, or units that happened twice."""
    acknowledged: set[str] = set()
    store = await open_store(backend, place)
    await prepare(store)
    await store.close()
    for number in range(rounds):
        said = await _killed_writer(backend, place, f"r{number}-{os.getpid()}")
        acknowledged |= said
        store = await open_store(backend, place)
        try:
            found = await census(store)
        finally:
            await store.close()
        complaints = found.complaints(acknowledged)
        unheard = len(found.names) - len(acknowledged)
        report(
            f"round {number + 1}: {len(said)} acknowledged before the kill, {len(found.names)} there in all, "
            f"{unheard} committed without being heard of, {len(complaints)} complaints"
        )
        if complaints:
            return complaints
    return []


async def _killed_writer(backend: str, place: str, name: str) -> set[str]:
    """The ids that a writer acknowledged before it was killed, at a moment that chance chose."""
    enough = AT_ONCE + random.randrange(AT_ONCE)
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.writer", backend, place, name), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    said: set[str] = set()
    async for line in writer.stdout:
        if line.endswith(b"\n"):
            said.add(line.decode().strip())
        if len(said) == enough:
            writer.kill()
    await writer.wait()
    assert len(said) >= enough, "the writer ended before it was killed"
    return said


class Answers:
    """Ids that units answered with, and the moment at which there are more than `few` of them."""

    def __init__(self, few: int) -> None:
        self.ids: set[str] = set()
        self.are_enough = asyncio.Event()
        self._few = few

    def add(self, answer: str) -> None:
        self.ids.add(answer)
        if len(self.ids) > self._few:
            self.are_enough.set()


async def kill_neo4j(server: Neo4jServer, rounds: int, report: Report = print) -> list[str]:
    """Complaints of the first round that has any. Units that failed are run again with their key until they answer."""
    acknowledged: set[str] = set()
    store = await open_store("neo4j", server.url)
    await prepare(store)
    await store.close()
    for number in range(rounds):
        store: GraphStore = Neo4jGraphStore(server.url)
        answered = Answers(random.randrange(AT_ONCE))
        is_up = asyncio.Event()
        failures: list[str] = []
        units = [
            asyncio.create_task(_persist(store, f"r{number}-{os.getpid()}-{one}", answered, is_up, failures))
            for one in range(2 * AT_ONCE)
        ]
        await answered.are_enough.wait()
        before = len(answered.ids)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        is_up.set()
        await asyncio.gather(*units)
        acknowledged |= answered.ids
        found = await census(store)
        await store.close()
        complaints = found.complaints(acknowledged)
        if len(found.names) != len(acknowledged):
            complaints.append(f"{len(found.names)} projects for {len(acknowledged)} answers")
        kinds = ", ".join(f"{failures.count(kind)} {kind}" for kind in sorted(set(failures)))
        report(
            f"round {number + 1}: killed after {before} of {len(units)} answers; {kinds}; {len(found.names)} there in all, "
            f"{len(complaints)} complaints"
        )
        if complaints:
            return complaints
    return []


async def _persist(store: GraphStore, name: str, answered: Answers, is_up: asyncio.Event, failures: list[str]) -> None:
    while True:
        try:
            answered.add(await register(store, name))
        except GraphError as error:
            if not error.retryable:
                raise
            failures.append(type(error).__name__)
            await is_up.wait()
        else:
            return


async def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--kill", choices=["process", "neo4j"], default="process")
    parser.add_argument("--backend", choices=["ladybug", "neo4j"], default="ladybug")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.kill == "process" and arguments.backend == "ladybug":
            complaints = await kill_process("ladybug", f"{folder}/data", arguments.rounds)
        else:
            jars = Path(os.environ.get("NEO4J_JARS", f"{folder}/jars"))
            server = Neo4jServer(Path(folder) / "server", jars)
            server.start()
            try:
                if arguments.kill == "neo4j":
                    complaints = await kill_neo4j(server, arguments.rounds)
                else:
                    complaints = await kill_process("neo4j", server.url, arguments.rounds)
            finally:
                server.kill()
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
