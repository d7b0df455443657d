"""Usage of the schema on each graph database: added up, kept for a time, and bounded."""

import asyncio
from datetime import datetime, timedelta

import pytest

from graph.port import GraphStore
from graph.reading import field_usage
from graph.reading.field_usage import KEPT_DAYS, MAX_CLIENTS_A_DAY, OTHER, Client, Used

APP = Client("@town/app", "1.2")


async def known(store: GraphStore, days: int = 1) -> dict[tuple[str, Client], int]:
    return {(one.coordinate, one.client): one.count async for one in field_usage.used(store, days=days)}


async def plant(store: GraphStore, days_ago: int, name: str = "app") -> str:
    day = (datetime.fromisoformat(await store.now()) - timedelta(days=days_ago)).date().isoformat()
    row = {"id": f"{day}\t{name}\t", "day": day, "client": name, "version": "", "counts": '{"T.x":1}'}
    row |= {"created_at": f"{day}T00:00:00.000000Z", "updated_at": f"{day}T00:00:00.000000Z"}
    await store.transact(lambda transaction: transaction.put("FieldUsage", [row]))
    return day


async def test_counts_add_up(store: GraphStore) -> None:
    await field_usage.note(store, APP, {"T.x": 1, "T.y(a:)": 2})
    await field_usage.note(store, APP, {"T.x": 5, "E.A": 1})
    await field_usage.note(store, Client("", ""), {"T.x": 1})
    assert await known(store) == {
        ("T.x", APP): 6,
        ("T.y(a:)", APP): 2,
        ("E.A", APP): 1,
        ("T.x", Client("", "")): 1,
    }


async def test_of_several_processes_at_once_none_is_lost(store: GraphStore) -> None:
    await asyncio.gather(*(field_usage.note(store, APP, {"T.x": 1}) for _ in range(8)))
    assert await known(store) == {("T.x", APP): 8}


@pytest.mark.parametrize("days_ago", [0, 1, 29, 30])
async def test_usage_looks_back_as_far_as_it_is_asked(store: GraphStore, days_ago: int) -> None:
    day = await plant(store, days_ago)
    found = [one async for one in field_usage.used(store, days=30)]
    assert found == ([Used(day, "T.x", Client("app", ""), 1)] if days_ago < 30 else [])


async def test_more_than_a_page_of_records_is_read(store: GraphStore) -> None:
    for number in range(130):
        await plant(store, number)
    assert len([one async for one in field_usage.used(store, days=400)]) == 130


async def test_what_is_old_goes(store: GraphStore) -> None:
    await plant(store, KEPT_DAYS)
    await plant(store, KEPT_DAYS + 1)
    assert await field_usage.purge(store) == 1
    assert await field_usage.purge(store) == 0
    assert len([one async for one in field_usage.used(store, days=2 * KEPT_DAYS)]) == 1


async def test_clients_beyond_those_of_a_day_count_together(store: GraphStore) -> None:
    for number in range(MAX_CLIENTS_A_DAY):
        await plant(store, 0, f"app-{number:03}")
    await field_usage.note(store, Client("one-more", ""), {"T.x": 1})
    await field_usage.note(store, Client("another", "2"), {"T.x": 1})
    await field_usage.note(store, Client("app-007", ""), {"T.x": 1})
    found = await known(store)

    assert (found["T.x", OTHER], found["T.x", Client("app-007", "")]) == (2, 2)
    assert len(found) == MAX_CLIENTS_A_DAY + 1
