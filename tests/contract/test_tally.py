"""Statements are counted for whoever asks: each asker's own, none of the others', however they meet."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InvalidQueryError
from graph.port import GraphStore, Transaction
from graph.selection import ByKeys, Selection
from graph.tally import Tally, charge, tallied
from tests.fixtures.builders import make_hub, plant

PUBLIC: Final = {"public"}


async def look(store: GraphStore) -> None:
    await store.select(Selection("Hub", ("name",)), ByKeys("Hub", "slug", ("zeitz",)), audiences=PUBLIC)


async def ask(store: GraphStore) -> None:
    await store.query("echo", {"value": 1})


async def write(store: GraphStore) -> None:
    async def change(transaction: Transaction) -> None:
        await transaction.read("Hub", ["zeitz"])
        await transaction.put("Hub", [{"slug": "zeitz", "name": "DigitalHub Zeitz"}])

    await store.transact(change)


ACTS: Final[dict[str, tuple[Callable[[GraphStore], Awaitable[None]], int]]] = {
    "look": (look, 1),
    "ask": (ask, 1),
    "write": (write, 2),
}
"""What one does, and how many statements it takes on every backend."""
DEEDS = st.lists(st.sampled_from(sorted(ACTS)), max_size=4)


async def do(store: GraphStore, deeds: Sequence[str]) -> int:
    with tallied() as asked:
        for deed in deeds:
            await ACTS[deed][0](store)
    return asked.calls


@given(st.lists(DEEDS, min_size=2, max_size=5))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_each_asker_is_told_its_own_statements(store: GraphStore, askers: list[list[str]]) -> None:
    await plant(store, make_hub("zeitz"))
    own = [sum(ACTS[deed][1] for deed in deeds) for deeds in askers]
    before = store.calls

    assert await asyncio.gather(*(do(store, deeds) for deeds in askers)) == own
    assert store.calls - before == sum(own)


async def test_what_runs_beside_has_nothing_of_the_asker(store: GraphStore) -> None:
    await plant(store, make_hub("zeitz"))
    begin, done = asyncio.Event(), asyncio.Event()

    async def beside() -> None:
        await begin.wait()
        await do(store, ["write", "look"])
        done.set()

    task = asyncio.create_task(beside())
    with tallied() as asked:
        begin.set()
        await look(store)
        await done.wait()
    await task

    assert asked.calls == 1


async def test_tasks_that_begin_inside_and_pieces_of_the_work_count_for_the_whole(store: GraphStore) -> None:
    await plant(store, make_hub("zeitz"))
    with tallied() as whole:
        await look(store)
        pieces = await asyncio.gather(do(store, ["look"]), do(store, ["write", "ask"]))
        assert whole.calls == 1 + sum(pieces)
    await look(store)

    assert (*pieces, whole.calls) == (1, 3, 5)


async def test_what_fails_or_is_given_up_has_been_asked_all_the_same(store: GraphStore) -> None:
    async def turned_back(transaction: Transaction) -> None:
        await transaction.query("echo", {"value": 1})
        raise LookupError

    with tallied() as asked, pytest.raises(LookupError):
        await store.transact(turned_back)
    assert asked.calls == 1
    with tallied() as asked, pytest.raises(InvalidQueryError):
        await store.query("misspelt", {})
    assert asked.calls == 1


async def test_threads_lose_nothing() -> None:
    def many() -> None:
        for _ in range(5_000):
            charge(1)

    with tallied() as asked:
        await asyncio.gather(*(asyncio.to_thread(many) for _ in range(4)))
    charge(1)

    assert asked.calls == 20_000


def test_nobody_has_to_count() -> None:
    charge(7)
    tally = Tally()
    tally.charge(2)

    assert tally.calls == 2
