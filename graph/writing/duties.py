"""The kinds of background work, and when each last went well: noted with its lease, so that any process may tell."""

import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, Final

from graph.port import GraphStore, Transaction
from graph.values import Instant

NOTED_EVERY_S: Final = 60.0
"""Between two notes of one process: what goes well every two seconds must not become load. Bounds of lateness are much longer."""


class Duty(StrEnum):
    """What goes on beside the requests, one process at a time; its label in the metrics."""

    INDEX = "index"
    NEWS = "news"
    SEARCHES = "searches"
    MAIL = "mail"
    WEBHOOKS = "webhooks"
    HOUSEKEEPING = "housekeeping"

    @property
    def lease(self) -> str:
        """The name of its lease, which is stored: under another one a process of the version before would be at work, too."""
        return _LEASES[self]


_LEASES: Final = {
    Duty.INDEX: "indexer",
    Duty.NEWS: "telling",
    Duty.SEARCHES: "saved searches",
    Duty.MAIL: "post",
    Duty.WEBHOOKS: "courier",
    Duty.HOUSEKEEPING: "housekeeping",
}
_DUTIES: Final = {lease: duty for duty, lease in _LEASES.items()}


_MANY: Final = 3
"""So many that fail, with none between them that is done, are no chance."""


class Successes:
    """Notes that a duty went well: that all there was to do was done, or a part of it; not that each of many failed."""

    def __init__(self, store: GraphStore, duty: Duty) -> None:
        self._store = store
        self._duty = duty
        self._noted_at: float | None = None
        self._failed: set[str] = set()

    async def done(self) -> None:
        """One of many is done, so it goes well.

        Raises:
            GraphUnavailableError: nothing was noted.
        """
        self._failed.clear()
        await self.note()

    def failed(self, one: str) -> None:
        """One is put off: no success, also while nothing else is due."""
        self._failed.add(one)

    async def note_round(self, waits: Callable[[], Awaitable[bool]]) -> None:
        """A round is over: it went well, but where many failed one after the other and still wait.

        Args:
            waits: Whether anything waits at all.

        Raises:
            GraphUnavailableError: nothing was noted.
        """
        if len(self._failed) >= _MANY:
            if await waits():
                return
            self._failed.clear()
        await self.note()

    async def note(self) -> None:
        """Does nothing where this process noted one less than a minute ago.

        Raises:
            GraphUnavailableError: nothing was noted.
        """
        if self._noted_at is not None and time.monotonic() - self._noted_at < NOTED_EVERY_S:
            return
        name, now = self._duty.lease, await self._store.now()

        async def write(transaction: Transaction) -> None:
            row: dict[str, Any] = {"name": name, "succeeded_at": now}
            if name not in await transaction.lock_all("Lease", [name], reserve=True):
                # Nobody had anything to do yet.
                row |= {"holder": "", "fence": 0, "expires_at": now, "created_at": now, "updated_at": now}
            await transaction.put("Lease", [row])

        await self._store.transact(write)
        self._noted_at = time.monotonic()


async def at_work_since(store: GraphStore) -> Instant | None:
    """When any process first was at work on this store; None where none was."""
    ((first,),) = await store.query("leases_first", {})
    return None if first is None else Instant(first)


async def last_successes(store: GraphStore) -> dict[Duty, Instant]:
    """When each duty last went well; a duty that never did is left out."""
    records = await store.query("leases_succeeded", {})
    return {_DUTIES[name]: Instant(at) for name, at in records if name in _DUTIES}
