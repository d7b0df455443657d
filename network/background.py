"""What runs beside the requests, started with the application, stopped before its backends."""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, Final

from graph.port import GraphStore
from graph.telling.hearers import RULES
from graph.telling.teller import Outcome, Teller
from network.errors import caught
from network.housekeeping import Housekeeping
from network.mail.postman import Postman
from network.operations.field_usage import Usage
from network.saved_searches import SavedSearches
from network.webhooks.courier import Courier
from search.indexer import Indexer
from search.need_matches import need_owners
from search.port import SearchIndex
from search.service import SearchService

_LOG: Final = logging.getLogger("hubnetz.background")


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
    """An indexer that runs for the time of the block."""
    indexer = Indexer(graph, search, holder=holder())
    async with _beside(indexer.run(), "indexer"):
        yield indexer


@contextlib.asynccontextmanager
async def keeping_house(graph: GraphStore) -> AsyncIterator[None]:
    """Keeps house for the time of the block."""
    async with _beside(Housekeeping(graph, holder=holder()).run(), "housekeeping"):
        yield


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
