"""The audit of GraphQL over HTTP that the working group publishes (npm `graphql-http`), against a served process."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fixtures.node import installed
from tests.fixtures.process import Server
from tests.fixtures.routers import running

AUDIT = Path(__file__).parents[1] / "http_audit"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(Server(tmp_path_factory.mktemp("audited"))) as served:
        yield served


@pytest.mark.parametrize("path", ["/graphql", "/subgraphs/directory", "/subgraphs/projects", "/subgraphs/discovery"])
def test_every_endpoint_passes_every_audit(
    server: Server, path: str, record_property: Callable[[str, object], None]
) -> None:
    run = subprocess.run(
        ["node", "audit.mjs", server.url + path],
        cwd=installed(AUDIT),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    found = re.search(r"(\d+) of (\d+)", run.stdout)
    assert found is not None, run.stderr
    record_property("passed", int(found[1]))
    record_property("cases", int(found[2]))
    if run.returncode:
        pytest.fail(f"{path}: {run.stdout}{run.stderr}")
    assert found[0] == "61 of 61"
