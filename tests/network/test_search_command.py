"""`hubnetz search` over the seed: what people read, and what programs do."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLSchema

from network.app import open_ports
from network.background import holder
from network.configuration.settings import load
from network.jobs import registry
from network.jobs.job import Workplace
from search.indexer import Indexer
from search.port import MAX_CANDIDATES
from tests.fixtures.builders import make_project
from tests.fixtures.outputs import Said
from tests.network.searching import network_of


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workplace]:
    folder: Path = tmp_path_factory.mktemp("command")
    ports = await open_ports(load({"HUBNETZ_DATA_DIR": str(folder)}, env_file=folder / "none.env"))
    await ports.graph.apply_schema()
    indexer = Indexer(ports.graph, ports.search, holder=holder())
    place = Workplace(ports.graph, ports.search, ports.service, indexer, has_server=False)
    assert (await run(place, "seed", if_empty=False, as_json=False))[0] == 0
    yield place
    await ports.close()


async def run(place: Workplace, job: str, **arguments: Any) -> tuple[int, Said]:
    said = Said()
    return await registry.run(place, job, arguments, said), said


async def test_search_shows_marked_words_and_how_many_there_are(place: Workplace) -> None:
    code, said = await run(place, "search", text="Strandauslastung", limit=5, as_json=False, as_=None)
    assert code == 0
    text = "\n".join(said.lines)
    assert said.lines[0].startswith("  1  *Strandticker*")
    assert "*Auslastung* von *Strandabschnitten*" in text
    assert said.lines[-1].endswith(" Treffer")


async def test_search_marks_in_bold_on_a_terminal(place: Workplace) -> None:
    given = {"text": "Strandauslastung", "limit": 1, "as_json": False, "as_": None}
    _, said = await run(place, "search", **given, is_terminal=True)
    assert "\x1b[1mAuslastung\x1b[0m" in "\n".join(said.lines)


async def test_search_corrects_and_says_what_it_goes_without(place: Workplace) -> None:
    _, said = await run(place, "search", text="parkpltz Xylophon", limit=3, as_json=False, as_=None)
    assert said.lines[0] == "Meinten Sie „Parkplatz Xylophon“?"
    assert said.lines[1] == "ohne: Xylophon"
    _, told = await run(place, "search", text="parkpltz Xylophon", limit=3, as_json=True, as_=None)
    answer = json.loads(told.lines[0])
    assert (answer["didYouMean"], answer["missingWords"]) == ("Parkplatz Xylophon", ["Xylophon"])
    assert answer["relaxed"] is None


async def test_search_explains(place: Workplace) -> None:
    given = {"text": "Starkregenvorhersage", "limit": 1, "as_": None, "explain": True}
    _, said = await run(place, "search", **given, as_json=False)
    assert any("Starkregenvorhersage → Starkregenprognosen" in line and "Kurztext)" in line for line in said.lines)
    _, told = await run(place, "search", **given, as_json=True)
    (hit,) = json.loads(told.lines[0])["hits"]
    assert hit["explanation"]["words"][0]["found"] == "Starkregenprognosen"
    assert hit["explanation"]["confirmedReuse"] == 0


async def test_a_zero_is_told_apart_from_what_is_near(place: Workplace) -> None:
    _, said = await run(place, "search", text="Quantencomputer", limit=3, as_json=False, as_=None)
    assert said.lines[0] == "Nichts Passendes im Netz"
    assert any(line.strip().startswith("https://www.govdata.de/") for line in said.lines)
    _, told = await run(place, "search", text="Quantencomputer", limit=3, as_json=True, as_=None)
    answer = json.loads(told.lines[0])
    assert answer["hits"] == []
    assert answer["total"] == 0
    assert answer["relaxed"]["need"]["kind"] == "SEEKS"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Strandauslastung", "strandticker"),
        ("Starkregenvorhersage", "smarte-grenzregion"),
        ("digitaler Schaukasten", "smart-tau-hus"),
        ("parkpltz", "zeitz-parkleitsystem"),
        ("grossroehrsdorf", "grossroehrsdorf-gesundheit"),
    ],
)
async def test_what_a_hub_lead_types_finds_the_right_project_first(place: Workplace, text: str, first: str) -> None:
    _, said = await run(place, "search", text=text, limit=3, as_json=True, as_=None)
    assert json.loads(said.lines[0])["hits"][0]["slug"] == first


async def test_where_not_all_are_ranked_there_are_at_least_as_many(gateway: GraphQLSchema, tmp_path: Path) -> None:
    projects = [make_project(f"p{n:03}", title="Radweg") for n in range(MAX_CANDIDATES + 5)]
    async with network_of(gateway, tmp_path, *projects) as full:
        answer = await full.search("Radwege", first=1)
        indexer = Indexer(full.store, full.index, holder=holder())
        place = Workplace(full.store, full.index, full.service, indexer, has_server=False)
        _, said = await run(place, "search", text="Radwege", limit=1, as_json=False, as_=None)
        _, told = await run(place, "search", text="Radwege", limit=1, as_json=True, as_=None)

    assert (answer["totalCount"], answer["isTotalExact"]) == (MAX_CANDIDATES, False)
    assert said.lines[-1] == f"mindestens {MAX_CANDIDATES} Treffer"
    counted = json.loads(told.lines[0])
    assert (counted["total"], counted["isTotalExact"]) == (MAX_CANDIDATES, False)
