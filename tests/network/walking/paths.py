"""Operations made from a schema, not from a list: every field of every type, from whatever leads there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from network.execution import registry
from network.execution.compile import STRAWBERRY
from network.execution.fields import Declared, declared_of

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
_MOST: Final = re.compile(r"([0-9]+) to ([0-9]+)\.")
_PAGE: Final = 60
"""More than there is of anything at one place of the network that is walked."""


def declaration(field_: GraphQLField) -> Declared | None:
    return declared_of(field_.extensions.get(STRAWBERRY))


def python_name(field_: GraphQLField) -> str:
    return str(field_.extensions[STRAWBERRY].python_name)


def is_node(named: GraphQLNamedType) -> bool:
    return registry.model_of(named.name) is not None


def needs_arguments(field_: GraphQLField) -> bool:
    return any(is_required_argument(argument) for argument in field_.args.values())


@dataclass
class Walker:
    """Selections of one schema; `walked` gathers which field of which type they name."""

    schema: GraphQLSchema
    walked: set[tuple[str, str]] = field(default_factory=set)

    def selection(self, named: GraphQLNamedType, depth: int) -> str:
        """All of a type: nodes below it down to `depth` nodes, each with all its leaves."""
        assert isinstance(named, Composite)
        if isinstance(named, GraphQLUnionType):
            return self._of_possible(named, depth)
        parts = ["__typename", *self._fields(named, depth)]
        if isinstance(named, GraphQLInterfaceType):
            parts += self._of_possible(named, 0, only_id=True).split(" ", 1)[1:]
        return " ".join(parts)

    def arguments(self, field_: GraphQLField, **given: str) -> str:
        """The argument list of a field, as large a page as it allows."""
        first = field_.args.get("first")
        if first is not None:
            most = _MOST.search(first.description or "")
            given = {"first": str(min(_PAGE, int(most[2]) if most else _PAGE)), **given}
        return "(" + ", ".join(f"{name}: {value}" for name, value in given.items()) + ")" if given else ""

    def _fields(self, named: GraphQLObjectType | GraphQLInterfaceType, depth: int, prefix: str = "") -> Iterator[str]:
        for name, field_ in named.fields.items():
            inner = get_named_type(field_.type)
            if needs_arguments(field_) or name.startswith("_"):
                continue
            if is_leaf_type(inner):
                yield f"{prefix}{name}: {name}" if prefix else name
            elif depth > 0 or not self._leads_to_nodes(inner, set()):
                # A value takes no step: only nodes are counted.
                below = self.selection(inner, depth - 1 if self._is_step(inner) else depth)
                called = f"{prefix}{name}: {name}" if prefix else name
                yield f"{called}{self.arguments(field_)} {{ {below} }}"
            else:
                continue
            self.walked.add((named.name, name))

    def _of_possible(self, named: GraphQLInterfaceType | GraphQLUnionType, depth: int, *, only_id: bool = False) -> str:
        """Of each type that may stand there, fields under names of their own: equal names of different types clash."""
        parts = ["__typename"]
        for possible in self.schema.get_possible_types(named):
            inside = [] if only_id else list(self._fields(possible, depth, prefix=f"{possible.name}_"))
            parts.append(f"... on {possible.name} {{ id {' '.join(inside)} }}")
        return " ".join(parts)

    def _is_step(self, named: GraphQLNamedType) -> bool:
        return is_node(named) or isinstance(named, GraphQLInterfaceType | GraphQLUnionType)

    def _leads_to_nodes(self, named: GraphQLNamedType, seen: set[str]) -> bool:
        if self._is_step(named):
            return True
        if not isinstance(named, GraphQLObjectType) or named.name in seen:
            return False
        seen.add(named.name)
        return any(self._leads_to_nodes(get_named_type(one.type), seen) for one in named.fields.values())


def plain_name(response_key: str) -> str:
    """The field behind a response key."""
    return (
        response_key.rpartition("_")[2] if "_" in response_key and not response_key.startswith("__") else response_key
    )


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """All objects of an answer."""
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from objects(one)
