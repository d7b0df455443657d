"""Numbered changes of what is stored, and their runner; both backends share them.

New labels, properties and pairs of labels need no migration: `apply_schema` adds what `graph.ddl` declares. A migration
rewrites what is there. It may be killed at any moment and is then run again from its start, so it must bear that:
batches of `transact`, each leaving what is done recognisable.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from graph.ddl import SCHEMA_VERSION
from graph.errors import SchemaVersionError
from graph.port import GraphStore, Transaction
from graph.records import SchemaState

STATE: Final = "schema"
"""Key of the one SchemaState."""


@dataclass(frozen=True, slots=True)
class Migration:
    """What brings a store from `version` - 1 to `version`."""

    version: int
    run: Callable[[GraphStore], Awaitable[None]]


MIGRATIONS: Final[tuple[Migration, ...]] = ()
"""In order, without gaps, up to SCHEMA_VERSION; version 1 is what a new store begins with."""


async def stored_version(store: GraphStore) -> int | None:
    """The schema version of `store`; None for a new one.

    Raises:
        SchemaVersionError: newer than this code.
    """
    version = await store.transact(_version)
    if version is not None and version > SCHEMA_VERSION:
        raise SchemaVersionError(
            f"the graph has schema {version}, this Hubnetz knows {SCHEMA_VERSION}: run the version that wrote it"
        )
    return version


async def migrate(
    store: GraphStore,
    version: int | None,
    *,
    migrations: tuple[Migration, ...] = MIGRATIONS,
    target: int = SCHEMA_VERSION,
    before: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Runs the migrations beyond `version` and records each; a new store begins at `target`.

    Args:
        before: Awaited once before the first migration, e.g. to copy the data folder.
    """
    if version is None:
        await store.transact(lambda transaction: _record(transaction, target, None))
        return
    due = [migration for migration in migrations if version < migration.version <= target]
    if due and before is not None:
        await before()
    for migration in due:
        await _note(store, migration.version - 1, running=migration.version)
        await migration.run(store)
        await _note(store, migration.version, running=None)


async def _note(store: GraphStore, version: int, *, running: int | None) -> None:
    await store.transact(lambda transaction: _record(transaction, version, running))


async def _version(transaction: Transaction) -> int | None:
    state: dict[str, Any] | None = (await transaction.read(SchemaState.__name__, [STATE])).get(STATE)
    return None if state is None else state["version"]


async def _record(transaction: Transaction, version: int, running: int | None) -> None:
    await transaction.put(SchemaState.__name__, [{"id": STATE, "version": version, "running": running}])
