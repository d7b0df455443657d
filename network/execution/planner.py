"""Plans of single fields: made from the field's type and start, filled with a call's values, shown to graphql-core."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    get_nullable_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList

from graph.ddl import LABELS
from graph.model import NodeKey
from graph.selection import Match, Page, Selected, Start
from network.execution import cursors, fields, plan, registry, views
from network.execution.compile import STRAWBERRY, Compiler
from network.execution.generate import Body, Completion, Generator
from network.execution.operation import OperationPlan
from network.execution.reads import Lookup
from network.execution.state import State


def make(
    executor: Executor[Any],
    type_: GraphQLOutputType,
    details: FieldDetailsList,
    start: Start | None,
    *,
    is_lookup: bool,
    is_under_list: bool,
) -> OperationPlan:
    """The plan of one field; `start` is None where its resolver returned values, or `Lookups`."""
    compiler = Compiler(executor)
    root: plan.Shape | plan.ConnectionValue | plan.Output
    selection = None
    if start is None:
        root = compiler.reference(type_, details) if is_lookup else compiler.output(type_, details)
    else:
        layout = plan.Layout(start.label)
        if isinstance(start, Match) and is_connection(type_):
            columns = tuple(column.property for column in start.order)
            root = compiler.connection_start(type_, details, layout, (*columns, layout.key_property))
        else:
            is_list = isinstance(get_nullable_type(type_), GraphQLList)
            named = compiler.type_of(start.label, get_named_type(type_))
            root = compiler.node(named, details, layout, is_under_list=is_under_list or is_list)
        selection = layout.selection()
    selections = [
        {label: layout.selection() for label, layout in position.layouts.items()} for position in compiler.positions
    ]
    complete = None if compiler.has_custom else _generate(Generator(compiler.positions), type_, root)
    return OperationPlan(
        root, selection, compiler.pages, compiler.positions, selections, complete, max(compiler.size, 1)
    )


def starts(executor: Executor[Any], field: GraphQLField) -> bool:
    """Whether a resolver of its own returns values here that may name nodes, directly or in values inside them."""
    declared = fields.declared_of(field.extensions.get(STRAWBERRY))
    if declared is not None and not isinstance(declared, fields.Computed):
        return False
    compiler, pending, seen = Compiler(executor), [get_named_type(field.type)], set[str]()
    while pending:
        for found in compiler.possible(pending.pop()):
            if found.name in seen or registry.value_of(found.name) is None:
                continue
            seen.add(found.name)
            for inner in found.fields.values():
                if isinstance(fields.declared_of(inner.extensions.get(STRAWBERRY)), fields.Reference):
                    return True
                pending.append(get_named_type(inner.type))
    return False


def is_connection(type_: GraphQLOutputType) -> bool:
    """Whether a `Match` is shown as a connection here, not as a list."""
    named = get_nullable_type(type_)
    return (
        isinstance(named, GraphQLObjectType)
        and registry.model_of(named.name) is None
        and {"edges", "pageInfo"} <= set(named.fields)
    )


def _generate(
    generator: Generator, type_: GraphQLOutputType, root: plan.Shape | plan.ConnectionValue | plan.Output
) -> Completion:
    body = Body()
    nullable = get_nullable_type(type_)
    if isinstance(root, plan.ConnectionValue):
        value = "[v.total, v.rows]" if root.count else "v.rows"
        result = f"{generator.connection(root)}({value}, s)"
    elif not isinstance(root, plan.Shape):
        result = generator.output(root, "v", body)
    elif isinstance(nullable, GraphQLList):
        node = generator.node(root)
        has_nulls = not isinstance(nullable.of_type, GraphQLNonNull)
        result = f"[{node}(r, s) {'if r is not None else None for r in v.rows' if has_nulls else 'for r in v.rows if r is not None'}]"
    else:
        body.add("r = v.rows[0] if v.rows else None")
        body.refuse("r is None", "r", is_nullable=nullable is type_)
        result = f"None if r is None else {generator.node(root)}(r, s)"
    return generator.compile(generator.define("entry", "v, s", body, result))


def adapt(start: Start, made: OperationPlan, state: State) -> Start:
    """`start` with what the selection needs of it: total, one item more, or no row at all."""
    if not isinstance(start, Match) or not isinstance(made.root, plan.ConnectionValue):
        return start
    state.start_page = start.page
    state.start_scope = cursors.match_scope(start.label, start.where, start.order)
    is_shown = any(isinstance(part, plan.EdgesValue | plan.PageInfoValue) for part in made.root.fields.values())
    page = start.page if is_shown else Page(0)
    return replace(start, page=page, has_lookahead=made.root.has_lookahead, count=made.root.count)


def show(made: OperationPlan, type_: GraphQLOutputType, found: Selected | Any, state: State) -> Any:
    """The same rows or values, as graphql-core completes them."""
    if isinstance(made.root, plan.ConnectionValue):
        assert state.start_page is not None
        assert state.start_scope is not None
        value = [found.total, found.rows] if made.root.count else found.rows
        return views.ConnectionView.over(value, made.root, page=state.start_page, scope=state.start_scope, state=state)
    if not isinstance(made.root, plan.Shape):
        return None if made.root is None else views.view(found, made.root, state, made.positions)
    return nodes(
        type_, [None if row is None else views.NodeRow(made.root.layout, row, state, made.root) for row in found.rows]
    )


def nodes(type_: GraphQLOutputType, found: list[views.NodeRow | None]) -> Any:
    """Nodes of a start as the type asks for them: one, or a list, without the absent where its items are non-null."""
    nullable = get_nullable_type(type_)
    if not isinstance(nullable, GraphQLList):
        return found[0] if found else None
    if isinstance(nullable.of_type, GraphQLNonNull):
        return [node for node in found if node is not None]
    return found


def keys_of(made: OperationPlan, value: Any) -> list[dict[NodeKey | Lookup, None]]:
    """The keys that `value` names, by position, each once and in order."""
    keys: list[dict[NodeKey | Lookup, None]] = [{} for _ in made.positions]
    if isinstance(made.root, plan.Leaf | plan.Items | plan.JsonObject | plan.ValueObject | plan.Reference):
        for position, key in _keys(made.root, value):
            keys[position][key] = None
    return keys


def _keys(output: plan.Output, value: Any) -> Iterator[tuple[int, NodeKey | Lookup]]:
    match output:
        case plan.Reference(position) if isinstance(value, NodeKey | Lookup) and value.label in LABELS:
            yield position, value
        case plan.Items(of) if isinstance(value, list | tuple):
            for item in value:
                yield from _keys(of, item)
        case plan.ValueObject(shapes) if type(value) in shapes:
            shape = shapes[type(value)]
            read = [found for found in shape.fields.values() if isinstance(found, tuple)]
            for attribute, of in (*read, *shape.hidden):
                if not isinstance(of, plan.Leaf):
                    yield from _keys(of, getattr(value, attribute, None))
