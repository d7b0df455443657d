"""GraphStore on Neo4j 5, through the official driver.

The asynchronous driver, by measurement (2 cores, Neo4j 5.26, warm; synchronous driver in worker threads in brackets):
0.6-1.0 ms for one point read (0.7-0.9), and with 16 clients 1,200-1,500 reads a second (600-1,200) at half the CPU.
"""

import asyncio
import itertools
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final, TypeVar
from urllib.parse import SplitResult, urlsplit

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncGraphDatabase,
    AsyncSession,
    AsyncTransaction,
    NotificationMinimumSeverity,
    Query,
)
from neo4j.exceptions import DriverError, Neo4jError

from graph import queries, tally
from graph.backends.migrations import migrate_alone, stored_version
from graph.backends.neo4j import schema
from graph.backends.neo4j.errors import is_disconnection, is_transient, translated
from graph.backends.neo4j.render import render
from graph.backends.neo4j.transaction import BACKEND, Neo4jTransaction
from graph.errors import GraphError, GraphUnavailableError, InvalidInputError, OutcomeUnknownError
from graph.port import Parameters, Record, Transaction
from graph.selection import Match, Page, Selected, Selection, Start
from graph.values import instant

T = TypeVar("T")

# Seconds. A server on the same network connects in milliseconds; one that is down should say so before callers leave.
_CONNECT_TIMEOUT_S: Final = 3.0
_PING_TIMEOUT_S: Final = 2.0
# Leases ask for it while the server builds indexes: late is good enough, none would end the work.
_CLOCK_TIMEOUT_S: Final = 10.0
# A commit that began may use up to this much beyond the deadline: giving up early would only make its outcome unknown.
_COMMIT_TIMEOUT_S: Final = 5.0
_RELEASE_TIMEOUT_S: Final = 1.0
_SCHEMA_TIMEOUT_S: Final = 600.0
_LOOK_S: Final = 0.5
_ORPHAN_LOOKS: Final = 60
"""So half a minute: between the filling of a large index and its going online the server looks for duplicates."""
_FULL: Final = 100.0
# A restarted server breaks every pooled connection at once, but the driver drops them all at the first failure.
_MAX_RECONNECTS: Final = 3
_CONNECTIONS: Final = 100
"""Most connections in use. More callers wait here, not in the driver's pool: there, a connection that cannot be made wakes
nobody, and while the server is away they would learn nothing until their time is up."""
_MAX_RETRIES: Final = 30
_LONGEST_PAUSE_S: Final = 0.5


class Neo4jGraphStore:
    """A Neo4j server.

    Raises:
        InvalidInputError: an address that the driver does not understand. The server itself is not asked yet.
    """

    def __init__(self, url: str, *, user: str = "", password: str = "", database: str = "neo4j") -> None:
        address = _address(url)
        with translated():
            self._driver = AsyncGraphDatabase.driver(
                url,
                auth=(user, password) if user else None,
                telemetry_disabled=True,
                notifications_min_severity=NotificationMinimumSeverity.OFF,
                connection_timeout=_CONNECT_TIMEOUT_S,
                max_connection_pool_size=-1,
                user_agent="hubnetz",
            )
        # On a cluster a read must see what this process wrote; on a single server that is so anyway.
        is_routed = address.scheme.startswith("neo4j")
        self._bookmarks = AsyncGraphDatabase.bookmark_manager() if is_routed else None
        self._database = database
        self._places = asyncio.Semaphore(_CONNECTIONS)
        self._calls = 0
        self._is_closed = False

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
        statement = render(selection, start, audiences, pages)
        (record,) = await self._read(statement.text, statement.parameters, timeout_s)
        rows = [None if row is False else row for row in record[0]]
        if statement.decode is not None:
            for row in rows:
                if row is not None:
                    statement.decode(row)
        total = record[1] if isinstance(start, Match) and start.count else None
        return Selected(rows, total)

    async def query(self, name: str, parameters: Parameters, *, timeout_s: float = 10.0) -> list[Record]:
        return await self._read(queries.load(name, BACKEND), parameters, timeout_s)

    async def transact(self, function: Callable[[Transaction], Awaitable[T]], *, timeout_s: float = 30.0) -> T:
        deadline = _deadline(timeout_s)

        async def attempt() -> T:
            async with self._place(deadline):
                return await self._attempt(function, deadline)

        return await self._persist(attempt, deadline)

    async def now(self) -> str:
        # realtime: datetime() stands still within a transaction.
        ((moment,),) = await self._read("RETURN datetime.realtime('UTC')", {}, _CLOCK_TIMEOUT_S)
        return instant(moment.to_native())

    async def purge_deleted(self) -> str | None:
        return (
            "Neo4j's transaction logs and backups keep what was deleted until they are rotated out: see "
            "db.tx_log.rotation.retention_policy, and delete older backups."
        )

    async def ping(self) -> float:
        begun = time.perf_counter()
        await self._read("RETURN 1", {}, _PING_TIMEOUT_S)
        return time.perf_counter() - begun

    async def apply_schema(self) -> None:
        declared = dict(schema.statements())
        # Before anything is declared: what a newer Hubnetz wrote stays as it is.
        await stored_version(self)
        # The lease excludes nobody until its name is unique.
        await self._declare({schema.UNIQUE_LEASE: declared[schema.UNIQUE_LEASE]})

        async def is_declared() -> bool:
            return not await self._missing(declared)

        await migrate_alone(self, is_declared=is_declared, declare=lambda: self._declare(declared))

    async def _missing(self, wanted: Mapping[str, str]) -> list[str]:
        """The names of `wanted` whose constraint or index is not there, or not filled yet."""
        ((ready,),) = await self._read(schema.READY, {"unique": schema.UNIQUE_PREFIX}, _SCHEMA_TIMEOUT_S)
        return [name for name in wanted if name not in ready]

    async def _declare(self, wanted: Mapping[str, str]) -> None:
        missing = await self._missing(wanted)
        for name in missing:
            try:
                await self._write(wanted[name])
            except GraphUnavailableError as error:
                if schema.NAME_TAKEN not in str(error):
                    raise
                await self._replace(name, wanted[name])
        if missing:
            await self._write(f"CALL db.awaitIndexes({_SCHEMA_TIMEOUT_S:.0f})")

    async def _replace(self, name: str, statement: str) -> None:
        """Makes a constraint whose index is there without it: what is left of a start that was killed over it."""
        await self._settled(name)
        if await self._missing({name: statement}):
            await self._write(f"DROP INDEX {name} IF EXISTS")
            await self._write(statement)

    async def _settled(self, name: str) -> None:
        """Waits while an index is made: once filled, it is its constraint's, or nobody's.

        What nobody makes any more, since the statement ended with its client, is full and never comes online: the server's own
        way of waiting would take all its time for it.
        """
        unchanged = 0
        async with _within(_deadline(_SCHEMA_TIMEOUT_S)):
            while unchanged < _ORPHAN_LOOKS:
                filling = await self._read(schema.FILLING, {"name": name}, _SCHEMA_TIMEOUT_S)
                if not filling:
                    return
                unchanged = unchanged + 1 if filling[0][0] == _FULL else 0
                await asyncio.sleep(_LOOK_S)

    async def close(self) -> None:
        self._is_closed = True
        with translated():
            await self._driver.close()

    @asynccontextmanager
    async def _place(self, deadline: float) -> AsyncIterator[None]:
        """Holds one of the connections for the caller."""
        async with _within(deadline):
            await self._places.acquire()
        try:
            yield
        finally:
            self._places.release()

    def _session(self, access_mode: str) -> AsyncSession:
        if self._is_closed:
            raise GraphUnavailableError("the graph store is closed")
        # fetch_size -1: everything in one message. What a statement may return is bounded by its text.
        return self._driver.session(
            database=self._database, default_access_mode=access_mode, fetch_size=-1, bookmark_manager=self._bookmarks
        )

    async def _read(self, text: str, parameters: Parameters, timeout_s: float) -> list[Record]:
        """Records of an auto-commit read: half the cost of a managed transaction, and safe to send again."""
        deadline = _deadline(timeout_s)

        async def attempt() -> list[Record]:
            return await self._auto_commit(text, parameters, READ_ACCESS, deadline)

        return await self._persist(attempt, deadline)

    async def _write(self, text: str) -> None:
        """A statement of the schema, which takes no part in a transaction; every one of them may be repeated."""
        deadline = _deadline(_SCHEMA_TIMEOUT_S)

        async def attempt() -> list[Record]:
            return await self._auto_commit(text, {}, WRITE_ACCESS, deadline)

        await self._persist(attempt, deadline)

    async def _auto_commit(self, text: str, parameters: Parameters, mode: str, deadline: float) -> list[Record]:
        # Two timeouts. Ours ends the wait and closes the connection, at which the server ends the query; the server's
        # own, which it checks every other second, is for a connection that breaks without a word.
        async with self._place(deadline), _within(deadline):
            with translated():
                async with self._session(mode) as session:
                    self._count(1)
                    query = Query(text, timeout=_left(deadline))
                    result = await session.run(query, dict(parameters))
                    return await result.values()

    async def _attempt(self, function: Callable[[Transaction], Awaitable[T]], deadline: float) -> T:
        session = self._session(WRITE_ACCESS)
        try:
            async with _within(deadline):
                with translated():
                    begun = await session.begin_transaction(timeout=_left(deadline))
                answer = await self._answer(function, Neo4jTransaction(begun))
            await _commit(begun)
        except asyncio.CancelledError:
            # Closing in order would wait for the server; a broken connection makes it roll back.
            session.cancel()
            raise
        finally:
            await _release(session)
        return answer

    async def _answer(self, function: Callable[[Transaction], Awaitable[T]], transaction: Neo4jTransaction) -> T:
        try:
            answer = await function(transaction)
        except GraphError:
            # What the function made of a deadlock does not matter: it will run again.
            if transaction.failure is not None and is_transient(transaction.failure):
                raise transaction.failure  # noqa: B904 - its cause is the driver's error
            raise
        finally:
            transaction.end()
            self._count(transaction.statements)
        if transaction.failure is not None:
            raise transaction.failure
        return answer

    async def _persist(self, attempt: Callable[[], Awaitable[T]], deadline: float) -> T:
        """What `attempt` returns; after a transient failure it is made again, with growing random pauses."""
        reconnects = 0
        for number in itertools.count():
            try:
                return await attempt()
            except GraphError as error:
                reconnects += is_disconnection(error)
                pause = random.uniform(0, min(_LONGEST_PAUSE_S, 0.01 * 2**number))  # noqa: S311 - spreads retries
                is_last = number == _MAX_RETRIES or reconnects > _MAX_RECONNECTS or _left(deadline) <= pause
                if is_last or not is_transient(error):
                    raise
            await asyncio.sleep(pause)
        raise AssertionError("counting has no end")


async def _commit(transaction: AsyncTransaction) -> None:
    try:
        async with asyncio.timeout(_COMMIT_TIMEOUT_S):
            await transaction.commit()
    except Neo4jError as exc:
        if not _was_refused(exc):
            raise OutcomeUnknownError(f"{exc.code} while committing", idempotency_key="") from exc
        with translated():
            raise
    except (DriverError, OSError) as exc:  # TimeoutError is an OSError
        raise OutcomeUnknownError("the connection broke while committing", idempotency_key="") from exc


def _was_refused(error: Neo4jError) -> bool:
    """Whether the server said that nothing was committed; a database that fails on the way has not said so."""
    return (error.code or "").startswith(("Neo.ClientError.", "Neo.TransientError.Transaction."))


async def _release(session: AsyncSession) -> None:
    """Gives the connection back, rolling back what is open; one that does not answer in time is closed."""
    try:
        async with asyncio.timeout(_RELEASE_TIMEOUT_S):
            await session.close()
    except (Neo4jError, DriverError, OSError):
        session.cancel()


def _address(url: str) -> SplitResult:
    """`url` in its parts; the driver itself would take `bolt://` for this machine."""
    try:
        address = urlsplit(url)
        is_complete = address.scheme and address.hostname and address.port != 0
    except ValueError:
        is_complete = False
    if not is_complete:
        raise InvalidInputError(f"not the address of a graph database, like bolt://127.0.0.1:7687: {url:.80}")
    return address


def _deadline(timeout_s: float) -> float:
    return asyncio.get_running_loop().time() + timeout_s


def _left(deadline: float) -> float:
    """Seconds until `deadline`, never 0, which Neo4j takes for no limit."""
    return max(0.001, deadline - asyncio.get_running_loop().time())


@asynccontextmanager
async def _within(deadline: float) -> AsyncIterator[None]:
    """Cancels what runs inside at `deadline`; a TimeoutError of somebody else passes through."""
    timeout = asyncio.timeout_at(deadline)
    try:
        async with timeout:
            yield
    except TimeoutError as exc:
        if not timeout.expired():
            raise
        raise GraphUnavailableError("the graph database did not answer in time") from exc
