"""What an answer says beside its hits: corrections, words it goes without, reasons, and what to do about a zero."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from graphql import GraphQLSchema

from auth.principal import Caller
from graph.values import Instant, PartialDate
from graph.vocabulary import OperatingStatus, Stage, Visibility
from tests.fixtures.builders import make_adoption, make_hub, make_municipality, make_project, make_topic, relate
from tests.network.searching import Place, network_of, slugs
from tests.network.world import ADMIN, ANONYMOUS, ZEITZ

zeitz = make_hub("zeitz", name="DigitalHub Zeitz", town="Zeitz")
roehrsdorf = make_municipality("146250150150", name="Großröhrsdorf", population=9_500)
far = make_municipality("010010000000", name="Flensburg", population=92_000, lat=54.78, lon=9.44)
verkehr = make_topic("verkehr", name_de="Verkehr und Mobilität", name_en="Traffic")
kaese = make_topic("kaese", name_de="Käseherstellung", name_en="Cheese making")

strand = make_project(
    "strand",
    title="Ampel für die Küste",
    summary="Sie zeigt die Auslastung von Strandabschnitten.",
    started=PartialDate("2019-06"),
)
parken = make_project(
    "parken",
    title="Parkplätze in der Innenstadt",
    summary="Sensoren melden jeden freien Parkplatz.",
    writeup="Der Bauhof wartet sie.",
    what_failed="Die Funkabdeckung.",
    started=PartialDate("2021"),
    confirmed_at=Instant("2026-05-03T22:30:00.000000Z"),
)
baeume = make_project(
    "baeume", title="Baumkataster", summary="Bürgerinnen melden kranke Bäume.", started=PartialDate("2023-01")
)
akte = make_project(
    "akte", title="E-Akte im Amt", summary="Die Verwaltung arbeitet digital.", status=OperatingStatus.PILOT
)
kita = make_project("kita", title="Anmeldung für die Kita", summary="Eltern finden einen Platz.")
entwurf = make_project(
    "entwurf", title="Quellwolke", stage=Stage.DRAFT, visibility=Visibility.PRIVATE, readers=("admin", "hub:zeitz")
)
adoptions = [make_adoption(f"a{n}", confirmed_by_owner_at=Instant("2026-01-01T00:00:00.000000Z")) for n in range(2)]
inside = make_adoption(
    "inside",
    visibility="NETWORK",
    readers=("network",),
    confirmed_by_owner_at=Instant("2026-01-01T00:00:00.000000Z"),
)
EVERY = "Vorhaben"
"""A word that every entry has."""
PROJECTS = tuple(
    replace(project, writeup=f"{project.writeup} Ein {EVERY}.".strip())
    for project in (strand, parken, baeume, akte, kita, entwurf)
)
NODES = (zeitz, roehrsdorf, far, verkehr, kaese, *PROJECTS, *adoptions, inside)
LINKS = (
    relate("OWNS", zeitz, parken),
    relate("OWNS", zeitz, akte),
    relate("OWNS", roehrsdorf, kita),
    relate("OWNS", zeitz, entwurf),
    relate("ADDRESSES", parken, verkehr),
    *(relate("OF", adoption, parken) for adoption in (*adoptions, inside)),
    *(relate("MADE", roehrsdorf, adoption) for adoption in (*adoptions, inside)),
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(gateway: GraphQLSchema, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    folder: Path = tmp_path_factory.mktemp("answers")
    async with network_of(gateway, folder, *NODES, *LINKS) as found:
        yield found


@pytest.mark.parametrize(
    ("query", "first", "marked"),
    [
        ("Strandauslastung", "strand", {"Auslastung", "Strandabschnitten"}),
        ("parkpltz", "parken", {"Parkplätze", "Parkplatz"}),
        ("Baum Kataster", "baeume", {"Baumkataster"}),
        ("Grossroehrsdorf", "kita", set()),
        ("eakte", "akte", {"E-Akte"}),
    ],
)
async def test_what_is_meant_is_found_and_marked(place: Place, query: str, first: str, marked: set[str]) -> None:
    edge = (await place.search(query))["edges"][0]

    texts = [passage["html"] for passage in (edge["title"], *edge["snippets"]) if passage]
    assert edge["node"]["slug"] == first
    for word in marked:
        assert any(f"<mark>{word}</mark>" in text for text in texts), (word, texts)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("Kosten fur Parkpltaz", None),
        ("parkpltz", "Parkplatz"),
        ("freier Parkpaltz", "freier Parkplatz"),
        ("Baumkatster", "Baumkataster"),
        ("Großröhrsdrof", "Großröhrsdorf"),
        ("Großröhrsdorf", None),
        ("Parkplatz", None),
        ("", None),
        ("amd", None),
    ],
)
async def test_a_correction_is_written_as_people_write(place: Place, query: str, meant: str | None) -> None:
    found = await place.search(query)

    if query.startswith("Kosten"):
        assert found["didYouMean"] == "Kosten fur Parkplatz"
    else:
        assert found["didYouMean"] == meant


async def test_words_that_nothing_has_are_named_as_typed(place: Place) -> None:
    found = await place.search("Parkplatz mit Xylophon")

    assert found["missingWords"] == ["Xylophon"]
    assert slugs(found) == ["parken"]
    assert (await place.search("Parkplatz"))["missingWords"] == []


async def test_a_word_of_the_own_draft_is_not_missing(place: Place) -> None:
    own = await place.search("Quellwolke", ZEITZ)
    other = await place.search("Quellwolke")

    assert (slugs(own), own["missingWords"]) == (["entwurf"], [])
    assert (slugs(other), other["missingWords"]) == ([], ["Quellwolke"])


async def test_an_explanation_says_what_answered_where_and_why(place: Place) -> None:
    (edge,) = (await place.search("Strandauslastung"))["edges"]
    told = edge["explanation"]

    assert {(word["part"], word["found"], word["source"], word["kind"]) for word in told["words"]} >= {
        ("auslastung", "Auslastung", "SUMMARY", "EXACT"),
    }
    assert "Strandabschnitten" in {word["found"] for word in told["words"] if word["part"] == "Strand"}
    assert {word["typed"] for word in told["words"]} == {"Strandauslastung"}
    assert [word["quality"] for word in told["words"]] == sorted(
        (word["quality"] for word in told["words"]), reverse=True
    )
    assert told["missing"] == []
    assert told["textScore"] == pytest.approx(edge["score"], abs=0.0001)


async def test_an_explanation_says_what_moved_the_hit(place: Place) -> None:
    outside = (await place.search("Parkplatz"))["edges"][0]["explanation"]
    inside = (await place.search("Parkplatz", ZEITZ))["edges"][0]["explanation"]

    assert (outside["confirmedReuse"], inside["confirmedReuse"]) == (2, 3)
    assert outside["confirmedAt"] == "2026-05-03T22:30:00.000000Z"
    assert "2 bestätigte Nachnutzungen · zuletzt bestätigt am 4. Mai 2026" in outside["label"]
    assert "noch von niemandem bestätigt" in (await place.search("Kita"))["edges"][0]["explanation"]["label"]


async def test_what_only_the_network_reads_explains_to_the_network_alone(place: Place) -> None:
    inside = (await place.search("Parkplatz Funkabdeckung", ZEITZ))["edges"][0]["explanation"]
    outside = (await place.search("Parkplatz Funkabdeckung"))["edges"][0]["explanation"]

    assert ("Funkabdeckung", "NETWORK_NOTES") in {(word["found"], word["source"]) for word in inside["words"]}
    assert {word["source"] for word in outside["words"]} <= {"TITLE", "SUMMARY", "WRITEUP", "NAMES"}
    assert outside["missing"] == ["Funkabdeckung"]


async def test_nothing_is_explained_unasked(place: Place) -> None:
    (edge,) = (await place.search("Strandauslastung", explain=False))["edges"]

    assert edge["explanation"] is None


async def test_a_key_is_found_and_explained_as_one(place: Place) -> None:
    (edge,) = (await place.search("146250150150"))["edges"]

    assert edge["node"]["slug"] == "kita"
    assert ("KEYS", "KEY", "amtlicher Schlüssel") in {
        (word["source"], word["kind"], word["label"]) for word in edge["explanation"]["words"]
    }


async def test_a_zero_is_a_zero_with_a_way_on(place: Place) -> None:
    words = "Käse herstellen & Quarkspeise"
    found = await place.search(words)

    assert (found["totalCount"], found["isTotalExact"], found["edges"]) == (0, True, [])
    relaxed = found["relaxed"]
    assert relaxed["label"] == "Nichts Passendes im Netz"
    assert relaxed["topics"] == [{"slug": "kaese"}]
    assert relaxed["need"] == {"kind": "SEEKS", "title": words, "topics": [{"slug": "kaese"}]}
    for link in relaxed["catalogues"]:
        assert link["url"].startswith("https://")
        assert link["url"].endswith(quote(words, safe=""))
        assert link["name"]
        assert link["purpose"]
    assert {"GovData", "openCode", "Bundesportal"} <= {link["name"] for link in relaxed["catalogues"]}


async def test_relaxed_hits_answer_too_little_and_count_nowhere(place: Place) -> None:
    found = await place.search("Verwaltung der Raumstation am Nordpol der Venus")

    assert (found["totalCount"], found["edges"], found["facets"]) == (0, [], [])
    assert slugs(found["relaxed"])[0] == "akte"
    assert "<mark>Verwaltung</mark>" in found["relaxed"]["edges"][0]["snippets"][0]["html"]


@pytest.mark.parametrize("query", ["", "  ", "?!", "🚲"])
async def test_there_is_no_way_on_from_no_words(place: Place, query: str) -> None:
    found = await place.search(query, filter={"topic": ["unknown"]})

    assert (found["totalCount"], found["relaxed"]) == (0, None)


@pytest.mark.parametrize(
    ("query", "caller", "count"), [("Parkplatz", ANONYMOUS, 1), ("", ANONYMOUS, 5), ("", ZEITZ, 6), ("und", ZEITZ, 1)]
)
@pytest.mark.parametrize(
    "chosen",
    [
        {"topic": ["unknown"]},
        {"topic": ["verkehr"], "status": ["IDEA"]},
        {"near": {"municipality": "010010000000", "withinKm": 1}},
    ],
)
async def test_where_only_the_filter_leaves_nothing_the_answer_says_so(
    place: Place, query: str, caller: Caller, count: int, chosen: dict[str, Any]
) -> None:
    found = await place.search(query, caller, filter=chosen)

    assert (found["totalCount"], found["edges"]) == (0, [])
    assert (found["withoutFilters"], found["relaxed"]) == (count, None)


async def test_a_zero_with_and_without_the_filter_has_a_way_on(place: Place) -> None:
    found = await place.search("Käse herstellen & Quarkspeise", filter={"status": ["PILOT"]})

    assert (found["totalCount"], found["withoutFilters"]) == (0, 0)
    assert found["relaxed"]["topics"] == [{"slug": "kaese"}]


async def test_without_a_filter_or_with_hits_nothing_is_said_of_filters(place: Place) -> None:
    answers = [
        await place.search("Käse herstellen & Quarkspeise"),
        await place.search("Käse herstellen & Quarkspeise", filter={}),
        await place.search("Verwaltung", filter={"status": ["PILOT"]}),
        await place.search("", filter={"status": ["PILOT"]}),
    ]

    assert {found["withoutFilters"] for found in answers} == {None}


async def test_a_word_of_the_own_draft_is_not_missing_where_a_filter_leaves_it_out(place: Place) -> None:
    found = await place.search("Quellwolke", ZEITZ, filter={"topic": ["unknown"]})

    assert (found["missingWords"], found["withoutFilters"]) == ([], 1)


async def test_where_there_are_hits_nothing_is_relaxed(place: Place) -> None:
    assert (await place.search("Verwaltung"))["relaxed"] is None


@pytest.mark.parametrize(
    ("years", "found"),
    [
        ({"yearFrom": 2021}, {"parken", "baeume"}),
        ({"yearTo": 2021}, {"strand", "parken"}),
        ({"yearFrom": 2020, "yearTo": 2022}, {"parken"}),
        ({"yearFrom": 2020, "year": [2019, 2023]}, {"baeume"}),
        ({"yearFrom": -5, "yearTo": 99_999}, {"strand", "parken", "baeume"}),
        ({"yearFrom": 2200}, set()),
        ({"yearTo": 1800}, set()),
        ({"yearFrom": 2022, "year": [2019]}, set()),
    ],
)
async def test_years_are_narrowed_by_a_span(place: Place, years: dict[str, Any], found: set[str]) -> None:
    assert set(slugs(await place.search("", filter=years))) == found


async def test_a_span_that_ends_before_it_begins_is_refused(place: Place) -> None:
    result = await place.result("", filter={"yearFrom": 2022, "yearTo": 2021})

    (error,) = result.errors or []
    assert "yearFrom" in error.message
    assert getattr(error.original_error, "code", None) == "BAD_USER_INPUT"


@pytest.mark.parametrize("query", ["", EVERY])
async def test_each_facet_counts_as_if_its_own_choice_were_open(place: Place, query: str) -> None:
    every = {facet["name"]: facet["values"] for facet in (await place.search(query))["facets"]}
    chosen = await place.search(query, filter={"status": ["PILOT"]})
    facets = {facet["name"]: facet["values"] for facet in chosen["facets"]}

    assert slugs(chosen) == ["akte"]
    assert facets["STATUS"] == every["STATUS"]
    assert [value["value"] for value in every["STATUS"]] == ["RUNNING", "PILOT"]
    # Its other facets have one value left, which narrows nothing.
    assert facets.keys() == {"STATUS"}


@pytest.mark.parametrize("sort", ["RELEVANCE", "REUSE", "NEWEST", "TITLE"])
@pytest.mark.parametrize("query", ["", EVERY])
async def test_pages_follow_each_other_without_gap_or_repetition(place: Place, query: str, sort: str) -> None:
    whole = await place.search(query, ADMIN, sort=sort)
    seen: list[str] = []
    after = None
    for _ in range(10):
        page = await place.search(query, ADMIN, sort=sort, first=2, after=after)
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["totalCount"] == whole["totalCount"]
        seen += slugs(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert seen == slugs(whole)
    assert len(seen) >= 5


async def test_a_page_goes_on_where_the_last_one_ended_though_entries_come_and_go(
    gateway: GraphQLSchema, tmp_path: Path
) -> None:
    projects = [make_project(f"p{n}", title="Radweg", readers=("public",)) for n in range(6)]
    async with network_of(gateway, tmp_path, *projects) as place:
        first = await place.search("radweg", first=2)
        assert slugs(first) == ["p0", "p1"]
        await place.index.delete(["p0"])
        second = await place.search("radweg", first=2, after=first["pageInfo"]["endCursor"])

    assert slugs(second) == ["p2", "p3"]


@pytest.mark.parametrize("change", [{"query": "akte"}, {"sort": "TITLE"}, {"filter": {"topic": ["verkehr"]}}])
async def test_a_cursor_belongs_to_one_search(place: Place, change: dict[str, Any]) -> None:
    cursor = (await place.search("Platz", first=1))["pageInfo"]["endCursor"]
    result = await place.result(**{"query": "Platz", "after": cursor, **change})

    assert "another list" in (result.errors or [])[0].message


async def test_passages_are_read_as_text_and_not_as_markdown(place_of_marks: Place) -> None:
    (edge,) = (await place_of_marks.search("Kastanie"))["edges"]

    assert [passage["html"] for passage in edge["snippets"]] == [
        "Erfunden. Was es tut: Sie steht am Ring • die <mark>Kastanie</mark>, siehe Karte"
    ]


@pytest.fixture
async def place_of_marks(gateway: GraphQLSchema, tmp_path: Path) -> AsyncIterator[Place]:
    text = "Erfunden.\n\n## Was es tut\n\nSie steht am Ring\n- die **Kastanie**, siehe [Karte](https://karte.example)"
    tree = make_project(
        "baum", title="Baum", summary="Ein Baum.", writeup=text, visibility="PUBLIC", readers=("public",)
    )
    async with network_of(gateway, tmp_path, tree) as found:
        yield found
