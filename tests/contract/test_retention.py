"""Records that are kept for a time, on each graph database."""

from datetime import UTC, datetime, timedelta

from graph.accounts.retention import IDEMPOTENCY_DAYS, purge_idempotency
from graph.port import GraphStore
from graph.values import instant
from graph.writing.unit_of_work import Unit, UnitOfWork
from tests.fixtures.units import SYSTEM


async def run(store: GraphStore, key: str, answer: str, *, days_ago: float = 0) -> str:
    moment = instant(datetime.now(UTC) - timedelta(days=days_ago))

    async def work(_: Unit) -> str:
        return answer

    return await UnitOfWork(store, clock=lambda: moment).run(work, actor=SYSTEM, idempotency_key=key)


async def test_old_answers_go_and_young_ones_stay(store: GraphStore) -> None:
    await run(store, "old", "first", days_ago=IDEMPOTENCY_DAYS + 0.01)
    await run(store, "young", "first", days_ago=IDEMPOTENCY_DAYS - 0.01)
    assert await purge_idempotency(store) == 1
    assert await run(store, "old", "second") == "second"
    assert await run(store, "young", "second") == "first"
    assert await purge_idempotency(store) == 0


async def test_a_purge_is_bounded_and_takes_the_oldest_first(store: GraphStore) -> None:
    for age in (8, 10, 9):
        await run(store, f"{age}", "first", days_ago=age)
    assert await purge_idempotency(store, limit=2) == 2
    assert [await run(store, key, "second") for key in ("8", "9", "10")] == ["first", "second", "second"]
