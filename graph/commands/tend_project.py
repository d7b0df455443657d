"""What keeps an entry true and whole: confirmation that it still holds, its origins, results and documents."""

from dataclasses import dataclass, replace
from typing import Final, TypeVar

from auth import policy
from graph import links
from graph.actors import Actor
from graph.commands.holding import Held, answer, hold, require_version, required
from graph.commands.moving import next_stage
from graph.commands.review_project import review_again
from graph.errors import InvalidInputError
from graph.identifiers import uuid7
from graph.model import Document, NodeKey, Project, Result
from graph.relationships import Plain
from graph.vocabulary import DocumentKind, ResultKind, TaskKind, Visibility
from graph.writing import tasks
from graph.writing.lifecycle import Move
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

MAX_ANCESTORS: Final = 500
MAX_GENERATIONS: Final = 20
MAX_ATTACHED: Final = 200
"""Results or documents of one project."""

A = TypeVar("A", Result, Document)


@dataclass(frozen=True, kw_only=True)
class ConfirmStillCurrent:
    """`expected_version`: what the caller read and vouches for."""

    project: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class LinkDerivedFrom:
    """`origin`: the project that `project` goes back to; with `is_derived` false it does not, after all."""

    project: str
    origin: str
    is_derived: bool = True


@dataclass(frozen=True, kw_only=True)
class AddResult:
    project: str
    kind: ResultKind
    title: str
    doi: str | None = None
    url: str | None = None
    licence: str | None = None
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, kw_only=True)
class AddDocument:
    project: str
    kind: DocumentKind
    title: str
    url: str | None = None
    licence: str | None = None
    visibility: Visibility = Visibility.PUBLIC


async def confirm_still_current(
    unit_of_work: UnitOfWork, command: ConfirmStillCurrent, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project, whose entry somebody answers for from now on.

    Raises:
        NodeNotFoundError: no such project, or not for the caller's eyes.
        ForbiddenError: the caller is neither its owner nor at its reviewing hub.
        StaleWriteError: it is at another version.
        MoveNotAllowedError: it is not published.
    """

    async def confirm(unit: Unit) -> dict[str, str | int]:
        held = await _hold_as_steward(unit, command.project)
        require_version(held.project, command.expected_version)
        await next_stage(unit, held, Move.CONFIRM_CURRENT)
        unit.record("confirm_still_current", held.key)
        await unit.put(replace(held.project, confirmed_at=unit.now))
        await tasks.settle(unit, held.key, TaskKind.CONFIRM_CURRENT)
        return answer(unit, held.project)

    return await unit_of_work.run(confirm, actor=actor, idempotency_key=idempotency_key)


async def link_derived_from(
    unit_of_work: UnitOfWork, command: LinkDerivedFrom, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project, and the id of its `origin`.

    Raises:
        NodeNotFoundError: one of the two is absent, or not for the caller's eyes.
        ForbiddenError: the caller is neither the project's owner nor at its reviewing hub.
        MoveNotAllowedError: the project is archived.
        InvalidInputError: the origin goes back to the project itself, or its family is too large to find out.
    """

    async def link(unit: Unit) -> dict[str, str | int]:
        held = await _hold_as_steward(unit, command.project)
        await next_stage(unit, held, Move.EDIT)
        origin = NodeKey("Project", command.origin)
        await unit.require_readable(origin)
        relationship = Plain(type="DERIVED_FROM", start=held.key, end=origin)
        unit.record("link_derived_from", held.key)
        if command.is_derived:
            await _require_no_cycle(unit, held.project.id, command.origin)
            await unit.connect(relationship)
        else:
            await unit.disconnect(relationship)
        await review_again(unit, held)
        return {**answer(unit, held.project), "origin": command.origin}

    return await unit_of_work.run(link, actor=actor, idempotency_key=idempotency_key)


async def add_result(
    unit_of_work: UnitOfWork, command: AddResult, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project, and the id of the new `result`.

    Raises:
        NodeNotFoundError, ForbiddenError, MoveNotAllowedError: as for `link_derived_from`.
        InvalidInputError: no title, or too many results.
    """
    result = Result(
        id="",
        kind=command.kind.value,
        title=command.title,
        doi=command.doi,
        url=command.url,
        licence=command.licence,
        visibility=command.visibility,
    )
    return await unit_of_work.run(
        lambda unit: _attach(unit, command.project, "HAS_RESULT", result), actor=actor, idempotency_key=idempotency_key
    )


async def add_document(
    unit_of_work: UnitOfWork, command: AddDocument, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project, and the id of the new `document`.

    Raises:
        As `add_result`.
    """
    document = Document(
        id="",
        kind=command.kind.value,
        title=command.title,
        url=command.url,
        licence=command.licence,
        visibility=command.visibility,
    )
    return await unit_of_work.run(
        lambda unit: _attach(unit, command.project, "HAS_DOCUMENT", document),
        actor=actor,
        idempotency_key=idempotency_key,
    )


async def _hold_as_steward(unit: Unit, project: str) -> Held:
    held = await hold(unit, project)
    unit.require(policy.may_edit_project, held.entry.stewards)
    return held


async def _attach(unit: Unit, project: str, relationship: str, given: A) -> dict[str, str | int]:
    held = await _hold_as_steward(unit, project)
    await next_stage(unit, held, Move.EDIT)
    required("title", given.title)
    along = links.PROJECT_RESULTS if relationship == "HAS_RESULT" else links.PROJECT_DOCUMENTS
    if len(await unit.neighbours(along, held.key)) >= MAX_ATTACHED:
        raise InvalidInputError(f"a project has at most {MAX_ATTACHED} results and as many documents")
    attached = replace(given, id=str(uuid7()))
    label = attached.key.label.lower()
    unit.record(f"add_{label}", held.key)
    await unit.put(attached)
    await unit.connect(Plain(type=relationship, start=held.key, end=attached.key))
    await review_again(unit, held)
    return {**answer(unit, held.project), label: attached.id}


async def _require_no_cycle(unit: Unit, project: str, origin: str) -> None:
    """Passes if nothing that `origin` goes back to is `project`.

    Every ancestor is locked before its own origins are read: two that derive from each other at once would not see
    each other's relationship otherwise.
    """
    seen: set[str] = set()
    generation = {origin}
    for _ in range(MAX_GENERATIONS):
        if project in generation:
            raise InvalidInputError("origin: it goes back to this project itself", field="origin")
        seen |= generation
        if len(seen) > MAX_ANCESTORS:
            break
        await unit.lock_many(Project, generation)
        followed = await unit.follow(links.PROJECT_DERIVED_FROM, generation)
        generation = {key.value for neighbours in followed.values() for key, _ in neighbours} - seen
        if not generation:
            return
    raise InvalidInputError(
        f"origin: more than {MAX_GENERATIONS} generations or {MAX_ANCESTORS} projects lie behind it", field="origin"
    )
