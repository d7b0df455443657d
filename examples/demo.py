"""`make demo-federation`: Hubnetz, two subgraphs of others and a router, all on loopback, and one question that crosses them."""

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

ROOT: Final = Path(__file__).resolve().parents[1]
PARKING: Final = ROOT / "examples" / "parking"
ROUTER: Final = ROOT / "deploy" / "router"
CROSSING: Final = ROOT / "examples" / "crossing.graphql"
HOST: Final = "127.0.0.1"
OURS: Final = ("directory", "projects", "discovery")
# The machine may be busy; all together they take some ten seconds.
START_S: Final = 90
STOP_S: Final = 20
# Signals are looked for, and a start is noticed, this often.
LOOK_S: Final = 0.1
LAST_LINES: Final = 20


class DemoError(Exception):
    """The demonstration cannot go on; the message says what to do."""


class Interrupted(Exception):
    """Whoever started it wants it to end."""


@dataclass(frozen=True)
class Place:
    """Where the processes write, and what tells them all to end."""

    folder: Path
    told: threading.Event

    def wait(self, seconds: float) -> None:
        if self.told.wait(seconds):
            raise Interrupted

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


@contextlib.contextmanager
def started(
    place: Place, name: str, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block, however the block does. Ctrl-C reaches us alone, and we end it."""
    # Nobody's settings count: they may name a graph that is not for trying.
    kept = {variable: value for variable, value in os.environ.items() if not variable.startswith("HUBNETZ_")}
    with place.log(name).open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  # every word of it is ours
            command,
            cwd=cwd,
            env=kept | dict(env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ended(place: Place, name: str, code: int) -> DemoError:
    last = place.log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
    return DemoError("\n".join([f"{name} ended with {code}:", *last]))


def finish(place: Place, name: str, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> str:
    """What a command wrote, once it has ended well."""
    with started(place, name, command, cwd=cwd, env=env) as process:
        while process.poll() is None:
            place.wait(LOOK_S)
        if process.returncode:
            raise ended(place, name, process.returncode)
    return place.log(name).read_text(encoding="utf-8")


def serve(
    stack: contextlib.ExitStack,
    place: Place,
    name: str,
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    probe: str,
) -> subprocess.Popen[bytes]:
    """A server that answers at `probe` (an address that it does not have will do), and goes when the stack is left."""
    process = stack.enter_context(started(place, name, command, cwd=cwd, env=env))
    for _ in range(int(START_S / LOOK_S)):
        if process.poll() is not None:
            raise ended(place, name, process.returncode)
        with contextlib.suppress(httpx.TransportError):
            if not httpx.get(probe, timeout=START_S, trust_env=False).is_server_error:
                return process
        place.wait(LOOK_S)
    raise DemoError(f"{name} does not answer at {probe} after {START_S} s.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def a_port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, got {text!r}")
    return int(text)


def router_port(wanted: int) -> int:
    if not wanted:
        return free_port()
    with socket.socket() as probe:
        # As servers do: what a server that has just ended leaves behind is no reason to refuse.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError as problem:
            raise DemoError(
                f"Port {wanted} cannot be used ({problem.strerror}). Choose another: make demo-federation DEMO='--port 4010'"
            ) from problem
    return wanted


def check_tools() -> None:
    if shutil.which("node") is None:
        raise DemoError("Node.js 20 or newer is needed for the router.")
    for needed in (ROUTER / "node_modules", PARKING / "dist" / "server.js"):
        if not needed.exists():
            raise DemoError(f"{needed.relative_to(ROOT)} is missing: `make demo-federation` installs it.")


def hubnetz(stack: contextlib.ExitStack, place: Place) -> dict[str, str]:
    """Addresses of our three subgraphs over a seeded graph of their own."""
    url = f"http://{HOST}:{(port := free_port())}"
    chosen = {
        "HUBNETZ_DATA_DIR": str(place.folder / "data"),
        "HUBNETZ_PORT": str(port),
        "HUBNETZ_ROUTERS": HOST,
        "PYTHONPATH": str(ROOT),
    }
    # Away from the checkout: nobody's `.env` counts.
    command = [sys.executable, "-m", "network.cli"]
    finish(place, "seed", [*command, "seed"], cwd=place.folder, env=chosen)
    serve(stack, place, "Hubnetz", [*command, "serve"], cwd=place.folder, env=chosen, probe=f"{url}/readyz")
    return {name: f"{url}/subgraphs/{name}" for name in OURS}


def others(stack: contextlib.ExitStack, place: Place) -> dict[str, str]:
    """Addresses of the two subgraphs that are not ours."""
    commands: dict[str, list[str | Path]] = {
        "parking": ["node", PARKING / "dist" / "server.js"],
        "university": [sys.executable, ROOT / "examples" / "university" / "subgraph.py"],
    }
    urls = {}
    for name, command in commands.items():
        port = free_port()
        urls[name] = f"http://{HOST}:{port}/graphql"
        env = {"HOST": HOST, "PORT": str(port)}
        serve(stack, place, name, command, cwd=place.folder, env=env, probe=urls[name])
    return urls


def router(
    stack: contextlib.ExitStack, place: Place, subgraphs: Mapping[str, str], port: int
) -> tuple[str, subprocess.Popen[bytes]]:
    """Address of Hive Gateway over the subgraphs, composed as `deploy/router` composes them, and its process."""
    listed = place.folder / "subgraphs.json"
    listed.write_text(json.dumps({name: {"url": url} for name, url in subgraphs.items()}), encoding="utf-8")
    supergraph = place.folder / "supergraph.graphql"
    supergraph.write_text(
        finish(place, "composition", ["node", "compose.mjs", listed], cwd=ROUTER, env={}), encoding="utf-8"
    )
    url = f"http://{HOST}:{port}"
    command = ["node", "node_modules/.bin/hive-gateway", "supergraph", "--config-path", "gateway.config.mjs"]
    process = serve(
        stack,
        place,
        "router",
        [*command, "--disable-websockets", "-h", HOST, "-p", str(port)],
        cwd=ROUTER,
        env={"SUPERGRAPH": str(supergraph), "INTROSPECTION": "open", "LOG_LEVEL": "warn"},
        probe=f"{url}/readiness",
    )
    return f"{url}/graphql", process


def demonstrate(place: Place, *, port: int, once: bool) -> None:
    check_tools()
    port = router_port(port)
    with contextlib.ExitStack() as stack:
        subgraphs = hubnetz(stack, place) | others(stack, place)
        for name, url in subgraphs.items():
            print(f"{name:<12}{url}{'' if name in OURS else '   sample data'}")
        url, process = router(stack, place, subgraphs, port)
        print(f"{'router':<12}{url}\n", flush=True)
        query = CROSSING.read_text(encoding="utf-8")
        answer = httpx.post(url, json={"query": query}, timeout=START_S, trust_env=False).json()
        print(f"{query}\n{json.dumps(answer, ensure_ascii=False, indent=2)}\n", flush=True)
        if answer.get("errors"):
            raise DemoError("The answer holds errors.")
        if once:
            return
        print(f"Ask on at {url} (POST, JSON). Ctrl-C ends all of it; nothing is kept.", flush=True)
        while process.poll() is None:
            place.wait(LOOK_S)
        raise ended(place, "router", process.returncode)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, prog="make demo-federation DEMO=…")
    asked.add_argument("--once", action="store_true", help="end as soon as the question is answered")
    asked.add_argument(
        "--port", type=a_port, default=4000, help="port of the router, 4000 unless given; 0: any that is free"
    )
    given = asked.parse_args()
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Only noted, and looked for: an exception in between could leave a process behind.
        signal.signal(number, lambda *_: told.set())
    with tempfile.TemporaryDirectory(prefix="hubnetz-demo-") as folder:
        try:
            demonstrate(Place(Path(folder), told), port=given.port, once=given.once)
        except Interrupted:
            return 0
        except DemoError as problem:
            print(problem, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
