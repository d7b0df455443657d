"""What an entry leaves open, asked one question at a time and answered in one line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from auth import policy
from graph.actors import Actor
from graph.commands.holding import Held, answer, hold
from graph.commands.moving import next_stage
from graph.commands.project_changes import ProjectChanges, changed
from graph.commands.review_project import review_again
from graph.ddl import LABELS, PropertyType
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.model import NodeKey, Task
from graph.vocabulary import NewsKind, Stage, TaskKind
from graph.writing import tasks
from graph.writing.lifecycle import Move
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

QUESTIONS: Final[Mapping[str, str]] = {
    "writeup": "Wie läuft Ihr Projekt ab? Beschreiben Sie es so, dass eine andere Kommune es nachmachen kann.",
    "effort_days": "Wie viele Arbeitstage hat die Einführung bei Ihnen gekostet? Eine Zahl genügt.",
    "one_off_cost": "Was hat die Einführung einmalig gekostet, in Euro? Eine Zahl genügt; sie lesen nur Mitglieder des Netzwerks.",
    "yearly_cost": "Was kostet der Betrieb im Jahr, in Euro? Eine Zahl genügt; sie lesen nur Mitglieder des Netzwerks.",
    "what_failed": "Was hat nicht geklappt? Das lesen nur Mitglieder des Netzwerks, solange Sie es nicht öffnen.",
    "lessons_learned": "Was würden Sie beim nächsten Mal anders machen? Das lesen nur Mitglieder des Netzwerks, solange Sie es nicht öffnen.",
    "prerequisites": "Was muss vorhanden sein, damit eine andere Kommune das Projekt übernehmen kann?",
    "legal_basis": "Auf welcher Rechtsgrundlage arbeitet das Projekt?",
}
"""Fields of a project that one answer fills, and the question for each, in the order in which they are asked; a task
names the field in its `note`."""

ASKED_EVERY_DAYS: Final = 7
"""Between two questions about one entry, and before the first."""
MAX_NUMBER: Final = 2_147_483_647
MAX_DAYS: Final = 100_000
"""Of work: four hundred years of one person, more than any entry has."""
_NUMBER: Final = re.compile(
    r"(?:ca\.? ?|etwa |rund )?(\d{1,3}(?:[. ]\d{3})+|\d{1,10})(?:,-|,00?)? ?(?:€|Euro|Tage?|Arbeitstage?)?",
    re.IGNORECASE,
)

MAX_ANSWER: Final = 5_000


@dataclass(frozen=True, kw_only=True)
class CompleteEntry:
    """`task`: an open COMPLETE_ENTRY task, which says what is asked. `text` None: nobody knows; it is not asked again."""

    task: str
    text: str | None


async def ask_to_complete(unit: Unit, held: Held, field: str) -> str:
    """The id of the task that asks whoever answers for the project about one of `QUESTIONS`; one at a time."""
    if field not in QUESTIONS:
        raise InvalidInputError(f"field: expected one of {', '.join(QUESTIONS)}", field="field")
    return await tasks.ask(unit, TaskKind.COMPLETE_ENTRY, held.key, held.answerable, note=field)


async def ask_next(unit: Unit, held: Held, *, before: str) -> bool:
    """Whether somebody was asked the next question that the project leaves open: each once, and one at a time.

    Args:
        before: A day; whoever was asked since is left in peace.
    """
    asked = await tasks.tasks_about(unit, held.key, TaskKind.COMPLETE_ENTRY)
    if held.project.stage not in (Stage.DRAFT, Stage.PUBLISHED) or not held.answerable:
        return False
    if any(task.is_open or task.since >= before for task in asked) or held.project.created_at >= before:
        return False
    known = {task.note for task in asked}
    for field in QUESTIONS:
        if getattr(held.project, field) in (None, "") and field not in known:
            await ask_to_complete(unit, held, field)
            return True
    return False


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
    text = None if command.text is None else command.text.strip()
    if text is not None and not 0 < len(text) <= MAX_ANSWER:
        raise InvalidInputError(f"text: expected 1 to {MAX_ANSWER} characters", field="text")

    async def complete(unit: Unit) -> dict[str, str | int]:
        key = NodeKey("Task", command.task)
        await unit.require_readable(key)
        asked = await unit.get(Task, command.task)
        gone = NodeNotFoundError(f"no open {key}")
        field = None if asked is None or asked.kind is not TaskKind.COMPLETE_ENTRY else asked.note
        if asked is None or field is None or field not in QUESTIONS:
            raise gone
        held = await hold(unit, asked.entity.partition(":")[2])
        if not any(task.id == asked.id for task in await tasks.open_tasks(unit, held.key, TaskKind.COMPLETE_ENTRY)):
            raise gone
        unit.require(policy.may_edit_project, held.entry.stewards)
        await next_stage(unit, held, Move.EDIT)
        if text is None:
            await tasks.settle(unit, held.key, TaskKind.COMPLETE_ENTRY, reason="not known")
            return answer(unit, held.project)
        unit.record("complete_entry", held.key)
        change: Any = {field: _meant(field, text)}
        await unit.put(changed(held.project, ProjectChanges(**change), now=unit.now))
        await tasks.settle(unit, held.key, TaskKind.COMPLETE_ENTRY)
        await review_again(unit, held)
        if held.project.stage is Stage.PUBLISHED:
            unit.announce(NewsKind.PROJECT_CHANGED, held.key)
        return answer(unit, held.project)

    return await unit_of_work.run(complete, actor=actor, idempotency_key=idempotency_key)


def _meant(field: str, text: str) -> str | int:
    """The answer as the field holds it.

    Raises:
        InvalidInputError: a number is expected.
    """
    if LABELS["Project"].properties[field].type is not PropertyType.INTEGER:
        return text
    match = _NUMBER.fullmatch(text)
    number = int(re.sub(r"[. ]", "", match[1])) if match else -1
    if not 0 <= number <= MAX_NUMBER:
        raise InvalidInputError("text: expected a whole number, as in 1.200", field="text")
    return number
