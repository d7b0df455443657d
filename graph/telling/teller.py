"""Tells people of what happened: one piece of news after the other, each in one transaction that also takes it away.

A process that dies anywhere leaves the news where they are, and its successor tells them under the same ids. One
process tells at a time, by a lease that every transaction checks.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from graph.errors import GraphError, LeaseLostError
from graph.model import Node
from graph.personal import Delivery, Notification
from graph.port import GraphStore, Transacting, Transaction
from graph.records import News
from graph.rows import Row, row_of
from graph.telling import letters, webhooks
from graph.telling.hearers import RULES, Rule, hearings
from graph.telling.hearing import Hearing, told_id
from graph.telling.people import Person
from graph.values import Instant, instant
from graph.vocabulary import NewsKind
from graph.writing import leases
from graph.writing.duties import Duty, Successes
from graph.writing.rounds import Rounds

LEASE: Final = Duty.NEWS.lease
GIVE_UP_DAYS: Final = 5
"""After so long nobody waits for the news any more, and what is wrong with them will not mend itself."""

_LATEST_ONLY: Final = frozenset(
    {NewsKind.PROJECT_CHANGED, NewsKind.EVENT_SAVED, NewsKind.TASK_ASKED, NewsKind.CONTACT_MISSING}
)
"""What happens again and again to one entity, or is told again, and of which only the last time matters."""
_FIRST_RETRY_S: Final = 60
_LONGEST_RETRY_S: Final = 6 * 3_600
_log: Final = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of a piece of news, as the metrics count it."""

    TOLD = "told"
    PUT_OFF = "put_off"
    DROPPED = "dropped"


def _nobody_counts(_: Outcome) -> None:
    """Where there are no metrics."""


def _local_clock() -> Instant:
    return instant(datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class _Telling:
    news: News
    lines: list[Notification]
    deliveries: list[Delivery]
    members: list[Person]
    """Who may be written to at once."""


class Teller:
    """The worker of one process.

    Args:
        holder: Names one process of one start (graph/writing/leases.py).
        rules: Who hears of what.
        batch: News that are read at once.
        lease_ttl_s: Seconds after which others may take over from a process that died.
        poll_s: Longest seconds between two looks, for news of other processes and those that were put off.
        clock: Units of work write news by the same clock.
        count: Called with what became of each piece of news.
    """

    def __init__(
        self,
        store: GraphStore,
        *,
        holder: str,
        rules: Sequence[Rule] = RULES,
        batch: int = 100,
        lease_ttl_s: float = 15.0,
        poll_s: float = 2.0,
        longest_retry_s: float = 30.0,
        clock: Callable[[], Instant] = _local_clock,
        count: Callable[[Outcome], None] = _nobody_counts,
    ) -> None:
        self._store = store
        self._holder = holder
        self._rules = rules
        self._batch = batch
        self._lease_ttl_s = lease_ttl_s
        self._clock = clock
        self._count = count
        self._successes = Successes(store, Duty.NEWS)
        self._rounds = Rounds(
            self.tell,
            what="telling",
            log=_log,
            every_s=poll_s,
            longest_retry_s=longest_retry_s,
            went_well=lambda: self._successes.note_round(self._waits),
        )

    def notify(self) -> None:
        """Something was written: look for news now. Call it from the event loop's thread."""
        self._rounds.notify()

    async def run(self) -> None:
        """Tells until cancelled."""
        await self._rounds.run()

    async def tell(self) -> int:
        """How many news were told; none that is due is left but those that were put off.

        Raises:
            LeaseHeldError: there are news, and another process holds the lease.
            GraphUnavailableError: what was told remains told; call again.
        """
        told = 0
        if not await self._due():
            return told
        async with leases.held(self._store, LEASE, holder=self._holder, ttl_s=self._lease_ttl_s) as fenced:
            # Looked up again under the lease: its last holder has told of what it had in hand.
            while due := await self._due():
                for news in due:
                    outcome = await self._tell(fenced, news)
                    if outcome is not None:
                        self._count(outcome)
                    if outcome is Outcome.TOLD:
                        told += 1
                        await self._successes.done()
                    elif outcome is Outcome.PUT_OFF:
                        self._successes.failed(news.id)
        return told

    async def _waits(self) -> bool:
        ((count, _),) = await self._store.query("news_state", {})
        return bool(count)

    async def _due(self) -> list[News]:
        parameters = {"now": self._clock(), "kinds": list(NewsKind), "limit": self._batch}
        return [
            News(
                id=key,
                kind=NewsKind(kind),
                entity=entity,
                house=house or None,
                actor=actor,
                at=at,
                attempts=attempts or 0,
                due_at=due_at,
            )
            for key, kind, entity, house, actor, at, attempts, due_at in await self._store.query("news_due", parameters)
        ]

    async def _tell(self, fenced: Transacting, news: News) -> Outcome | None:
        """What became of the news; None where they were gone already."""
        try:
            now = self._clock()
            telling = await self._work_out(news, now)
            return Outcome.TOLD if await fenced.transact(lambda tx: _write(tx, telling, now)) else None
        except LeaseLostError:
            raise
        except Exception as exc:  # noqa: BLE001 - what is wrong with one piece of news must not keep others from being told
            return await self._put_off(fenced, news, exc)

    async def _work_out(self, news: News, now: Instant) -> _Telling:
        heard = await hearings(self._store, news, self._rules)
        lines = [_line(news, hearing) for hearing in heard]
        told = {hearing.actor_id for hearing in heard}
        deliveries = await webhooks.deliveries(self._store, news, hearers=told, now=now)
        for kind in sorted({hearing.kind for hearing in heard if hearing.kind is not None}):
            of_kind = {hearing.actor_id for hearing in heard if hearing.kind is kind}
            event = replace(news, id=told_id("News", news.id, kind), kind=kind)
            deliveries += await webhooks.deliveries(self._store, event, hearers=of_kind, now=now)
        return _Telling(news, lines, deliveries, await letters.members_of(self._store, news))

    async def _put_off(self, fenced: Transacting, news: News, error: Exception) -> Outcome:
        """Tries again later, or never, once it was tried for days.

        Raises:
            GraphUnavailableError: the database is away, and the news are as they were.
        """
        now = self._clock()
        given_up = _later(news.at, 86_400 * GIVE_UP_DAYS)
        is_dropped = now >= given_up
        attempts = news.attempts + 1
        wait_s = min(_FIRST_RETRY_S * 2 ** min(news.attempts, 20), _LONGEST_RETRY_S)

        async def write(transaction: Transaction) -> None:
            if news.id in await transaction.lock_all("News", [news.id]):
                if is_dropped:
                    await transaction.delete("News", [news.id])
                else:
                    row = {"id": news.id, "attempts": attempts, "due_at": _later(now, wait_s), "updated_at": now}
                    await transaction.put("News", [row])

        await fenced.transact(write)
        trace = None if isinstance(error, GraphError) else error
        facts = {"news": news.id, "kind": news.kind, "entity": news.entity, "attempts": attempts}
        if is_dropped:
            _log.error("news given up, nobody is told: %s", type(error).__name__, extra=facts, exc_info=trace)
            return Outcome.DROPPED
        _log.warning("news could not be told, trying later: %s", type(error).__name__, extra=facts, exc_info=trace)
        return Outcome.PUT_OFF


def stamped(node: Node, now: Instant) -> Row:
    """The row of a record that is written without a unit of work."""
    return {**row_of(node), "created_at": now, "updated_at": now}


async def _write(transaction: Transaction, telling: _Telling, now: Instant) -> bool:
    """Whether the news were there; then everybody is told, and they are gone."""
    news = telling.news
    if news.id not in await transaction.lock_all("News", [news.id]):
        return False
    if telling.lines:
        if news.kind in _LATEST_ONLY:
            await _supersede(transaction, news, [line.actor for line in telling.lines])
        await transaction.put("Notification", [stamped(line, now) for line in telling.lines])
    if telling.deliveries:
        await transaction.put("Delivery", [stamped(delivery, now) for delivery in telling.deliveries])
    await letters.for_news(transaction, news, telling.members, now=now)
    await transaction.delete("News", [news.id])
    return True


async def _supersede(transaction: Transaction, news: News, actors: Sequence[str]) -> None:
    """Takes away what was said of the entity before and not read: an entry that is edited ten times is one line."""
    parameters = {"entity": news.entity, "kind": news.kind, "actors": list(actors)}
    old = sorted(str(key) for (key,) in await transaction.query("notifications_superseded", parameters))
    if old:
        await transaction.delete("Notification", old)


def _line(news: News, hearing: Hearing) -> Notification:
    return Notification(
        id=told_id("Notification", news.id, hearing.actor_id),
        actor=hearing.actor_id,
        news=news.id,
        kind=hearing.kind or news.kind,
        entity=news.entity,
        reason=hearing.reason,
        at=news.at,
    )


def _later(moment: Instant, seconds: float) -> Instant:
    return instant(datetime.fromisoformat(moment) + timedelta(seconds=seconds))
