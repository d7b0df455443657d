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
"""Tables in hand and waiting. Each is up to `network.edge.uploads.MAX_BYTES` in memory, and what is made of it."""


class TableDeskBusyError(HTTPException):
    """Others' tables come first; nothing was kept of this one."""

    def __init__(self) -> None:
        super().__init__(503)


class TableDesk:
    """Takes tables until it is closed.

    Args:
        patience_s: After which whoever waits is told to come again.
        places: Tables in hand and waiting at most.
    """

    def __init__(self, patience_s: float = 20.0, *, places: int = MOST) -> None:
        self._patience_s = patience_s
        self._thread = ThreadPoolExecutor(1, "tables")
        self._places = threading.BoundedSemaphore(places)

    async def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `function` returns. Who stops waiting keeps it from being begun, not from being ended.

        Raises:
            TableDeskBusyError: every place is taken, or it took too long.
        """
        if not self._places.acquire(blocking=False):
            raise TableDeskBusyError
        try:
            work = self._thread.submit(function, *args, **kwargs)
        except BaseException:
            self._places.release()
            raise
        # By the thread, and not by who waits: work that nobody waits for any more still holds its place.
        work.add_done_callback(lambda _: self._places.release())
        try:
            return await asyncio.wait_for(asyncio.wrap_future(work), self._patience_s)
        except TimeoutError as error:
            if work.done() and not work.cancelled():
                raise
            raise TableDeskBusyError from error

    async def close(self) -> None:
        """Begins nothing more, and returns when what was begun is done."""
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
