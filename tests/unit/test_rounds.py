"""The one loop of all workers: it outlives what goes wrong, says so once, and leaves the work to who holds the lease."""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from graph.errors import GraphUnavailableError, LeaseHeldError
from graph.writing.rounds import Rounds

LOG = logging.getLogger("tests.rounds")
PATIENCE_S = 30.0


class Work:
    """Fails as it is told to, one round after the other; done once nothing is left to go wrong."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures: Iterator[Exception | None] = iter(failures)
        self.done = asyncio.Event()
        self.rounds = 0

    async def __call__(self) -> None:
        self.rounds += 1
        failure = next(self.failures, StopAsyncIteration())
        if isinstance(failure, StopAsyncIteration):
            self.done.set()
        elif failure is not None:
            raise failure


async def through(work: Work, *, every_s: float = 0.001) -> None:
    rounds = Rounds(work, what="working", log=LOG, every_s=every_s, first_retry_s=0.001, longest_retry_s=0.002)
    task = asyncio.create_task(rounds.run())
    async with asyncio.timeout(PATIENCE_S):
        await work.done.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_failure_is_said_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    away = [GraphUnavailableError("away") for _ in range(3)]
    with caplog.at_level(logging.INFO, LOG.name):
        await through(Work(*away, ValueError("wrong"), None))

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "working failed, trying again: GraphUnavailableError: away"),
        ("WARNING", "working failed, trying again: ValueError: wrong"),
        ("INFO", "working works again"),
    ]
    assert [bool(record.exc_info) for record in caplog.records] == [False, True, False]


async def test_a_lease_that_others_hold_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, LOG.name):
        await through(Work(LeaseHeldError("theirs"), LeaseHeldError("theirs")))

    assert caplog.records == []


async def test_what_is_written_is_looked_for_at_once() -> None:
    looked: asyncio.Queue[None] = asyncio.Queue()

    async def look() -> None:
        looked.put_nowait(None)

    # So long between two rounds that the test would end before the second one.
    rounds = Rounds(look, what="looking", log=LOG, every_s=10 * PATIENCE_S, longest_retry_s=1.0)
    task = asyncio.create_task(rounds.run())
    async with asyncio.timeout(PATIENCE_S):
        await looked.get()
        for _ in range(3):
            rounds.notify()
            await looked.get()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
