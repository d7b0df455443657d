"""The indexer beside the web: started with the application, stopped before its backends are given back."""

import asyncio
import contextlib
import os
import secrets
import socket
from types import TracebackType

from graph.port import GraphStore
from search.indexer import Indexer
from search.port import SearchIndex


def holder() -> str:
    """A name for this start of this process, as leases need it (graph/leases.py)."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"


class Indexing:
    """Runs an indexer for the time of the block; it outlives every failure of its own."""

    def __init__(self, graph: GraphStore, search: SearchIndex) -> None:
        self.indexer = Indexer(graph, search, holder=holder())
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Indexer:
        self._task = asyncio.create_task(self.indexer.run(), name="indexer")
        return self.indexer

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
