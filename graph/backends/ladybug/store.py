"""GraphStore on Ladybug: a database in this process, in one folder, for one process at a time."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import ladybug

from graph import tally
from graph.backends import statements
from graph.backends.ladybug import copies, render, rewriting, schema
from graph.backends.ladybug.connections import FolderLock, Lane, Pool, Session
from graph.backends.ladybug.errors import OutOfBufferError, translated
from graph.backends.ladybug.transaction import BACKEND, LadybugTransaction, run_named
from graph.backends.migrations import migrate, stored_version
from graph.copies import ASIDE, Contents, Copied
from graph.errors import GraphError, GraphUnavailableError, OutcomeUnknownError
from graph.port import Parameters, Record, Transaction
from graph.records import SchemaState
from graph.selection import Page, Selected, Selection, Start
from graph.values import instant

T = TypeVar("T")

READERS: Final = 4
"""Connections for reading. More than the machine has cores gains nothing."""
BUFFER_MB: Final = 1024
"""Most memory for pages and prepared statements, taken as needed. Ladybug's own default is 80 % of the machine."""
_PING_S: Final = 2.0
_SCHEMA_S: Final = 600.0


class LadybugGraphStore:
    """See `graph.port.GraphStore`. `open` makes one."""

    def __init__(self, folder: Path, lock: FolderLock, database: Any, readers: int) -> None:
        self._folder = folder
        self._lock = lock
        self._database = database
        self._pool = Pool(database, readers, self._count)
        self._writer = Lane(database, "ladybug-write", self._count)
        self._writing = asyncio.Lock()
        self._calls = 0
        self._is_closed = False

    @classmethod
    async def open(cls, folder: Path, *, readers: int = READERS, buffer_mb: int = BUFFER_MB) -> "LadybugGraphStore":
        """The store in `folder`, which is made if need be.

        Raises:
            GraphUnavailableError: another store has the folder, or its files cannot be read.
        """
        return await asyncio.to_thread(cls._open, folder, readers, buffer_mb)

    @classmethod
    def _open(cls, folder: Path, readers: int, buffer_mb: int) -> "LadybugGraphStore":
        lock = FolderLock(folder)
        try:
            with translated():
                copies.take_over(folder)
                rewriting.rewrite_if_asked(folder)
                database = ladybug.Database(
                    folder / rewriting.FILE, buffer_pool_size=buffer_mb * 2**20, max_num_threads=readers + 1
                )
            return cls(folder, lock, database, readers)
        except GraphError:
            lock.release()
            raise

    @property
    def backend(self) -> str:
        return BACKEND

    @property
    def calls(self) -> int:
        return self._calls

    def _count(self, statements: int) -> None:
        self._calls += statements
        tally.charge(statements)

    async def select(
        self,
        selection: Selection,
        start: Start,
        *,
        audiences: Collection[str],
        pages: Sequence[Page] = (),
        timeout_s: float = 10.0,
    ) -> Selected:
        audience = statements.audience_parameters(audiences)
        return await self._read(lambda session: render.select(session, selection, start, audience, pages), timeout_s)

    async def query(self, name: str, parameters: Parameters, *, timeout_s: float = 10.0) -> list[Record]:
        return await self._read(lambda session: run_named(session, name, parameters), timeout_s)

    async def _read(self, work: Callable[[Session], T], timeout_s: float) -> T:
        def in_transaction(session: Session) -> T:
            session.begin(is_read_only=True)
            try:
                return work(session)
            finally:
                session.roll_back()

        self._check_open()
        deadline = time.monotonic() + timeout_s
        try:
            return await self._pool.run(in_transaction, timeout_s)
        except OutOfBufferError:
            # Prepared statements filled the memory, which the pool has given back: reads do no harm twice.
            return await self._pool.run(in_transaction, max(deadline - time.monotonic(), 0.0))

    async def transact(self, function: Callable[[Transaction], Awaitable[T]], *, timeout_s: float = 30.0) -> T:
        self._check_open()
        deadline = time.monotonic() + timeout_s
        try:
            async with asyncio.timeout(timeout_s):
                await self._writing.acquire()
        except TimeoutError as exc:
            raise GraphUnavailableError(f"other writers were busy for {timeout_s} s") from exc
        try:
            self._check_open()
            return await self._transact(function, deadline)
        finally:
            self._writing.release()

    async def _transact(self, function: Callable[[Transaction], Awaitable[T]], deadline: float) -> T:
        transaction = LadybugTransaction(lambda work: self._writer.run(work, deadline))
        limit = asyncio.timeout(deadline - time.monotonic())
        try:
            await self._writer.run(lambda session: session.begin(), deadline, is_between=True)
            async with limit:
                result = await function(transaction)
            transaction.check()
        except BaseException as exc:
            await self._roll_back()
            if isinstance(exc, OutOfBufferError):
                self._pool.forget()
            if limit.expired() and isinstance(exc, TimeoutError):
                raise GraphUnavailableError("the transaction did not finish in time") from exc
            raise
        finally:
            transaction.end()
        await self._commit()
        return result

    async def _roll_back(self) -> None:
        if not self._is_closed:
            # The next writer waits for it in the lane's thread, even where this task is cancelled once more.
            await asyncio.shield(self._writer.run(lambda session: session.roll_back(), time.monotonic()))

    async def _commit(self) -> None:
        try:
            # Shielded: a commit that has begun is neither interrupted nor doubted.
            await asyncio.shield(self._writer.run(lambda session: session.commit(), time.monotonic()))
        except GraphError as exc:
            # The connection must not stay inside: the next transaction could not begin.
            await self._roll_back()
            raise OutcomeUnknownError(f"the commit failed: {exc}", idempotency_key="") from exc

    async def now(self) -> str:
        return instant(datetime.now(UTC))

    async def apply_schema(self) -> None:
        await self._declare(lambda session: schema.declare_label(session, SchemaState.__name__))
        version = await stored_version(self)
        await self._declare(schema.declare)
        await migrate(self, version, before=self.copy_folder)

    async def _declare(self, work: Callable[[Session], None]) -> None:
        self._check_open()
        async with self._writing:
            await self._writer.run(work, time.monotonic() + _SCHEMA_S)

    async def copy_folder(self) -> None:
        """Copies the folder to one beside it, so that a migration that went wrong can be taken back by hand."""
        target = self._folder.with_name(f"{self._folder.name}-before-migration-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        async with self._writing:
            await self._writer.run(lambda session: session.execute("CHECKPOINT"), time.monotonic() + _SCHEMA_S)
            ignored = shutil.ignore_patterns(f"{ASIDE}*")
            await asyncio.to_thread(shutil.copytree, self._folder, target, ignore=ignored)

    async def copy_to(self, folder: Path) -> Copied:
        self._check_open()
        async with self._writing:
            started, taken = time.monotonic(), await self.now()
            counts = await self._writer.run(copies.count, started + _SCHEMA_S, is_between=True)
            copying = asyncio.ensure_future(asyncio.to_thread(copies.copy, self._folder, folder))
            try:
                await asyncio.shield(copying)
            except asyncio.CancelledError:
                # The folder goes with whoever asked for the copy: not before the last file is closed.
                await asyncio.wait({copying})
                raise
            return Copied(counts, taken, time.monotonic() - started)

    def settle(self, folder: Path, copied: Copied) -> Contents:
        return copies.settle(folder, copied.counts)

    async def purge_deleted(self) -> str | None:
        await asyncio.to_thread(rewriting.ask_for, self._folder)
        return (
            "The graph's file is written anew, without what was deleted, when it is next opened: at the end of this "
            "command, or at the next start of the server that holds it. Copies made before migrations are yours to delete."
        )

    async def ping(self) -> float:
        started = time.perf_counter()
        self._check_open()
        await self._pool.run(lambda session: session.execute("RETURN 1"), _PING_S)
        return time.perf_counter() - started

    async def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        for lane in (*self._pool.lanes, self._writer):
            lane.close()
        self._database.close()
        self._lock.release()

    def _check_open(self) -> None:
        if self._is_closed:
            raise GraphUnavailableError("the graph store is closed")
