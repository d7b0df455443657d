"""What an operation may ask for at most, in nodes: the IBM cost specification over `@cost` and `@listSize`.

A relation of at most n rows costs n, whether it is a list or a connection (`edges`, `node` and `pageInfo` weigh 0), and
what is selected below it is paid n times. Sizes come from the field's `@listSize`; without one, from `first`, else from
a size that is assumed. Page sizes may be variables, so an operation is turned into a small tree once and the tree is
summed at every call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)
from strawberry.federation.schema_directives import Cost, ListSize

from network.limits import SATURATED, LimitExceededError, Limits

ASSUMED_SIZE: Final = 10
"""Rows of a list without any statement about its size. Lists of ours are short or say more."""

ASSUMED_PAGE: Final = 20
"""Rows of a connection whose `first` has no default in the schema; ours have one."""

_PAGING: Final = frozenset({"edges", "node", "pageInfo"})
_Parent = GraphQLObjectType | GraphQLInterfaceType


@dataclass(frozen=True, slots=True)
class _Size:
    """Rows of a relation: a fixed number, or a variable (`default` where it is not given)."""

    fixed: int
    variable: str | None = None
    is_length: bool = False
    """The variable holds a list, and its length counts."""


@dataclass(frozen=True, slots=True)
class _Cost:
    """size × (weight + below) + beside."""

    size: _Size
    weight: int
    below: tuple["_Cost", ...]
    beside: tuple["_Cost", ...] = ()


@dataclass(frozen=True, slots=True)
class OperationCost:
    """The cost of one operation, as a function of its variables."""

    fixed: int
    varying: tuple[_Cost, ...]
    pages: tuple[_Size, ...] = ()
    """Page sizes that the client gave."""

    def total(self, variables: Mapping[str, Any]) -> int:
        """Nodes at most, never above SATURATED. Values of a wrong type count as not given: coercion refuses them."""
        return min(SATURATED, self.fixed + sum(_sum(cost, variables) for cost in self.varying))

    def check(self, variables: Mapping[str, Any], limits: Limits, *, is_trusted: bool = False) -> None:
        """Passes when the operation is affordable.

        Args:
            is_trusted: Operators published it, and with it what it costs: only its pages are counted.

        Raises:
            LimitExceededError: it is not.
        """
        for page in self.pages:
            rows = _rows(page, variables)
            if rows > limits.max_page_size:
                raise LimitExceededError("max_page_size", limits.max_page_size, rows)
        asked = self.total(variables)
        if asked > limits.max_cost and not is_trusted:
            raise LimitExceededError(
                "max_cost", limits.max_cost, asked, advice="Ask for smaller pages or fewer levels."
            )


def costs(schema: GraphQLSchema, document: DocumentNode) -> dict[str | None, OperationCost]:
    """Operation name -> cost. The document is valid and within the limits: recursion below is bounded by both."""
    found: dict[str | None, OperationCost] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            root = schema.get_root_type(definition.operation)
            builder = _Builder(schema, document, definition)
            parts = builder.selections(root, definition.selection_set) if root else ()
            varying = tuple(part for part in parts if _varies(part))
            fixed = min(SATURATED, sum(_sum(part, {}) for part in parts if not _varies(part)))
            found[definition.name.value if definition.name else None] = OperationCost(
                fixed, varying, tuple(builder.pages)
            )
    return found


def _sum(cost: _Cost, variables: Mapping[str, Any]) -> int:
    below = cost.weight + sum(_sum(child, variables) for child in cost.below)
    beside = sum(_sum(child, variables) for child in cost.beside)
    return min(SATURATED, _rows(cost.size, variables) * below + beside)


def _rows(size: _Size, variables: Mapping[str, Any]) -> int:
    if size.variable is None:
        return size.fixed
    value = variables.get(size.variable)
    if size.is_length:
        return len(value) if isinstance(value, list) else size.fixed
    return max(0, min(SATURATED, value)) if type(value) is int else size.fixed


def _varies(cost: _Cost) -> bool:
    return cost.size.variable is not None or any(_varies(child) for child in (*cost.below, *cost.beside))


class _Builder:
    """Turns one operation into costs."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self.pages: list[_Size] = []
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._defaults = {
            variable.variable.name.value: variable.default_value
            for variable in operation.variable_definitions or ()
            if variable.default_value is not None
        }

    def selections(self, parent: object, selection_set: SelectionSetNode) -> tuple[_Cost, ...]:
        parts: list[_Cost] = []
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                part = self._field(parent, selection)
                parts.extend(() if part is None else (part,))
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self._fragments[selection.name.value]
                named = self._schema.get_type(fragment.type_condition.name.value)
                parts.extend(self.selections(named, fragment.selection_set))
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                target = self._schema.get_type(condition.name.value) if condition else parent
                parts.extend(self.selections(target, selection.selection_set))
        return tuple(parts)

    def _field(self, parent: object, node: FieldNode) -> _Cost | None:
        name = node.name.value
        if name.startswith("__") or not isinstance(parent, _Parent):
            return None
        field = parent.fields[name]
        target = get_named_type(field.type)
        declared = _declared_weight(field)
        weight = declared if declared is not None else int(is_composite_type(target) and not _is_paging(parent, name))
        if node.selection_set is None:
            return _Cost(_Size(1), weight, ()) if weight else None
        size = self._size(field, node)
        if rows := _rows_of(field, target):
            # Finding the rows is paid once, whatever the page.
            found = _Cost(_Size(1), declared or 0, ())
            return self._connection(target, node.selection_set, size, found, rows)
        return _Cost(size, weight, self.selections(target, node.selection_set))

    def _connection(
        self, target: Any, selection_set: SelectionSetNode, size: _Size, found: _Cost, names: frozenset[str]
    ) -> _Cost:
        """The fields `names` are paid per row; finding them, facets, counts and `pageInfo` once."""
        rows: list[_Cost] = []
        once: list[_Cost] = [found]
        for name, part in self._parts(target, selection_set, names):
            (rows if name in names else once).append(part)
        return _Cost(size, 1, tuple(rows), tuple(once))

    def _parts(self, parent: Any, selection_set: SelectionSetNode, names: frozenset[str]) -> list[tuple[str, _Cost]]:
        """Costs of fields with their names; what is listed by `names` is sized by the field above."""
        parts: list[tuple[str, _Cost]] = []
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                name = selection.name.value
                if name in names and selection.selection_set is not None:
                    below = self.selections(get_named_type(parent.fields[name].type), selection.selection_set)
                    parts.append((name, _Cost(_Size(1), 0, below)))
                elif (part := self._field(parent, selection)) is not None:
                    parts.append((name, part))
            elif isinstance(selection, FragmentSpreadNode):
                parts.extend(self._parts(parent, self._fragments[selection.name.value].selection_set, names))
            elif isinstance(selection, InlineFragmentNode):
                parts.extend(self._parts(parent, selection.selection_set, names))
        return parts

    def _size(self, field: GraphQLField, node: FieldNode) -> _Size:
        listed = _declared_size(field)
        if node.name.value == "_entities":
            # References are counted once each, whatever else is asked.
            return self._argument_size(node, "representations", 1, is_length=True)
        slicing = (listed.slicing_arguments if listed else None) or (["first"] if "first" in field.args else [])
        assumed = (listed.assumed_size if listed else None) or None
        if slicing:
            declared = field.args[slicing[0]].default_value
            size = self._argument_size(node, slicing[0], declared if type(declared) is int else assumed or ASSUMED_PAGE)
            self.pages.append(size)
            return size
        if assumed:
            return _Size(assumed)
        return _Size(ASSUMED_SIZE if _is_list(field.type) or _is_connection(get_named_type(field.type)) else 1)

    def _argument_size(self, node: FieldNode, name: str, default: int, *, is_length: bool = False) -> _Size:
        given = next((argument.value for argument in node.arguments or () if argument.name.value == name), None)
        if isinstance(given, VariableNode):
            fallback = _constant(self._defaults.get(given.name.value), default)
            return _Size(fallback, given.name.value, is_length)
        return _Size(_constant(given, default))


def _constant(value: ValueNode | None, default: int) -> int:
    if isinstance(value, IntValueNode):
        # Ten digits hold every Int; longer ones are refused by validation, and int() of 4,300 digits raises.
        return min(SATURATED, max(0, int(value.value))) if len(value.value) <= 11 else SATURATED
    if isinstance(value, ListValueNode):
        return len(value.values)
    return default


def _is_list(type_: Any) -> bool:
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)


def _is_connection(target: object) -> bool:
    return isinstance(target, GraphQLObjectType) and "edges" in target.fields and "pageInfo" in target.fields


def _rows_of(field: GraphQLField, target: object) -> frozenset[str]:
    """The fields below `field` that hold its rows: of a connection, or as its `@listSize` says; none of a plain list."""
    if _is_connection(target):
        return frozenset({"edges", "nodes"})
    listed = _declared_size(field)
    return frozenset((listed.sized_fields if listed else None) or ())


def _is_paging(parent: GraphQLObjectType | GraphQLInterfaceType, name: str) -> bool:
    """Whether the field only leads through a connection: `node` of an edge does, `Query.node` does not."""
    return name in _PAGING and (_is_connection(parent) or "cursor" in parent.fields)


def _directives(field: GraphQLField) -> tuple[object, ...]:
    definition = (field.extensions or {}).get("strawberry-definition")
    return tuple(getattr(definition, "directives", None) or ())


def _declared_weight(field: GraphQLField) -> int | None:
    return next((directive.weight for directive in _directives(field) if isinstance(directive, Cost)), None)


def _declared_size(field: GraphQLField) -> ListSize | None:
    return next((directive for directive in _directives(field) if isinstance(directive, ListSize)), None)
