"""What people are asked to do: written and closed in the unit that makes it necessary or settles it.

Inbox, mail and `viewer.tasks` read these nodes, and nothing else tells anybody of a task.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from auth import policy
from auth.principal import Caller
from graph import links
from graph.actors import System, actor_id
from graph.errors import TooOftenError
from graph.identifiers import uuid7
from graph.links import Link
from graph.model import NodeKey, Task
from graph.port import GraphStore
from graph.relationships import Plain
from graph.values import Instant, PartialDate
from graph.vocabulary import NewsKind, TaskKind
from graph.writing.daily import DAY_S, a_day_ago, require_rest
from graph.writing.unit import Unit

MAX_TASKS: Final = 200
"""Most open tasks of one person that are read at once; the most urgent ones."""
AGAIN_A_DAY: Final = 10
"""Of one thing about one entry, whoever asks: who is asked is written to each time."""
ASKED_A_DAY: Final = 1_000
"""Of one caller, whatever about: two tables from Excel full of entries of other houses, and no flood."""
_ASK: Final = "ask"

DECISIONS: Final = frozenset(
    {
        TaskKind.CONFIRM_PARTNERSHIP,
        TaskKind.REVIEW_PROJECT,
        TaskKind.DECIDE_CLAIM,
        TaskKind.DECIDE_PARTNER,
        TaskKind.CONFIRM_ADOPTION,
    }
)
"""At a hub these ask its lead and reviewers; the others ask its members, too."""

_ABOUT_ENTRIES: Final = tuple(kind for kind in TaskKind if kind is not TaskKind.CALL_BACK)

_TASKS_OF: Final[dict[str, Link]] = {
    "Project": links.PROJECT_TASKS,
    "Adoption": links.ADOPTION_TASKS,
    "Need": links.NEED_TASKS,
    "Expert": links.EXPERT_TASKS,
    "Event": links.EVENT_TASKS,
}


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that asks somebody."""

    id: str
    kind: TaskKind
    entity: str
    """Global id of the project or adoption that it is about."""
    subject: str | None
    """Global id of the house that the decision is about."""
    note: str | None
    since: Instant
    due: PartialDate | None


async def tasks_for(store: GraphStore, caller: Caller, *, limit: int = MAX_TASKS) -> list[OpenTask]:
    """The open tasks that ask `caller`, by (due, since, id); those without a day come last.

    Args:
        limit: 1..MAX_TASKS.
    """
    duties = sorted(policy.duties(caller))
    if not duties:
        return []
    parameters = {
        "duties": duties,
        "audiences": sorted(policy.audiences(caller)),
        "limit": min(max(limit, 1), MAX_TASKS),
    }
    return [
        OpenTask(identifier, TaskKind(kind), entity, subject, note, since, due)
        for identifier, kind, entity, subject, note, since, due in await store.query("tasks_open", parameters)
    ]


async def ask(
    unit: Unit,
    kind: TaskKind,
    about: NodeKey,
    houses: Collection[NodeKey],
    *,
    subject: NodeKey | None = None,
    note: str | None = None,
    due: PartialDate | None = None,
) -> str:
    """The id of the open task that asks `houses`; one of this kind about this subject that was open before is closed.

    The caller of this function holds the lock of `about`.

    Args:
        houses: Without any it asks the network's administration.

    Raises:
        TooOftenError: the same was asked AGAIN_A_DAY times, or the caller asked ASKED_A_DAY things.
    """
    await _require_rest(unit, kind, about, subject)
    await settle(unit, about, kind, subject=subject)
    return await ask_once_more(unit, kind, about, houses, subject=subject, note=note, due=due)


async def ask_once_more(
    unit: Unit,
    kind: TaskKind,
    about: NodeKey,
    houses: Collection[NodeKey],
    *,
    subject: NodeKey | None = None,
    note: str | None = None,
    due: PartialDate | None = None,
) -> str:
    """As `ask`, beside what is open already: each of several callers waits for a call of their own."""
    task = Task(
        id=str(uuid7()),
        kind=kind,
        entity=str(about),
        subject=None if subject is None else str(subject),
        note=note,
        doers=policy.doers(houses, decides=kind in DECISIONS),
        since=unit.now,
        due=due,
    )
    await unit.put(task)
    unit.record(_ASK, task.key)
    unit.announce(NewsKind.TASK_ASKED, task.key)
    await unit.connect_many(
        [
            Plain(type="REGARDS", start=task.key, end=about),
            *(Plain(type="ASKS", start=task.key, end=house) for house in sorted(set(houses), key=str)),
        ]
    )
    return task.id


async def _require_rest(unit: Unit, kind: TaskKind, about: NodeKey, subject: NodeKey | None) -> None:
    """Passes where people may be asked, and written to, once more; what we ask ourselves is asked when it is due.

    Raises:
        TooOftenError: see `ask`.
    """
    if isinstance(unit.actor, System):
        return
    since, named = a_day_ago(unit.now), None if subject is None else str(subject)
    asked = [task for task in await tasks_about(unit, about, kind) if task.subject == named and task.since >= since]
    if len(asked) >= AGAIN_A_DAY:
        raise TooOftenError(f"{about}: the same is asked at most {AGAIN_A_DAY} times in 24 hours", retry_after_s=DAY_S)
    await require_rest(unit, _ASK, most=ASKED_A_DAY)


async def settle(
    unit: Unit, about: NodeKey, *kinds: TaskKind, subject: NodeKey | None = None, reason: str | None = None
) -> list[Task]:
    """The open tasks of these kinds (without any: of every kind but CALL_BACK) about `about`, now closed, by (since, id).

    Whoever waits for a call waits for it whatever becomes of the entry.

    Args:
        subject: Only those about this house.
        reason: What was answered.
    """
    closed = []
    for task in await open_tasks(unit, about, *(kinds or _ABOUT_ENTRIES)):
        if subject is None or task.subject == str(subject):
            done = replace(task, is_open=False, done_at=unit.now, done_by=actor_id(unit.actor), reason=reason)
            closed.append(done)
    await unit.put_many(closed)
    return closed


async def open_tasks(unit: Unit, about: NodeKey, *kinds: TaskKind) -> list[Task]:
    """The open tasks of these kinds (without any: of every kind) about `about`, by (since, id)."""
    return [task for task in await tasks_about(unit, about, *kinds) if task.is_open]


async def tasks_about(unit: Unit, about: NodeKey, *kinds: TaskKind) -> list[Task]:
    """As `open_tasks`, with those that are settled."""
    keys = [key.value for key, _ in await unit.neighbours(_TASKS_OF[about.label], about)]
    tasks = (await unit.get_many(Task, keys)).values()
    return sorted((task for task in tasks if not kinds or task.kind in kinds), key=lambda task: (task.since, task.id))
