"""Experts over HTTP: a person is hidden through every way in until she agrees, and again as soon as she does not."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from graph.actors import pseudonym
from graph.personal import Actor
from graph.values import Instant
from network.app import open_ports
from tests.fixtures.builders import plant
from tests.fixtures.patience import PATIENCE_S
from tests.network.writing import CALLERS, Desk, desk, merseburg, paths

EMAIL = "kim@hochschule.example"
DETAILS = {
    "role": "Professur Sensorik",
    "email": EMAIL,
    "phone": "03461 46-0",
    "orcid": "https://orcid.org/0000-0002-1825-0097",
    "purpose": "Auskunft zu Sensorik an Haltestellen",
    "sources": [{"publisher": "Die Person selbst"}],
    "topics": ["mobilitaet"],
}
STATE = "expert { id name isPerson purpose visibility consentGivenAt consentWithdrawnAt version email }"
OUTSIDE = (None, "stranger", "kim", "zeitz", "wilster", "stadt", "amt", "dataport")

EVERYWHERE = """query ($id: ID!, $project: ID!, $name: String!) {
  experts(first: 100) { totalCount edges { node { ...Expert } } }
  filtered: experts(filter: {topic: "mobilitaet"}, first: 100) { edges { node { ...Expert } } }
  node(id: $id) { ...Expert }
  university(ror: "05gqaka33") { experts(first: 100) { totalCount edges { node { ...Expert } } } }
  topics(first: 3) { edges { node { experts(first: 100) { totalCount edges { node { ...Expert } } } } } }
  project(id: $project) { experts(first: 100) { totalCount edges { role node { ...Expert } } } }
  suggestions(prefix: $name) { text detail }
  search(query: $name) { totalCount didYouMean edges { snippets { html } } }
}
fragment Expert on Expert { id name }"""
ENTITY = """query ($of: [_Any!]!) { _entities(representations: $of) { ... on Expert { id name email } } }"""


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("experts"), open_ports) as made:
        now = Instant("2026-11-02T09:00:00.000000Z")
        kim = CALLERS["kim"]
        account = Actor(id=pseudonym(kim), iss=kim.iss, sub=kim.sub, email=EMAIL, seen_at=now, created_at=now)
        await plant(made.store, account)
        async with asyncio.timeout(PATIENCE_S):
            # The index of an empty folder is built beside the requests.
            while "errors" in (await made.post('{ suggestions(prefix: "a") { text } }')).json():
                pass
        yield made


async def registered(office: Desk, name: str, **given: Any) -> Any:
    details = DETAILS | given.pop("details", {})
    entry = {"house": "University:05gqaka33", "name": name, "isPerson": True, "details": details, **given}
    answer = await office.write("registerExpert", STATE, "merseburg", **entry)
    assert answer["__typename"] == "RegisterExpertSuccess", answer
    return answer["expert"]


async def everywhere(office: Desk, expert: Any, caller: str | None) -> Any:
    """All that an answer says through every way in that leads to experts."""
    project = (await office.ask("{ projects(first: 1) { edges { node { id } } } }", "merseburg"))["projects"]
    asked = {"id": expert["id"], "project": project["edges"][0]["node"]["id"], "name": expert["name"]}
    found = await office.ask(EVERYWHERE, caller, **asked)
    of = [{"__typename": "Expert", "id": expert["id"]}]
    response = await office.post(ENTITY, caller, path="/subgraphs/directory", of=of)
    return {**found, **response.json()["data"]}


def ways(found: Any, expert: Any) -> set[str]:
    """The ways in that led to the expert."""
    return {name for name, part in found.items() if expert["id"] in str(part) or expert["name"] in str(part)}


EVERY_WAY = {"experts", "filtered", "node", "university", "topics", "project", "_entities"}
"""But search and suggestions, which know no experts."""


async def test_hidden_until_she_agrees_and_again_at_once_when_she_does_not(office: Desk) -> None:
    await office.project("sensorik", owner=merseburg)
    projects = [{"project": "Project:sensorik", "role": "Leitung"}]
    before = {
        caller: await everywhere(office, {"id": "Expert:keine", "name": "Xylophonia Beispiel"}, caller)
        for caller in OUTSIDE
    }
    expert = await registered(office, "Xylophonia Beispiel", details={"projects": projects})

    assert ways(await everywhere(office, expert, "merseburg"), expert) == EVERY_WAY
    assert ways(await everywhere(office, expert, "admin"), expert) == EVERY_WAY
    for caller in OUTSIDE:
        found = await everywhere(office, expert, caller)
        assert ways(found, expert) == set(), caller
        assert found == before[caller], f"{caller}: counts, too, are as if she were not there"

    answer = await office.write("consentExpert", STATE, "kim", expert=expert["id"])
    assert answer["__typename"] == "ConsentExpertSuccess", answer
    assert answer["expert"]["consentGivenAt"]
    for caller in (*OUTSIDE, "merseburg"):
        assert ways(await everywhere(office, expert, caller), expert) == EVERY_WAY, caller

    answer = await office.write("withdrawConsent", STATE, "kim", expert=expert["id"])
    assert answer["__typename"] == "WithdrawConsentSuccess", answer
    assert answer["expert"] is None, "she is no member of the house, and has to see no more than others"
    for caller in OUTSIDE:
        assert await everywhere(office, expert, caller) == before[caller], caller
    assert ways(await everywhere(office, expert, "merseburg"), expert) == EVERY_WAY


LISTINGS = """{ viewer { listings {
  id name role houses contact purpose sources topics projects visibility contactVisibility consentGivenAt version
} } }"""


async def test_she_finds_what_is_said_of_her_before_she_agrees(office: Desk) -> None:
    expert = await registered(office, "Selbst Beispiel", details={"email": EMAIL.title()})

    listings = (await office.ask(LISTINGS, "kim"))["viewer"]["listings"]

    (own,) = [listing for listing in listings if listing["id"] == expert["id"]]
    assert own == {
        "id": expert["id"],
        "name": "Selbst Beispiel",
        "role": "Professur Sensorik",
        "houses": "Hochschule Merseburg",
        "contact": [EMAIL, "03461 46-0", "0000-0002-1825-0097"],
        "purpose": "Auskunft zu Sensorik an Haltestellen",
        "sources": ["Die Person selbst"],
        "topics": ["Mobilität"],
        "projects": [],
        "visibility": "PUBLIC",
        "contactVisibility": "NETWORK",
        "consentGivenAt": None,
        "version": 1,
    }
    for caller in ("stranger", "merseburg", "zeitz", "admin"):
        assert (await office.ask(LISTINGS, caller))["viewer"]["listings"] == [], caller


async def contact(office: Desk, expert: Any, caller: str | None) -> Any:
    found = await office.ask(
        "query ($id: ID!) { node(id: $id) { ... on Expert { email phone orcid } } }", caller, id=expert["id"]
    )
    return found["node"]


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("PUBLIC", {None, "stranger", "zeitz", "stadt", "merseburg", "admin"}),
        ("NETWORK", {"zeitz", "stadt", "merseburg", "admin"}),
        ("PRIVATE", {"admin"}),
    ],
)
async def test_contact_has_a_visibility_of_its_own(office: Desk, visibility: str, readers: set[str | None]) -> None:
    name = f"Kontakt {visibility}"
    expert = await registered(office, name, details={"contactVisibility": visibility})
    await office.write("consentExpert", STATE, "kim", expert=expert["id"])

    for caller in (None, "stranger", "zeitz", "stadt", "merseburg", "admin"):
        found = await contact(office, expert, caller)
        expected = [EMAIL, "03461 46-0", "0000-0002-1825-0097"] if caller in readers else [None] * 3
        assert [found["email"], found["phone"], found["orcid"]] == expected, caller


async def test_a_function_is_shown_at_once(office: Desk) -> None:
    entry = {"house": "Municipality:150840590590", "name": "IT-Leitung", "isPerson": False}

    answer = await office.write("registerExpert", STATE, "stadt", **entry)

    shown = await office.ask(f'{{ node(id: "{answer["expert"]["id"]}") {{ ... on Expert {{ name isPerson }} }} }}')
    assert shown["node"] == {"name": "IT-Leitung", "isPerson": False}


async def test_what_cannot_be_meant_is_told_with_its_place(office: Desk) -> None:
    entry = {"house": "Municipality:150840590590", "name": "IT-Leitung", "isPerson": False}
    orcid = {"details": {"orcid": "0000-0002-1825-0097"}}
    assert paths(await office.write("registerExpert", STATE, "stadt", **entry | orcid)) == {"input.details.orcid"}
    wrong = {
        "house": "Topic:mobilitaet",
        "name": "Kim\nBeispiel\u202e",
        "isPerson": True,
        "details": {
            "email": "Kim <kim@hochschule.example>",
            "phone": "ruf an",
            "orcid": "0000-0002-1825-0098",
            "sources": [{"publisher": "", "url": "javascript:alert(1)"}],
            "projects": [{"project": "Expert:1"}],
            "visibility": None,
        },
    }
    assert paths(await office.write("registerExpert", STATE, "merseburg", **wrong)) == {
        "input.house",
        "input.name",
        *(f"input.details.{name}" for name in ("email", "phone", "orcid", "visibility", "purpose")),
        *("input.details.sources.0.publisher", "input.details.sources.0.url", "input.details.projects.0.project"),
    }
    person = {"house": "University:05gqaka33", "name": "Kim", "isPerson": True}
    needed = {"input.details.email", "input.details.purpose", "input.details.sources"}
    assert paths(await office.write("registerExpert", STATE, "merseburg", **person)) == needed


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (None, "Forbidden"),
        ("stranger", "NotFound"),
        ("zeitz", "NotFound"),
        ("merseburg", "Forbidden"),
        ("admin", "Forbidden"),
    ],
)
async def test_nobody_agrees_for_her(office: Desk, caller: str | None, expected: str) -> None:
    expert = await registered(office, f"Für {caller}")
    for mutation in ("consentExpert", "withdrawConsent"):
        assert (await office.write(mutation, STATE, caller, expert=expert["id"]))["__typename"] == expected


async def test_her_house_changes_the_entry_and_she_is_asked_anew(office: Desk) -> None:
    expert = await registered(office, "Wechsel Beispiel")
    await office.write("consentExpert", STATE, "kim", expert=expert["id"])
    change = {"expert": expert["id"], "expectedVersion": 2}
    for caller, expected in ((None, "Forbidden"), ("zeitz", "Forbidden"), ("merseburg", "UpdateExpertSuccess")):
        answer = await office.write(
            "updateExpert", STATE, caller, **change, changes={"role": "Dekanat", "topics": None}
        )
        assert answer["__typename"] == expected
    stale = await office.write("updateExpert", STATE, "merseburg", **change, changes={"role": "x"})
    assert (stale["__typename"], stale["currentVersion"]) == ("Conflict", 3)
    change["expectedVersion"] = 3

    answer = await office.write("updateExpert", STATE, "merseburg", **change, changes={"purpose": "Werbung"})

    assert answer["expert"]["consentGivenAt"] is None
    assert ways(await everywhere(office, expert, "zeitz"), expert) == set()
    again = await office.write("consentExpert", STATE, "kim", expert=expert["id"], expectedVersion=2)
    assert again["__typename"] == "Conflict"
    removed = await office.write("removeExpert", "", "merseburg", expert=expert["id"])
    assert removed == {"__typename": "RemoveExpertSuccess", "clientMutationId": None}
    gone = await office.write("removeExpert", "", "merseburg", expert=expert["id"])
    assert gone["__typename"] == "NotFound"
