"""`make demo-federation`: what a newcomer sees, and that nothing of it stays."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.fixtures.node import installed
from tests.fixtures.parking import built
from tests.fixtures.process import ROOT, START_S

DEMO = [sys.executable, str(ROOT / "examples" / "demo.py")]


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*DEMO, *arguments], env=os.environ | env, capture_output=True, text=True, timeout=START_S, check=False
    )


def still_running_in(place: Path) -> list[str]:
    """Processes whose folder it is or was."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        # Others end meanwhile, or are none of ours.
        with contextlib.suppress(OSError):
            if str((process / "cwd").readlink()).startswith(str(place)):
                found.append((process / "cmdline").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def ready() -> None:
    installed(ROOT / "deploy" / "router")
    built()


def test_it_asks_all_says_where_it_listens_and_leaves_nothing(ready: None, tmp_path: Path) -> None:
    # The settings of whoever starts it are not for trying: this graph does not even exist.
    env = os.environ | {"TMPDIR": str(tmp_path), "HUBNETZ_GRAPH_URL": "bolt://127.0.0.1:1", "HUBNETZ_NONSENSE": "1"}
    said = []
    with subprocess.Popen([*DEMO, "--port", "0"], env=env, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        # Ours, the one in Python and the one in TypeScript; the router runs where its packages are.
        assert len(still_running_in(tmp_path)) == 3
        text = "".join(said)
        urls = dict(re.findall(r"^(\w+) +(http://\S+)", text, re.MULTILINE))
        assert list(urls) == ["directory", "projects", "discovery", "parking", "university", "router"], text
        answer = httpx.post(urls["router"], json={"query": '{ hub(slug: "zeitz") { name } }'}, timeout=START_S)
        assert answer.json() == {"data": {"hub": {"name": "DigitalHub Zeitz"}}}
        demo.send_signal(signal.SIGINT)
        assert demo.wait(START_S) == 0

    assert (ROOT / "examples" / "crossing.graphql").read_text(encoding="utf-8") in text
    assert '"title": "Beispiel: Marktplatz als 3D-Modell"' in text
    assert '"errors"' not in text
    for url in urls.values():
        with pytest.raises(httpx.ConnectError):
            httpx.get(url, timeout=START_S)
    assert still_running_in(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_named_before_anything_starts(ready: None, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        tried = run("--once", "--port", str(port), TMPDIR=str(tmp_path))

    assert tried.returncode == 1
    assert tried.stdout == ""
    assert re.fullmatch(rf"Port {port} cannot be used \(.+\)\. Choose another: .+\n", tried.stderr)
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    tried = run("--once", PATH=str(tmp_path))

    assert (tried.returncode, tried.stdout) == (1, "")
    assert "Node.js" in tried.stderr


@pytest.mark.parametrize(
    "arguments", [["--port", "many"], ["--port", "-1"], ["--port", "65536"], ["--nonsense"]], ids=str
)
def test_what_cannot_be_meant_is_refused(arguments: list[str]) -> None:
    tried = run(*arguments)

    assert tried.returncode == 2
    assert "Traceback" not in tried.stderr


def test_a_process_that_ends_too_early_ends_the_others(ready: None, tmp_path: Path) -> None:
    # A node that runs nothing: the first subgraph that needs it ends as it starts, after Hubnetz is there.
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "node").symlink_to("/bin/false")
    place = tmp_path / "place"
    place.mkdir()
    tried = run("--once", "--port", "0", PATH=str(tools), TMPDIR=str(place))

    assert tried.returncode == 1
    assert tried.stderr.startswith("parking ended with 1:")
    assert list(place.iterdir()) == []
    assert still_running_in(place) == []
