"""What is kept only for a time: the answers of units that nobody asks for again."""

from datetime import datetime, timedelta
from typing import Final

from graph.port import GraphStore
from graph.values import instant

IDEMPOTENCY_DAYS: Final = 7
"""Days for which a unit with an idempotency key runs once. Clients repeat within minutes; a decision that waits for a
person, within days."""
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
