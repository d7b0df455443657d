"""Requests as tantivy queries.

Scores are made of constants: weight of the attribute, kind of match, and how rare a word is among the documents that
the caller may read. The engine's own BM25 counts all documents, so its order would betray what the caller may not see.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, Final

from tantivy import Occur, Query, Schema, SchemaBuilder, Searcher

from search.documents import ATTRIBUTES, NUMBERS, STEMS, Attribute
from search.german import QueryWord, allowed_typos, query_words, stem
from search.port import SearchRequest
from search.requests import finds_nothing, searchable

# Kinds of match, against the word itself in the same attribute. Untyped endings cost little, typos more.
_PREFIX: Final = 0.85
_JOINED: Final = 0.9
_SPLIT: Final = 0.8
_TYPO: Final = {1: 0.7, 2: 0.5}
# Parts of a compound; shorter ones are endings more often than words.
_MIN_PART: Final = 4
_Clauses = list[tuple[Occur, Query]]


def schema() -> Schema:
    """The fields of the index. Terms are already words, so nothing is analysed here but spaces."""
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("version", fast=True)
    for attribute in ATTRIBUTES:
        if attribute.weight:
            builder.add_text_field(attribute.name, tokenizer_name="whitespace", index_option="basic")
        elif attribute.name in NUMBERS:
            builder.add_integer_field(attribute.name, fast=True)
        else:
            builder.add_text_field(attribute.name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


@dataclass(frozen=True, slots=True)
class TextQuery:
    """What the words of a request ask for; `best_score` is more than any document can reach."""

    query: Query
    best_score: float


class QueryMaker:
    """Makes the queries of one request against one state of the index."""

    def __init__(self, schema: Schema, searcher: Searcher, audiences: Collection[str]) -> None:
        self._schema = schema
        self._searcher = searcher
        self._attributes = searchable(audiences)
        self._audience = _silent(self._any_of("readers", sorted(audiences)))

    def text(self, text: str) -> TextQuery:
        """Documents with the rarest word that any document has, the more of the other words the better.

        Text without a word (empty, or only punctuation) finds everything, alike well.
        """
        words = query_words(text)
        if not words:
            nothing = finds_nothing(text)
            return TextQuery(Query.empty_query() if nothing else Query.const_score_query(Query.all_query(), 1.0), 1.0)
        total = self._count(Query.all_query())
        found = [(query, count) for query, count in self._in_reach(words) if count]
        if not found:
            return TextQuery(Query.empty_query(), 1.0)
        rarest = min(range(len(found)), key=lambda place: found[place][1])
        clauses: _Clauses = []
        best = 0.0
        for place, (query, count) in enumerate(found):
            rarity = math.log(1 + total / count)
            best += rarity * self._attributes[0].weight
            clauses.append((Occur.Must if place == rarest else Occur.Should, Query.boost_query(query, rarity)))
        return TextQuery(Query.boolean_query(clauses), best)

    def title_prefix(self, text: str) -> Query:
        """Documents whose title has all words of `text`, the last one perhaps unfinished."""
        title = tuple(attribute for attribute in self._attributes if attribute.name in ("title", f"title{STEMS}"))
        words = query_words(text)
        if not words:
            return Query.empty_query()
        clauses: _Clauses = [(Occur.Must, _best(self._exact(word, title))) for word in words]
        return Query.boolean_query([*clauses, (Occur.Must, self._audience)])

    def within(self, query: Query, request: SearchRequest, *, but: str = "") -> Query:
        """`query` among what the caller may read and the filters leave, the filter of `but` left out."""
        clauses: _Clauses = [(Occur.Must, query), (Occur.Must, self._audience)]
        for name, values in request.filters.items():
            if name != but:
                clauses.append((Occur.Must, _silent(self._any_of(name, values))))
        if request.excluded:
            clauses.append((Occur.MustNot, self._any_of("id", list(request.excluded))))
        return Query.boolean_query(clauses)

    def _any_of(self, name: str, values: Sequence[str]) -> Query:
        return Query.term_set_query(self._schema, name, values) if values else Query.empty_query()

    def _count(self, query: Query) -> int:
        clauses: _Clauses = [(Occur.Must, query), (Occur.Must, self._audience)]
        return count_hits(self._searcher, Query.boolean_query(clauses))

    def _in_reach(self, words: Sequence[QueryWord]) -> Iterator[tuple[Query, int]]:
        """The query for each word, and how many readable documents it has.

        A word is also found in the compounds that it forms with its neighbours (`parkplatz suche`: Parkplatzsuche).
        """
        own = [self._nearest(word, [*self._exact(word, self._attributes), *self._split(word)]) for word in words]
        joined = [
            self._joined(left, right, has_typo=bool(left_typos or right_typos))
            for (left, right), ((_, left_typos), (_, right_typos)) in zip(pairwise(words), pairwise(own), strict=True)
        ]
        for place, (options, _) in enumerate(own):
            compounds = joined[max(place - 1, 0) : place + 1]
            query = _best([*options, *chain.from_iterable(compounds)])
            yield query, self._count(query)

    def _nearest(self, word: QueryWord, options: list[Query], *, most_typos: int = 2) -> tuple[list[Query], int]:
        """`options` for `word`, and 0; typos only where they find nothing: those with the fewest, and how many."""
        typos = range(1, min(allowed_typos(word.text), most_typos) + 1)
        for distance in (0, *typos):
            tried = [*self._near(word, distance)] if distance else options
            if self._count(_best(tried)):
                return tried, distance
        return [], most_typos + 1

    def _joined(self, left: QueryWord, right: QueryWord, *, has_typo: bool) -> list[Query]:
        """The compound of two words; with typos where one of the two has some, since the compound has them, too."""
        text = left.text + right.text
        word = QueryWord(text, stem(text), right.is_open)
        exact = [*self._exact(word, self._attributes)]
        options, _ = self._nearest(word, exact, most_typos=2 if has_typo else 0)
        return [Query.boost_query(option, _JOINED) for option in options]

    def _exact(self, word: QueryWord, attributes: Iterable[Attribute]) -> Iterator[Query]:
        for attribute in attributes:
            term = word.stem if attribute.name.endswith(STEMS) else word.text
            yield Query.const_score_query(Query.term_query(self._schema, attribute.name, term), attribute.weight)
            if word.is_open:
                begins = Query.fuzzy_term_query(self._schema, attribute.name, term, distance=0, prefix=True)
                yield Query.const_score_query(begins, attribute.weight * _PREFIX)

    def _near(self, word: QueryWord, distance: int) -> Iterator[Query]:
        for attribute in self._attributes:
            term = word.stem if attribute.name.endswith(STEMS) else word.text
            near = Query.fuzzy_term_query(self._schema, attribute.name, term, distance=distance, prefix=word.is_open)
            yield Query.const_score_query(near, attribute.weight * _TYPO[distance])

    def _split(self, word: QueryWord) -> Iterator[Query]:
        """Documents with both halves of a compound, for each cut whose halves are words of readable documents."""
        for cut in range(_MIN_PART, len(word.text) - _MIN_PART + 1):
            left, right = word.text[:cut], word.text[cut:]
            halves = [self._stemmed(stem(left)), self._stemmed(stem(right))]
            if all(self._count(half) for half in halves):
                both = Query.boolean_query([(Occur.Must, half) for half in halves])
                # Each half counts half, so that both together weigh as much as one word.
                yield Query.boost_query(both, _SPLIT / 2)

    def _stemmed(self, term: str) -> Query:
        return _best(
            Query.const_score_query(Query.term_query(self._schema, attribute.name, term), attribute.weight)
            for attribute in self._attributes
            if attribute.name.endswith(STEMS)
        )


def count_hits(searcher: Searcher, query: Query) -> int:
    """How many documents `query` finds."""
    found: Any = searcher.search(query, limit=1, count=True)  # the library's stub lacks `count`
    return int(found.count)


def document_fields(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a document, from its attributes; a text that is sorted by is one value, a facet several."""
    return {name: value for name, value in attributes.items() if value not in ([], None)}


def _silent(query: Query) -> Query:
    """`query` as a condition that adds nothing to the score."""
    return Query.const_score_query(query, 0.0)


def _best(options: Iterable[Query]) -> Query:
    """Documents that meet any of `options`, scored by their best."""
    return Query.disjunction_max_query(list(options), 0.0)
