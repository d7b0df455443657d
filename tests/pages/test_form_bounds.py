"""No form takes a text that the API then refuses for its length: whoever typed it would only hear that it is wrong."""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    parse,
)

from graph.backends.ladybug.store import LadybugGraphStore
from graph.texts import MAX_LINE, MAX_PHONE, MAX_TEXT, MAX_WRITEUP
from network import pages
from network.pages.forms.action import Action
from network.pages.forms.editing import STEPS
from network.pages.forms.inputs import Widget
from network.pages.frame.fields import Field, FieldKind
from network.pages.upload.columns import COLUMNS, CellKind
from network.schema.gateway import compose
from network.subgraphs import schemas
from tests.network import world

OPERATIONS: Final = Path(pages.__file__).parent / "operations"
SAMPLES: Final[dict[str, Any]] = {"Int": 1, "Boolean": True, "PartialDate": "2024", "DateTime": "2026-01-01T00:00:00Z"}
CELLS: Final = (CellKind.LINE, CellKind.TEXT, CellKind.EMAIL, CellKind.PHONE, CellKind.URL, CellKind.LICENCE)
INSIDE: Final = {("name_partner", "role"): "changes.partners.role"}
"""Fields from which an action makes its input itself, and what they become."""


def _bounds() -> Iterator[tuple[str, str, int]]:
    """Mutation, field and how many characters its form takes."""
    for module in pkgutil.walk_packages(pages.__path__, f"{pages.__name__}."):
        for action in getattr(importlib.import_module(module.name), "ACTIONS", ()):
            if isinstance(action, Action):
                mutation = action.mutation(input={}).operation
                for one in filter(_is_text, action.inputs):
                    name = INSIDE.get((mutation, one.field.name), one.field.name)
                    yield mutation, name, one.field.most
    for step in STEPS:
        yield from (("update_project", one.field.name, one.field.most) for one in step.inputs if _is_text(one))
    for column in COLUMNS:
        if column.kind in CELLS:
            yield "update_project", f"changes.{column.name}", column.most


def _is_text(one: Any) -> bool:
    field: Field = one.field
    return field.kind is FieldKind.TEXT and field.choices is None and not one.finds and one.widget is not Widget.HIDDEN


BOUNDS: Final = sorted(set(_bounds()))


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return compose(schemas())


@pytest_asyncio.fixture(scope="module")
async def empty(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LadybugGraphStore]:
    store = await LadybugGraphStore.open(tmp_path_factory.mktemp("bounds"), readers=1)
    await store.apply_schema()
    yield store
    await store.close()


def _mutation(schema: GraphQLSchema, name: str) -> tuple[str, GraphQLInputObjectType]:
    (operation,) = (
        one
        for one in parse((OPERATIONS / f"{name}.graphql").read_text()).definitions
        if isinstance(one, OperationDefinitionNode)
    )
    field: Any = operation.selection_set.selections[0]
    assert schema.mutation_type
    takes: Any = get_named_type(schema.mutation_type.fields[field.name.value].args["input"].type)
    return field.name.value, takes


def _filled(type_: GraphQLInputType, path: list[str], text: str) -> Any:
    """An input with the least that it needs, and `text` at `path`."""
    if is_non_null_type(type_):
        type_ = type_.of_type
    if is_list_type(type_):
        assert isinstance(type_, GraphQLList)
        return [_filled(type_.of_type, path, text)] if path else []
    if isinstance(type_, GraphQLInputObjectType):
        assert not path or path[0] in type_.fields, f"{type_.name} has no {path[0]}"
        return {
            name: _filled(field.type, path[1:] if path[:1] == [name] else [], text if path[:1] == [name] else "x")
            for name, field in type_.fields.items()
            if path[:1] == [name] or is_required_input_field(field)
        }
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    return SAMPLES.get(str(type_), text)


async def _too_long(
    schema: GraphQLSchema, store: LadybugGraphStore, mutation: str, field: str, length: int
) -> list[str]:
    """What the API says of the length of a text, read for somebody who may do nothing with it."""
    name, takes = _mutation(schema, mutation)
    text = (
        f"mutation ($input: {takes.name}!) {{ {name}(input: $input) "
        "{ __typename ... on InvalidInput { problems { path message } } } }"
    )
    given = _filled(takes, field.split("."), "x" * length)
    found = await world.ask(schema, store, text, world.STRANGER, input=given)
    assert found.data is not None, found.errors
    last = field.rpartition(".")[2]
    problems = (found.data[name] or {}).get("problems", ())
    return [one["message"] for one in problems if last in one["path"] and one["message"].startswith("expected at most")]


@pytest.mark.parametrize(("mutation", "field", "most"), BOUNDS)
async def test_what_a_form_takes_is_not_too_long_for_the_api(
    schema: GraphQLSchema, empty: LadybugGraphStore, mutation: str, field: str, most: int
) -> None:
    assert await _too_long(schema, empty, mutation, field, most) == []


@pytest.mark.parametrize(
    ("mutation", "field", "most"),
    [
        ("update_project", "changes.writeup", MAX_WRITEUP),
        ("update_project", "changes.contact.phone", MAX_PHONE),
        ("name_partner", "changes.partners.role", MAX_LINE),
        ("post_need", "text", MAX_TEXT),
    ],
)
async def test_what_is_too_long_is_told(
    schema: GraphQLSchema, empty: LadybugGraphStore, mutation: str, field: str, most: int
) -> None:
    assert (mutation, field, most) in BOUNDS
    assert len(await _too_long(schema, empty, mutation, field, most + 1)) == 1
