"""What belongs to published projects, over HTTP: results, origins, claims, adoptions and reports, needs and offers."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from network.app import open_ports
from tests.fixtures.builders import involves, plant, relate
from tests.fixtures.patience import PATIENCE_S
from tests.network.writing import STATE, Desk, desk, draft, paths, published, read, stadt, zeitz

ADOPTION = "adoption { id status version confirmedByOwnerAt reconfirmBy house { id } }"
COUNTS = "confirmedAdoptions { totalCount } declaredAdoptions { totalCount }"


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("reuse"), open_ports) as made:
        yield made


async def adopt(office: Desk, entry: Any, caller: str = "stadt", **given: Any) -> Any:
    asked = {"project": entry["id"], "house": "Municipality:150840590590", "status": "IN_USE", **given}
    return await office.write("recordAdoption", f"{ADOPTION} project {{ id }}", caller, **asked)


def counts(found: Any) -> tuple[int, int]:
    return found["confirmedAdoptions"]["totalCount"], found["declaredAdoptions"]["totalCount"]


async def test_what_was_published_is_found_by_whom_it_is_for(office: Desk) -> None:
    """The indexer hears of the commit; until it has caught up, the test asks again."""
    entry = await published(office, title="Quittenverzeichnis")

    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = await office.ask('{ search(query: "Quittenverzeichnis") { edges { node { id } } } }')
            if found["search"]["edges"]:
                break
    assert found["search"]["edges"] == [{"node": {"id": entry["id"]}}]

    await office.write("withdrawProject", STATE, "merseburg", project=entry["id"])
    gone = await office.ask('{ search(query: "Quittenverzeichnis") { edges { node { id } } } }')
    assert gone["search"]["edges"] == []


@pytest.mark.parametrize(("caller", "kind"), [(None, "Forbidden"), ("wilster", "Forbidden"), ("stranger", "Forbidden")])
async def test_an_adoption_is_recorded_by_the_house_that_adopts(office: Desk, caller: str | None, kind: str) -> None:
    entry = await published(office)
    asked = {"project": entry["id"], "house": "Municipality:150840590590", "status": "PILOT"}

    assert (await office.write("recordAdoption", ADOPTION, caller, **asked))["__typename"] == kind


async def test_an_adoption_counts_as_declared_until_the_project_s_side_confirms_it(office: Desk) -> None:
    entry = await published(office)

    recorded = await adopt(office, entry, since="2025-03")
    assert recorded["project"] == {"id": entry["id"]}
    assert recorded["adoption"]["confirmedByOwnerAt"] is None
    assert counts(await read(office, entry, COUNTS)) == (0, 1)
    key = {"adoption": recorded["adoption"]["id"]}
    assert (await office.write("confirmAdoption", ADOPTION, "stadt", **key))["__typename"] == "Forbidden"
    confirmed = await office.write("confirmAdoption", ADOPTION, "merseburg", **key)
    assert confirmed["adoption"]["confirmedByOwnerAt"] is not None
    assert confirmed["adoption"]["reconfirmBy"] is not None
    assert counts(await read(office, entry, COUNTS)) == (1, 0)
    declined = await office.write("declineAdoption", ADOPTION, "merseburg", **key, reason="War ein Irrtum.")
    assert declined["adoption"]["confirmedByOwnerAt"] is None
    assert counts(await read(office, entry, COUNTS)) == (0, 1)


async def test_an_adoption_moves_on_and_not_back(office: Desk) -> None:
    entry = await published(office)
    first = await adopt(office, entry, status="PILOT")

    back = await adopt(office, entry, status="INTERESTED")
    on = await adopt(office, entry, status="IN_USE", expectedVersion=first["adoption"]["version"])
    silent = await adopt(office, entry, status="RETIRED")
    over = await adopt(office, entry, status="RETIRED", reasonEnded="Zu teuer.")

    assert (back["__typename"], back["allowedMoves"]) == ("Conflict", ["IN_USE", "RETIRED"])
    assert on["adoption"]["id"] == first["adoption"]["id"]
    assert paths(silent) == {"input.reasonEnded"}
    assert over["adoption"]["status"] == "RETIRED"


async def test_what_ended_counts_as_reuse_no_longer_and_is_told_apart(office: Desk) -> None:
    entry = await published(office)
    key = {"adoption": (await adopt(office, entry))["adoption"]["id"]}
    await office.write("confirmAdoption", ADOPTION, "merseburg", **key)

    over = await adopt(office, entry, status="RETIRED", reasonEnded="Zu teuer.")
    again = await adopt(office, entry, status="PILOT")

    node = "edges { node { id } }"
    shows = f"{COUNTS} declaredAdoptions {{ {node} }} endedAdoptions {{ {node} }} adoptions {{ totalCount }}"
    found = await read(office, entry, shows)
    assert counts(found) == (0, 1)
    assert over["adoption"]["confirmedByOwnerAt"] is not None
    assert found["declaredAdoptions"]["edges"] == [{"node": {"id": again["adoption"]["id"]}}]
    assert found["endedAdoptions"]["edges"] == [{"node": {"id": key["adoption"]}}]
    assert found["adoptions"]["totalCount"] == 2


async def test_null_empties_a_field_and_what_is_left_out_stays(office: Desk) -> None:
    entry = await published(office)
    shows = "adoptions(first: 1) { edges { node { adapted since cost } } }"
    await adopt(office, entry, adapted="Nur die Karte", since="2026", cost=7)

    await adopt(office, entry, adapted=None)
    (edge,) = (await read(office, entry, shows, "stadt"))["adoptions"]["edges"]
    assert edge["node"] == {"adapted": None, "since": "2026", "cost": 7}
    assert paths(await adopt(office, entry, visibility=None)) == {"input.visibility"}


async def test_a_house_says_after_a_year_that_it_still_holds(office: Desk) -> None:
    entry = await published(office)
    adoption = (await adopt(office, entry))["adoption"]
    await office.write("confirmAdoption", ADOPTION, "merseburg", adoption=adoption["id"])

    foreign = await office.write("reconfirmAdoption", ADOPTION, "merseburg", adoption=adoption["id"])
    own = await office.write("reconfirmAdoption", ADOPTION, "stadt", adoption=adoption["id"])

    assert foreign["__typename"] == "Forbidden"
    assert own["adoption"]["reconfirmBy"] is not None


async def test_a_report_is_for_the_network_unless_it_is_opened(office: Desk) -> None:
    entry = await published(office)
    adoption = (await adopt(office, entry))["adoption"]
    asked = {"adoption": adoption["id"], "text": "Läuft.", "wouldDoAgain": True, "whatFailed": "Der erste Anlauf."}
    shows = "report { text wouldDoAgain whatFailed } adoption { id }"

    foreign = await office.write("writeExperienceReport", shows, "merseburg", **asked)
    written = await office.write("writeExperienceReport", shows, "stadt", **asked)

    assert foreign["__typename"] == "Forbidden"
    assert written["report"] == {"text": "Läuft.", "wouldDoAgain": True, "whatFailed": "Der erste Anlauf."}
    reports = "adoptions { edges { node { reports { text } } } }"
    inside = await read(office, entry, reports, "wilster")
    outside = await read(office, entry, reports)
    assert inside["adoptions"]["edges"] == [{"node": {"reports": [{"text": "Läuft."}]}}]
    assert outside["adoptions"]["edges"] == [{"node": {"reports": []}}]


async def test_results_and_documents_are_added_by_those_who_answer_for_the_project(office: Desk) -> None:
    entry = await published(office)
    result = {"project": entry["id"], "kind": "DATA", "title": "Messwerte", "doi": "10.5281/zenodo.1234"}
    document = {
        "project": entry["id"],
        "kind": "DATA_PROTECTION",
        "title": "Folgenabschätzung",
        "url": "https://a.example/",
    }

    foreign = await office.write("addResult", "result { id }", "stadt", **result)
    added = await office.write(
        "addResult", "result { kind title doi } project { results { title } }", "merseburg", **result
    )
    attached = await office.write("addDocument", "document { kind title url }", "merseburg", **document)
    wrong = await office.write(
        "addResult", "result { id }", "merseburg", **result | {"doi": "javascript:1", "url": "ftp://a"}
    )

    assert foreign["__typename"] == "Forbidden"
    assert added["result"] == {"kind": "data", "title": "Messwerte", "doi": "10.5281/zenodo.1234"}
    assert added["project"] == {"results": [{"title": "Messwerte"}]}
    assert attached["document"] == {
        "kind": "data protection",
        "title": "Folgenabschätzung",
        "url": "https://a.example/",
    }
    assert paths(wrong) == {"input.doi", "input.url"}


async def test_a_project_goes_back_to_another_and_never_to_itself(office: Desk) -> None:
    origin, derived = await published(office, title="Vorbild"), await published(office, title="Nachbau")
    asked = {"project": derived["id"], "origin": origin["id"]}
    shows = "project { derivedFrom { id } } origin { id }"

    linked = await office.write("linkDerivedFrom", shows, "merseburg", **asked)
    round_trip = await office.write("linkDerivedFrom", shows, "merseburg", project=origin["id"], origin=derived["id"])
    undone = await office.write("linkDerivedFrom", shows, "merseburg", **asked, isDerived=False)

    assert linked["project"] == {"derivedFrom": [{"id": origin["id"]}]}
    assert linked["origin"] == {"id": origin["id"]}
    assert paths(round_trip) == {"input.origin"}
    assert undone["project"] == {"derivedFrom": []}


async def test_a_hidden_origin_is_not_found(office: Desk) -> None:
    mine = await published(office)
    hidden = await draft(office, "dataport", house="Organisation:dataport")

    answer = await office.write("linkDerivedFrom", STATE, "merseburg", project=mine["id"], origin=hidden["id"])

    assert answer["__typename"] == "NotFound"


async def test_an_owner_says_that_an_entry_still_holds(office: Desk) -> None:
    entry = await published(office)
    shows = "project { confirmedAt }"

    foreign = await office.write("confirmStillCurrent", shows, "stadt", project=entry["id"])
    before = (await read(office, entry, "confirmedAt"))["confirmedAt"]
    own = await office.write("confirmStillCurrent", shows, "merseburg", project=entry["id"])

    assert foreign["__typename"] == "Forbidden"
    assert own["project"]["confirmedAt"] > before


async def test_an_involved_house_takes_over_what_nobody_owns_with_a_reviewer_s_consent(office: Desk) -> None:
    entry = await office.project("herrenlos", owner=None)
    await plant(office.store, involves(entry, stadt), relate("REVIEWED_BY", entry, zeitz))
    asked = {"project": "Project:herrenlos", "house": "Municipality:150840590590"}

    stranger = await office.write(
        "claimProject", STATE, "dataport", project=asked["project"], house="Organisation:dataport"
    )
    claimed = await office.write("claimProject", "project { id } task { id }", "stadt", **asked, note="Wir waren das.")
    early = await office.write("decideClaim", STATE, "stadt", **asked, isGranted=True)
    silent = await office.write("decideClaim", STATE, "zeitz", **asked, isGranted=False)
    granted = await office.write("decideClaim", STATE, "zeitz", **asked, isGranted=True)
    again = await office.write("claimProject", STATE, "stadt", **asked)

    assert stranger["__typename"] == early["__typename"] == "Forbidden"
    assert claimed["project"] == {"id": "Project:herrenlos"}
    assert claimed["task"] is None
    assert paths(silent) == {"input.reason"}
    assert granted["project"]["owner"] == {"id": "Municipality:150840590590"}
    assert again["__typename"] == "Conflict"


async def test_a_need_is_posted_by_its_house_and_closed_once(office: Desk) -> None:
    asked = {
        "house": "Municipality:150840590590",
        "kind": "SEEKS",
        "title": "Sensoren",
        "topics": ["mobilitaet", "mobilitaet"],
        "services": ["99115005000000"],
    }
    shows = "need { id status version topics { slug } services { leikaId } }"

    foreign = await office.write("postNeed", shows, "merseburg", **asked)
    posted = await office.write("postNeed", shows, "stadt", **asked)
    key = {"need": posted["need"]["id"]}
    stale = await office.write("closeNeed", shows, "stadt", **key, isMatched=True, expectedVersion=7)
    closed = await office.write("closeNeed", shows, "stadt", **key, isMatched=True)
    other = await office.write("closeNeed", shows, "stadt", **key, isMatched=False)

    assert foreign["__typename"] == "Forbidden"
    assert posted["need"]["topics"] == [{"slug": "mobilitaet"}]
    assert posted["need"]["services"] == [{"leikaId": "99115005000000"}]
    assert (stale["__typename"], stale["currentVersion"]) == ("Conflict", 1)
    assert closed["need"]["status"] == "MATCHED"
    assert (other["__typename"], other["allowedMoves"]) == ("Conflict", [])
    for caller, number in ((None, 0), ("wilster", 1)):
        assert (await office.ask("{ needs { totalCount } }", caller))["needs"]["totalCount"] == number


async def test_what_a_mutation_shows_is_what_its_caller_may_read_afterwards(office: Desk) -> None:
    entry = await published(office, details={"visibility": "NETWORK"})
    adoption = (await adopt(office, entry, visibility="PRIVATE"))["adoption"]

    answer = await office.write(
        "confirmAdoption",
        "adoption { house { id } project { id tasks { kind } } }",
        "merseburg",
        adoption=adoption["id"],
    )

    assert answer["adoption"] == {
        "house": {"id": "Municipality:150840590590"},
        "project": {"id": entry["id"], "tasks": []},
    }
