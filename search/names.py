"""The names of the network, read from the graph and kept for a while: they change as slowly as towns are founded."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Final

from graph.errors import GraphError
from graph.model import NodeKey
from graph.port import GraphStore, Record
from search.suggesting import Directory, Kind, Name, Proposal, Typed
from search.thesauri import Thesauri
from search.thesaurus import Thesaurus

KEPT_S: Final = 60.0
"""Until a new town or topic is suggested at the latest. Whatever is suggested is read again when it is shown."""
MAX_NAMES: Final = 30_000
"""Of each kind; Germany has 11,000 municipalities, and associations, districts and states beside."""

_BESIDE_S: Final = 30.0
"""For reading anew, which nobody waits for."""
_LOG: Final = logging.getLogger("hubnetz.search")


class Names:
    """The directories of one store: topics, which synonyms and parts of compounds find, too, and proper nouns."""

    def __init__(self, graph: GraphStore, thesauri: Thesauri, *, clock: Callable[[], float] = monotonic) -> None:
        self._graph = graph
        self._thesauri = thesauri
        self._clock = clock
        self._directories: tuple[Directory, ...] = ()
        self._read_at = float("-inf")
        self._alone = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    async def proposals(self, typed: Typed, *, timeout_s: float = 5.0) -> list[Proposal]:
        """The names that `typed` fits, in no order.

        Raises:
            GraphUnavailableError: names were never read, and the graph does not answer.
        """
        if not self._directories:
            async with self._alone:
                if not self._directories:
                    await self._read(timeout_s)
        elif self._clock() - self._read_at >= KEPT_S and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read_again(), name="names")
        return [proposal for directory in self._directories for proposal in directory.proposals(typed)]

    async def settled(self) -> None:
        """Waits until what is being read anew is read."""
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)

    async def close(self) -> None:
        """Ends reading that is under way."""
        if self._reading is not None:
            self._reading.cancel()
        await self.settled()

    async def _read_again(self) -> None:
        try:
            await self._read(_BESIDE_S)
        except GraphError as error:
            # The names from before go on; the next one who types makes for another try.
            _LOG.warning("names to suggest were not read anew: %s", error)

    async def _read(self, timeout_s: float) -> None:
        records = await self._graph.query("names_to_suggest", {"most": MAX_NAMES}, timeout_s=timeout_s)
        # Sorting and folding 16,000 names takes a while that other requests do not wait for.
        self._directories = await asyncio.to_thread(_directories, records, await self._thesauri.fresh())
        self._read_at = self._clock()


def _directories(records: list[Record], thesaurus: Thesaurus) -> tuple[Directory, ...]:
    names = list(_names(records))
    topics = [name for name in names if name.kind is Kind.TOPIC]
    return (
        Directory(topics, thesaurus),
        Directory([name for name in names if name.kind is not Kind.TOPIC]),
    )


def _names(records: list[Record]) -> Iterator[Name]:
    for label, key, name, beside, state, district, size in records:
        kind = Kind[label.upper()]
        yield Name(
            key=NodeKey(label, key),
            kind=kind,
            text=name,
            beside=(beside,) if beside else (),
            detail=", ".join(dict.fromkeys(filter(None, (*_where(kind, name, beside, district), state)))) or None,
            size=size,
        )


def _where(kind: Kind, name: str, town: str, district: str) -> Iterator[str]:
    """What is said of a place before its state: no town or district that its name says already."""
    if kind is Kind.MUNICIPALITY and district != name:
        yield district
    if kind in (Kind.HUB, Kind.UNIVERSITY) and town not in name:
        yield town
