"""Somebody's notifications: read, marked as read, and gone after a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from auth import policy
from auth.errors import NotGrantedError
from auth.principal import Principal
from graph.actors import Actor, pseudonym
from graph.model import NodeKey
from graph.port import GraphStore, Transaction
from graph.values import Instant, instant
from graph.vocabulary import NewsKind
from graph.writing.unit_of_work import UnitOfWork

READ_DAYS: Final = 180
"""Days that a line stays once it was read."""
LONGEST_DAYS: Final = 400
"""Days that a line stays in any case: what nobody read for a year is no news."""
MAX_BATCH: Final = 1_000
MAX_MARKED: Final = 500
"""Lines that are marked by their ids at once."""

_LAST: Final = "~"
"""After every instant and every id, as text."""


@dataclass(frozen=True, slots=True)
class Line:
    """One notification."""

    id: str
    kind: NewsKind
    entity: NodeKey
    reason: str | None
    at: Instant
    read_at: Instant | None

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands in the order of the inbox."""
        return self.at, self.id


@dataclass(frozen=True, kw_only=True)
class MarkNotificationsRead:
    """`notifications`: ids; None: all that came so far."""

    notifications: tuple[str, ...] | None = None


async def lines(
    store: GraphStore,
    actor: str,
    *,
    limit: int,
    after: tuple[str, str] | None = None,
    unread_only: bool = False,
    timeout_s: float = 10.0,
) -> list[Line]:
    """Lines of the inbox of `actor`, the latest first.

    Args:
        actor: Id of an `Actor`.
        limit: Most lines, 1..MAX_BATCH.
        after: Only those behind this place.
    """
    at, identifier = after or (_LAST, _LAST)
    parameters = {"actor": actor, "unread": unread_only, "at": at, "id": identifier, "limit": limit}
    return [
        Line(key, NewsKind(kind), NodeKey.parse(entity), reason, moment, read_at)
        for key, kind, entity, reason, moment, read_at in await store.query(
            "notifications_of", parameters, timeout_s=timeout_s
        )
    ]


async def count(store: GraphStore, actor: str, *, unread_only: bool = False, timeout_s: float = 10.0) -> int:
    """How many lines the inbox of `actor` has."""
    parameters = {"actor": actor, "unread": unread_only}
    ((number,),) = await store.query("notifications_count", parameters, timeout_s=timeout_s)
    return int(number)


async def mark_notifications_read(
    unit_of_work: UnitOfWork,
    command: MarkNotificationsRead,
    *,
    actor: Actor,
    idempotency_key: str | None = None,  # noqa: ARG001 - what is read stays read, however often it is said
) -> dict[str, int]:
    """How many lines were `marked`; others' lines, unknown and read ones are none.

    Bookkeeping and no unit of work: the audit trail is no place for what somebody has read.

    Raises:
        NotGrantedError: the caller has no membership.
    """
    if not isinstance(actor, Principal) or not policy.may_take_part(actor):
        raise NotGrantedError("may take part: not granted")
    store, person = unit_of_work.store, pseudonym(actor)
    now = await store.now()
    if command.notifications is not None:
        return {"marked": await _mark(store, person, command.notifications[:MAX_MARKED], now)}
    marked = 0
    parameters = {"actor": person, "until": now, "limit": MAX_BATCH}
    while unread := [str(key) for (key,) in await store.query("notifications_unread", parameters)]:
        marked += await _mark(store, person, unread, now)
        if len(unread) < MAX_BATCH:
            break
    return {"marked": marked}


async def purge(store: GraphStore, *, limit: int = MAX_BATCH) -> int:
    """How many lines went: those read READ_DAYS ago, and those that came LONGEST_DAYS ago; at most `limit`.

    Harmless beside others that purge.

    Args:
        limit: 1..MAX_BATCH; as many as were asked for means that there may be more.

    Raises:
        GraphUnavailableError: nothing went; call again.
    """
    now = await store.now()
    parameters = {
        "read_before": _days_before(now, READ_DAYS),
        "before": _days_before(now, LONGEST_DAYS),
        "limit": min(max(limit, 1), MAX_BATCH),
    }
    old = sorted(str(key) for (key,) in await store.query("notifications_old", parameters))
    if old:
        await store.transact(lambda transaction: transaction.delete("Notification", old))
    return len(old)


async def _mark(store: GraphStore, person: str, keys: tuple[str, ...] | list[str], now: str) -> int:
    async def mark(transaction: Transaction) -> int:
        # Locked first: what is purged at the same time must not come back as a line without anything in it.
        known = sorted(await transaction.lock_all("Notification", sorted(set(keys))))
        found = await transaction.read("Notification", known) if known else {}
        own = [key for key, row in found.items() if row["actor"] == person and row.get("read_at") is None]
        if own:
            await transaction.put("Notification", [{"id": key, "read_at": now, "updated_at": now} for key in own])
        return len(own)

    return await store.transact(mark) if keys else 0


def _days_before(now: str, days: int) -> Instant:
    return instant(datetime.fromisoformat(now) - timedelta(days=days))
