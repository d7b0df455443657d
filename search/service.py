"""The one way to search, for GraphQL, pages and command line: the engine proposes, the graph has the last word."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from auth.policy import PUBLIC
from graph.port import GraphStore
from graph.selection import ByKeys, Selection
from graph.writing.outbox import Outbox
from search import relaxing, topics, widening
from search.beside import beside
from search.correcting import corrected
from search.errors import SearchUnavailableError
from search.explaining import Explanation, explain
from search.finder import Finder, Hit, Position, Ranking, SearchRequest
from search.lexicons import Lexicons
from search.names import Names
from search.plain import plain
from search.popular import PopularSearches
from search.port import FacetCount, SearchIndex
from search.project_names import NAMES, strings
from search.query import Query
from search.relaxing import WayOn
from search.snippets import Snippet, highlight
from search.thesauri import Thesauri
from search.topics import Topic
from search.widening import FEW, FoundEach, Wider

TEXTS: Final = ("summary", "writeup", "lessons_learned", "what_failed")
"""Where passages are looked for; of passages that weigh the same the one of the first text is shown first."""
_SELECTION: Final = Selection("Project", ("id", "slug", "title", *TEXTS))
_NAMES: Final = Selection("Project", (), NAMES)
_IDS: Final = Selection("Project", ("id",))
PASSAGES: Final = 2
"""Of each hit."""


@dataclass(frozen=True, slots=True)
class FoundProject:
    """A hit that the caller may read.

    Attributes:
        position: For `SearchRequest.after`.
        marked_title: `None` where nothing in the title matched.
        explanation: `None` unless asked for, and while browsing.
        is_aside: As in `search.finder.Hit`.
    """

    id: str
    slug: str
    title: str
    score: float
    position: Position
    marked_title: Snippet | None = None
    snippets: tuple[Snippet, ...] = ()
    explanation: Explanation | None = None
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What to offer instead of hits: the nearest projects, which count nowhere, and where to go on."""

    projects: tuple[FoundProject, ...]
    way_on: WayOn


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of hits in rank order.

    Attributes:
        total: Hits of all pages; a lower bound unless `is_total_exact`.
        end: Position of the last hit that was looked at; the next page begins after it. `None` on an empty page.
        dropped: Hits of this page that the graph no longer has for this caller; the index lags behind.
        did_you_mean: The text without its slips, as the texts found write the words.
        missing_words: Words of the text, as typed, that no entry has for this caller, nor anything like them.
        without_filters: As in `search.finder.Ranking`.
        relaxed: `None` where there are hits, or would be without filters, or where no word was searched for.
        wider: What finds more, where that was asked for and nothing or little is found on the first page, with a filter or
            without; `None` otherwise.
    """

    projects: tuple[FoundProject, ...]
    total: int
    is_total_exact: bool
    has_more: bool
    end: Position | None
    facets: Mapping[str, tuple[FacetCount, ...]]
    dropped: int
    did_you_mean: str | None = None
    missing_words: tuple[str, ...] = ()
    without_filters: int | None = None
    relaxed: Relaxed | None = None
    wider: Wider | None = None


class SearchService:
    """Searches an index and checks every hit against the graph; one for a process, since it keeps lexicons."""

    def __init__(self, graph: GraphStore, index: SearchIndex, thesauri: Thesauri | None = None) -> None:
        self.graph: Final = graph
        self.index: Final = index
        self.thesauri: Final = thesauri or Thesauri()
        self.lexicons: Final = Lexicons(index, self.thesauri)
        self.finder: Final = Finder(index, self.lexicons, self.thesauri)
        self.outbox: Final = Outbox(graph)
        self.names: Final = Names(graph, self.thesauri)
        self.popular: Final = PopularSearches(graph, self.finder, self.lexicons)

    async def warm(self) -> None:
        """Reads the words of the index that everybody's searches need; the network's are read with its first search.

        Raises:
            SearchUnavailableError: as for `Finder.find`.
        """
        await self.lexicons.of({PUBLIC})

    async def close(self) -> None:
        """Ends what is under way; graph and index stay open."""
        await self.popular.close()
        await self.names.close()
        await self.lexicons.close()

    async def search(
        self, request: SearchRequest, *, explains: bool = False, widens: bool = False, timeout_s: float = 5.0
    ) -> Found:
        """The page of projects that `request` asks for, with marked passages.

        Entries that lost readers are excluded from hits and counts until the index has heard of it.

        Args:
            explains: Say for each hit why it is one.
            widens: Say what finds more, where nothing or little is found.

        Raises:
            InvalidSearchRequestError, SearchUnavailableError: as for `Finder.find`.
            GraphUnavailableError: what the engine found could not be checked, so nothing is answered.
        """
        narrowed = await self.outbox.narrowed_ids()
        asked = replace(request, excluded=frozenset(request.excluded) | narrowed)
        ranking = await self._rank(asked, timeout_s)
        readable = await self._read(ranking.hits or ranking.relaxed, asked.audiences, timeout_s=timeout_s)
        # Cutting long texts into words takes a while, in which the loop answers others.
        projects = await beside(_shown, ranking, readable, asked.audiences, explains=explains)
        did_you_mean = await self._correction(ranking.query, readable, asked.audiences, timeout_s=timeout_s)
        dropped = len(ranking.hits) - len(projects) if ranking.hits else 0
        is_searched = ranking.query is not None and bool(ranking.query.units)
        is_zero = ranking.total == 0 and not ranking.without_filters and is_searched
        is_little = is_searched and request.after is None and _is_little(ranking)
        known: tuple[Topic, ...] = ()
        if is_zero or (widens and is_little):
            known = await topics.read(self.graph, audiences=frozenset(asked.audiences), timeout_s=timeout_s)
        return Found(
            projects=projects if ranking.hits else (),
            total=max(ranking.total - dropped, 0),
            is_total_exact=ranking.is_total_exact and not dropped,
            has_more=ranking.has_more,
            end=ranking.hits[-1].position if ranking.hits else None,
            facets=ranking.facets,
            dropped=dropped,
            did_you_mean=did_you_mean,
            missing_words=ranking.missing,
            without_filters=ranking.without_filters,
            relaxed=Relaxed(projects, await self._way_on(asked.text, known)) if is_zero else None,
            wider=await self._wider(asked, ranking, known, timeout_s) if widens and is_little else None,
        )

    async def matching(self, request: SearchRequest, *, timeout_s: float = 5.0) -> list[str]:
        """Ids of the projects that `request` asks for and the graph lets its audiences read, in rank order; no passages.

        Raises:
            InvalidSearchRequestError, SearchUnavailableError, GraphUnavailableError: as for `search`.
        """
        narrowed = await self.outbox.narrowed_ids()
        ranking = await self._rank(replace(request, excluded=frozenset(request.excluded) | narrowed), timeout_s)
        if not ranking.hits:
            return []
        start = ByKeys("Project", "id", tuple(hit.id for hit in ranking.hits))
        selected = await self.graph.select(_IDS, start, audiences=request.audiences, timeout_s=timeout_s)
        return [str(row[0]) for row in selected.rows if row is not None]

    async def _rank(self, request: SearchRequest, timeout_s: float) -> Ranking:
        """The ranking within the time: what the engine is asked first, its words, has a longer time of its own."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self.finder.find(request, timeout_s=timeout_s)
        except TimeoutError as error:
            raise SearchUnavailableError(f"no answer within {timeout_s:.1f} s") from error

    async def _way_on(self, text: str, known: tuple[Topic, ...]) -> WayOn:
        return await relaxing.way_on(text, known, self.thesauri.current())

    async def _wider(
        self, request: SearchRequest, ranking: Ranking, known: tuple[Topic, ...], timeout_s: float
    ) -> Wider | None:
        """What finds more, without filters; the graph has the last word on what that is."""
        if ranking.query is None:
            return None
        looked_for = widening.pieces(ranking.query)
        texts = [f"{piece.text} " for piece in looked_for]
        (hits, is_complete), everything = await asyncio.gather(
            self.finder.find_each(texts, request.audiences, request.excluded, timeout_s=timeout_s),
            self.index.browse(request.unfiltered, facets=("topics",), limit=0, timeout_s=timeout_s),
        )
        found = FoundEach(looked_for, hits, is_complete)
        ids = dict.fromkeys(hit.id for each in hits for hit in each)
        start = ByKeys("Project", "id", tuple(ids))
        selected = await self.graph.select(_IDS, start, audiences=request.audiences, timeout_s=timeout_s)
        readable = frozenset(str(row[0]) for row in selected.rows if row is not None)
        counts = {row.value: row.count for row in everything.facets["topics"]}
        shown = frozenset(hit.id for hit in ranking.hits)
        near = await beside(widening.topics_of, request.text, found, known, counts, self.thesauri.current())
        return Wider(widening.parts_of(found, readable, shown, everything.total), near)

    async def _read(
        self, hits: Sequence[Hit], audiences: Collection[str], *, timeout_s: float
    ) -> dict[str, "_Readable"]:
        """What the audience may read of the hits, by id, as the graph has it now."""
        if not hits:
            return {}
        start = ByKeys("Project", "id", tuple(hit.id for hit in hits))
        selected = await self.graph.select(_SELECTION, start, audiences=audiences, timeout_s=timeout_s)
        return {str(row[0]): _readable(row) for row in selected.rows if row is not None}

    async def _correction(
        self, query: Query | None, readable: Mapping[str, "_Readable"], audiences: Collection[str], *, timeout_s: float
    ) -> str | None:
        """`Found.did_you_mean`: from the projects' own texts, else from the names of what belongs to them."""
        if query is None or not query.corrections or not readable:
            return None
        texts = [text for project in readable.values() for text in (project.title, *project.texts.values())]
        if (found := await beside(corrected, query, texts)) is not None:
            return found
        start = ByKeys("Project", "id", tuple(readable))
        selected = await self.graph.select(_NAMES, start, audiences=audiences, timeout_s=timeout_s)
        return await beside(corrected, query, [*texts, *strings(selected.rows)])


def _is_little(ranking: Ranking) -> bool:
    """Whether there are few hits, with a filter or without, or none that answers a word by more than what is near it."""
    if not ranking.hits:
        return (ranking.without_filters or 0) < FEW
    return ranking.total < FEW or not any(hit.match is not None and hit.match.is_clear for hit in ranking.hits)


@dataclass(frozen=True, slots=True)
class _Readable:
    """A project as this caller reads it; `texts` lacks what he may not, and is plain where the graph has Markdown."""

    slug: str
    title: str
    texts: Mapping[str, str]


def _readable(row: Sequence[Any]) -> _Readable:
    _, slug, title, *texts = row
    read = {name: str(text) for name, text in zip(TEXTS, texts, strict=True) if text}
    if "writeup" in read:
        read["writeup"] = plain(read["writeup"])
    return _Readable(str(slug), str(title), read)


def _shown(
    ranking: Ranking, readable: Mapping[str, _Readable], audiences: Collection[str], *, explains: bool
) -> tuple[FoundProject, ...]:
    """The hits that may be shown, in their order, with what is marked in them."""
    shown: list[FoundProject] = []
    for hit in ranking.hits or ranking.relaxed:
        project = readable.get(hit.id)
        if project is None:
            continue
        unmarked = FoundProject(hit.id, project.slug, project.title, hit.score, hit.position, is_aside=hit.is_aside)
        if ranking.query is None or hit.match is None:
            shown.append(unmarked)
            continue
        marked = highlight(ranking.query, project.title, project.texts, most=PASSAGES)
        texts = (project.title, *project.texts.values())
        explanation = (
            explain(ranking.query, hit.candidate, hit.match, audiences=audiences, texts=texts) if explains else None
        )
        shown.append(replace(unmarked, marked_title=marked.title, snippets=marked.passages, explanation=explanation))
    return tuple(shown)
