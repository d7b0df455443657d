"""What the engine answers, in how many graph calls, and what it leaves to graphql-core."""

import time

import pytest
from graphql import parse

from graph.errors import GraphUnavailableError
from network.context import Context
from network.execution import Counts, execute
from tests.network.execution import sample
from tests.network.execution.asking import MEMBER, SCHEMA, Asker


async def test_one_operation_with_every_kind_of_field_is_one_graph_call() -> None:
    ask = Asker()
    data = await ask.data(
        """{ hub(slug: "zeitz") {
          __typename id name status opened updatedAt focus lat workplaces
          contact { function email } sources { publisher published }
          topics { name }
          municipalities(first: 1) { edges { since legalBasis node { ars size area } } totalCount }
          partners { edges { role node { __typename ... on Municipality { ars } ... on University { domain } } } }
        } }"""
    )
    assert data == {
        "hub": {
            "__typename": "Hub",
            "id": "Hub:zeitz",
            "name": "Zeitz",
            "status": "OPEN",
            "opened": "2021-05",
            "updatedAt": "2026-01-02T03:04:05.000006Z",
            "focus": ["a", "b"],
            "lat": 51.5,
            "workplaces": 4,
            "contact": {"function": "Office", "email": "office@example.org"},
            "sources": [{"publisher": "Press", "published": "2022"}, {"publisher": "Council", "published": None}],
            "topics": [{"name": "Care"}, {"name": "Traffic"}],
            "municipalities": {
                "edges": [
                    {
                        "since": "2021",
                        "legalBasis": "contract",
                        "node": {"ars": "000000000006", "size": "LARGE", "area": 1.5},
                    }
                ],
                "totalCount": 7,
            },
            "partners": {
                "edges": [
                    {"role": "sponsor", "node": {"__typename": "Municipality", "ars": "000000000001"}},
                    {"role": "sponsor", "node": {"__typename": "University", "domain": "example.edu"}},
                    {"role": "sponsor", "node": {"__typename": "Organisation"}},
                ]
            },
        }
    }
    assert (ask.calls, ask.counts.compiled) == (1, 1)


async def test_only_what_is_shown_is_read() -> None:
    ask = Asker()
    await ask.data('{ hub(slug: "zeitz") { title: name topics { name } } }')
    ((selection, _start),) = ask.store.selections
    assert selection.properties == ("name",)
    assert [variant.properties for read in selection.links for variant in read.variants] == [("name_de",)]


async def test_aliases_fragments_and_merged_fields_share_one_row() -> None:
    data = await Asker().data(
        """query ($yes: Boolean!) {
          hub(slug: "zeitz") { ...F a: name topics { id } ... @include(if: $yes) { b: name } ... @skip(if: $yes) { c: name } }
        } fragment F on House { name ... on Hub { topics { name } } }""",
        yes=True,
    )
    assert data["hub"] == {
        "name": "Zeitz",
        "topics": [{"name": "Care", "id": "Topic:care"}, {"name": "Traffic", "id": "Topic:traffic"}],
        "a": "Zeitz",
        "b": "Zeitz",
    }


async def test_a_plan_is_made_for_each_choice_of_conditions() -> None:
    ask = Asker()
    text = 'query ($yes: Boolean!) { hub(slug: "zeitz") { slug name @include(if: $yes) } }'
    document = parse(text)
    context = Context(store=ask.store)
    for yes in (True, False, True):
        result = await execute(SCHEMA, document, context=context, variables={"yes": yes})
        assert result.data == {"hub": {"slug": "zeitz", "name": "Zeitz"} if yes else {"slug": "zeitz"}}


async def test_a_polymorphic_link_shows_each_node_as_its_type() -> None:
    data = await Asker().data('{ project(slug: "p0") { houses { __typename name ... on Hub { slug } } } }')
    assert data["project"]["houses"][0] == {"__typename": "Hub", "name": "Altena", "slug": "altena"}
    assert {house["__typename"] for house in data["project"]["houses"]} == {"Hub", "Municipality", "University"}


async def test_links_of_an_interface_follow_the_label_of_the_node() -> None:
    text = "query ($label: String!, $key: String!) { house(label: $label, key: $key) { projects { totalCount } } }"
    assert (await Asker().data(text, label="Hub", key="zeitz"))["house"]["projects"]["totalCount"] == 3
    assert (await Asker().data(text, label="University", key="000000001"))["house"]["projects"]["totalCount"] == 1


async def test_hidden_nodes_are_neither_there_nor_counted() -> None:
    text = """{ project(slug: "p4") { title }
      hub(slug: "zeitz") { projects { totalCount edges { node { slug } } } }
      municipalities(first: 1, after: null) { edges { node { adoptions { totalCount } } } } }"""
    hidden, shown = await Asker().data(text), await Asker(caller=MEMBER).data(text)
    assert hidden["project"] is None
    assert shown["project"] == {"title": "P4"}
    assert [edge["node"]["slug"] for edge in hidden["hub"]["projects"]["edges"]] == ["p0", "p1", "p2"]
    assert (hidden["hub"]["projects"]["totalCount"], shown["hub"]["projects"]["totalCount"]) == (3, 5)


async def test_guarded_properties_are_null_for_outsiders() -> None:
    text = '{ a: project(slug: "p1") { cost } b: project(slug: "p2") { cost } }'
    assert await Asker().data(text) == {"a": {"cost": 100}, "b": {"cost": None}}
    assert await Asker(caller=MEMBER).data(text) == {"a": {"cost": 100}, "b": {"cost": 200}}


async def test_absent_nodes_are_null_or_left_out_as_the_type_says() -> None:
    text = '{ hubs(slugs: ["altena", "x", "zeitz"]) { slug } maybeHubs(slugs: ["x", "zeitz"]) { slug } }'
    assert await Asker().data(text) == {
        "hubs": [{"slug": "altena"}, {"slug": "zeitz"}],
        "maybeHubs": [None, {"slug": "zeitz"}],
    }


async def test_null_where_none_may_be_is_an_error_of_its_field() -> None:
    error = await Asker().error('{ theHub(slug: "x") { name } }')
    assert error == ("Cannot return null for non-nullable field Query.theHub.", ["theHub"])


@pytest.mark.parametrize("wrong", [None, {}, ["x"], ValueError("damaged")])
async def test_a_damaged_leaf_is_an_error_at_its_path_without_a_second_graph_call(wrong: object) -> None:
    def damage(_label: str, key: str, name: str, stored: object) -> object:
        return wrong if (key, name) == ("care", "name_de") else stored

    ask = Asker(sample.store(damage=damage))
    result = await ask('{ hub(slug: "zeitz") { slug topics { name } } }')
    (error,) = result.errors or []
    assert error.path == ["hub", "topics", 0, "name"]
    assert result.data == {"hub": None}
    assert (ask.calls, ask.counts.unusual) == (1, 1)


async def test_generated_code_that_fails_is_said_once_for_each_plan(caplog: pytest.LogCaptureFixture) -> None:
    def damage(_label: str, key: str, name: str, stored: object) -> object:
        return ["Erika Mustermann"] if (key, name) == ("care", "name_de") else stored

    ask = Asker(sample.store(damage=damage))
    document = parse('query Seen { hub(slug: "zeitz") { slug topics { name } } }')
    counts = Counts()
    for _ in range(3):
        context = Context(store=ask.store, caller=ask.caller)
        assert (await execute(SCHEMA, document, context=context, counts=counts)).errors

    (told,) = [record for record in caplog.records if record.name == "hubnetz.engine"]
    assert vars(told) | {"operation": "Seen", "place": "hub"} == vars(told)
    assert vars(told)["error"].endswith("Error")
    assert "Mustermann" not in f"{vars(told)}"
    assert counts.by() == {"generated": 0, "graphql-core": 0, "fallback": 3}


async def test_a_failing_function_is_an_error_at_its_path() -> None:
    def damage(_label: str, key: str, name: str, stored: object) -> object:
        return -1 if (key, name) == ("000000000006", "population") else stored

    ask = Asker(sample.store(damage=damage))
    result = await ask("{ municipalities(first: 1) { edges { node { size ars } } } }")
    (error,) = result.errors or []
    assert (error.message, error.path) == ("a population below zero", ["municipalities", "edges", 0, "node", "size"])
    assert result.data == {"municipalities": {"edges": [{"node": {"size": None, "ars": "000000000006"}}]}}


async def test_resolvers_below_are_asked_over_the_same_row() -> None:
    ask = Asker()
    data = await ask.data(
        '{ hub(slug: "zeitz") { key name again { slug } similar(first: 1) { score project { title } } } }'
    )
    assert data == {
        "hub": {
            "key": "zeitz",
            "name": "Zeitz",
            "again": {"slug": "zeitz"},
            "similar": [{"score": 5, "project": {"title": "Title 0"}}],
        }
    }
    assert (ask.calls, ask.counts.custom, ask.counts.compiled) == (3, 1, 2)


async def test_mutations_show_what_their_resolver_names() -> None:
    assert await Asker().data('mutation { touch(slug: "p1") { title topics { name } } }') == {
        "touch": {"title": "Title 0", "topics": [{"name": "Traffic"}]}
    }


async def test_introspection_works() -> None:
    data = await Asker().data(
        '{ __typename __type(name: "Hub") { name } __schema { queryType { name } } hub(slug: "x") { __typename } }'
    )
    assert data == {
        "__typename": "Query",
        "__type": {"name": "Hub"},
        "__schema": {"queryType": {"name": "Query"}},
        "hub": None,
    }


async def test_a_store_that_is_down_is_an_error_of_each_field() -> None:
    ask = Asker()
    ask.store.is_down = True
    result = await ask('{ hub(slug: "zeitz") { name } a: hub(slug: "zeitz") { name } broken }')
    assert result.data == {"hub": None, "a": None, "broken": None}
    assert all(isinstance(error.original_error, GraphUnavailableError) for error in result.errors or [])


async def test_nothing_is_read_once_the_time_is_over() -> None:
    store = sample.store()
    late = Context(store=store, deadline=time.monotonic() - 1)
    result = await execute(SCHEMA, parse('{ hub(slug: "zeitz") { name } }'), context=late)
    assert [error.message for error in result.errors or []] == ["the time for this request is over"]
    assert store.calls == 0


async def test_wrong_variables_and_operations_are_request_errors() -> None:
    document = parse("query A($slug: String!) { hub(slug: $slug) { name } } query B { __typename }")
    context = Context(store=sample.store())
    for variables, name in (({}, "A"), ({"slug": 5}, "A"), ({}, "C"), ({}, None)):
        result = await execute(SCHEMA, document, context=context, variables=variables, operation_name=name)
        assert result.data is None
        assert [error.path for error in result.errors or []] == [None]
