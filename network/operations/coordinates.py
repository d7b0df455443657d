"""Which parts of the schema an operation uses, by schema coordinate: `Type.field`, `Type.field(argument:)`, `Enum.VALUE`.

Read once for each document. What a variable holds is known only when the operation runs: for those that may hold input
objects or enums, and for those alone, a call of `Uses.given` reads the values.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    ArgumentNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    type_from_ast,
    visit,
)

_MOST_VALUES: Final = 2_000
"""Of one request: as many as a document may hold tokens. A list of thousands uses the same few fields again and again."""


@dataclass(frozen=True, slots=True, eq=False)
class Uses:
    """What one operation uses: equal only to itself, so that it is counted without looking into it."""

    fixed: frozenset[str] = frozenset()
    variables: Mapping[str, GraphQLInputType] = field(default_factory=dict)
    """Those that may hold input objects or enums."""

    def given(self, values: Mapping[str, Any]) -> frozenset[str]:
        """What the values of variables use beside `fixed`; values that do not fit use nothing."""
        if not self.variables:
            return frozenset()
        return frozenset(_within((self.variables[name], values[name]) for name in self.variables if name in values))


def uses(schema: GraphQLSchema, document: DocumentNode) -> dict[str | None, Uses]:
    """Operation name -> what it uses. The document is valid against the schema."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    own = {name: _collected(schema, fragment) for name, fragment in fragments.items()}
    found: dict[str | None, Uses] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            collected = _collected(schema, definition)
            used, spread = set(collected.found), set(collected.spread)
            waiting = list(spread)
            while waiting:
                fragment = own[waiting.pop()]
                used |= fragment.found
                waiting += fragment.spread - spread
                spread |= fragment.spread
            name = definition.name.value if definition.name else None
            found[name] = Uses(frozenset(used), _telling_variables(schema, definition))
    return found


def _telling_variables(schema: GraphQLSchema, operation: OperationDefinitionNode) -> dict[str, GraphQLInputType]:
    telling: dict[str, GraphQLInputType] = {}
    for variable in operation.variable_definitions or ():
        declared = type_from_ast(schema, variable.type)
        named = None if declared is None else get_named_type(declared)
        if isinstance(named, GraphQLInputObjectType | GraphQLEnumType):
            telling[variable.variable.name.value] = named
    return telling


def _within(given: Iterable[tuple[GraphQLInputType, Any]]) -> Iterator[str]:
    """The coordinates of values, in whatever lists they stand; without recursion, and no more than _MOST_VALUES."""
    waiting = list(given)
    seen = 0
    while waiting and seen < _MOST_VALUES:
        declared, value = waiting.pop()
        seen += 1
        if isinstance(value, list):
            waiting += ((declared, item) for item in value[: _MOST_VALUES - seen])
        elif isinstance(declared, GraphQLEnumType):
            if isinstance(value, str) and value in declared.values:
                yield f"{declared.name}.{value}"
        elif isinstance(declared, GraphQLInputObjectType) and isinstance(value, dict):
            for name, inner in value.items():
                if name in declared.fields:
                    yield f"{declared.name}.{name}"
                    waiting.append((get_named_type(declared.fields[name].type), inner))


def _collected(schema: GraphQLSchema, node: Node) -> "_Collector":
    types = TypeInfo(schema)
    collector = _Collector(types)
    visit(node, TypeInfoVisitor(types, collector))
    return collector


class _Collector(Visitor):
    """The coordinates of one definition, and the fragments that it spreads. Introspection uses nothing of ours."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self._field = ""
        self.found: set[str] = set()
        self.spread: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent = self._types.get_parent_type()
        is_ours = parent is not None and not parent.name.startswith("__") and not node.name.value.startswith("__")
        self._field = f"{parent.name}.{node.name.value}" if parent is not None and is_ours else ""
        if self._field:
            self.found.add(self._field)

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        # Arguments of directives stand where the field's own have ended, or before any field.
        if self._field and self._types.get_directive() is None:
            self.found.add(f"{self._field}({node.name.value}:)")

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        parent = self._types.get_parent_input_type()
        named = None if parent is None else get_named_type(parent)
        if isinstance(named, GraphQLInputObjectType):
            self.found.add(f"{named.name}.{node.name.value}")

    def enter_enum_value(self, node: EnumValueNode, *_: object) -> None:
        declared = self._types.get_input_type()
        named = None if declared is None else get_named_type(declared)
        if isinstance(named, GraphQLEnumType):
            self.found.add(f"{named.name}.{node.value}")

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self.spread.add(node.name.value)
