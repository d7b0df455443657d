"""Searches that several people made, remembered so that nobody can be traced by them (SECURITY.md §3a).

Of who searched, a record holds only keyed hashes: with a random key of its own, so that two searches of one person have
nothing in common. Once there are enough people for a search to be popular, hashes and key go, too.
"""

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from graph.port import GraphStore, Transaction
from graph.selection import MAX_PAGE, ByKeys, Match, Page, Selection
from graph.values import Instant, instant

POPULAR_FROM: Final = 5
"""Distinct people: fewer might be recognised by what they search for."""
FORGOTTEN_DAYS: Final = 90
"""Without use."""
MAX_KEPT: Final = 20_000
"""Records; beyond that those used longest ago go, so that nobody fills the database by searching."""
MAX_BATCH: Final = 1_000

_ANY_TIME: Final = "~"
"""After every instant, as text."""
_LABEL: Final = "PopularSearch"
_STATE: Final = Selection(_LABEL, ("is_popular", "last_used_at"))
_COUNTED: Final = Selection(_LABEL, ("text", "display", "people", "hash_key"))


@dataclass(frozen=True, slots=True)
class PopularSearch:
    """A popular search: folded, and as texts spell it."""

    text: str
    display: str


async def note(store: GraphStore, text: str, display: str, *, iss: str, sub: str) -> None:
    """Counts a search of one person; of several at the same time none is lost, and each person counts once.

    Args:
        text: Folded: what two searches have in common that are the same.

    Raises:
        GraphUnavailableError, StaleWriteError: it is not counted.
    """
    now = await store.now()
    if await _is_noted(store, text, now):
        return

    async def count(transaction: Transaction) -> None:
        is_known = text in await transaction.lock_all(_LABEL, [text], reserve=True)
        row = (await transaction.read(_LABEL, [text]))[text] if is_known else {}
        if row and row["last_used_at"] < _oldest(now):
            row = {"created_at": row["created_at"]}
        await transaction.put(_LABEL, [_counted(row, text, now, (iss, sub)) | {"display": display}])

    await store.transact(count)


async def begun(store: GraphStore, prefix: str, *, most: int, timeout_s: float = 5.0) -> list[PopularSearch]:
    """At most `most` popular searches that begin with the folded `prefix`, or with a word that does; used last, first.

    Raises:
        GraphUnavailableError: unreachable, or not done within `timeout_s`.
    """
    since = _oldest(await store.now())
    parameters = {"prefix": prefix, "inside": f" {prefix}", "since": since, "most": most}
    records = await store.query("popular_searches", parameters, timeout_s=timeout_s)
    return [PopularSearch(text, display) for text, display in records]


async def forget(store: GraphStore, *, kept: int = MAX_KEPT, limit: int = MAX_BATCH) -> int:
    """How many records went: those without use for FORGOTTEN_DAYS, and the oldest of those beyond `kept`.

    Harmless beside others that forget, and beside searches: what was used in between stays.

    Args:
        kept: Most records that stay.
        limit: 1..MAX_BATCH; as many as were asked for means that there may be more.

    Raises:
        GraphUnavailableError: nothing went; call again.
    """
    most = min(max(limit, 1), MAX_BATCH)
    parameters = {"before": _oldest(await store.now()), "limit": most}
    found = await store.query("popular_forgotten", parameters)
    if not found:
        # By count and not by place: SKIP brings the embedded database down.
        ((count,),) = await store.query("popular_count", {})
        if count > kept:
            found = await store.query("popular_forgotten", {"before": _ANY_TIME, "limit": min(count - kept, most)})
    if not found:
        return 0
    uses = {str(text): str(used) for text, used in sorted(found)}

    async def delete(transaction: Transaction) -> int:
        known = sorted(await transaction.lock_all(_LABEL, list(uses)))
        rows = await transaction.read(_LABEL, known) if known else {}
        unused = [text for text, row in rows.items() if row["last_used_at"] == uses[text]]
        if unused:
            await transaction.delete(_LABEL, unused)
        return len(unused)

    return await store.transact(delete)


async def searched_by(store: GraphStore, people: Collection[tuple[str, str]]) -> list[str]:
    """The texts that count one of `people` (issuer and subject), as they are spelt; popular ones count nobody any more."""
    return [row["display"] async for row in _counting(store, people)]


async def forget_people(store: GraphStore, people: Collection[tuple[str, str]]) -> int:
    """How many texts do not count these people any more; one that counts nobody else is gone."""
    texts = [row["text"] async for row in _counting(store, people)]
    for text in texts:

        async def forget_one(transaction: Transaction, text: str = text) -> None:
            if not await transaction.lock_all(_LABEL, [text]):
                return
            row = (await transaction.read(_LABEL, [text]))[text]
            hashes = _hashes(row, people)
            left = [one for one in row["people"] or () if one not in hashes]
            if left:
                await transaction.put(_LABEL, [{"text": text, "people": left}])
            else:
                await transaction.delete(_LABEL, [text])

        await store.transact(forget_one)
    return len(texts)


async def _counting(store: GraphStore, people: Collection[tuple[str, str]]) -> AsyncIterator[dict[str, Any]]:
    after: tuple[str, ...] | None = None
    while people:
        start = Match(_LABEL, page=Page(MAX_PAGE, after))
        selected = await store.select(_COUNTED, start, audiences=())
        rows: list[dict[str, Any]] = [
            dict(zip(_COUNTED.properties, row, strict=True)) for row in selected.rows if row is not None
        ]
        for row in rows:
            if _hashes(row, people) & set(row["people"] or ()):
                yield row
        if len(rows) < MAX_PAGE:
            return
        after = (rows[-1]["text"],)


def _hashes(row: dict[str, Any], people: Collection[tuple[str, str]]) -> set[str]:
    key = row.get("hash_key")
    return {_hash(key, person, row["text"]) for person in people} if key else set()


async def _is_noted(store: GraphStore, text: str, now: str) -> bool:
    """Whether counting would change nothing: it is popular, and was used today."""
    selected = await store.select(_STATE, ByKeys(_LABEL, "text", (text,)), audiences=())
    (row,) = selected.rows
    return row is not None and bool(row[0]) and str(row[1])[:10] == now[:10]


def _counted(row: dict[str, Any], text: str, now: str, person: tuple[str, str]) -> dict[str, Any]:
    """The record with one more person."""
    is_popular = bool(row.get("is_popular"))
    key = row.get("hash_key") or secrets.token_hex(32)
    people: set[str] = set()
    if not is_popular:
        people = {*(row.get("people") or ()), _hash(key, person, text)}
        is_popular = len(people) >= POPULAR_FROM
    return {
        "text": text,
        "is_popular": is_popular,
        "people": [] if is_popular else sorted(people),
        "hash_key": None if is_popular else key,
        "last_used_at": max(now, row.get("last_used_at") or now),
        "created_at": row.get("created_at") or now,
        "updated_at": now,
    }


def _hash(key: str, person: tuple[str, str], text: str) -> str:
    # Lengths in front: no two pairs of issuer and subject read the same.
    message = "".join(f"{len(part)}:{part}" for part in (*person, text)).encode()
    return hmac.new(bytes.fromhex(key), message, hashlib.sha256).hexdigest()


def _oldest(now: str) -> Instant:
    """The oldest use that is remembered."""
    return instant(datetime.fromisoformat(now) - timedelta(days=FORGOTTEN_DAYS))
