"""What resolvers return in place of data: where to start reading. The engine adds what the operation selects."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from graph.errors import InvalidInputError
from graph.links import Order
from graph.model import NodeKey
from graph.selection import MAX_PAGE, ByKeys, Condition, Match, Page, Start
from network.context import Context
from network.execution import cursors

WRITTEN_UNDER: Final = "written_under"
"""Attribute of a value that says what was written: the idempotency key. Where its nodes cannot be read, what is answered is
no failure that one may simply repeat, but an unknown outcome under that key."""


@dataclass(frozen=True, slots=True)
class Read:
    """Start of a selection; the field's type says whether one node, a list or a connection comes of it.

    A node that is absent, or not for this caller, is null where the type admits null and left out of a list of
    non-null items.

    Attributes:
        otherwise: Where the one node that `start` names cannot be read: where to look then, for nodes of the same kind.
    """

    start: Start
    otherwise: Callable[[Context], Awaitable[Start]] | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """One node by a unique property: what an entity representation comes down to."""

    label: str
    property: str
    value: str


@dataclass(frozen=True, slots=True)
class Lookups:
    """Nodes of several labels in a given order (`_entities`); an exception becomes the error of its item."""

    items: tuple[Lookup | Exception, ...]


def one(label: str, property: str, value: str) -> Read:  # noqa: A002 - the graph's own word
    """The node of `label` whose unique `property` is `value`."""
    return Read(ByKeys(label, property, (value,)))


def many(label: str, property: str, values: Sequence[str]) -> Read:  # noqa: A002
    """The nodes whose unique `property` is one of `values`, in their order."""
    return Read(ByKeys(label, property, tuple(values)))


def by_key(key: NodeKey) -> Read:
    """The node that `key` names."""
    from graph.ddl import LABELS

    return one(key.label, LABELS[key.label].key, key.value)


def page(
    label: str,
    *,
    where: tuple[Condition, ...] = (),
    order: tuple[Order, ...] = (),
    first: int = 20,
    after: str | None = None,
) -> Read:
    """A page of the nodes that meet all of `where`: what a root connection returns.

    Raises:
        InvalidInputError: `first` out of range, or `after` is no cursor of this very list.
    """
    checked = check_first(first)
    values = None if after is None else cursors.decode(after, cursors.match_scope(label, where, order))
    return Read(Match(label, where, order, Page(checked, values)))


def check_first(first: int) -> int:
    """`first`, if it is in 0..MAX_PAGE.

    Raises:
        InvalidInputError: it is not.
    """
    if not 0 <= first <= MAX_PAGE:
        raise InvalidInputError(f"first: {first} is not in 0..{MAX_PAGE}")
    return first
