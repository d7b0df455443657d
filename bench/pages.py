"""How long pages take, and how large they are, with 10,000 projects of the longest German names: prints a Markdown table.

    python -m bench.pages                          makes the network in a folder that goes away again, some minutes
    python -m bench.pages --keep FOLDER            keeps it for the next run, and for `make screenshots`
    python -m bench.pages --keep FOLDER --only-make

Ladybug and tantivy, one process (`hubnetz serve`), loopback, one client with one connection, one request after the other.
"""

import argparse
import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import httpx

ROOT: Final = Path(__file__).parents[1]
PORT: Final = 18_323
_SLICE: Final = 2_000
"""Projects of one file of the import."""
_WORDS: Final = (
    "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung",
    "Straßenentwässerungsinvestitionskostenschuldendienstumlage",
    "Verkehrsinfrastrukturfinanzierungsgesellschaft",
    "Rindfleischetikettierungsüberwachungsaufgabenübertragung",
    "Abfallwirtschaftsgebührenbescheiderstellung",
    "Kindertagesstättenplatzvergabeverfahren",
    "Fördermittelverwendungsnachweisprüfung",
    "Bürgerbeteiligungsplattform",
    "Gewerbesteuerhebesatzvergleich",
    "Starkregengefahrenkartierung",
    "Feuerwehrbedarfsplanfortschreibung",
    "Straßenbeleuchtungserneuerung",
    "Parkraumbewirtschaftung",
    "Mängelmelder",
    "Dorfladen",
    "LoRaWAN",
)
_JOINED: Final = ("und", "für die", "mit", "samt", "nach der", "in der")
_HOUSES: Final = ("hub:zeitz", "hub:wilster", "municipality:150840590590", "university:05gqaka33")
_TOPICS: Final = ("verwaltung", "mobilitaet", "sensorik", "ozg", "kultur", "energie", "lorawan", "daten")
_SENTENCE: Final = (
    "Die Verwaltung hat den Ablauf gemeinsam mit den Nachbarn neu geordnet und danach digital abgebildet. "
)
_STATES: Final = ("IDEA", "PLANNED", "PILOT", "RUNNING", "ESTABLISHED", "ENDED")


def projects(count: int) -> Iterator[dict[str, object]]:
    """As `hubnetz import projects` takes them; the same for the same number."""
    rng = random.Random("pages")
    for number in range(count):
        words = rng.sample(_WORDS, rng.choice((1, 2, 2, 3)))
        title = words[0] + "".join(f" {rng.choice(_JOINED)} {word}" for word in words[1:])
        yield {
            "slug": f"vorhaben-{number}",
            "title": f"{title} ({number})",
            "summary": f"{title}. {_SENTENCE}",
            "writeup": f"## {words[0]}\n\n" + _SENTENCE * rng.randrange(3, 30),
            "owner": rng.choice(_HOUSES),
            "topics": rng.sample(_TOPICS, 3),
            "municipalities": ["150840590590", "031550013013"],
            "status": rng.choice(_STATES),
            "started": str(rng.randrange(2012, 2026)),
        }


def make(folder: Path, count: int) -> Path:
    """A data folder with seed, examples and `count` projects; made once, found again."""
    data = folder / f"pages-{count}"
    complete = data.with_suffix(".complete")
    if complete.exists():
        return data
    if data.exists():
        raise SystemExit(f"{data} was written only in part: remove it.")
    data.mkdir(parents=True)
    _command(data, "seed", "--examples")
    made = projects(count)
    for part in range(-(-count // _SLICE)):
        file = data / f"projects-{part}.ndjson"
        lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in itertools.islice(made, _SLICE))
        file.write_text("".join(lines), encoding="utf-8")
        _command(data, "import", "projects", str(file))
        file.unlink()
    complete.touch()
    return data


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUBNETZ_")}
    return kept | {"HUBNETZ_DATA_DIR": str(data), "HUBNETZ_PORT": str(PORT), "HUBNETZ_LOG_LEVEL": "error"}


def _command(data: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "network.cli", *arguments]
    done = subprocess.run(command, env=environment(data), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"hubnetz {' '.join(arguments)}: {done.stdout[-2_000:]}{done.stderr[-2_000:]}")


def sign_in(client: httpx.Client, account: str) -> None:
    """As a sample account, by the pages of the development issuer."""
    page = client.get("/sign-in")
    (issuer,) = re.findall(r'href="(/sign-in/[^"?]+[^"]*)"', page.text)[:1]
    choice = client.get(unescape(issuer))
    hidden = {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', choice.text)
    }
    (action,) = re.findall(r'<form action="([^"]+)" method="post">', choice.text)[:1]
    back = client.post(urljoin(str(choice.url), unescape(action)), data=hidden | {"account": account})
    assert back.status_code == 200, back.text[:500]
    assert client.get("/my").url.path == "/my", "the sample account is not signed in"


def addresses(client: httpx.Client) -> tuple[list[str], list[str]]:
    """What everybody may open, and what the lead of a hub may."""
    query = """{ events(first: 1) { edges { node { id } } } experts(first: 1) { edges { node { id } } }
        needs(first: 1) { edges { node { id } } } fundingProgrammes(first: 1) { edges { node { slug } } }
        services(first: 1) { edges { node { leikaId } } } organisations(first: 1) { edges { node { slug } } } }"""
    data = client.post("/graphql", json={"query": query}).json()["data"]
    kinds = {"events": "events", "experts": "experts", "needs": "needs", "fundingProgrammes": "funding"}
    kinds |= {"services": "services", "organisations": "organisations"}
    single = []
    for field, path in kinds.items():
        for edge in data[field]["edges"]:
            (key,) = edge["node"].values()
            single.append(f"/{path}/{key.rpartition(':')[2]}")
    lists = [f"/{path}" for path in (*kinds.values(), "hubs", "municipalities", "universities", "topics", "projects")]
    project = "/projects/vorhaben-77"
    open_to_all = [
        *(
            "/",
            "/search",
            "/search?q=parkraumbewirtschaftung",
            "/search?q=verwaltng&topic=sensorik",
            "/search?q=qqqqxx",
        ),
        *(project, f"{project}/print", f"{project}/council-paper", "/projects/zeitz-parkleitsystem"),
        "/compare?project=vorhaben-1&project=vorhaben-2&project=vorhaben-3&project=vorhaben-4",
        *("/hubs/zeitz", "/municipalities/150840590590", "/universities/05gqaka33", "/topics/sensorik"),
        *("/map", "/neighbourhood?of=Hub:zeitz", *lists, *single),
        *("/developers", "/privacy", "/accessibility", "/imprint", "/sign-in"),
    ]
    members = [
        *("/my", "/my/inbox", "/my/searches", "/my/settings", "/my/members", "/review", "/projects/new", "/needs/new"),
        *(project, f"{project}/adopt", "/search?q=parkraumbewirtschaftung", "/introductions?to=Hub:wilster"),
    ]
    return open_to_all, members


def measure(client: httpx.Client, address: str, rounds: int) -> tuple[float, float, int]:
    """p50 and p95 in milliseconds, and bytes of the HTML."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        answer = client.get(address)
        times.append((time.perf_counter() - started) * 1e3)
        assert answer.status_code == 200, (address, answer.status_code)
    p95 = statistics.quantiles(times, n=20, method="inclusive")[18]
    return statistics.median(times), p95, len(answer.content)


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _measured(rounds: int) -> None:
    url = f"http://127.0.0.1:{PORT}"
    print(f"\n{rounds} requests a page, load before: {_load()}\n")
    print("| page | p50 ms | p95 ms | kB |\n| --- | --- | --- | --- |")
    everything = []
    with httpx.Client(base_url=url, timeout=60, follow_redirects=True, trust_env=False) as client:
        for_all, for_members = addresses(client)
        for who, several in (("", for_all), (", signed in", for_members)):
            if who:
                sign_in(client, "hub_lead:zeitz")
            for address in several:
                measure(client, address, 2)
                p50, p95, size = measure(client, address, rounds)
                everything.append(p95)
                print(f"| `{address}`{who} | {p50:.0f} | {p95:.0f} | {size / 1e3:.0f} |", flush=True)
    slowest = max(everything)
    print(
        f"\nSlowest p95: {slowest:.0f} ms; median of the p95: {statistics.median(everything):.0f} ms. Load after: {_load()}"
    )


def _served(data: Path, rounds: int) -> None:
    command = [sys.executable, "-m", "network.cli", "serve"]
    process = subprocess.Popen(command, env=environment(data), cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        give_up = time.monotonic() + 120
        while time.monotonic() < give_up:
            try:
                if httpx.get(f"http://127.0.0.1:{PORT}/readyz", trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            assert process.poll() is None, "the server ended"
            time.sleep(0.1)
        _measured(rounds)
    finally:
        process.terminate()
        process.wait(timeout=60)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.pages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--projects", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=50, help="requests of each page (default 50)")
    parser.add_argument("--keep", type=Path, help="folder of the generated network, used again by later runs")
    parser.add_argument("--only-make", action="store_true", help="measure nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data = make((given.keep or Path(temporary)).resolve(), given.projects)
        if not given.only_make:
            _served(data, given.rounds)


if __name__ == "__main__":
    main()
