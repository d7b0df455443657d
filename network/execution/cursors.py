"""Opaque cursors: a mark of the list they belong to, the last values of its order columns, the key as the last one.

A cursor grants nothing: it only says after which values to go on, in a list that is filtered by audience anyhow. So it
is not signed; everything in it is checked instead.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import orjson

from graph.ddl import LABELS, PropertyType
from graph.errors import InvalidInputError
from graph.links import Link, Order
from graph.selection import Condition, Scalar

MAX_LENGTH: Final = 2_000
"""Characters of a cursor; the longest title and an id take a third of it."""

HELP: Final = "pass the cursor of an edge, or pageInfo.endCursor, of this same list with the same filter and order"

_DEFAULTS: Final[dict[PropertyType, Scalar]] = {
    PropertyType.TEXT: "",
    PropertyType.INTEGER: 0,
    PropertyType.FLOAT: 0.0,
    PropertyType.BOOLEAN: False,
}
"""What NULL counts as in an order (graph/port.py)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One ordered list: its mark, and the columns that its cursors hold (the key last)."""

    mark: str
    columns: tuple[str, ...]
    types: tuple[PropertyType, ...]


@lru_cache(maxsize=512)
def link_scope(link: Link) -> Scope:
    """The scope of the nodes along `link`."""
    label = link.target[0]
    key = "" if len(link.target) > 1 else LABELS[label].key
    return _scope(repr(link), label, link.order, key)


def match_scope(label: str, where: tuple[Condition, ...], order: tuple[Order, ...]) -> Scope:
    """The scope of a filtered list; another filter or order is another scope."""
    return _scope(repr((label, where, order)), label, order, LABELS[label].key)


def _scope(text: str, label: str, order: tuple[Order, ...], key: str) -> Scope:
    properties = LABELS[label].properties
    columns = [column.property for column in order]
    types = [properties[column].type for column in columns]
    # A link to several labels orders by key, too, whose property has another name in each: always text.
    return Scope(mark_of(text), (*columns, key), (*types, PropertyType.TEXT))


def mark_of(text: str) -> str:
    """What tells the list that `text` describes from another one."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def pack(mark: str, values: Sequence[object]) -> str:
    """The cursor that holds `values`, of the list with this mark."""
    return base64.urlsafe_b64encode(orjson.dumps([mark, *values])).rstrip(b"=").decode()


def unpack(cursor: str, mark: str) -> list[Any]:
    """The values that `cursor` holds; of what types, is for the caller to check.

    Raises:
        InvalidInputError: not a cursor, or of another list, filter or order.
    """
    if len(cursor) > MAX_LENGTH:
        raise InvalidInputError(f"after: too long for a cursor; {HELP}")
    try:
        content = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise InvalidInputError(f"after: {cursor[:40]!r} is no cursor; {HELP}") from error
    if not isinstance(content, list) or not content or not isinstance(content[0], str):
        raise InvalidInputError(f"after: {cursor[:40]!r} is no cursor; {HELP}")
    given, *values = content
    if given != mark:
        raise InvalidInputError(f"after: the cursor belongs to another list, filter or order; {HELP}")
    return values


def encode(scope: Scope, values: Sequence[object]) -> str:
    """The cursor of a node whose order columns, key last, are `values`."""
    filled = [_DEFAULTS[kind] if value is None else value for value, kind in zip(values, scope.types, strict=True)]
    return pack(scope.mark, filled)


def decode(cursor: str, scope: Scope) -> tuple[Scalar, ...]:
    """The values that `cursor` holds.

    Raises:
        InvalidInputError: not a cursor, of another list, filter or order, or its values are of other types.
    """
    values = unpack(cursor, scope.mark)
    if len(values) != len(scope.types) or not all(map(_is_of, values, scope.types)):
        raise InvalidInputError(f"after: the cursor was changed; {HELP}")
    return tuple(values)


def _is_of(value: object, kind: PropertyType) -> bool:
    if kind is PropertyType.TEXT:
        return isinstance(value, str)
    if kind is PropertyType.BOOLEAN:
        return isinstance(value, bool)
    if kind is PropertyType.INTEGER:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, int | float) and not isinstance(value, bool)
