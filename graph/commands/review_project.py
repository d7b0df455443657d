"""Handing a project in, and what its reviewers decide: changes, publication, archive."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from auth import policy
from auth.working_days import add_working_days
from graph import links
from graph.actors import Actor, System
from graph.commands.holding import Held, answer, hold, require_version
from graph.commands.moving import next_stage, submitted_on
from graph.commands.partnerships import ask_again
from graph.commands.project_changes import review_by
from graph.commands.slugs import unveiled, with_slug
from graph.errors import InvalidInputError
from graph.identifiers import uuid7
from graph.model import NodeKey, Project, ReviewComment
from graph.relationships import Plain
from graph.texts import is_visible
from graph.values import PartialDate, day_of
from graph.vocabulary import NewsKind, Stage, TaskKind
from graph.writing import tasks
from graph.writing.lifecycle import Move
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

MAX_COMMENTS: Final = 50
_MAX_PARTS: Final = 5
"""Gemeinde, Amt, Kreis, Land, and one more."""


@dataclass(frozen=True, kw_only=True)
class SubmitProject:
    """`reviewer`: the hub that is to review, by slug; None leaves it to the one chosen before, or to the serving one."""

    project: str
    expected_version: int | None = None
    reviewer: str | None = None


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What is to be changed; `field` names a property of the project if it is about one."""

    text: str
    field: str | None = None


@dataclass(frozen=True, kw_only=True)
class RequestChanges:
    project: str
    remarks: tuple[Remark, ...]
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class PublishProject:
    """`expected_version`: what the reviewer read; with None whatever there is goes out."""

    project: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ArchiveProject:
    project: str
    expected_version: int | None = None


async def submit_project(
    unit_of_work: UnitOfWork, command: SubmitProject, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project that now waits for its reviewers, who get a task.

    Raises:
        NodeNotFoundError: no such project, or not for the caller's eyes.
        ForbiddenError: the caller is neither its owner nor at its reviewing hub.
        StaleWriteError: it is at another version.
        MoveNotAllowedError: it waits already, or is published.
        InvalidInputError: something that every entry needs is missing, or an unknown hub.
    """

    async def submit(unit: Unit) -> dict[str, str | int]:
        held = await hold(unit, command.project)
        unit.require(policy.may_edit_project, held.entry.stewards)
        require_version(held.project, command.expected_version)
        stage = await next_stage(unit, held, Move.SUBMIT)
        missing = [
            name
            for name, value in (
                ("title", held.project.title),
                ("summary", held.project.summary),
                ("contact", held.project.contact),
            )
            if not value
        ]
        if missing:
            raise InvalidInputError(f"missing: {', '.join(missing)}", field=missing[0])
        hub = NodeKey("Hub", command.reviewer) if command.reviewer else held.reviewer or await _serving(unit, held)
        unit.record("submit_project", held.key)
        await review_by(unit, held.project, hub)
        await unit.put(
            replace(held.project, stage=stage, submitted_at=unit.now, approved_at=None, opened_to_reviewers_at=None)
        )
        await tasks.settle(unit, held.key, TaskKind.ANSWER_CHANGES)
        await ask_again(unit, held.key)
        await _ask_reviewers(unit, held.key, hub)
        return answer(unit, held.project)

    return await unit_of_work.run(submit, actor=actor, idempotency_key=idempotency_key)


async def request_changes(
    unit_of_work: UnitOfWork, command: RequestChanges, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int | list[str]]:
    """The `id` and `version` of the project that is its author's again, and the ids of the `comments`, which stay.

    Raises:
        NodeNotFoundError: no such project, or not for the caller's eyes.
        ForbiddenError: the caller is no reviewer of the project (yet).
        StaleWriteError: it is at another version.
        MoveNotAllowedError: it does not wait for a review.
        InvalidInputError: no remark, or too many.
    """
    _check_remarks(command.remarks)

    async def request(unit: Unit) -> dict[str, str | int | list[str]]:
        held = await _hold_as_reviewer(unit, command.project, command.expected_version)
        stage = await next_stage(unit, held, Move.REQUEST_CHANGES)
        unit.record("request_changes", held.key)
        unit.announce(NewsKind.CHANGES_REQUESTED, held.key)
        comments = [
            ReviewComment(id=str(uuid7()), text=remark.text, field=remark.field, written_at=unit.now)
            for remark in command.remarks
        ]
        await unit.put_many(comments)
        await unit.connect_many([Plain(type="REMARKS_ON", start=one.key, end=held.key) for one in comments])
        await _decided(unit, held, replace(held.project, stage=stage, **_UNDECIDED))
        await tasks.ask(unit, TaskKind.ANSWER_CHANGES, held.key, held.answerable)
        return {**answer(unit, held.project), "comments": [one.id for one in comments]}

    return await unit_of_work.run(request, actor=actor, idempotency_key=idempotency_key)


async def publish_project(
    unit_of_work: UnitOfWork, command: PublishProject, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id`, `version` and `stage` of the project: PUBLISHED, or still SUBMITTED where it waits for `publish_from`.

    Raises:
        NodeNotFoundError: no such project, or not for the caller's eyes.
        ForbiddenError: the caller is no reviewer of the project (yet).
        StaleWriteError: it is at another version.
        MoveNotAllowedError: it does not wait for a review, nor is it archived.
    """

    async def publish(unit: Unit) -> dict[str, str | int]:
        held = await _hold_as_reviewer(unit, command.project, command.expected_version)
        stage = await next_stage(unit, held, Move.PUBLISH)
        later = held.project.publish_from is not None and held.project.publish_from > day_of(unit.now).isoformat()
        waits = later and held.project.stage is Stage.SUBMITTED
        unit.record("approve_project" if waits else "publish_project", held.key)
        if waits:
            # Nobody has to decide any more: `graph.commands.due.publish_due` does the rest on that day.
            approved_at = held.project.approved_at or unit.now
            target = replace(held.project, **{**_UNDECIDED, "approved_at": approved_at})
        else:
            unit.announce(NewsKind.PROJECT_PUBLISHED, held.key)
            published = replace(held.project, stage=stage, confirmed_at=unit.now, **_UNDECIDED)
            target = await unveiled(unit, published)
        await _decided(unit, held, target)
        return {**answer(unit, held.project), "stage": target.stage.value}

    return await with_slug(lambda: unit_of_work.run(publish, actor=actor, idempotency_key=idempotency_key))


async def archive_project(
    unit_of_work: UnitOfWork, command: ArchiveProject, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the archived project: found and read as before, changed no more.

    Raises:
        NodeNotFoundError: no such project, or not for the caller's eyes.
        ForbiddenError: the caller is no reviewer of the hub that owns or reviews it.
        StaleWriteError: it is at another version.
        MoveNotAllowedError: it is not published.
    """

    async def archive(unit: Unit) -> dict[str, str | int]:
        held = await _hold_as_reviewer(unit, command.project, command.expected_version)
        stage = await next_stage(unit, held, Move.ARCHIVE)
        unit.record("archive_project", held.key)
        unit.announce(NewsKind.PROJECT_ARCHIVED, held.key)
        await unit.put(replace(held.project, stage=stage))
        await tasks.settle(unit, held.key, TaskKind.CONFIRM_CURRENT)
        return answer(unit, held.project)

    return await unit_of_work.run(archive, actor=actor, idempotency_key=idempotency_key)


_UNDECIDED: Final[dict[str, Any]] = {"submitted_at": None, "approved_at": None, "opened_to_reviewers_at": None}


async def review_again(unit: Unit, held: Held) -> None:
    """Takes an approval back if this unit changed the approved project: what is published is what a reviewer read."""
    actor = unit.actor
    is_reviewer = isinstance(actor, System) or policy.may_publish_project(actor, held.entry.stewards)
    if held.project.approved_at is None or is_reviewer or not unit.has_touched(held.key):
        return
    project = await unit.get(Project, held.project.id)
    if project is not None:
        await unit.put(replace(project, submitted_at=unit.now, approved_at=None))
        await _ask_reviewers(unit, held.key, held.reviewer)


async def _ask_reviewers(unit: Unit, project: NodeKey, hub: NodeKey | None) -> None:
    due = add_working_days(day_of(unit.now), policy.REVIEW_WORKING_DAYS)
    hubs = [] if hub is None else [hub]
    await tasks.ask(unit, TaskKind.REVIEW_PROJECT, project, hubs, due=PartialDate(due.isoformat()))


async def _hold_as_reviewer(unit: Unit, project: str, expected_version: int | None) -> Held:
    held = await hold(unit, project)
    unit.require(policy.may_review_project, held.entry.stewards, submitted_on(held), day_of(unit.now))
    require_version(held.project, expected_version)
    return held


async def _decided(unit: Unit, held: Held, target: Project) -> None:
    """Writes a decision. Reviewers of another hub who made it take the project over: its author answers to them now.

    Not from a hub that keeps it for a house which has not confirmed: the hub is the author.
    """
    actor = unit.actor
    is_kept = held.owner is None and held.reviewer is not None
    if not isinstance(actor, System) and not is_kept and not policy.may_publish_project(actor, held.entry.stewards):
        await review_by(unit, held.project, NodeKey("Hub", policy.hubs_of(actor, reviewing=True)[0]))
    await unit.put(target)
    await tasks.settle(unit, held.key, TaskKind.REVIEW_PROJECT)


async def _serving(unit: Unit, held: Held) -> NodeKey | None:
    """The hub that serves the owner, or whose partner it is; of several the first; a hub reviews its own projects."""
    house = held.owner
    if house is None or house.label == "Hub":
        return house
    if house.label != "Municipality":
        hubs = await unit.neighbours(links.HOUSE_PARTNER_OF[house.label], house)
        return hubs[0][0] if hubs else None
    for _ in range(_MAX_PARTS):
        serving = await unit.neighbours(links.MUNICIPALITY_HUBS, house)
        if serving:
            return serving[0][0]
        # A hub may serve an Amt as a whole, and so each of its municipalities.
        wider = await unit.neighbours(links.MUNICIPALITY_PART_OF, house)
        if not wider:
            break
        house = wider[0][0]
    return None


def _check_remarks(remarks: Sequence[Remark]) -> None:
    if not 0 < len(remarks) <= MAX_COMMENTS or not all(is_visible(remark.text) for remark in remarks):
        raise InvalidInputError(f"remarks: expected 1 to {MAX_COMMENTS} with text", field="remarks")
