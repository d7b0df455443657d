"""The state of background work: one table that `/metrics` and `hubnetz doctor` read, with what counts as late."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from graph.port import GraphStore
from graph.telling import deliveries, post
from graph.values import Instant, day_of, instant
from graph.writing.duties import Duty, at_work_since, last_successes
from graph.writing.outbox import Outbox

SEARCH_EVERY_S: Final = 300.0
"""Between two runs of one saved search."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits, since when (an instant, or a date of any precision), and how much was given up of late; None where nothing ever is."""

    count: int
    oldest: str | None
    given_up: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of background work, and when it is late.

    Attributes:
        what: Waits, as in "3 … wait for the index".
        look: Counts what waits at an instant.
        late_s: Seconds that the oldest may wait.
        silent_s: Seconds since it last went well.
        advice: What to do where it is late.
    """

    duty: Duty
    what: str
    look: Callable[[GraphStore, Instant], Awaitable[Waiting]]
    late_s: int
    silent_s: int
    advice: str


@dataclass(frozen=True, slots=True)
class State:
    """One kind of work as it stands."""

    work: Work
    waiting: Waiting
    succeeded_at: Instant | None
    """None: never, as far as anybody noted."""
    now: Instant
    since: Instant | None = None
    """When any process first was at work here; None: never."""

    @property
    def oldest_s(self) -> float:
        """Seconds that the oldest waits; 0 where nothing does."""
        return 0.0 if self.waiting.oldest is None else max(0.0, _seconds(self.waiting.oldest, self.now))

    @property
    def is_late(self) -> bool:
        return self.oldest_s > self.work.late_s

    @property
    def is_silent(self) -> bool:
        """Whether it did not go well for long, or never: where no process does it, nothing may be waiting, and still."""
        last = self.succeeded_at or self.since
        return last is not None and _seconds(last, self.now) > self.work.silent_s


async def state_of(graph: GraphStore, work: Work) -> State:
    """One kind of work as it stands.

    Raises:
        GraphUnavailableError: nothing can be known.
    """
    now = Instant(await graph.now())
    succeeded_at = (await last_successes(graph)).get(work.duty)
    return State(work, await work.look(graph, now), succeeded_at, now, await at_work_since(graph))


async def states(graph: GraphStore) -> list[State]:
    """All kinds of work as they stand, in the order of the table.

    Raises:
        GraphUnavailableError: nothing can be known.
    """
    now, succeeded, since = Instant(await graph.now()), await last_successes(graph), await at_work_since(graph)
    return [State(work, await work.look(graph, now), succeeded.get(work.duty), now, since) for work in WORKS]


async def _changes(graph: GraphStore, _: Instant) -> Waiting:
    lag = await Outbox(graph).lag()
    return Waiting(lag.count, lag.since)


async def _news(graph: GraphStore, _: Instant) -> Waiting:
    return _waiting(await graph.query("news_state", {}))


async def _searches(graph: GraphStore, now: Instant) -> Waiting:
    before = instant(datetime.fromisoformat(now) - timedelta(seconds=SEARCH_EVERY_S))
    return _waiting(await graph.query("saved_searches_state", {"before": before}))


async def _letters(graph: GraphStore, _: Instant) -> Waiting:
    state = await post.state(graph)
    return Waiting(state.waiting, state.overdue, state.given_up)


async def _events(graph: GraphStore, _: Instant) -> Waiting:
    state = await deliveries.state(graph)
    return Waiting(state.waiting, state.oldest, state.given_up)


async def _due(graph: GraphStore, now: Instant) -> Waiting:
    return _waiting(await graph.query("housekeeping_state", {"today": day_of(now).isoformat()}))


def _waiting(records: Sequence[Sequence[object]]) -> Waiting:
    ((count, oldest),) = records
    return Waiting(int(str(count)), None if oldest is None else str(oldest))


def _seconds(since: str, now: Instant) -> float:
    # A day, month or year begins with its first hour, in UTC: good enough for bounds of hours.
    moment = datetime.fromisoformat(since if "T" in since else f"{since}-01-01"[: len("2026-01-01")] + "T00:00Z")
    return (datetime.fromisoformat(now) - moment).total_seconds()


_WORKER: Final = "see that a process with the role worker (or all) runs, and what its log says"

INDEXING: Final = Work(
    Duty.INDEX,
    "changes wait for the index",
    _changes,
    # A running indexer takes seconds, and a rebuild of a large network minutes.
    late_s=900,
    silent_s=900,
    advice=f"{_WORKER}; without a server, run: hubnetz reindex",
)

WORKS: Final = (
    INDEXING,
    Work(
        Duty.NEWS,
        "news wait to be told",
        _news,
        # What cannot be told is tried again after 1, 2, 4 … minutes; five attempts are over by then.
        late_s=3_600,
        silent_s=900,
        advice=f"{_WORKER} of news that could not be told",
    ),
    Work(
        Duty.SEARCHES,
        "saved searches wait for their next run",
        _searches,
        # 150 a minute: ten thousand take a bit more than an hour.
        late_s=7_200,
        silent_s=900,
        advice=f"{_WORKER} of saved searches",
    ),
    Work(
        Duty.MAIL,
        "e-mails wait",
        _letters,
        # From when it was due: one address that takes none for days is tried again in time, and is nobody's fault here.
        late_s=7_200,
        silent_s=900,
        advice="see that the server of HUBNETZ_SMTP_URL takes e-mails; its answers are in the log",
    ),
    Work(
        Duty.WEBHOOKS,
        "events wait for webhooks",
        _events,
        # Receivers that are away are tried for three days; what waits longer nobody tries.
        late_s=4 * 86_400,
        silent_s=900,
        advice=_WORKER,
    ),
    Work(
        Duty.HOUSEKEEPING,
        "approved projects wait although their day has come",
        _due,
        # It goes round once an hour.
        late_s=10_800,
        silent_s=10_800,
        advice=f"{_WORKER} of housekeeping",
    ),
)
"""In the order in which doctor tells of them."""
