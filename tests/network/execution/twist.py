"""Variants of an operation: arguments that find something, variables, conditions, fragments, aliases."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    ArgumentNode,
    ConstValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_required_argument,
)

_TYPES = {"first": "Int!", "after": "String", "yes": "Boolean!", "no": "Boolean!"}


def twisted(
    document: DocumentNode, dice: random.Random, texts: Mapping[str, Sequence[str]]
) -> tuple[DocumentNode, dict[str, Any]]:
    """Another operation of the same outline, and its variables."""
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    twist = _Twist(dice, texts)
    selections = twist.selections(operation.selection_set, is_root=True)
    definitions = tuple(
        VariableDefinitionNode(variable=_variable(name), type=_type(_TYPES[name.rstrip("0123456789")]))
        for name in twist.variables
    )
    varied = OperationDefinitionNode(
        operation=operation.operation, variable_definitions=definitions, selection_set=selections
    )
    return DocumentNode(definitions=(varied, *twist.fragments)), twist.variables


def deep(schema: GraphQLSchema, dice: random.Random, *, depth: int = 6, without: Sequence[str] = ()) -> DocumentNode:
    """A query that follows links further than generated documents usually do; `twisted` gives its arguments values.

    It leaves out fields called as in `without`.
    """
    query = schema.query_type
    assert query is not None
    roots = [name for name in query.fields if not name.startswith("_") and name not in without]
    chosen = tuple(
        _field(schema, query, name, dice, depth, without, alias=f"r{number}")
        for number, name in enumerate(dice.sample(roots, min(len(roots), 3)))
    )
    operation = OperationDefinitionNode(
        operation=OperationType.QUERY, selection_set=SelectionSetNode(selections=chosen)
    )
    return DocumentNode(definitions=(operation,))


def _field(
    schema: GraphQLSchema,
    parent: Any,
    name: str,
    dice: random.Random,
    depth: int,
    without: Sequence[str],
    alias: str | None = None,
) -> FieldNode:
    found = parent.fields[name]
    named = get_named_type(found.type)
    given = [
        argument
        for argument, declared in found.args.items()
        if is_required_argument(declared)
        or (dice.random() < 0.5 and not is_input_object_type(get_named_type(declared.type)))
    ]
    lists = {argument for argument in given if "[" in str(found.args[argument].type)}
    enums = {argument for argument in given if is_enum_type(get_named_type(found.args[argument].type))}
    return FieldNode(
        name=NameNode(value=name),
        alias=None if alias is None else NameNode(value=alias),
        arguments=tuple(
            ArgumentNode(
                name=NameNode(value=argument),
                value=ListValueNode(values=()) if argument in lists else StringValueNode(value=""),
            )
            for argument in given
            if argument not in enums
        ),
        selection_set=None if is_leaf_type(named) else _below(schema, named, dice, depth - 1, without),
    )


def _below(
    schema: GraphQLSchema, named: Any, dice: random.Random, depth: int, without: Sequence[str]
) -> SelectionSetNode:
    if is_abstract_type(named):
        parts: list[Any] = [FieldNode(name=NameNode(value="__typename"))]
        for possible in schema.get_possible_types(named):
            if dice.random() < 0.7:
                below = _below(schema, possible, dice, depth, without)
                parts.append(InlineFragmentNode(type_condition=_named(possible.name), selection_set=below))
        return SelectionSetNode(selections=tuple(parts))
    shown = {name: found for name, found in named.fields.items() if name not in without}
    leaves = [name for name, found in shown.items() if is_leaf_type(get_named_type(found.type))]
    inner = [name for name in shown if name not in leaves] if depth > 0 else []
    names = [*dice.sample(leaves, min(len(leaves), 3)), *dice.sample(inner, min(len(inner), 2))]
    if not names:
        return SelectionSetNode(selections=(FieldNode(name=NameNode(value="__typename")),))
    # Aliases by type: the same field of two types in one place may differ in nullability or arguments.
    fields = (
        _field(schema, named, name, dice, depth, without, alias=f"{named.name}_{name}_{number}")
        for number, name in enumerate(names)
    )
    return SelectionSetNode(selections=tuple(fields))


class _Twist:
    def __init__(self, dice: random.Random, texts: Mapping[str, Sequence[str]]) -> None:
        self.dice = dice
        self.texts = texts
        self.variables: dict[str, Any] = {}
        self.fragments: list[FragmentDefinitionNode] = []

    def selections(self, found: SelectionSetNode, *, is_root: bool = False, on: str | None = None) -> SelectionSetNode:
        varied: list[Any] = []
        for node in found.selections:
            made = self.node(node, on)
            varied.append(made)
            chance = self.dice.random()
            if chance < 0.1 and not is_root:
                varied.append(InlineFragmentNode(directives=self.conditions(1.0), selection_set=_set(made)))
            elif chance < 0.15 and on is not None:
                name = NameNode(value=f"F{len(self.fragments)}")
                self.fragments.append(
                    FragmentDefinitionNode(name=name, type_condition=_named(on), selection_set=_set(made))
                )
                varied[-1] = FragmentSpreadNode(name=name, directives=self.conditions(0.5))
            elif chance < 0.2:
                varied.append(FieldNode(name=NameNode(value="__typename"), alias=NameNode(value="kind")))
        return SelectionSetNode(selections=tuple(varied))

    def node(self, node: Any, on: str | None) -> Any:
        if isinstance(node, InlineFragmentNode):
            name = node.type_condition.name.value if node.type_condition else on
            return InlineFragmentNode(
                type_condition=node.type_condition,
                directives=self.conditions(0.1),
                selection_set=self.selections(node.selection_set, on=name),
            )
        arguments = tuple(self.argument(argument) for argument in node.arguments or ())
        return FieldNode(
            name=node.name,
            alias=node.alias,
            arguments=arguments,
            directives=self.conditions(0.05),
            selection_set=None if node.selection_set is None else self.selections(node.selection_set),
        )

    def conditions(self, chance: float) -> tuple[DirectiveNode, ...]:
        if self.dice.random() >= chance:
            return ()
        name = self.dice.choice(("yes", "no"))
        self.variables.setdefault(name, self.dice.random() < 0.7 if name == "yes" else self.dice.random() < 0.3)
        directive = "include" if name == "yes" else "skip"
        argument = ArgumentNode(name=NameNode(value="if"), value=_variable(name))
        return (DirectiveNode(name=NameNode(value=directive), arguments=(argument,)),)

    def argument(self, argument: ArgumentNode) -> ArgumentNode:
        name = argument.name.value
        value: Any = argument.value
        if name == "first":
            number = (
                self.dice.choice((1, 2, 3, 5, 20)) if self.dice.random() < 0.95 else self.dice.choice((0, 100, 101, -1))
            )
            value = self.variable(name, number) if self.dice.random() < 0.3 else IntValueNode(value=str(number))
        elif name == "after":
            text = self.dice.choice(self.texts.get(name, ("",))) if self.dice.random() < 0.04 else None
            value = self.variable(name, text) if self.dice.random() < 0.3 else _constant(text)
        elif isinstance(value, ListValueNode):
            picked = [self.dice.choice(self.texts.get(name, self.texts["slug"])) for _ in range(self.dice.randrange(4))]
            value = ListValueNode(values=tuple(_constant(text) for text in picked))
        elif isinstance(value, StringValueNode):
            value = _constant(self.dice.choice(self.texts.get(name, self.texts["slug"])))
        return ArgumentNode(name=argument.name, value=value)

    def variable(self, prefix: str, value: Any) -> VariableNode:
        name = f"{prefix}{len(self.variables)}"
        self.variables[name] = value
        return _variable(name)


def _constant(value: str | None) -> ConstValueNode:
    return NullValueNode() if value is None else StringValueNode(value=value)


def _variable(name: str) -> VariableNode:
    return VariableNode(name=NameNode(value=name))


def _named(name: str) -> NamedTypeNode:
    return NamedTypeNode(name=NameNode(value=name))


def _type(text: str) -> NamedTypeNode | NonNullTypeNode:
    return NonNullTypeNode(type=_named(text[:-1])) if text.endswith("!") else _named(text)


def _set(node: Any) -> SelectionSetNode:
    return SelectionSetNode(selections=(node,))
