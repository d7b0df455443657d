"""Rows and values as graphql-core sees them: it asks for one field at a time, a view finds it in what was read.

A view with a shape finds the links of its response keys in the row; one without (stock execution) has properties only, and
each link is read by a `select` of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.model import NodeKey
from graph.selection import Page
from network.execution import cursors, plan
from network.execution.cursors import Scope
from network.execution.state import Row, State


class View:
    """What answers for its fields by name and response key."""

    __slots__ = ()

    def get(self, name: str, response_key: str) -> Any:
        raise NotImplementedError


class NodeRow:
    """A node of the graph, as far as it was read. `node["slug"]` is a property; custom resolvers declare their needs."""

    __slots__ = ("_row", "_shape", "_state", "layout")

    def __init__(self, layout: plan.Layout, row: Row, state: State, shape: plan.Shape | None = None) -> None:
        self.layout = layout
        self._row = row
        self._state = state
        self._shape = shape

    @property
    def type_name(self) -> str:
        return self.layout.type_name

    @property
    def key(self) -> NodeKey:
        return NodeKey(self.layout.label, self[self.layout.key_property])

    def __getitem__(self, name: str) -> Any:
        if name not in self.layout.properties:
            raise KeyError(f"{self.layout.label}.{name} was not read: name it in `needs`")
        return self._row[self.layout.at(name)]

    def link(self, response_key: str) -> plan.LinkValue | plan.ConnectionValue | None:
        """What the plan has read for a response key; None where it was not planned."""
        found = None if self._shape is None else self._shape.fields.get(response_key)
        return found if isinstance(found, plan.LinkValue | plan.ConnectionValue) else None

    def follow(self, link: plan.LinkValue) -> "list[NodeRow] | NodeRow | None":
        """The nodes of a link, or the one there is."""
        return follow(self._row[self.layout.link_at(link.index)], link.plan, self._state, link.shapes)

    def connection(self, value: plan.ConnectionValue) -> "ConnectionView":
        """The page of a link.

        Raises:
            InvalidInputError: its arguments were wrong.
        """
        assert value.index is not None
        assert value.page is not None
        assert value.scope is not None
        if value.page in self._state.errors:
            raise self._state.errors[value.page]
        found = self._row[self.layout.link_at(value.index)]
        return ConnectionView.over(
            found, value, page=self._state.pages[value.page], scope=value.scope, state=self._state
        )


def follow(
    found: Any, read: plan.LinkPlan, state: State, shapes: Mapping[str, plan.Shape] | None
) -> list[NodeRow] | NodeRow | None:
    """Views of the value of a link; what is no list of rows passes through, for graphql-core to complain."""
    if isinstance(found, list) and read.link.is_many:
        return [_node(item, read.layout_of(item), state, shapes) for item in found]
    return _node(found, read.layout_of(found), state, shapes) if isinstance(found, list) else found


def _node(item: Row, layout: plan.Layout, state: State, shapes: Mapping[str, plan.Shape] | None) -> NodeRow:
    return NodeRow(layout, item, state, None if shapes is None else shapes[layout.label])


@dataclass(frozen=True, slots=True)
class ConnectionView(View):
    """A page of items. `fields` is None without a plan: then every property is there."""

    items: list[Row]
    total: int | None
    page: Page
    scope: Scope
    state: State
    layouts: Mapping[str, plan.Layout]
    read: plan.LinkPlan | None
    fields: Mapping[str, Any] | None

    @classmethod
    def over(
        cls, found: Any, value: plan.ConnectionValue, *, page: Page, scope: Scope, state: State
    ) -> "ConnectionView":
        total, items = found if value.count else (None, found)
        return cls(items, total, page, scope, state, value.layouts, value.plan, value.fields)

    def get(self, name: str, response_key: str) -> Any:
        if name == "total_count":
            return self.total
        shown = self.items[: self.page.first]
        if name == "edges":
            part = None if self.fields is None else self.fields[response_key]
            return [EdgeView(item, self, None if part is None else part.shape) for item in shown]
        return PageInfoView(self, shown)

    def layout_of(self, item: Row) -> plan.Layout:
        if self.read is not None:
            return self.read.layout_of(item)
        return next(iter(self.layouts.values()))

    def cursor(self, item: Row) -> str:
        layout = self.layout_of(item)
        return cursors.encode(self.scope, [item[cell] for cell in cursor_cells(layout, self.scope.columns)])


@dataclass(frozen=True, slots=True)
class PageInfoView(View):
    """PageInfo of a connection; cursors are made only where they are asked for."""

    of: ConnectionView
    shown: list[Row]

    def get(self, name: str, _response_key: str) -> Any:
        match name:
            case "has_next_page":
                return len(self.of.items) > self.of.page.first
            case "has_previous_page":
                return self.of.page.after is not None
            case "start_cursor":
                return self.of.cursor(self.shown[0]) if self.shown else None
            case _:
                return self.of.cursor(self.shown[-1]) if self.shown else None


@dataclass(frozen=True, slots=True)
class EdgeView(View):
    item: Row
    of: ConnectionView
    shape: plan.EdgeShape | None

    def get(self, name: str, response_key: str) -> Any:
        if name == "cursor":
            return self.of.cursor(self.item)
        if name == "node":
            part = None if self.shape is None else self.shape.fields[response_key]
            shapes = part.shapes if isinstance(part, plan.NodeValue) else None
            return _node(self.item, self.of.layout_of(self.item), self.of.state, shapes)
        assert self.of.read is not None
        return self.item[self.of.read.edge_at(name)]


def cursor_cells(layout: plan.Layout, columns: tuple[str, ...]) -> tuple[int, ...]:
    """Cells of the columns of a cursor; the last is the key, whose name differs from label to label."""
    return tuple(layout.at(name) for name in (*columns[:-1], layout.key_property))


@dataclass(frozen=True, slots=True)
class ValueView(View):
    """A value of ours whose references were loaded, by its plan."""

    value: Any
    shape: plan.ValueShape
    state: State
    positions: list[plan.Position]

    @property
    def type_name(self) -> str:
        return self.shape.type_name

    def __getattr__(self, name: str) -> Any:
        # Custom resolvers see the value itself.
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.value, name)

    def get(self, name: str, response_key: str) -> Any:
        found = self.shape.fields[response_key]
        assert isinstance(found, tuple)
        return view(getattr(self.value, name), found[1], self.state, self.positions)


def view(value: Any, output: plan.Output, state: State, positions: list[plan.Position]) -> Any:
    """`value` as graphql-core completes it: references as rows, unreadable items left out."""
    if isinstance(value, Exception) or value is None:
        return value
    match output:
        case plan.Items(of) if isinstance(value, list | tuple):
            shown = [item for item in value if is_kept(item, of, state)]
            return [view(item, of, state, positions) for item in shown]
        case plan.ValueObject(shapes) if type(value) in shapes:
            return ValueView(value, shapes[type(value)], state, positions)
        case plan.Reference(position, shapes):
            row = state.loaded[position].get(value)
            if row is None:
                return None
            return NodeRow(positions[position].layouts[value.label], row, state, shapes[value.label])
    return value


def is_kept(item: Any, output: plan.Output, state: State) -> bool:
    """Whether an item of a list stays: every non-null reference of it can be read."""
    match output:
        case plan.ValueObject(shapes) if type(item) in shapes:
            required = shapes[type(item)].required
            return all(state.loaded[position].get(getattr(item, name)) is not None for name, position in required)
        case plan.Reference(position, _shapes, is_nullable=False) if not isinstance(item, Exception):
            return state.loaded[position].get(item) is not None
    return True


def global_id_of(key: NodeKey) -> str | None:
    """The id that names a node in the whole network; None where the store holds no text, which no `ID!` admits."""
    return str(key) if isinstance(key.value, str) else None
