"""Searches that many made: counted beside the searches, suggested where the caller would find something.

Counting neither delays nor fails a search. What is counted says nothing of persons: texts whose every word public entries
or the synonyms have, written as public entries write them, that find something in public.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from auth.policy import PUBLIC
from auth.principal import Caller, Principal
from graph.errors import GraphError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.reading import popular
from graph.selection import ByKeys, Selection
from graph.writing.outbox import Outbox
from search.correcting import spellings
from search.errors import SearchError
from search.finder import Finder, Hit, SearchRequest
from search.german import STOP_WORDS, scan
from search.lexicon import Lexicon
from search.lexicons import Lexicons
from search.port import Scope
from search.project_names import NAMES, strings
from search.query import Query
from search.suggesting import Fit, Kind, Proposal

SHORTEST: Final = 3
LONGEST: Final = 60
"""Characters of a text that is counted: what is shorter says nothing, what is longer is no search but a sentence."""
_WAITING: Final = 200
"""Searches that wait to be counted; beyond that they are not, which only makes a search popular later."""
_READ: Final = 5
"""Public hits that tell how the words are written."""
_OFFERED: Final = 3
"""Popular searches that are tried for one suggestion: each is a search."""
_EVERYBODY: Final = frozenset({PUBLIC})
_LOG: Final = logging.getLogger("hubnetz.popular")

_TEXTS: Final = Selection("Project", ("title", "summary", "writeup"), NAMES)


@dataclass(frozen=True, slots=True)
class _Search:
    text: str
    iss: str
    sub: str


class PopularSearches:
    """The popular searches of one store, and those on their way to become so."""

    def __init__(self, graph: GraphStore, finder: Finder, lexicons: Lexicons) -> None:
        self._graph = graph
        self._finder = finder
        self._lexicons = lexicons
        self._outbox = Outbox(graph)
        self._waiting: asyncio.Queue[_Search] = asyncio.Queue(_WAITING)
        self._counting: asyncio.Task[None] | None = None

    def note(self, text: str, caller: Caller) -> None:
        """Takes note that `caller` searched for `text` and found something; it is counted later, if at all."""
        if not isinstance(caller, Principal) or not SHORTEST <= len(text.strip()) <= LONGEST:
            return
        if self._waiting.full():
            return
        self._waiting.put_nowait(_Search(text, caller.iss, caller.sub))
        if self._counting is None or self._counting.done():
            self._counting = asyncio.create_task(self._count_all(), name="popular searches")

    async def settled(self) -> None:
        """Waits until all that was noted is counted."""
        await self._waiting.join()

    async def close(self) -> None:
        """Ends counting; what waits is lost."""
        if self._counting is not None:
            self._counting.cancel()
            await asyncio.gather(self._counting, return_exceptions=True)

    async def proposals(self, text: str, scope: Scope, *, timeout_s: float = 5.0) -> list[Proposal]:
        """Popular searches that go on as `text` does and find a project in `scope` with all they say, each with the first.

        What answers only a part of one is not enough: the rest may be a word of an entry that was withdrawn since.

        Raises:
            SearchUnavailableError, GraphUnavailableError: as for `Finder.find`.
        """
        begun = folded(text)
        if not begun:
            return []
        found = await popular.begun(self._graph, begun, most=_OFFERED, timeout_s=timeout_s)
        requests = [
            SearchRequest(text=one.display, audiences=scope.audiences, excluded=scope.excluded, limit=1)
            for one in found
        ]
        rankings = await asyncio.gather(*(self._finder.find(request, timeout_s=timeout_s) for request in requests))
        return [
            Proposal(
                closeness=(_fit(begun, one.text), 0.0),
                kind=Kind.SEARCH,
                text=one.display,
                key=NodeKey("Project", ranking.hits[0].id),
            )
            for one, ranking in zip(found, rankings, strict=True)
            if ranking.hits and _answers(ranking.hits[0], ranking.query)
        ]

    async def _count_all(self) -> None:
        while True:
            search = await self._waiting.get()
            try:
                await self._count(search)
            except (GraphError, SearchError) as error:
                # Neither the text nor the person: the log is no place for them.
                _LOG.warning("a search was not counted: %s", type(error).__name__)
            finally:
                self._waiting.task_done()

    async def _count(self, search: _Search) -> None:
        if not countable(search.text, await self._lexicons.of(_EVERYBODY)):
            return
        display = await self._as_written(search.text)
        if display is not None:
            await popular.note(self._graph, folded(search.text), display, iss=search.iss, sub=search.sub)

    async def _as_written(self, text: str) -> str | None:
        """The words as the public hits write them; `None` where there are none, or they lack one."""
        request = SearchRequest(
            text=text, audiences=_EVERYBODY, excluded=await self._outbox.narrowed_ids(), limit=_READ
        )
        hits = (await self._finder.find(request)).hits
        if not hits:
            return None
        start = ByKeys("Project", "id", tuple(hit.id for hit in hits))
        selected = await self._graph.select(_TEXTS, start, audiences=_EVERYBODY)
        terms = _terms(text)
        written = spellings(strings(selected.rows), frozenset(terms))
        return " ".join(written[term] for term in terms) if written.keys() >= set(terms) else None


def folded(text: str) -> str:
    """What two texts have in common that ask for the same."""
    return " ".join(_terms(text))


def countable(text: str, lexicon: Lexicon) -> bool:
    """Whether nothing in `text` is but in public: each of its words is one of `lexicon`, as it is."""
    terms = _terms(text)
    return SHORTEST <= len(" ".join(terms)) <= LONGEST and all(
        term in STOP_WORDS or term in lexicon.forms(term) for term in terms
    )


def _terms(text: str) -> list[str]:
    return [word.terms[-1] for word in scan(text)]


def _answers(hit: Hit, query: Query | None) -> bool:
    """Whether the hit answers every word of the query."""
    return query is not None and hit.match is not None and hit.match.slots >= {unit.slot for unit in query.units}


def _fit(begun: str, text: str) -> Fit:
    if begun == text:
        return Fit.WHOLE
    return Fit.BEGINS if text.startswith(begun) else Fit.WORDS
