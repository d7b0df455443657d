"""Similar projects on each graph database: for whom, through what, with which reasons."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from auth.principal import Anonymous, Caller, Membership, Principal
from graph.model import FundingProgramme
from graph.port import GraphStore
from graph.selection import ByKeys
from network.context import Context
from network.subgraphs.discovery.similar_projects import similar_projects
from search.indexer import Indexer
from search.port import Candidates, Scope, Tier
from search.service import SearchService
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import (
    involves,
    make_adoption,
    make_hub,
    make_municipality,
    make_organisation,
    make_project,
    make_service,
    make_topic,
    plant,
    relate,
)

ANYBODY = Anonymous()
MEMBER = Principal("https://id.example", "m", frozenset({Membership.parse("hub_member:wilster")}))
ZEITZ = Principal("https://id.example", "z", frozenset({Membership.parse("hub_lead:zeitz")}))

PARKING = make_topic("parken", name_de="Parken")
TRAFFIC = make_topic("verkehr", name_de="Verkehr")
SERVICE = make_service("99115005000000", name="Wohnsitz anmelden")
REGIO = FundingProgramme(slug="regio", name="Regio", name_sort="regio")
HUB = make_hub("zeitz", name="DigitalHub Zeitz")
TOWNS = [make_municipality(f"01061000000{number}", name=name) for number, name in enumerate(("Ähren", "Bautzen"))]
FIRM = make_organisation("dataport", name="Dataport")
PRIVATE = {"visibility": "PRIVATE", "readers": ("admin", "hub:zeitz")}
NETWORK = {"visibility": "NETWORK", "readers": ("network",)}


class CountingIndex(TantivySearchIndex):
    calls = 0

    async def retrieve(self, tiers: Sequence[Tier], scope: Scope, **options: Any) -> Candidates:
        self.calls += 1
        return await super().retrieve(tiers, scope, **options)


@pytest_asyncio.fixture
async def index(tmp_path: Path) -> AsyncIterator[CountingIndex]:
    index = await CountingIndex.open(tmp_path / "index")
    assert isinstance(index, CountingIndex)
    yield index
    await index.close()


async def settle(store: GraphStore, index: CountingIndex, *things: Any) -> None:
    await plant(store, *things)
    await Indexer(store, index, holder="tests").full_rebuild()


async def similar(
    store: GraphStore, index: CountingIndex, caller: Caller = ANYBODY, key: str = "ours", first: int = 20
) -> dict[str, tuple[str, ...]]:
    service = SearchService(store, index)
    try:
        found = await similar_projects(
            Context(store=store, search=service, caller=caller), ByKeys("Project", "id", (key,)), first
        )
    finally:
        await service.close()
    assert [row.similarity for row in found] == sorted((row.similarity for row in found), reverse=True)
    return {row.project.value: row.reasons for row in found}


async def test_each_aspect_finds_and_is_a_reason(store: GraphStore, index: CountingIndex) -> None:
    ours = make_project("ours", title="Freie Parklücken", summary="Mit Drohnen und Magnetfeldern", origin="COMPILED")
    projects = {key: make_project(key, origin="COMPILED") for key in ("topic", "service", "funding", "house")}
    shares = [make_adoption(f"share-{number}") for number in range(4)]
    await settle(
        store,
        index,
        *(ours, *projects.values(), PARKING, TRAFFIC, SERVICE, REGIO, HUB, FIRM, *TOWNS, *shares),
        make_project("words", title="Magnetfelder finden Parklücken", summary="Und Drohnen"),
        make_project("adopted"),
        make_project("child"),
        make_project("parent"),
        make_project("nothing", title="Ganz anders"),
        *(relate("ADDRESSES", project, PARKING) for project in (ours, projects["topic"])),
        relate("ADDRESSES", ours, TRAFFIC),
        *(relate("IMPLEMENTS", project, SERVICE) for project in (ours, projects["service"])),
        *(relate("FUNDED_BY", project, REGIO) for project in (ours, projects["funding"])),
        relate("OWNS", HUB, ours),
        involves(projects["house"], HUB),
        *(relate("MADE", TOWNS[number % 2], share) for number, share in enumerate(shares)),
        *(relate("OF", share, ours) for share in shares[:2]),
        *(relate("OF", share, make_project("adopted")) for share in shares[2:]),
        relate("DERIVED_FROM", make_project("child"), ours),
        relate("DERIVED_FROM", ours, make_project("parent")),
    )

    assert await similar(store, index) == {
        "words": ("Ähnliche Begriffe: Parklücken, Drohnen und Magnetfelder",),
        "service": ("Gleiche Leistung: Wohnsitz anmelden",),
        "topic": ("Gemeinsames Thema: Parken",),
        "child": ("Aus diesem Projekt hervorgegangen",),
        "parent": ("Vorlage dieses Projekts",),
        "funding": ("Gleiche Förderung: Regio",),
        "house": ("Beide mit DigitalHub Zeitz",),
        "adopted": ("Beide genutzt von Ähren und Bautzen",),
    }


async def test_nothing_comes_through_what_the_caller_may_not_see(store: GraphStore, index: CountingIndex) -> None:
    ours = make_project("ours", origin="COMPILED", lessons_learned="Wünschelrute und Pendel")
    secret = make_adoption("secret", **NETWORK)
    hidden = make_project("hidden", **PRIVATE)
    await settle(
        store,
        index,
        *(ours, hidden, secret, PARKING, *TOWNS),
        make_project("both", origin="COMPILED"),
        make_project("notes", what_failed="Wünschelrute, Pendel"),
        make_adoption("open"),
        relate("MADE", TOWNS[0], make_adoption("open")),
        relate("OF", make_adoption("open"), make_project("both")),
        relate("MADE", TOWNS[0], secret),
        relate("OF", secret, ours),
        *(relate("ADDRESSES", project, PARKING) for project in (ours, hidden)),
        relate("DERIVED_FROM", make_project("both"), hidden),
        relate("DERIVED_FROM", hidden, ours),
        involves(make_project("invited", origin="REGISTERED"), TOWNS[1]),
        make_project("invited", origin="REGISTERED"),
        relate("OWNS", TOWNS[1], ours),
    )

    assert await similar(store, index) == {}
    member = await similar(store, index, MEMBER)
    assert member == {
        "notes": ("Ähnliche Begriffe: Pendel und Wünschelrute",),
        "both": ("Beide genutzt von Ähren",),
    }
    lead = await similar(store, index, ZEITZ)
    assert lead["hidden"] == ("Gemeinsames Thema: Parken", "Aus diesem Projekt hervorgegangen")
    assert await similar(store, index, key="hidden") == {}
    assert await similar(store, index, key="absent") == {}


async def test_hidden_projects_change_nothing_for_others(store: GraphStore, index: CountingIndex) -> None:
    texts = {"title": "Seilbahn über Moor", "summary": "Gondeln"}
    shown = [make_project(key, **texts) for key in ("ours", "other")]
    await settle(store, index, *shown)
    before = [await similar(store, index, caller) for caller in (ANYBODY, MEMBER)]
    hidden = [make_project(f"hidden{number}", **texts, **PRIVATE) for number in range(30)]
    await settle(store, index, *hidden)

    assert [await similar(store, index, caller) for caller in (ANYBODY, MEMBER)] == before
    assert before[0] != {}


async def test_the_graph_has_the_last_word(store: GraphStore, index: CountingIndex) -> None:
    texts = {"title": "Seilbahn über Moor", "summary": "Gondeln"}
    await settle(store, index, *(make_project(key, **texts) for key in ("ours", "stays", "gone", "changed", "closed")))
    assert (await similar(store, index)).keys() == {"stays", "gone", "changed", "closed"}

    await store.transact(lambda transaction: transaction.delete("Project", ["gone"]))
    await plant(store, make_project("changed", title="Etwas ganz anderes"), make_project("closed", **texts, **NETWORK))

    assert (await similar(store, index)).keys() == {"stays"}


async def test_calls_are_bounded_whatever_there_is(store: GraphStore, index: CountingIndex) -> None:
    async def counted(first: int) -> tuple[int, int]:
        before = index.calls, store.calls
        await similar(store, index, first=first)
        return index.calls - before[0], store.calls - before[1]

    ours = make_project("ours", title="Seilbahn über Moor")
    shares = [make_adoption(f"a{number}") for number in range(8)]
    few = [make_project(f"p{number}", title="Seilbahn über Moor") for number in range(2)]
    await settle(
        store,
        index,
        *(ours, *few, *shares, *TOWNS),
        *(relate("MADE", TOWNS[number % 2], share) for number, share in enumerate(shares)),
        *(relate("OF", share, (ours, few[0])[number // 4]) for number, share in enumerate(shares)),
    )
    small = await counted(1)
    await settle(store, index, *(make_project(f"q{number}", title="Seilbahn im Moor") for number in range(100)))

    assert await counted(20) == small == await counted(1)
    assert small[0] == 1
    assert small[1] <= (4 if store.backend == "neo4j" else 30)


@pytest.mark.parametrize("first", [1, 3])
async def test_the_most_alike_are_shown(store: GraphStore, index: CountingIndex, first: int) -> None:
    near = [make_project(f"near{number}", title="Seilbahn über Moor und Gondeln") for number in range(3)]
    far = [make_project(f"far{number}", title="Seilbahn") for number in range(9)]
    await settle(store, index, make_project("ours", title="Seilbahn über Moor und Gondeln"), *near, *far)

    assert list(await similar(store, index, first=first)) == ["near0", "near1", "near2"][:first]
