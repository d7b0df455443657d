"""What an entry leaves open, asked one question at a time and answered in one line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from auth import policy
from graph import tasks
from graph.actors import Actor
from graph.commands.holding import Held, answer, hold
from graph.commands.project_changes import ProjectChanges, changed
from graph.commands.review_project import review_again
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.lifecycle import Move, moved
from graph.model import NodeKey, Task
from graph.unit import Unit
from graph.unit_of_work import UnitOfWork
from graph.vocabulary import NewsKind, Stage, TaskKind

QUESTIONS: Final[Mapping[str, str]] = {
    "writeup": "Wie läuft Ihr Projekt ab? Beschreiben Sie es so, dass eine andere Kommune es nachmachen kann.",
    "lessons_learned": "Was würden Sie beim nächsten Mal anders machen?",
    "what_failed": "Was hat nicht geklappt?",
    "prerequisites": "Was muss vorhanden sein, damit eine andere Kommune das Projekt übernehmen kann?",
    "legal_basis": "Auf welcher Rechtsgrundlage arbeitet das Projekt?",
}
"""Fields of a project that one line answers, and the question for each; a task names the field in its `note`."""

MAX_ANSWER: Final = 5_000


@dataclass(frozen=True, kw_only=True)
class CompleteEntry:
    """`task`: an open COMPLETE_ENTRY task, which says what is asked."""

    task: str
    text: str


async def ask_to_complete(unit: Unit, held: Held, field: str) -> str:
    """The id of the task that asks whoever answers for the project about one of `QUESTIONS`; one at a time."""
    if field not in QUESTIONS:
        raise InvalidInputError(f"field: expected one of {', '.join(QUESTIONS)}", field="field")
    return await tasks.ask(unit, TaskKind.COMPLETE_ENTRY, held.key, held.answerable, note=field)


async def complete_entry(
    unit_of_work: UnitOfWork, command: CompleteEntry, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the project, which says what was asked from now on.

    Raises:
        NodeNotFoundError: no such open task, or not for the caller's eyes.
        ForbiddenError: the caller may not change the project.
        MoveNotAllowedError: the project is archived.
        InvalidInputError: no answer, or one that cannot be meant.
    """
    text = command.text.strip()
    if not 0 < len(text) <= MAX_ANSWER:
        raise InvalidInputError(f"text: expected 1 to {MAX_ANSWER} characters", field="text")

    async def complete(unit: Unit) -> dict[str, str | int]:
        key = NodeKey("Task", command.task)
        await unit.require_readable(key)
        asked = await unit.get(Task, command.task)
        gone = NodeNotFoundError(f"no open {key}")
        if asked is None or asked.kind is not TaskKind.COMPLETE_ENTRY or asked.note not in QUESTIONS:
            raise gone
        held = await hold(unit, asked.entity.partition(":")[2])
        if not any(task.id == asked.id for task in await tasks.open_tasks(unit, held.key, TaskKind.COMPLETE_ENTRY)):
            raise gone
        unit.require(policy.may_edit_project, held.entry.stewards)
        moved(held.project.stage, Move.EDIT)
        unit.record("complete_entry", held.key)
        field: Any = {asked.note: text}
        await unit.put(changed(held.project, ProjectChanges(**field)))
        await tasks.settle(unit, held.key, TaskKind.COMPLETE_ENTRY)
        await review_again(unit, held)
        if held.project.stage is Stage.PUBLISHED:
            unit.announce(NewsKind.PROJECT_CHANGED, held.key)
        return answer(unit, held.project)

    return await unit_of_work.run(complete, actor=actor, idempotency_key=idempotency_key)
