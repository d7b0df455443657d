"""How many statements a piece of work sends, apart from all that others send meanwhile.

A tally holds for what runs in its context: the block, and the tasks that begin inside. What was started before, like the
work beside the requests, has none of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Final

_LOCK: Final = Lock()
"""One for all: held for a sum, and there are few of these beside the time that a statement takes."""


class Tally:
    """Statements of one piece of work, with those of the pieces inside it."""

    def __init__(self, outer: "Tally | None" = None) -> None:
        self.calls = 0
        self._outer = outer

    def charge(self, statements: int) -> None:
        """Adds `statements`, here and wherever this one is inside; from any thread."""
        with _LOCK:
            self.calls += statements
        if self._outer is not None:
            self._outer.charge(statements)


_CURRENT: Final[ContextVar[Tally | None]] = ContextVar("tally", default=None)


@contextmanager
def tallied() -> Iterator[Tally]:
    """Counts what is asked in the block; it may be read there, and afterwards."""
    tally = Tally(_CURRENT.get())
    token = _CURRENT.set(tally)
    try:
        yield tally
    finally:
        _CURRENT.reset(token)


def charge(statements: int) -> None:
    """For stores: adds to the tally of whoever asks, if there is one. Where they ask, as threads beside have other contexts."""
    tally = _CURRENT.get()
    if tally is not None:
        tally.charge(statements)
