"""Stock execution: graphql-core alone, every node read whole and every link by a `select` of its own.

The reference for the engine: slow, and obvious. It shares the declarations and the store with the engine, no plan.
"""

from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path

from graph.ddl import LABELS
from graph.model import NodeKey
from graph.selection import ByKeys, Match
from network.context import Context
from network.execution import cursors, fields, plan, planner, registry
from network.execution.compile import STRAWBERRY, member_name
from network.execution.reads import Lookup, Lookups, Read, by_key
from network.execution.resolve import select
from network.execution.state import State
from network.execution.views import ConnectionView, NodeRow, View


class StockExecutor(Executor[Any]):
    """graphql-core's executor, which reads the nodes that a resolver names, and nothing beyond them."""

    def complete_value(  # noqa: PLR0917 - graphql-core's signature
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        if result.__class__ is NodeKey:
            result = by_key(result)
        if return_type is info.return_type:
            found = None
            if result.__class__ is Read:
                found = read(result, return_type, self.context_value)
            elif result.__class__ is Lookups:
                found = read_all(result.items, self.context_value)
            elif isinstance(result, list | tuple) or registry.name_of(result) is not None:
                found = prune(result, return_type, _Stock(self.schema, self.context_value))
            if found is not None:
                return self._complete_later(return_type, field_details_list, info, path, found, position_context)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    async def _complete_later(  # noqa: PLR0917 - as complete_value
        self,
        return_type: GraphQLOutputType,
        details: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        found: Any,
        position_context: Any,
    ) -> Any:
        value = await found
        completed = super().complete_value(return_type, details, info, path, value, position_context)
        return await completed if self.is_awaitable(completed) else completed


async def read(found: Read, type_: GraphQLOutputType, context: Context) -> Any:
    """What a `Read` names: every property, and of a connection all that it may show."""
    layout = plan.full_layout(found.start.label)
    start = found.start
    state = State()
    if not isinstance(start, Match) or not planner.is_connection(type_):
        selected = await select(context, layout.selection(), start)
        if found.otherwise is not None and selected.rows == [None]:
            selected = await select(context, layout.selection(), await found.otherwise(context))
        rows = [None if row is None else NodeRow(layout, row, state) for row in selected.rows]
        return planner.nodes(type_, rows)
    selected = await select(context, layout.selection(), replace(start, has_lookahead=True, count=True))
    items = [row for row in selected.rows if row is not None]
    scope = cursors.match_scope(start.label, start.where, start.order)
    return ConnectionView(items, selected.total, start.page, scope, state, {start.label: layout}, None, None)


async def read_all(items: tuple[Lookup | Exception, ...], context: Context) -> list[NodeRow | Exception | None]:
    """Nodes one by one; an exception stays in its place."""
    return [item if isinstance(item, Exception) else await _one(item, context) for item in items]


async def _one(key: Lookup | NodeKey, context: Context) -> NodeRow | None:
    name = key.property if isinstance(key, Lookup) else LABELS[key.label].key
    layout = plan.full_layout(key.label)
    selected = await select(context, layout.selection(), ByKeys(key.label, name, (key.value,)))
    row = selected.rows[0]
    return None if row is None else NodeRow(layout, row, State())


@dataclass(frozen=True, slots=True)
class _Stock:
    schema: GraphQLSchema
    context: Context


@dataclass(frozen=True, slots=True)
class StockValue(View):
    """A value whose references are read when they are asked for."""

    value: Any
    type: GraphQLObjectType
    stock: _Stock

    @property
    def type_name(self) -> str:
        return self.type.name

    def get(self, name: str, _response_key: str) -> Any:
        found = getattr(self.value, name)
        field = next(field for field in self.type.fields.values() if _member(field) == name)
        if _is_reference(field):
            return _reference(found, field.type, self.stock)
        if registry.value_of(get_named_type(field.type).name) is None:
            return found
        return prune(found, field.type, self.stock)


def _member(field: GraphQLField) -> str | None:
    definition = field.extensions.get(STRAWBERRY)
    return None if definition is None else member_name(definition)


def _is_reference(field: GraphQLField) -> bool:
    return isinstance(fields.declared_of(field.extensions.get(STRAWBERRY)), fields.Reference)


async def prune(value: Any, type_: GraphQLOutputType, stock: _Stock) -> Any:
    """`value` without the items of its lists that name a node which cannot be read."""
    nullable = get_nullable_type(type_)
    if isinstance(nullable, GraphQLList) and isinstance(value, list | tuple):
        kept = [item for item in value if await _is_kept(item, stock)]
        return [await prune(item, nullable.of_type, stock) for item in kept]
    shown = stock.schema.get_type(registry.name_of(value) or "")
    is_value = isinstance(shown, GraphQLObjectType) and registry.value_of(shown.name) is type(value)
    return StockValue(value, shown, stock) if is_value and isinstance(shown, GraphQLObjectType) else value


async def _is_kept(item: Any, stock: _Stock) -> bool:
    shown = stock.schema.get_type(registry.name_of(item) or "")
    if not isinstance(shown, GraphQLObjectType) or registry.value_of(shown.name) is not type(item):
        return True
    for field in shown.fields.values():
        is_required = isinstance(field.type, GraphQLNonNull) and not isinstance(field.type.of_type, GraphQLList)
        if _is_reference(field) and is_required:
            key = getattr(item, _member(field) or "")
            if key is None or await _one(key, stock.context) is None:
                return False
    return True


async def _reference(found: Any, type_: GraphQLOutputType, stock: _Stock) -> Any:
    nullable = get_nullable_type(type_)
    if isinstance(nullable, GraphQLList) and isinstance(found, list | tuple):
        nodes = [await _reference(key, nullable.of_type, stock) for key in found]
        return planner.nodes(type_, nodes)
    return await _one(found, stock.context) if isinstance(found, NodeKey | Lookup) else found
