"""The port to a search engine. Its docstrings are the contract; tests/contract holds both adapters to it.

An engine stores what documents are ranked by, and answers three questions: which documents have any of these words
(`retrieve`), which words there are (`vocabulary`), and, where nothing is searched for, which documents the filters leave
(`browse`). What a text means and which document answers it best is decided in `search/`, alike for every engine.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

MAX_QUERY_LENGTH: Final = 500
"""Characters of a search text; longer ones are refused, never cut silently."""
MAX_CANDIDATES: Final = 500
"""Documents of one text that are ranked; where more have its words, counts are lower bounds."""
MAX_WINDOW: Final = 1_000
"""Deepest document that browsing reaches; Meilisearch's own default (`maxTotalHits`)."""
MAX_FACET_VALUES: Final = 1_000
"""Values that browsing counts of one facet; there are fewer hubs, topics and sizes, and rarely more municipalities."""
MAX_CONDITION_VALUES: Final = 5_000
"""Values of a condition that we make, such as all houses of a region."""
MAX_CLAUSE_WORDS: Final = 2_000
"""Words of one clause: all forms, compounds and synonyms of one word."""


class SearchSort(StrEnum):
    RELEVANCE = "RELEVANCE"
    REUSE = "REUSE"
    NEWEST = "NEWEST"
    TITLE = "TITLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which documents a question is about.

    Attributes:
        audiences: From `auth.policy.audiences`; a document counts only if its `readers` share a token with them.
        filters: Filterable attribute (`search.documents.FACETS`) -> accepted values, any of them (none: no document);
            attributes are combined with AND. Values are keys, of which no two differ in case or outer spaces alone:
            whether these count is up to the engine.
        conditions: Clauses that hold beside the filters, of up to MAX_CONDITION_VALUES values each; a facet that is
            counted without its own filter keeps them.
        excluded: Ids left out of everything (narrowed, not yet confirmed by the index).
    """

    audiences: Collection[str]
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    conditions: Sequence["Clause"] = ()
    excluded: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """Documents that have any of `values` in any of `attributes` (of `search.documents.MATCHED`, or facets).

    Values are compared as they are: folded words, or keys (as for `Scope.filters`).
    """

    attributes: tuple[str, ...]
    values: frozenset[str]


Tier = tuple[Clause, ...]
"""Documents that meet every clause."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document with the attributes that it is ranked, filtered and counted by (`search.documents.RANKED`).

    Attributes that the document lacks are absent. `network_notes` is there for callers of the network alone.
    """

    id: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Documents by id, each once; `is_complete` unless more met a tier than were asked for."""

    documents: tuple[Candidate, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class FacetCount:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Browsed:
    """A page of documents in the order asked for (ties by id), and counts over all pages.

    `facets` come most frequent first, then by value, at most MAX_FACET_VALUES; each is counted without its own filter.
    """

    documents: tuple[Candidate, ...]
    total: int
    is_total_exact: bool
    facets: Mapping[str, tuple[FacetCount, ...]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of the documents in a scope: in how many each stands, and how many documents there are."""

    documents: int
    words: Mapping[str, int]


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

    async def retrieve(
        self, tiers: Sequence[Tier], scope: Scope, *, limit: int = MAX_CANDIDATES, timeout_s: float = 5.0
    ) -> Candidates:
        """Documents of `scope` that meet any of `tiers`.

        Where more than `limit` do, those of an earlier tier are taken before those of a later one, and of one tier those
        drawn first (`search.stored.lot`): the same ones at every call and on every engine, and not only old or new
        ones. Documents that the audiences may not read change nothing of the answer, and network-only attributes find
        nothing for audiences outside the network.

        Args:
            tiers: At most 8, from the strictest to the widest; a tier without clauses is every document, a clause
                without values is none.
            limit: 1..MAX_CANDIDATES.

        Raises:
            InvalidSearchRequestError: unknown attribute, too many tiers, values or filters.
            SearchUnavailableError: unreachable, no answer within `timeout_s`, or what is there is no index that this
                version of Hubnetz built (never built, emptied, half rebuilt, settings of another version).
        """
        ...

    async def browse(
        self,
        scope: Scope,
        *,
        sort: SearchSort = SearchSort.NEWEST,
        facets: Sequence[str] = (),
        offset: int = 0,
        limit: int = 20,
        timeout_s: float = 5.0,
    ) -> Browsed:
        """The page of all documents of `scope` in the order `sort`; RELEVANCE says nothing here and is by id.

        Documents without the attribute that is ordered by come last, whatever the order.

        Raises:
            InvalidSearchRequestError: unknown attribute, or `offset + limit` beyond MAX_WINDOW.
            SearchUnavailableError: as for `retrieve`.
        """
        ...

    async def vocabulary(self, scope: Scope, *, limit: int, timeout_s: float = 30.0) -> Vocabulary:
        """The words of the documents of `scope`; where there are more than `limit`, the most frequent (ties: by word).

        Words of network-only attributes are among them where the audiences read these; a document counts once for a
        word. Excluded documents are not counted.

        Raises:
            SearchUnavailableError: as for `retrieve`.
        """
        ...

    async def revision(self, *, timeout_s: float = 2.0) -> str:
        """Changes whenever documents do: a vocabulary read before may have another word now.

        Stays as it is while nothing is written.

        Raises:
            SearchUnavailableError: as for `retrieve`.
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
