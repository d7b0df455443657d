"""Jobs of the command line: what is misuse, and what they do after another process was killed."""

import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph.writing import leases
from network.app import open_ports
from network.background import holder
from network.configuration.settings import load
from network.errors import JobError
from network.jobs import registry
from network.jobs.job import MISUSE, Workplace, caller
from search.indexer import LEASE, Indexer
from tests.fixtures.outputs import Said


@pytest_asyncio.fixture
async def place(tmp_path: Path) -> AsyncIterator[Workplace]:
    ports = await open_ports(load({"HUBNETZ_DATA_DIR": str(tmp_path / "data")}, env_file=tmp_path / "none.env"))
    await ports.graph.apply_schema()
    yield Workplace(
        ports.graph, ports.search, ports.service, Indexer(ports.graph, ports.search, holder=holder()), has_server=False
    )
    await ports.close()


async def _run(place: Workplace, job: str, **arguments: Any) -> tuple[int, Said]:
    said = Said()
    return await registry.run(place, job, arguments, said), said


async def test_a_search_that_cannot_be_meant_is_misuse(place: Workplace) -> None:
    code, said = await _run(place, "search", text="x" * 501, limit=5, as_json=False, as_=None)
    assert code == MISUSE
    assert "at most 500 characters" in said.errors[0]


@pytest.mark.parametrize("given", ["king:zeitz", "hub_lead", "municipality:abc"])
def test_what_is_no_membership_is_told_with_what_is(given: str) -> None:
    with pytest.raises(JobError, match=r"no membership.*hub_lead:zeitz.*network_admin"):
        caller(given)


async def test_a_command_outlasts_the_lease_of_an_indexer_that_was_killed(place: Workplace, tmp_path: Path) -> None:
    assert await leases.acquire(place.graph, LEASE, holder="killed", ttl_s=1.5) is not None
    file = tmp_path / "projects.ndjson"
    file.write_text('{"slug": "quastenflosser", "title": "Quastenflosser"}\n', "utf-8")
    assert (await _run(place, "import_projects", files=[str(file)], as_json=False))[0] == 0
    _, said = await _run(place, "search", text="quastenflosser", limit=5, as_json=True, as_=None)
    assert [hit["slug"] for hit in json.loads(said.lines[0])["hits"]] == ["quastenflosser"]


async def test_a_new_data_folder_is_for_its_owner_alone(place: Workplace, tmp_path: Path) -> None:
    assert (tmp_path / "data" / "graph").exists()
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
