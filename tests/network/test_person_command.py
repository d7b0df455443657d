"""`hubnetz person`: what is kept of one person is shown, and goes, from graph, index and files."""

import json
from pathlib import Path
from typing import Any

import pytest

from auth.principal import Membership, Principal
from graph.accounts.people import seen
from graph.commands.create_project import CreateProjectDraft, create_project_draft
from graph.commands.review_project import PublishProject, SubmitProject, publish_project, submit_project
from graph.model import NodeKey
from graph.reading import popular
from graph.values import Contact
from graph.vocabulary import OperatingStatus
from graph.writing.unit_of_work import UnitOfWork
from network.app import open_ports
from network.background import holder
from network.configuration.settings import load
from network.jobs import registry
from network.jobs.job import FAILURE, Workplace
from network.ports import Ports
from search.indexer import Indexer
from tests.fixtures.builders import make_hub, plant
from tests.fixtures.outputs import Said

EMAIL = "erika.muster@gemeinde.example"
LEAD = Principal("https://id.example", "erika", frozenset({Membership.parse("hub_lead:zeitz")}))
NOBODY: dict[str, Any] = {"email": None, "issuer": None, "subject": None, "texts": []}


async def opened(folder: Path) -> Ports:
    ports = await open_ports(load({"HUBNETZ_DATA_DIR": str(folder)}, env_file=folder / "none.env"))
    await ports.graph.apply_schema()
    return ports


def place_of(ports: Ports) -> Workplace:
    return Workplace(
        ports.graph,
        ports.search,
        ports.service,
        Indexer(ports.graph, ports.search, holder=holder()),
        has_server=False,
    )


async def run(place: Workplace, job: str, **arguments: Any) -> tuple[int, Said]:
    said = Said()
    return await registry.run(place, job, NOBODY | arguments, said), said


async def fill(place: Workplace) -> str:
    unit_of_work = UnitOfWork(place.graph)
    await plant(place.graph, make_hub("zeitz", name="DigitalHub Zeitz"))
    await seen(place.graph, LEAD, email=EMAIL)
    draft = CreateProjectDraft(
        title="Quittenverzeichnis",
        summary=f"Quitten finden. Fragen an {EMAIL}. Fertig.",
        status=OperatingStatus.PILOT,
        house=NodeKey("Hub", "zeitz"),
        contact=Contact("Bauamt", email=EMAIL),
    )
    project = str((await create_project_draft(unit_of_work, draft, actor=LEAD))["id"])
    await submit_project(unit_of_work, SubmitProject(project=project), actor=LEAD)
    await publish_project(unit_of_work, PublishProject(project=project), actor=LEAD)
    await popular.note(place.graph, "quitten", "Quitten", iss=LEAD.iss, sub=LEAD.sub)
    await place.indexer.catch_up()
    return project


async def test_she_is_shown_whole_then_erased_and_then_found_nowhere(tmp_path: Path) -> None:
    ports = await opened(tmp_path)
    place = place_of(ports)
    project = await fill(place)

    code, said = await run(place, "person_export", email=EMAIL)
    shown = json.loads("\n".join(said.lines))
    assert code == 0
    assert shown["accounts"] == [{"issuer": LEAD.iss, "subject": LEAD.sub}]
    assert {(one["id"], one["property"]) for one in shown["mentions"]} >= {
        (f"Project:{project}", "contact"),
        (f"Project:{project}", "summary"),
    }
    assert shown["searches"] == ["Quitten"]

    code, said = await run(place, "person_erase", email=EMAIL)
    assert (code, said.errors) == (0, [])
    assert said.lines[-1] == "Looked again through all records: nothing of this person is left."

    assert "1 Treffer" in await searched(place, "Quittenverzeichnis")
    assert (await searched(place, "erika.muster")).startswith("Nichts Passendes im Netz")
    assert EMAIL not in await searched(place, "Quitten finden")
    await ports.close()

    # The file of the graph is written anew when it is next opened.
    await (await opened(tmp_path)).close()
    assert files_with(tmp_path, EMAIL) == []


def files_with(folder: Path, text: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


async def searched(place: Workplace, text: str) -> str:
    said = Said()
    given = {"text": text, "limit": 5, "as_json": False, "as_": "network_admin", "explain": False}
    await registry.run(place, "search", given, said)
    return "\n".join((*said.lines, *said.errors))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({}, "expected an e-mail address"),
        ({"email": "erika"}, "not an e-mail address"),
        ({"issuer": "https://id.example"}, "--subject"),
        ({"email": EMAIL, "texts": ["Erik"]}, "5 characters"),
    ],
)
async def test_what_names_nobody_is_refused_and_nothing_happens(
    tmp_path: Path, wrong: dict[str, Any], reason: str
) -> None:
    ports = await opened(tmp_path)
    code, said = await run(place_of(ports), "person_erase", **wrong)

    assert code == FAILURE
    assert reason in said.errors[0]
    assert said.lines == []
    await ports.close()
