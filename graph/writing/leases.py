"""One holder at a time of a duty (indexing, maintenance), told apart by a fencing number.

A holder that was paused longer than its lease may not know that it lost it. So every transaction that must not run
twice calls `check`, which compares the fencing number and locks the lease until the transaction's end: nobody takes
over in between.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from graph.errors import GraphError, GraphUnavailableError, LeaseHeldError, LeaseLostError, OutcomeUnknownError
from graph.port import GraphStore, Parameters, Record, Transacting, Transaction
from graph.selection import Page, Selected, Selection, Start
from graph.values import Instant, instant

T = TypeVar("T")

_POLL_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Held:
    """A lease as its holder knows it."""

    name: str
    holder: str
    fence: int


async def acquire(store: GraphStore, name: str, *, holder: str, ttl_s: float = 30.0) -> Held | None:
    """The lease, or None while somebody else holds it. The same holder gets it again, with a new fencing number.

    Args:
        holder: Names one process of one start, so that a restarted process does not pass for its predecessor.
        ttl_s: Seconds by the database's clock until others may take it.
    """
    # Read before the lock is waited for: an older instant never takes a lease too early.
    now = await store.now()

    async def take(transaction: Transaction) -> Held | None:
        is_known = name in await transaction.lock_all("Lease", [name], reserve=True)
        row: dict[str, Any] = (await transaction.read("Lease", [name]))[name] if is_known else {}
        if row and row["holder"] != holder and row["expires_at"] > now:
            return None
        held = Held(name, holder, row.get("fence", 0) + 1)
        await transaction.put("Lease", [_row(held, row, now, ttl_s)])
        return held

    return await store.transact(take)


async def renew(store: GraphStore, lease: Held, *, ttl_s: float = 30.0) -> None:
    """Extends the lease from now on; also a lease that ran out and that nobody took.

    Raises:
        LeaseLostError: somebody else took it.
    """
    await _rewrite(store, lease, ttl_s)


async def release(store: GraphStore, lease: Held) -> None:
    """Lets others take the lease at once; harmless for a lease that is lost."""
    try:
        await _rewrite(store, lease, 0.0)
    except LeaseLostError:
        return


async def check(transaction: Transaction, lease: Held) -> None:
    """Keeps the lease from being taken until the end of the transaction.

    Raises:
        LeaseLostError: somebody else has taken it.
    """
    await _held_row(transaction, lease)


@asynccontextmanager
async def held(
    store: GraphStore, name: str, *, holder: str, ttl_s: float = 30.0, wait_s: float = 0.0
) -> AsyncIterator["Fenced"]:
    """Holds the lease for the block, renewed while it runs. Yields what runs transactions under it.

    Args:
        wait_s: Longest wait for somebody else to be done with it.

    Raises:
        LeaseHeldError: somebody else has it, or took it; the block was cancelled.
    """
    waits_until = time.monotonic() + wait_s
    while (lease := await acquire(store, name, holder=holder, ttl_s=ttl_s)) is None:
        left_s = waits_until - time.monotonic()
        if left_s <= 0:
            raise LeaseHeldError(f"{name}: another process is at it" + (f", since {wait_s:g} s" if wait_s else ""))
        await asyncio.sleep(min(_POLL_S, left_s))
    try:
        async with kept(store, lease, ttl_s=ttl_s) as fenced:
            yield fenced
    except LeaseLostError as exc:
        raise LeaseHeldError(f"{name}: another process took over") from exc


@asynccontextmanager
async def kept(store: GraphStore, lease: Held, *, ttl_s: float = 30.0) -> AsyncIterator["Fenced"]:
    """Renews the lease while the block runs, and releases it after. Yields what runs transactions under the lease.

    Raises:
        LeaseLostError: somebody else took it; the block was cancelled.
    """
    try:
        async with asyncio.TaskGroup() as group:
            renewing = group.create_task(_keep(store, lease, ttl_s))
            try:
                yield Fenced(store, lease)
            finally:
                renewing.cancel()
    except BaseExceptionGroup as exc:
        # One cause: the block's own failure, or the lost lease that ended it.
        raise exc.exceptions[0] from None
    finally:
        await _release(store, lease)


@dataclass(frozen=True, slots=True)
class Fenced:
    """Runs transactions that commit only while the lease is held."""

    store: Transacting
    lease: Held

    async def transact(self, function: Callable[[Transaction], Awaitable[T]], *, timeout_s: float = 30.0) -> T:
        """As `Transacting.transact`.

        Raises:
            LeaseLostError: somebody else has taken the lease; nothing was written.
        """

        async def checked(transaction: Transaction) -> T:
            await check(transaction, self.lease)
            return await function(transaction)

        return await self.store.transact(checked, timeout_s=timeout_s)


@dataclass(frozen=True, slots=True)
class FencedStore:
    """A store whose transactions commit only while the lease is held: for work that is written for any store."""

    store: GraphStore
    fenced: Fenced

    @property
    def backend(self) -> str:
        return self.store.backend

    @property
    def calls(self) -> int:
        return self.store.calls

    async def select(
        self,
        selection: Selection,
        start: Start,
        *,
        audiences: Collection[str],
        pages: Sequence[Page] = (),
        timeout_s: float = 10.0,
    ) -> Selected:
        return await self.store.select(selection, start, audiences=audiences, pages=pages, timeout_s=timeout_s)

    async def query(self, name: str, parameters: Parameters, *, timeout_s: float = 10.0) -> list[Record]:
        return await self.store.query(name, parameters, timeout_s=timeout_s)

    async def transact(self, function: Callable[[Transaction], Awaitable[T]], *, timeout_s: float = 30.0) -> T:
        return await self.fenced.transact(function, timeout_s=timeout_s)

    async def now(self) -> str:
        return await self.store.now()

    async def apply_schema(self) -> None:
        await self.store.apply_schema()

    async def purge_deleted(self) -> str | None:
        return await self.store.purge_deleted()

    async def ping(self) -> float:
        return await self.store.ping()

    async def close(self) -> None:
        await self.store.close()


async def _keep(store: GraphStore, lease: Held, ttl_s: float) -> None:
    while True:
        await asyncio.sleep(ttl_s / 3)
        # A database that is busy, with the very work that the lease is for, may answer the next time; the fence guards.
        with suppress(GraphUnavailableError, OutcomeUnknownError):
            await renew(store, lease, ttl_s=ttl_s)


async def _release(store: GraphStore, lease: Held) -> None:
    try:
        await release(store, lease)
    except GraphError:
        # It runs out by itself.
        return


async def _held_row(transaction: Transaction, lease: Held) -> dict[str, Any]:
    if lease.name not in await transaction.lock_all("Lease", [lease.name]):
        raise LeaseLostError(f"nobody holds {lease.name}")
    row = (await transaction.read("Lease", [lease.name]))[lease.name]
    if (row["holder"], row["fence"]) != (lease.holder, lease.fence):
        raise LeaseLostError(f"{lease.name} is held by {row['holder']}")
    return row


async def _rewrite(store: GraphStore, lease: Held, ttl_s: float) -> None:
    now = await store.now()

    async def write(transaction: Transaction) -> None:
        row = await _held_row(transaction, lease)
        await transaction.put("Lease", [_row(lease, row, now, ttl_s)])

    await store.transact(write)


def _row(lease: Held, before: dict[str, Any], now: str, ttl_s: float) -> dict[str, Any]:
    expires_at: Instant = instant(datetime.fromisoformat(now) + timedelta(seconds=ttl_s))
    return {
        "name": lease.name,
        "holder": lease.holder,
        "fence": lease.fence,
        "expires_at": expires_at,
        "created_at": before.get("created_at") or now,
        "updated_at": now,
    }
