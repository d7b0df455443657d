"""Numbered changes of what is stored, and their runner; both backends share them.

New labels, properties and pairs of labels need no migration: `apply_schema` adds what `graph.ddl` declares. A migration
rewrites what is there. It may be killed at any moment and is then run again from its start, so it must bear that:
batches of `transact`, each leaving what is done recognisable.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from graph.ddl import SCHEMA_VERSION
from graph.errors import GraphUnavailableError, LeaseLostError, SchemaVersionError
from graph.identifiers import uuid7
from graph.port import GraphStore, Transacting, Transaction
from graph.records import SchemaState
from graph.writing import leases

_log: Final = logging.getLogger(__name__)

STATE: Final = "schema"
"""Key of the one SchemaState."""
LEASE: Final = "maintenance"
_POLL_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Migration:
    """What brings a store from `version` - 1 to `version`."""

    version: int
    run: Callable[[Transacting], Awaitable[None]]


MIGRATIONS: Final[tuple[Migration, ...]] = ()
"""In order, without gaps, up to SCHEMA_VERSION; version 1 is what a new store begins with."""


_VERSION_TIMEOUT_S: Final = 120.0
"""A server reads nothing while it makes a constraint, and a process that starts beside may be making dozens."""


async def stored_version(store: Transacting, *, target: int = SCHEMA_VERSION) -> int | None:
    """The schema version of `store`; None for a new one.

    Raises:
        SchemaVersionError: newer than `target`.
    """
    version = await store.transact(_version, timeout_s=_VERSION_TIMEOUT_S)
    if version is not None and version > target:
        raise SchemaVersionError(
            f"the graph has schema {version}, this Hubnetz knows {target}: run the version that wrote it"
        )
    return version


async def migrate_alone(
    store: GraphStore,
    *,
    is_declared: Callable[[], Awaitable[bool]],
    declare: Callable[[], Awaitable[None]],
    migrations: tuple[Migration, ...] = MIGRATIONS,
    target: int = SCHEMA_VERSION,
    ttl_s: float = 30.0,
    timeout_s: float = 600.0,
) -> None:
    """Declares and migrates under the maintenance lease; for a database that several processes share.

    A store that needs neither is only read. Who finds another at work waits until that one is ready, or dead.

    Args:
        is_declared: Whether `declare` has nothing to do.
        ttl_s: Seconds after which others take over from a process that died.
        timeout_s: Longest wait for another process.

    Raises:
        SchemaVersionError: newer than `target`; nothing was changed.
        GraphUnavailableError: another process is still at work after `timeout_s`; retryable.
    """
    holder = str(uuid7())
    waits_until: float | None = None
    while await stored_version(store, target=target) != target or not await is_declared():
        lease = await leases.acquire(store, LEASE, holder=holder, ttl_s=ttl_s)
        if lease is not None:
            try:
                async with leases.kept(store, lease, ttl_s=ttl_s) as fenced:
                    # Asked again: whoever had the lease before may have been a newer Hubnetz.
                    version = await stored_version(fenced, target=target)
                    await declare()
                    await migrate(fenced, version, migrations=migrations, target=target)
            except LeaseLostError:
                _log.warning("another process took over the migration of the graph")
            continue
        now = asyncio.get_running_loop().time()
        if waits_until is None:
            _log.info("another process prepares the graph; waiting for it")
            waits_until = now + timeout_s
        if now >= waits_until:
            raise GraphUnavailableError(f"another process is still preparing the graph after {timeout_s:.0f} s")
        await asyncio.sleep(_POLL_S)


async def migrate(
    store: Transacting,
    version: int | None,
    *,
    migrations: tuple[Migration, ...] = MIGRATIONS,
    target: int = SCHEMA_VERSION,
    before: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Runs the migrations beyond `version` and records each; a new store begins at `target`.

    Args:
        before: Awaited once before the first migration, e.g. to copy the data folder.

    Raises:
        SchemaVersionError: a migration is missing; nothing was changed.
    """
    if version is None:
        await store.transact(lambda transaction: _record(transaction, target, None))
        return
    due = [migration for migration in migrations if version < migration.version <= target]
    if [migration.version for migration in due] != list(range(version + 1, target + 1)):
        raise SchemaVersionError(f"no migrations lead from schema {version} to {target}: one is missing here")
    if due and before is not None:
        await before()
    for migration in due:
        await _note(store, migration.version - 1, running=migration.version)
        await migration.run(store)
        await _note(store, migration.version, running=None)


async def _note(store: Transacting, version: int, *, running: int | None) -> None:
    await store.transact(lambda transaction: _record(transaction, version, running))


async def _version(transaction: Transaction) -> int | None:
    state: dict[str, Any] | None = (await transaction.read(SchemaState.__name__, [STATE])).get(STATE)
    return None if state is None else state["version"]


async def _record(transaction: Transaction, version: int, running: int | None) -> None:
    await transaction.put(SchemaState.__name__, [{"id": STATE, "version": version, "running": running}])
