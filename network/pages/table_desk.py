"""Where tables are read and written: beside the event loop and one after the other, so that nobody else waits for them."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from starlette.exceptions import HTTPException

P = ParamSpec("P")
T = TypeVar("T")

MOST: Final = 8
"""Tables in hand and waiting. Each is up to `network.uploads.MAX_BYTES` in memory, and what is made of it."""


class TableDesk:
    """Takes tables until it is closed."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "tables")
        self._places = threading.BoundedSemaphore(MOST)

    async def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `function` returns. Who stops waiting keeps it from being begun, not from being ended.

        Raises:
            HTTPException: 503, as many as `MOST` are in hand.
        """
        if not self._places.acquire(blocking=False):
            raise HTTPException(503)
        try:
            work = self._thread.submit(function, *args, **kwargs)
        except BaseException:
            self._places.release()
            raise
        # By the thread, and not by who waits: work that nobody waits for any more still holds its place.
        work.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(work)

    async def close(self) -> None:
        """Begins nothing more, and returns when what was begun is done."""
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
