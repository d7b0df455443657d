"""What keeps a mutation from happening, as typed members of its result: made from our errors here and nowhere else.

A caller branches on the type. What is nobody's fault (the database away, the outcome of a commit unknown) is no member but
an error with `extensions`, as in queries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Final

from auth.errors import ForbiddenError
from graph.errors import ConflictError, InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.writing.lifecycle import MoveNotAllowedError
from network.execution.fields import attribute, interface, value


@dataclass(frozen=True, slots=True)
class NotFound:
    """Absent, or not for this caller: the two look alike."""

    message: str


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The caller sees what it is about, and may not do this."""

    message: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is stored has moved on. `current_version` is None where no version is concerned."""

    message: str
    current_version: int | None = None
    allowed_moves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One value that cannot be meant, and where it stands: `input`, then names of fields and positions in lists."""

    path: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class InvalidInput:
    """All that is wrong with an input."""

    message: str
    problems: tuple[InputProblem, ...]


Problem = NotFound | Forbidden | Conflict | InvalidInput


class InvalidInputsError(InvalidInputError):
    """Several values of one input cannot be meant."""

    def __init__(self, problems: Sequence[InputProblem]) -> None:
        super().__init__("; ".join(f"{'.'.join(problem.path)}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)


def problem_of(error: Exception, place: Callable[[str], tuple[tuple[str, ...], object]]) -> Problem | None:
    """The member that `error` becomes; None where it stays an error.

    Args:
        place: Where in the input a field of the command stands, as a path without `input`, and what was given there.
    """
    match error:
        case NodeNotFoundError():
            return NotFound(f"There is {error}, or not for this caller.")
        case ForbiddenError():
            return Forbidden(str(error))
        case StaleWriteError():
            return Conflict(str(error), error.current_version)
        case MoveNotAllowedError():
            return Conflict(str(error), allowed_moves=error.allowed)
        case ConflictError():
            return Conflict(str(error))
        case InvalidInputsError():
            return InvalidInput("The input cannot be meant; `problems` says where.", error.problems)
        case InvalidInputError():
            path, given = ((), None) if error.field is None else place(error.field)
            of_items = [
                InputProblem(("input", *path, str(index)), message)
                for index, item in enumerate(given if isinstance(given, list) else ())
                for key, message in error.items.items()
                if _names(item, key)
            ]
            return InvalidInput(str(error), tuple(of_items) or (InputProblem(("input", *path), str(error)),))
    return None


def _names(item: object, key: str) -> bool:
    """Whether an item of a list names the node: by its global id, its key alone, or in a field of its own."""
    if is_dataclass(item):
        return any(_names(getattr(item, member.name), key) for member in fields(item))
    return isinstance(item, str) and item.strip() in (key, key.partition(":")[2])


_MESSAGE: Final = "What is wrong, in English, for developers."


@interface(name="Problem", description="Why a mutation changed nothing.")
class _Problem:
    message: str = attribute(_MESSAGE)


@value(NotFound, name="NotFound", description="What it is about is absent, or not for the caller.", shareable=True)
class _NotFound(_Problem):
    message: str = attribute(_MESSAGE)


@value(Forbidden, name="Forbidden", description="The caller may not do this.", shareable=True)
class _Forbidden(_Problem):
    message: str = attribute(_MESSAGE)


@value(
    Conflict,
    name="Conflict",
    description="What is stored has changed or is taken. Read again, decide again; nothing was overwritten.",
    shareable=True,
)
class _Conflict(_Problem):
    message: str = attribute(_MESSAGE)
    current_version: int | None = attribute(
        "The version that is stored, where `expectedVersion` was another one; else null."
    )
    allowed_moves: list[str] = attribute(
        "Where the stage of an entry forbids what was asked: what the caller can do with it now, as in `SUBMIT`, or "
        "which status an adoption may get; else empty."
    )


@value(InputProblem, name="InputProblem", description="One value that cannot be meant.", shareable=True)
class _InputProblem:
    path: list[str] = attribute("Where it stands: `input`, then names of fields and positions in lists, from 0.")
    message: str = attribute("What was expected there, in English.")


@value(InvalidInput, name="InvalidInput", description="Values of the input cannot be meant.", shareable=True)
class _InvalidInput(_Problem):
    message: str = attribute(_MESSAGE)
    problems: list[_InputProblem] = attribute("Everything that is wrong with the input, each with its place.")


PROBLEMS: Final[tuple[type, ...]] = (_NotFound, _Forbidden, _Conflict, _InvalidInput)
"""The GraphQL types, for unions."""
