"""Work that goes round for as long as a process runs: the one loop of indexer, teller, postman, courier, saved searches and housekeeping."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from graph.errors import GraphError, LeaseHeldError, LeaseLostError
from graph.port import GraphStore

_MOST_UNANSWERED: Final = 10


async def keeps_all_waiting(store: GraphStore, error: Exception) -> bool:
    """Whether `error` keeps everybody from their turn, and not one of many: another process is at it, or the database is away."""
    if isinstance(error, LeaseHeldError | LeaseLostError):
        return True
    if not (isinstance(error, GraphError) and error.retryable):
        return False
    # One statement that runs out of time looks like a database that is away.
    try:
        await store.ping()
    except GraphError:
        return True
    return False


class Turns:
    """Gives each of many its turn: what is wrong with one must not keep the others from theirs.

    Args:
        most_unanswered: So many that the database does not answer one after the other are no chance: it has too much to do.
    """

    def __init__(self, store: GraphStore, *, log: logging.Logger, most_unanswered: int = _MOST_UNANSWERED) -> None:
        self._store = store
        self._log = log
        self._most_unanswered = most_unanswered
        self._unanswered = 0

    async def take(self, work: Awaitable[bool], *, what: str) -> bool:
        """What `work` answers; False where it fails.

        Raises:
            GraphError: that nobody has a turn, and is to be tried again, here or by whoever took over.
        """
        try:
            answer = await work
        except Exception as exc:
            is_retryable = isinstance(exc, GraphError) and exc.retryable
            self._unanswered = self._unanswered + 1 if is_retryable else 0
            if self._unanswered >= self._most_unanswered or await keeps_all_waiting(self._store, exc):
                raise
            self._log.error("%s is left out", what, exc_info=exc)
            return False
        self._unanswered = 0
        return answer


class Rounds:
    """Does `work` again and again, when something was written and every few seconds in any case.

    Args:
        what: As the log names it: "indexing".
        every_s: Longest seconds between two rounds that went well, for what other processes write.
        pause_s: Shortest seconds between them: many writes one after the other are one round.
        first_retry_s, longest_retry_s: Wait after a failure, doubled each time.
        known: Errors that say enough without a traceback.
        held_s: Longest wait while another process has the lease: one that died keeps it for half a minute.
        went_well: Called after each round that did.
    """

    def __init__(
        self,
        work: Callable[[], Awaitable[object]],
        *,
        what: str,
        log: logging.Logger,
        every_s: float,
        longest_retry_s: float,
        first_retry_s: float | None = None,
        pause_s: float = 0.0,
        known: tuple[type[Exception], ...] = (GraphError,),
        held_s: float = 60.0,
        went_well: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._work = work
        self._what = what
        self._log = log
        self._every_s = every_s
        self._pause_s = pause_s
        self._first_retry_s = every_s if first_retry_s is None else first_retry_s
        self._longest_retry_s = longest_retry_s
        self._known = known
        self._held_s = min(held_s, every_s)
        self._went_well = went_well
        self._woken = asyncio.Event()

    def notify(self) -> None:
        """Something was written: look now. Call it from the event loop's thread."""
        self._woken.set()

    async def run(self) -> None:
        """Goes on until cancelled; a failure is logged once and tried again, ever more slowly."""
        retry_s, last_failure = self._first_retry_s, ""
        while True:
            self._woken.clear()
            try:
                await self._work()
                if self._went_well is not None:
                    await self._went_well()
            except LeaseHeldError:
                # Whoever holds the lease does the work.
                await asyncio.sleep(self._held_s)
                continue
            except Exception as exc:  # noqa: BLE001 - the loop has to outlive whatever goes wrong in one round
                failure = f"{type(exc).__name__}: {exc}"
                if failure != last_failure:
                    trace = None if isinstance(exc, self._known) else exc
                    self._log.warning("%s failed, trying again: %s", self._what, failure, exc_info=trace)
                last_failure = failure
                # Not cut short by `notify`: what is away would be asked at every write.
                await asyncio.sleep(retry_s)
                retry_s = min(retry_s * 2, self._longest_retry_s)
                continue
            if last_failure:
                self._log.info("%s works again", self._what)
            retry_s, last_failure = self._first_retry_s, ""
            await self._wait()

    async def _wait(self) -> None:
        await asyncio.sleep(self._pause_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._every_s):
                await self._woken.wait()
