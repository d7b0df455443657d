"""What to read, as a value that knows neither GraphQL nor a database.

A `Selection` is a tree of properties and links. It and the shape of a `Start` are hashable, so that an adapter renders
each only once; everything that changes from call to call (keys, values, page sizes) travels beside it as parameters.

Rows are nested lists, never dicts: `[*properties, *links]` in the order of the selection. The value of a link is

    one:    an item, or None
    many:   a list of items, or [total, items] where `count` is set

and an item is `[*edge properties, *row]`, with the label in front (`[label, *edge properties, *row]`) where the link's
target has several labels. Property values arrive as in `graph.ddl.PropertyType`: JSON as dicts and lists, TEXTS as lists,
a list that nobody wrote as an empty one, a property the caller may not see as None.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from graph.ddl import LABELS, RELATIONSHIPS
from graph.links import Absent, Link, Order

MAX_ROWS: Final = 1_000
"""Most items of a link that is read whole (`page` is None), and most keys of a start."""
MAX_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class LinkRead:
    """A link to follow, and what to read at its far end: one `Selection` per label of the target, in its order."""

    link: Link
    variants: tuple["Selection", ...]
    edge: tuple[str, ...] = ()
    """Properties of the relationship."""
    page: int | None = None
    """Index into the call's `pages`; None reads the first `MAX_ROWS` items."""
    has_lookahead: bool = False
    """Read one item beyond the page, so that the caller knows whether there is more."""
    count: bool = False
    """Also count all items that the audience may see."""

    def __post_init__(self) -> None:
        if tuple(variant.label for variant in self.variants) != self.link.target:
            raise ValueError(f"{self.link.relationship}: one selection for each of {self.link.target}")
        for name in self.edge:
            if name not in RELATIONSHIPS[self.link.relationship].properties:
                raise ValueError(f"{self.link.relationship} has no property {name}")


@dataclass(frozen=True, slots=True)
class Selection:
    label: str
    properties: tuple[str, ...] = ()
    links: tuple[LinkRead, ...] = ()

    def __post_init__(self) -> None:
        for name in self.properties:
            if name not in LABELS[self.label].properties:
                raise ValueError(f"{self.label} has no property {name}")
        for read in self.links:
            if read.link.source != self.label:
                raise ValueError(f"{read.link.relationship} starts at {read.link.source}, not at {self.label}")


@dataclass(frozen=True, slots=True)
class Page:
    """`first` items after the one whose order columns (key last) are `after`; `first` in 0..MAX_PAGE.

    NULLs stand in `after` as "", 0 or false. Where the target has several labels, the key is the global id
    (`Hub:zeitz`), since a hub and an organisation may share a slug.
    """

    first: int
    after: tuple[str | int | float | bool, ...] | None = None


class Operator(StrEnum):
    EQUALS = "EQUALS"
    ONE_OF = "ONE_OF"
    STARTS_WITH = "STARTS_WITH"
    WORD_STARTS_WITH = "WORD_STARTS_WITH"
    """Of a text in which single blanks part the words, as in sort keys: one of them, and what follows it, begins so."""
    AT_LEAST = "AT_LEAST"
    BELOW = "BELOW"


Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Compare:
    """`property operator value`; a NULL property never matches. `value` is a tuple for ONE_OF alone."""

    property: str
    operator: Operator
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """At least one node that the audience may see lies along `link` and meets all of `where`.

    With `is_settled` only relationships count that nobody still has to confirm: of `INVOLVES`, the ones that their houses
    confirmed, or that nobody of the network entered.
    """

    link: Link
    where: tuple["Condition", ...] = ()
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of `options` holds; none when there are none."""

    options: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All of `conditions` hold, as one option of an `Either`."""

    conditions: tuple["Condition", ...]


Condition = Compare | Linked | Either | Every | Absent
"""`Absent`: no value that the audience may know; a label that lacks the property never matches."""


@dataclass(frozen=True, slots=True)
class ByKeys:
    """Start at the nodes whose `property` (the key, or one that is unique or indexed) is one of `values`."""

    label: str
    property: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Start at a page of the nodes that meet all of `where`, in `order` (the key is added as its last column)."""

    label: str
    where: tuple[Condition, ...] = ()
    order: tuple[Order, ...] = ()
    page: Page = Page(20)
    has_lookahead: bool = False
    count: bool = False


Start = ByKeys | Match

Row = list[object]


@dataclass(frozen=True, slots=True)
class Selected:
    """Rows of a start. For `ByKeys` as many as values, in their order, None where there is nothing to see."""

    rows: list[Row | None]
    total: int | None = None
