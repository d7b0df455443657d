"""Model nodes and relationships as the rows that `graph.port.Transaction` takes and gives."""

import functools
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from enum import StrEnum
from typing import Any, TypeVar

from graph.ddl import LABELS, PropertyType
from graph.model import Node
from graph.relationships import Plain, Relationship
from graph.values import Contact, Source, sort_key

N = TypeVar("N", bound=Node)
Row = dict[str, Any]

KEPT_BY_UNIT = frozenset({"created_at", "updated_at", "version", "readers"})
"""Properties that the unit of work sets; what a node given to it says of them is not taken over."""


def row_of(node: Node) -> Row:
    """The properties of `node` in the form of `Transaction.put`, without those that the unit of work keeps."""
    label = LABELS[type(node).__name__]
    row: Row = {name: _stored(getattr(node, name)) for name in label.properties if name not in KEPT_BY_UNIT}
    for name, source in node.sort_keys.items():
        row[name] = sort_key(row[source])
    return row


def node_of(kind: type[N], row: Mapping[str, Any]) -> N:
    """The node that `row` (of `Transaction.read`) describes; a property that it lacks has its default."""
    values = {
        name: convert(row[name]) for name, convert in _converters(kind.__name__).items() if row.get(name) is not None
    }
    return kind(**values)


def difference(label: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Row, Row]:
    """The properties of `after` whose value differs from `before`, with the old and with the new value.

    A list without elements counts as no value: not every backend keeps the two apart.
    """
    properties = LABELS[label].properties
    changed = [name for name, value in after.items() if _differs(properties[name].type, before.get(name), value)]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def relationship_name(relationship: Relationship) -> str:
    """The type of `relationship` in the graph, e.g. `PARTNER_OF`."""
    if isinstance(relationship, Plain):
        return relationship.type
    return _NAMES[type(relationship).__name__]


def relationship_row(relationship: Relationship) -> Row:
    """The properties of `relationship`, without its ends."""
    return {
        field.name: _stored(getattr(relationship, field.name))
        for field in fields(relationship)
        if field.name not in {"start", "end", "type"}
    }


_NAMES = {
    "Serves": "SERVES",
    "PartnerOf": "PARTNER_OF",
    "Involves": "INVOLVES",
    "OffersOnline": "OFFERS_ONLINE",
    "ContributesTo": "CONTRIBUTES_TO",
}


def _stored(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Source | Contact):
        return asdict(value)
    if isinstance(value, tuple):
        return [_stored(item) for item in value]
    return value


def _differs(kind: PropertyType, before: object, after: object) -> bool:
    if kind in (PropertyType.TEXTS, PropertyType.JSON):
        return (before or None) != (after or None)
    return before != after


@functools.cache
def _converters(label: str) -> dict[str, Callable[[Any], Any]]:
    kind = LABELS[label].node
    hints = typing.get_type_hints(kind)
    return {field.name: _converter(hints[field.name]) for field in fields(kind)}


def _converter(hint: Any) -> Callable[[Any], Any]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        (hint,) = (member for member in typing.get_args(hint) if member is not types.NoneType)
    base: Any = getattr(hint, "__supertype__", hint)
    if base is Contact:
        return lambda value: Contact(**value)
    if base == tuple[Source, ...]:
        return lambda value: tuple(Source(**item) for item in value)
    if base == tuple[str, ...]:
        return tuple
    if isinstance(base, type) and issubclass(base, StrEnum):
        return base
    return _unchanged


def _unchanged(value: Any) -> Any:
    return value
