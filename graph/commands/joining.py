"""Joining instead of doing the same again: a house asks to take part in a project, whose side decides."""

from dataclasses import dataclass

from auth import policy
from graph import links
from graph.actors import Actor
from graph.commands.holding import answer, hold, require_houses, required
from graph.commands.moving import next_stage
from graph.errors import ConstraintError, NodeNotFoundError
from graph.model import NodeKey
from graph.relationships import Involves
from graph.vocabulary import NewsKind, TaskKind
from graph.writing import tasks
from graph.writing.lifecycle import Move
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class JoinProject:
    """`role`: as what it wants to take part. `note`: what it says to whoever decides."""

    project: str
    house: NodeKey
    role: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class DecidePartner:
    """`role`: as what the house takes part. `reason`: needed to refuse."""

    project: str
    house: NodeKey
    is_accepted: bool
    role: str | None = None
    reason: str | None = None


async def join_project(
    unit_of_work: UnitOfWork, command: JoinProject, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project, and the `task` that asks its owner, else its reviewing hub.

    Raises:
        NodeNotFoundError: no such project, or not for the caller's eyes.
        ForbiddenError: the caller does not speak for the house.
        ConstraintError: the house owns the project or takes part already.
        MoveNotAllowedError: it is not published.
    """

    async def join(unit: Unit) -> dict[str, str | int]:
        held = await hold(unit, command.project)
        unit.require(policy.may_confirm_partnership, command.house)
        await require_houses(unit, [command.house], field="house")
        # Who may adopt it may join it: the same stages.
        await next_stage(unit, held, Move.ADOPT)
        involved = [house for house, _ in await unit.neighbours(links.PROJECT_HOUSES, held.key)]
        if command.house == held.owner or command.house in involved:
            raise ConstraintError(f"{command.house} takes part in {held.key}, or is asked to")
        note = "\n".join(filter(None, [command.role and f"Rolle: {command.role}", command.note])) or None
        deciding = [house for house in held.answerable if house != command.house]
        task = await tasks.ask(unit, TaskKind.DECIDE_PARTNER, held.key, deciding, subject=command.house, note=note)
        unit.record("join_project", held.key, None, {"house": str(command.house)})
        return {**answer(unit, held.project), "task": task}

    return await unit_of_work.run(join, actor=actor, idempotency_key=idempotency_key)


async def decide_partner(
    unit_of_work: UnitOfWork, command: DecidePartner, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project, in which the house takes part if it was accepted: it asked itself.

    Raises:
        NodeNotFoundError: no such project, not for the caller's eyes, or the house does not ask.
        ForbiddenError: the caller does not answer for the project, or for the asking house alone.
        InvalidInputError: refused without a reason.
    """
    reason = command.reason if command.is_accepted else required("reason", command.reason)

    async def decide(unit: Unit) -> dict[str, str | int]:
        held = await hold(unit, command.project)
        unit.require(policy.may_decide_partner, held.entry.stewards, command.house)
        asked = await tasks.settle(unit, held.key, TaskKind.DECIDE_PARTNER, subject=command.house, reason=reason)
        if not asked:
            raise NodeNotFoundError(f"no request of {command.house} to take part in {held.key}")
        if command.is_accepted:
            unit.record("accept_partner", held.key)
            unit.announce(NewsKind.PARTNERSHIP_CONFIRMED, held.key, house=command.house)
            await unit.connect(
                Involves(start=held.key, end=command.house, role=command.role, confirmed_at=unit.now, asked_at=unit.now)
            )
        else:
            unit.record("refuse_partner", held.key, None, {"house": str(command.house), "reason": reason})
            unit.announce(NewsKind.PARTNERSHIP_DECLINED, held.key, house=command.house)
        return answer(unit, held.project)

    return await unit_of_work.run(decide, actor=actor, idempotency_key=idempotency_key)
