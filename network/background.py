"""What runs beside the requests: the indexer, the teller, saved searches and the housekeeping, started with the application, stopped before its backends."""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from graph.accounts import feed_tokens, sessions
from graph.accounts.retention import MAX_BATCH, forget_callbacks, purge_idempotency
from graph.commands.due import do_what_is_due
from graph.port import GraphStore
from graph.reading import field_usage, popular
from graph.telling import deliveries, inbox, post, single_use
from graph.telling.hearers import RULES
from graph.telling.teller import Outcome, Teller
from graph.values import day_of, instant
from graph.writing.unit_of_work import UnitOfWork
from network.errors import caught
from network.mail.postman import Postman
from network.operations.field_usage import Usage
from network.saved_searches import SavedSearches
from network.webhooks.courier import Courier
from search.indexer import Indexer
from search.need_matches import need_owners
from search.port import SearchIndex
from search.service import SearchService

_LOG: Final = logging.getLogger("hubnetz.background")
_HOUSEKEEPING_S: Final = 3_600.0
"""Between two rounds: what is purged is days old, an hour more is no matter."""


def holder() -> str:
    """A name for this start of this process, as leases need it."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"


class Bell:
    """Rung after every commit, heard by indexer and teller of this process while they run. Others look by themselves."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def ring(self) -> None:
        for listener in self._listeners:
            listener()

    @contextlib.contextmanager
    def heard_by(self, listener: Callable[[], None]) -> Iterator[None]:
        """`listener` is called at each ring for the time of the block."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)


@contextlib.asynccontextmanager
async def indexing(graph: GraphStore, search: SearchIndex) -> AsyncIterator[Indexer]:
    """An indexer that runs for the time of the block, and the housekeeping with it; both outlive failures of their own."""
    indexer = Indexer(graph, search, holder=holder())
    async with _beside(indexer.run(), "indexer"), _beside(keep_house(graph), "housekeeping"):
        yield indexer


@dataclass(frozen=True, slots=True)
class Telling:
    """What tells people, while it runs."""

    teller: Teller
    searches: SavedSearches

    def notify(self) -> None:
        """Something was written: look for it now. Call it from the event loop's thread."""
        self.teller.notify()
        self.searches.notify()


@contextlib.asynccontextmanager
async def telling(service: SearchService, count: Callable[[Outcome], None]) -> AsyncIterator[Telling]:
    """A teller that runs for the time of the block, and saved searches with it.

    Args:
        count: Called with what became of each piece of news.
    """
    name = holder()
    teller = Teller(service.graph, holder=name, rules=(need_owners, *RULES), count=count)
    searches = SavedSearches(service, holder=name)
    async with _beside(teller.run(), "teller"), _beside(searches.run(), "saved searches"):
        yield Telling(teller, searches)


@contextlib.asynccontextmanager
async def posting(postman: Postman) -> AsyncIterator[None]:
    """Sends letters for the time of the block."""
    async with _beside(postman.run(), "postman"):
        yield


@contextlib.asynccontextmanager
async def couriering(courier: Courier) -> AsyncIterator[None]:
    """Sends events to webhooks for the time of the block."""
    async with _beside(courier.run(), "courier"):
        yield


@contextlib.asynccontextmanager
async def counting(usage: Usage, graph: GraphStore) -> AsyncIterator[None]:
    """Writes what the requests of this process used, for the time of the block and at its end."""
    async with _beside(usage.keep_writing(graph), "usage of fields"):
        yield


@contextlib.asynccontextmanager
async def warming(service: SearchService) -> AsyncIterator[None]:
    """Reads the words of the index beside the first requests: on a large one the first search would run out of time."""
    task = asyncio.create_task(caught(service.warm()), name="lexicons")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def keep_house(graph: GraphStore, *, every_s: float = _HOUSEKEEPING_S) -> None:
    """Purges what is kept only for a time, and does what falls due by itself, until cancelled.

    A failure is logged, and keeps nothing else from being done; the next round makes it good.
    """
    while True:
        for purge, batch, what in _PURGES:
            _complain(await caught(_purge(graph, purge, batch, what)))
        _complain(await caught(_do_what_is_due(graph)))
        await asyncio.sleep(every_s)


def _complain(error: Exception | None) -> None:
    if error is not None:
        _LOG.warning("housekeeping failed, trying again later", exc_info=error)


async def _do_what_is_due(graph: GraphStore) -> None:
    done = await do_what_is_due(UnitOfWork(graph), today=day_of(instant(datetime.now(UTC))))
    for duty, count in done.items():
        if count:
            _LOG.info("did what was due", extra={"duty": duty, "count": count})


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


async def _purge(graph: GraphStore, purge: Callable[[GraphStore], Awaitable[int]], batch: int, what: str) -> None:
    purged = count = await purge(graph)
    # Of several kinds at once a batch of each may go.
    while count >= batch:
        count = await purge(graph)
        purged += count
    if purged:
        _LOG.info("purged %s", what, extra={"count": purged})


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_tell)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _tell(task: asyncio.Task[None]) -> None:
    """Nobody waits for the task before the end of the application: that it died early must be heard of at once."""
    if not task.cancelled():
        _LOG.error("%s ended by itself", task.get_name(), exc_info=task.exception())
