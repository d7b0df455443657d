"""The lexicons of the circles of readers, kept as the index is.

There are two circles: everybody, and the network. Words of other documents (drafts) are in neither: they are found as
typed, but correct, complete and weigh nothing, so that an entry changes nothing for those who may not read it.
"""

import asyncio
from collections.abc import Callable, Collection
from time import monotonic
from typing import Final

from auth.policy import NETWORK, PUBLIC
from search import wordlist
from search.lexicon import Lexicon
from search.port import Scope, SearchIndex
from search.thesauri import Thesauri
from search.thesaurus import Thesaurus

MAX_WORDS: Final = 300_000
"""Words of a lexicon, the most frequent: what 1,000,000 entries have, without slips and names that stand once."""
_CHECK_S: Final = 1.0
"""Seconds for which a lexicon counts as fresh, so that a burst of searches asks the engine once."""
_QUICK_S: Final = 0.25
"""A lexicon that takes longer to read is read beside the searches, which go on with the one before."""


class Lexicons:
    """Lexicons of one index, with the words of the synonyms in force."""

    def __init__(self, index: SearchIndex, thesauri: Thesauri, *, clock: Callable[[], float] = monotonic) -> None:
        self._circles = {
            circle: _Circle(index, thesauri, Scope(audiences=circle), clock)
            for circle in (frozenset({PUBLIC}), frozenset({PUBLIC, NETWORK}))
        }

    async def of(self, audiences: Collection[str]) -> Lexicon:
        """The lexicon for a caller with `audiences`.

        Raises:
            SearchUnavailableError: as for `SearchIndex.retrieve`.
        """
        circle = frozenset({PUBLIC, NETWORK}) if NETWORK in audiences else frozenset({PUBLIC})
        return await self._circles[circle].lexicon()

    async def close(self) -> None:
        """Ends reading that is under way."""
        for circle in self._circles.values():
            await circle.close()


class _Circle:
    """One lexicon, read again where the index or the synonyms have changed."""

    def __init__(self, index: SearchIndex, thesauri: Thesauri, scope: Scope, clock: Callable[[], float]) -> None:
        self._index = index
        self._thesauri = thesauri
        self._scope = scope
        self._clock = clock
        self._lexicon: Lexicon | None = None
        self._revision = ""
        self._thesaurus: Thesaurus | None = None
        self._checked = 0.0
        self._took_s = 0.0
        self._alone = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    async def lexicon(self) -> Lexicon:
        if self._lexicon is None or self._clock() - self._checked > _CHECK_S:
            async with self._alone:
                if self._lexicon is None or self._clock() - self._checked > _CHECK_S:
                    await self._refresh()
        assert self._lexicon is not None
        return self._lexicon

    async def _refresh(self) -> None:
        revision = await self._index.revision()
        thesaurus = await self._thesauri.fresh()
        self._checked = self._clock()
        if self._lexicon is not None and revision == self._revision and thesaurus is self._thesaurus:
            return
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read(revision, thesaurus))
            self._reading.add_done_callback(_noticed)
        if self._lexicon is None or self._took_s < _QUICK_S:
            # Whoever waits may run out of time; the next one then finds it read, or nearly so.
            await asyncio.shield(self._reading)

    async def _read(self, revision: str, thesaurus: Thesaurus) -> None:
        started = self._clock()
        vocabulary = await self._index.vocabulary(self._scope, limit=MAX_WORDS)
        self._lexicon = await asyncio.to_thread(Lexicon, vocabulary, terms=thesaurus.words(), known=wordlist.german())
        self._revision = revision
        self._thesaurus = thesaurus
        self._checked = self._clock()
        self._took_s = self._checked - started

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)


def _noticed(reading: asyncio.Task[None]) -> None:
    """Takes note of an error that nobody may be waiting for any more; the next search meets it again."""
    if not reading.cancelled():
        reading.exception()
