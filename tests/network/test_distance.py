"""Projects near a municipality, over GraphQL."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLSchema

from graph.backends.ladybug.store import LadybugGraphStore
from search.indexer import Indexer
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import involves, make_hub, make_municipality, make_project, make_topic, plant, relate
from tests.network.world import ANONYMOUS, ZEITZ, ask, data

SEARCH = """
query ($query: String! = "", $filter: SearchFilter, $after: String) {
  search(query: $query, filter: $filter, sort: TITLE, first: 2, after: $after) {
    totalCount
    edges { cursor node { slug } }
    facets { name values { value count } }
  }
}
"""
CENTRE = make_municipality("010000000001", name="Mitte", lat=52.0, lon=10.0)
# 11.1 km, 22.2 km and 55.6 km north of it.
TOWN = make_municipality("010000000002", name="Stadt", lat=52.1, lon=10.0)
HUB = make_hub("zeitz", lat=52.2, lon=10.0)
FAR = make_municipality("010000000003", name="Fern", lat=52.5, lon=10.0)
LOST = make_municipality("010000000004", name="Ohne Ort")
TOPIC = make_topic("parken", name_de="Parken")
PROJECTS = {
    "a": make_project("a", title="A", origin="COMPILED"),
    "b": make_project("b", title="B", origin="COMPILED"),
    "c": make_project("c", title="C", origin="COMPILED"),
    "d": make_project("d", title="D", visibility="NETWORK", readers=("network",)),
    "e": make_project("e", title="E", origin="COMPILED"),
}
LINKS = (
    relate("OWNS", CENTRE, PROJECTS["a"]),
    involves(PROJECTS["a"], FAR),
    relate("OWNS", HUB, PROJECTS["b"]),
    relate("OWNS", FAR, PROJECTS["c"]),
    relate("OWNS", TOWN, PROJECTS["d"]),
    relate("OWNS", LOST, PROJECTS["e"]),
    relate("ADDRESSES", PROJECTS["a"], TOPIC),
)

Place = tuple[LadybugGraphStore, TantivySearchIndex]


@pytest_asyncio.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    folder: Path = tmp_path_factory.mktemp("distance")
    store = await LadybugGraphStore.open(folder / "graph")
    await store.apply_schema()
    await plant(store, CENTRE, TOWN, HUB, FAR, LOST, TOPIC, *PROJECTS.values(), *LINKS)
    index = await TantivySearchIndex.open(folder / "index")
    await Indexer(store, index, holder="tests").full_rebuild()
    yield store, index
    await index.close()
    await store.close()


def near(km: int, ars: str = CENTRE.ars, **others: Any) -> dict[str, Any]:
    return {"near": {"municipality": ars, "withinKm": km}, **others}


async def found(gateway: GraphQLSchema, place: Place, where: dict[str, Any], **given: Any) -> dict[str, Any]:
    store, index = place
    page: dict[str, Any] = (await data(gateway, store, SEARCH, search=index, filter=where, **given))["search"]
    return page


def slugs(page: dict[str, Any]) -> list[str]:
    return [edge["node"]["slug"] for edge in page["edges"]]


@pytest.mark.parametrize(
    ("km", "expected"), [(1, ["a"]), (22, ["a"]), (23, ["a", "b"]), (55, ["a", "b"]), (56, ["a", "b"])]
)
async def test_projects_of_houses_within_the_distance(
    gateway: GraphQLSchema, place: Place, km: int, expected: list[str]
) -> None:
    page = await found(gateway, place, near(km))

    assert slugs(page) == expected
    assert page["totalCount"] == (3 if km == 56 else len(expected))


async def test_words_and_browsing_are_narrowed_alike(gateway: GraphQLSchema, place: Place) -> None:
    assert slugs(await found(gateway, place, near(23), query="Parken")) == ["a"]
    assert slugs(await found(gateway, place, near(23, FAR.ars), query="Parken")) == ["a"]
    assert slugs(await found(gateway, place, near(23, TOWN.ars), query="Fern")) == ["a"]
    assert slugs(await found(gateway, place, near(1, TOWN.ars), query="Fern")) == []


async def test_a_filter_on_houses_holds_beside_it(gateway: GraphQLSchema, place: Place) -> None:
    # The project is of one house that is near and of another that is asked for.
    assert slugs(await found(gateway, place, near(1, house=[str(FAR.key)]))) == ["a"]
    assert slugs(await found(gateway, place, near(1, municipality=[FAR.ars]))) == ["a"]
    assert slugs(await found(gateway, place, near(1, house=[str(HUB.key)]))) == []
    assert slugs(await found(gateway, place, near(23, hub=["zeitz"]))) == ["b"]
    assert slugs(await found(gateway, place, near(23, topic=["parken"]))) == ["a"]


async def test_facets_count_what_is_near_even_the_one_that_is_chosen(gateway: GraphQLSchema, place: Place) -> None:
    page = await found(gateway, place, near(23, house=[str(FAR.key)]))
    houses = next(facet["values"] for facet in page["facets"] if facet["name"] == "HOUSE")

    assert {value["value"]: value["count"] for value in houses} == {str(CENTRE.key): 1, str(FAR.key): 1, "Hub:zeitz": 1}


async def test_what_the_caller_may_not_see_stays_away(gateway: GraphQLSchema, place: Place) -> None:
    assert (await found(gateway, place, near(1, TOWN.ars), caller=ANONYMOUS))["totalCount"] == 0
    assert slugs(await found(gateway, place, near(1, TOWN.ars), caller=ZEITZ)) == ["d"]


async def test_a_cursor_is_of_its_distance(gateway: GraphQLSchema, place: Place) -> None:
    store, index = place
    cursor = (await found(gateway, place, near(56)))["edges"][-1]["cursor"]
    other = await ask(gateway, store, SEARCH, search=index, filter=near(57), after=cursor)

    assert slugs(await found(gateway, place, near(56), after=cursor)) == ["c"]
    assert "another list" in (other.errors or [])[0].message


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (near(10, "999999999999"), "there is no municipality with the key '999999999999'"),
        (near(10, LOST.ars), "where Ohne Ort (010000000004) lies is not known"),
        (near(0), "withinKm is 1 to 100, got 0"),
        (near(101), "withinKm is 1 to 100, got 101"),
        (near(-5), "withinKm is 1 to 100, got -5"),
        (near(10, "x" * 201), "at most 200 characters"),
        (near(10, "' OR 1=1 //"), "there is no municipality"),
        (near(10, ""), "there is no municipality"),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_a_reason(
    gateway: GraphQLSchema, place: Place, where: dict[str, Any], message: str
) -> None:
    store, index = place
    result = await ask(gateway, store, SEARCH, search=index, filter=where)

    assert result.data == {"search": None}
    (error,) = result.errors or []
    assert message in error.message
    assert getattr(error.original_error, "code", None) == "BAD_USER_INPUT"


async def test_the_graph_is_asked_twice_more(gateway: GraphQLSchema, place: Place) -> None:
    store, _ = place
    calls = []
    for where in ({}, near(1), near(100)):
        before = store.calls
        await found(gateway, place, where, query="nichts davon")
        calls.append(store.calls - before)

    assert calls[1] == calls[2] == calls[0] + 2
