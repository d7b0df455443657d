"""What falls due by itself: run every hour or so by the housekeeping, harmless beside others that do the same.

Each duty takes entries one by one until none is left, in a unit of its own, which reads again whether the entry is still
due. An entry that cannot be taken on is left for the next time, and keeps no other waiting.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from auth import policy
from graph.actors import System
from graph.commands.adoptions import ask_to_reconfirm, let_lapse
from graph.commands.completing import ASKED_EVERY_DAYS, ask_next
from graph.commands.holding import Held, hold
from graph.commands.slugs import unveiled, with_slug
from graph.errors import NodeNotFoundError
from graph.port import Parameters
from graph.values import Instant, day_of
from graph.vocabulary import IN_REUSE, NewsKind, Stage, TaskKind
from graph.writing import tasks
from graph.writing.lifecycle import Move, moved
from graph.writing.rounds import Turns
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

MAX_BATCH: Final = 500
STALE_DAYS: Final = 365
"""An entry that nobody confirmed for so long is stale, and whoever answers for it is asked."""

_FEWEST_DAYS: Final = 11
"""Ten working days from a Sunday are over after twelve days; an instant in UTC may bear the day before."""
_NOTICE_DAYS: Final = 30
"""So long before an adoption has to be confirmed again its house is asked."""

SILENT_DAYS: Final = 60
"""So long after an adoption had to be confirmed again it counts as confirmed: a summer, a vacancy, an election."""

_HOUSEKEEPING: Final = System("housekeeping")
_log: Final = logging.getLogger(__name__)


async def publish_due(unit_of_work: UnitOfWork, *, today: date, batch: int = MAX_BATCH) -> int:
    """How many approved projects were published because their `publish_from` has come.

    Args:
        today: In Germany.
        batch: Entries that are read at once, 1..MAX_BATCH.
    """

    async def publish(unit: Unit, held: Held) -> bool:
        project = held.project
        is_due = project.publish_from is None or project.publish_from <= today.isoformat()
        if project.stage is not Stage.SUBMITTED or project.approved_at is None or not is_due:
            return False
        unit.record("publish_project", held.key)
        unit.announce(NewsKind.PROJECT_PUBLISHED, held.key)
        stage = moved(project.stage, Move.PUBLISH)
        published = replace(project, stage=stage, confirmed_at=project.approved_at, approved_at=None)
        await unit.put(await unveiled(unit, published))
        return True

    parameters = {"today": today.isoformat()}
    return await _each_project(unit_of_work, "projects_to_publish", parameters, batch, publish)


async def open_overdue_reviews(unit_of_work: UnitOfWork, *, today: date, batch: int = MAX_BATCH) -> int:
    """How many submissions that waited more than ten working days were opened to the reviewers of all hubs.

    Args:
        today, batch: As for `publish_due`.
    """

    async def open_review(unit: Unit, held: Held) -> bool:
        project = held.project
        if project.stage is not Stage.SUBMITTED or not project.submitted_at or project.opened_to_reviewers_at:
            return False
        if not policy.has_waited_too_long(day_of(project.submitted_at), today):
            return False
        unit.record("open_review", held.key)
        await unit.put(replace(project, opened_to_reviewers_at=unit.now))
        hubs = [] if held.reviewer is None else [held.reviewer]
        for task in await tasks.open_tasks(unit, held.key, TaskKind.REVIEW_PROJECT):
            doers = policy.doers(hubs, decides=True, everywhere=True)
            await unit.put(replace(task, doers=doers, opened_to_reviewers_at=unit.now))
        return True

    # Which of the days are working days the unit counts.
    parameters = {"before": (today - timedelta(days=_FEWEST_DAYS)).isoformat()}
    return await _each_project(unit_of_work, "projects_to_open_for_review", parameters, batch, open_review)


async def ask_whether_current(unit_of_work: UnitOfWork, *, today: date, batch: int = MAX_BATCH) -> int:
    """For how many published projects that nobody confirmed for a year somebody was asked whether they still hold.

    Args:
        today, batch: As for `publish_due`.
    """
    before = (today - timedelta(days=STALE_DAYS)).isoformat()

    async def ask(unit: Unit, held: Held) -> bool:
        is_stale = (held.project.confirmed_at or Instant("")) < before
        if held.project.stage is not Stage.PUBLISHED or not is_stale or not held.answerable:
            return False
        if await tasks.open_tasks(unit, held.key, TaskKind.CONFIRM_CURRENT):
            return False
        await tasks.ask(unit, TaskKind.CONFIRM_CURRENT, held.key, held.answerable)
        return True

    return await _each_project(unit_of_work, "projects_to_confirm", {"before": before}, batch, ask)


async def ask_whether_in_use(unit_of_work: UnitOfWork, *, today: date, batch: int = MAX_BATCH) -> int:
    """For how many adoptions whose `reconfirm_by` is a month away the house was asked whether it still uses the project.

    Args:
        today, batch: As for `publish_due`.
    """
    until = today + timedelta(days=_NOTICE_DAYS)

    async def ask(unit: Unit, adoption: str) -> bool:
        return await ask_to_reconfirm(unit, adoption, until=until)

    parameters = {"until": until.isoformat(), "in_reuse": sorted(IN_REUSE)}
    return await _each(unit_of_work, "adoptions_to_reconfirm", parameters, batch, ask)


async def let_silent_lapse(unit_of_work: UnitOfWork, *, today: date, batch: int = MAX_BATCH) -> int:
    """How many confirmed adoptions count as declared again: two months went by, and their house did not confirm anew.

    Args:
        today, batch: As for `publish_due`.
    """
    before = today - timedelta(days=SILENT_DAYS)

    async def lapse(unit: Unit, adoption: str) -> bool:
        return await let_lapse(unit, adoption, before=before)

    parameters = {"before": before.isoformat(), "in_reuse": sorted(IN_REUSE)}
    return await _each(unit_of_work, "adoptions_to_lapse", parameters, batch, lapse)


async def ask_what_is_open(unit_of_work: UnitOfWork, *, today: date, batch: int = MAX_BATCH) -> int:
    """For how many registered projects somebody was asked the next thing that the entry leaves open, once a week at most.

    Args:
        today, batch: As for `publish_due`.
    """
    before = (today - timedelta(days=ASKED_EVERY_DAYS)).isoformat()

    async def ask(unit: Unit, held: Held) -> bool:
        return await ask_next(unit, held, before=before)

    return await _each_project(unit_of_work, "projects_to_complete", {"before": before}, batch, ask)


async def _each_project(
    unit_of_work: UnitOfWork,
    query: str,
    parameters: Parameters,
    batch: int,
    act: Callable[[Unit, Held], Awaitable[bool]],
) -> int:
    async def with_project(unit: Unit, project: str) -> bool:
        return await act(unit, await hold(unit, project))

    return await _each(unit_of_work, query, parameters, batch, with_project)


async def _each(
    unit_of_work: UnitOfWork,
    query: str,
    parameters: Parameters,
    batch: int,
    act: Callable[[Unit, str], Awaitable[bool]],
) -> int:
    done = left = 0
    turns = Turns(unit_of_work.store, log=_log)
    size = min(max(batch, 1), MAX_BATCH)
    while True:
        # What was taken on is found no more; what was not stays in front until the next time.
        found = await unit_of_work.store.query(query, {**parameters, "skip": left, "limit": size})
        for (entry,) in found:

            async def run(unit: Unit, identifier: str = str(entry)) -> bool:
                return await act(unit, identifier)

            is_done = await turns.take(_is_done(unit_of_work, run), what=f"{query}: {entry}")
            done += is_done
            left += not is_done
        if len(found) < size:
            return done


async def _is_done(unit_of_work: UnitOfWork, act: Callable[[Unit], Awaitable[bool]]) -> bool:
    """Whether `act` took its entry on; not one that is gone, or without its house."""
    try:
        return await with_slug(lambda: unit_of_work.run(act, actor=_HOUSEKEEPING))
    except NodeNotFoundError:
        return False


DUTIES: Final = (
    publish_due,
    open_overdue_reviews,
    ask_whether_current,
    ask_whether_in_use,
    let_silent_lapse,
    ask_what_is_open,
)
"""What others wait for comes first."""
