"""The one way to search, for GraphQL, pages and command line: the engine proposes, the graph has the last word."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from graph.outbox import Outbox
from graph.port import GraphStore
from graph.selection import ByKeys, Selection
from search.port import FacetCount, SearchIndex, SearchRequest
from search.snippets import Snippet, snippet

# In the order in which a passage is looked for: what says most about the match first. The title is shown anyway.
_TEXTS: Final = ("summary", "writeup", "lessons_learned", "what_failed")
_SELECTION: Final = Selection("Project", ("id", "slug", "title", *_TEXTS))
_SNIPPETS: Final = 2
"""Passages per hit."""


@dataclass(frozen=True, slots=True)
class FoundProject:
    """A hit that the caller may read; `marked_title` is `None` where nothing in the title matched."""

    id: str
    slug: str
    title: str
    score: float
    marked_title: Snippet | None = None
    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits in rank order.

    Attributes:
        total_estimate: Hits of all pages, as the engine counts; exact where `is_total_exact`.
        dropped: Hits of this page that the graph no longer has for this caller; the index lags behind.
    """

    projects: tuple[FoundProject, ...]
    total_estimate: int
    is_total_exact: bool
    facets: Mapping[str, tuple[FacetCount, ...]]
    dropped: int


class SearchService:
    """Searches an index and checks every hit against the graph."""

    def __init__(self, graph: GraphStore, index: SearchIndex) -> None:
        self._graph = graph
        self._index = index
        self._outbox = Outbox(graph)

    async def search(self, request: SearchRequest, *, timeout_s: float = 5.0) -> Found:
        """The page of projects that `request` asks for, with marked passages.

        Entries that lost readers are excluded from hits and counts until the index has heard of it.

        Raises:
            InvalidSearchRequestError, SearchUnavailableError: as for `SearchIndex.search`.
            GraphUnavailableError: what the engine found could not be checked, so nothing is answered.
        """
        narrowed = await self._outbox.narrowed_ids()
        asked = replace(request, excluded=frozenset(request.excluded) | narrowed)
        results = await self._index.search(asked, timeout_s=timeout_s)
        projects = await self._checked(
            [(hit.id, hit.score) for hit in results.hits], request.text, request.audiences, timeout_s=timeout_s
        )
        dropped = len(results.hits) - len(projects)
        return Found(
            projects=projects,
            total_estimate=max(results.total_estimate - dropped, 0),
            is_total_exact=results.is_total_exact and not dropped,
            facets=results.facets,
            dropped=dropped,
        )

    async def suggest(
        self, prefix: str, *, audiences: Collection[str], limit: int = 8, timeout_s: float = 5.0
    ) -> tuple[FoundProject, ...]:
        """Projects whose title has the words of `prefix`, the last perhaps unfinished; at most `limit`.

        Raises:
            InvalidSearchRequestError, SearchUnavailableError, GraphUnavailableError: as for `search`.
        """
        narrowed = await self._outbox.narrowed_ids()
        hits = await self._index.suggest(prefix, audiences=audiences, limit=limit + len(narrowed))
        left = [(hit.id, hit.score) for hit in hits if hit.id not in narrowed][:limit]
        return await self._checked(left, prefix, audiences, timeout_s=timeout_s)

    async def _checked(
        self, hits: Sequence[tuple[str, float]], text: str, audiences: Collection[str], *, timeout_s: float
    ) -> tuple[FoundProject, ...]:
        """The hits that the audience may read, with texts as the graph has them now."""
        if not hits:
            return ()
        start = ByKeys("Project", "id", tuple(project_id for project_id, _ in hits))
        selected = await self._graph.select(_SELECTION, start, audiences=audiences, timeout_s=timeout_s)
        return tuple(
            _found(row, score, text) for (_, score), row in zip(hits, selected.rows, strict=True) if row is not None
        )


def _found(row: Sequence[object], score: float, text: str) -> FoundProject:
    project_id, slug, title, *texts = row
    # A property that this caller may not see is None, so no passage can come from it.
    passages = (snippet(attribute, str(value), text) for attribute, value in zip(_TEXTS, texts, strict=True) if value)
    return FoundProject(
        id=str(project_id),
        slug=str(slug),
        title=str(title),
        score=score,
        marked_title=snippet("title", str(title), text, max_length=len(str(title))),
        snippets=tuple(passage for passage in passages if passage is not None)[:_SNIPPETS],
    )
