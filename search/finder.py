"""Finds: candidates from the engine, read and ranked by one rule, counted and paged. Knows no graph.

The order is by text first, in bands that a reader would not tell apart; within a band by confirmed reuse, then by how
freshly an entry was confirmed, then by text again.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from auth.policy import NETWORK
from search import requests
from search.beside import beside
from search.errors import InvalidSearchRequestError
from search.lexicons import Lexicons
from search.port import (
    MAX_CANDIDATES,
    MAX_WINDOW,
    Candidate,
    Candidates,
    Clause,
    FacetCount,
    Scope,
    SearchIndex,
    SearchSort,
)
from search.query import Query, any_of
from search.scoring import Match, score
from search.thesauri import Thesauri
from search.understanding import Steps, understand

BAND: Final = 0.02
"""Scores that differ by less are alike to a reader."""
_SCORE_DIGITS: Final = 6
_OF_ATTAINABLE: Final = 0.25
"""A hit answers at least this share of what a document could answer that had everything; others only blur the counts."""
_OF_KNOWN: Final = 0.12
_OF_ALL: Final = 0.12
"""And at least these shares of the query: of the words that anything answers, and of all; less is offered apart."""
_OF_RELAXED: Final = 0.12
"""What answers less than this share, and no word clearly, is chance, and offered nowhere."""
_OF_BEST: Final = 0.2
"""Behind the last hit with this share of the best score stands what only touches the query."""
_RELAXED: Final = 5

Position = tuple[int | float | str, ...]
"""Where a hit stands: what the order compares, ascending, its id last; while browsing, how many come before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """What to find, for whom.

    Attributes:
        text: As typed, 0..MAX_QUERY_LENGTH characters; the last word may be unfinished. Without a word (empty) it browses:
            everything in the order `sort`. Punctuation alone finds nothing.
        audiences, filters, conditions, excluded: As in `search.port.Scope`.
        facets: Filterable attributes to count; each is counted without its own filter.
        after: Position of the hit after which the page begins; `None` from the start.
    """

    text: str
    audiences: Collection[str]
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    conditions: Sequence[Clause] = ()
    excluded: Collection[str] = ()
    facets: Sequence[str] = ()
    sort: SearchSort = SearchSort.RELEVANCE
    after: Position | None = None
    limit: int = 20

    @property
    def scope(self) -> Scope:
        return Scope(audiences=self.audiences, filters=self.filters, conditions=self.conditions, excluded=self.excluded)

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters or self.conditions)

    @property
    def unfiltered(self) -> Scope:
        """All that the audiences may read."""
        return Scope(audiences=self.audiences, excluded=self.excluded)


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found.

    Attributes:
        score: 0..1, comparable within one answer only; 1 while browsing.
        position: For `SearchRequest.after`.
        match: `None` while browsing.
        is_aside: By relevance, neither this nor any hit behind it comes near the best.
    """

    candidate: Candidate
    score: float
    position: Position
    match: Match | None = None
    is_aside: bool = False

    @property
    def id(self) -> str:
        return self.candidate.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """A page of hits.

    Attributes:
        total: Hits of all pages; a lower bound unless `is_total_exact`.
        facets: Most frequent first, then by value; lower bounds unless `is_total_exact`.
        without_filters: Where only filters and conditions leave nothing: hits without them, a lower bound; 0 where there
            are none either, `None` where there are hits or nothing is filtered.
        relaxed: Where nothing answers the query, filtered or not: the nearest that there is, which counts nowhere.
        missing: Words of the text as typed that no hit of any page answers, nor anything else that there is.
        query: What was understood; `None` while browsing.
    """

    hits: tuple[Hit, ...]
    total: int
    is_total_exact: bool
    has_more: bool
    facets: Mapping[str, tuple[FacetCount, ...]]
    without_filters: int | None = None
    relaxed: tuple[Hit, ...] = ()
    missing: tuple[str, ...] = ()
    query: Query | None = None


class Finder:
    """Searches one index.

    Args:
        steps: What is done to a query; all of it but in measurements.
    """

    def __init__(
        self, index: SearchIndex, lexicons: Lexicons, thesauri: Thesauri, *, steps: Steps | None = None
    ) -> None:
        self._index = index
        self._lexicons = lexicons
        self._thesauri = thesauri
        self._steps = steps or Steps()

    async def find(self, request: SearchRequest, *, timeout_s: float = 5.0) -> Ranking:
        """The page of hits that `request` asks for.

        Raises:
            InvalidSearchRequestError: text too long, unknown attribute, no position of this order.
            SearchUnavailableError: as for `SearchIndex.retrieve`.
        """
        requests.check_text(request.text)
        if not request.text.strip():
            return await self._browse(request, timeout_s)
        query = await self.understand(request.text, request.audiences)
        if not query.units:
            return Ranking(
                hits=(),
                total=0,
                is_total_exact=True,
                has_more=False,
                facets=dict.fromkeys(request.facets, ()),
                query=query,
            )
        filtered = [name for name in dict.fromkeys(request.facets) if name in request.filters]
        found, *others = await asyncio.gather(
            *(self._found(query, scope, request.sort, timeout_s) for scope in _scopes(request, filtered))
        )
        counted = dict.fromkeys(request.facets, found) | dict(zip(filtered, others, strict=True))
        unfiltered = None
        if not found.hits and request.is_filtered:
            unfiltered = await self._found(query, request.unfiltered, request.sort, timeout_s)
        elsewhere = unfiltered.hits if unfiltered is not None else []
        left = _left(found.hits, request.after)
        return Ranking(
            hits=tuple(left[: request.limit]),
            total=len(found.hits),
            is_total_exact=found.is_complete,
            has_more=len(left) > request.limit,
            facets={name: _counts(name, counted[name].hits) for name in request.facets},
            without_filters=None if unfiltered is None else len(elsewhere),
            relaxed=() if found.hits or elsewhere else tuple(found.relaxed[:_RELAXED]),
            missing=tuple(_missing(query, (*found.hits, *found.relaxed, *elsewhere))),
            query=query,
        )

    async def find_each(
        self, texts: Sequence[str], audiences: Collection[str], excluded: Collection[str], *, timeout_s: float = 5.0
    ) -> tuple[tuple[tuple[Hit, ...], ...], bool]:
        """The hits of each of `texts`, as `find` finds them without filters, by one call of the engine; and whether that is all.

        Raises:
            SearchUnavailableError: as for `SearchIndex.retrieve`.
        """
        queries = [await self.understand(text, audiences) for text in texts]
        scope = Scope(audiences=audiences, excluded=excluded)
        clause = any_of([query for query in queries if query.units])
        if clause is None:
            return tuple(() for _ in texts), True
        candidates = await self._index.retrieve([(clause,)], scope, limit=MAX_CANDIDATES, timeout_s=timeout_s)
        hits = await beside(_hits_of_each, queries, candidates, scope)
        return hits, candidates.is_complete

    async def understand(self, text: str, audiences: Collection[str]) -> Query:
        """What a caller with `audiences` asks for by `text`."""
        thesaurus = await self._thesauri.fresh()
        lexicon = await self._lexicons.of(audiences)
        # A lexicon that was just read has everything to work out yet, which takes a while.
        return await beside(understand, text, lexicon, thesaurus, self._steps)

    async def _browse(self, request: SearchRequest, timeout_s: float) -> Ranking:
        offset = _offset(request.after)
        browsed = await self._index.browse(
            request.scope,
            sort=request.sort,
            facets=request.facets,
            offset=offset,
            limit=max(min(request.limit, MAX_WINDOW - offset), 0),
            timeout_s=timeout_s,
        )
        end = offset + len(browsed.documents)
        unfiltered = None
        if not browsed.total and request.is_filtered:
            unfiltered = await self._index.browse(request.unfiltered, limit=0, timeout_s=timeout_s)
        return Ranking(
            hits=tuple(Hit(candidate, 1.0, (offset + place,)) for place, candidate in enumerate(browsed.documents, 1)),
            total=browsed.total,
            is_total_exact=browsed.is_total_exact,
            has_more=end < min(browsed.total, MAX_WINDOW),
            facets=browsed.facets,
            without_filters=None if unfiltered is None else unfiltered.total,
        )

    async def _found(self, query: Query, scope: Scope, sort: SearchSort, timeout_s: float) -> "_Found":
        candidates = await self._index.retrieve(query.tiers(), scope, limit=MAX_CANDIDATES, timeout_s=timeout_s)
        # Reading 500 documents takes some milliseconds, in which the loop answers others.
        return await beside(_ranked, query, candidates, scope, sort)


@dataclass(frozen=True, slots=True)
class _Found:
    hits: list[Hit]
    relaxed: list[Hit]
    is_complete: bool


def _ranked(query: Query, candidates: Candidates, scope: Scope, sort: SearchSort) -> _Found:
    """The candidates that answer `query`, in the order `sort`, and apart those that nearly do."""
    matched = [
        (candidate, match) for candidate in candidates.documents if (match := score(query, candidate)) is not None
    ]
    least = _least_coverage(query)
    reuse = "network_reuse" if NETWORK in scope.audiences else "reuse"
    found = _Found([], [], candidates.is_complete)
    for candidate, match in matched:
        hit = Hit(
            candidate,
            round(match.score, _SCORE_DIGITS),
            _position(sort, candidate, round(match.score, _SCORE_DIGITS), reuse),
            match,
        )
        if match.is_about and match.coverage >= least:
            found.hits.append(hit)
        elif match.is_clear or match.coverage >= _OF_RELAXED:
            found.relaxed.append(hit)
    found.hits.sort(key=lambda hit: hit.position)
    if sort is SearchSort.RELEVANCE:
        _set_aside(found.hits)
    found.relaxed.sort(key=lambda hit: (-hit.score, hit.id))
    return found


def _hits_of_each(queries: Sequence[Query], candidates: Candidates, scope: Scope) -> tuple[tuple[Hit, ...], ...]:
    return tuple(
        tuple(_ranked(query, candidates, scope, SearchSort.RELEVANCE).hits) if query.units else () for query in queries
    )


def _set_aside(hits: list[Hit]) -> None:
    """Marks the end of `hits` that is far below the best; the order stays, so that pages and cursors do."""
    near = _OF_BEST * max((hit.score for hit in hits), default=0.0)
    for place in range(len(hits) - 1, -1, -1):
        if hits[place].score >= near:
            return
        hits[place] = replace(hits[place], is_aside=True)


def _scopes(request: SearchRequest, filtered: Sequence[str]) -> Iterator[Scope]:
    """The scope of the request, and one without its own filter for each facet that is filtered."""
    scope = request.scope
    yield scope
    for but in filtered:
        yield replace(scope, filters={name: values for name, values in scope.filters.items() if name != but})


def _missing(query: Query, found: Iterable[Hit]) -> Iterator[str]:
    """The missing words of `query` without those that only an entry outside the lexicon has (a draft of the caller)."""
    answered = {slot for hit in found if hit.match is not None for slot in hit.match.slots}
    units = (unit for unit in query.units if unit.is_missing)
    return (typed for unit, typed in zip(units, query.missing, strict=True) if unit.slot not in answered)


def _least_coverage(query: Query) -> float:
    """Share of the query's weight that a hit answers at least; the same whatever the filters, so that counts agree."""
    known = sum(unit.weight for unit in query.units if not unit.is_missing) / query.weight
    return max(_OF_ATTAINABLE * query.attainable, _OF_KNOWN * known, _OF_ALL)


def _position(sort: SearchSort, candidate: Candidate, value: float, reuse: str) -> Position:
    attributes = candidate.attributes
    if sort is SearchSort.TITLE:
        return (str(attributes.get("title_sort", "")), candidate.id)
    if sort is SearchSort.NEWEST:
        return (-_moment(attributes.get("updated_at")), candidate.id)
    if sort is SearchSort.REUSE:
        return (-int(attributes.get(reuse, 0)), candidate.id)
    return (
        -int(value / BAND),
        -int(attributes.get(reuse, 0)),
        -_moment(attributes.get("confirmed_at")),
        -value,
        candidate.id,
    )


def _moment(value: object) -> int:
    """An instant as a number that grows with time; 0 where there is none."""
    digits = "".join(filter(str.isdigit, str(value or "")))
    return int(digits.ljust(20, "0")[:20]) if digits else 0


def _left(hits: Sequence[Hit], after: Position | None) -> Sequence[Hit]:
    """The hits behind the position `after`."""
    if after is None or not hits:
        return hits
    if [type(value) for value in after] != [type(value) for value in hits[0].position]:
        raise InvalidSearchRequestError("the page begins after a hit of another order")
    return [hit for hit in hits if hit.position > after]


def _offset(after: Position | None) -> int:
    match after:
        case None:
            return 0
        case (int(offset),) if offset >= 0:
            return offset
    raise InvalidSearchRequestError("the page begins after a hit of another order")


def _counts(name: str, hits: Sequence[Hit]) -> tuple[FacetCount, ...]:
    counter = Counter(value for hit in hits for value in hit.candidate.attributes.get(name, ()))
    return tuple(
        FacetCount(value, count) for value, count in sorted(counter.items(), key=lambda row: (-row[1], row[0]))
    )
