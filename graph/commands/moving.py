"""Moves of a project in its life cycle, as the caller may make them."""

from datetime import date

from auth import policy
from graph import links
from graph.actors import System
from graph.commands.holding import Held
from graph.values import day_of
from graph.vocabulary import Stage
from graph.writing.lifecycle import Move, MoveNotAllowedError, moved
from graph.writing.unit import Unit


async def next_stage(unit: Unit, held: Held, move: Move) -> Stage:
    """The stage of the project after `move`. Asked after policy, which says whether the caller may make it at all.

    Raises:
        MoveNotAllowedError: not possible at its stage; it names what is possible, for this caller.
    """
    try:
        return moved(held.project.stage, move)
    except MoveNotAllowedError as error:
        own = tuple([name for name in error.allowed if await _may(unit, held, Move(name))])
        raise MoveNotAllowedError(error.reason, allowed=own) from error


def submitted_on(held: Held) -> date | None:
    """Since when the project waits for a review; None if it does not."""
    at = held.project.submitted_at
    return day_of(at) if at is not None and held.project.stage is Stage.SUBMITTED else None


async def _may(unit: Unit, held: Held, move: Move) -> bool:
    actor, stewards = unit.actor, held.entry.stewards
    if isinstance(actor, System):
        return True
    match move:
        case Move.ADOPT:
            return policy.has_house_beside(actor, held.owner)
        case Move.CLAIM:
            involved = [house for house, _ in await unit.neighbours(links.PROJECT_HOUSES, held.key)]
            return held.owner is None and any(policy.may_claim_entry(actor, house, involved) for house in involved)
        case Move.REQUEST_CHANGES | Move.PUBLISH | Move.ARCHIVE:
            return policy.may_review_project(actor, stewards, submitted_on(held), day_of(unit.now))
        case Move.EDIT | Move.SUBMIT | Move.WITHDRAW | Move.CONFIRM_CURRENT:
            return policy.may_edit_project(actor, stewards)
