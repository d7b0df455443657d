"""docs/clients.md shows programs that work: the Python one, as it stands there, against a running server."""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from network.configuration.table import SETTINGS
from tests.fixtures.process import ROOT, START_S, Server, hubnetz


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data_dir = tmp_path_factory.mktemp("clients")
    seeded = hubnetz(data_dir, "seed")
    assert seeded.returncode == 0, seeded.stderr
    running = Server(data_dir)
    yield running
    running.stop()


def test_the_python_example_lists_every_project(server: Server, tmp_path: Path) -> None:
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "docs/clients.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    program = tmp_path / "projects.py"
    program.write_text(blocks[0], "utf-8")
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(program)],
        env=os.environ | {"API_URL": server.url, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=START_S,
    )
    assert ran.returncode == 0, ran.stderr
    header, *rows = csv.reader(ran.stdout.splitlines(), delimiter=";")
    assert header == ["slug", "title", "status", "owner", "municipalities"]
    exported = hubnetz(server.data_dir, "export", "projects").stdout.splitlines()
    # More than the example's page, so that its paging is tried, too.
    assert len(exported) > 50
    assert len({slug for slug, *_ in rows}) == len(rows) == len(exported)
    assert [owner for slug, _, _, owner, _ in rows if slug == "zeitz-parkleitsystem"] == ["DigitalHub Zeitz"]


def test_what_clients_set_is_no_setting_of_ours_that_commands_beside_them_refuse() -> None:
    names = set(re.findall(r"\bHUBNETZ_[A-Z_]+", (ROOT / "docs/clients.md").read_text("utf-8")))
    assert names <= {setting.variable for setting in SETTINGS}
