"""Two indexers on one graph, as during a roll-out or with a replica: one works at a time, and nothing stays behind."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph.errors import LeaseHeldError
from graph.port import GraphStore
from search.indexer import Indexer
from search.port import SearchDocument, SearchIndex
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import make_project
from tests.fixtures.search import everything
from tests.fixtures.units import pending, write


class Counting:
    """The one index that both write to, which counts what it is given and by how many at once."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self.given: Counter[str] = Counter()
        self.at_once = 0
        self.most_at_once = 0
        self.awaited = 0
        self.has_all = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    async def put(self, documents: Sequence[SearchDocument]) -> None:
        self.given.update(document.id for document in documents)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._index.put(documents)
        finally:
            self.at_once -= 1
        if len(self.given) == self.awaited:
            self.has_all.set()


@pytest_asyncio.fixture
async def index(tmp_path: Path) -> AsyncIterator[Counting]:
    index = await TantivySearchIndex.open(tmp_path / "index")
    yield Counting(index)
    await index.close()


def make_indexer(store: GraphStore, index: Counting, holder: str) -> Indexer:
    # A lease that outlasts the test: how long a step takes says something of the machine alone.
    pace = {"poll_s": 0.02, "first_retry_s": 0.02, "longest_retry_s": 0.02}
    return Indexer(store, index, holder=holder, batch=5, lease_ttl_s=600.0, **pace)


async def test_two_indexers_never_work_at_once(store: GraphStore, index: Counting) -> None:
    await make_indexer(store, index, "before").catch_up()
    index.awaited = 10
    async with asyncio.timeout(300), asyncio.TaskGroup() as both:
        running = [both.create_task(make_indexer(store, index, holder).run()) for holder in ("one", "two")]
        for number in range(10):
            await write(store, make_project(f"p{number:02}"))
        await index.has_all.wait()
        for task in running:
            task.cancel()
    assert await everything(index) == [f"p{number:02}" for number in range(10)]
    # Not how often: a round that fails halfway is made again.
    assert index.most_at_once == 1


async def test_whoever_is_there_goes_on(store: GraphStore, index: Counting) -> None:
    one, two = (make_indexer(store, index, holder) for holder in ("one", "two"))
    await one.catch_up()
    await write(store, make_project("a"))
    await one.catch_up()
    await write(store, make_project("b"))
    answers = await asyncio.gather(one.catch_up(), two.catch_up(), return_exceptions=True)
    assert all(isinstance(answer, int | LeaseHeldError) for answer in answers)
    assert any(isinstance(answer, int) for answer in answers)
    await write(store, make_project("c"))
    await two.catch_up()
    assert await everything(index) == ["a", "b", "c"]
    assert index.given == Counter("abc")


@pytest.mark.parametrize("count", [2, 4])
async def test_several_that_start_on_an_empty_index_build_it_once(
    store: GraphStore, index: Counting, count: int
) -> None:
    await write(store, make_project("a"))
    starting = [make_indexer(store, index, f"holder {number}").catch_up() for number in range(count)]
    answers = await asyncio.gather(*starting, return_exceptions=True)
    assert all(isinstance(answer, int | LeaseHeldError) for answer in answers)
    await make_indexer(store, index, "last").catch_up()
    assert await everything(index) == ["a"]
    assert await pending(store) == {}
