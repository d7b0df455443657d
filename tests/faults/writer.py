"""A process that registers projects, many at once, until it is killed: `python -m tests.faults.writer BACKEND PLACE NAME`.

Says each id on its standard output once the unit has answered; a reader takes what it said as acknowledged.
"""

import asyncio
import itertools
import os
import sys

from tests.faults.registering import AT_ONCE, open_store, register


async def write(backend: str, place: str, name: str) -> None:
    store = await open_store(backend, place)
    numbers = itertools.count()

    async def keep_on() -> None:
        while True:
            acknowledged = await register(store, f"{name}-{next(numbers)}")
            os.write(sys.stdout.fileno(), f"{acknowledged}\n".encode())

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(keep_on())


if __name__ == "__main__":
    asyncio.run(write(*sys.argv[1:]))
