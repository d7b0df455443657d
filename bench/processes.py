"""What an operator waits for: seed, imports, index, start; and what the idle server takes of the memory."""

import asyncio
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import databases
from bench.client import Client
from bench.generate import MUNICIPALITIES

PORT = 18_322
PROJECTS = 2_000
_STATES = ("01", "Schleswig-Holstein"), ("03", "Niedersachsen"), ("14", "Sachsen"), ("15", "Sachsen-Anhalt")
_DISTRICTS = 294
_COLUMNS = ("ags", "ars", "name", "kind", "district", "state", "population", "area_km2", "lat", "lon")


def measure(backend: str) -> Iterator[tuple[str, str]]:
    """(what, value with its unit), as soon as it was measured; commands are timed with the start of their process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "HUBNETZ_DATA_DIR": str(folder / "var"), "HUBNETZ_PORT": str(PORT)}
        environment.pop("HUBNETZ_GRAPH_URL", None)
        if backend == "neo4j":
            environment["HUBNETZ_GRAPH_URL"] = os.environ["NEO4J_URL"]
            asyncio.run(databases.empty(os.environ["NEO4J_URL"]))
        yield "`hubnetz seed`", f"{_command(environment, 'seed'):.1f} s"
        start_s, memory_mb = _serve(environment)
        yield "start, to `/readyz` 200", f"{start_s:.1f} s"
        yield "memory of the idle server, after the seed", f"{memory_mb:.0f} MB"
        yield from _imports(environment, folder)
        start_s, memory_mb = _serve(environment)
        yield "start, after the imports", f"{start_s:.1f} s"
        yield "memory of the idle server, after the imports", f"{memory_mb:.0f} MB"


def _imports(environment: dict[str, str], folder: Path) -> Iterator[tuple[str, str]]:
    register = _register(folder / "municipalities.csv")
    first_s = _command(environment, "import", "municipalities", str(folder / "municipalities.csv"))
    yield f"import of {len(register):,} municipalities", _rate(len(register), first_s)
    again_s = _command(environment, "import", "municipalities", str(folder / "municipalities.csv"))
    yield "the same file again, nothing to write", _rate(len(register), again_s)
    _projects(folder / "projects.ndjson", register)
    elapsed_s = _command(environment, "import", "projects", str(folder / "projects.ndjson"))
    yield f"import of {PROJECTS:,} projects with 6 municipalities each, indexed", _rate(PROJECTS, elapsed_s)
    elapsed_s = _command(environment, "reindex")
    yield "index built anew (`hubnetz reindex`)", _rate(PROJECTS, elapsed_s)


def _rate(rows: int, elapsed_s: float) -> str:
    return f"{elapsed_s:.1f} s, {rows / elapsed_s:,.0f} a second"


def _command(environment: dict[str, str], *arguments: str) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "network.cli", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"hubnetz {' '.join(arguments)}: {done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    return time.perf_counter() - started


def _serve(environment: dict[str, str]) -> tuple[float, float]:
    """Seconds from the start of the process until it is ready, and its resident memory in MB a little later."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "network.cli", "serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = Client(PORT)
    try:
        client.wait()
        start_s = time.perf_counter() - started
        time.sleep(3)
        return start_s, _resident_mb(process.pid)
    finally:
        client.close()
        process.terminate()
        process.wait(timeout=60)


def _resident_mb(pid: int) -> float:
    fields = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    (resident,) = (line for line in fields if line.startswith("VmRSS:"))
    return int(resident.split()[1]) / 1_024


def _register(path: Path) -> list[str]:
    """A register as the statistical office gives it, of the same size; the keys of its municipalities."""
    rng = random.Random("register")
    keys = []
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for number in range(MUNICIPALITIES):
            digits, state = _STATES[number % len(_STATES)]
            district, rest = divmod(number // len(_STATES), 40)
            ars = f"{digits}{district % _DISTRICTS + 1:03}{district % 9_999:04}{rest + 1:03}"
            keys.append(ars)
            name = f"Gemeinde {rng.choice('ABCDEFGHKLMNÖPRSTUW')}{number}"
            place = f"{rng.uniform(48, 55):.5f}", f"{rng.uniform(6, 15):.5f}"
            writer.writerow([
                ars[:5] + ars[9:], ars, name, "Kreisangehörige Gemeinde", f"Kreis {district}", state,
                rng.randrange(300, 60_000), f"{rng.uniform(3, 300):.2f}", *place,
            ])  # fmt: skip
    return keys


def _projects(path: Path, municipalities: list[str]) -> None:
    rng = random.Random("projects")
    text = "Die Verwaltung hat den Ablauf gemeinsam mit den Nachbarn neu geordnet und danach digital abgebildet. "
    with path.open("w", encoding="utf-8") as file:
        for number in range(PROJECTS):
            project = {
                "slug": f"vorhaben-{number}",
                "title": f"Vorhaben {number}",
                "summary": text,
                "writeup": text * rng.randrange(3, 15),
                "municipalities": rng.sample(municipalities, 6),
                "status": "RUNNING",
            }
            file.write(json.dumps(project, ensure_ascii=False) + "\n")
