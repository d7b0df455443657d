"""The synonyms in force: those that come with Hubnetz and an administrator's own, read again when his file changes."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Final

from search import synonym_files
from search.errors import ThesaurusError
from search.thesaurus import Thesaurus

CHECK_S: Final = 3.0
"""Between two looks at the file: an editor's save is in force as soon as its writer has turned to a search."""
_LOG: Final = logging.getLogger("hubnetz.search")

_Signature = tuple[int, int, int]


class Thesauri:
    """One process's synonyms.

    A file that is wrong changes nothing: what was in force stays, the log says once what is wrong, and `problems` until it
    is mended.

    Args:
        path: The administrator's own file; `None` for the shipped synonyms alone.
    """

    def __init__(self, path: Path | None = None, *, clock: Callable[[], float] = monotonic) -> None:
        self.path: Final = path
        self.problems: tuple[str, ...] = ()
        self._clock = clock
        self._thesaurus: Thesaurus | None = None
        self._read: _Signature | None = None
        """Of the file as it was last read, right or wrong."""
        self._checked = float("-inf")
        self._checking: asyncio.Task[None] | None = None

    def current(self) -> Thesaurus:
        """What is in force; the same object until it changes. The first call reads the files."""
        if self._thesaurus is None:
            self.check()
        return self._thesaurus or Thesaurus.shipped()

    async def fresh(self) -> Thesaurus:
        """As `current`, after a look at the file where the last is CHECK_S ago; it holds up no other request."""
        if self._thesaurus is None or (self.path is not None and self._clock() - self._checked >= CHECK_S):
            if self._checking is None or self._checking.done():
                self._checking = asyncio.create_task(asyncio.to_thread(self.check))
            if self._thesaurus is None:
                await asyncio.shield(self._checking)
        return self.current()

    async def settled(self) -> None:
        """Waits for a look at the file that is under way."""
        if self._checking is not None:
            await self._checking

    def check(self) -> None:
        """Reads the file where it is not as it was when it was last read."""
        self._checked = self._clock()
        if self.path is None:
            self._thesaurus = Thesaurus.shipped()
            return
        signature = _signature(self.path)
        if self._thesaurus is not None and signature == self._read:
            return
        try:
            thesaurus = Thesaurus.shipped().edited(synonym_files.read(self.path))
        except ThesaurusError as error:
            self.problems = error.problems
            self._thesaurus = self._thesaurus or Thesaurus.shipped()
            for problem in error.problems:
                _LOG.error("synonyms stay as they were: %s", problem)
        else:
            self.problems = ()
            self._thesaurus = thesaurus
            _LOG.info("synonyms in force", extra={"count": len(thesaurus)})
        self._read = signature


def _signature(path: Path) -> _Signature | None:
    """What changes when the file does; `None` where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
