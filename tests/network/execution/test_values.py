"""Values that name nodes: search pages, hits, lookups."""

from graphql import parse

from graph.selection import ByKeys
from network.context import Context
from network.execution import execute
from tests.network.execution.asking import MEMBER, SCHEMA, Asker


async def test_hits_are_loaded_in_one_call_for_each_position_and_label() -> None:
    ask = Asker()
    data = await ask.data("{ search { hits { score project { slug owner { name } } } facets { name counts } } }")
    assert data == {
        "search": {
            "hits": [
                {"score": 2, "project": {"slug": "p2", "owner": {"name": "Zeitz"}}},
                {"score": 3, "project": {"slug": "p3", "owner": {"name": "Hochschule 000000001"}}},
                {"score": 0, "project": {"slug": "p0", "owner": {"name": "Zeitz"}}},
            ],
            "facets": [{"name": "topic", "counts": [1, 2]}],
        }
    }
    assert (ask.calls, ask.counts.compiled) == (1, 1)
    ((_selection, start),) = ask.store.selections
    assert start == ByKeys("Project", "id", ("p4", "p2", "p99", "p3", "p0"))


async def test_unreadable_hits_are_left_out_even_if_the_client_does_not_ask_for_the_node() -> None:
    text = "{ search { hits { score } } }"
    assert [hit["score"] for hit in (await Asker().data(text))["search"]["hits"]] == [2, 3, 0]
    assert [hit["score"] for hit in (await Asker(caller=MEMBER).data(text))["search"]["hits"]] == [4, 2, 3, 0]


async def test_references_to_several_nodes_and_types_keep_their_order_without_the_absent() -> None:
    ask = Asker()
    data = await ask.data(
        """{ hits { because { __typename name ... on Hub { slug } } best { __typename ... on University { name } } } }"""
    )
    assert data["hits"][1] == {
        "because": [
            {"__typename": "Hub", "name": "Zeitz", "slug": "zeitz"},
            {"__typename": "Municipality", "name": "Gemeinde 000000000001"},
        ],
        "best": {"__typename": "University", "name": "Hochschule 000000001"},
    }
    assert data["hits"][0]["best"] is None
    assert ask.calls == 4  # whether the project is there; hubs and municipalities of `because`; universities of `best`


async def test_a_value_outside_any_list_shows_an_unreadable_node_as_null() -> None:
    ask = Asker()
    message, path = await ask.error("{ search { top { score project { slug } } hits { score } } }")
    assert (message, path) == (
        "Cannot return null for non-nullable field SampleHit.project.",
        ["search", "top", "project"],
    )
    assert ask.calls == 2


async def test_a_damaged_value_is_an_error_at_its_path_over_the_same_rows() -> None:
    ask = Asker()
    result = await ask('{ search(text: "damaged") { hits { score project { slug } } } }')
    assert (result.errors or [])[0].path == ["search", "hits", 0, "score"]
    assert (ask.calls, ask.counts.unusual) == (1, 1)


async def test_lookups_of_one_label_are_one_call_and_a_bad_one_is_an_error_in_its_place() -> None:
    ask = Asker()
    assert await ask.data('{ lookups(slugs: ["zeitz", "x", "altena", "zeitz"]) { name } }') == {
        "lookups": [{"name": "Zeitz"}, None, {"name": "Altena"}, {"name": "Zeitz"}]
    }
    assert ask.calls == 1
    result = await ask('{ lookups(slugs: ["bad", "zeitz"]) { name } }')
    assert result.data == {"lookups": [None, {"name": "Zeitz"}]}
    assert [(error.message, error.path) for error in result.errors or []] == [("no key", ["lookups", 0])]
    assert ask.calls == 1


async def test_stock_execution_agrees_in_many_more_calls() -> None:
    ask = Asker()
    text = "{ hits { score because { name projects { totalCount } } best { __typename } } }"
    fast, calls = await ask.data(text), ask.calls
    stock = await execute(SCHEMA, parse(text), context=Context(store=ask.store), is_fast=False)
    assert stock.data == fast
    assert ask.store.calls > 4 * calls
