"""Events that houses host."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from auth import policy
from auth.errors import ForbiddenError
from graph import links
from graph.actors import Actor, System
from graph.commands.changing import answer, given_in, relink, require_period, require_text
from graph.commands.dates import require_times
from graph.commands.holding import require_houses, require_version, required
from graph.commands.project_changes import UNCHANGED, Unchanged
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.identifiers import uuid7
from graph.model import Event, NodeKey
from graph.relationships import Plain
from graph.values import Instant, LocalTime, PartialDate, Source
from graph.vocabulary import EventStatus, NewsKind, Origin
from graph.writing import tasks
from graph.writing.lifecycle import MoveNotAllowedError
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class EventChanges:
    """Fields to set; None clears one, `UNCHANGED` leaves it. A tuple replaces what is stored; topics are slugs.

    `hosts`: houses of the caller's own, beside those of others that host the event already.
    """

    title: str | Unchanged = UNCHANGED
    kind: str | Unchanged | None = UNCHANGED
    description: str | Unchanged | None = UNCHANGED
    status: EventStatus | Unchanged = UNCHANGED
    starts_at: PartialDate | Unchanged | None = UNCHANGED
    start_time: LocalTime | Unchanged | None = UNCHANGED
    ends_at: PartialDate | Unchanged | None = UNCHANGED
    end_time: LocalTime | Unchanged | None = UNCHANGED
    is_recurring: bool | Unchanged | None = UNCHANGED
    date_note: str | Unchanged | None = UNCHANGED
    place: str | Unchanged | None = UNCHANGED
    online_url: str | Unchanged | None = UNCHANGED
    registration_url: str | Unchanged | None = UNCHANGED
    outcome: str | Unchanged | None = UNCHANGED
    sources: tuple[Source, ...] | Unchanged = UNCHANGED
    topics: tuple[str, ...] | Unchanged = UNCHANGED
    hosts: tuple[NodeKey, ...] | Unchanged = UNCHANGED


@dataclass(frozen=True, kw_only=True)
class SaveEvent:
    """`event` None enters a new one; a stored one is changed at `expected_version`."""

    event: str | None = None
    expected_version: int | None = None
    changes: EventChanges


@dataclass(frozen=True, kw_only=True)
class CancelEvent:
    event: str
    reason: str
    expected_version: int | None = None


_SURROUNDINGS: Final = frozenset({"topics", "hosts"})


async def save_event(
    unit_of_work: UnitOfWork, command: SaveEvent, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the event. PLANNED unless something else is said; a cancelled one that is PLANNED again
    takes place after all.

    Raises:
        NodeNotFoundError: no such event.
        ForbiddenError: none of its hosts is the caller's, or one that is to be added or left out is not.
        StaleWriteError: it is at another version.
        InvalidInputError: no title, no host, no expected version, dates or times in the wrong order, or something unknown.
    """
    return await unit_of_work.run(lambda unit: _save(unit, command), actor=actor, idempotency_key=idempotency_key)


async def cancel_event(
    unit_of_work: UnitOfWork, command: CancelEvent, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the event, which does not take place; one that is cancelled already stays as it is.

    Raises:
        NodeNotFoundError: no such event.
        ForbiddenError: none of its hosts is the caller's.
        StaleWriteError: it is at another version.
        MoveNotAllowedError: it was held.
        InvalidInputError: no reason.
    """
    reason = required("reason", command.reason)

    async def cancel(unit: Unit) -> dict[str, str | int]:
        event, _ = await _hold(unit, command.event)
        require_version(event, command.expected_version)
        if event.status is EventStatus.HELD:
            raise MoveNotAllowedError("the event was held", allowed=())
        if event.status is not EventStatus.CANCELLED:
            unit.record("cancel_event", event.key)
            unit.announce(NewsKind.EVENT_CANCELLED, event.key)
            await unit.put(replace(event, status=EventStatus.CANCELLED, reason_cancelled=reason, confirmed_at=unit.now))
            await tasks.settle(unit, event.key)
        return answer(unit, event)

    return await unit_of_work.run(cancel, actor=actor, idempotency_key=idempotency_key)


async def _save(unit: Unit, command: SaveEvent) -> dict[str, str | int]:
    changes = command.changes
    hosts: Collection[NodeKey] = ()
    if command.event is None:
        if isinstance(changes.hosts, Unchanged) or not changes.hosts:
            raise InvalidInputError("hosts: expected at least one house", field="hosts")
        before = Event(
            id=str(uuid7()), title="", status=EventStatus.PLANNED, origin=Origin.REGISTERED, confirmed_at=unit.now
        )
        required("title", None if isinstance(changes.title, Unchanged) else changes.title)
    else:
        before, hosts = await _hold(unit, command.event)
        if command.expected_version is None:
            raise InvalidInputError("expected_version: expected the one that you saw", field="expected_version")
        require_version(before, command.expected_version)
    after = _changed(before, changes, now=unit.now)
    unit.record("save_event", before.key)
    await unit.put(replace(after, confirmed_at=unit.now))
    if not isinstance(changes.hosts, Unchanged):
        await _set_hosts(unit, before.key, frozenset(hosts), changes.hosts)
    if not isinstance(changes.topics, Unchanged):
        await relink(unit, before.key, links.EVENT_TOPICS, changes.topics, field="topics")
    if after.status is not EventStatus.CANCELLED:
        unit.announce(NewsKind.EVENT_SAVED, before.key)
    return answer(unit, before)


def _changed(event: Event, changes: EventChanges, *, now: Instant) -> Event:
    given = given_in(changes, without=_SURROUNDINGS)
    require_text(given, "title")
    if given.get("status") is EventStatus.CANCELLED and event.status is not EventStatus.CANCELLED:
        raise InvalidInputError("status: cancel the event, which tells people why", field="status")
    after = replace(event, **given)
    require_period("starts_at", after.starts_at, "ends_at", after.ends_at, now=now)
    require_times(after.starts_at, after.start_time, after.ends_at, after.end_time)
    return after if after.status is EventStatus.CANCELLED else replace(after, reason_cancelled=None)


async def _hold(unit: Unit, event: str) -> tuple[Event, list[NodeKey]]:
    """The event, locked, and its hosts, of which one is the caller's."""
    key = NodeKey("Event", event)
    await unit.lock(key)
    found = await unit.get(Event, event)
    if found is None:
        raise NodeNotFoundError(f"no {key}")
    hosts = [house for house, _ in await unit.neighbours(links.EVENT_HOSTS, key)]
    unit.require(policy.may_edit_event, hosts)
    return found, hosts


async def _set_hosts(unit: Unit, event: NodeKey, stored: frozenset[NodeKey], wanted: tuple[NodeKey, ...]) -> None:
    """Adds and leaves out houses of the caller's own: nobody hosts, or ceases to host, at another's word."""
    if not wanted:
        raise InvalidInputError("hosts: expected at least one house", field="hosts")
    differing = sorted(stored ^ frozenset(wanted), key=str)
    for house in differing:
        if not isinstance(unit.actor, System) and not policy.may_edit_event(unit.actor, [house]):
            raise ForbiddenError(f"may edit event: {house} is not a house of yours")
    await require_houses(unit, list(wanted), field="hosts")
    await unit.relink(
        links.EVENT_HOSTS, {event.value: [Plain(type="HOSTS", start=house, end=event) for house in wanted]}
    )
