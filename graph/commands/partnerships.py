"""Houses that take part in a project: named by its author, asked, and then confirming or declining themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from auth import policy
from graph import links
from graph.actors import Actor, System
from graph.commands.holding import Held, answer, hold, require_houses, required
from graph.commands.project_changes import Partner
from graph.errors import ConstraintError, NodeNotFoundError
from graph.model import NodeKey, Project
from graph.relationships import Involves, Plain
from graph.vocabulary import NewsKind, TaskKind
from graph.writing import tasks
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

Edges = dict[NodeKey, dict[str, Any]]

_OF_PARTNERS: Final = (TaskKind.CONFIRM_PARTNERSHIP, TaskKind.DECIDE_CLAIM)
"""What is pointless once a house takes no part any more."""


@dataclass(frozen=True, kw_only=True)
class ConfirmPartnership:
    project: str
    house: NodeKey


@dataclass(frozen=True, kw_only=True)
class DeclinePartnership:
    """`reason` stays in the audit trail, for those who may read it."""

    project: str
    house: NodeKey
    reason: str


async def set_partners(unit: Unit, project: Project, wanted: Sequence[Partner], *, owner: NodeKey | None) -> None:
    """Makes the involved houses exactly `wanted`. One that is new, or gets another role, is asked (again).

    A house whose leave the caller has anyway, its own, is confirmed at once, and so is the owner.

    Raises:
        InvalidInputError: an unknown house, one twice, or too many.
    """
    await require_houses(unit, [partner.house for partner in wanted], field="partners")
    stored: Edges = dict(await unit.neighbours(links.PROJECT_HOUSES, project.key))
    # Who is to own the project is not one of the partners that the author lists.
    to_be = {house: edge for house, edge in stored.items() if edge.get("is_owner_to_be")}
    relationships = [_stored(project.key, house, edge) for house, edge in to_be.items()]
    asked: list[NodeKey] = []
    answered: list[NodeKey] = []
    for partner in wanted:
        edge = stored.get(partner.house)
        if partner.house in to_be:
            continue
        if edge is not None and edge.get("role") == partner.role:
            relationships.append(_stored(project.key, partner.house, edge))
            continue
        is_own = partner.house == owner or _speaks_for(unit.actor, partner.house)
        relationships.append(
            Involves(
                start=project.key,
                end=partner.house,
                role=partner.role,
                confirmed_at=unit.now if is_own else None,
                asked_at=unit.now,
            )
        )
        (answered if is_own else asked).append(partner.house)
    await unit.relink(links.PROJECT_HOUSES, {project.id: relationships})
    for house in stored.keys() - to_be.keys() - {partner.house for partner in wanted}:
        await tasks.settle(unit, project.key, *_OF_PARTNERS, subject=house)
    for house in answered:
        await tasks.settle(unit, project.key, TaskKind.CONFIRM_PARTNERSHIP, subject=house)
    for house in asked:
        await tasks.ask(unit, TaskKind.CONFIRM_PARTNERSHIP, project.key, [house], subject=house)


async def ask_owner(unit: Unit, project: Project, house: NodeKey, *, role: str | None = None) -> None:
    """Asks a house for which a hub registered the project whether it takes it on as its own."""
    relationship = Involves(start=project.key, end=house, role=role, asked_at=unit.now, is_owner_to_be=True)
    await unit.connect(relationship)
    await tasks.ask(unit, TaskKind.CONFIRM_PARTNERSHIP, project.key, [house], subject=house)


async def ask_again(unit: Unit, project: NodeKey) -> None:
    """Asks the houses that were asked and have not answered, where that was settled with a withdrawal."""
    waiting = {task.subject for task in await tasks.open_tasks(unit, project, TaskKind.CONFIRM_PARTNERSHIP)}
    for house, edge in await unit.neighbours(links.PROJECT_HOUSES, project):
        is_silent = edge.get("asked_at") is not None and edge.get("confirmed_at") is None
        if is_silent and str(house) not in waiting:
            await tasks.ask(unit, TaskKind.CONFIRM_PARTNERSHIP, project, [house], subject=house)


async def close_claims(unit: Unit, project: NodeKey) -> None:
    """Refuses what houses asked for that are not the owner of a project which has one now."""
    for claim in await tasks.settle(unit, project, TaskKind.DECIDE_CLAIM, reason="owned by another house"):
        if claim.subject is not None:
            unit.announce(NewsKind.CLAIM_REFUSED, project, house=NodeKey.parse(claim.subject))


async def take_part(unit: Unit, project: NodeKey, house: NodeKey) -> None:
    """Notes that `house` says itself that it takes part, and that it is asked no more; not named any more, it is not."""
    edges: Edges = dict(await unit.neighbours(links.PROJECT_HOUSES, project))
    edge = edges.get(house)
    if edge is not None and edge.get("confirmed_at") is None:
        await unit.connect(_stored(project, house, {**edge, "confirmed_at": unit.now, "is_owner_to_be": None}))
    await tasks.settle(unit, project, TaskKind.CONFIRM_PARTNERSHIP, subject=house)


async def confirm_partnership(
    unit_of_work: UnitOfWork, command: ConfirmPartnership, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project that `house` now takes part in; confirmed before, it stays as it is.

    A house for which a hub registered the project becomes its owner.

    Raises:
        NodeNotFoundError: no such project, not for the caller's eyes, or the house is not asked.
        ForbiddenError: the caller does not decide for `house`.
    """

    async def confirm(unit: Unit) -> dict[str, str | int]:
        held, edge = await _asked(unit, command.project, command.house)
        if edge.get("confirmed_at") is None:
            unit.record("confirm_partnership", held.key)
            unit.announce(NewsKind.PARTNERSHIP_CONFIRMED, held.key)
            await take_part(unit, held.key, command.house)
            if edge.get("is_owner_to_be") and held.owner is None:
                await unit.connect(Plain(type="OWNS", start=command.house, end=held.key))
                await close_claims(unit, held.key)
        return answer(unit, held.project)

    return await unit_of_work.run(confirm, actor=actor, idempotency_key=idempotency_key)


async def decline_partnership(
    unit_of_work: UnitOfWork, command: DeclinePartnership, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project that `house` takes no part in, also one that had confirmed before.

    Raises:
        NodeNotFoundError: no such project, not for the caller's eyes, or the house is not asked.
        ForbiddenError: the caller does not decide for `house`.
        ConstraintError: `house` owns the project.
        InvalidInputError: no reason.
    """
    reason = required("reason", command.reason)

    async def decline(unit: Unit) -> dict[str, str | int]:
        held, edge = await _asked(unit, command.project, command.house)
        if command.house == held.owner:
            raise ConstraintError(f"{command.house} owns {held.key}: withdraw the project instead")
        before = {"INVOLVES": [{"node": str(command.house), **edge}]}
        unit.record("decline_partnership", held.key, before, {"house": str(command.house), "reason": reason})
        unit.announce(NewsKind.PARTNERSHIP_DECLINED, held.key)
        await unit.disconnect(Involves(start=held.key, end=command.house))
        await tasks.settle(unit, held.key, *_OF_PARTNERS, subject=command.house, reason=reason)
        return answer(unit, held.project)

    return await unit_of_work.run(decline, actor=actor, idempotency_key=idempotency_key)


async def _asked(unit: Unit, project: str, house: NodeKey) -> tuple[Held, dict[str, Any]]:
    held = await hold(unit, project)
    unit.require(policy.may_confirm_partnership, house)
    edges: Edges = dict(await unit.neighbours(links.PROJECT_HOUSES, held.key))
    if house not in edges:
        raise NodeNotFoundError(f"no partnership of {house} in {held.key}")
    return held, edges[house]


def _speaks_for(actor: Actor, house: NodeKey) -> bool:
    return not isinstance(actor, System) and policy.may_confirm_partnership(actor, house)


def _stored(project: NodeKey, house: NodeKey, edge: dict[str, Any]) -> Involves:
    return Involves(start=project, end=house, **edge)
