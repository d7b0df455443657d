"""Popular searches over GraphQL: from five people on, for whom they find something, and nothing of anybody."""

from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLSchema, parse

from auth.principal import Anonymous, Caller, Membership, Principal
from graph.backends.ladybug.store import LadybugGraphStore
from graph.errors import GraphUnavailableError
from graph.reading.popular import POPULAR_FROM
from network.context import Context
from network.execution import execute
from search.german import fold
from search.indexer import Indexer
from search.lexicon import Lexicon
from search.popular import LONGEST, countable, folded
from search.port import Candidates, Scope, Tier, Vocabulary
from search.service import SearchService
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import make_municipality, make_project, make_topic, plant, relate
from tests.network.world import ANONYMOUS

SEARCH = "query ($text: String!, $first: Int! = 5) { search(query: $text, first: $first) { totalCount } }"
SUGGEST = """
query ($text: String!) {
  suggestions(prefix: $text, first: 20) { kind text detail node { ... on Project { slug } } }
}
"""
PEOPLE = [Principal("https://id.example", f"person-{number}") for number in range(POPULAR_FROM + 1)]
MEMBER = Principal("https://id.example", "m", frozenset({Membership.parse("hub_lead:zeitz")}))
TOPIC = make_topic("laden", name_de="Ladesäulen")
TOWN = make_municipality("150840590590", name="Zeitz, Stadt")
THINGS = (
    make_project("park", title="Freie Parkplätze finden", summary="Sensoren melden freie Parkplätze für Gäste."),
    make_project(
        "pflege", title="Pflege zu Hause", visibility="NETWORK", readers=("network",), summary="Frau Mustermann"
    ),
    make_project(
        "inside",
        title="Parkplätze am Rathaus",
        summary="Parkplätze.",
        writeup="Parkplätze.",
        visibility="NETWORK",
        readers=("network",),
    ),
    TOPIC,
    TOWN,
    relate("ADDRESSES", make_project("park"), TOPIC),
    relate("OWNS", TOWN, make_project("park")),
)


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[SearchService]:
    store = await LadybugGraphStore.open(tmp_path / "graph")
    await store.apply_schema()
    await plant(store, *THINGS)
    index = await TantivySearchIndex.open(tmp_path / "index")
    await Indexer(store, index, holder="tests").full_rebuild()
    service = SearchService(store, index)
    yield service
    await service.close()
    await index.close()
    await store.close()


async def run(gateway: GraphQLSchema, service: SearchService, document: str, caller: Caller, **given: Any) -> Any:
    context = Context(store=service.graph, search=service, caller=caller)
    result = await execute(gateway, parse(document), context=context, variables=given)
    assert result.errors is None, result.errors
    return result.data


async def search(gateway: GraphQLSchema, service: SearchService, text: str, people: Iterable[Caller]) -> None:
    for person in people:
        await run(gateway, service, SEARCH, person, text=text)
    await service.popular.settled()


async def suggested(
    gateway: GraphQLSchema, service: SearchService, text: str, caller: Caller = ANONYMOUS
) -> list[dict[str, Any]]:
    found = await run(gateway, service, SUGGEST, caller, text=text)
    return [one for one in found["suggestions"] if one["kind"] == "SEARCH"]


async def remembered(service: SearchService) -> list[str]:
    """What the records say."""
    names = ("text", "display")
    records = await service.graph.query("popular_forgotten", {"before": "~", "limit": 100})
    rows = await service.graph.transact(
        lambda transaction: transaction.read("PopularSearch", [str(record[0]) for record in records])
    )
    return [str(row[name]) for row in rows.values() for name in names]


async def test_from_five_people_on_in_the_spelling_of_public_entries(
    gateway: GraphQLSchema, town: SearchService
) -> None:
    await search(gateway, town, "FREIE parkplaetze", PEOPLE[: POPULAR_FROM - 1])
    assert await suggested(gateway, town, "freie") == []

    await search(gateway, town, "freie Parkplätze!", PEOPLE[POPULAR_FROM - 1 :])
    (found,) = await suggested(gateway, town, "freie")
    assert found["text"] in {"freie Parkplätze", "Freie Parkplätze"}
    assert (found["detail"], found["node"]) == (None, {"slug": "park"})
    for text in ("Freie P", "parkpl", "parkplaetze", "frei"):
        assert await suggested(gateway, town, text) == [found]


async def test_one_person_and_anonymous_callers_make_nothing_popular(
    gateway: GraphQLSchema, town: SearchService
) -> None:
    again = [Principal("https://id.example", "same", memberships) for memberships in (frozenset(), MEMBER.memberships)]
    await search(gateway, town, "Parkplätze", again * POPULAR_FROM)
    await search(gateway, town, "Sensoren", [Anonymous()] * (2 * POPULAR_FROM))

    assert await suggested(gateway, town, "park") == await suggested(gateway, town, "sens") == []
    assert "sensoren" not in " ".join(await remembered(town))


@pytest.mark.parametrize(
    "text",
    [
        "Parkplätze Mustermann",
        "Mustermann",
        "Anna Parkplätze",
        "parkplätze 0441 998877",
        "anna@example.org Parkplätze",
        "Pflege",
        "nirgends",
        "pa",
        "Parkplätze " * 6,
        "",
        "…!",
        "Xaver Parkplätze",
    ],
)
async def test_what_public_entries_do_not_say_is_never_stored(
    gateway: GraphQLSchema, town: SearchService, text: str
) -> None:
    # `Mustermann` is in an entry for the network; `Anna` and `Xaver` are words of the language.
    await search(gateway, town, text, [MEMBER, *PEOPLE])

    assert await remembered(town) == []


async def test_it_is_offered_only_where_it_finds_something(gateway: GraphQLSchema, town: SearchService) -> None:
    await search(gateway, town, "Sensoren", PEOPLE)
    assert [one["text"] for one in await suggested(gateway, town, "sens")] == ["Sensoren"]

    await plant(town.graph, make_project("park", visibility="NETWORK", readers=("network",)))
    assert await suggested(gateway, town, "sens") == []
    await Indexer(town.graph, town.index, holder="tests").full_rebuild()
    assert await suggested(gateway, town, "sens") == []


async def test_members_see_the_first_hit_that_is_theirs(gateway: GraphQLSchema, town: SearchService) -> None:
    await search(gateway, town, "Parkplätze", PEOPLE)
    outside = await suggested(gateway, town, "park")
    inside = await suggested(gateway, town, "park", MEMBER)

    assert [one["node"]["slug"] for one in outside] == ["park"]
    assert [one["node"]["slug"] for one in inside] == ["inside"]
    assert [one["text"] for one in inside] == [one["text"] for one in outside]


async def test_a_search_without_hits_is_not_counted(gateway: GraphQLSchema, town: SearchService) -> None:
    store = town.graph
    await plant(store, make_project("other", title="Sensoren am Fluss"))
    await Indexer(store, town.index, holder="tests").full_rebuild()
    for person in PEOPLE:
        await run(gateway, town, SEARCH, person, text="Parkplätze", first=0)
    await town.popular.settled()

    assert await remembered(town) == []


async def test_names_of_what_belongs_to_a_project_are_spelled_too(gateway: GraphQLSchema, town: SearchService) -> None:
    await search(gateway, town, "ladesaeulen zeitz", PEOPLE)

    assert [one["text"] for one in await suggested(gateway, town, "lades")] == ["Ladesäulen Zeitz"]


async def test_the_name_of_something_offered_is_no_search_beside_it(
    gateway: GraphQLSchema, town: SearchService
) -> None:
    await search(gateway, town, "Ladesäulen", PEOPLE)
    found = await run(gateway, town, SUGGEST, ANONYMOUS, text="lades")

    assert [one["kind"] for one in found["suggestions"]] == ["TOPIC"]


class CountingIndex(TantivySearchIndex):
    calls = 0

    async def retrieve(self, tiers: Sequence[Tier], scope: Scope, **options: Any) -> Candidates:
        self.calls += 1
        return await super().retrieve(tiers, scope, **options)


async def test_no_more_than_three_are_tried_however_many_there_are(
    gateway: GraphQLSchema, town: SearchService, tmp_path: Path
) -> None:
    for text in ("Sensoren", "Sensoren melden", "Sensoren Gäste", "freie Sensoren", "Parkplätze Sensoren"):
        await search(gateway, town, text, PEOPLE)
    index = await CountingIndex.open(tmp_path / "counting")
    assert isinstance(index, CountingIndex)
    await Indexer(town.graph, index, holder="tests").full_rebuild()
    service = SearchService(town.graph, index)
    found = await suggested(gateway, service, "sens")
    await service.close()
    await index.close()

    assert len(found) == 3
    assert index.calls == 1 + 3


class Refusing(LadybugGraphStore):
    """Searches are answered; whatever is written is not."""

    async def transact(self, *arguments: Any, **options: Any) -> Any:
        raise GraphUnavailableError("no writing today")


async def test_a_count_that_fails_fails_no_search(
    gateway: GraphQLSchema, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ready = await LadybugGraphStore.open(tmp_path / "graph")
    await ready.apply_schema()
    await plant(ready, *THINGS)
    index = await TantivySearchIndex.open(tmp_path / "index")
    await Indexer(ready, index, holder="tests").full_rebuild()
    await ready.close()
    store = await Refusing.open(tmp_path / "graph")
    service = SearchService(store, index)

    await search(gateway, service, "Sensoren", PEOPLE)
    assert await suggested(gateway, service, "sens") == []
    await service.close()
    await index.close()
    await store.close()
    said = caplog.text.lower()

    assert "a search was not counted: graphunavailableerror" in said
    assert not any(secret in said for secret in ("sensoren", "person-"))


async def test_more_than_can_wait_is_dropped_at_once(gateway: GraphQLSchema, town: SearchService) -> None:
    for number in range(2_000):
        town.popular.note("Sensoren", Principal("https://id.example", f"burst-{number}"))
    await town.popular.settled()

    assert [one["text"] for one in await suggested(gateway, town, "sens")] == ["Sensoren"]


async def test_closing_ends_what_is_under_way(town: SearchService) -> None:
    town.popular.note("Sensoren", PEOPLE[0])
    await town.close()

    assert await remembered(town) == []


def test_countable_texts_have_words_of_the_lexicon_as_they_are() -> None:
    lexicon = Lexicon(
        Vocabulary(9, {"parkplatz": 1, "app": 2, "strasse": 1}), terms=["wlan"], known=frozenset({"anna"})
    )

    assert all(countable(text, lexicon) for text in ("Parkplatz", "PARKPLATZ, app", "wlan für Straße", "App"))
    assert not any(
        countable(text, lexicon) for text in ("Parkplätze", "Anna", "ap", "", "parkplatz x", "parkplatz " * 7)
    )
    assert len(folded("parkplatz " * 6)) <= LONGEST
    assert folded("Wlan-App für Straße!") == f"wlanapp fur {fold('Straße')}"
