"""Who asks: of oneself, and of nobody else."""

from typing import Any

import pytest
from graphql import GraphQLSchema, parse

from auth.principal import Caller, Membership, Principal
from graph.backends.ladybug.store import LadybugGraphStore
from network.context import Context
from network.execution import execute
from tests.network.world import ANONYMOUS, STRANGER, ZEITZ, data


def _member(*memberships: str) -> Principal:
    return Principal("https://id.example", "m", frozenset(map(Membership.parse, memberships)))


QUERY = "{ viewer { issuer subject memberships } }"
BOTH = Principal("https://id.example", "b", frozenset(map(Membership.parse, ("network_admin", "hub_lead:zeitz"))))


@pytest.mark.parametrize(
    ("caller", "shown"),
    [
        (ANONYMOUS, None),
        (STRANGER, {"issuer": "https://id.example", "subject": "no-membership", "memberships": []}),
        (ZEITZ, {"issuer": "https://id.example", "subject": "z", "memberships": ["hub_lead:zeitz"]}),
        (BOTH, {"issuer": "https://id.example", "subject": "b", "memberships": ["hub_lead:zeitz", "network_admin"]}),
    ],
)
async def test_a_caller_is_told_who_one_is(
    gateway: GraphQLSchema, network: LadybugGraphStore, caller: Caller, shown: Any
) -> None:
    before = network.calls
    assert await data(gateway, network, QUERY, caller) == {"viewer": shown}
    assert network.calls == before


async def test_one_document_answers_each_caller_anew(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    document = parse(QUERY)
    subjects = []
    for caller in (ZEITZ, ANONYMOUS, STRANGER):
        result = await execute(gateway, document, context=Context(store=network, caller=caller))
        subjects.append(result.data and result.data["viewer"] and result.data["viewer"]["subject"])
    assert subjects == ["z", None, "no-membership"]


@pytest.mark.parametrize(
    ("caller", "shown"),
    [
        (ANONYMOUS, None),
        (STRANGER, {"houses": []}),
        (ZEITZ, {"houses": [{"id": "Hub:zeitz"}]}),
        # An Amt acts for its municipalities; a house that the network does not have is no house.
        (_member("municipality:150840590"), {"houses": [None, {"id": "Municipality:150840590590"}]}),
        (_member("municipality:15084"), {"houses": [None]}),
        (_member("hub_lead:nirgends"), {"houses": [None]}),
    ],
)
async def test_a_caller_is_told_for_which_houses_one_acts(
    gateway: GraphQLSchema, network: LadybugGraphStore, caller: Caller, shown: Any
) -> None:
    assert await data(gateway, network, "{ viewer { houses { id } } }", caller) == {"viewer": shown}
