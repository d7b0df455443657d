"""The double-work alarm: while a title is typed, with a new draft, and for whom it says what."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLSchema, parse

from auth.principal import Caller
from graph.values import Contact, Instant
from graph.vocabulary import AdoptionStatus, Stage, Visibility
from network.app import open_ports
from network.context import Context
from network.execution import execute
from search.errors import SearchUnavailableError
from search.service import SearchService
from tests.fixtures.builders import (
    make_adoption,
    make_hub,
    make_project,
    make_service,
    make_topic,
    relate,
)
from tests.fixtures.patience import PATIENCE_S
from tests.network.searching import Place, network_of
from tests.network.world import ANONYMOUS, STRANGER, WILSTER, ZEITZ
from tests.network.writing import FIVE, Desk, desk, draft, published, read

ALARM = """
query (
  $title: String!, $summary: String! = "", $services: [String!], $topics: [String!], $excluding: ID, $first: Int! = 5
) {
  possibleDuplicates(
    title: $title, summary: $summary, services: $services, topics: $topics, excluding: $excluding, first: $first
  ) {
    project { slug contact { function email } owner { name } }
    band similarity confirmedReuse
    reasons { aspect label words services { leikaId } topics { slug } }
  }
}
"""
SERVICE = "99115005000000"


def entry(key: str, title: str, summary: str, **properties: Any) -> Any:
    given = {"visibility": "PUBLIC", "readers": ("public",), "stage": Stage.PUBLISHED, "version": 1, "slug": key}
    return make_project(key, title=title, summary=summary, **{**given, **properties})


@pytest_asyncio.fixture(scope="module")
async def place(gateway: GraphQLSchema, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    hub, topic = make_hub("zeitz", name="DigitalHub Zeitz"), make_topic("mobilitaet", name_de="Mobilität")
    service = make_service(SERVICE, name="Wohnsitz anmelden")
    inside = {"visibility": "NETWORK", "readers": ("network",)}
    taxi = entry(
        "ruftaxi",
        "Ruftaxi für alle Ortsteile",
        "Ein Taxi kommt auf Anruf.",
        contact=Contact("Bauamt", email="bauamt@stadt.example"),
        contact_visibility=Visibility.NETWORK,
    )
    moving = entry("umzug", "Ummeldung ohne Amtsgang", "Wer umzieht, meldet sich von zu Hause.")
    others = [
        entry("baeume", "Kataster der Straßenbäume", "Bäume werden erfasst."),
        entry("netz", "Ruftaxi für das Umland", "Noch ein Taxi.", **inside),
        entry("archiv", "Schöffenwahl am Bildschirm", "War einmal.", stage=Stage.ARCHIVED),
        entry(
            "entwurf",
            "Ruftaxi für den Bahnhof",
            "Ein Entwurf.",
            stage=Stage.DRAFT,
            readers=("admin", "hub:zeitz"),
        ),
        entry(
            "zurueck",
            "Ruftaxi zum Bahnhof",
            "Zurückgezogen.",
            stage=Stage.WITHDRAWN,
            readers=("admin", "hub:zeitz"),
        ),
    ]
    confirmed = {"status": AdoptionStatus.IN_USE, "confirmed_by_owner_at": Instant("2026-01-02T03:04:05.000000Z")}
    used, secretly = make_adoption("offen", **confirmed), make_adoption("still", **inside, **confirmed)
    things = (
        *(hub, topic, service, taxi, moving, *others, used, secretly),
        *(relate("OWNS", hub, taxi), relate("ADDRESSES", taxi, topic), relate("IMPLEMENTS", moving, service)),
        *(relate("OF", used, taxi), relate("OF", secretly, taxi)),
        *(relate("MADE", hub, used), relate("MADE", hub, secretly)),
    )
    async with network_of(gateway, tmp_path_factory.mktemp("double"), *things) as made:
        yield made


async def result(place: Place, title: str, caller: Caller = ANONYMOUS, **given: Any) -> Any:
    context = Context(store=place.store, search=place.service, caller=caller)
    return await execute(place.gateway, parse(ALARM), context=context, variables={"title": title, **given})


async def alarm(place: Place, title: str, caller: Caller = ANONYMOUS, **given: Any) -> dict[str, Any]:
    found = await result(place, title, caller, **given)
    assert found.errors is None, found.errors
    return {row["project"]["slug"]: row for row in found.data["possibleDuplicates"]}


@pytest.mark.parametrize("caller", [ANONYMOUS, STRANGER])
async def test_outsiders_hear_of_public_entries_and_of_no_contact_that_is_not_theirs(
    place: Place, caller: Caller
) -> None:
    found = await alarm(place, "Ruftaxi für Ortsteile", caller)

    assert list(found) == ["ruftaxi"]
    row = found["ruftaxi"]
    assert row["project"] == {"slug": "ruftaxi", "contact": None, "owner": {"name": "DigitalHub Zeitz"}}
    assert row["band"] == "LIKELIEST"
    assert 0 < row["similarity"] <= 1
    assert row["confirmedReuse"] == 1
    (reason,) = row["reasons"]
    assert (reason["aspect"], reason["label"]) == ("TEXT", "Ähnlicher Text: Ruftaxi und Ortsteile")
    assert reason["words"] == ["Ruftaxi", "Ortsteile"]


async def test_members_are_told_whom_to_call_and_what_the_network_does(place: Place) -> None:
    found = await alarm(place, "Ruftaxi", WILSTER)

    assert set(found) == {"ruftaxi", "netz"}
    assert found["ruftaxi"]["project"]["contact"] == {"function": "Bauamt", "email": "bauamt@stadt.example"}
    assert found["ruftaxi"]["confirmedReuse"] == 2


async def test_drafts_are_double_work_for_those_who_may_read_them_alone(place: Place) -> None:
    title = "Ruftaxi für den Bahnhof"
    assert (await alarm(place, title, ZEITZ))["entwurf"]["band"] == "LIKELIEST"
    for caller in (ANONYMOUS, STRANGER, WILSTER):
        assert "entwurf" not in await alarm(place, title, caller)


async def test_what_was_withdrawn_is_no_double_work(place: Place) -> None:
    assert "zurueck" not in await alarm(place, "Ruftaxi für den Bahnhof", ZEITZ)


async def test_a_service_of_both_needs_less_of_the_text(place: Place) -> None:
    title = "Wohnsitz online ummelden ohne Termin"

    alone = await alarm(place, title)
    both = await alarm(place, title, services=[SERVICE])

    assert alone.get("umzug", {"band": "POSSIBLE"})["band"] != "LIKELIEST"
    assert both["umzug"]["reasons"][0]["services"] == [{"leikaId": SERVICE}]
    assert both["umzug"]["reasons"][0]["label"] == "Gleiche Leistung: Wohnsitz anmelden"


async def test_a_topic_of_both_is_a_reason(place: Place) -> None:
    found = await alarm(place, "Ruftaxi für Ortsteile", topics=["mobilitaet", "gibt-es-nicht"])

    assert [one["aspect"] for one in found["ruftaxi"]["reasons"]] == ["TEXT", "TOPICS"]
    assert found["ruftaxi"]["reasons"][1]["topics"] == [{"slug": "mobilitaet"}]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Ruftaix für alle Ortsteile", "ruftaxi"),
        ("Ruf-Taxi für Ortsteile", "ruftaxi"),
        ("Alle Ortsteile: Ruftaxi", "ruftaxi"),
        ("Straßenbaumkataster", "baeume"),
        ("Schöffenwahl am Bildschirm", "archiv"),
    ],
)
async def test_titles_that_are_written_otherwise_are_known(place: Place, title: str, slug: str) -> None:
    assert slug in await alarm(place, title)


@pytest.mark.parametrize("title", ["", "   ", "?!", "Hundesteuer", "Digitale Stadt", "für alle"])
async def test_what_is_not_near_raises_no_alarm(place: Place, title: str) -> None:
    assert await alarm(place, title) == {}


async def test_a_title_is_looked_up_while_it_is_typed(place: Place) -> None:
    assert "ruftaxi" in await alarm(place, "Ruftaxi für alle Ortst")


async def test_the_entry_itself_is_left_out(place: Place) -> None:
    assert await alarm(place, "Ruftaxi für Ortsteile", excluding="Project:ruftaxi") == {}
    assert await alarm(place, "Ruftaxi für Ortsteile", excluding="ruftaxi") == {}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"title": "x" * 501}, "BAD_USER_INPUT"),
        ({"summary": "x" * 2_001}, "BAD_USER_INPUT"),
        ({"services": [str(number) for number in range(51)]}, "BAD_USER_INPUT"),
        ({"topics": ["x" * 501]}, None),
        ({"first": 0}, "BAD_USER_INPUT"),
        ({"first": 21}, "BAD_USER_INPUT"),
        ({"title": "\ud83d"}, "BAD_USER_INPUT"),
    ],
)
async def test_hostile_input_is_refused_or_understood(place: Place, given: dict[str, Any], code: str | None) -> None:
    found = await result(place, **{"title": "Ruftaxi", **given})

    codes = {getattr(error.original_error, "code", None) for error in found.errors or []}
    assert codes == ({code} if code else set())


async def test_without_an_engine_it_is_an_error_never_an_empty_list(place: Place) -> None:
    context = Context(store=place.store)
    found = await execute(place.gateway, parse(ALARM), context=context, variables={"title": "Ruftaxi"})

    assert found.data == {"possibleDuplicates": None}
    assert [type(error.original_error) for error in found.errors or []] == [SearchUnavailableError]


CREATE = """mutation ($input: CreateProjectDraftInput!) { createProjectDraft(input: $input) {
  __typename ... on CreateProjectDraftSuccess { project { id title } possibleDuplicates { project { title } band } }
} }"""


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path, open_ports) as made:
        yield made


async def test_a_new_draft_is_told_of_what_is_there(office: Desk) -> None:
    entry = await published(office)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = await office.ask('{ search(query: "Smarte Bank") { edges { node { id } } } }')
            if found["search"]["edges"]:
                break

    answer = await office.ask(CREATE, "merseburg", input={**FIVE, "title": "Bank am Markt, smart"})

    (duplicate,) = answer["createProjectDraft"]["possibleDuplicates"]
    assert duplicate["project"] == {"title": entry["title"]}


class _Deaf:
    """An engine that does not answer."""

    def __getattr__(self, name: str) -> Any:
        async def refuse(*_: Any, **__: Any) -> Any:
            raise SearchUnavailableError("no answer")

        return refuse


async def test_the_engine_away_the_draft_is_written_and_the_list_is_an_error(office: Desk) -> None:
    from network.schema.gateway import compose
    from network.subgraphs import schemas
    from tests.network.writing import CALLERS

    deaf: Any = _Deaf()
    context = Context(store=office.store, search=SearchService(office.store, deaf), caller=CALLERS["merseburg"])
    found = await execute(compose(schemas()), parse(CREATE), context=context, variables={"input": FIVE})

    assert found.data is not None
    written = found.data["createProjectDraft"]
    assert written["project"]["title"] == FIVE["title"]
    assert written["possibleDuplicates"] is None
    assert [type(error.original_error) for error in found.errors or []] == [SearchUnavailableError]
    assert (await read(office, written["project"], "title", "merseburg"))["title"] == FIVE["title"]


async def test_what_makes_it_another_work_is_for_insiders_and_reviewers(office: Desk) -> None:
    details = {"differentBecause": "Wir bauen die Bank aus Holz.", "reviewer": "Hub:zeitz"}
    entry = await draft(office, details=details)
    await office.write("submitProject", "project { id }", "merseburg", project=entry["id"])
    await office.write("publishProject", "project { id }", "zeitz", project=entry["id"])

    seen = {
        caller: (await read(office, entry, "differentBecause", caller))["differentBecause"]
        for caller in (None, "stranger", "stadt", "wilster", "zeitz", "zeitz-member", "merseburg", "admin")
    }

    assert {caller for caller, text in seen.items() if text} == {"zeitz", "zeitz-member", "merseburg", "admin"}
