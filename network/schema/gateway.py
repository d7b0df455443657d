"""One schema for one process: the union of the subgraphs' types, as a composer would make it.

Nothing is fetched between subgraphs here. Every resolver of every subgraph returns a node of `graph.model`, so that any
subgraph's field resolves on what another one returned, and the union of the fields is all that composition has to do.
What would need more than a union is refused at start: two definitions of one name that differ, a field that two
subgraphs resolve without saying `@shareable`, a directive that changes the composed schema.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from graphql import (
    REMOVE,
    DirectiveNode,
    DocumentNode,
    FieldDefinitionNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLType,
    GraphQLUnionType,
    InterfaceTypeDefinitionNode,
    Node,
    ObjectTypeDefinitionNode,
    StringValueNode,
    TypeDefinitionNode,
    Visitor,
    assert_valid_schema,
    parse,
    print_ast,
    visit,
)
from strawberry.federation import Schema

IMPLEMENTED_DIRECTIVES: Final = frozenset(
    {
        *("link", "key", "shareable", "tag", "authenticated", "requiresScopes", "cost", "listSize"),
        *("deprecated", "specifiedBy", "oneOf"),
    }
)
"""Directives under which the composed schema is the plain union, and those of GraphQL itself."""

_COMPARED_DIRECTIVES: Final = frozenset({"deprecated", "specifiedBy", "oneOf", "cost", "listSize"})
_MACHINERY_PREFIXES: Final = ("_", "link__")
"""Names of types that federation adds to a subgraph (and introspection to every schema), none of them ours."""
_MACHINERY_FIELDS: Final = frozenset({"_entities", "_service"})


class CompositionError(Exception):
    """The subgraphs do not fit together; the message has one line per problem."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(("the subgraphs do not compose:", *self.problems)))


def compose(subgraphs: Mapping[str, Schema]) -> GraphQLSchema:
    """The schema that holds what every subgraph defines, without federation's own types and fields.

    Raises:
        CompositionError: the subgraphs differ where they must agree; every difference is named.
    """
    problems = list(problems_of({name: schema.as_str() for name, schema in subgraphs.items()}))
    if problems:
        raise CompositionError(problems)
    # Strawberry keeps its graphql-core schema to itself; there is no other way to it.
    return _Union([schema._schema for schema in subgraphs.values()]).schema()  # noqa: SLF001


def problems_of(sdl: Mapping[str, str]) -> Iterator[str]:
    """Why the subgraphs whose SDL is given, by name, are more than a union of each other; nothing when they are not."""
    definitions: dict[str, list[_Definition]] = defaultdict(list)
    for subgraph, text in sdl.items():
        document = parse(text)
        yield from _unknown_directives(subgraph, document)
        for node in document.definitions:
            if isinstance(node, TypeDefinitionNode) and not node.name.value.startswith(_MACHINERY_PREFIXES):
                definitions[node.name.value].append(_Definition(subgraph, node))
    for same_named in definitions.values():
        first, *others = same_named
        for other in others:
            yield from _differences(first, other)
        if isinstance(first.node, ObjectTypeDefinitionNode):
            yield from _unshared_fields(same_named)


@dataclass(frozen=True, slots=True)
class _Definition:
    subgraph: str
    node: TypeDefinitionNode

    @property
    def name(self) -> str:
        return self.node.name.value

    @property
    def fields(self) -> dict[str, FieldDefinitionNode]:
        if not isinstance(self.node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
            return {}
        return {
            field.name.value: field for field in self.node.fields or () if field.name.value not in _MACHINERY_FIELDS
        }

    def shares(self, field: str) -> bool:
        """Whether another subgraph may resolve `field`, too: marked, or part of a key."""
        directives = [*(self.node.directives or ()), *(self.fields[field].directives or ())]
        return any(
            directive.name.value == "shareable"
            or (directive.name.value == "key" and field in _argument(directive, "fields").split())
            for directive in directives
        )


def _argument(directive: DirectiveNode, name: str) -> str:
    values = (argument.value for argument in directive.arguments or () if argument.name.value == name)
    return next((value.value for value in values if isinstance(value, StringValueNode)), "")


def _unknown_directives(subgraph: str, document: DocumentNode) -> Iterator[str]:
    found: set[str] = set()

    class Collect(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            found.add(node.name.value)

    visit(document, Collect())
    for name in sorted(found - IMPLEMENTED_DIRECTIVES):
        yield f"@{name} in {subgraph}: the gateway does not implement it"


class _WithoutFederation(Visitor):
    def enter_directive(self, node: DirectiveNode, *_: Any) -> Any:
        return None if node.name.value in _COMPARED_DIRECTIVES else REMOVE


def _text(node: Node) -> str:
    return print_ast(visit(node, _WithoutFederation()))


def _differences(one: _Definition, other: _Definition) -> Iterator[str]:
    where = f"in {one.subgraph} and in {other.subgraph}"
    if one.node.kind != other.node.kind:
        yield f"{one.name}: not the same kind of type {where}"
    elif not isinstance(one.node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        if _text(one.node) != _text(other.node):
            yield f"{one.name}: differs {where}"
    else:
        if _described(one.node) != _described(other.node):
            yield f"{one.name}: described differently {where}"
        for name in one.fields.keys() & other.fields.keys():
            if _text(one.fields[name]) != _text(other.fields[name]):
                yield f"{one.name}.{name}: differs {where}"


def _described(node: TypeDefinitionNode) -> str | None:
    description = getattr(node, "description", None)
    return description.value if isinstance(description, StringValueNode) else None


def _unshared_fields(definitions: list[_Definition]) -> Iterator[str]:
    holders: dict[str, list[_Definition]] = defaultdict(list)
    for definition in definitions:
        for field in definition.fields:
            holders[field].append(definition)
    for field, defined in holders.items():
        if len(defined) > 1 and not all(definition.shares(field) for definition in defined):
            names = ", ".join(definition.subgraph for definition in defined)
            yield f"{definitions[0].name}.{field}: resolved by {names}, and not @shareable in each of them"


T = TypeVar("T", bound=GraphQLNamedType)


class _Union:
    """Builds the merged types once each; references between them are resolved when all are there."""

    def __init__(self, schemas: list[GraphQLSchema]) -> None:
        self._first = schemas[0]
        parts: dict[str, list[GraphQLNamedType]] = defaultdict(list)
        for schema in schemas:
            for name, named_type in schema.type_map.items():
                if not name.startswith(_MACHINERY_PREFIXES):
                    parts[name].append(named_type)
        self._merged = {name: self._merge(same_named) for name, same_named in parts.items()}

    def schema(self) -> GraphQLSchema:
        """The merged schema, valid by the rules of GraphQL §3."""

        def root(name: str) -> GraphQLObjectType | None:
            merged = self._merged.get(name)
            return merged if isinstance(merged, GraphQLObjectType) else None

        schema = GraphQLSchema(
            query=root("Query"),
            mutation=root("Mutation"),
            subscription=root("Subscription"),
            types=list(self._merged.values()),
            description=self._first.description,
            # Strawberry's resolvers find their schema's converter here.
            extensions=self._first.extensions,
        )
        assert_valid_schema(schema)
        return schema

    def _merge(self, parts: list[GraphQLNamedType]) -> GraphQLNamedType:
        match parts[0]:
            case GraphQLObjectType() as given:
                objects = _all(GraphQLObjectType, parts)
                return GraphQLObjectType(
                    **_changed(
                        given, fields=lambda: self._fields(objects), interfaces=lambda: self._interfaces(objects)
                    )
                )
            case GraphQLInterfaceType() as given:
                interfaces = _all(GraphQLInterfaceType, parts)
                return GraphQLInterfaceType(
                    **_changed(
                        given, fields=lambda: self._fields(interfaces), interfaces=lambda: self._interfaces(interfaces)
                    )
                )
            case GraphQLUnionType() as given:
                return GraphQLUnionType(**_changed(given, types=lambda: [self._merged[m.name] for m in given.types]))
            case GraphQLInputObjectType() as given:
                return GraphQLInputObjectType(**_changed(given, fields=lambda: self._input_fields(given)))
            case GraphQLScalarType() | GraphQLEnumType() as leaf:
                return leaf
            case other:
                raise TypeError(f"no rule for {other!r}")

    def _fields(self, parts: Iterable[GraphQLObjectType | GraphQLInterfaceType]) -> dict[str, GraphQLField]:
        fields: dict[str, GraphQLField] = {}
        for part in parts:
            for name, field in part.fields.items():
                if name not in _MACHINERY_FIELDS and name not in fields:
                    fields[name] = self._field(field)
        return fields

    def _field(self, field: GraphQLField) -> GraphQLField:
        arguments = {
            name: GraphQLArgument(**_changed(argument, type_=self._type(argument.type)))
            for name, argument in field.args.items()
        }
        return GraphQLField(**_changed(field, type_=self._type(field.type), args=arguments))

    def _input_fields(self, given: GraphQLInputObjectType) -> dict[str, GraphQLInputField]:
        return {
            name: GraphQLInputField(**_changed(field, type_=self._type(field.type)))
            for name, field in given.fields.items()
        }

    def _interfaces(self, parts: Iterable[GraphQLObjectType | GraphQLInterfaceType]) -> list[GraphQLInterfaceType]:
        names = dict.fromkeys(interface.name for part in parts for interface in part.interfaces)
        return _all(GraphQLInterfaceType, [self._merged[name] for name in names])

    def _type(self, given: GraphQLType) -> Any:
        match given:
            case GraphQLNonNull():
                return GraphQLNonNull(self._type(given.of_type))
            case GraphQLList():
                return GraphQLList(self._type(given.of_type))
            case GraphQLNamedType():
                # Built-in scalars are in the map only where a subgraph uses them.
                return self._merged.get(given.name, given)
            case _:
                raise TypeError(f"no rule for {given!r}")


def _all(kind: type[T], parts: Iterable[GraphQLNamedType]) -> list[T]:
    return [part for part in parts if isinstance(part, kind)]


def _changed(part: Any, **changes: object) -> dict[str, Any]:
    """What builds `part` again with `changes`; untyped, since each kind has keyword arguments of its own."""
    return {**part.to_kwargs(), **changes}
