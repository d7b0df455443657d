"""Calls that somebody asks for about an entry, signed in or not, and tasks that are done by saying so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from auth import policy
from auth.principal import Anonymous
from graph import links
from graph.actors import Actor, System, actor_id
from graph.commands.holding import required
from graph.ddl import LABELS
from graph.errors import InvalidInputError, NodeNotFoundError, TooOftenError
from graph.model import HOUSES, House, NodeKey, Project, Task
from graph.reading import desks
from graph.values import Contact
from graph.vocabulary import CallbackDesk, TaskKind, Visibility
from graph.writing import tasks
from graph.writing.daily import DAY_S, a_day_ago
from graph.writing.lifecycle import MoveNotAllowedError
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

MAX_TEXT: Final = 500
MAX_LINES: Final = 3
CALLS_A_DAY: Final = 60
"""For one entry, whoever asks: ten times what the edge lets one sender ask for in a day, so that nobody alone uses it up."""


@dataclass(frozen=True, kw_only=True)
class RequestCallback:
    """`entry`: a project, need, event or expert. At least one of `phone` and `email`."""

    entry: NodeKey
    name: str
    text: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class CompleteTask:
    """`reason`: what came of it, for the asked side's own records."""

    task: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who is asked, and the function that a caller may know of."""

    desk: CallbackDesk
    houses: tuple[NodeKey, ...]
    function: str | None


async def request_callback(
    unit_of_work: UnitOfWork, command: RequestCallback, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | None]:
    """Whom the request went to: `desk`, the global id of the first `house` and its `function`; and the `task`.

    Nobody but those who are asked reads it, and after `graph.accounts.retention.CALLBACK_DAYS` days nobody does.

    Raises:
        NodeNotFoundError: no such entry, or not for the caller's eyes; the two look alike.
        InvalidInputError: no text or name, too much of it, or no way to reach the caller.
        TooOftenError: CALLS_A_DAY were asked for.
    """
    note = _note(command)

    async def request(unit: Unit) -> dict[str, str | None]:
        if not await unit.lock(command.entry):
            raise NodeNotFoundError(f"no {command.entry}")
        asked = await _asked(unit, command.entry)
        unit.require(policy.may_request_callback)
        # Counted after the entry was found readable: how often others asked for a hidden one is hidden, too.
        parameters = {"entity": str(command.entry), "since": a_day_ago(unit.now)}
        ((count,),) = await unit.query("callbacks_of_a_day", **parameters)
        if count >= CALLS_A_DAY:
            raise TooOftenError(f"{command.entry}: at most {CALLS_A_DAY} calls in 24 hours", retry_after_s=DAY_S)
        task = await tasks.ask_once_more(unit, TaskKind.CALL_BACK, command.entry, asked.houses, note=note)
        unit.record("request_callback", NodeKey("Task", task))
        house = str(asked.houses[0]) if asked.houses else None
        return {"task": task, "desk": asked.desk.value, "house": house, "function": asked.function}

    return await unit_of_work.run(request, actor=actor, idempotency_key=idempotency_key)


async def complete_task(
    unit_of_work: UnitOfWork, command: CompleteTask, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` of the task, which is done; done before, it stays as it is.

    Raises:
        NodeNotFoundError: no such task, or it asks others.
        ForbiddenError: the caller reads it and is not asked.
        MoveNotAllowedError: a task that is done by deciding, not by saying so.
        InvalidInputError: a reason without text.
    """
    reason = None if command.reason is None else required("reason", command.reason)

    async def complete(unit: Unit) -> dict[str, str | int]:
        key = NodeKey("Task", command.task)
        await unit.lock(key)
        await unit.require_readable(key)
        task = await unit.get(Task, command.task)
        if task is None:
            raise NodeNotFoundError(f"no {key}")
        houses = [house for house, _ in await unit.neighbours(links.TASK_HOUSES, key)]
        unit.require(_may_do, houses)
        if task.kind is not TaskKind.CALL_BACK:
            raise MoveNotAllowedError(f"{task.kind} is done by what it asks for", allowed=())
        if task.is_open:
            unit.record("complete_task", key)
            done_by = actor_id(unit.actor)
            await unit.put(replace(task, is_open=False, done_at=unit.now, done_by=done_by, reason=reason))
        return {"id": task.id}

    return await unit_of_work.run(complete, actor=actor, idempotency_key=idempotency_key)


def _may_do(caller: Actor, houses: Sequence[NodeKey]) -> bool:
    return isinstance(caller, System) or policy.may_do_task(caller, houses, decides=False)


def _note(command: RequestCallback) -> str:
    """What whoever calls back reads.

    Raises:
        InvalidInputError: see `request_callback`.
    """
    for field in ("name", "text"):
        required(field, getattr(command, field))
    text = command.text.strip()
    if len(text) > MAX_TEXT or len(text.splitlines()) > MAX_LINES:
        raise InvalidInputError(f"text: expected at most {MAX_LINES} lines and {MAX_TEXT} characters", field="text")
    ways = [f"Telefon: {command.phone}"] if command.phone else []
    ways += [f"E-Mail: {command.email}"] if command.email else []
    if not ways:
        raise InvalidInputError("phone: expected a telephone number or an e-mail address", field="phone")
    return "\n".join([f"Rückruf erbeten von {command.name}", *ways, "", text])


async def _asked(unit: Unit, entry: NodeKey) -> _Asked:
    """Whom to ask about an entry that the caller may read.

    Raises:
        NodeNotFoundError: it is not there, or not for the caller.
        InvalidInputError: nobody can be asked about its kind.
    """
    if LABELS[entry.label].is_guarded:
        await unit.require_readable(entry)
    found = await desks.desk_of(unit.follow, entry)
    own = None
    if entry.label == "Project" and found.desk is CallbackDesk.OWNER:
        project = await unit.get(Project, entry.value)
        own = None if project is None else _function(unit.actor, project.contact, project.contact_visibility)
    if own is None and found.houses:
        own = await _function_of(unit, found.houses[0])
    return _Asked(found.desk, found.houses, own)


async def _function_of(unit: Unit, house: NodeKey) -> str | None:
    if house.label not in HOUSES:
        return None
    found = await unit.get(LABELS[house.label].node, house.value)
    return _function(unit.actor, found.contact, found.contact_visibility) if isinstance(found, House) else None


def _function(caller: Actor, contact: Contact | None, visibility: Visibility) -> str | None:
    """The function that a contact names, as far as `caller` may see the contact."""
    if contact is None or visibility is Visibility.PRIVATE:
        return None
    is_member = not isinstance(caller, System | Anonymous) and policy.may_read_network_fields(caller)
    return contact.function if visibility is Visibility.PUBLIC or is_member else None
