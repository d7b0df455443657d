"""What docs/clients.md shows of writing works as it stands there: curl's body and the Python program."""

import asyncio
import contextlib
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn

from network.app import open_ports
from tests.fixtures.process import ROOT, START_S, free_port
from tests.network.plain import client
from tests.network.writing import Desk, desk

TEXT = (ROOT / "docs/clients.md").read_text("utf-8").partition("## Writing: a new project")[2]


def block(language: str) -> str:
    """The first block of code in that language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("clients-that-write"), open_ports) as made:
        yield made


@contextlib.asynccontextmanager
async def listening(office: Desk) -> AsyncIterator[str]:
    """The address at which the application answers other processes."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(office.app, port=port, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done()
        await asyncio.sleep(0)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


async def test_the_body_that_curl_sends_answers_what_is_shown(office: Desk) -> None:
    found = re.search(r"--data '(.*?)'\n", block("sh"), re.DOTALL)
    assert found is not None
    headers = {"content-type": "application/json", "authorization": "Bearer merseburg"}

    async with client(office.app) as http:
        answers = [(await http.post("/graphql", content=found[1].encode(), headers=headers)).json() for _ in range(2)]

    assert answers == [json.loads(block("json"))] * 2


async def test_the_python_program_registers_one_project_however_often_it_runs(office: Desk, tmp_path: Path) -> None:
    program = tmp_path / "register.py"
    program.write_text(block("python"), "utf-8")

    async with listening(office) as url, asyncio.timeout(START_S):
        for _ in range(2):
            environment = os.environ | {"API_URL": url, "API_TOKEN": "merseburg", "PYTHONIOENCODING": "utf-8"}
            ran = await asyncio.create_subprocess_exec(
                *(sys.executable, "-W", "error", str(program)),
                env=environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            output, errors = await ran.communicate()
            assert ran.returncode == 0, errors.decode()
            assert output.decode().strip() == "Smarte Haltestelle SUBMITTED DigitalHub Zeitz"
    found = await office.ask("{ projects(first: 100) { edges { node { title } } } }", "merseburg")
    assert [edge["node"]["title"] for edge in found["projects"]["edges"]].count("Smarte Haltestelle") == 1
