"""Hostile input at the pure functions of the edge: it is understood or refused, never anything else."""

import base64
import contextlib
import copy
from typing import Any

import orjson
import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidInputError
from graph.model import HOUSES, NodeKey
from network.execution import Lookup
from network.execution.entities import Keys, lookup
from network.subgraphs import conditions, labels
from network.subgraphs.discovery import positions
from network.subgraphs.projects.filters import bounds
from network.subgraphs.vocabulary import SizeClass
from search.documents import size_class
from search.port import MAX_WINDOW, SearchSort

KEYS = {
    "Hub": Keys("Hub", {"id": None, "slug": "slug"}),
    "Municipality": Keys("Municipality", {"id": None, "ars": "ars", "ags": "ags"}),
}
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
anything = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner), max_leaves=8
)
representations = anything | st.dictionaries(
    st.sampled_from(["__typename", "id", "slug", "ars", "ags", "other"]),
    anything | st.sampled_from(["Hub", "Municipality", "Hub:zeitz", "Municipality:15", "Hub:", "zeitz"]),
)


@given(representations)
def test_a_representation_is_one_lookup_or_one_error_and_stays_as_it_is(representation: object) -> None:
    kept = copy.deepcopy(representation)

    found = lookup(representation, KEYS)

    assert representation == kept
    if isinstance(found, Lookup):
        assert isinstance(representation, dict)
        assert representation["__typename"] == found.label
        assert found.value in {value for value in representation.values() if isinstance(value, str)} | {
            str(value).partition(":")[2] for value in representation.values()
        }
    else:
        assert isinstance(found, GraphQLError)
        assert (found.extensions or {})["code"] == "INVALID_REPRESENTATION"


whole = st.integers(-(10**25), 10**25)
hits = st.one_of(
    st.tuples(
        st.just(SearchSort.RELEVANCE),
        st.tuples(whole, whole, whole, st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=40)),
    ),
    st.tuples(st.sampled_from([SearchSort.REUSE, SearchSort.NEWEST]), st.tuples(whole, st.text(max_size=40))),
    st.tuples(st.just(SearchSort.TITLE), st.tuples(st.text(max_size=200), st.text(max_size=40))),
)


@given(hits)
def test_a_cursor_leads_back_to_its_hit_in_its_own_search_alone(hit: tuple[SearchSort, tuple[Any, ...]]) -> None:
    sort, position = hit
    mark = positions.mark("radweg", {"topics": ["parken"]}, sort)
    cursor = positions.encode(position, mark)

    assert positions.decode(cursor, mark, text="radweg", sort=sort) == position
    others = (
        positions.mark("radwege", {"topics": ["parken"]}, sort),
        positions.mark("radweg", {}, sort),
        *(positions.mark("radweg", {"topics": ["parken"]}, other) for other in SearchSort if other != sort),
    )
    for other in others:
        with pytest.raises(InvalidInputError, match="another list"):
            positions.decode(cursor, other, text="radweg", sort=sort)


@given(st.integers(1, MAX_WINDOW), st.sampled_from(["", "  "]), st.sampled_from(SearchSort))
def test_a_cursor_of_browsing_leads_back_to_its_place(place: int, text: str, sort: SearchSort) -> None:
    cursor = positions.encode((place,), "mark")

    assert positions.decode(cursor, "mark", text=text, sort=sort) == (place,)


small = leaves.filter(lambda leaf: not isinstance(leaf, int) or abs(leaf) < 2**63)
forged = st.builds(
    lambda content: base64.urlsafe_b64encode(orjson.dumps(content)).decode(),
    st.tuples(st.sampled_from(["mark", "x"]), small)
    | st.lists(st.just("mark") | small | st.integers(-(10**20), 10**20).map(str), max_size=7)
    | st.dictionaries(st.text(max_size=3), st.booleans()),
)
SHAPES = {
    SearchSort.RELEVANCE: [int, int, int, float, str],
    SearchSort.REUSE: [int, str],
    SearchSort.NEWEST: [int, str],
    SearchSort.TITLE: [str, str],
}


@given(st.text() | forged, st.sampled_from(SearchSort))
def test_a_cursor_made_by_hand_is_refused_or_a_position_of_this_order(cursor: str, sort: SearchSort) -> None:
    with contextlib.suppress(InvalidInputError):
        assert [*map(type, positions.decode(cursor, "mark", text="radweg", sort=sort))] == SHAPES[sort]
    with contextlib.suppress(InvalidInputError):
        (place,) = positions.decode(cursor, "mark", text="", sort=sort)
        assert isinstance(place, int)
        assert 1 <= place <= MAX_WINDOW


@given(st.sampled_from([*HOUSES, "Project", "hub", ""]), st.text(max_size=20))
def test_a_house_is_named_by_its_global_id_or_refused(label: str, value: str) -> None:
    text = f"{label}:{value}"
    if label in HOUSES and value:
        assert conditions.house_key("house", text) == NodeKey(label, value)
    else:
        with pytest.raises(InvalidInputError, match="house is the id of"):
            conditions.house_key("house", text)


@given(st.integers(0, 5_000_000))
def test_a_population_lies_in_the_bounds_of_its_size_class_and_of_no_other(population: int) -> None:
    def holds(size: SizeClass) -> bool:
        lowest, limit = bounds(size)
        return (lowest is None or population >= lowest) and (limit is None or population < limit)

    assert [str(size.value) for size in SizeClass if holds(size)] == [size_class(population)]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-01T22:59:59.000000Z", "1. Januar 2026"),
        ("2026-01-01T23:00:00.000000Z", "2. Januar 2026"),
        ("2026-07-01T22:00:00.000000Z", "2. Juli 2026"),
        ("2026-03-04T12:00:00.000000Z", "4. März 2026"),
    ],
)
def test_a_confirmation_is_shown_as_a_day_in_germany(moment: str, day: str) -> None:
    assert labels.confirmation_label(moment) == f"zuletzt bestätigt am {day}"
