"""Work that goes round for as long as the process runs: what postman and courier have in common."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from network.errors import caught


async def in_rounds(
    work: Callable[[], Awaitable[object]],
    *,
    every_s: float,
    longest_retry_s: float,
    is_busy: Callable[[Exception], bool],
    is_known: Callable[[Exception], bool],
    what: str,
    log: logging.Logger,
) -> None:
    """Works until cancelled; a failure is logged once and tried again, ever more slowly.

    Args:
        every_s: Between the end of one round and the next one.
        longest_retry_s: The same after failures.
        is_busy: Whether an error says that another process does the work: no failure.
        is_known: Whether an error says enough without a traceback.
        what: Is sent, as the log says it.
    """
    retry_s, last_failure = every_s, ""
    while True:
        error = await caught(_one(work))
        if error is None or is_busy(error):
            if last_failure and error is None:
                log.info("%s are sent again", what)
                last_failure = ""
            retry_s = every_s
        else:
            failure = f"{type(error).__name__}: {error}"
            if failure != last_failure:
                trace = None if is_known(error) else error
                log.warning("%s cannot be sent, trying again: %s", what, failure, exc_info=trace)
            last_failure = failure
            retry_s = min(retry_s * 2, longest_retry_s)
        await asyncio.sleep(retry_s)


async def _one(work: Callable[[], Awaitable[object]]) -> None:
    await work()
