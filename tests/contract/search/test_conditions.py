"""Conditions that hold beside the filters."""

import pytest

from search.errors import InvalidSearchRequestError
from search.port import MAX_CONDITION_VALUES, Clause, SearchIndex, SearchSort
from tests.fixtures.search import counts, everything, found, having, names, scope

UNIVERSITY = having("University:03sft3r75", of="houses")


async def test_a_condition_narrows_beside_a_filter_on_the_same_attribute(catalogue: SearchIndex) -> None:
    assert await everything(catalogue, conditions=[having("Hub:zeitz", "University:03sft3r75", of="houses")]) == [
        "a",
        "d",
    ]
    assert await everything(catalogue, conditions=[UNIVERSITY], filters={"houses": ["Hub:zeitz"]}) == []
    assert await everything(catalogue, conditions=[having("natur", of="topics"), having("zeitz", of="hub")]) == ["a"]
    assert await found(catalogue, "apfel", "schule", conditions=[UNIVERSITY]) == ["d"]


async def test_a_facet_counted_without_its_own_filter_keeps_conditions(catalogue: SearchIndex) -> None:
    within = scope(filters={"topics": ["sensorik"]}, conditions=[having("natur", of="topics")])

    answer = await catalogue.browse(within, sort=SearchSort.TITLE, facets=["topics", "hub"])

    assert (names(answer), answer.total) == (["a"], 1)
    assert counts(answer, "topics") == {"natur": 2, "sensorik": 1}
    assert counts(answer, "hub") == {"zeitz": 1}


async def test_a_condition_without_values_leaves_nothing(catalogue: SearchIndex) -> None:
    assert await everything(catalogue, conditions=[having(of="houses")]) == []


async def test_a_condition_may_name_all_houses_of_a_region(catalogue: SearchIndex) -> None:
    many = [f"University:{number:09}" for number in range(MAX_CONDITION_VALUES - 1)]

    assert await everything(catalogue, conditions=[having(*many, "Hub:zeitz", of="houses")]) == ["a"]


@pytest.mark.parametrize(
    "condition",
    [
        Clause((), frozenset({"x"})),
        Clause(("readers",), frozenset({"public"})),
        Clause(("houses",), frozenset(map(str, range(MAX_CONDITION_VALUES + 1)))),
        Clause(("houses",), frozenset({"x" * 501})),
    ],
)
async def test_conditions_that_cannot_be_meant_are_refused(built_index: SearchIndex, condition: Clause) -> None:
    with pytest.raises(InvalidSearchRequestError):
        await everything(built_index, conditions=[condition])
