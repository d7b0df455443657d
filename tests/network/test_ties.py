"""Family trees, introductions, gaps, neighbourhoods and counts, as the callers of a small network see them."""

from typing import Any

import pytest
from graphql import GraphQLSchema

from auth.principal import Caller, Membership, Principal
from graph.backends.ladybug.store import LadybugGraphStore
from network.limits import LimitExceededError, Limits
from network.operations.documents import Documents
from tests.network.world import ADMIN, ANONYMOUS, STRANGER, WILSTER, ZEITZ, ask, data

AMT = Principal("https://id.example", "amt", frozenset({Membership.parse("municipality:010610000")}))
STADT = Principal("https://id.example", "stadt", frozenset({Membership.parse("municipality:150840590590")}))

TREE = """
query ($slug: String!, $first: Int = 60) {
  project(slug: $slug) {
    familyTree(first: $first) {
      nodes {
        generation title confirmedCount declaredCount
        declaredBy { name status since house { ... on Municipality { ars } ... on Hub { slug } } }
        project { slug }
      }
      edges { project origin }
      isCut
    }
  }
}
"""
WAYS = """
query ($to: ID!, $first: Int = 3) {
  introductions(to: $to, first: $first) {
    reason reasonLabel
    paths {
      hops sentence isConfirmed
      steps { name label relation isConfirmed node { __typename } }
      contact { name function node { __typename ... on Expert { email } } }
    }
  }
}
"""
AROUND = """
query ($id: ID!, $first: Int = 40) {
  neighbourhood(id: $id, first: $first) {
    nodes { id label distance node { __typename } }
    edges { start end relation label isConfirmed }
    isCut
  }
}
"""
GAPS = """
query ($slug: String!, $topic: String, $first: Int = 20) {
  hub(slug: $slug) {
    serviceGaps(topic: $topic, first: $first) {
      name served offered missing recorded projectCount
      service { leikaId }
      missingMunicipalities { name } offeringMunicipalities { name }
      hubs { offered hub { slug } }
      projects { slug }
    }
  }
}
"""


async def test_a_tree_tells_what_came_of_a_project_and_who_uses_it(
    gateway: GraphQLSchema, network: LadybugGraphStore
) -> None:
    tree = (await data(gateway, network, TREE, slug="parkplatzsuche"))["project"]["familyTree"]

    assert [(one["project"]["slug"], one["generation"], one["declaredCount"]) for one in tree["nodes"]] == [
        ("parkplatzsuche", 0, 1),
        ("offen", 1, 2),
    ]
    assert tree["nodes"][0]["declaredBy"] == [
        {"name": "Ähren", "status": "IN_USE", "since": "2024", "house": {"ars": "010610000001"}}
    ]
    assert tree["edges"] == [{"project": "Project:offen", "origin": "Project:parken"}]
    assert tree["isCut"] is False
    short = (await data(gateway, network, TREE, slug="offen", first=1))["project"]["familyTree"]
    assert ([one["title"] for one in short["nodes"]], short["isCut"]) == (["Offene Kosten"], True)


async def test_a_project_that_is_hidden_has_no_tree(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    text = "query ($slug: String!) { project(slug: $slug) { familyTree { nodes { declaredCount } } } }"

    assert await data(gateway, network, text, ZEITZ, slug="geheim") == {"project": None}
    seen = await data(gateway, network, text, WILSTER, slug="geheim")
    assert seen["project"]["familyTree"]["nodes"] == [{"declaredCount": 1}]


@pytest.mark.parametrize(
    ("caller", "reason"),
    [(ANONYMOUS, "NOT_SIGNED_IN"), (STRANGER, "NO_HOUSE"), (ADMIN, "NO_HOUSE"), (ZEITZ, "OWN_HOUSE")],
)
async def test_who_has_no_house_or_is_at_home_is_told_so(
    gateway: GraphQLSchema, network: LadybugGraphStore, caller: Caller, reason: str
) -> None:
    found = (await data(gateway, network, WAYS, caller, to="Hub:zeitz"))["introductions"]

    assert found["paths"] == []
    assert found["reason"] == reason
    assert found["reasonLabel"].endswith(".")


async def test_the_way_to_a_town_with_whom_to_call(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    found = (await data(gateway, network, WAYS, ZEITZ, to="Municipality:150840590590"))["introductions"]

    assert found["reason"] is None
    first = found["paths"][0]
    assert first["sentence"] == "DigitalHub Zeitz betreut Zeitz."
    assert [one["hops"] for one in found["paths"]] == sorted(one["hops"] for one in found["paths"])
    assert first["contact"] == {
        "name": "Leitung Bauhof",
        "function": None,
        "node": {"__typename": "Expert", "email": "bauhof@zeitz.example"},
    }
    second = found["paths"][1]
    assert second["steps"][0] == {
        "name": "DigitalHub Zeitz",
        "label": None,
        "relation": None,
        "isConfirmed": True,
        "node": {"__typename": "Hub"},
    }
    assert {step["node"]["__typename"] for step in second["steps"][1:]} <= {"Project", "Event", "Municipality"}


async def test_an_amt_acts_for_its_municipalities(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    found = (await data(gateway, network, WAYS, AMT, to="Hub:zeitz", first=20))["introductions"]

    assert {path["steps"][0]["name"] for path in found["paths"]} == {"Ähren"}
    assert "Ähren nutzt „Parkplatzsuche“, verantwortet von DigitalHub Zeitz." in [
        path["sentence"] for path in found["paths"]
    ]
    assert not all(path["isConfirmed"] for path in found["paths"])


async def test_a_longer_way_is_told_house_by_house(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    found = (await data(gateway, network, WAYS, STADT, to="Organisation:dataport"))["introductions"]

    assert found["paths"][0]["sentence"] == (
        "Zeitz wird betreut von DigitalHub Zeitz. DigitalHub Zeitz hat als Partner Dataport."
    )
    assert found["paths"][0]["contact"] is None


async def test_hidden_and_absent_are_told_alike(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    hidden = await data(gateway, network, WAYS, ZEITZ, to="Project:geheim")
    absent = await data(gateway, network, WAYS, ZEITZ, to="Project:nirgends")

    assert hidden == absent
    assert hidden["introductions"]["reason"] == "NOT_FOUND"


async def test_a_picture_shows_names_and_what_ties_them(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    found = (await data(gateway, network, AROUND, id="Project:parken"))["neighbourhood"]

    labels = {one["id"]: one["label"] for one in found["nodes"]}
    assert found["nodes"][0] == {
        "id": "Project:parken",
        "label": "Parkplatzsuche",
        "distance": 0,
        "node": {"__typename": "Project"},
    }
    assert labels["Municipality:010610000001"] == "Ähren"
    assert "Project:geheim" not in labels
    assert {"start": "Hub:zeitz", "end": "Project:parken", "relation": "OWNS", "label": "verantwortet", "isConfirmed": True} in found["edges"]  # fmt: skip
    adopted = next(one for one in found["edges"] if one["relation"] == "ADOPTED")
    assert (adopted["label"], adopted["isConfirmed"]) == ("nutzt nach (unbestätigt)", False)


async def test_what_is_hidden_or_nothing_has_no_picture(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    for key in ("Project:geheim", "Project:nirgends", "Adoption:nutzung", "unsinn"):
        assert await data(gateway, network, AROUND, ZEITZ, id=key) == {"neighbourhood": None}


async def test_the_gaps_of_a_hub(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    found = await data(gateway, network, GAPS, slug="wilster")

    assert found["hub"]["serviceGaps"] == [
        {
            "name": "Wohnsitz anmelden",
            "served": 2,
            "offered": 0,
            "missing": 2,
            "recorded": 1,
            "projectCount": 1,
            "service": {"leikaId": "99115005000000"},
            "missingMunicipalities": [{"name": "Amt Wilstermarsch"}, {"name": "Ähren"}],
            "offeringMunicipalities": [],
            "hubs": [{"offered": 1, "hub": {"slug": "zeitz"}}],
            "projects": [{"slug": "offen"}],
        }
    ]
    assert await data(gateway, network, GAPS, slug="wilster", topic="parken") == {"hub": {"serviceGaps": []}}
    ours = (await data(gateway, network, GAPS, slug="zeitz"))["hub"]["serviceGaps"][0]
    assert (ours["missing"], ours["offeringMunicipalities"], ours["hubs"]) == (0, [{"name": "Zeitz"}], [])


async def test_counts_are_of_what_the_caller_may_see(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    text = "{ networkCounts { hubs municipalities universities projects confirmedAdoptions openNeeds } }"

    outside = (await data(gateway, network, text))["networkCounts"]
    inside = (await data(gateway, network, text, ZEITZ))["networkCounts"]

    assert outside == {
        "hubs": 2,
        "municipalities": 3,
        "universities": 1,
        "projects": 2,
        "confirmedAdoptions": 0,
        "openNeeds": 0,
    }
    assert (inside["projects"], inside["openNeeds"]) == (3, 1)


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (TREE, {"slug": "parkplatzsuche", "first": 0}),
        (TREE, {"slug": "parkplatzsuche", "first": 101}),
        (WAYS, {"to": "Hub:zeitz", "first": 21}),
        (WAYS, {"to": "Topic:parken"}),
        (WAYS, {"to": ""}),
        (AROUND, {"id": "Hub:zeitz", "first": 100}),
        (GAPS, {"slug": "zeitz", "first": 101}),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    gateway: GraphQLSchema, network: LadybugGraphStore, text: str, variables: dict[str, Any]
) -> None:
    result = await ask(gateway, network, text, ZEITZ, **variables)

    assert getattr((result.errors or [])[0].original_error, "code", None) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("text", "is_affordable"),
    [
        ('{ introductions(to: "x", first: 20) { paths { steps { name node { __typename } } } } }', True),
        ('{ neighbourhood(id: "x", first: 99) { nodes { node { __typename } } edges { label } } }', True),
        ("{ hubs(first: 100) { edges { node { serviceGaps(first: 100) { projects { slug } } } } } }", False),
        ("{ projects(first: 100) { edges { node { familyTree(first: 60) { nodes { project { slug } } } } } } }", False),
        ("{ " + " ".join(f"a{number}: networkCounts {{ hubs }}" for number in range(21)) + " }", False),
    ],
)
def test_cost(gateway: GraphQLSchema, text: str, is_affordable: bool) -> None:
    limits = Limits(max_root_fields=30, max_aliases=30)
    operation = Documents(gateway, limits, has_suggestions=True).get(text).operation(None)

    if is_affordable:
        operation.cost.check({}, limits)
        return
    with pytest.raises(LimitExceededError):
        operation.cost.check({}, limits)
