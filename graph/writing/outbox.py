"""What the index has not heard of yet: one event per changed entity, written by the unit that changed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from graph.errors import GraphUnavailableError
from graph.model import NodeKey
from graph.port import GraphStore, Transaction
from graph.writing import leases
from graph.writing.leases import Held

MAX_BATCH: Final = 1_000
MAX_NARROWED: Final = 10_000
"""Entities that searches exclude, each named in every filter; more wait only where nobody indexes while many are withdrawn."""


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An entity whose documents must be rebuilt from the graph's current state (or removed if it is gone)."""

    entity: NodeKey
    fence: int
    narrows: bool


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the index is behind. `since` is the `Instant` of the oldest event, None if there is none."""

    count: int
    since: str | None


class Outbox:
    """The pending events of a store."""

    def __init__(self, store: GraphStore, *, most_narrowed: int = MAX_NARROWED) -> None:
        self._store = store
        self._most_narrowed = most_narrowed

    async def pending(self, *, limit: int = 500) -> list[PendingEvent]:
        """At most `limit` (1..MAX_BATCH) events, narrowing ones first, then the oldest.

        Read an event first and the entity afterwards: a change in between only leaves the event pending.
        """
        records = await self._store.query("outbox_pending", {"limit": min(max(limit, 1), MAX_BATCH)})
        return [PendingEvent(_key(entity), fence, narrows) for entity, fence, narrows in records]

    async def mark_done(self, events: Sequence[PendingEvent], *, lease: Held) -> int:
        """How many of `events` are done: not those whose entity changed again since they were read.

        Raises:
            LeaseLostError: another worker took over; nothing was marked.
        """
        if not events:
            return 0
        read = {str(event.entity): event.fence for event in events}

        async def mark(transaction: Transaction) -> int:
            await leases.check(transaction, lease)
            known = await transaction.lock_all("OutboxEvent", sorted(read))
            rows = await transaction.read("OutboxEvent", sorted(known)) if known else {}
            done = [identifier for identifier, row in rows.items() if row["fence"] == read[identifier]]
            if done:
                await transaction.delete("OutboxEvent", done)
            return len(done)

        return await self._store.transact(mark)

    async def lag(self) -> Lag:
        """How many events wait, and since when."""
        ((count, since),) = await self._store.query("outbox_lag", {})
        return Lag(count, since)

    async def narrowed_ids(self) -> frozenset[str]:
        """Bare ids of the projects that lost readers or are gone, while the index may still show them.

        Every search excludes them: what was withdrawn is not found from the moment of the answer on.

        Raises:
            GraphUnavailableError: there are more than can be excluded; searches wait for the index, and show nothing that they must not.
        """
        records = await self._store.query("outbox_narrowed", {"limit": self._most_narrowed + 1})
        if len(records) > self._most_narrowed:
            raise GraphUnavailableError(f"more than {self._most_narrowed} withdrawn entries wait for the index")
        keys = (_key(entity) for (entity,) in records)
        return frozenset(key.value for key in keys if key.label == "Project")


def _key(entity: str) -> NodeKey:
    return NodeKey.parse(entity)
