"""Search through the gateway: hits, facets, suggestions, cursors; nothing leaks; the engine may be down."""

from typing import Any

import pytest
from graphql import GraphQLSchema

from auth.principal import Caller
from graph.backends.ladybug.store import LadybugGraphStore
from search.errors import SearchUnavailableError
from search.tantivy_index import TantivySearchIndex
from tests.network.world import ADMIN, ANONYMOUS, STRANGER, WILSTER, ZEITZ, ask, data

HITS = """
query ($query: String!, $filter: SearchFilter, $first: Int = 20, $after: String, $sort: SearchOrder! = RELEVANCE) {
  search(query: $query, filter: $filter, first: $first, after: $after, sort: $sort) {
    totalCount
    isTotalExact
    edges { cursor score node { slug title owner { name } } title { html } snippets { source html parts { text isMatch } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    facets { name values { value label count } }
  }
}
"""

Search = Any


@pytest.fixture
def search(gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex) -> Search:
    async def run(query: str, caller: Caller = ANONYMOUS, **variables: Any) -> Any:
        given = {"query": query, **variables}
        return (await data(gateway, network, HITS, caller, search=index, **given))["search"]

    return run


def slugs(page: Any) -> list[str]:
    return [edge["node"]["slug"] for edge in page["edges"]]


async def test_a_hit_shows_the_project_with_what_is_selected_of_it(search: Search) -> None:
    page = await search("parkpltz suche")

    assert page["edges"][0]["node"] == {
        "slug": "parkplatzsuche",
        "title": "Parkplatzsuche",
        "owner": {"name": "DigitalHub Zeitz"},
    }
    assert 0 < page["edges"][0]["score"] <= 1
    assert page["edges"][0]["title"]["html"] == "<mark>Parkplatzsuche</mark>"


async def test_passages_mark_what_matched_and_are_the_same_as_their_html(search: Search) -> None:
    (edge,) = (await search("Sensoren"))["edges"]

    assert {passage["source"] for passage in edge["snippets"]} == {"SUMMARY", "WRITEUP"}
    for passage in edge["snippets"]:
        assert [part["text"] for part in passage["parts"] if part["isMatch"]] == ["Sensoren"]
        assert "<mark>Sensoren</mark>" in passage["html"]


@pytest.mark.parametrize(
    ("caller", "found"),
    [
        (ANONYMOUS, {"parkplatzsuche", "offen"}),
        (STRANGER, {"parkplatzsuche", "offen"}),
        (ZEITZ, {"parkplatzsuche", "offen", "netz", "entwurf"}),
        (WILSTER, {"parkplatzsuche", "offen", "netz", "geheim"}),
        (ADMIN, {"parkplatzsuche", "offen", "netz", "geheim", "entwurf"}),
    ],
)
async def test_hits_and_counts_are_those_of_the_caller(search: Search, caller: Caller, found: set[str]) -> None:
    page = await search("", caller)

    assert set(slugs(page)) == found
    assert page["totalCount"] == len(found)


async def test_facets_count_what_the_caller_sees_and_show_german_names(search: Search) -> None:
    facets = {facet["name"]: facet["values"] for facet in (await search("", WILSTER))["facets"]}

    assert facets["TOPIC"] == [
        {"value": "parken", "label": "Parken", "count": 2},
        {"value": "mobilitaet", "label": "Mobilität", "count": 1},
    ]
    assert {"value": "wilster", "label": "DigitalHub Wilster", "count": 1} in facets["HUB"]
    assert {"value": "PILOT", "label": "im Test", "count": 1} in facets["STATUS"]
    assert {"value": "UNDER_2000", "label": "unter 2.000 Einwohner", "count": 1} in facets["SIZE_CLASS"]


async def test_facets_of_outsiders_know_nothing_of_secret_entries(search: Search) -> None:
    facets = {facet["name"]: facet["values"] for facet in (await search(""))["facets"]}

    assert [value["count"] for value in facets["TOPIC"]] == [1, 1]
    # Only one hub, one state, one licence are left, and one value narrows nothing.
    assert facets.keys().isdisjoint({"HUB", "STATE", "LICENCE", "FUNDING"})


async def test_only_the_facets_asked_for_are_counted(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex
) -> None:
    text = '{ search(query: "", facets: [STATUS]) { ...F } } fragment F on SearchConnection { facets { name } }'
    found = await data(gateway, network, text, search=index)

    assert found == {"search": {"facets": [{"name": "STATUS"}]}}


async def test_network_only_texts_are_searched_for_members_alone(search: Search) -> None:
    assert (await search("Funkabdeckung"))["edges"] == []
    assert slugs(await search("Funkabdeckung", ZEITZ)) != []


async def test_filters_narrow_and_several_hold_together(search: Search) -> None:
    assert slugs(await search("", filter={"topic": ["parken"]})) == ["parkplatzsuche"]
    assert slugs(await search("", filter={"topic": ["parken"], "status": ["PILOT"]})) == []
    assert slugs(await search("", filter={"year": [2022], "sizeClass": ["UNDER_100000"]})) == ["parkplatzsuche"]
    assert slugs(await search("", filter={"house": ["Municipality:150840590590"]}, sort="TITLE")) == [
        "offen",
        "parkplatzsuche",
    ]


async def test_pages_follow_each_other_without_gap_or_repetition(search: Search) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = await search("", ADMIN, first=2, after=after, sort="TITLE")
        seen += slugs(page)
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert seen == ["entwurf", "geheim", "netz", "offen", "parkplatzsuche"]


async def test_a_page_of_nothing_still_counts(search: Search) -> None:
    page = await search("", first=0)

    assert (page["edges"], page["totalCount"]) == ([], 2)
    assert page["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"after": "!"}, "is no cursor"),
        ({"after": "WyJ4IiwxXQ"}, "belongs to another list"),
        ({"after": "x" * 5_000}, "too long"),
        ({"first": 101}, "not in 0..100"),
        ({"first": -1}, "not in 0..100"),
        ({"query": "x" * 10_000}, "500"),
        ({"filter": {"topic": ["t"] * 101}}, "at most 100"),
        ({"filter": {"state": ["s" * 201]}}, "at most 200 characters"),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_a_reason(
    gateway: GraphQLSchema,
    network: LadybugGraphStore,
    index: TantivySearchIndex,
    variables: dict[str, Any],
    message: str,
) -> None:
    result = await ask(gateway, network, HITS, search=index, **{"query": "", **variables})

    assert result.data == {"search": None}
    (error,) = result.errors or []
    assert message in error.message
    assert getattr(error.original_error, "code", None) == "BAD_USER_INPUT"


async def test_a_cursor_of_another_search_is_refused(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex, search: Search
) -> None:
    cursor = (await search("", first=1))["pageInfo"]["endCursor"]
    result = await ask(gateway, network, HITS, search=index, query="parken", after=cursor)

    assert "another list" in (result.errors or [])[0].message


@pytest.mark.parametrize("text", ["\x00\x07", "🅿️", "<script>", '"\\', "a" * 500, "( OR *", "   "])
async def test_odd_texts_are_searched_like_any_other(search: Search, text: str) -> None:
    page = await search(text)

    assert isinstance(page["totalCount"], int)


async def test_without_an_engine_search_fails_and_the_rest_answers(
    gateway: GraphQLSchema, network: LadybugGraphStore
) -> None:
    text = '{ search(query: "x") { totalCount } suggestions(prefix: "x") { text } hub(slug: "zeitz") { name } }'
    result = await ask(gateway, network, text)

    assert result.data == {"search": None, "suggestions": None, "hub": {"name": "DigitalHub Zeitz"}}
    assert [type(error.original_error) for error in result.errors or []] == [SearchUnavailableError] * 2


SUGGESTIONS = """
query ($prefix: String!, $first: Int! = 8) {
  suggestions(prefix: $prefix, first: $first) {
    kind
    text
    node { __typename ... on Project { slug } ... on Municipality { population } ... on Topic { nameEn } }
  }
}
"""


async def test_suggestions_mix_projects_topics_and_municipalities(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex
) -> None:
    parking = (await data(gateway, network, SUGGESTIONS, search=index, prefix="Par"))["suggestions"]
    umlaut = (await data(gateway, network, SUGGESTIONS, search=index, prefix="ähr"))["suggestions"]

    assert parking == [
        {"kind": "PROJECT", "text": "Parkplatzsuche", "node": {"__typename": "Project", "slug": "parkplatzsuche"}},
        {"kind": "TOPIC", "text": "Parken", "node": {"__typename": "Topic", "nameEn": "Parking"}},
    ]
    assert umlaut == [
        {"kind": "MUNICIPALITY", "text": "Ähren", "node": {"__typename": "Municipality", "population": 1_500}}
    ]


async def test_suggestions_never_name_secret_entries(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex
) -> None:
    outside = (await data(gateway, network, SUGGESTIONS, search=index, prefix="Geheim"))["suggestions"]
    inside = (await data(gateway, network, SUGGESTIONS, WILSTER, search=index, prefix="Geheim"))["suggestions"]

    assert outside == []
    assert [suggestion["text"] for suggestion in inside] == ["Geheimes Parkhaus"]


@pytest.mark.parametrize(("prefix", "first"), [("", 8), ("   ", 8), ("Par", 0)])
async def test_nothing_typed_suggests_nothing(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex, prefix: str, first: int
) -> None:
    found = await data(gateway, network, SUGGESTIONS, search=index, prefix=prefix, first=first)

    assert found == {"suggestions": []}
