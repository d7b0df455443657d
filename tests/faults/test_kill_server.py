"""SIGKILL of `hubnetz serve` while it carries out a command that was asked for over its admin socket."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.census import census, disagreement
from tests.faults.kill_rounds import Place
from tests.fixtures.process import START_S, Server, environment, hubnetz

PROJECTS = 2_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.communicate()


async def test_an_import_that_the_servers_death_broke_off_is_run_again(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "projects.ndjson"
    lines = ({"slug": f"projekt-{number}", "title": f"Projekt {number}"} for number in range(PROJECTS))
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    importing = begin_import(tmp_path, file)
    enough = random.randrange(PROJECTS // 4)
    while count(server) <= enough:
        assert importing.poll() is None, importing.communicate()
    server.process.kill()
    server.process.communicate()
    _, errors = importing.communicate(timeout=START_S)
    assert (importing.returncode, errors.strip()) == (
        1,
        "The server went away before the command was done. Run it again: commands may be repeated.",
    )

    place = Place("ladybug", f"{tmp_path}/graph", tmp_path / "index")
    async with place.opened() as (store, index):
        broken_off = await census(store, index)
        assert broken_off.complaints({}, owners=0) == []
        assert enough < len(broken_off.projects) < PROJECTS
    again = hubnetz(tmp_path, "import", "projects", str(file), "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["created"] == PROJECTS - len(broken_off.projects)
    async with place.opened() as (store, index):
        assert await disagreement(store, index) == []
        complete = await census(store, index)
        assert complete.complaints({}, owners=0) == []
        assert broken_off.projects.items() <= complete.projects.items()
        assert len(complete.projects) == PROJECTS


def begin_import(data_dir: Path, file: Path) -> subprocess.Popen[str]:
    """The command, which has found its server or is about to."""
    return subprocess.Popen(
        [sys.executable, "-m", "network.cli", "import", "projects", str(file)],
        cwd=data_dir,
        env=environment(data_dir),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count(server: Server) -> int:
    """How many projects are there, as everybody sees them."""
    asked = httpx.post(f"{server.url}/graphql", json={"query": "{ projects { totalCount } }"}, timeout=START_S)
    found: int = asked.json()["data"]["projects"]["totalCount"]
    return found
