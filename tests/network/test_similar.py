"""Municipalities like ours, with reasons that the caller may see."""

import pytest
from graphql import GraphQLSchema

from auth.principal import Caller
from graph.backends.ladybug.store import LadybugGraphStore
from tests.network.world import ANONYMOUS, STRANGER, WILSTER, ZEITZ, ask, data

SIMILAR = """
query ($ars: String!) {
  similarMunicipalities(ars: $ars) {
    municipality { name }
    shared
    reasonLabel
    reasons { slug }
  }
}
"""
AEHREN = "010610000001"


@pytest.mark.parametrize("caller", [ANONYMOUS, STRANGER])
async def test_outsiders_see_what_public_projects_tell(
    gateway: GraphQLSchema, network: LadybugGraphStore, caller: Caller
) -> None:
    found = await data(gateway, network, SIMILAR, caller, ars=AEHREN)

    assert found["similarMunicipalities"] == [
        {
            "municipality": {"name": "Zeitz"},
            "shared": 2,
            "reasonLabel": "2 gemeinsame Projekte",
            "reasons": [{"slug": "offen"}, {"slug": "parkplatzsuche"}],
        }
    ]


async def test_members_see_more_and_only_insiders_what_a_private_project_tells(
    gateway: GraphQLSchema, network: LadybugGraphStore
) -> None:
    member = (await data(gateway, network, SIMILAR, ZEITZ, ars=AEHREN))["similarMunicipalities"]
    insider = (await data(gateway, network, SIMILAR, WILSTER, ars=AEHREN))["similarMunicipalities"]

    assert [row["municipality"]["name"] for row in member] == ["Zeitz"]
    assert member[0]["shared"] == 3
    assert {row["municipality"]["name"] for row in insider} == {"Zeitz", "Amt Wilstermarsch"}


async def test_the_field_of_a_municipality_says_the_same(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    text = """{ municipality(ars: "010610000001") { name similar(first: 5) { municipality { ars } shared } } }"""
    found = await data(gateway, network, text)

    assert found["municipality"] == {
        "name": "Ähren",
        "similar": [{"municipality": {"ars": "150840590590"}, "shared": 2}],
    }


async def test_an_amt_is_like_others_and_who_takes_part_in_nothing_like_none(
    gateway: GraphQLSchema, network: LadybugGraphStore
) -> None:
    amt = (await data(gateway, network, SIMILAR, WILSTER, ars="010615169"))["similarMunicipalities"]

    assert [(row["municipality"]["name"], row["shared"]) for row in amt] == [("Ähren", 2)]
    assert {reason["slug"] for reason in amt[0]["reasons"]} == {"geheim", "netz"}
    assert await data(gateway, network, SIMILAR, WILSTER, ars="15") == {"similarMunicipalities": []}


async def test_an_unknown_municipality_is_like_none(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    assert await data(gateway, network, SIMILAR, ars="nope") == {"similarMunicipalities": []}


@pytest.mark.parametrize("first", [0, 51])
async def test_how_many_is_bounded(gateway: GraphQLSchema, network: LadybugGraphStore, first: int) -> None:
    text = 'query ($first: Int!) { similarMunicipalities(ars: "x", first: $first) { shared } }'
    result = await ask(gateway, network, text, first=first)

    assert getattr((result.errors or [])[0].original_error, "code", None) == "BAD_USER_INPUT"
