"""Housekeeping beside the requests."""

import asyncio
from pathlib import Path

from graph.backends.ladybug.store import LadybugGraphStore
from graph.reading.popular import note
from network.background import keep_house


async def test_housekeeping_forgets_searches_that_nobody_makes(tmp_path: Path) -> None:
    store = await LadybugGraphStore.open(tmp_path / "graph")
    await store.apply_schema()
    for text in ("alt", "neu"):
        await note(store, text, text, iss="https://id.example", sub="person")
    old = {"text": "alt", "last_used_at": "2020-01-01T00:00:00.000000Z"}
    await store.transact(lambda transaction: transaction.put("PopularSearch", [old]))

    working = asyncio.create_task(keep_house(store))
    async with asyncio.timeout(30):
        while await store.query("popular_count", {}) != [[1]]:
            assert not working.done()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    assert [record[0] for record in await store.query("popular_forgotten", {"before": "~", "limit": 9})] == ["neu"]
    await store.close()
