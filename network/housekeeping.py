"""Keeps house: purges what is kept only for a time, and does what falls due by itself.

One process at a time, by a lease that every transaction checks. A process that dies anywhere leaves the rest to the next round.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Final

from graph.accounts import feed_tokens, sessions
from graph.accounts.retention import MAX_BATCH, forget_callbacks, purge_idempotency
from graph.commands.due import DUTIES
from graph.errors import GraphError
from graph.port import GraphStore
from graph.reading import field_usage, popular
from graph.telling import deliveries, inbox, post, single_use
from graph.values import day_of, instant
from graph.writing import leases
from graph.writing.duties import Duty, Successes
from graph.writing.rounds import Rounds, keeps_all_waiting
from graph.writing.unit_of_work import UnitOfWork
from network.errors import caught

LEASE: Final = Duty.HOUSEKEEPING.lease
_EVERY_S: Final = 3_600.0
"""Between two rounds: what is purged is days old, an hour more is no matter."""
_FIRST_RETRY_S: Final = 60.0
_LOG: Final = logging.getLogger("hubnetz.housekeeping")


class ChoresLeftError(Exception):
    """Some chores failed, by our own mistake or for want of time; the log has the traceback of each."""


def _today() -> date:
    return day_of(instant(datetime.now(UTC)))


class Housekeeping:
    """The worker of one process.

    Args:
        holder: Names one process of one start (graph/writing/leases.py).
        every_s: Between two rounds that went well.
        today: The day in Germany.
    """

    def __init__(
        self,
        store: GraphStore,
        *,
        holder: str,
        every_s: float = _EVERY_S,
        lease_ttl_s: float = 30.0,
        today: Callable[[], date] = _today,
    ) -> None:
        self._store = store
        self._holder = holder
        self._lease_ttl_s = lease_ttl_s
        self._today = today
        self._rounds = Rounds(
            self.keep_house,
            what="housekeeping",
            log=_LOG,
            every_s=every_s,
            first_retry_s=min(_FIRST_RETRY_S, every_s),
            longest_retry_s=every_s,
            known=(GraphError, ChoresLeftError),
            went_well=Successes(store, Duty.HOUSEKEEPING).note,
        )

    async def run(self) -> None:
        """Keeps house until cancelled."""
        await self._rounds.run()

    async def keep_house(self) -> None:
        """One round: every chore, until nothing of it is left.

        Raises:
            LeaseHeldError: another process is at it, or took over.
            GraphUnavailableError: what was done remains done; call again.
            ChoresLeftError: some could not be done; all others were.
        """
        left = []
        async with leases.held(self._store, LEASE, holder=self._holder, ttl_s=self._lease_ttl_s) as fenced:
            store = leases.FencedStore(self._store, fenced)
            # First what people wait for: that something is kept for an hour more is no matter.
            chores = {duty.__name__: partial(_do, store, duty, self._today) for duty in DUTIES}
            chores |= {what: partial(_purge, store, purge, batch, what) for purge, batch, what in _PURGES}
            for what, chore in chores.items():
                error = await caught(chore())
                if error is None:
                    continue
                if await keeps_all_waiting(self._store, error):
                    raise error
                _LOG.error("%s: left for the next round", what, exc_info=error)
                left.append(what)
        if left:
            raise ChoresLeftError(", ".join(left))


_PURGES: Final[tuple[tuple[Callable[[GraphStore], Awaitable[int]], int, str], ...]] = (
    (purge_idempotency, MAX_BATCH, "answers of old units"),
    (forget_callbacks, MAX_BATCH, "the words of old requests to be called back"),
    (popular.forget, popular.MAX_BATCH, "searches that nobody made for long"),
    (inbox.purge, inbox.MAX_BATCH, "old notifications"),
    (post.purge, MAX_BATCH, "old e-mails"),
    (single_use.purge, MAX_BATCH, "single-use links that are over"),
    (deliveries.purge, MAX_BATCH, "old deliveries to webhooks"),
    (feed_tokens.purge, feed_tokens.MAX_BATCH, "feed addresses that are over"),
    (field_usage.purge, field_usage.MAX_BATCH, "old counts of fields in use"),
    (sessions.purge, sessions.MAX_BATCH, "sessions and sign-ins that are over"),
)


async def _purge(store: GraphStore, purge: Callable[[GraphStore], Awaitable[int]], batch: int, what: str) -> None:
    purged = count = await purge(store)
    # Of several kinds at once a batch of each may go.
    while count >= batch:
        count = await purge(store)
        purged += count
    if purged:
        _LOG.info("purged %s", what, extra={"count": purged})


async def _do(store: GraphStore, duty: Callable[..., Awaitable[int]], today: Callable[[], date]) -> None:
    if count := await duty(UnitOfWork(store), today=today()):
        _LOG.info("did what was due", extra={"duty": duty.__name__, "count": count})
