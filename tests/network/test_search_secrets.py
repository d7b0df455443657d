"""Nothing that an answer says betrays what the caller may not see.

Two networks: one with secret entries and secret texts, one without, and otherwise alike. Whoever may not read the
secrets gets the same answers from both, to the last digit of a score: hits, counts, facets, order, cursors, snippets,
corrections, missing words, explanations and what is offered on a zero.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLSchema

from auth.principal import Caller
from graph.model import Node, Project
from graph.relationships import Relationship
from graph.values import Instant, PartialDate
from graph.vocabulary import OperatingStatus, Stage, Visibility
from tests.fixtures.builders import make_adoption, make_hub, make_municipality, make_project, make_topic, relate
from tests.network.searching import Place, network_of, slugs
from tests.network.world import ANONYMOUS, STRANGER, WILSTER, ZEITZ

zeitz = make_hub("zeitz", name="DigitalHub Zeitz", town="Zeitz")
wilster = make_hub("wilster", name="DigitalHub Wilster", town="Wilster")
ort = make_municipality("150840590590", name="Zeitz", population=27_000)
dorf = make_municipality("010610000001", name="Moorhusen", population=600)
verkehr = make_topic("verkehr", name_de="Verkehr", name_en="Traffic")
wasser = make_topic("wasser", name_de="Wasser", name_en="Water")

Things = tuple[Node | Relationship, ...]
OPEN = (
    make_project(
        "parken", title="Parkplatzsuche", summary="Sensoren zeigen freie Plätze.", started=PartialDate("2021")
    ),
    make_project("strand", title="Strandampel", summary="Sie zeigt die Auslastung von Strandabschnitten."),
    make_project("regen", title="Regenkarte", summary="Prognosen für Starkregen.", status=OperatingStatus.PILOT),
    make_project("moor", title="Moorschutz", summary="Messstellen im Moor senden Wasserstände."),
    make_project("akte", title="Aktenlauf", summary="Sensoren gibt es hier keine.", updated_at="2026-01-01"),
)
# What only the network reads of entries that everybody reads.
INSIDE: dict[str, dict[str, Any]] = {
    "parken": {"what_failed": "Die Zisternenpumpe fror ein.", "one_off_cost": 47_113},
    "moor": {"lessons_learned": "Den Pegelfuchs früh fragen. Sensoren rosten."},
}
LATE = Instant("2026-06-01T00:00:00.000000Z")
PRIVATE = (
    make_project(
        "geheim",
        title="Zisternenpumpe im Quellenpark",
        summary="Sensoren melden Starkregen an die Strandaufsicht.",
        writeup="Parkplatzsuchmaschine, Moorschutzgebiet, Aktenlaufzeit.",
        visibility=Visibility.PRIVATE,
        readers=("admin", "hub:wilster"),
        status=OperatingStatus.IDEA,
        started=PartialDate("2018"),
        licence="EUPL-1.2",
        confirmed_at=LATE,
        updated_at=LATE,
    ),
    make_project(
        "notiz",
        title="Pegelfuchs",
        stage=Stage.DRAFT,
        visibility=Visibility.PRIVATE,
        readers=("admin", "hub:wilster"),
        summary="Regenkarten und Sensoren.",
    ),
)
NETWORK = (
    make_project(
        "netz",
        title="Sandsacklager",
        summary="Sensoren zählen Sandsäcke am Strand.",
        visibility=Visibility.NETWORK,
        readers=("network",),
    ),
)
REUSE = make_adoption("stille", visibility="NETWORK", readers=("network",), confirmed_by_owner_at=LATE)
PUBLIC_LINKS = (
    *(relate("OWNS", zeitz, project) for project in OPEN[:3]),
    *(relate("OWNS", ort, project) for project in OPEN[3:]),
    relate("ADDRESSES", OPEN[0], verkehr),
    relate("ADDRESSES", OPEN[2], wasser),
)
PRIVATE_LINKS = (
    *(relate("OWNS", wilster, project) for project in PRIVATE),
    *(relate("ADDRESSES", project, wasser) for project in PRIVATE),
    relate("INVOLVES", PRIVATE[0], dorf),
)
NETWORK_LINKS = (
    relate("OWNS", wilster, NETWORK[0]),
    relate("ADDRESSES", NETWORK[0], wasser),
    relate("MADE", dorf, REUSE),
    relate("OF", REUSE, OPEN[4]),
)
SHARED = (zeitz, wilster, ort, dorf, verkehr, wasser)


def _with_inside() -> list[Project]:
    return [replace(project, **INSIDE.get(project.id, {})) for project in OPEN]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def full(gateway: GraphQLSchema, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """Everything there is."""
    things: Things = (*_with_inside(), *PRIVATE, *NETWORK, REUSE, *PUBLIC_LINKS, *PRIVATE_LINKS, *NETWORK_LINKS)
    async with network_of(gateway, tmp_path_factory.mktemp("full"), *SHARED, *things) as place:
        yield place


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def public(gateway: GraphQLSchema, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """What everybody sees, and nothing else."""
    things: Things = (*OPEN, *PUBLIC_LINKS)
    async with network_of(gateway, tmp_path_factory.mktemp("public"), *SHARED, *things) as place:
        yield place


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def inner(gateway: GraphQLSchema, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """What every member of the network sees, and nothing else."""
    things: Things = (*_with_inside(), *NETWORK, REUSE, *PUBLIC_LINKS, *NETWORK_LINKS)
    async with network_of(gateway, tmp_path_factory.mktemp("inner"), *SHARED, *things) as place:
        yield place


SECRET_WORDS = (
    *("Zisternenpumpe", "Quellenpark", "Strandaufsicht", "Parkplatzsuchmaschine", "Moorschutzgebiet", "Aktenlaufzeit"),
    *("Pegelfuchs", "Regenkarten", "Sandsacklager", "Sandsäcke", "Moorhusen", "Wilster", "EUPL-1.2", "47113"),
)
OPEN_WORDS = (
    "Sensoren",
    "Parkplatzsuche",
    "Strandauslastung",
    "Starkregenvorhersage",
    "Moor",
    "Akte",
    "Wasser",
    "Regen",
)


def _forms(word: str) -> Iterator[str]:
    """The word as it may be typed: right, begun, with slips, as a part, beside another."""
    yield word
    yield word[:4]
    middle = len(word) // 2
    yield word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
    yield word[:middle] + word[middle + 1 :]
    yield f"{word}anlage Sensoren"


QUERIES = sorted({"", "?", *OPEN_WORDS, *(form for word in SECRET_WORDS for form in _forms(word))})
FEW = ("", "Sensoren", "Zisternenpmupe", "Sandsacklager Strand", "Moorschutzgebiet")


async def _differences(
    some: Place, other: Place, caller: Caller, queries: Sequence[str] = QUERIES, **variables: Any
) -> list[str]:
    """The queries that `caller` gets another answer to."""
    return [
        query
        for query in queries
        if await some.search(query, caller, **variables) != await other.search(query, caller, **variables)
    ]


async def test_outsiders_get_the_answers_of_a_network_without_secrets(full: Place, public: Place) -> None:
    assert await _differences(full, public, ANONYMOUS) == []
    assert await _differences(full, public, STRANGER, FEW) == []


async def test_members_get_the_answers_of_a_network_without_the_entries_of_others(full: Place, inner: Place) -> None:
    assert await _differences(full, inner, ZEITZ) == []


@pytest.mark.parametrize("sort", ["REUSE", "NEWEST", "TITLE"])
async def test_neither_does_another_order_betray_them(full: Place, public: Place, inner: Place, sort: str) -> None:
    assert await _differences(full, public, ANONYMOUS, FEW, sort=sort) == []
    assert await _differences(full, inner, ZEITZ, FEW, sort=sort) == []


@pytest.mark.parametrize(
    "narrowed",
    [
        {"topic": ["wasser"]},
        {"hub": ["wilster"]},
        {"municipality": ["010610000001"]},
        {"status": ["IDEA"]},
        {"licence": ["EUPL-1.2"]},
        {"yearTo": 2020},
        {"sizeClass": ["UNDER_2000"]},
    ],
)
async def test_neither_do_filters(full: Place, public: Place, inner: Place, narrowed: dict[str, Any]) -> None:
    for query in ("", "Sensoren", "Zisternenpumpe", "Zisternenpumpen Regen"):
        outside = [await place.search(query, filter=narrowed) for place in (full, public)]
        inside = [await place.search(query, ZEITZ, filter=narrowed) for place in (full, inner)]
        assert outside[0] == outside[1]
        assert inside[0] == inside[1]


@pytest.mark.parametrize("caller", [ANONYMOUS, ZEITZ])
async def test_neither_do_pages(full: Place, public: Place, inner: Place, caller: Caller) -> None:
    other = public if caller is ANONYMOUS else inner
    for query in ("", "Sensoren"):
        after = None
        for _ in range(8):
            pages = [await place.search(query, caller, first=1, after=after) for place in (full, other)]
            assert pages[0] == pages[1]
            after = pages[0]["pageInfo"]["endCursor"]
            if after is None:
                break
        assert after is None or not pages[0]["pageInfo"]["hasNextPage"]


async def test_those_who_may_see_the_secrets_do(full: Place) -> None:
    # Else all of the above would hold of a search that finds nothing.
    own = await full.search("Zisternenpmupe", WILSTER)
    assert "geheim" in slugs(own)
    assert "geheim" not in slugs(await full.search("Zisternenpmupe", ZEITZ))
    assert slugs(await full.search("Sandsacklager", ZEITZ)) == ["netz"]
    assert slugs(await full.search("Zisternenpumpe", ZEITZ)) == ["parken"]
    assert (await full.search("Zisternenpumpe"))["totalCount"] == 0
    explained = (await full.search("Aktenlauf", ZEITZ))["edges"][0]["explanation"]
    assert explained["confirmedReuse"] == 1
