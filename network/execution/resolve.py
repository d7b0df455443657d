"""Values of declared fields as graphql-core asks for them: from the row at hand, or by a `select` of their own."""

from typing import TYPE_CHECKING, Any

import strawberry

from graph.ddl import LABELS
from graph.links import Link
from graph.model import Node, NodeKey
from graph.selection import ByKeys, LinkRead, Page, Selected, Selection, Start
from network.context import Context
from network.execution import cursors, plan, views
from network.execution.state import State, link_page
from network.execution.views import ConnectionView, NodeRow, View

if TYPE_CHECKING:
    from network.execution.fields import Declared, LinkField


def field_value(source: Any, declared: "Declared", info: "strawberry.Info[Context, None]") -> Any:
    """The value of a plain field, whatever its parent is: a row, a value, an object stored as JSON, a model node."""
    from network.execution import fields

    name = getattr(declared, "property", None) or info.python_name
    if isinstance(source, View):
        return source.get(name, str(info.path.key))
    match declared:
        case fields.GlobalId():
            return views.global_id_of(source.key)
        case fields.Derived(function, needs):
            read = source.__getitem__ if isinstance(source, NodeRow) else lambda need: getattr(source, need)
            return function(*(read(need) for need in needs))
    if isinstance(source, NodeRow):
        return source[name]
    return source.get(name) if isinstance(source, dict) else getattr(source, name)


def link_value(
    source: Any,
    declared: "LinkField",
    info: "strawberry.Info[Context, None]",
    *,
    first: int = 0,
    after: str | None = None,
) -> Any:
    """The node, the nodes or the connection at the far end of a link."""
    if isinstance(source, NodeRow):
        planned = source.link(str(info.path.key))
        if isinstance(planned, plan.LinkValue):
            return source.follow(planned)
        if isinstance(planned, plan.ConnectionValue):
            return source.connection(planned)
    assert isinstance(source, NodeRow | Node)
    link = declared.links[source.key.label]
    if not declared.is_connection:
        return _nodes(source.key, link, info.context)
    is_under_list = any(isinstance(key, int) for key in info.path.as_list())
    return _page(source.key, link, link_page(link, first, after, is_under_list=is_under_list), info.context)


async def _nodes(key: NodeKey, link: Link, context: Context) -> Any:
    read = plan.full_link_plan(link, is_connection=False)
    found = await _select_link(key, read.read(), (), context)
    return views.follow(found, read, State(), None)


async def _page(key: NodeKey, link: Link, page: Page, context: Context) -> ConnectionView | None:
    read = plan.full_link_plan(link, is_connection=True)
    found = await _select_link(key, read.read(), (page,), context)
    if found is None:
        return None
    total, items = found
    return ConnectionView(items, total, page, cursors.link_scope(link), State(), read.layouts, read, None)


async def _select_link(key: NodeKey, read: LinkRead, pages: tuple[Page, ...], context: Context) -> Any:
    selection = Selection(key.label, (), (read,))
    start = ByKeys(key.label, LABELS[key.label].key, (key.value,))
    selected = await select(context, selection, start, pages)
    row = selected.rows[0]
    return None if row is None else row[0]


async def select(context: Context, selection: Selection, start: Start, pages: tuple[Page, ...] = ()) -> Selected:
    """One read of the store, as this caller and within the time that is left."""
    return await context.store.select(
        selection, start, audiences=context.audiences, pages=pages, timeout_s=context.remaining_s()
    )
