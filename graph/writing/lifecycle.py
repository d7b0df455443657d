"""The life cycles of a project and of an adoption, each as one table. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from graph.errors import ConflictError
from graph.vocabulary import AdoptionStatus, Stage


class Move(StrEnum):
    """What can be done with a project, as far as its stage decides about it."""

    EDIT = "EDIT"
    SUBMIT = "SUBMIT"
    REQUEST_CHANGES = "REQUEST_CHANGES"
    PUBLISH = "PUBLISH"
    WITHDRAW = "WITHDRAW"
    ARCHIVE = "ARCHIVE"
    CONFIRM_CURRENT = "CONFIRM_CURRENT"
    ADOPT = "ADOPT"
    CLAIM = "CLAIM"


MOVES: Final[Mapping[Stage, Mapping[Move, Stage]]] = {
    Stage.DRAFT: {
        Move.EDIT: Stage.DRAFT,
        Move.SUBMIT: Stage.SUBMITTED,
        Move.WITHDRAW: Stage.WITHDRAWN,
    },
    Stage.SUBMITTED: {
        Move.EDIT: Stage.SUBMITTED,
        Move.REQUEST_CHANGES: Stage.CHANGES_REQUESTED,
        Move.PUBLISH: Stage.PUBLISHED,
        Move.WITHDRAW: Stage.WITHDRAWN,
    },
    Stage.CHANGES_REQUESTED: {
        Move.EDIT: Stage.CHANGES_REQUESTED,
        Move.SUBMIT: Stage.SUBMITTED,
        Move.WITHDRAW: Stage.WITHDRAWN,
    },
    Stage.PUBLISHED: {
        Move.EDIT: Stage.PUBLISHED,
        Move.WITHDRAW: Stage.WITHDRAWN,
        Move.ARCHIVE: Stage.ARCHIVED,
        Move.CONFIRM_CURRENT: Stage.PUBLISHED,
        Move.ADOPT: Stage.PUBLISHED,
        Move.CLAIM: Stage.PUBLISHED,
    },
    # Taken back is not gone: its author goes on with it and hands it in again.
    Stage.WITHDRAWN: {
        Move.EDIT: Stage.WITHDRAWN,
        Move.SUBMIT: Stage.SUBMITTED,
        Move.WITHDRAW: Stage.WITHDRAWN,
    },
    # What was archived stays as it was; who wants to change it has it published again first.
    Stage.ARCHIVED: {
        Move.PUBLISH: Stage.PUBLISHED,
        Move.WITHDRAW: Stage.WITHDRAWN,
        Move.ADOPT: Stage.ARCHIVED,
        Move.CLAIM: Stage.ARCHIVED,
    },
}
"""Stage -> what can be done there -> the stage that it leads to. What is not here is refused."""

ADOPTION_MOVES: Final[Mapping[AdoptionStatus | None, frozenset[AdoptionStatus]]] = {
    None: frozenset(AdoptionStatus),
    AdoptionStatus.INTERESTED: frozenset({AdoptionStatus.PILOT, AdoptionStatus.IN_USE, AdoptionStatus.RETIRED}),
    AdoptionStatus.PILOT: frozenset({AdoptionStatus.IN_USE, AdoptionStatus.RETIRED}),
    AdoptionStatus.IN_USE: frozenset({AdoptionStatus.RETIRED}),
    AdoptionStatus.RETIRED: frozenset(),
}
"""Status of an adoption -> the ones that may follow. A house that takes a project up again records a new adoption."""


class MoveNotAllowedError(ConflictError):
    """The entry is where this cannot be done: `reason`; `allowed` is what can be, by name."""

    def __init__(self, message: str, *, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{message}; possible: {', '.join(allowed) or 'nothing'}")
        self.reason = message
        self.allowed = allowed


def moved(stage: Stage, move: Move) -> Stage:
    """The stage after `move`.

    Raises:
        MoveNotAllowedError: not possible from `stage`.
    """
    if move not in MOVES[stage]:
        raise MoveNotAllowedError(f"{move} is not possible while the project is {stage}", allowed=allowed_moves(stage))
    return MOVES[stage][move]


def allowed_moves(stage: Stage) -> tuple[str, ...]:
    """What can be done with a project at `stage`, by name, in the order of `Move`."""
    return tuple(move.value for move in Move if move in MOVES[stage])


def check_adoption(before: AdoptionStatus | None, after: AdoptionStatus) -> None:
    """Passes if an adoption may become `after`, or stays it.

    Raises:
        MoveNotAllowedError: it may not.
    """
    if before is not after and after not in ADOPTION_MOVES[before]:
        following = tuple(status.value for status in AdoptionStatus if status in ADOPTION_MOVES[before])
        raise MoveNotAllowedError(f"an adoption that is {before} does not become {after}", allowed=following)
