"""`_entities` and `_service` of each subgraph: keys, batches, bad representations, audiences."""

import copy
from typing import Any

import pytest
from graphql import GraphQLSchema, GraphQLUnionType, build_ast_schema, parse

from graph.backends.ladybug.store import LadybugGraphStore
from network.limits import LimitExceededError
from tests.network.world import ANONYMOUS, STRANGER, WILSTER, ask, data

HOUSES = """
query ($of: [_Any!]!) {
  _entities(representations: $of) {
    __typename
    ... on Hub { name }
    ... on Municipality { name }
    ... on University { name }
    ... on Topic { nameDe }
  }
}
"""
PROJECTS = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Project { title oneOffCost } } }"


def keyed(type_name: str, **keys: Any) -> dict[str, Any]:
    return {"__typename": type_name, **keys}


@pytest.mark.parametrize(
    ("representation", "name"),
    [
        (keyed("Hub", id="Hub:zeitz"), "DigitalHub Zeitz"),
        (keyed("Hub", slug="zeitz"), "DigitalHub Zeitz"),
        (keyed("Municipality", ars="150840590590"), "Zeitz"),
        (keyed("Municipality", ags="15084590"), "Zeitz"),
        (keyed("Municipality", id="Municipality:150840590590"), "Zeitz"),
        (keyed("University", ror="03sft3r75"), "Hochschule Merseburg"),
        (keyed("University", domain="hs-merseburg.de"), "Hochschule Merseburg"),
        (keyed("Hub", slug="zeitz", name="something else", nested={"a": [1]}), "DigitalHub Zeitz"),
        (keyed("Municipality", ags=None, ars="150840590590"), "Zeitz"),
    ],
)
async def test_every_key_leads_to_the_entity_and_other_keys_play_no_part(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore, representation: dict[str, Any], name: str
) -> None:
    found = await data(subgraphs["directory"], network, HOUSES, of=[representation])

    assert found == {"_entities": [{"__typename": representation["__typename"], "name": name}]}


@pytest.mark.parametrize(
    "bad",
    [
        5,
        "Hub:zeitz",
        [],
        {},
        {"id": "Hub:zeitz"},
        keyed("Nope", id="Hub:zeitz"),
        {"__typename": ["Hub"], "slug": "zeitz"},
        keyed("Hub"),
        keyed("Hub", slug=None),
        keyed("Hub", slug=5),
        keyed("Hub", slug={"$ne": ""}),
        keyed("Hub", id="Municipality:150840590590"),
        keyed("Hub", id="zeitz"),
        keyed("Hub", id="Hub:"),
        keyed("Lease", id="Lease:indexer"),
        keyed("OutboxEvent", id="x"),
    ],
)
async def test_a_bad_representation_is_an_error_at_its_place_and_the_others_answer(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore, bad: Any
) -> None:
    result = await ask(
        subgraphs["directory"], network, HOUSES, of=[keyed("Hub", slug="zeitz"), bad, keyed("Topic", slug="parken")]
    )

    assert result.data == {
        "_entities": [
            {"__typename": "Hub", "name": "DigitalHub Zeitz"},
            None,
            {"__typename": "Topic", "nameDe": "Parken"},
        ]
    }
    (error,) = result.errors or []
    assert error.path == ["_entities", 1]
    assert (error.extensions or {})["code"] == "INVALID_REPRESENTATION"


async def test_nothing_and_nothing_for_the_caller_are_the_same_null(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore
) -> None:
    wanted = [
        keyed("Project", id="Project:absent"),
        keyed("Project", slug="geheim"),
        keyed("Project", id="Project:netz"),
    ]

    for outsider in (ANONYMOUS, STRANGER):
        assert await data(subgraphs["projects"], network, PROJECTS, outsider, of=wanted) == {
            "_entities": [None, None, None]
        }
    assert await data(subgraphs["projects"], network, PROJECTS, WILSTER, of=wanted) == {
        "_entities": [
            None,
            {"title": "Geheimes Parkhaus", "oneOffCost": 12_000},
            {"title": "Nur im Netz", "oneOffCost": None},
        ]
    }


async def test_a_thousand_references_take_one_graph_call_for_each_type(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore
) -> None:
    wanted = [keyed("Hub", slug=f"none-{number}") for number in range(499)]
    wanted += [keyed("Topic", slug=f"none-{number}") for number in range(499)]
    wanted += [keyed("Hub", slug="wilster"), keyed("Topic", slug="parken")]
    before = network.calls

    found = (await data(subgraphs["directory"], network, HOUSES, of=wanted))["_entities"]

    assert network.calls - before == 2
    assert found[:998] == [None] * 998
    assert [item["__typename"] for item in found[998:]] == ["Hub", "Topic"]


async def test_a_reference_given_twice_is_read_once_and_answered_twice(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore
) -> None:
    wanted = [keyed("Hub", slug="zeitz"), keyed("Hub", slug="none"), keyed("Hub", slug="zeitz")] * 300
    before = network.calls

    found = (await data(subgraphs["directory"], network, HOUSES, of=wanted))["_entities"]

    assert network.calls - before == 1
    assert found == [{"__typename": "Hub", "name": "DigitalHub Zeitz"}, None, found[0]] * 300


@pytest.mark.parametrize(
    "forged",
    [
        # A key of one type under the name of another, an interface, a union, a type of introspection, text that is not its name.
        *(keyed("University", id="Hub:zeitz"), keyed("University", slug="zeitz"), keyed("Node", id="Hub:zeitz")),
        *(keyed("_Entity", id="Hub:zeitz"), keyed("__Type", id="Hub:zeitz"), keyed("hub", slug="zeitz")),
        *(keyed("Hub ", slug="zeitz"), keyed("Project) { id } #", slug="x"), keyed("HubConnection", slug="zeitz")),
    ],
)
async def test_a_forged_type_name_shows_nothing(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore, forged: Any
) -> None:
    for schema in subgraphs.values():
        text = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Hub { id } } }"
        result = await ask(schema, network, text, of=[forged, keyed("Hub", slug="zeitz")])

        assert result.data == {"_entities": [None, {"__typename": "Hub", "id": "Hub:zeitz"}]}
        assert [error.path for error in result.errors or []] == [["_entities", 0]]


async def test_more_than_a_thousand_references_are_refused(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore
) -> None:
    result = await ask(subgraphs["directory"], network, HOUSES, of=[keyed("Hub", slug="zeitz")] * 1_001)

    (error,) = result.errors or []
    assert isinstance(error.original_error, LimitExceededError)
    assert result.data is None


async def test_representations_stay_as_they_were_sent(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore
) -> None:
    sent = [keyed("Hub", slug="zeitz", more=[1]), {"bad": {}}]
    kept = copy.deepcopy(sent)
    text = HOUSES.replace(
        "{\n  _entities", "{\n  twice: _entities(representations: $of) { __typename }\n  _entities", 1
    )

    result = await ask(subgraphs["directory"], network, text, of=sent)

    assert sent == kept
    assert (result.data or {})["twice"] == [{"__typename": "Hub"}, None]


async def test_every_entity_type_of_every_subgraph_resolves_by_id(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore
) -> None:
    text = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }"
    for schema in subgraphs.values():
        entity = schema.get_type("_Entity")
        assert isinstance(entity, GraphQLUnionType)
        names = sorted(member.name for member in entity.types)
        found = await data(schema, network, text, of=[keyed(name, id=f"{name}:absent") for name in names])

        assert found == {"_entities": [None] * len(names)}


async def test_a_hub_extended_by_another_subgraph_shows_its_projects(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore
) -> None:
    text = """
    query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on Hub { projects { totalCount edges { node { slug } } } } }
    }
    """
    found = await data(
        subgraphs["projects"], network, text, of=[keyed("Hub", slug="wilster"), keyed("Hub", slug="zeitz")]
    )

    assert found["_entities"] == [
        {"projects": {"totalCount": 0, "edges": []}},
        {"projects": {"totalCount": 1, "edges": [{"node": {"slug": "parkplatzsuche"}}]}},
    ]


async def test_the_sdl_is_whole_and_of_federation_2_9(
    subgraphs: dict[str, GraphQLSchema], network: LadybugGraphStore
) -> None:
    for schema in subgraphs.values():
        sdl = (await data(schema, network, "{ _service { sdl } }"))["_service"]["sdl"]

        assert 'url: "https://specs.apollo.dev/federation/v2.9"' in sdl
        names = {definition.name.value for definition in parse(sdl).definitions if hasattr(definition, "name")}
        assert {name for name in schema.type_map if not name.startswith(("_", "link__"))} - names <= {
            "Boolean",
            "Float",
            "ID",
            "Int",
            "String",
        }
        assert build_ast_schema(parse(sdl), assume_valid_sdl=True).query_type is not None
