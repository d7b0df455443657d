"""The port to a search engine. Its docstrings are the contract; tests/contract holds both adapters to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

MAX_QUERY_LENGTH: Final = 500
"""Characters of a search text; longer ones are refused, never cut silently."""
MAX_WINDOW: Final = 1_000
"""Deepest hit that paging reaches; Meilisearch's own default (`maxTotalHits`)."""


class SearchSort(StrEnum):
    RELEVANCE = "RELEVANCE"
    REUSE = "REUSE"
    NEWEST = "NEWEST"
    TITLE = "TITLE"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What to find, for whom.

    Attributes:
        text: As typed, 0..MAX_QUERY_LENGTH characters; the last word also matches as a prefix. Empty finds everything,
            punctuation alone nothing. The first ten words count; stop words only where there are no others. Documents
            with all words come first; each has at least one of them.
        audiences: From `auth.policy.audiences`; a document counts only if its `readers` share a token with them.
        filters: Filterable attribute (`search.documents.FACETS`) -> accepted values, any of them (none: no document);
            attributes are combined with AND. Values are keys, of which no two differ in case alone: whether case
            counts is up to the engine.
        facets: Filterable attributes to count. A facet is counted without its own filter, so that its other values
            stay selectable.
        excluded: Ids left out of hits and counts (narrowed, not yet confirmed by the index).
    """

    text: str
    audiences: Collection[str]
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    facets: Sequence[str] = ()
    sort: SearchSort = SearchSort.RELEVANCE
    offset: int = 0
    limit: int = 20
    excluded: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One document: the id (a project's bare id) and a score in 0..1, comparable within one answer only."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class FacetCount:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Hits in rank order (ties by id); `total_estimate` is exact where `is_total_exact`."""

    hits: tuple[SearchHit, ...]
    total_estimate: int
    is_total_exact: bool
    facets: Mapping[str, tuple[FacetCount, ...]]


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What the engine knows of one project; `attributes` are those of `search.documents.ATTRIBUTES`."""

    id: str
    version: int
    attributes: Mapping[str, Any]


class SearchIndex(Protocol):
    """One index of projects, and the means to replace it as a whole."""

    @property
    def backend(self) -> str:
        """`meilisearch` or `tantivy`."""
        ...

    async def search(self, request: SearchRequest, *, timeout_s: float = 5.0) -> SearchResults:
        """The page of hits that `request` asks for.

        Documents that the audiences may not read change neither hits nor scores, counts or order.

        Raises:
            InvalidSearchRequestError: text too long, unknown attribute, `offset + limit` beyond MAX_WINDOW.
            SearchUnavailableError: unreachable, no answer within `timeout_s`, or the index has never been built.
        """
        ...

    async def suggest(self, prefix: str, *, audiences: Collection[str], limit: int = 8) -> tuple[SearchHit, ...]:
        """Projects whose title has all words of `prefix`, the last one perhaps unfinished; best first, ties by id.

        Raises:
            InvalidSearchRequestError, SearchUnavailableError: as for `search`.
        """
        ...

    async def put(self, documents: Sequence[SearchDocument]) -> None:
        """Adds or replaces documents; returns once searches see them.

        Raises:
            IndexingFailedError: the engine refused one; none is to be taken as written.
            SearchUnavailableError: retry the same documents later (putting twice is harmless), or the index has never
                been built.
        """
        ...

    async def delete(self, ids: Sequence[str]) -> None:
        """Removes documents; returns once no search sees them. Absent ids are fine."""
        ...

    async def versions(self, *, after: str = "", limit: int = 1_000) -> list[tuple[str, int]]:
        """(id, version) of documents with an id above `after`, by id: what the consistency check compares."""
        ...

    async def begin_rebuild(self) -> "IndexRebuild":
        """A second, empty index beside the one that serves; a rebuild that was cut off before is discarded."""
        ...

    async def apply_settings(self) -> bool:
        """Whether the index must be rebuilt before it is used: it is new, or attributes, settings or analysis changed.

        The index that serves is not touched; a rebuild begins with the settings of this code.
        """
        ...

    async def ping(self) -> float:
        """Seconds of one round trip.

        Raises:
            SearchUnavailableError: no answer within 2 s.
        """
        ...

    async def close(self) -> None:
        """Gives everything back; every later call raises SearchUnavailableError."""
        ...


class IndexRebuild(Protocol):
    """An index under construction; the serving one answers until `swap`."""

    async def put(self, documents: Sequence[SearchDocument]) -> None:
        """As `SearchIndex.put`, into the new index."""
        ...

    async def swap(self) -> None:
        """The new index serves from here on; the old one is removed. One step: no search sees neither or both."""
        ...

    async def discard(self) -> None:
        """Removes the new index."""
        ...
