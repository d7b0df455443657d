"""Declarations held against the model, once, when a schema is made: a slip of the pen is a failed start, not a failed query."""

from collections.abc import Iterator

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
)

from graph.ddl import LABELS, RELATIONSHIPS
from graph.links import Link
from network.execution import fields, registry
from network.execution.compile import STRAWBERRY, member_name


def check(schema: GraphQLSchema) -> None:
    """Passes where every declared field of a node fits the model and the types it promises.

    Raises:
        TypeError: names every field that does not, with the reason.
    """
    wrong = [
        f"{type_.name}.{name}: {reason}"
        for type_ in schema.type_map.values()
        if isinstance(type_, GraphQLObjectType) and registry.model_of(type_.name) is not None
        for name, field in type_.fields.items()
        for reason in _reasons(schema, type_, field)
    ]
    if wrong:
        raise TypeError("\n".join(wrong))


def _reasons(schema: GraphQLSchema, type_: GraphQLObjectType, field: GraphQLField) -> Iterator[str]:
    model = registry.model_of(type_.name)
    assert model is not None
    label = model.__name__
    definition = field.extensions.get(STRAWBERRY)
    match fields.declared_of(definition):
        case fields.Attribute():
            yield from _unknown(label, (member_name(definition),))
        case fields.Derived(needs=needs) | fields.Computed(needs=needs):
            yield from _unknown(label, needs)
        case fields.LinkField(links, is_connection=is_connection):
            if label not in links:
                yield f"no link for {label}"
            elif is_connection:
                yield from _connection(schema, links[label], field)
            else:
                yield from _link(schema, links[label], field)


def _unknown(label: str, names: tuple[str, ...]) -> Iterator[str]:
    yield from (f"{label} has no property {name}" for name in names if name not in LABELS[label].properties)


def _link(schema: GraphQLSchema, link: Link, field: GraphQLField) -> Iterator[str]:
    if isinstance(get_nullable_type(field.type), GraphQLList) is not link.is_many:
        yield f"{link.relationship} is {'a list' if link.is_many else 'one node'}"
    yield from _targets(schema, link, get_named_type(field.type))


def _connection(schema: GraphQLSchema, link: Link, field: GraphQLField) -> Iterator[str]:
    connection = get_named_type(field.type)
    if not link.is_many:
        yield f"{link.relationship} is one node"
    if not isinstance(connection, GraphQLObjectType) or {"edges", "pageInfo", "totalCount"} - set(connection.fields):
        yield f"{connection.name} is no connection"
        return
    edge = get_named_type(connection.fields["edges"].type)
    assert isinstance(edge, GraphQLObjectType)
    yield from _targets(schema, link, get_named_type(edge.fields["node"].type))
    for name, found in edge.fields.items():
        definition = found.extensions.get(STRAWBERRY)
        if isinstance(fields.declared_of(definition), fields.Attribute):
            if member_name(definition) not in RELATIONSHIPS[link.relationship].properties:
                yield f"{edge.name}.{name}: {link.relationship} has no such property"
        elif name not in {"cursor", "node"}:
            yield f"{edge.name}.{name}: an edge has cursor, node and attributes"


def _targets(schema: GraphQLSchema, link: Link, promised: GraphQLNamedType) -> Iterator[str]:
    for label in link.target:
        found = schema.get_type(registry.name_of_label(label) or label)
        if not isinstance(found, GraphQLObjectType):
            yield f"no type shows {label}"
        elif found is not promised and not (
            isinstance(promised, GraphQLInterfaceType | GraphQLUnionType) and schema.is_sub_type(promised, found)
        ):
            yield f"{found.name} is not a {promised.name}"
