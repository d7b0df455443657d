"""Runs saved searches every few minutes, each as its owner, and tells of what it finds for the first time."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from auth import policy
from graph.errors import GraphError, InvalidInputError
from graph.model import NodeKey
from graph.personal import Delivery, Notification
from graph.port import Transacting, Transaction
from graph.records import News
from graph.selection import ByKeys, Selection
from graph.telling import webhooks
from graph.telling.hearing import told_id
from graph.telling.people import Person, people
from graph.telling.teller import stamped
from graph.values import Instant, instant
from graph.vocabulary import NewsKind
from graph.writing import leases
from graph.writing.duties import Duty, Successes
from graph.writing.rounds import Rounds
from network.context import Context
from network.errors import caught
from network.subgraphs.discovery.near import conditions
from network.subgraphs.discovery.saved_filters import of_json
from network.work import SEARCH_EVERY_S
from search.errors import InvalidSearchRequestError, SearchError, SearchUnavailableError
from search.finder import SearchRequest
from search.port import MAX_WINDOW, SearchSort
from search.service import SearchService

LEASE: Final = Duty.SEARCHES.lease
_MAX_KNOWN: Final = 2 * MAX_WINDOW
"""Hits that are remembered: more than a search ever answers, so that one which left and came back is not new."""
_SEARCH_S: Final = 20.0
"""For one search: nobody waits for it, so that it may take longer than one that somebody looks at."""
_MAX_FAILED: Final = 2
"""Searches of one round that the engine may fail to answer; with one more it counts as away, and the round is over."""
_LOG: Final = logging.getLogger("hubnetz.saved_searches")
_SHORTEST_S: Final = 1.0
"""Between two looks, however much is written."""
_STATE: Final = Selection("SavedSearch", ("known", "ran_at"))
_SYSTEM: Final = "system:saved searches"


def _local_clock() -> Instant:
    return instant(datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class _Search:
    id: str
    actor: str
    name: str
    query: str
    filter: str


@dataclass(frozen=True, slots=True)
class _Ran:
    """What a search has come to: `told` is to be told of, `known` what it has found so far."""

    search: _Search
    ran_at: str | None
    """When it was run before."""
    told: Sequence[str] = ()
    known: Sequence[str] | None = None
    """None: as it was."""


class SavedSearches:
    """The worker of one process.

    Args:
        holder: Names one process of one start (graph/writing/leases.py).
        every_s: Between two runs of one search.
        batch: Searches of one round; those that waited longest.
        poll_s: Between two rounds.
        most_told: New hits of one search that are told of in one round; the others come with the next.
    """

    def __init__(
        self,
        service: SearchService,
        *,
        holder: str,
        every_s: float = SEARCH_EVERY_S,
        batch: int = 50,
        poll_s: float = 20.0,
        lease_ttl_s: float = 30.0,
        most_told: int = 100,
        clock: Callable[[], Instant] = _local_clock,
    ) -> None:
        self._service = service
        self._store = service.graph
        self._holder = holder
        self._every_s = every_s
        self._batch = batch
        self._lease_ttl_s = lease_ttl_s
        self._most_told = most_told
        self._clock = clock
        self._rounds = Rounds(
            self._round,
            what="running saved searches",
            log=_LOG,
            every_s=poll_s,
            pause_s=min(_SHORTEST_S, poll_s),
            longest_retry_s=every_s,
            known=(GraphError, SearchError),
            went_well=Successes(self._store, Duty.SEARCHES).note,
        )

    def notify(self) -> None:
        """Something was written, perhaps a search: what it finds first is no news, so it is run soon."""
        self._rounds.notify()

    async def run(self) -> None:
        """Runs what is due until cancelled."""
        await self._rounds.run()

    async def run_due(self) -> int:
        """How many new hits were told of, by one round of at most `batch` searches.

        Raises:
            LeaseHeldError: some are due, and another process is at it.
            SearchUnavailableError, GraphUnavailableError: what was told remains told; what was not run stays due.
        """
        due = await self._due()
        if not due:
            return 0
        told = 0
        async with leases.held(self._store, LEASE, holder=self._holder, ttl_s=self._lease_ttl_s) as fenced:
            # Again: who held the lease before may have run them.
            due = await self._due()
            owners = await people(self._store, {search.actor for search in due}) if due else {}
            failed = 0
            for search in due:
                try:
                    told += await self._run(fenced, search, owners.get(search.actor))
                except SearchUnavailableError as error:
                    # One search that takes too long must not keep all others waiting.
                    failed += 1
                    if failed > _MAX_FAILED or failed == len(due):
                        raise
                    _LOG.warning("a saved search got no answer: %s", error, extra={"search": search.id})
        return told

    async def _round(self) -> None:
        if told := await self.run_due():
            _LOG.info("saved searches found something new", extra={"count": told})

    async def _due(self) -> list[_Search]:
        before = instant(datetime.fromisoformat(self._clock()) - timedelta(seconds=self._every_s))
        records = await self._store.query("saved_searches_due", {"before": before, "limit": self._batch})
        return [_Search(*map(str, record)) for record in records]

    async def _run(self, fenced: Transacting, search: _Search, owner: Person | None) -> int:
        """How many hits were told of."""
        start = ByKeys("SavedSearch", "id", (search.id,))
        (row,) = (await self._store.select(_STATE, start, audiences=())).rows
        if row is None:
            return 0
        known, ran_at = _texts(row[0]), None if row[1] is None else str(row[1])
        # As it was, where it cannot be run: it keeps its turn, and no other waits for it.
        ran = _Ran(search, ran_at)

        async def go() -> None:
            nonlocal ran
            ran = await self._search(search, owner, known, ran_at)

        if (error := await caught(go())) is not None:
            if isinstance(error, GraphError | SearchError) and error.retryable:
                raise error
            is_known = isinstance(error, InvalidInputError | InvalidSearchRequestError)
            facts: dict[str, Any] = {"extra": {"search": search.id}, "exc_info": None if is_known else error}
            _LOG.warning("a saved search cannot be run: %s", type(error).__name__, **facts)
        now = self._clock()
        lines = [_line(search, project, now) for project in ran.told]
        deliveries = [delivery for line in lines for delivery in await self._deliveries(line, now)]
        is_written = await fenced.transact(lambda transaction: _write(transaction, ran, lines, deliveries, now))
        return len(lines) if is_written else 0

    async def _search(self, search: _Search, owner: Person | None, known: Sequence[str], ran_at: str | None) -> _Ran:
        # Who lost every membership may save no search, and hears of none.
        if owner is None or not policy.may_take_part(owner.caller):
            return _Ran(search, ran_at)
        hits = await self._service.matching(await self._request(search, owner), timeout_s=_SEARCH_S)
        if ran_at is None:
            # What is there already is no news.
            return _Ran(search, ran_at, (), hits)
        seen = set(known)
        unknown = [hit for hit in hits if hit not in seen]
        new = await self._of_others(unknown, search.actor)
        told = new[: self._most_told]
        waiting = set(new[self._most_told :])
        found = [hit for hit in hits if hit not in waiting]
        return _Ran(search, ran_at, told, list(dict.fromkeys((*found, *known)))[:_MAX_KNOWN])

    async def _request(self, search: _Search, owner: Person) -> SearchRequest:
        given: Mapping[str, Any] = json.loads(search.filter)
        where = of_json(given)
        context = Context(store=self._store, search=self._service, caller=owner.caller)
        return SearchRequest(
            text=search.query,
            audiences=context.audiences,
            filters=where.values(),
            conditions=await conditions(context, where.near),
            sort=SearchSort.NEWEST,
            limit=MAX_WINDOW,
        )

    async def _of_others(self, projects: Sequence[str], actor: str) -> list[str]:
        """Those of `projects` that are not all one's own doing: nobody is told of what they did themselves."""
        if not projects:
            return []
        changed: dict[str, set[str]] = {}
        entities = [f"Project:{project}" for project in projects]
        for entity, who in await self._store.query("actors_of_changes", {"entities": entities}):
            changed.setdefault(str(entity), set()).add(str(who))
        return [project for project in projects if changed.get(f"Project:{project}") != {f"actor:{actor}"}]

    async def _deliveries(self, line: Notification, now: Instant) -> list[Delivery]:
        news = News(id=line.news, kind=line.kind, entity=line.entity, actor=_SYSTEM, at=now, due_at=now)
        return await webhooks.deliveries(self._store, news, hearers=(line.actor,), now=now)


def _line(search: _Search, project: str, now: Instant) -> Notification:
    cause = told_id("News", search.id, project)
    return Notification(
        id=told_id("Notification", cause, search.actor),
        actor=search.actor,
        news=cause,
        kind=NewsKind.SEARCH_MATCHED,
        entity=str(NodeKey("Project", project)),
        reason=f"Ihre Suche „{search.name}“",
        at=now,
    )


async def _write(
    transaction: Transaction, ran: _Ran, lines: Sequence[Notification], deliveries: Sequence[Delivery], now: Instant
) -> bool:
    """Whether the search is still there and nobody has run it meanwhile."""
    key = ran.search.id
    if key not in await transaction.lock_all("SavedSearch", [key]):
        return False
    row = (await transaction.read("SavedSearch", [key]))[key]
    if row.get("ran_at") != ran.ran_at:
        return False
    if lines:
        await transaction.put("Notification", [stamped(line, now) for line in lines])
    if deliveries:
        await transaction.put("Delivery", [stamped(delivery, now) for delivery in deliveries])
    known = {} if ran.known is None else {"known": list(ran.known)}
    # Not a new version: its owner changed nothing.
    await transaction.put("SavedSearch", [{"id": key, "ran_at": now, **known}])
    return True


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
