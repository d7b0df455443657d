"""The audit of GraphQL over HTTP that the working group publishes (npm `graphql-http`), against a served process."""

import subprocess
from pathlib import Path

import pytest

from tests.fixtures.node import installed
from tests.fixtures.process import Server

AUDIT = Path(__file__).parents[1] / "http_audit"


def test_every_endpoint_passes_every_audit(tmp_path: Path) -> None:
    folder = installed(AUDIT)
    server = Server(tmp_path)
    try:
        for path in ("/graphql", "/subgraphs/directory", "/subgraphs/projects", "/subgraphs/discovery"):
            run = subprocess.run(
                ["node", "audit.mjs", server.url + path],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            if run.returncode:
                pytest.fail(f"{path}: {run.stdout}{run.stderr}")
            assert "61 of 61" in run.stdout
    finally:
        server.stop()
