"""What both adapters check and derive of a question before any engine sees it."""

from collections.abc import Collection, Mapping, Sequence
from heapq import nsmallest
from typing import Final

from auth.policy import NETWORK
from search.documents import ATTRIBUTES, FACETS, MATCHED
from search.errors import InvalidSearchRequestError
from search.port import (
    MAX_CANDIDATES,
    MAX_CLAUSE_WORDS,
    MAX_CONDITION_VALUES,
    MAX_QUERY_LENGTH,
    MAX_WINDOW,
    Clause,
    Scope,
    SearchSort,
    Tier,
)
from search.stored import ADDED_WORDS

MAX_FILTER_VALUES: Final = 200
"""Values of one filter; more is no choice that a person made."""
MAX_VALUE_LENGTH: Final = 500
MAX_TIERS: Final = 8
MAX_CLAUSES: Final = 64
"""Clauses of one tier: a few for each of ten words."""

_NETWORK_ONLY: Final = frozenset(attribute.name for attribute in ATTRIBUTES if attribute.is_network_only)
_SORTS: Final = {SearchSort.TITLE: ("title_sort", False), SearchSort.NEWEST: ("updated_at", True)}


def check_text(text: str) -> None:
    """Refuses a search text that cannot be meant.

    Raises:
        InvalidSearchRequestError: more than MAX_QUERY_LENGTH characters, or halves of some.
    """
    if len(text) > MAX_QUERY_LENGTH:
        raise InvalidSearchRequestError(f"a search text has at most {MAX_QUERY_LENGTH} characters, not {len(text)}")
    if not _is_unicode(text):
        # Bytes of a command line that are no text arrive this way, too.
        raise InvalidSearchRequestError("a search text is Unicode; this one has halves of surrogate pairs")


def check_retrieval(tiers: Sequence[Tier], scope: Scope, limit: int) -> None:
    """Refuses what cannot be meant.

    Raises:
        InvalidSearchRequestError: see `SearchIndex.retrieve`.
    """
    check_scope(scope)
    if not 1 <= limit <= MAX_CANDIDATES:
        raise InvalidSearchRequestError(f"1 to {MAX_CANDIDATES} candidates, not {limit}")
    if len(tiers) > MAX_TIERS or any(len(tier) > MAX_CLAUSES for tier in tiers):
        raise InvalidSearchRequestError(f"at most {MAX_TIERS} tiers of at most {MAX_CLAUSES} clauses")
    for clause in (clause for tier in tiers for clause in tier):
        _check_clause(clause, MAX_CLAUSE_WORDS)


def _check_clause(clause: Clause, most: int) -> None:
    unknown = [name for name in clause.attributes if name not in MATCHED and name not in FACETS]
    if unknown or not clause.attributes:
        there_are = ", ".join((*MATCHED, *FACETS))
        raise InvalidSearchRequestError(f"not attributes to retrieve by: {unknown!r:.80}; there are {there_are}")
    if len(clause.values) > most:
        raise InvalidSearchRequestError(f"a clause has at most {most} values, not {len(clause.values)}")
    _check_values("clause", clause.values)


def check_browsing(scope: Scope, facets: Collection[str], offset: int, limit: int) -> None:
    """Refuses what cannot be meant.

    Raises:
        InvalidSearchRequestError: see `SearchIndex.browse`.
    """
    check_scope(scope)
    _check_facets(facets)
    if offset < 0 or limit < 0 or offset + limit > MAX_WINDOW:
        raise InvalidSearchRequestError(f"offset and limit reach from 0 to {MAX_WINDOW} together")


def check_scope(scope: Scope) -> None:
    """Refuses filters that cannot be meant.

    Raises:
        InvalidSearchRequestError: unknown attribute, too many or too long values.
    """
    _check_facets(scope.filters)
    _check_values("audiences", scope.audiences)
    _check_values("excluded", scope.excluded)
    for name, values in scope.filters.items():
        if isinstance(values, str) or len(values) > MAX_FILTER_VALUES:
            raise InvalidSearchRequestError(f"filter {name}: a list of at most {MAX_FILTER_VALUES} values")
        _check_values(f"filter {name}", values)
    if len(scope.conditions) > MAX_CLAUSES:
        raise InvalidSearchRequestError(f"at most {MAX_CLAUSES} conditions")
    for clause in scope.conditions:
        _check_clause(clause, MAX_CONDITION_VALUES)


def _check_facets(names: Collection[str]) -> None:
    for name in names:
        if name not in FACETS:
            raise InvalidSearchRequestError(f"not a filter or facet: {name[:40]!r}; there are {', '.join(FACETS)}")


def _check_values(where: str, values: Collection[str]) -> None:
    if any(len(value) > MAX_VALUE_LENGTH or not _is_unicode(value) for value in values):
        raise InvalidSearchRequestError(f"{where}: not a text of at most {MAX_VALUE_LENGTH} characters")


def _is_unicode(text: str) -> bool:
    """Whether `text` can be encoded: JSON may bring half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def readable(attributes: Collection[str], audiences: Collection[str]) -> list[str]:
    """Those of `attributes` that the audiences may find something by, and that add something to the others."""
    reads_network_fields = NETWORK in audiences
    return [
        name
        for name in dict.fromkeys(attributes)
        if (reads_network_fields or name not in _NETWORK_ONLY) and (name != "head_words" or "words" not in attributes)
    ]


def order(sort: SearchSort, audiences: Collection[str]) -> tuple[str, bool] | None:
    """The attribute that `sort` orders by and whether it descends; `None` is by id alone."""
    if sort is SearchSort.REUSE:
        return ("network_reuse" if NETWORK in audiences else "reuse"), True
    return _SORTS.get(sort)


def widest(tiers: Sequence[Tier]) -> list[Tier]:
    """`tiers` without those of which another one has every document, so that no word is looked up twice."""
    kept: list[Tier] = []
    for tier in reversed(tiers):
        if not any(_contains(wider, tier) for wider in kept):
            kept = [tier, *(other for other in kept if not _contains(tier, other))]
    return kept


def _contains(wider: Tier, tier: Tier) -> bool:
    return all(any(_covers(wide, clause) for clause in tier) for wide in wider)


def _covers(wide: Clause, clause: Clause) -> bool:
    attributes = {*wide.attributes, *(["head_words"] if "words" in wide.attributes else [])}
    return attributes.issuperset(clause.attributes) and wide.values >= clause.values


def vocabulary_attributes(audiences: Collection[str]) -> list[str]:
    """The attributes whose words the audiences may know; no document has a word in two of them."""
    return ["words", ADDED_WORDS] if NETWORK in audiences else ["words"]


def most_frequent(distributions: Sequence[Mapping[str, int]], limit: int) -> dict[str, int]:
    """The words of several distributions with their counts added up; at most `limit`, of equals the first by word."""
    counts: dict[str, int] = {}
    for distribution in distributions:
        for word, count in distribution.items():
            counts[word] = counts.get(word, 0) + count
    if len(counts) > limit:
        counts = dict(nsmallest(limit, counts.items(), key=lambda item: (-item[1], item[0])))
    return counts
