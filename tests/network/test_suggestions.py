"""Suggestions over GraphQL: what is offered to whom, where it leads, and how often anything is asked for it."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLSchema, parse

from auth.principal import Caller
from graph.backends.ladybug.store import LadybugGraphStore
from graph.writing.unit_of_work import UnitOfWork
from network.context import Context
from network.execution import execute
from search.errors import SearchUnavailableError
from search.indexer import Indexer
from search.port import Candidates, Scope, Tier
from search.service import SearchService
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import (
    make_hub,
    make_municipality,
    make_project,
    make_topic,
    make_university,
    plant,
    relate,
)
from tests.network.world import ADMIN, ANONYMOUS, WILSTER, ZEITZ, ask, data

SUGGESTIONS = """
query ($prefix: String!, $first: Int! = 20) {
  suggestions(prefix: $prefix, first: $first) {
    kind
    text
    detail
    node {
      __typename
      ... on Project { slug title }
      ... on Topic { slug nameEn }
      ... on Hub { slug }
      ... on Municipality { ars population }
      ... on University { ror }
    }
  }
}
"""
MOBIL = make_topic("mobilitaet", name_de="Mobilität", name_en="Mobility")
BARRIERS = make_topic("barrierefreiheit", name_de="Barrierefreiheit", name_en="Accessibility")
HUB = make_hub("grossroehrsdorf", name="DigitalHub Großröhrsdorf", town="Großröhrsdorf")
THINGS = (
    MOBIL,
    BARRIERS,
    HUB,
    make_municipality("146250200200", name="Großröhrsdorf, Stadt", district="Bautzen", population=9_500),
    make_municipality("146250200201", name="Großpösna", population=5_400),
    make_university("03sft3r75", name="Großstadt-Hochschule", town="Merseburg"),
    make_project("park", title="Intelligente Parkplatzsuche", summary="Großes Kino für jeden Parkplatz"),
    make_project("lots", title="Großbaustellen im Blick"),
    make_project("secret", title="Großes Geheimnis", visibility="NETWORK", readers=("network",)),
    make_project("draft", title="Zylinderkopf", visibility="PRIVATE", readers=("admin", "hub:zeitz")),
    relate("ADDRESSES", make_project("park"), MOBIL),
)


_MOST_READS = 6 + 5
"""Excluded ids, titles that begin so, titles found, the clock, popular searches and names; then a read for each kind."""


class CountingIndex(TantivySearchIndex):
    """Counts what is asked of it; whether anything has changed is asked once a second at most, and not counted."""

    calls = 0

    async def retrieve(self, tiers: Sequence[Tier], scope: Scope, **options: Any) -> Candidates:
        self.calls += 1
        return await super().retrieve(tiers, scope, **options)

    async def vocabulary(self, *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        return await super().vocabulary(*arguments, **options)


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[SearchService]:
    """A service over a small network, with an index that counts."""
    store = await LadybugGraphStore.open(tmp_path / "graph")
    await store.apply_schema()
    await plant(store, *THINGS)
    index = await CountingIndex.open(tmp_path / "index")
    await Indexer(store, index, holder="tests").full_rebuild()
    service = SearchService(store, index)
    yield service
    await service.close()
    await index.close()
    await store.close()


async def suggest(
    gateway: GraphQLSchema, service: SearchService, prefix: str, caller: Caller = ANONYMOUS, **variables: Any
) -> list[dict[str, Any]]:
    context = Context(store=service.graph, search=service, caller=caller)
    given = {"prefix": prefix, **variables}
    result = await execute(gateway, parse(SUGGESTIONS), context=context, variables=given)
    assert result.errors is None, result.errors
    assert result.data is not None
    found: list[dict[str, Any]] = result.data["suggestions"]
    return found


def shown(found: list[dict[str, Any]]) -> list[str]:
    return [f"{one['kind']} {one['text']}" for one in found]


async def test_every_kind_is_offered_with_where_it_leads(gateway: GraphQLSchema, town: SearchService) -> None:
    found = await suggest(gateway, town, "groß")

    assert shown(found) == [
        "PROJECT Großbaustellen im Blick",
        "MUNICIPALITY Großröhrsdorf, Stadt",
        "MUNICIPALITY Großpösna",
        "UNIVERSITY Großstadt-Hochschule",
        "HUB DigitalHub Großröhrsdorf",
    ]
    assert [one["node"] for one in found] == [
        {"__typename": "Project", "slug": "lots", "title": "Großbaustellen im Blick"},
        {"__typename": "Municipality", "ars": "146250200200", "population": 9_500},
        {"__typename": "Municipality", "ars": "146250200201", "population": 5_400},
        {"__typename": "University", "ror": "03sft3r75"},
        {"__typename": "Hub", "slug": "grossroehrsdorf"},
    ]
    assert found[1]["detail"].startswith("Bautzen, ")


@pytest.mark.parametrize("text", ["großröhrs", "grossroehrs", "GROSSRÖHRS"])
async def test_spellings_of_umlauts_do_not_matter(gateway: GraphQLSchema, town: SearchService, text: str) -> None:
    assert shown(await suggest(gateway, town, text)) == [
        "MUNICIPALITY Großröhrsdorf, Stadt",
        "HUB DigitalHub Großröhrsdorf",
    ]


@pytest.mark.parametrize("text", ["parkpltz", "intelligente parkpl", "park", "p", "Parkplatzsuche "])
async def test_projects_are_found_by_words_of_their_titles(
    gateway: GraphQLSchema, town: SearchService, text: str
) -> None:
    assert shown(await suggest(gateway, town, text)) == ["PROJECT Intelligente Parkplatzsuche"]


async def test_a_word_elsewhere_in_a_project_suggests_nothing(gateway: GraphQLSchema, town: SearchService) -> None:
    # `Kino` is in a summary, `Mobilität` the name of a topic of a project.
    assert shown(await suggest(gateway, town, "kino")) == []
    assert shown(await suggest(gateway, town, "mobil")) == ["TOPIC Mobilität"]
    assert shown(await suggest(gateway, town, "barrierearm")) == ["TOPIC Barrierefreiheit"]


async def test_nothing_that_the_caller_may_not_see_is_offered_or_moves_anything(
    gateway: GraphQLSchema, town: SearchService
) -> None:
    outside = [await suggest(gateway, town, text) for text in ("groß", "zyl", "zylinderkopf", "großes geheimn")]
    member = [shown(await suggest(gateway, town, text, WILSTER)) for text in ("großes", "zyl")]
    owner = [shown(await suggest(gateway, town, text, ZEITZ)) for text in ("zyl", "zylinderkopf")]
    await town.graph.transact(lambda transaction: transaction.delete("Project", ["secret", "draft"]))
    await town.index.delete(["secret", "draft"])

    assert "PROJECT Großes Geheimnis" in member[0]
    assert member[1] == []
    assert owner == [["PROJECT Zylinderkopf"]] * 2
    assert outside == [await suggest(gateway, town, text) for text in ("groß", "zyl", "zylinderkopf", "großes geheimn")]
    assert outside[1:] == [[], [], []]


async def test_what_is_gone_or_renamed_is_not_offered_though_the_index_lags(
    gateway: GraphQLSchema, town: SearchService
) -> None:
    await town.graph.transact(lambda transaction: transaction.delete("Project", ["lots"]))
    await plant(town.graph, make_project("park", title="Etwas anderes"))

    assert shown(await suggest(gateway, town, "großbaust")) == []
    assert shown(await suggest(gateway, town, "parkplatz")) == []


async def test_a_new_project_is_offered_before_the_index_knows_it(gateway: GraphQLSchema, town: SearchService) -> None:
    await plant(town.graph, make_project("new", title="Übersetzer für Leichte Sprache", title_sort="ubersetzer fur"))

    assert shown(await suggest(gateway, town, "uebersetz")) == ["PROJECT Übersetzer für Leichte Sprache"]


async def test_the_number_of_calls_depends_on_nothing(gateway: GraphQLSchema, town: SearchService) -> None:
    index = town.index
    assert isinstance(index, CountingIndex)
    await suggest(gateway, town, "warm")
    counted = set()
    for number in range(60):
        await plant(town.graph, make_project(f"more{number}", title=f"Großes Vorhaben {number}"))
    await Indexer(town.graph, index, holder="tests").full_rebuild()
    await suggest(gateway, town, "groß")
    for text in ("groß", "großes vorh", "großes vorhaben 1 und noch viele weitere worte mehr als zehn davon", "g"):
        for first in (1, 20):
            before = index.calls, town.graph.calls
            await suggest(gateway, town, text, ADMIN if first == 1 else ANONYMOUS, first=first)
            counted.add((index.calls - before[0], town.graph.calls - before[1] <= _MOST_READS))

    # The lexicon of the network is read once for its first member.
    assert counted <= {(1, True), (2, True)}


@pytest.mark.parametrize("first", [-1, 21])
async def test_how_many_is_bounded(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex, first: int
) -> None:
    result = await ask(gateway, network, SUGGESTIONS, search=index, prefix="par", first=first)

    assert result.data == {"suggestions": None}
    assert getattr((result.errors or [])[0].original_error, "code", None) == "BAD_USER_INPUT"


@pytest.mark.parametrize("text", ["x" * 501, "ä" * 10_000])
async def test_too_long_a_text_is_refused(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex, text: str
) -> None:
    result = await ask(gateway, network, SUGGESTIONS, search=index, prefix=text)

    assert "at most 500 characters" in (result.errors or [])[0].message


@pytest.mark.parametrize(
    "text", ["", "   ", "…!?", "😀", "\u202eabc", '"unclosed', "title:x AND *", "\x00", "a" * 500, "a " * 250]
)
async def test_any_text_is_answered(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex, text: str
) -> None:
    found = await data(gateway, network, SUGGESTIONS, search=index, prefix=text)

    assert isinstance(found["suggestions"], list)


async def test_an_engine_that_does_not_answer_is_an_error(
    gateway: GraphQLSchema, network: LadybugGraphStore, tmp_path: Path
) -> None:
    index = await TantivySearchIndex.open(tmp_path / "never built")
    result = await ask(gateway, network, SUGGESTIONS, search=index, prefix="park")
    await index.close()

    assert result.data == {"suggestions": None}
    assert [type(error.original_error) for error in result.errors or []] == [SearchUnavailableError]


async def test_seeded_names_are_offered(gateway: GraphQLSchema, tmp_path: Path) -> None:
    from seed_data.load import load

    store = await LadybugGraphStore.open(tmp_path / "graph")
    await store.apply_schema()
    await load(UnitOfWork(store))
    index = await TantivySearchIndex.open(tmp_path / "index")
    await Indexer(store, index, holder="tests").full_rebuild()
    offered = {
        text: {
            (one["kind"], one["text"])
            for one in (await data(gateway, store, SUGGESTIONS, search=index, prefix=text))["suggestions"]
        }
        for text in ("grossroehrs", "parkplatz", "sangerh")
    }
    await index.close()
    await store.close()

    assert {kind for kind, _ in offered["grossroehrs"]} >= {"HUB", "MUNICIPALITY"}
    assert any(kind == "PROJECT" for kind, _ in offered["parkplatz"])
    assert {kind for kind, _ in offered["sangerh"]} >= {"HUB", "MUNICIPALITY"}
