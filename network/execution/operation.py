"""Plans of an operation, made once: bounded in number and in size, least recently used first to go."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from graph.selection import Selection
from network.execution import plan
from network.execution.generate import Completion

MAX_PLANS: Final = 1_000
MAX_PLAN_FIELDS: Final = 100_000
"""Fields of all plans together; one field keeps about 1 kB of generated code and plan."""


@dataclass(frozen=True, slots=True, eq=False)
class OperationPlan:
    """What one field with a resolver of its own reads and shows.

    Attributes:
        root: What the field's value is completed as.
        selection: From the start on; None for values, which read at `positions` only.
        complete: Generated; None where a resolver below needs graphql-core.
        size: Fields, for the bounds of the cache.
        raised: What the generated code raised so far, as the log was told: class names of exceptions.
    """

    root: "plan.Shape | plan.ConnectionValue | plan.Output | None"
    selection: Selection | None
    pages: list[plan.PageSource]
    positions: list[plan.Position]
    selections: list[dict[str, Selection]]
    complete: Completion | None
    size: int
    raised: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class PlanCache:
    """Plans of one schema, by (id of the operation, place, what decides beside them).

    Entries keep their operation alive, so that its id stays its own.

    Attributes:
        most: Plans, and operations whose conditions are known.
        most_fields: Of all plans together.
    """

    most: int = MAX_PLANS
    most_fields: int = MAX_PLAN_FIELDS
    plans: "OrderedDict[tuple[Any, ...], tuple[OperationPlan, OperationDefinitionNode]]" = field(
        default_factory=OrderedDict
    )
    asked: "OrderedDict[int, tuple[tuple[str, ...], OperationDefinitionNode]]" = field(default_factory=OrderedDict)
    starts: dict[tuple[str, str], bool] = field(default_factory=dict)
    """By type and field: whether its resolver returns values that may name nodes."""
    size: int = 0

    def conditions(
        self, operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
    ) -> tuple[str, ...]:
        """As the function of that name, kept."""
        found = self.asked.get(id(operation))
        if found is None:
            found = self.asked[id(operation)] = (conditions(operation, fragments), operation)
            if len(self.asked) > self.most:
                self.asked.popitem(last=False)
        return found[0]

    def get(self, key: tuple[Any, ...]) -> OperationPlan | None:
        found = self.plans.get(key)
        if found is None:
            return None
        self.plans.move_to_end(key)
        return found[0]

    def put(self, key: tuple[Any, ...], made: OperationPlan, operation: OperationDefinitionNode) -> None:
        self.plans[key] = (made, operation)
        self.size += made.size
        while self.plans and (len(self.plans) > self.most or self.size > self.most_fields):
            _key, (dropped, _operation) = self.plans.popitem(last=False)
            self.size -= dropped.size


def conditions(operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]) -> tuple[str, ...]:
    """Names of the variables that `@skip` and `@include` ask: with their values they decide what is selected."""
    found: dict[str, None] = {}
    pending: list[SelectionSetNode] = [operation.selection_set]
    visited: set[str] = set()
    while pending:
        for node in pending.pop().selections:
            found.update(dict.fromkeys(_variables(node.directives or ())))
            if isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name in fragments and name not in visited:
                    visited.add(name)
                    pending.append(fragments[name].selection_set)
            elif isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set is not None:
                pending.append(node.selection_set)
    return tuple(found)


def _variables(directives: Iterable[Any]) -> list[str]:
    return [
        argument.value.name.value
        for directive in directives
        if directive.name.value in ("skip", "include")
        for argument in directive.arguments
        if isinstance(argument.value, VariableNode)
    ]
