"""The schema at start: declared and migrated once, by one process at a time, and never by an older Hubnetz."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from graph.backends.migrations import LEASE, STATE, Migration, migrate_alone, stored_version
from graph.backends.neo4j import schema
from graph.backends.neo4j.store import Neo4jGraphStore
from graph.ddl import SCHEMA_VERSION
from graph.errors import GraphUnavailableError, LeaseLostError, SchemaVersionError
from graph.port import GraphStore, Transacting
from graph.selection import Match, Selection
from graph.writing import leases
from tests.fixtures.builders import make_hub, plant

NEXT = SCHEMA_VERSION + 1
PUBLIC = frozenset({"public"})


@pytest_asyncio.fixture
async def migrated(store: GraphStore) -> AsyncIterator[GraphStore]:
    """A store whose schema version a test may change."""
    yield store
    await note(store, version=SCHEMA_VERSION, running=None)


async def note(store: GraphStore, **state: int | None) -> None:
    await store.transact(lambda transaction: transaction.put("SchemaState", [{"id": STATE, **state}]))


async def state_of(store: GraphStore) -> tuple[int, int | None]:
    row = (await store.transact(lambda transaction: transaction.read("SchemaState", [STATE])))[STATE]
    return row["version"], row["running"]


async def hubs(store: GraphStore) -> list[object]:
    found = await store.select(Selection("Hub", ("slug",)), Match("Hub"), audiences=PUBLIC)
    return [row[0] for row in found.rows if row is not None]


class Step:
    """A migration that leaves a hub for every run, and what has been declared before it."""

    def __init__(self) -> None:
        self.runs = 0
        self.declarations = 0

    async def run(self, store: Transacting) -> None:
        self.runs += 1
        await plant(store, make_hub(f"run-{self.runs}"))

    async def declare(self) -> None:
        self.declarations += 1

    async def is_declared(self) -> bool:
        return self.declarations > 0

    async def migrate(self, store: GraphStore, **options: Any) -> None:
        migrations = (Migration(NEXT, self.run),)
        await migrate_alone(
            store, is_declared=self.is_declared, declare=self.declare, migrations=migrations, target=NEXT, **options
        )


@asynccontextmanager
async def clients(store: GraphStore, count: int) -> AsyncIterator[list[GraphStore]]:
    """As many processes as share the database; the embedded one has one, which starts several times over."""
    if not isinstance(store, Neo4jGraphStore):
        yield [store] * count
        return
    environment = os.environ
    user, password = environment.get("NEO4J_USER", ""), environment.get("NEO4J_PASSWORD", "")
    opened = [Neo4jGraphStore(environment["NEO4J_URL"], user=user, password=password) for _ in range(count)]
    try:
        yield [*opened]
    finally:
        for one in opened:
            await one.close()


async def undeclare(store: GraphStore) -> None:
    """Takes the version and, where they can be dropped, all constraints and indexes away."""
    await store.transact(lambda transaction: transaction.delete("SchemaState", [STATE]))
    if isinstance(store, Neo4jGraphStore):
        for name, _ in schema.statements():
            kind = "CONSTRAINT" if name.startswith("unique_") else "INDEX"
            await store._write(f"DROP {kind} {name} IF EXISTS")


async def test_starts_at_the_same_time_prepare_a_new_database_once(migrated: GraphStore) -> None:
    await undeclare(migrated)
    async with clients(migrated, 4) as started:
        await asyncio.gather(*(one.apply_schema() for one in started))
    assert await state_of(migrated) == (SCHEMA_VERSION, None)
    if isinstance(migrated, Neo4jGraphStore):
        assert await migrated._missing(dict(schema.statements())) == []
        lease = await migrated.transact(lambda transaction: transaction.read("Lease", [LEASE]))
        assert lease[LEASE]["fence"] == 1


async def test_a_start_with_nothing_to_do_writes_nothing(migrated: GraphStore) -> None:
    await migrated.apply_schema()
    assert await migrated.transact(lambda transaction: transaction.read("Lease", [LEASE])) == {}


async def test_a_newer_schema_is_refused_and_left_alone(migrated: GraphStore) -> None:
    await note(migrated, version=99)
    with pytest.raises(SchemaVersionError, match="99"):
        await migrated.apply_schema()
    step = Step()
    with pytest.raises(SchemaVersionError, match="99"):
        await step.migrate(migrated)
    assert (step.runs, step.declarations) == (0, 0)
    assert await state_of(migrated) == (99, None)
    assert await migrated.transact(lambda transaction: transaction.read("Lease", [LEASE])) == {}


async def test_processes_that_start_at_once_migrate_once(migrated: GraphStore) -> None:
    step = Step()
    async with clients(migrated, 3) as started:
        await asyncio.gather(*(step.migrate(one) for one in started))
    assert (step.runs, step.declarations) == (1, 1)
    assert await state_of(migrated) == (NEXT, None)


async def test_a_migration_that_was_killed_is_run_again_by_whoever_starts_next(migrated: GraphStore) -> None:
    step = Step()
    await note(migrated, version=SCHEMA_VERSION, running=NEXT)
    assert await leases.acquire(migrated, LEASE, holder="killed", ttl_s=0.3) is not None
    await step.migrate(migrated)
    assert step.runs == 1
    assert await state_of(migrated) == (NEXT, None)


class KilledError(BaseException):
    """No error that any code of ours handles."""


async def test_a_migration_that_failed_names_itself_and_hands_the_lease_on(migrated: GraphStore) -> None:
    step = Step()

    async def fail(store: Transacting) -> None:
        await step.run(store)
        raise KilledError

    migrations = (Migration(NEXT, fail),)

    async def is_declared() -> bool:
        return True

    with pytest.raises(KilledError):
        await migrate_alone(migrated, is_declared=is_declared, declare=step.declare, migrations=migrations, target=NEXT)
    assert await state_of(migrated) == (SCHEMA_VERSION, NEXT)
    await step.migrate(migrated, timeout_s=0)
    assert await hubs(migrated) == ["run-1", "run-2"]
    assert await state_of(migrated) == (NEXT, None)


async def test_waiting_for_another_process_has_an_end(migrated: GraphStore) -> None:
    step = Step()
    assert await leases.acquire(migrated, LEASE, holder="busy", ttl_s=600) is not None
    with pytest.raises(GraphUnavailableError, match="another process") as raised:
        await step.migrate(migrated, timeout_s=0)
    assert raised.value.retryable
    assert step.runs == 0
    assert await stored_version(migrated) == SCHEMA_VERSION


class Overtaken(Step):
    """A step during whose first run another process gets the lease."""

    def __init__(self, everything: GraphStore) -> None:
        super().__init__()
        self.refusals: list[LeaseLostError] = []
        self._everything = everything

    async def run(self, store: Transacting) -> None:
        if not self.refusals:
            past = {"name": LEASE, "expires_at": "2000-01-01T00:00:00.000000Z"}
            await self._everything.transact(lambda transaction: transaction.put("Lease", [past]))
            assert await leases.acquire(self._everything, LEASE, holder="other", ttl_s=0.3) is not None
            try:
                await plant(store, make_hub("late"))
            except LeaseLostError as error:
                self.refusals.append(error)
                raise
        await super().run(store)


async def test_who_slept_through_the_lease_writes_nothing_and_begins_anew(migrated: GraphStore) -> None:
    step = Overtaken(migrated)
    await step.migrate(migrated)
    assert len(step.refusals) == 1
    assert await hubs(migrated) == ["run-1"]
    assert await state_of(migrated) == (NEXT, None)


async def test_a_lease_that_is_kept_outlives_its_time(store: GraphStore) -> None:
    lease = await leases.acquire(store, "duty", holder="a", ttl_s=2)
    assert lease is not None
    row = (await store.transact(lambda transaction: transaction.read("Lease", ["duty"])))["duty"]
    async with leases.kept(store, lease, ttl_s=2):
        while await store.now() <= row["expires_at"]:
            assert await leases.acquire(store, "duty", holder="b") is None
        assert await leases.acquire(store, "duty", holder="b") is None
    assert await leases.acquire(store, "duty", holder="b") is not None


async def test_a_block_ends_when_its_lease_is_lost(store: GraphStore) -> None:
    lease = await leases.acquire(store, "duty", holder="a", ttl_s=0.3)
    assert lease is not None
    taken = {"name": "duty", "holder": "b"}

    async def overslept() -> None:
        async with leases.kept(store, lease, ttl_s=0.3):
            await store.transact(lambda transaction: transaction.put("Lease", [taken]))
            await asyncio.Event().wait()

    with pytest.raises(LeaseLostError):
        await overslept()


async def test_a_version_that_no_migration_leads_to_is_refused(migrated: GraphStore) -> None:
    step = Step()
    with pytest.raises(SchemaVersionError, match="one is missing"):
        await migrate_alone(
            migrated,
            is_declared=step.is_declared,
            declare=step.declare,
            migrations=(Migration(NEXT + 1, step.run),),
            target=NEXT + 1,
        )
    assert step.runs == 0
    assert (await state_of(migrated))[0] == SCHEMA_VERSION
