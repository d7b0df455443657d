"""Changing what a project says of itself."""

from dataclasses import dataclass, replace

from auth import policy
from graph.actors import Actor, System
from graph.commands.holding import Held, answer, hold, require_version
from graph.commands.moving import next_stage
from graph.commands.partnerships import set_partners
from graph.commands.project_changes import ProjectChanges, Unchanged, changed, surround
from graph.commands.review_project import review_again
from graph.commands.slugs import chosen_slug, free_slug, keep_former_slug
from graph.errors import InvalidInputError
from graph.model import NodeKey
from graph.vocabulary import NewsKind, Stage
from graph.writing.lifecycle import Move
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

_BEFORE_REVIEW = frozenset({Stage.DRAFT, Stage.CHANGES_REQUESTED, Stage.WITHDRAWN})


@dataclass(frozen=True, kw_only=True)
class UpdateProject:
    """`expected_version`: the version that the caller saw."""

    project: str
    expected_version: int
    changes: ProjectChanges


@dataclass(frozen=True, kw_only=True)
class RenameProject:
    """`slug` None makes one from the title."""

    project: str
    title: str
    slug: str | None = None
    expected_version: int | None = None


async def update_project(
    unit_of_work: UnitOfWork, command: UpdateProject, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project; the version stays if nothing differs.

    One that was approved and waits for its day goes back to its reviewers, unless one of them changed it.

    Raises:
        NodeNotFoundError: no such project, or not for the caller's eyes.
        ForbiddenError: the caller is neither its owner nor at its reviewing hub.
        StaleWriteError: it is at another version, which the error carries.
        MoveNotAllowedError: it is archived.
        InvalidInputError: a value that cannot be meant, something unknown, or a reviewer while it is under review, or
            one that would put it out of the caller's sight.
    """

    async def update(unit: Unit) -> dict[str, str | int]:
        held = await hold(unit, command.project)
        unit.require(policy.may_edit_project, held.entry.stewards)
        require_version(held.project, command.expected_version)
        await next_stage(unit, held, Move.EDIT)
        if not isinstance(command.changes.reviewer, Unchanged):
            _check_reviewer(unit.actor, held, command.changes.reviewer)
        unit.record("update_project", held.key)
        stored = await unit.put(changed(held.project, command.changes, now=unit.now))
        await surround(unit, stored, command.changes)
        if not isinstance(command.changes.partners, Unchanged):
            await set_partners(unit, stored, command.changes.partners, owner=held.owner)
        await review_again(unit, held)
        if held.project.stage is Stage.PUBLISHED and unit.has_touched(held.key):
            unit.announce(NewsKind.PROJECT_CHANGED, held.key)
        return answer(unit, held.project)

    return await unit_of_work.run(update, actor=actor, idempotency_key=idempotency_key)


async def rename_project(
    unit_of_work: UnitOfWork, command: RenameProject, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id`, `slug` and `version` of the project; its former slug goes on meaning it.

    Raises:
        NodeNotFoundError, ForbiddenError, StaleWriteError, MoveNotAllowedError: as for `update_project`.
        ConstraintError: another project has the slug, or once had it.
        InvalidInputError: no title.
    """

    async def rename(unit: Unit) -> dict[str, str | int]:
        held = await hold(unit, command.project)
        unit.require(policy.may_edit_project, held.entry.stewards)
        require_version(held.project, command.expected_version)
        await next_stage(unit, held, Move.EDIT)
        renamed = changed(held.project, ProjectChanges(title=command.title), now=unit.now)
        if command.slug is None:
            slug = await free_slug(unit, command.title, held.project)
        else:
            slug = await chosen_slug(unit, command.slug, held.project)
        await keep_former_slug(unit, held.project, slug)
        unit.record("rename_project", held.key)
        await unit.put(replace(renamed, slug=slug))
        await review_again(unit, held)
        return {**answer(unit, held.project), "slug": slug}

    return await unit_of_work.run(rename, actor=actor, idempotency_key=idempotency_key)


def _check_reviewer(actor: Actor, held: Held, slug: str | None) -> None:
    if held.project.stage not in _BEFORE_REVIEW:
        raise InvalidInputError("reviewer: chosen before the project is handed in", field="reviewer")
    left = [] if slug is None else [NodeKey("Hub", slug)]
    if held.owner is None and not isinstance(actor, System) and not policy.may_edit_project(actor, left):
        raise InvalidInputError(
            "reviewer: your hub keeps the project until its house confirms; choose when handing in", field="reviewer"
        )
