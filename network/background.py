"""What runs beside the requests: the indexer, the teller, saved searches and the housekeeping, started with the application, stopped before its backends."""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from graph import deliveries, field_usage, inbox, popular, post, sessions, single_use
from graph.commands.due import do_what_is_due
from graph.port import GraphStore
from graph.retention import MAX_BATCH, forget_callbacks, purge_idempotency
from graph.telling.hearers import RULES
from graph.telling.teller import Outcome, Teller
from graph.unit_of_work import UnitOfWork
from graph.values import day_of, instant
from network.errors import caught
from network.field_usage import Usage
from network.mail.postman import Postman
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
    teller = Teller(service.graph, holder=name, rules=(*RULES, need_owners), count=count)
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

    A failure is logged; the next round makes it good.
    """
    while True:
        for work in (_purge, _do_what_is_due):
            if (error := await caught(work(graph))) is not None:
                _LOG.warning("housekeeping failed, trying again later: %s: %s", type(error).__name__, error)
        await asyncio.sleep(every_s)


async def _do_what_is_due(graph: GraphStore) -> None:
    done = await do_what_is_due(UnitOfWork(graph), today=day_of(instant(datetime.now(UTC))))
    for duty, count in done.items():
        if count:
            _LOG.info("did what was due", extra={"duty": duty, "count": count})


async def _purge(graph: GraphStore) -> None:
    purged = count = await purge_idempotency(graph)
    while count == MAX_BATCH:
        count = await purge_idempotency(graph)
        purged += count
    if purged:
        _LOG.info("purged answers of old units", extra={"count": purged})
    wordless = count = await forget_callbacks(graph)
    while count == MAX_BATCH:
        count = await forget_callbacks(graph)
        wordless += count
    if wordless:
        _LOG.info("forgot the words of old requests to be called back", extra={"count": wordless})
    forgotten = count = await popular.forget(graph)
    while count == popular.MAX_BATCH:
        count = await popular.forget(graph)
        forgotten += count
    if forgotten:
        _LOG.info("forgot searches that nobody made for long", extra={"count": forgotten})
    old = count = await inbox.purge(graph)
    while count == inbox.MAX_BATCH:
        count = await inbox.purge(graph)
        old += count
    if old:
        _LOG.info("purged old notifications", extra={"count": old})
    for purge_sent in (post.purge, single_use.purge, deliveries.purge, field_usage.purge):
        while await purge_sent(graph) == MAX_BATCH:
            pass
    ended = count = await sessions.purge(graph)
    while count >= sessions.MAX_BATCH:
        count = await sessions.purge(graph)
        ended += count
    if ended:
        _LOG.info("purged sessions and sign-ins that are over", extra={"count": ended})


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
