"""Who changed what of a project: read by the houses that answer for it, and there for nobody else."""

import re
from pathlib import Path

from tests.fixtures.builders import make_project
from tests.fixtures.units import plain, write
from tests.network.plain import client
from tests.pages.finding import MEMBERS, SCRIPT, THINGS, pages_of, parken, zeitz

CHANGE = """
mutation ($input: UpdateProjectInput!) {
  updateProject(input: $input) { __typename ... on UpdateProjectSuccess { project { version } } }
}
"""


async def test_the_history_is_for_the_houses_that_answer_for_an_entry(tmp_path: Path) -> None:
    async with pages_of(tmp_path, *THINGS) as pages:
        given = {
            "project": "Project:parken",
            "expectedVersion": parken.version,
            "changes": {"summary": f"Neu: {SCRIPT}", "legalBasis": None},
        }
        async with client(pages.app) as http:
            answer = await http.post(
                "/graphql",
                json={"query": CHANGE, "variables": {"input": given}},
                headers={"authorization": "Bearer owner"},
            )
        assert answer.json()["data"]["updateProject"]["__typename"] == "UpdateProjectSuccess", answer.text
        path = "/projects/parkplatzsuche/history"
        for name in ("owner", "reviewer", "admin"):
            text = await pages.text(path, name)
            assert "Angaben geändert" in text
            assert "Zusammenfassung" in text
            assert "Sensoren zeigen freie Parkplätze." in text
            assert "§ 12 StVO" in text
            assert SCRIPT not in text
            assert ("Sie selbst" in text) is (name == "owner")
            assert f'href="{path}"' in await pages.text("/projects/parkplatzsuche", name)
        for name in {"anonymous", *MEMBERS} - {"owner", "reviewer", "admin"}:
            assert (await pages.get(path, name)).status_code == 404
            assert f'href="{path}"' not in await pages.text("/projects/parkplatzsuche", name)
        assert (await pages.get("/projects/gibt-es-nicht/history", "admin")).status_code == 404
        former = await pages.get("/projects/parkhaus/history", "admin")
        assert former.headers["location"] == path


async def test_values_are_told_as_people_read_them(tmp_path: Path) -> None:
    async with pages_of(tmp_path, *THINGS) as pages:
        changes = {
            "status": "PILOT",
            "contactVisibility": "NETWORK",
            "started": "2023-03",
            "opened": ["ONE_OFF_COST", "LESSONS_LEARNED"],
            "summary": "[1] {und} so",
        }
        given = {"project": "Project:parken", "expectedVersion": parken.version, "changes": changes}
        async with client(pages.app) as http:
            body = {"query": CHANGE, "variables": {"input": given}}
            answer = await http.post("/graphql", json=body, headers={"authorization": "Bearer owner"})
        assert answer.json()["data"]["updateProject"]["__typename"] == "UpdateProjectSuccess", answer.text
        text = await pages.text("/projects/parkplatzsuche/history", "reviewer")
        english = await pages.text("/en/projects/parkplatzsuche/history", "reviewer")
    for shown in (">im Test<", ">nur im Netzwerk<", ">März 2023<", ">Mai 2022<", ">[1] {und} so<"):
        assert shown in text
    assert re.search("Kosten einmalig\nWas gelernt wurde|Was gelernt wurde\nKosten einmalig", text)
    assert ">March 2023<" in english
    assert '<span class="said" lang="de">[1] {und} so</span>' in english
    assert '<span class="said">March 2023</span>' in english
    assert 'lang="de">' not in text.replace('<html lang="de">', "")
    for code in ("PILOT", "NETWORK", "2023-03", "one_off", "hub_lead", "municipality:"):
        assert code not in text


async def test_houses_are_called_by_their_names(tmp_path: Path) -> None:
    """Of whoever changed something: a house that is there by its name, one that is not by its key."""
    async with pages_of(tmp_path, *THINGS) as pages:
        given = {
            "project": "Project:parken",
            "expectedVersion": parken.version,
            "changes": {"legalBasis": "§ 13 StVO"},
        }
        async with client(pages.app) as http:
            body = {"query": CHANGE, "variables": {"input": given}}
            answer = await http.post("/graphql", json=body, headers={"authorization": "Bearer owner"})
        assert answer.json()["data"]["updateProject"]["__typename"] == "UpdateProjectSuccess", answer.text
        assert "Kommune Zeitz, Stadt" in await pages.text("/projects/parkplatzsuche/history", "reviewer")


async def test_what_was_read_in_is_told_in_words(tmp_path: Path) -> None:
    read_in = make_project("bestand", title="Bestand")
    async with pages_of(tmp_path, zeitz) as pages:
        await write(pages.store, read_in, plain("OWNS", "Hub:zeitz", "Project:bestand"))
        text = await pages.text("/projects/bestand/history", "reviewer")
    assert "<h2>Eintrag angelegt</h2>" in text
    assert "<dt>Titel</dt>" in text
    assert "<dt>id</dt>" not in text
