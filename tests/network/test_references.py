"""Entities that are values: what the functions that find them get, and what becomes of what they answer."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError, GraphQLSchema, parse, validate
from hypothesis import given
from hypothesis import strategies as st
from strawberry.types import get_object_definition

from network.context import Context
from network.execution import attribute, computed, execute, value
from network.execution.entities import subgraph
from network.execution.references import Representation, ValueKeys

NOBODY: Any = None  # a store that nothing here reads


@dataclass(frozen=True)
class Place:
    town: str
    number: int


@dataclass(frozen=True)
class Garage:
    id: str
    place: Place
    free: int


@value(Place, name="Place", description="Where it is.")
class PlaceType:
    town: str = attribute("The town.")
    number: int = attribute("The number.")


@value(Garage, name="Garage", keys=["id", "place { town number }"], description="A garage.")
class GarageType:
    id: strawberry.ID = attribute("Its id.")
    place: PlaceType = attribute("Where it is.")
    sizes: list[int] = attribute("Known elsewhere.", external=True)
    free: int = attribute("Free places.", requires=["sizes"])


@strawberry.type
class Query:
    @computed(int, "One.")
    def one() -> int:
        return 1


class Attendant:
    """Finds garages and keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[Representation] = []
        self.calls = 0

    async def __call__(self, context: Context, wanted: Sequence[Representation]) -> Sequence[Any]:
        assert isinstance(context, Context)
        self.calls += 1
        self.given += wanted
        return [self._one(one) for one in wanted]

    def _one(self, wanted: Representation) -> Any:
        if wanted.get("id") == "gone":
            return None
        if wanted.get("id") == "broken":
            return RuntimeError("the barrier is stuck")
        if wanted.get("id") == "flood":
            raise OSError("everything is under water")
        return Garage(wanted.get("id", "by place"), Place("Zeitz", 1), len(wanted.get("sizes", ())))


def made(attendant: Any) -> GraphQLSchema:
    return subgraph(Query, [GarageType], references={GarageType: attendant}, max_representations=1_000)._schema


TEXT = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Garage { id free } } }"


async def entities(schema: GraphQLSchema, of: list[Any], *, is_fast: bool = True) -> tuple[Any, list[GraphQLError]]:
    document = parse(TEXT)
    assert validate(schema, document) == []
    result = await execute(schema, document, context=Context(store=NOBODY), variables={"of": of}, is_fast=is_fast)
    return (result.data or {}).get("_entities"), result.errors or []


def garage(**given: Any) -> dict[str, Any]:
    return {"__typename": "Garage", **given}


@pytest.mark.parametrize("is_fast", [True, False])
async def test_a_function_gets_one_key_and_what_is_required_and_nothing_else(is_fast: bool) -> None:
    attendant = Attendant()
    sent = [
        garage(id="a", sizes=[1, 2], free=99, more={"x": 1}),
        garage(place={"town": "Zeitz", "number": 3, "country": "DE"}, id=None),
        garage(id=7),
    ]
    kept = copy.deepcopy(sent)

    found, errors = await entities(made(attendant), sent, is_fast=is_fast)

    assert errors == []
    assert [one["id"] for one in found] == ["a", "by place", "7"]
    assert [one["free"] for one in found] == [2, 0, 0]
    assert attendant.given == [
        {"id": "a", "sizes": [1, 2]},
        {"place": {"town": "Zeitz", "number": 3}},
        {"id": "7"},
    ]
    assert attendant.calls == 1
    assert sent == kept


@pytest.mark.parametrize(
    "bad",
    [
        *(5, None, "Garage:a", [], {}, {"id": "a"}, {"__typename": "Place", "town": "Zeitz", "number": 1}),
        *({"__typename": ["Garage"], "id": "a"}, garage(), garage(id=None), garage(id=["a"]), garage(id={"$ne": ""})),
        *(garage(place={"town": "Zeitz"}), garage(place={"town": None, "number": 1}), garage(place="Zeitz")),
        *(garage(place={"town": 5, "number": 1}), garage(place={"town": "Zeitz", "number": 2**40})),
        *(garage(id="a", sizes=5), garage(id="a", sizes=["x"]), garage(id=True), garage(place=[{"town": "Zeitz"}])),
    ],
)
async def test_a_bad_representation_is_an_error_at_its_place_and_the_function_never_sees_it(bad: Any) -> None:
    attendant = Attendant()
    if bad is None:  # `_Any!` refuses it before anything runs
        _, errors = await entities(made(attendant), [bad])
        assert [error.path for error in errors] == [None]
        return

    found, errors = await entities(made(attendant), [garage(id="a"), bad, garage(id="b")])

    assert [one and one["id"] for one in found] == ["a", None, "b"]
    assert [error.path for error in errors] == [["_entities", 1]]
    assert (errors[0].extensions or {})["code"] == "INVALID_REPRESENTATION"
    assert attendant.given == [{"id": "a"}, {"id": "b"}]


@pytest.mark.parametrize("is_fast", [True, False])
async def test_nothing_is_null_and_a_failure_is_the_error_of_its_item(is_fast: bool) -> None:
    found, errors = await entities(
        made(Attendant()), [garage(id="gone"), garage(id="broken"), garage(id="a")], is_fast=is_fast
    )

    assert [one and one["id"] for one in found] == [None, None, "a"]
    assert [(error.path, str(error.original_error)) for error in errors] == [(["_entities", 1], "the barrier is stuck")]


async def test_a_function_that_fails_or_answers_too_little_is_an_error_of_each_item() -> None:
    async def forgetful(_: Context, wanted: Sequence[Representation]) -> Sequence[Any]:
        return [None] * (len(wanted) - 1)

    for attendant in (Attendant(), forgetful):
        found, errors = await entities(made(attendant), [garage(id="flood"), garage(id="a")])

        assert found == [None, None]
        assert [error.path for error in errors] == [["_entities", 0], ["_entities", 1]]


async def test_more_than_the_limit_are_refused_before_any_is_looked_up() -> None:
    attendant = Attendant()

    found, errors = await entities(made(attendant), [garage(id="a")] * 1_001)

    assert found is None
    assert len(errors) == 1
    assert attendant.calls == 0


def test_references_name_each_entity_and_each_has_a_key_of_its_own_fields() -> None:
    attendant = Attendant()
    with pytest.raises(TypeError, match="one for each entity"):
        subgraph(Query, [GarageType], references={})
    with pytest.raises(TypeError, match="Place has no key"):
        subgraph(Query, [PlaceType], references={PlaceType: attendant})

    @value(description="A garage with a wrong key.", name="Wrong", keys=["id { town }"])
    class Wrong:
        id: strawberry.ID = attribute("Its id.")

    with pytest.raises(TypeError, match="no fields below"):
        subgraph(Query, [Wrong], references={Wrong: attendant})


leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["town", "number", "x"]), inner),
    max_leaves=6,
)
KEYS = ValueKeys.of(get_object_definition(GarageType, strict=True), made(Attendant()), Attendant())


@given(st.dictionaries(st.sampled_from(["__typename", "id", "place", "sizes", "free", "x"]), anything))
def test_whatever_is_sent_a_function_sees_a_whole_key_of_the_right_types(sent: dict[str, Any]) -> None:
    kept = copy.deepcopy(sent)

    read = KEYS.read(sent)

    assert sent == kept
    if isinstance(read, GraphQLError):
        assert (read.extensions or {})["code"] == "INVALID_REPRESENTATION"
        return
    assert set(read) <= {"id", "place", "sizes"}
    if "id" in read:
        assert isinstance(read["id"], str)
        assert "place" not in read
    else:
        assert set(read["place"]) == {"town", "number"}
        assert isinstance(read["place"]["town"], str)
        assert isinstance(read["place"]["number"], int)
    for size in read.get("sizes") or ():
        assert size is None or isinstance(size, int)
