"""What pages cost of the budget that a town hall shares behind one address."""

from typing import Final

from graphql import GraphQLSchema, parse

from network.operations.cost import costs
from network.operations.operation_files import operations
from network.pages.operations.declared import FOLDER
from network.pages.reading.search_state import COUNTED
from network.rates import Kind, RateSettings

_SEARCHES_A_MINUTE: Final = 250
"""At the usual rate: fifty people in one town hall who each search five times in the same minute."""


def test_a_town_hall_behind_one_address_can_search(gateway: GraphQLSchema) -> None:
    document = parse(operations(FOLDER)["search"])
    (cost,) = costs(gateway, document).values()
    variables = {"query": "parken", "facets": COUNTED, "near": "", "isNear": False}
    budget = RateSettings().rates(is_production=True)[Kind.COST].count
    assert cost.total(variables) * _SEARCHES_A_MINUTE <= budget
