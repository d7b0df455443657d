"""Experts of a house: functions, and persons who are asked whether they want to be listed."""

from dataclasses import dataclass, replace
from typing import Final

from auth import policy
from graph.actors import Actor
from graph.commands.changing import answer
from graph.commands.consent import HeldExpert, hold_expert
from graph.commands.expert_entries import (
    NO_CHANGES,
    ExpertChanges,
    ask_for_consent,
    changed,
    needs_consent_anew,
    surround,
)
from graph.commands.holding import require_houses, require_version
from graph.identifiers import uuid7
from graph.model import Expert, NodeKey
from graph.relationships import Plain
from graph.vocabulary import NewsKind, Origin, Visibility
from graph.writing import tasks
from graph.writing.daily import require_rest
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

ASKED_A_DAY: Final = 50
"""Of one caller: each entry of a person, and each change that asks her anew, is an e-mail to whatever address is given."""


@dataclass(frozen=True, kw_only=True)
class RegisterExpert:
    """`is_person`: a natural person, who is asked; otherwise a function, as in `IT-Leitung`, with nothing personal.

    Seen by everybody (a person: once she consented) unless `details` say otherwise.
    """

    house: NodeKey
    name: str
    is_person: bool
    details: ExpertChanges = NO_CHANGES


@dataclass(frozen=True, kw_only=True)
class UpdateExpert:
    expert: str
    expected_version: int
    changes: ExpertChanges


@dataclass(frozen=True, kw_only=True)
class RemoveExpert:
    expert: str
    expected_version: int | None = None


async def register_expert(
    unit_of_work: UnitOfWork, command: RegisterExpert, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the entry; a person's is hidden, and she is written to.

    Raises:
        ForbiddenError: `house` is not the caller's.
        InvalidInputError: something missing or unknown, or something personal of a function.
        TooOftenError: a person, and the caller entered ASKED_A_DAY experts.
    """

    async def register(unit: Unit) -> dict[str, str | int]:
        unit.require(policy.may_register_expert, command.house)
        if command.is_person:
            await require_rest(unit, "register_expert", most=ASKED_A_DAY)
        await require_houses(unit, [command.house], field="house")
        entered = Expert(
            id=str(uuid7()),
            name=command.name,
            is_person=command.is_person,
            visibility=Visibility.PUBLIC,
            origin=Origin.REGISTERED,
            confirmed_at=unit.now,
            consent_asked_at=unit.now if command.is_person else None,
        )
        expert = changed(entered, replace(command.details, name=command.name))
        unit.record("register_expert", expert.key)
        stored = await unit.put(expert)
        await unit.connect(Plain(type="WORKS_AT", start=expert.key, end=command.house))
        await surround(unit, stored, command.details, [command.house])
        if expert.is_person:
            await ask_for_consent(unit, expert)
        else:
            unit.announce(NewsKind.EXPERT_JOINED, expert.key)
        return {"id": stored.id, "version": stored.version}

    return await unit_of_work.run(register, actor=actor, idempotency_key=idempotency_key)


async def update_expert(
    unit_of_work: UnitOfWork, command: UpdateExpert, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the entry.

    Where somebody else than the person changes what she agreed to, she is asked anew and hidden until she answers; one
    who said no is not asked again.

    Raises:
        NodeNotFoundError: no such expert, or not for the caller's eyes.
        ForbiddenError: the caller is neither of a house of the expert's nor the person herself.
        StaleWriteError: it is at another version.
        InvalidInputError: as for `register_expert`.
        TooOftenError: she would be asked, and the caller changed ASKED_A_DAY experts.
    """

    async def update(unit: Unit) -> dict[str, str | int]:
        held = await _hold_as_editor(unit, command.expert, command.expected_version)
        before = held.expert
        after = replace(changed(before, command.changes), confirmed_at=unit.now)
        is_to_be_asked = before.is_person and not held.is_self and needs_consent_anew(before, after)
        if is_to_be_asked:
            asked_at = before.consent_asked_at if before.consent_withdrawn_at else unit.now
            after = replace(after, consent_given_at=None, consent_asked_at=asked_at)
            if before.email != after.email:
                after = replace(after, actor=None)
        unit.record("update_expert", before.key)
        await unit.put(after)
        await surround(unit, after, command.changes, held.houses)
        if is_to_be_asked and before.consent_withdrawn_at is None:
            await require_rest(unit, "update_expert", most=ASKED_A_DAY)
            await ask_for_consent(unit, after)
        return answer(unit, before)

    return await unit_of_work.run(update, actor=actor, idempotency_key=idempotency_key)


async def remove_expert(
    unit_of_work: UnitOfWork, command: RemoveExpert, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` of the entry that is gone, with what it was linked to.

    Raises:
        NodeNotFoundError, ForbiddenError, StaleWriteError: as for `update_expert`.
    """

    async def remove(unit: Unit) -> dict[str, str | int]:
        held = await _hold_as_editor(unit, command.expert, command.expected_version)
        await tasks.settle(unit, held.expert.key)
        unit.record("remove_expert", held.expert.key)
        await unit.delete(held.expert.key)
        return {"id": held.expert.id}

    return await unit_of_work.run(remove, actor=actor, idempotency_key=idempotency_key)


async def _hold_as_editor(unit: Unit, expert: str, expected_version: int | None) -> HeldExpert:
    held = await hold_expert(unit, expert)
    if not held.is_self:
        unit.require(policy.may_edit_expert, held.houses)
    require_version(held.expert, expected_version)
    return held
