"""Tables are read one after the other; who comes when too many wait is told to come again."""

import asyncio
import threading
from contextlib import suppress

import pytest
from starlette.exceptions import HTTPException

from network.pages.frame.table_desk import MOST, TableDesk


async def test_more_than_can_wait_are_refused_until_there_is_a_place_again() -> None:
    desk, held = TableDesk(), threading.Event()
    waiting = [asyncio.ensure_future(desk.do(held.wait)) for _ in range(MOST)]
    await asyncio.sleep(0)
    with pytest.raises(HTTPException) as refused:
        await desk.do(str)
    assert refused.value.status_code == 503
    held.set()
    assert await asyncio.gather(*waiting) == [True] * MOST
    assert await desk.do(str, 5) == "5"
    await desk.close()


async def test_what_nobody_waits_for_any_more_holds_its_place_while_it_runs_and_no_longer() -> None:
    desk, begun, held = TableDesk(), threading.Event(), threading.Event()

    def work() -> bool:
        begun.set()
        return held.wait()

    running = asyncio.ensure_future(desk.do(work))
    others = [asyncio.ensure_future(desk.do(str)) for _ in range(MOST - 1)]
    await asyncio.to_thread(begun.wait)
    for one in (running, *others):
        one.cancel()
        with suppress(asyncio.CancelledError):
            await one
    # The one that runs, and as many again as may wait beside it.
    others = [asyncio.ensure_future(desk.do(str, number)) for number in range(MOST - 1)]
    await asyncio.sleep(0)
    with pytest.raises(HTTPException):
        await desk.do(str)
    held.set()
    assert await asyncio.gather(*others) == [str(number) for number in range(MOST - 1)]
    await desk.close()


async def test_who_waits_too_long_is_told_to_come_again() -> None:
    desk, begun, held, read = TableDesk(0.0), threading.Event(), threading.Event(), threading.Event()

    def work() -> bool:
        begun.set()
        return held.wait()

    running = asyncio.ensure_future(desk.do(work))
    await asyncio.to_thread(begun.wait)
    for waiting in (running, asyncio.ensure_future(desk.do(read.set))):
        with pytest.raises(HTTPException) as refused:
            await waiting
        assert refused.value.status_code == 503
    held.set()
    await desk.close()
    assert not read.is_set()


async def test_a_failure_is_told_and_gives_its_place_back() -> None:
    desk = TableDesk()
    for _ in range(MOST + 1):
        with pytest.raises(ValueError, match="invalid literal"):
            await desk.do(int, "x")
    await desk.close()


async def test_closed_it_has_no_thread() -> None:
    desk = TableDesk()
    thread = await desk.do(threading.current_thread)
    assert thread.is_alive()
    await desk.close()
    assert not thread.is_alive()
