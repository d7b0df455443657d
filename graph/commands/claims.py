"""Entries that nobody owns yet: an involved house asks for one, a reviewer consents."""

from dataclasses import dataclass

from auth import policy
from graph import links
from graph.actors import Actor
from graph.commands.holding import answer, hold, require_houses, required
from graph.commands.moving import next_stage
from graph.commands.partnerships import close_claims, take_part
from graph.errors import ConstraintError, NodeNotFoundError
from graph.model import NodeKey
from graph.relationships import Plain
from graph.vocabulary import NewsKind, TaskKind
from graph.writing import tasks
from graph.writing.lifecycle import Move
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ClaimProject:
    """`note`: what the house says to whoever decides."""

    project: str
    house: NodeKey
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class DecideClaim:
    """`reason`: needed to refuse, welcome to grant."""

    project: str
    house: NodeKey
    is_granted: bool
    reason: str | None = None


async def claim_project(
    unit_of_work: UnitOfWork, command: ClaimProject, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project, and the `task` that asks its reviewers, or the network's administration.

    Raises:
        NodeNotFoundError: no such project, or not for the caller's eyes.
        ForbiddenError: the house is not involved, or not the caller's.
        ConstraintError: somebody owns it.
        MoveNotAllowedError: it is not published.
    """

    async def claim(unit: Unit) -> dict[str, str | int]:
        held = await hold(unit, command.project)
        involved = [house for house, _ in await unit.neighbours(links.PROJECT_HOUSES, held.key)]
        unit.require(policy.may_claim_entry, command.house, involved)
        await require_houses(unit, [command.house], field="house")
        await next_stage(unit, held, Move.CLAIM)
        if held.owner is not None:
            raise ConstraintError(f"{held.key} has an owner")
        deciding = [hub for hub in (held.reviewer,) if hub is not None and hub != command.house]
        task = await tasks.ask(
            unit, TaskKind.DECIDE_CLAIM, held.key, deciding, subject=command.house, note=command.note
        )
        unit.record("claim_project", held.key, None, {"house": str(command.house)})
        return {**answer(unit, held.project), "task": task}

    return await unit_of_work.run(claim, actor=actor, idempotency_key=idempotency_key)


async def decide_claim(
    unit_of_work: UnitOfWork, command: DecideClaim, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project, which `house` owns if the claim is granted; other claims are then closed.

    Raises:
        NodeNotFoundError: no such project, not for the caller's eyes, or no such claim.
        ForbiddenError: the caller reviews nothing of it, or for the claiming house alone.
        ConstraintError: somebody owns it by now.
        InvalidInputError: refused without a reason.
    """
    reason = command.reason if command.is_granted else required("reason", command.reason)

    async def decide(unit: Unit) -> dict[str, str | int]:
        held = await hold(unit, command.project)
        unit.require(policy.may_decide_claim, held.entry.stewards, command.house)
        claims = await tasks.settle(unit, held.key, TaskKind.DECIDE_CLAIM, subject=command.house, reason=reason)
        if not claims:
            raise NodeNotFoundError(f"no claim of {command.house} to {held.key}")
        if not command.is_granted:
            unit.record("refuse_claim", held.key, None, {"house": str(command.house), "reason": reason})
            unit.announce(NewsKind.CLAIM_REFUSED, held.key, house=command.house)
            return answer(unit, held.project)
        if held.owner is not None:
            raise ConstraintError(f"{held.key} has an owner")
        unit.record("grant_claim", held.key)
        unit.announce(NewsKind.CLAIM_GRANTED, held.key, house=command.house)
        await unit.connect(Plain(type="OWNS", start=command.house, end=held.key))
        await take_part(unit, held.key, command.house)
        await close_claims(unit, held.key)
        return answer(unit, held.project)

    return await unit_of_work.run(decide, actor=actor, idempotency_key=idempotency_key)
