"""The one loop of all workers: it outlives what goes wrong, says so once, and leaves the work to who holds the lease."""

import asyncio
import logging
from collections.abc import Iterator
from typing import cast

import pytest

from graph.errors import GraphError, GraphUnavailableError, InvalidQueryError, LeaseHeldError, LeaseLostError
from graph.port import GraphStore
from graph.writing.rounds import Rounds, Turns

LOG = logging.getLogger("tests.rounds")
PATIENCE_S = 30.0


class Work:
    """Fails as it is told to, one round after the other; done once nothing is left to go wrong."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures: Iterator[Exception | None] = iter(failures)
        self.done = asyncio.Event()
        self.rounds = 0

    async def __call__(self) -> bool:
        self.rounds += 1
        failure = next(self.failures, StopAsyncIteration())
        if isinstance(failure, StopAsyncIteration):
            self.done.set()
        elif failure is not None:
            raise failure
        return True


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


async def test_who_holds_the_lease_may_have_died_and_is_looked_for_again_soon() -> None:
    work = Work(LeaseHeldError("theirs"))
    rounds = Rounds(work, what="working", log=LOG, every_s=10 * PATIENCE_S, longest_retry_s=1.0, held_s=0.001)
    task = asyncio.create_task(rounds.run())
    async with asyncio.timeout(PATIENCE_S):
        await work.done.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


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


class Answering:
    """A database of which only is known whether it answers."""

    def __init__(self, error: GraphError | None = None) -> None:
        self.error = error

    async def ping(self) -> float:
        if self.error is not None:
            raise self.error
        return 0.0


def turns(error: GraphError | None = None) -> Turns:
    return Turns(cast("GraphStore", Answering(error)), log=LOG, most_unanswered=3)


@pytest.mark.parametrize("error", [GraphUnavailableError("out of time"), InvalidQueryError("odd"), ValueError("ours")])
async def test_what_is_wrong_with_one_is_left_out_and_said(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    assert not await turns().take(Work(error)(), what="the first")
    (record,) = caplog.records
    assert record.getMessage() == "the first is left out"
    assert record.exc_info is not None
    assert record.exc_info[1] is error


@pytest.mark.parametrize("error", [LeaseLostError("lost"), LeaseHeldError("theirs")])
async def test_whoever_lost_the_lease_has_no_turn_any_more(error: GraphError) -> None:
    with pytest.raises(type(error)):
        await turns().take(Work(error)(), what="the first")


async def test_without_a_database_nobody_has_a_turn() -> None:
    with pytest.raises(GraphUnavailableError):
        await turns(GraphUnavailableError("away")).take(Work(GraphUnavailableError("out of time"))(), what="the first")


async def test_many_that_run_out_of_time_one_after_the_other_are_no_chance() -> None:
    one = turns()
    slow = Work(*[GraphUnavailableError("out of time") for _ in range(5)])
    for turn in (slow, slow, Work(None), slow, slow):
        await one.take(turn(), what="one")
    with pytest.raises(GraphUnavailableError):
        await one.take(slow(), what="one")
