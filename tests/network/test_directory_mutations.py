"""Events, funding programmes, profiles of hubs and online services over HTTP: anonymous first, then others, then success."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from network.app import open_ports
from tests.network.writing import Desk, desk, paths

EVENT = (
    "event { id title status startsAt endsAt version origin confirmedAt reasonCancelled hosts { id } topics { slug } }"
)
PROGRAMME = "programme { slug name amountMin amountMax deadline version origin confirmedAt sources { publisher } }"
HUB = "hub { slug name status premises workplaces focus confirmedAt confirmationLabel version topics { slug } }"
ONLINE = "municipality { ars onlineServices { edges { url since source node { leikaId } } } } service { name }"


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("directory-mutations"), open_ports) as made:
        yield made


async def refused(office: Desk, mutation: str, callers: tuple[str | None, ...], **given: Any) -> None:
    for caller in callers:
        assert (await office.write(mutation, "", caller, **given))["__typename"] == "Forbidden", caller


DAY = {
    "title": "Sensorik-Tag",
    "kind": "Workshop",
    "startsAt": "2027-03-04",
    "endsAt": "2027-03",
    "topics": ["mobilitaet"],
    "hosts": ["Hub:zeitz"],
    "registrationUrl": "https://hub.example/anmeldung",
}


async def test_an_event_is_entered_changed_and_cancelled(office: Desk) -> None:
    await refused(office, "saveEvent", (None, "stranger", "wilster", "stadt", "merseburg"), changes=DAY)

    answer = await office.write("saveEvent", EVENT, "zeitz-member", changes=DAY, clientMutationId="tag")

    event = answer["event"]
    assert (event["status"], event["version"], event["origin"]) == ("PLANNED", 1, "REGISTERED")
    assert (event["hosts"], event["topics"]) == ([{"id": "Hub:zeitz"}], [{"slug": "mobilitaet"}])
    assert await office.write("saveEvent", EVENT, "zeitz-member", changes=DAY, clientMutationId="tag") == answer
    listed = await office.ask("{ events { edges { node { id title } } } }")
    assert [edge["node"]["title"] for edge in listed["events"]["edges"]] == ["Sensorik-Tag"]
    change = {"event": event["id"], "changes": {"place": "Altes Kino", "topics": None}}
    assert paths(await office.write("saveEvent", EVENT, "zeitz", **change)) == {"input.expectedVersion"}
    stale = await office.write("saveEvent", EVENT, "zeitz", **change, expectedVersion=4)
    assert (stale["__typename"], stale["currentVersion"]) == ("Conflict", 1)
    changed = await office.write("saveEvent", EVENT, "zeitz", **change, expectedVersion=1)
    assert (changed["event"]["version"], changed["event"]["topics"]) == (2, [])
    cancel = {"event": event["id"], "reason": "Der Redner ist krank."}
    await refused(office, "cancelEvent", (None, "stranger", "wilster", "stadt"), **cancel)

    cancelled = await office.write("cancelEvent", EVENT, "zeitz", **cancel, expectedVersion=2)

    assert cancelled["event"]["reasonCancelled"] == "Der Redner ist krank."
    assert cancelled["event"]["status"] == "CANCELLED"
    assert (await office.write("cancelEvent", "", "zeitz", event="Event:nie", reason="x"))["__typename"] == "NotFound"


async def test_events_that_cannot_be_meant(office: Desk) -> None:
    wrong = {"title": "", "onlineUrl": "javascript:alert(1)", "hosts": ["Topic:mobilitaet"], "status": None}
    answer = await office.write("saveEvent", EVENT, "zeitz", changes=wrong)
    assert paths(answer) == {f"input.changes.{name}" for name in ("title", "onlineUrl", "hosts.0", "status")}
    late = DAY | {"endsAt": "2027-02"}
    assert paths(await office.write("saveEvent", EVENT, "zeitz", changes=late)) == {"input.changes.endsAt"}
    unknown = DAY | {"topics": ["nie"]}
    assert paths(await office.write("saveEvent", EVENT, "zeitz", changes=unknown)) == {"input.changes.topics.0"}
    cancelled = DAY | {"status": "CANCELLED"}
    assert paths(await office.write("saveEvent", EVENT, "zeitz", changes=cancelled)) == {"input.changes.status"}


REGIO = {
    "name": "Smarte Regionen 2027",
    "amountMin": 10_000,
    "amountMax": 200_000,
    "deadline": "2027-06-30",
    "url": "https://foerderung.example",
    "sources": [{"publisher": "Ministerium", "published": "2026-11"}],
}


async def test_a_funding_programme_is_entered_and_changed(office: Desk) -> None:
    callers = (None, "stranger", "zeitz-member", "stadt", "merseburg", "dataport")
    await refused(office, "saveFundingProgramme", callers, changes=REGIO)

    answer = await office.write("saveFundingProgramme", PROGRAMME, "zeitz", changes=REGIO)

    programme = answer["programme"]
    assert (programme["slug"], programme["version"]) == ("smarte-regionen-2027", 1)
    assert programme["sources"] == [{"publisher": "Ministerium"}]
    assert (await office.write("saveFundingProgramme", "", "wilster", changes=REGIO))["__typename"] == "Conflict"
    change = {"programme": "FundingProgramme:smarte-regionen-2027", "expectedVersion": 1}
    small = await office.write("saveFundingProgramme", PROGRAMME, "wilster", **change, changes={"amountMax": 5})
    assert paths(small) == {"input.changes.amountMax"}
    answer = await office.write("saveFundingProgramme", PROGRAMME, "wilster", **change, changes={"name": "Neuer Name"})
    assert (answer["programme"]["slug"], answer["programme"]["name"]) == ("smarte-regionen-2027", "Neuer Name")


async def test_a_hub_says_what_it_is(office: Desk) -> None:
    profile = {"premises": "Altes Kino", "workplaces": 12, "focus": ["Sensorik"], "topics": ["mobilitaet"]}
    version = (await office.ask('{ hub(slug: "zeitz") { version confirmedAt } }'))["hub"]["version"]
    given = {"hub": "Hub:zeitz", "expectedVersion": version, "profile": profile}
    await refused(office, "saveHubProfile", (None, "stranger", "zeitz-member", "wilster", "stadt"), **given)

    answer = await office.write("saveHubProfile", HUB, "zeitz", **given)

    hub = answer["hub"]
    assert (hub["name"], hub["premises"], hub["workplaces"]) == ("DigitalHub Zeitz", "Altes Kino", 12)
    assert (hub["focus"], hub["topics"]) == (["Sensorik"], [{"slug": "mobilitaet"}])
    assert hub["confirmedAt"]
    stale = await office.write("saveHubProfile", HUB, "zeitz-colleague", **given)
    assert (stale["__typename"], stale["currentVersion"]) == ("Conflict", version + 1)
    wrong = given | {"expectedVersion": version + 1, "profile": {"workplaces": -1, "website": "kino", "status": None}}
    found = paths(await office.write("saveHubProfile", HUB, "zeitz", **wrong))
    assert found == {f"input.profile.{name}" for name in ("workplaces", "website", "status")}


async def test_a_municipality_offers_a_service_online(office: Desk) -> None:
    given = {
        "municipality": "Municipality:150840590590",
        "service": "99115005000000",
        "url": "https://zeitz.example/wohnsitz",
        "since": "2025-04",
    }
    await refused(office, "recordOnlineService", (None, "stranger", "wilster", "amt", "zeitz-member"), **given)

    answer = await office.write("recordOnlineService", ONLINE, "stadt", **given)

    (edge,) = answer["municipality"]["onlineServices"]["edges"]
    assert edge == {
        "url": "https://zeitz.example/wohnsitz",
        "since": "2025-04",
        "source": "Zeitz",
        "node": {"leikaId": "99115005000000"},
    }
    assert answer["service"] == {"name": "Wohnsitz anmelden"}
    back = await office.write("recordOnlineService", ONLINE, "zeitz", **given | {"isOnline": False})
    assert back["municipality"]["onlineServices"]["edges"] == []
    unknown = await office.write("recordOnlineService", ONLINE, "stadt", **given | {"service": "Service:1"})
    assert paths(unknown) == {"input.service"}
