"""What is kept only for a time: the answers of units that nobody asks for again, the words of whoever wanted a call."""

from datetime import datetime, timedelta
from typing import Final

from graph.port import GraphStore, Transaction
from graph.values import instant

IDEMPOTENCY_DAYS: Final = 7
"""Days for which a unit with an idempotency key runs once. Clients repeat within minutes; a decision that waits for a
person, within days."""
CALLBACK_DAYS: Final = 180
"""Days for which the words of a request to be called back are kept: they name a person and how to reach her."""
MAX_BATCH: Final = 1_000


async def purge_idempotency(store: GraphStore, *, limit: int = MAX_BATCH) -> int:
    """How many records of units went: those older than `IDEMPOTENCY_DAYS`, the oldest first, at most `limit`.

    Harmless beside others that purge, and beside the units themselves.

    Args:
        limit: 1..MAX_BATCH; as many as were asked for means that there may be more.

    Raises:
        GraphUnavailableError: nothing went; call again.
    """
    before = instant(datetime.fromisoformat(await store.now()) - timedelta(days=IDEMPOTENCY_DAYS))
    parameters = {"before": before, "limit": min(max(limit, 1), MAX_BATCH)}
    expired = sorted(str(identifier) for (identifier,) in await store.query("idempotency_expired", parameters))
    if expired:
        await store.transact(lambda transaction: transaction.delete("Idempotency", expired))
    return len(expired)


async def forget_callbacks(store: GraphStore, *, limit: int = MAX_BATCH) -> int:
    """How many requests to be called back lost their words, in the task and in the audit trail, at most `limit`.

    That there was a request stays. One that nobody answered in `CALLBACK_DAYS` days is closed.

    Raises:
        GraphUnavailableError: nothing went; call again.
    """
    now = await store.now()
    before = instant(datetime.fromisoformat(now) - timedelta(days=CALLBACK_DAYS))
    parameters = {"before": before, "limit": min(max(limit, 1), MAX_BATCH)}
    old = [str(identifier) for (identifier,) in await store.query("callbacks_to_forget", parameters)]
    if not old:
        return 0
    changes = await store.query("changes_of_entities", {"entities": [f"Task:{identifier}" for identifier in old]})
    # No unit of work: its audit trail would keep the very words that go.
    rows = [{"id": identifier, "note": None, "reason": None, "is_open": False} for identifier in old]

    async def forget(transaction: Transaction) -> None:
        known = await transaction.lock_all("Task", sorted(old))
        await transaction.put("Task", [row for row in rows if row["id"] in known])
        await transaction.delete("PersonalValues", sorted(str(identifier) for (identifier,) in changes))

    await store.transact(forget)
    return len(old)
