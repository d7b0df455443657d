"""SIGKILL of the writing process, and of the server, on Neo4j: nothing acknowledged is lost, nothing happens twice, and
the index follows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.kill_rounds import Place, kill_neo4j, kill_process
from tests.faults.neo4j_server import Neo4jServer
from tests.faults.test_kill import ROUNDS


@pytest.fixture(scope="module")
def fresh_server(tmp_path_factory: pytest.TempPathFactory, jars: Path) -> Iterator[Neo4jServer]:
    """A server without the data of other tests: the census counts everything there is."""
    server = Neo4jServer(tmp_path_factory.mktemp("fresh"), jars)
    server.start()
    yield server
    if server.is_running:
        server.kill()


async def test_a_killed_process_loses_nothing(fresh_server: Neo4jServer, tmp_path: Path) -> None:
    assert await kill_process(Place("neo4j", fresh_server.url, tmp_path), ROUNDS) == []


async def test_a_killed_server_loses_nothing(fresh_server: Neo4jServer, tmp_path: Path) -> None:
    assert await kill_neo4j(fresh_server, tmp_path, ROUNDS) == []
