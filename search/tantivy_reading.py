"""What tantivy answers from one state of its index: all pure reading, for any thread."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import orjson
from tantivy import DocAddress, Occur, Order, Query, Schema, Searcher

from search import requests
from search.documents import NUMBERS
from search.port import (
    MAX_FACET_VALUES,
    Browsed,
    Candidate,
    Candidates,
    Clause,
    FacetCount,
    Scope,
    SearchSort,
    Tier,
    Vocabulary,
)
from search.stored import LOT, MARKER, STAMP, CandidateCache

STORED: Final = "stored"

Hits = Sequence[tuple[Any, DocAddress]]


class Snapshot:
    """The documents as one commit left them."""

    def __init__(self, schema: Schema, searcher: Searcher, revision: str, cache: CandidateCache) -> None:
        self.revision = revision
        self._schema = schema
        self._searcher = searcher
        self._cache = cache

    def has(self, document_id: str, key: str) -> bool:
        """Whether there is the document `document_id` with `key` among its keys."""
        return self._count(_all([self._any_of("id", [document_id]), self._any_of("keys", [key])])) > 0

    def retrieve(self, tiers: Sequence[Tier], scope: Scope, limit: int) -> Candidates:
        """See SearchIndex."""
        within = self._within(scope)
        every = _any([self._tier(tier, scope.audiences) for tier in requests.widest(tiers)])
        found = self._searcher.search(
            _all([every, *within]), limit=limit, count=True, order_by_field=LOT, order=Order.Asc
        )
        total = _count_of(found)
        chosen: dict[tuple[int, int], DocAddress] = {}
        # Where all find room, it does not matter which tier they are of.
        for tier in tiers[:-1] if total > limit else ():
            chosen |= _by_place(self._drawn(_all([self._tier(tier, scope.audiences), *within]), limit))
            if len(chosen) >= limit:
                break
        chosen |= _by_place(found.hits)
        documents = self._candidates(list(chosen.values())[:limit], scope.audiences)
        return Candidates(tuple(sorted(documents, key=lambda document: document.id)), total <= limit)

    def _drawn(self, query: Query, limit: int) -> Hits:
        return self._searcher.search(query, limit=limit, count=False, order_by_field=LOT, order=Order.Asc).hits

    def browse(self, scope: Scope, sort: SearchSort, facets: Sequence[str], offset: int, limit: int) -> Browsed:
        """See SearchIndex."""
        query = _all(self._within(scope))
        total = self._count(query)
        addresses = self._page(query, requests.order(sort, scope.audiences), offset, min(offset + limit, total))
        return Browsed(
            documents=tuple(self._candidates(addresses, scope.audiences)),
            total=total,
            is_total_exact=True,
            facets=self._facets(scope, facets),
        )

    def vocabulary(self, scope: Scope, limit: int) -> Vocabulary:
        """See SearchIndex."""
        query = _all(self._within(scope))
        names = requests.vocabulary_attributes(scope.audiences)
        words = [dict(self._searcher.terms_with_prefix(name, "", query)) for name in names]
        return Vocabulary(self._count(query), requests.most_frequent(words, limit))

    def versions(self, after: str, limit: int) -> list[tuple[str, int]]:
        """See SearchIndex."""
        first = bisect_right(self._ids, after)
        wanted = self._ids[first : first + limit]
        if not wanted:
            return []
        hits = self._first(self._any_of("id", wanted), "id", Order.Asc, len(wanted))
        versions = self._searcher.fast_field_values("version", [address for _, address in hits])
        return [(str(name), int(version or 0)) for (name, _), version in zip(hits, versions, strict=True)]

    @cached_property
    def _ids(self) -> list[str]:
        terms = self._searcher.terms_with_prefix("id", "", Query.all_query())
        return sorted(name for name, _ in terms if name != MARKER)

    def _candidates(self, addresses: list[DocAddress], audiences: Collection[str]) -> list[Candidate]:
        stamps = self._searcher.fast_field_values(STAMP, addresses) if addresses else []
        found = [self._cache.get(int(stamp or 0), audiences) for stamp in stamps]
        unknown = [place for place, candidate in enumerate(found) if candidate is None]
        # In the order of the file, since documents are compressed together.
        for place in sorted(unknown, key=lambda place: (addresses[place].segment_ord, addresses[place].doc)):
            stored = orjson.loads(self._searcher.doc(addresses[place])[STORED][0])
            found[place] = self._cache.keep(int(stamps[place] or 0), stored["id"], stored, audiences)
        return [candidate for candidate in found if candidate is not None]

    # Pages

    def _page(self, query: Query, column: tuple[str, bool] | None, start: int, end: int) -> list[DocAddress]:
        """Places `start` to `end` in the order of the column, ties by id.

        tantivy orders by one column and leaves ties in the order of its files. So of each group of equals that the page
        cuts into, the members are asked for by id.
        """
        if start >= end:
            return []
        if column is None:
            return [address for _, address in self._first(query, "id", Order.Asc, end)][start:]
        name, is_descending = column
        hits = self._first(query, name, Order.Desc if is_descending else Order.Asc, end)
        page: list[DocAddress] = []
        first = 0
        while first < end:
            last = first + 1
            while last < end and hits[last][0] == hits[first][0]:
                last += 1
            if last > start:
                same = _all([query, self._equal(name, hits[first][0])])
                is_alone = last == first + 1 and last < end
                group = hits[first:last] if is_alone else self._first(same, "id", Order.Asc, last - first)
                page.extend(address for _, address in group[max(start - first, 0) :])
            first = last
        return page

    def _first(self, query: Query, name: str, order: Order, limit: int) -> Hits:
        return self._searcher.search(query, limit=limit, count=False, order_by_field=name, order=order).hits

    def _equal(self, name: str, value: object) -> Query:
        if value is None:
            return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, Query.exists_query(name))])
        if name in NUMBERS:
            return Query.term_query(self._schema, name, value)
        return self._any_of(name, [str(value)])

    def _facets(self, scope: Scope, facets: Sequence[str]) -> Mapping[str, tuple[FacetCount, ...]]:
        """Counts of each facet without its own filter; facets that are not filtered share one pass."""
        passes: dict[str, list[str]] = {}
        for name in dict.fromkeys(facets):
            passes.setdefault(name if name in scope.filters else "", []).append(name)
        counts: dict[str, tuple[FacetCount, ...]] = {}
        for but, names in passes.items():
            terms = {name: {"terms": {"field": name, "size": MAX_FACET_VALUES}} for name in names}
            answer = self._searcher.aggregate(_all(self._within(scope, but=but)), terms)
            for name in names:
                rows = [FacetCount(str(row["key"]), int(row["doc_count"])) for row in answer[name]["buckets"]]
                counts[name] = tuple(sorted(rows, key=lambda row: (-row.count, row.value)))
        return {name: counts[name] for name in facets}

    # Queries

    def _within(self, scope: Scope, *, but: str = "") -> list[Query]:
        """What the caller may read and the filters leave, the filter of `but` left out."""
        conditions = [self._any_of("readers", sorted(scope.audiences))]
        conditions.extend(self._any_of(name, values) for name, values in scope.filters.items() if name != but)
        conditions.extend(self._clause(clause, scope.audiences) for clause in scope.conditions)
        if scope.excluded:
            outside = self._any_of("id", sorted(scope.excluded))
            conditions.append(Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, outside)]))
        return conditions

    def _tier(self, tier: Tier, audiences: Collection[str]) -> Query:
        return _all([self._clause(clause, audiences) for clause in tier])

    def _clause(self, clause: Clause, audiences: Collection[str]) -> Query:
        values = sorted(clause.values)
        return _any([self._any_of(name, values) for name in requests.readable(clause.attributes, audiences)])

    def _any_of(self, name: str, values: Sequence[str]) -> Query:
        return Query.term_set_query(self._schema, name, values) if values else Query.empty_query()

    def _count(self, query: Query) -> int:
        return _count_of(self._searcher.search(query, limit=1, count=True))


def has_panicked(exc: BaseException) -> bool:
    """Whether the library met what it holds for impossible: files that it did not write so."""
    return type(exc).__module__ == "pyo3_runtime"


def _count_of(found: Any) -> int:  # the library's stub lacks `count`
    return int(found.count)


def _by_place(hits: Hits) -> dict[tuple[int, int], DocAddress]:
    return {(address.segment_ord, address.doc): address for _, address in hits}


def _all(conditions: Iterable[Query]) -> Query:
    musts = [(Occur.Must, condition) for condition in conditions]
    return Query.boolean_query(musts) if musts else Query.all_query()


def _any(conditions: Sequence[Query]) -> Query:
    if not conditions:
        return Query.empty_query()
    return Query.boolean_query([(Occur.Should, condition) for condition in conditions])
