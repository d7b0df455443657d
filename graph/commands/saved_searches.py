"""Searches that somebody wants to hear of new hits of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from auth import policy
from graph.actors import Actor
from graph.commands.oneself import oneself
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.identifiers import uuid7
from graph.model import NodeKey
from graph.personal import SavedSearch
from graph.port import GraphStore
from graph.reading.places import houses_near
from graph.values import Instant
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

MAX_SEARCHES: Final = 50
"""Of one person: each is run every few minutes."""


@dataclass(frozen=True, kw_only=True)
class SaveSearch:
    """`filter`: as the caller of `search` gives it, checked; `near`: key of a municipality and kilometres, if it has them."""

    name: str
    query: str
    filter: Mapping[str, Any]
    near: tuple[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class DeleteSavedSearch:
    search: str


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """A saved search as its owner sees it. `ran_at` is None until it was run for the first time."""

    id: str
    name: str
    query: str
    filter: Mapping[str, Any]
    created_at: Instant
    ran_at: Instant | None


async def save_search(
    unit_of_work: UnitOfWork, command: SaveSearch, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the new record.

    Raises:
        ForbiddenError: the caller has no membership.
        InvalidInputError: too many already, or near something unknown.
    """

    async def save(unit: Unit) -> dict[str, str]:
        unit.require(policy.may_take_part)
        person = await oneself(unit)
        if len(await unit.query("saved_searches_of", actor=person.id, limit=MAX_SEARCHES)) >= MAX_SEARCHES:
            raise InvalidInputError(f"{MAX_SEARCHES} searches are saved already: delete one first")
        search = SavedSearch(
            id=str(uuid7()),
            actor=person.id,
            name=command.name,
            query=command.query,
            filter=json.dumps(command.filter, ensure_ascii=False, sort_keys=True),
        )
        unit.record("save_search", search.key)
        await unit.put(search)
        return {"id": search.id}

    if command.near is not None:
        await houses_near(unit_of_work.store, command.near[0], within_km=command.near[1])
    return await unit_of_work.run(save, actor=actor, idempotency_key=idempotency_key)


async def delete_saved_search(
    unit_of_work: UnitOfWork, command: DeleteSavedSearch, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the record that is gone.

    Raises:
        ForbiddenError: the caller has no membership.
        NodeNotFoundError: no such search of the caller's; another's looks alike.
    """

    async def delete(unit: Unit) -> dict[str, str]:
        unit.require(policy.may_take_part)
        person = await oneself(unit)
        key = NodeKey("SavedSearch", command.search)
        await unit.lock(key)
        found = await unit.get(SavedSearch, command.search)
        if found is None or found.actor != person.id:
            raise NodeNotFoundError(f"no {key}")
        unit.record("delete_saved_search", key)
        await unit.delete(key)
        return {"id": command.search}

    return await unit_of_work.run(delete, actor=actor, idempotency_key=idempotency_key)


async def searches_of(store: GraphStore, actor: str) -> list[KeptSearch]:
    """Somebody's saved searches, by name; at most MAX_SEARCHES."""
    records = await store.query("saved_searches_of", {"actor": actor, "limit": MAX_SEARCHES})
    return [
        KeptSearch(key, name, query, json.loads(given), created_at, ran_at)
        for key, name, query, given, created_at, ran_at in records
    ]
