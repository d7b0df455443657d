"""Who reuses a project: recorded by the house that does, confirmed by the project's side, asked again after a year."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from auth import policy
from graph import links
from graph.actors import Actor
from graph.commands.changing import given_in
from graph.commands.dates import require_past
from graph.commands.holding import Held, hold, require_houses, require_version, required
from graph.commands.moving import next_stage
from graph.commands.project_changes import UNCHANGED, Unchanged
from graph.ddl import LABELS
from graph.errors import InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.identifiers import uuid7
from graph.model import Adoption, ExperienceReport, NodeKey
from graph.port import GraphStore
from graph.relationships import Plain
from graph.texts import is_visible
from graph.values import Instant, PartialDate, day_of, is_before
from graph.vocabulary import IN_REUSE, AdoptionStatus, Guard, NewsKind, TaskKind, Visibility
from graph.writing import tasks
from graph.writing.audience import Entry
from graph.writing.lifecycle import Move, MoveNotAllowedError, check_adoption
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

_OPENABLE: Final = frozenset(
    name for name, declared in LABELS["Adoption"].properties.items() if declared.guard is Guard.NETWORK_ONLY
)


@dataclass(frozen=True, kw_only=True)
class RecordAdoption:
    """What `house` does with a project. None clears, `UNCHANGED` leaves what is stored; of one that goes on, `expected_version` is checked.

    An adoption that was RETIRED is over: recording again begins another one. `expected_version` 0: none goes on.
    """

    project: str
    house: NodeKey
    status: AdoptionStatus
    since: PartialDate | Unchanged | None = UNCHANGED
    ended: PartialDate | Unchanged | None = UNCHANGED
    adapted: str | Unchanged | None = UNCHANGED
    cost: int | Unchanged | None = UNCHANGED
    reason_ended: str | Unchanged | None = UNCHANGED
    visibility: Visibility | Unchanged = UNCHANGED
    opened: tuple[str, ...] | Unchanged = UNCHANGED
    expected_version: int | None = None


_OF_COMMAND: Final = frozenset({"project", "house", "status", "expected_version"})
"""What of `RecordAdoption` is no field to set, or always is."""


@dataclass(frozen=True, kw_only=True)
class ConfirmAdoption:
    adoption: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class DeclineAdoption:
    """The project's side does not know of it; `reason` stays in the audit trail and with the task."""

    adoption: str
    reason: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReconfirmAdoption:
    adoption: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class WriteExperienceReport:
    """`visibility` PUBLIC opens the report to everybody."""

    adoption: str
    text: str
    would_do_again: bool | None = None
    what_failed: str | None = None
    visibility: Visibility = Visibility.NETWORK


@dataclass(frozen=True, slots=True)
class AdoptionCounts:
    """How many houses reuse a project, as far as an audience may know: only `confirmed` ones are facts."""

    confirmed: int = 0
    declared: int = 0
    """In pilot or in use, as they say."""
    interested: int = 0
    retired: int = 0


Answer = dict[str, str | int]

_UNCONFIRMED: Final[dict[str, Any]] = {
    "confirmed_by_owner_at": None,
    "lapsed_confirmation_at": None,
    "reconfirm_by": None,
}


async def record_adoption(
    unit_of_work: UnitOfWork, command: RecordAdoption, *, actor: Actor, idempotency_key: str | None = None
) -> Answer:
    """The `id` and `version` of the adoption and the `project`, whose side is asked to confirm a new status.

    Raises:
        NodeNotFoundError: no such project, or not for the caller's eyes.
        ForbiddenError: `house` is not the caller's.
        StaleWriteError: the adoption is at another version, or over.
        MoveNotAllowedError: the project is not published, or the adoption was further already.
        InvalidInputError: a value that cannot be meant; a house needs no record of using what it owns.
    """

    async def record(unit: Unit) -> Answer:
        held = await hold(unit, command.project)
        unit.require(policy.may_record_reuse, command.house)
        await require_houses(unit, [command.house], field="house")
        await next_stage(unit, held, Move.ADOPT)
        if command.house == held.owner:
            raise InvalidInputError("house: expected another than the project's owner", field="house")
        before = await _running(unit, held, command.house)
        if before is not None:
            require_version(before, command.expected_version)
        elif command.expected_version:
            raise StaleWriteError(f"no adoption of {held.key} by {command.house} is under way: read it again")
        check_adoption(None if before is None else before.status, command.status)
        target = _recorded(before, command, now=unit.now)
        is_news = before is None or before.status is not target.status
        if is_news and target.status is not AdoptionStatus.RETIRED:
            target = replace(target, **_UNCONFIRMED)
        unit.record("record_adoption", target.key)
        if is_news:
            unit.announce(NewsKind.ADOPTION_RECORDED, target.key)
        stored = await unit.put(target)
        if before is None:
            made = Plain(type="MADE", start=command.house, end=target.key)
            await unit.connect_many([made, Plain(type="OF", start=target.key, end=held.key)])
        if is_news:
            await _ask_owner(unit, stored, held, command.house)
        return {"id": stored.id, "version": stored.version, "project": held.project.id}

    return await unit_of_work.run(record, actor=actor, idempotency_key=idempotency_key)


async def confirm_adoption(
    unit_of_work: UnitOfWork, command: ConfirmAdoption, *, actor: Actor, idempotency_key: str | None = None
) -> Answer:
    """The `id` and `version` of the adoption, confirmed for a year; one that is confirmed stays as it is.

    Raises:
        NodeNotFoundError: no such adoption, or not for the caller's eyes.
        ForbiddenError: the caller is not at the project's side, or only at that of the house that adopted.
        StaleWriteError: it is at another version.
        MoveNotAllowedError: it is neither in pilot nor in use.
    """

    async def confirm(unit: Unit) -> Answer:
        adoption = await _hold_as_owner(unit, command.adoption)
        require_version(adoption, command.expected_version)
        _require_in_force(adoption)
        if adoption.confirmed_by_owner_at is None:
            unit.record("confirm_adoption", adoption.key)
            unit.announce(NewsKind.ADOPTION_CONFIRMED, adoption.key)
            if adoption.lapsed_confirmation_at is not None:
                # The project's side says of today what the house was asked.
                await tasks.settle(unit, adoption.key, TaskKind.RECONFIRM_ADOPTION)
            adoption = await unit.put(_confirmed(adoption, unit.now, now=unit.now))
        await tasks.settle(unit, adoption.key, TaskKind.CONFIRM_ADOPTION)
        return {"id": adoption.id, "version": adoption.version}

    return await unit_of_work.run(confirm, actor=actor, idempotency_key=idempotency_key)


async def decline_adoption(
    unit_of_work: UnitOfWork, command: DeclineAdoption, *, actor: Actor, idempotency_key: str | None = None
) -> Answer:
    """The `id` and `version` of the adoption that stays what its house declares, and no more.

    Raises:
        NodeNotFoundError, ForbiddenError, StaleWriteError: as for `confirm_adoption`.
        InvalidInputError: no reason.
    """
    reason = required("reason", command.reason)

    async def decline(unit: Unit) -> Answer:
        adoption = await _hold_as_owner(unit, command.adoption)
        require_version(adoption, command.expected_version)
        before = {"confirmed_by_owner_at": adoption.confirmed_by_owner_at or adoption.lapsed_confirmation_at}
        unit.record("decline_adoption", adoption.key, before, {"confirmed_by_owner_at": None, "reason": reason})
        adoption = await unit.put(replace(adoption, **_UNCONFIRMED))
        # Of what is not confirmed nobody is asked whether it still is.
        kinds = (TaskKind.CONFIRM_ADOPTION, TaskKind.RECONFIRM_ADOPTION)
        await tasks.settle(unit, adoption.key, *kinds, reason=reason)
        return {"id": adoption.id, "version": adoption.version}

    return await unit_of_work.run(decline, actor=actor, idempotency_key=idempotency_key)


async def reconfirm_adoption(
    unit_of_work: UnitOfWork, command: ReconfirmAdoption, *, actor: Actor, idempotency_key: str | None = None
) -> Answer:
    """The `id` and `version` of the adoption that still holds, as its house says: for another year.

    What the project's side confirmed counts again where it had lapsed: it was about the same use, which went on.

    Raises:
        NodeNotFoundError: no such adoption, or not for the caller's eyes.
        ForbiddenError: the caller is not of the house that adopted.
        StaleWriteError: it is at another version.
        MoveNotAllowedError: it is neither in pilot nor in use.
    """

    async def reconfirm(unit: Unit) -> Answer:
        adoption, maker, _ = await _hold(unit, command.adoption)
        unit.require(policy.may_record_reuse, maker)
        require_version(adoption, command.expected_version)
        _require_in_force(adoption)
        unit.record("reconfirm_adoption", adoption.key)
        confirmed_at = adoption.confirmed_by_owner_at or adoption.lapsed_confirmation_at
        if confirmed_at is not None:
            adoption = await unit.put(_confirmed(adoption, confirmed_at, now=unit.now))
        await tasks.settle(unit, adoption.key, TaskKind.RECONFIRM_ADOPTION)
        return {"id": adoption.id, "version": adoption.version}

    return await unit_of_work.run(reconfirm, actor=actor, idempotency_key=idempotency_key)


async def write_experience_report(
    unit_of_work: UnitOfWork, command: WriteExperienceReport, *, actor: Actor, idempotency_key: str | None = None
) -> Answer:
    """The `id` and `version` of the report, and the `adoption` it is about.

    Raises:
        NodeNotFoundError: no such adoption, or not for the caller's eyes.
        ForbiddenError: the caller is not of the house that adopted.
        InvalidInputError: no text.
    """
    required("text", command.text)

    async def write(unit: Unit) -> Answer:
        adoption, maker, _ = await _hold(unit, command.adoption)
        unit.require(policy.may_record_reuse, maker)
        report = ExperienceReport(
            id=str(uuid7()),
            text=command.text,
            would_do_again=command.would_do_again,
            what_failed=command.what_failed,
            written_at=unit.now,
            visibility=command.visibility,
        )
        unit.record("write_experience_report", report.key)
        unit.announce(NewsKind.REPORT_WRITTEN, report.key)
        stored = await unit.put(report)
        await unit.connect(Plain(type="ABOUT", start=report.key, end=adoption.key))
        return {"id": stored.id, "version": stored.version, "adoption": adoption.id}

    return await unit_of_work.run(write, actor=actor, idempotency_key=idempotency_key)


async def ask_to_reconfirm(unit: Unit, adoption: str, *, until: date) -> bool:
    """Whether the house of `adoption` was asked whether it still holds: it has to be confirmed again by `until`."""
    found, maker, _ = await _hold(unit, adoption)
    is_due = found.reconfirm_by is not None and found.reconfirm_by <= until.isoformat()
    if not is_due or found.status not in IN_REUSE:
        return False
    if await tasks.open_tasks(unit, found.key, TaskKind.RECONFIRM_ADOPTION):
        return False
    await tasks.ask(unit, TaskKind.RECONFIRM_ADOPTION, found.key, [maker], subject=maker, due=found.reconfirm_by)
    return True


async def let_lapse(unit: Unit, adoption: str, *, before: date) -> bool:
    """Whether `adoption` counts as declared from now on: its house, long asked, did not say that it still holds.

    It stays asked, and the confirmation of the project's side stays known.

    Args:
        before: It was to be confirmed again before this day.
    """
    found, _, _ = await _hold(unit, adoption)
    is_silent = found.reconfirm_by is not None and found.reconfirm_by < before.isoformat()
    if not is_silent or found.status not in IN_REUSE or found.confirmed_by_owner_at is None:
        return False
    asked = await tasks.open_tasks(unit, found.key, TaskKind.RECONFIRM_ADOPTION)
    if not any(task.since < before.isoformat() for task in asked):
        return False
    unit.record("lapse_adoption", found.key)
    await unit.put(replace(found, confirmed_by_owner_at=None, lapsed_confirmation_at=found.confirmed_by_owner_at))
    return True


async def adoption_counts(
    store: GraphStore, projects: Sequence[str], *, audiences: frozenset[str]
) -> dict[str, AdoptionCounts]:
    """The counts of each project that has any adoption which the audience may see, at most 1,000 projects at a time."""
    parameters = {"projects": list(projects)[:1_000], "audiences": sorted(audiences)}
    found: dict[str, dict[str, int]] = {}
    for project, status, is_confirmed, count in await store.query("adoption_counts", parameters):
        name = {AdoptionStatus.INTERESTED: "interested", AdoptionStatus.RETIRED: "retired"}.get(
            AdoptionStatus(status), "confirmed" if is_confirmed else "declared"
        )
        counts = found.setdefault(project, {})
        counts[name] = counts.get(name, 0) + count
    return {project: AdoptionCounts(**counts) for project, counts in found.items()}


async def _hold(unit: Unit, adoption: str) -> tuple[Adoption, NodeKey, Entry]:
    """The adoption, locked, the house that made it, and what policy asks about."""
    key = NodeKey("Adoption", adoption)
    await unit.lock(key)
    entry = await unit.require_readable(key)
    found = await unit.get(Adoption, adoption)
    makers = await unit.neighbours(links.ADOPTION_HOUSE, key)
    if found is None or not makers:
        raise NodeNotFoundError(f"no {key}")
    return found, makers[0][0], entry


async def _hold_as_owner(unit: Unit, adoption: str) -> Adoption:
    found, maker, entry = await _hold(unit, adoption)
    unit.require(policy.may_confirm_adoption, entry.stewards, maker)
    return found


async def _running(unit: Unit, held: Held, house: NodeKey) -> Adoption | None:
    """The adoption of the project by `house` that is not over."""
    # From the house, which adopted a few projects; a project may have been adopted by thousands.
    known = [key.value for key, _ in await unit.neighbours(links.HOUSE_ADOPTIONS[house.label], house)]
    projects = await unit.follow(links.ADOPTION_PROJECT, known)
    own = [key for key in known if any(project == held.key for project, _ in projects.get(key, []))]
    await unit.lock_many(Adoption, own)
    running = [
        adoption
        for adoption in (await unit.get_many(Adoption, own)).values()
        if adoption.status is not AdoptionStatus.RETIRED
    ]
    return min(running, key=lambda adoption: adoption.id, default=None)


def _recorded(before: Adoption | None, command: RecordAdoption, *, now: Instant) -> Adoption:
    target = before or Adoption(id=str(uuid7()), status=command.status, visibility=Visibility.PUBLIC)
    given = given_in(command, without=_OF_COMMAND)
    target = replace(target, status=command.status, **given)
    for name in ("since", "ended"):
        require_past(name, given.get(name), now=now)
    if target.since and target.ended and is_before(target.ended, target.since):
        raise InvalidInputError("ended: expected a date that is not before since", field="ended")
    if (target.cost or 0) < 0:
        raise InvalidInputError("cost: expected 0 or more", field="cost")
    if not set(target.opened) <= _OPENABLE:
        raise InvalidInputError(f"opened: expected some of {', '.join(sorted(_OPENABLE))}", field="opened")
    if target.status is AdoptionStatus.RETIRED and not is_visible(target.reason_ended or ""):
        raise InvalidInputError("reason_ended: expected why it ended", field="reason_ended")
    return target


async def _ask_owner(unit: Unit, adoption: Adoption, held: Held, maker: NodeKey) -> None:
    await tasks.settle(unit, adoption.key)
    # The owner, or its reviewing hub where the owner is nobody else than who adopted.
    houses = [house for house in (held.owner, held.reviewer) if house is not None]
    others = [house for house in houses if not policy.are_of_one_administration(house, maker)]
    if adoption.status in IN_REUSE and others:
        await tasks.ask(unit, TaskKind.CONFIRM_ADOPTION, adoption.key, others[:1], subject=maker)


def _require_in_force(adoption: Adoption) -> None:
    if adoption.status not in IN_REUSE:
        raise MoveNotAllowedError(f"an adoption that is {adoption.status} is not confirmed", allowed=())


def _confirmed(adoption: Adoption, at: Instant, *, now: Instant) -> Adoption:
    """Confirmed by the project's side, `at` some time, and to be confirmed again by its house a year from `now`."""
    return replace(adoption, confirmed_by_owner_at=at, lapsed_confirmation_at=None, reconfirm_by=_in_a_year(now))


def _in_a_year(now: Instant) -> PartialDate:
    day = day_of(now)
    # There is no 29 February next year.
    later = day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
    return PartialDate(later.isoformat())
