"""What a file of this folder declares, as a function that makes questions of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from graphql import NonNullTypeNode, OperationDefinitionNode, VariableDefinitionNode, parse

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Question:
    """An operation with values of its variables, none of which is None."""

    operation: str
    variables: Mapping[str, Any]


class Mutation(Protocol):
    """An operation that writes: it takes `input` and nothing else."""

    def __call__(self, *, input: Mapping[str, Any]) -> Question: ...  # noqa: A002 # the name that the API gives it


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """A file of the folder.

    Attributes:
        variables: By name.
        needed: Those without which it cannot be asked.
    """

    name: str
    variables: Mapping[str, VariableDefinitionNode]
    needed: frozenset[str]

    def __call__(self, **given: Any) -> Question:
        """The question with these variables; those that are None are left out.

        Raises:
            TypeError: it has no such variable, or lacks one that it needs.
        """
        known = {name: value for name, value in given.items() if value is not None}
        if not given.keys() <= self.variables.keys():
            raise TypeError(f"{self.name}: has no variable {', '.join(sorted(given.keys() - self.variables.keys()))}")
        if not self.needed <= known.keys():
            raise TypeError(f"{self.name}: expected {', '.join(sorted(self.needed - known.keys()))}")
        return Question(self.name, known)


def declarations(folder: Path) -> dict[str, Operation]:
    """Name of file -> what it declares, by name.

    Raises:
        ValueError: a file holds another number of operations than one.
    """
    return {
        path.stem: _declared(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.graphql"))
    }


def _declared(name: str, text: str) -> Operation:
    found = [one for one in parse(text, no_location=True).definitions if isinstance(one, OperationDefinitionNode)]
    if len(found) != 1:
        raise ValueError(f"{name}: expected one operation, got {len(found)}")
    variables = {one.variable.name.value: one for one in found[0].variable_definitions or ()}
    return Operation(name, variables, frozenset(name for name, one in variables.items() if is_needed(one)))


def is_needed(variable: VariableDefinitionNode) -> bool:
    """Whether nothing is asked without a value of it."""
    return isinstance(variable.type, NonNullTypeNode) and variable.default_value is None
