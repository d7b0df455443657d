"""Entities that are no nodes of the graph: values, which a function of their own finds by their keys.

Of a representation such a function gets one key (`@key`, composite ones, too) and what its fields declare to need of other
subgraphs (`@requires`), each checked against the type of its field; whatever else a router or anybody in its place has
sent plays no part. All references to one type are one call.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLLeafType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    parse,
)
from strawberry.federation.schema_directives import Key, Requires
from strawberry.types.base import StrawberryObjectDefinition

from network.execution import Names

_NAMES: Final = Names()

Representation: TypeAlias = Mapping[str, Any]
"""A key, with what is required beside it, by GraphQL name."""
Resolve: TypeAlias = Callable[[Any, Sequence[Representation]], Awaitable[Sequence[object | None]]]
"""Takes the context of the request; answers in the order of what it is given, None where there is nothing for the caller."""


def invalid(expected: str) -> GraphQLError:
    """The error of a representation that is not what was expected."""
    return GraphQLError(f"Representation: expected {expected}.", extensions={"code": "INVALID_REPRESENTATION"})


@dataclass(frozen=True, slots=True)
class FieldSet:
    """A selection of fields of one type: those of a key, or those required."""

    text: str
    fields: Mapping[str, tuple[GraphQLOutputType, "FieldSet | None"]]

    @classmethod
    def of(cls, text: str, type_: GraphQLObjectType) -> "FieldSet":
        """The field set that `text` writes, as in `sku variation { id }`.

        Raises:
            TypeError: `type_` has no such fields.
        """
        (operation,) = parse(f"{{ {text} }}").definitions
        assert isinstance(operation, OperationDefinitionNode)
        return cls(text, dict(_fields(operation.selection_set, type_)))


def _fields(
    selected: SelectionSetNode, type_: GraphQLObjectType
) -> Iterator[tuple[str, tuple[GraphQLOutputType, FieldSet | None]]]:
    for node in selected.selections:
        if not isinstance(node, FieldNode) or node.name.value not in type_.fields:
            raise TypeError(f"{type_.name} has no field as in its field set")
        name, found = node.name.value, type_.fields[node.name.value].type
        below = None
        if node.selection_set is not None:
            inner = get_named_type(found)
            if not isinstance(inner, GraphQLObjectType):
                raise TypeError(f"{type_.name}.{name} has no fields below it")
            below = FieldSet("", dict(_fields(node.selection_set, inner)))
        yield name, (found, below)


@dataclass(frozen=True, slots=True)
class ValueKeys:
    """The keys of one entity type, what its fields require of others, and the function that finds it."""

    type_name: str
    keys: tuple[FieldSet, ...]
    required: tuple[FieldSet, ...]
    resolve: Resolve

    @classmethod
    def of(cls, definition: StrawberryObjectDefinition, schema: GraphQLSchema, resolve: Resolve) -> "ValueKeys":
        type_ = schema.get_type(definition.name)
        assert isinstance(type_, GraphQLObjectType)
        keys = [directive for directive in definition.directives or () if isinstance(directive, Key)]
        if not keys:
            raise TypeError(f"{definition.name} has no key")
        required = [
            directive
            for field in definition.fields
            for directive in field.directives
            if isinstance(directive, Requires)
        ]
        return cls(
            definition.name,
            tuple(FieldSet.of(str(key.fields), type_) for key in keys),
            tuple(FieldSet.of(str(one.fields), type_) for one in required),
            resolve,
        )

    def read(self, representation: Representation) -> Representation | GraphQLError:
        """The first key that `representation` has, whole and of the right types, with what is required and there."""
        try:
            for key in self.keys:
                found = _pick(representation, key, is_whole=True)
                if found is not None:
                    for required in self.required:
                        found |= _pick(representation, required, is_whole=False) or {}
                    return found
        except _UnfitError as error:
            return invalid(f"{error} of {self.type_name} as its type asks for it")
        return invalid(f"a key of {self.type_name}: {' or '.join(key.text for key in self.keys)}")


class _UnfitError(Exception):
    """A value that the type of its field does not admit; names the field."""


def _pick(given: object, wanted: FieldSet, *, is_whole: bool) -> dict[str, Any] | None:
    """Of `given` what is `wanted`; None if it is no object, or where it must be whole and something is missing or null."""
    if not isinstance(given, dict):
        return None
    found = {}
    for name, (type_, below) in wanted.fields.items():
        value = None if name not in given else _value(name, given[name], type_, below, is_whole=is_whole)
        if value is None and is_whole:
            return None
        if name in given:
            found[name] = value
    return found


def _value(name: str, given: Any, type_: GraphQLOutputType, below: FieldSet | None, *, is_whole: bool) -> Any:
    nullable = get_nullable_type(type_)
    if given is None:
        return None
    if isinstance(nullable, GraphQLList):
        if not isinstance(given, list):
            raise _UnfitError(name)
        return [_value(name, item, nullable.of_type, below, is_whole=is_whole) for item in given]
    if below is not None:
        return _pick(given, below, is_whole=is_whole)
    if not is_leaf_type(nullable):
        raise _UnfitError(name)
    return _leaf(name, given, nullable)


def _leaf(name: str, given: Any, type_: GraphQLLeafType) -> Any:
    try:
        return type_.coerce_input_value(given)
    except Exception as error:  # whatever a scalar makes of what anybody may send
        raise _UnfitError(name) from error


async def resolve_all(
    representations: Sequence[object], known: Mapping[str, ValueKeys], context: Any
) -> list[object | None]:
    """The entity of each representation in their order; an exception in its place is the error of that item."""
    found: list[object | None] = [None] * len(representations)
    wanted: dict[str, list[tuple[int, Representation]]] = {}
    for index, representation in enumerate(representations):
        if not isinstance(representation, dict):
            found[index] = invalid("an object with __typename and a key")
            continue
        name = representation.get("__typename")
        keys = known.get(name) if isinstance(name, str) else None
        if keys is None:
            found[index] = invalid(f"__typename of an entity of this subgraph: {', '.join(sorted(known))}")
            continue
        read = keys.read(representation)
        if isinstance(read, GraphQLError):
            found[index] = read
        else:
            wanted.setdefault(keys.type_name, []).append((index, read))
    for type_name, places in wanted.items():
        try:
            values = await known[type_name].resolve(context, [read for _, read in places])
            for (index, _), value in zip(places, values, strict=True):
                found[index] = value
        except Exception as error:  # noqa: BLE001 - one type that fails is the error of its items; the others answer
            for index, _ in places:
                found[index] = error
    return found
