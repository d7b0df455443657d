"""docs/federate.md does what it says: its walk as it stands there, and each mistake that it explains."""

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from network.subgraphs import schemas
from tests.fixtures.node import installed
from tests.fixtures.process import ROOT, START_S, free_port
from tests.fixtures.routers import ROUTER, subgraphs

DOCUMENT = (ROOT / "docs" / "federate.md").read_text(encoding="utf-8")
WALK = DOCUMENT.partition("\n## Ten minutes\n")[2].partition("\n## ")[0]
LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@shareable", "@requires", "@override"])'
# What a machine does once, before any test, or what our own server is for all of them.
ONCE = {
    "git clone ADDRESS hubnetz",
    "make -C hubnetz run",
    "python3.11 -m venv broadband/venv",
    "broadband/venv/bin/pip install --quiet --requirement hubnetz/examples/university/requirements.txt",
    "npm --prefix hubnetz/deploy/router ci --ignore-scripts",
}


@dataclass(frozen=True)
class Row:
    code: str
    sdl: str

    @property
    def whole(self) -> str:
        return self.sdl if self.sdl.startswith("extend schema") else f"{LINK} {self.sdl}"


def rows(name: str) -> list[Row]:
    table = DOCUMENT.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]
    return [Row(*found) for found in re.findall(r"^\| `(\w+)` \| `(.+?)` \| .+ \|$", table, re.MULTILINE)]


@pytest.fixture(scope="module")
def composed() -> Mapping[Row, Mapping[str, list[str]]]:
    """What composers say of each row's schema beside ours."""
    installed(ROUTER)
    attempts = [*rows("errors"), *rows("hints")]
    ours = {name: schema.as_str() for name, schema in schemas().items()}
    run = subprocess.run(
        ["node", "attempts.mjs"],
        cwd=installed(ROOT / "tests" / "federation"),
        input=json.dumps({"ours": ours, "attempts": [row.whole for row in attempts]}),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return dict(zip(attempts, json.loads(run.stdout), strict=True))


def test_every_error_is_what_composers_say_of_the_mistake(composed: Mapping[Row, Mapping[str, list[str]]]) -> None:
    assert len(rows("errors")) >= 10
    for row in rows("errors"):
        assert row.code in composed[row]["errors"], row


def test_every_hint_is_one_and_nothing_worse(composed: Mapping[Row, Mapping[str, list[str]]]) -> None:
    assert len(rows("hints")) >= 2
    for row in rows("hints"):
        assert composed[row] == {"errors": [], "hints": [row.code]}, row


def answers(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(url, timeout=START_S).status_code < 500
    return False


@dataclass
class Walk:
    """The folder of whoever follows the document, with what runs in its terminals."""

    folder: Path
    ports: Mapping[str, int]
    terminals: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def here(self, text: str) -> str:
        """With the ports that are free on this machine, and the environment that the tests run in."""
        for written, port in self.ports.items():
            text = text.replace(f":{written}", f":{port}").replace(f"port={written}", f"port={port}")
            text = text.replace(f"--port {written}", f"--port {port}")
        return text.replace("broadband/venv/bin/python", shlex.quote(sys.executable))

    def run(self, command: str) -> str:
        done = subprocess.run(
            self.here(command),
            shell=True,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, command: str, url: str) -> None:
        log = (self.folder / f"{len(self.terminals)}.log").open("wb")
        with log:
            process = subprocess.Popen(
                # In the shell's place, so that who is told to end is who is awaited.
                f"exec env {self.here(command)}",
                shell=True,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.terminals.append(process)
        give_up = time.monotonic() + START_S
        while not answers(self.here(url)):
            assert process.poll() is None, Path(log.name).read_text(encoding="utf-8")
            assert time.monotonic() < give_up, Path(log.name).read_text(encoding="utf-8")
            # Waits on the process, not on the clock: an early end is seen at once.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        # All of a terminal: npm starts a shell that starts the router.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(START_S)


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    installed(ROUTER)
    (tmp_path / "hubnetz").symlink_to(ROOT)
    (tmp_path / "broadband").mkdir()
    with subgraphs(tmp_path) as ours:
        begun = Walk(tmp_path, {"8000": ours.gateway.port, "4003": free_port(), "4000": free_port()})
        try:
            yield begun
        finally:
            for process in reversed(begun.terminals):
                begun.stop(process)


def test_the_walk_leads_where_it_says(walk: Walk) -> None:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", WALK, re.DOTALL | re.MULTILINE)
    assert [kind for kind, _ in blocks] == ["sh", "python", "sh", "json", "sh", "sh", "json"]
    (_, program), (_, listed) = blocks[1], blocks[3]
    (walk.folder / "broadband" / "subgraph.py").write_text(walk.here(program), encoding="utf-8")
    (walk.folder / "broadband" / "subgraphs.json").write_text(walk.here(listed), encoding="utf-8")

    done, answer = set(), ""
    for text in (text for kind, text in blocks if kind == "sh"):
        for command in text.replace("\\\n", "").splitlines():
            if command in ONCE:
                done.add(command)
            elif command.endswith("broadband/subgraph.py"):
                walk.start(command, "http://127.0.0.1:4003/")
            elif command.startswith("SUPERGRAPH="):
                walk.start(command, "http://127.0.0.1:4000/readiness")
            else:
                answer = walk.run(command)

    assert done == ONCE
    assert json.loads(answer) == json.loads(blocks[-1][1])
    # "Stop yours and ask again".
    walk.stop(walk.terminals[0])
    again = json.loads(walk.run(blocks[5][1].replace("\\\n", "").strip()))
    assert [error["extensions"]["code"] for error in again["errors"]] == ["UNAVAILABLE"]
    expected = json.loads(blocks[-1][1])["data"]
    expected["municipality"]["fibrePercent"] = None
    assert again["data"] == expected


def test_it_says_which_keys_there_are() -> None:
    table = DOCUMENT.partition("### Keys")[2].partition("### ")[0]
    said: dict[str, set[str]] = {}
    for types, keys in re.findall(r"^\| (`.+?`) \| (.+?) \| .+ \|$", table, re.MULTILINE):
        for name in re.findall(r"`(\w+)`", types):
            said[name] = {"id", *re.findall(r"`(\w+)`", keys)}
    found: dict[str, set[str]] = {}
    for schema in schemas().values():
        for name, keys in re.findall(r"^type (\w+)(.*?@key.*?) \{$", schema.as_str(), re.MULTILINE):
            found.setdefault(name, set()).update(re.findall(r'@key\(fields: "(\w+)"\)', keys))
    assert said == {name: keys for name, keys in found.items() if keys != {"id"}}


def test_its_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", DOCUMENT):
        assert (ROOT / "docs" / target).exists(), target
