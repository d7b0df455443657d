"""A process to be killed, which writes and indexes as a server does: `python -m tests.faults.writer BACKEND PLACE INDEX NAME CALM`.

It begins with few units at a time, so that the indexer gets to work, and goes over to AT_ONCE after CALM answers.
Each line of its output is an id and what became of it, or STORM; a reader takes what it said as acknowledged.
"""

import asyncio
import itertools
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from search.tantivy_index import TantivySearchIndex
from tests.faults.registering import AT_ONCE, Told, live, make_indexer, open_store

STORM: Final = "storm"
"""Said once AT_ONCE units are under way."""
_FEW: Final = 8


async def write(backend: str, place: str, index_folder: str, name: str, calm: str) -> None:
    store = await open_store(backend, place)
    indexer = make_indexer(store, await TantivySearchIndex.open(Path(index_folder)))
    numbers = itertools.count()
    answers = itertools.count(1)
    is_over = asyncio.Event()

    def say(*words: str) -> None:
        os.write(sys.stdout.fileno(), f"{' '.join(words)}\n".encode())

    def tell(identifier: str, told: Told) -> None:
        say(identifier, told)
        if next(answers) >= int(calm):
            is_over.set()

    async def keep_on() -> None:
        while True:
            number = next(numbers)
            await live(store, number, f"{name}-{number}", tell, _once)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(indexer.run())
        for _ in range(_FEW):
            tasks.create_task(keep_on())
        await is_over.wait()
        for _ in range(AT_ONCE - _FEW):
            tasks.create_task(keep_on())
        # The loop turns once, and each of them has begun.
        await asyncio.sleep(0)
        say(STORM)


async def _once(unit: Callable[[], Awaitable[str]]) -> str:
    return await unit()


if __name__ == "__main__":
    asyncio.run(write(*sys.argv[1:]))
