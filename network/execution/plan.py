"""What compiling an operation makes: where each value lies in the rows, and what object each response key completes.

Two halves. A `Layout` is one position in the tree of rows: the properties and links that are read there, whoever shows
them. A `Shape` is one selection set over such a row: response key -> where its value lies and how it is completed. Aliases
make several shapes over one layout (`a: edges { … } b: edges { … }` read one list).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLLeafType

from graph.ddl import LABELS, RELATIONSHIPS
from graph.links import Link
from graph.selection import LinkRead, Selection
from network.execution import registry
from network.execution.cursors import Scope


@dataclass(slots=True, eq=False)
class Layout:
    """Cells of a row: `[label?, *edge, *properties, *links]`; the first two only in an item of a link."""

    label: str
    properties: dict[str, int] = field(default_factory=dict)
    links: list["LinkPlan"] = field(default_factory=list)
    within: "LinkPlan | None" = None

    @property
    def type_name(self) -> str:
        return registry.name_of_label(self.label) or self.label

    @property
    def key_property(self) -> str:
        return LABELS[self.label].key

    @property
    def offset(self) -> int:
        return 0 if self.within is None else self.within.prefix

    def add(self, *names: str) -> None:
        for name in names:
            self.properties.setdefault(name, len(self.properties))

    def at(self, name: str) -> int:
        """Cell of a property, once compiling is over."""
        return self.offset + self.properties[name]

    def link_at(self, index: int) -> int:
        return self.offset + len(self.properties) + index

    def selection(self) -> Selection:
        return Selection(self.label, tuple(self.properties), tuple(link.read() for link in self.links))


@dataclass(slots=True, eq=False)
class LinkPlan:
    """A link that a layout follows. `page` is an index into the pages of the call."""

    link: Link
    layouts: dict[str, Layout]
    edge: dict[str, int] = field(default_factory=dict)
    page: int | None = None
    has_lookahead: bool = False
    count: bool = False

    @property
    def prefix(self) -> int:
        return len(self.edge) + self.has_label

    @property
    def has_label(self) -> bool:
        return len(self.layouts) > 1

    def edge_at(self, name: str) -> int:
        return self.has_label + self.edge[name]

    def layout_of(self, item: list[Any]) -> Layout:
        """The layout of an item, by its label where there are several."""
        return self.layouts[item[0]] if self.has_label else next(iter(self.layouts.values()))

    def read(self) -> LinkRead:
        variants = tuple(layout.selection() for layout in self.layouts.values())
        return LinkRead(self.link, variants, tuple(self.edge), self.page, self.has_lookahead, self.count)


def link_plan(link: Link) -> LinkPlan:
    """An empty plan: one layout for each label at the far end."""
    plan = LinkPlan(link, {label: Layout(label) for label in link.target})
    for layout in plan.layouts.values():
        layout.within = plan
    return plan


@dataclass(frozen=True, slots=True)
class Leaf:
    type: GraphQLLeafType
    is_nullable: bool


@dataclass(frozen=True, slots=True)
class Items:
    of: "Output"
    is_nullable: bool


@dataclass(frozen=True, slots=True, eq=False)
class JsonObject:
    """An object that is stored as JSON; fields by response key: (member, how it is completed)."""

    type_name: str
    fields: Mapping[str, "tuple[str, Output] | TypeName"]
    is_nullable: bool


@dataclass(frozen=True, slots=True, eq=False)
class ValueObject:
    """An instance of one of several registered classes."""

    shapes: Mapping[type, "ValueShape"]
    is_nullable: bool


@dataclass(slots=True, eq=False)
class Reference:
    """A `NodeKey` of a value, loaded at `position`."""

    position: int
    shapes: Mapping[str, "Shape"]
    is_nullable: bool


Output = Leaf | Items | JsonObject | ValueObject | Reference


@dataclass(frozen=True, slots=True)
class TypeName:
    name: str


@dataclass(frozen=True, slots=True)
class PropertyValue:
    property: str
    output: Output


@dataclass(frozen=True, slots=True)
class KeyValue:
    """`Label:key`."""


@dataclass(frozen=True, slots=True)
class DerivedValue:
    function: Callable[..., Any]
    needs: tuple[str, ...]
    output: Output


@dataclass(frozen=True, slots=True)
class LinkValue:
    """The nodes, or the one node, of a link; `index` into the layout's links."""

    index: int
    plan: LinkPlan
    shapes: Mapping[str, "Shape"]
    is_nullable: bool


@dataclass(frozen=True, slots=True)
class CustomValue:
    """A resolver of its own: graphql-core asks it, over the same row."""


@dataclass(frozen=True, slots=True)
class EdgeShape:
    """A selection set on edges: `cursor`, `node` with shapes by label, or a property of the relationship."""

    fields: Mapping[str, "TypeName | PropertyValue | CursorValue | NodeValue"]


@dataclass(frozen=True, slots=True)
class CursorValue:
    """The cursor of an edge."""


@dataclass(frozen=True, slots=True)
class NodeValue:
    shapes: Mapping[str, "Shape"]


@dataclass(frozen=True, slots=True)
class EdgesValue:
    shape: EdgeShape


@dataclass(frozen=True, slots=True)
class PageInfoValue:
    """Response key -> name of the field of PageInfo."""

    fields: Mapping[str, "str | TypeName"]


@dataclass(frozen=True, slots=True)
class TotalValue:
    """How many there are."""


@dataclass(frozen=True, slots=True, eq=False)
class ConnectionValue:
    """A connection over the items of a link (`index` into the layout's links), or over the rows of the start (None)."""

    index: int | None
    scope: Scope | None
    """None for the start, whose scope comes with each call."""
    plan: LinkPlan | None
    layouts: Mapping[str, Layout]
    page: int | None
    has_lookahead: bool
    count: bool
    fields: Mapping[str, TypeName | EdgesValue | PageInfoValue | TotalValue]


FieldPlan = TypeName | PropertyValue | KeyValue | DerivedValue | LinkValue | ConnectionValue | CustomValue


@dataclass(slots=True, eq=False)
class Shape:
    type_name: str
    layout: Layout
    fields: dict[str, FieldPlan] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class ValueShape:
    """A selection set on a value; `required` are positions that must be readable for the value to stay in a list."""

    type_name: str
    cls: type
    fields: dict[str, "tuple[str, Output] | TypeName | CustomValue"] = field(default_factory=dict)
    required: list[tuple[str, int]] = field(default_factory=list)
    """(attribute, position) of each non-null reference."""
    hidden: list[tuple[str, Output]] = field(default_factory=list)
    """References to be loaded although the client selected no field of them."""


@dataclass(slots=True, eq=False)
class Position:
    """A place of references: one `select` for each label that occurs there."""

    layouts: dict[str, Layout]


@dataclass(frozen=True, slots=True)
class PageSource:
    """A nested connection: where its page comes from in each call."""

    link: Link
    field: GraphQLField
    node: FieldNode
    is_under_list: bool
    is_count_only: bool = False
    """Neither edges nor pageInfo are shown, so no row is read."""


@lru_cache(maxsize=256)
def full_layout(label: str) -> Layout:
    """Every property of a label: what is read where no plan says which are shown."""
    layout = Layout(label)
    layout.add(*LABELS[label].properties)
    return layout


@lru_cache(maxsize=256)
def full_link_plan(link: Link, *, is_connection: bool) -> LinkPlan:
    """Every property at the far end, and of the relationship; with total and look-ahead for a connection."""
    plan = link_plan(link)
    for layout in plan.layouts.values():
        layout.add(*LABELS[layout.label].properties)
    if is_connection:
        plan.page, plan.has_lookahead, plan.count = 0, True, True
        plan.edge = {name: index for index, name in enumerate(RELATIONSHIPS[link.relationship].properties)}
    return plan
