"""What only the server does: constraints of its own, and transactions beside each other. Collected where there is one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from auth.session_store import Session
from graph.accounts.sessions import GraphSessions
from graph.backends.neo4j import schema
from graph.backends.neo4j.store import Neo4jGraphStore
from tests.contract.conftest import emptied


async def test_what_a_killed_start_left_of_a_constraint_is_made_good(neo4j_store: Neo4jGraphStore) -> None:
    """Seen on a busy server: an index of the constraint's name, which keeps nothing unique and is in its way."""
    await neo4j_store._write("DROP CONSTRAINT unique_Project_slug IF EXISTS")
    await neo4j_store._write("CREATE INDEX unique_Project_slug FOR (n:Project) ON (n.slug)")
    await neo4j_store._write("CALL db.awaitIndexes(60)")
    await neo4j_store.apply_schema()
    ((constraints,),) = await neo4j_store._read("SHOW CONSTRAINTS YIELD name RETURN collect(name)", {}, 60)
    assert "unique_Project_slug" in constraints
    assert await neo4j_store._missing(dict(schema.statements())) == []


class BeforeDeleting:
    """A store whose transactions let something else happen, once, before they delete."""

    def __init__(self, inner: Any, happens: Callable[[], Awaitable[object]]) -> None:
        self._inner = inner
        self._happens: Callable[[], Awaitable[object]] | None = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def transact(self, function: Callable[[Any], Awaitable[Any]]) -> Any:
        return await self._inner.transact(lambda transaction: function(_Transaction(transaction, self)))

    async def happen(self) -> None:
        happens, self._happens = self._happens, None
        if happens is not None:
            await happens()


class _Transaction:
    def __init__(self, inner: Any, store: BeforeDeleting) -> None:
        self._inner = inner
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def delete(self, label: str, keys: Sequence[str]) -> None:
        await self._store.happen()
        await self._inner.delete(label, keys)


async def test_a_session_that_is_renewed_while_its_issuer_ends_it_is_over(neo4j_store: Neo4jGraphStore) -> None:
    await emptied(neo4j_store)
    now = datetime.now(UTC)
    old = Session(
        id="old",
        iss="https://issuer.example",
        sub="somebody",
        sid=None,
        memberships=frozenset(),
        sealed="",
        touched_at=now,
        expires_at=now + timedelta(hours=1),
        refresh_at=now,
    )
    sessions = GraphSessions(neo4j_store)
    await sessions.begin(old, replaces=None)

    async def renew() -> None:
        assert await sessions.renew("old", replace(old, id="new"), lingers_until=now + timedelta(seconds=30))

    beside: Any = BeforeDeleting(neo4j_store, renew)
    until = now + timedelta(hours=1)
    assert await GraphSessions(beside).end_by_token("token", until=until, iss=old.iss, sub=old.sub, sid=None)

    assert [await sessions.find("old"), await sessions.find("new")] == [None, None]
