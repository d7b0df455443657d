"""From a selection set to a plan: which rows to read, and what each response key shows of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList

from graph.ddl import RELATIONSHIPS
from graph.links import Link
from network.execution import fields, plan, registry
from network.execution.cursors import link_scope
from network.limits import LimitExceededError

MAX_FIELDS: Final = 5_000
"""Fields of one plan, each counted once for every type that it may show: bounds what a compiled operation keeps."""

STRAWBERRY: Final = "strawberry-definition"


@dataclass(slots=True, eq=False)
class Compiler:
    """Compiles one root field (or one field with a resolver of its own) of one operation."""

    executor: Executor[Any]
    pages: list[plan.PageSource] = field(default_factory=list)
    positions: list[plan.Position] = field(default_factory=list)
    size: int = 0
    has_custom: bool = False
    """Some field below has a resolver of its own, so graphql-core completes the rows."""

    def fields(
        self, type_: GraphQLObjectType, details: FieldDetailsList
    ) -> Iterator[tuple[str, str, GraphQLField | None, FieldDetailsList]]:
        """(response key, field name, field, its details); None for `__typename`."""
        for key, selected in self.executor.collect_subfields(type_, details).grouped_field_set.items():
            self.size += 1
            if self.size > MAX_FIELDS:
                raise LimitExceededError("plan_fields", MAX_FIELDS, self.size)
            name = selected[0].node.name.value
            if name == "__typename":
                yield key, name, None, selected
            elif name in type_.fields:
                yield key, name, type_.fields[name], selected

    def shapes(
        self,
        type_: GraphQLNamedType,
        details: FieldDetailsList,
        layouts: Mapping[str, plan.Layout],
        *,
        is_under_list: bool,
    ) -> dict[str, plan.Shape]:
        """One shape for each label that may be found here."""
        return {
            label: self.node(self.type_of(label, type_), details, layout, is_under_list=is_under_list)
            for label, layout in layouts.items()
        }

    def type_of(self, label: str, declared: GraphQLNamedType) -> GraphQLObjectType:
        """The GraphQL type that shows nodes of `label` where `declared` is promised."""
        found = self.executor.schema.get_type(registry.name_of_label(label) or label)
        if not isinstance(found, GraphQLObjectType):
            raise TypeError(f"no GraphQL type shows {label}")
        if found is not declared and not (
            isinstance(declared, GraphQLInterfaceType | GraphQLUnionType)
            and self.executor.schema.is_sub_type(declared, found)
        ):
            raise TypeError(f"{found.name} is not a {declared.name}")
        return found

    def node(
        self, type_: GraphQLObjectType, details: FieldDetailsList, layout: plan.Layout, *, is_under_list: bool
    ) -> plan.Shape:
        """The selection set `details` on nodes of `layout`, whose cells grow by what is shown."""
        shape = plan.Shape(type_.name, layout)
        for key, _name, field_, selected in self.fields(type_, details):
            shape.fields[key] = (
                plan.TypeName(type_.name)
                if field_ is None
                else self.node_field(field_, selected, layout, is_under_list=is_under_list)
            )
        return shape

    def node_field(
        self, field_: GraphQLField, details: FieldDetailsList, layout: plan.Layout, *, is_under_list: bool
    ) -> plan.FieldPlan:
        definition = field_.extensions.get(STRAWBERRY)
        match fields.declared_of(definition):
            case fields.Attribute(property=name):
                name = name or cast("Any", definition).python_name
                layout.add(name)
                return plan.PropertyValue(name, self.output(field_.type, details))
            case fields.GlobalId():
                layout.add(layout.key_property)
                return plan.KeyValue()
            case fields.Derived(function, needs):
                layout.add(*needs)
                return plan.DerivedValue(function, needs, self.output(field_.type, details))
            case fields.LinkField(links, is_connection=False):
                read = plan.link_plan(links[layout.label])
                layout.links.append(read)
                index = len(layout.links) - 1
                below = is_under_list or read.link.is_many
                named = get_named_type(field_.type)
                shapes = self.shapes(named, details, read.layouts, is_under_list=below)
                return plan.LinkValue(index, read, shapes, not isinstance(field_.type, GraphQLNonNull))
            case fields.LinkField(links):
                return self.connection_link(field_, details, layout, links[layout.label], is_under_list=is_under_list)
            case fields.Computed(needs):
                layout.add(*needs)
        layout.add(layout.key_property)
        self.has_custom = True
        return plan.CustomValue()

    def connection_link(
        self,
        field_: GraphQLField,
        details: FieldDetailsList,
        layout: plan.Layout,
        link: Link,
        *,
        is_under_list: bool,
    ) -> plan.ConnectionValue:
        read = plan.link_plan(link)
        layout.links.append(read)
        index = len(layout.links) - 1
        read.page = len(self.pages)
        source = plan.PageSource(link, field_, details[0].node, is_under_list)
        self.pages.append(source)
        parts = self.connection_parts(field_.type, details, read.layouts, read)
        self.pages[read.page] = replace(source, is_count_only=not _needs_items(parts))
        read.has_lookahead, read.count = _needs_lookahead(parts), _needs_count(parts)
        self._add_cursor_columns(parts, read.layouts, link_scope(link).columns)
        return plan.ConnectionValue(
            index, link_scope(link), read, read.layouts, read.page, read.has_lookahead, read.count, parts
        )

    def connection_start(
        self, type_: GraphQLOutputType, details: FieldDetailsList, layout: plan.Layout, columns: tuple[str, ...]
    ) -> plan.ConnectionValue:
        """A connection over the rows of a `Match`; `columns` are those of its order, key last."""
        layouts = {layout.label: layout}
        parts = self.connection_parts(type_, details, layouts, None)
        self._add_cursor_columns(parts, layouts, columns)
        return plan.ConnectionValue(
            None, None, None, layouts, None, _needs_lookahead(parts), _needs_count(parts), parts
        )

    def connection_parts(
        self,
        type_: GraphQLOutputType,
        details: FieldDetailsList,
        layouts: Mapping[str, plan.Layout],
        read: plan.LinkPlan | None,
    ) -> dict[str, plan.TypeName | plan.EdgesValue | plan.PageInfoValue | plan.TotalValue]:
        named = cast("GraphQLObjectType", get_named_type(type_))
        parts: dict[str, plan.TypeName | plan.EdgesValue | plan.PageInfoValue | plan.TotalValue] = {}
        for key, name, field_, selected in self.fields(named, details):
            if field_ is None:
                parts[key] = plan.TypeName(named.name)
            elif name == "edges":
                parts[key] = plan.EdgesValue(self.edge(field_.type, selected, layouts, read))
            elif name == "pageInfo":
                parts[key] = self.page_info(field_.type, selected)
            elif name == "totalCount":
                parts[key] = plan.TotalValue()
            else:
                raise TypeError(f"{named.name}.{name}: a connection has edges, pageInfo and totalCount")
        return parts

    def edge(
        self,
        type_: GraphQLOutputType,
        details: FieldDetailsList,
        layouts: Mapping[str, plan.Layout],
        read: plan.LinkPlan | None,
    ) -> plan.EdgeShape:
        named = cast("GraphQLObjectType", get_named_type(type_))
        found: dict[str, plan.TypeName | plan.PropertyValue | plan.CursorValue | plan.NodeValue] = {}
        for key, name, field_, selected in self.fields(named, details):
            if field_ is None:
                found[key] = plan.TypeName(named.name)
            elif name == "cursor":
                found[key] = plan.CursorValue()
            elif name == "node":
                node_type = get_named_type(field_.type)
                found[key] = plan.NodeValue(self.shapes(node_type, selected, layouts, is_under_list=True))
            else:
                found[key] = self.edge_property(named, name, field_, selected, read)
        return plan.EdgeShape(found)

    def edge_property(
        self,
        type_: GraphQLObjectType,
        name: str,
        field_: GraphQLField,
        details: FieldDetailsList,
        read: plan.LinkPlan | None,
    ) -> plan.PropertyValue:
        definition = field_.extensions.get(STRAWBERRY)
        declared = fields.declared_of(definition)
        if read is None or not isinstance(declared, fields.Attribute):
            raise TypeError(f"{type_.name}.{name}: an edge has cursor, node and properties of its relationship")
        property_ = declared.property or cast("Any", definition).python_name
        if property_ not in RELATIONSHIPS[read.link.relationship].properties:
            raise TypeError(f"{type_.name}.{name}: {read.link.relationship} has no {property_}")
        read.edge.setdefault(property_, len(read.edge))
        return plan.PropertyValue(property_, self.output(field_.type, details))

    def page_info(self, type_: GraphQLOutputType, details: FieldDetailsList) -> plan.PageInfoValue:
        named = cast("GraphQLObjectType", get_named_type(type_))
        return plan.PageInfoValue(
            {
                key: plan.TypeName(named.name) if field_ is None else name
                for key, name, field_, _selected in self.fields(named, details)
            }
        )

    def _add_cursor_columns(
        self, parts: Mapping[str, object], layouts: Mapping[str, plan.Layout], columns: tuple[str, ...]
    ) -> None:
        if _needs_cursor(parts):
            for layout in layouts.values():
                layout.add(*columns[:-1], layout.key_property)

    def output(self, type_: GraphQLOutputType, details: FieldDetailsList) -> plan.Output:
        """How a value of `type_` that lies in one cell is completed."""
        is_nullable = not isinstance(type_, GraphQLNonNull)
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(inner, GraphQLList):
            return plan.Items(self.output(inner.of_type, details), is_nullable)
        if is_leaf_type(inner):
            return plan.Leaf(inner, is_nullable)
        classes = self._value_classes(inner)
        if classes:
            shapes = {cls: self.value(object_type, cls, details) for cls, object_type in classes.items()}
            return plan.ValueObject(shapes, is_nullable)
        if isinstance(inner, GraphQLObjectType):
            return self.json(inner, details, is_nullable=is_nullable)
        raise TypeError(f"{inner}: no class is registered for it, and it is not stored as JSON")

    def possible(self, type_: object) -> list[GraphQLObjectType]:
        """The object types that `type_` may turn out to be."""
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            return list(self.executor.schema.get_possible_types(type_))
        return [type_] if isinstance(type_, GraphQLObjectType) else []

    def _value_classes(self, type_: object) -> dict[type, GraphQLObjectType]:
        found = {registry.value_of(object_type.name): object_type for object_type in self.possible(type_)}
        return {cls: object_type for cls, object_type in found.items() if cls is not None}

    def json(self, type_: GraphQLObjectType, details: FieldDetailsList, *, is_nullable: bool) -> plan.JsonObject:
        members: dict[str, tuple[str, plan.Output] | plan.TypeName] = {}
        for key, _name, field_, selected in self.fields(type_, details):
            if field_ is None:
                members[key] = plan.TypeName(type_.name)
                continue
            definition = field_.extensions.get(STRAWBERRY)
            members[key] = (member_name(definition), self.output(field_.type, selected))
        return plan.JsonObject(type_.name, members, is_nullable)

    def value(self, type_: GraphQLObjectType, cls: type, details: FieldDetailsList) -> plan.ValueShape:
        """The selection set `details` on instances of `cls`, and the references that must be there in any case."""
        shape = plan.ValueShape(type_.name, cls)
        seen: dict[str, int] = {}
        for key, name, field_, selected in self.fields(type_, details):
            if field_ is None:
                shape.fields[key] = plan.TypeName(type_.name)
                continue
            definition = field_.extensions.get(STRAWBERRY)
            declared = fields.declared_of(definition)
            if isinstance(declared, fields.Computed):
                self.has_custom = True
                shape.fields[key] = plan.CustomValue()
                continue
            output = (
                self.reference(field_.type, selected)
                if isinstance(declared, fields.Reference)
                else self.output(field_.type, selected)
            )
            shape.fields[key] = (member_name(definition), output)
            if isinstance(output, plan.Reference):
                seen[name] = output.position
        self._require(type_, shape, seen)
        return shape

    def _require(self, type_: GraphQLObjectType, shape: plan.ValueShape, seen: Mapping[str, int]) -> None:
        for name, field_ in type_.fields.items():
            definition = field_.extensions.get(STRAWBERRY)
            if not isinstance(fields.declared_of(definition), fields.Reference):
                continue
            if not isinstance(field_.type, GraphQLNonNull) or isinstance(field_.type.of_type, GraphQLList):
                continue
            attribute = member_name(definition)
            position = seen.get(name)
            if position is None:
                hidden = self.reference(field_.type, [])
                position = cast("plan.Reference", hidden).position
                shape.hidden.append((attribute, hidden))
            shape.required.append((attribute, position))

    def reference(self, type_: GraphQLOutputType, details: FieldDetailsList) -> plan.Output:
        """A place where values name nodes; `details` empty asks only whether they can be read."""
        is_nullable = not isinstance(type_, GraphQLNonNull)
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(inner, GraphQLList):
            return plan.Items(self.reference(inner.of_type, details), is_nullable)
        layouts = {label: plan.Layout(label) for label in self.labels_of(inner)}
        position = len(self.positions)
        self.positions.append(plan.Position(layouts))
        return plan.Reference(position, self.shapes(inner, details, layouts, is_under_list=True), is_nullable)

    def labels_of(self, type_: GraphQLNamedType) -> list[str]:
        """Labels of the nodes that `type_` may show."""
        models = [registry.model_of(found.name) for found in self.possible(type_)]
        if not models or None in models:
            raise TypeError(f"{type_.name} is no type of nodes")
        return [model.__name__ for model in models if model is not None]


def member_name(definition: Any) -> str:
    """Name of a field's value in its JSON object or Python value."""
    declared = fields.declared_of(definition)
    return str(getattr(declared, "property", None) or definition.python_name)


def _edge_fields(parts: Mapping[str, object]) -> Iterator[object]:
    for part in parts.values():
        if isinstance(part, plan.EdgesValue):
            yield from part.shape.fields.values()


def _page_fields(parts: Mapping[str, object]) -> Iterator[object]:
    for part in parts.values():
        if isinstance(part, plan.PageInfoValue):
            yield from part.fields.values()


def _needs_cursor(parts: Mapping[str, object]) -> bool:
    return any(isinstance(found, plan.CursorValue) for found in _edge_fields(parts)) or any(
        found in ("startCursor", "endCursor") for found in _page_fields(parts)
    )


def _needs_lookahead(parts: Mapping[str, object]) -> bool:
    return any(found == "hasNextPage" for found in _page_fields(parts))


def _needs_items(parts: Mapping[str, object]) -> bool:
    return any(isinstance(part, plan.EdgesValue | plan.PageInfoValue) for part in parts.values())


def _needs_count(parts: Mapping[str, object]) -> bool:
    return any(isinstance(part, plan.TotalValue) for part in parts.values())
