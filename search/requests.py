"""What both adapters check and derive of a request before any engine sees it."""

from collections.abc import Collection
from typing import Final

from auth.policy import NETWORK
from search.documents import FACETS, SEARCHABLE, Attribute
from search.errors import InvalidSearchRequestError
from search.german import query_words
from search.port import MAX_QUERY_LENGTH, MAX_WINDOW, SearchRequest, SearchSort

MAX_FILTER_VALUES: Final = 200
"""Values of one filter; more is no choice that a person made."""
MAX_VALUE_LENGTH: Final = 500
MAX_FACET_VALUES: Final = 1_000
"""Values that are counted of one facet; there are fewer hubs, topics and sizes, and rarely more municipalities."""


def check(request: SearchRequest) -> None:
    """Refuses what cannot be meant.

    Raises:
        InvalidSearchRequestError: see `SearchIndex.search`.
    """
    check_text(request.text)
    for name in (*request.filters, *request.facets):
        if name not in FACETS:
            raise InvalidSearchRequestError(f"not a filter or facet: {name[:40]!r}; there are {', '.join(FACETS)}")
    for name, values in request.filters.items():
        if isinstance(values, str) or len(values) > MAX_FILTER_VALUES:
            raise InvalidSearchRequestError(f"filter {name}: a list of at most {MAX_FILTER_VALUES} values")
        if any(len(value) > MAX_VALUE_LENGTH or not _is_unicode(value) for value in values):
            raise InvalidSearchRequestError(f"filter {name}: not a text of at most {MAX_VALUE_LENGTH} characters")
    if request.offset < 0 or request.limit < 0 or request.offset + request.limit > MAX_WINDOW:
        raise InvalidSearchRequestError(f"offset and limit reach from 0 to {MAX_WINDOW} together")


def check_text(text: str) -> None:
    """Refuses a search text that is too long.

    Raises:
        InvalidSearchRequestError: more than MAX_QUERY_LENGTH characters.
    """
    if len(text) > MAX_QUERY_LENGTH:
        raise InvalidSearchRequestError(f"a search text has at most {MAX_QUERY_LENGTH} characters, not {len(text)}")


def finds_nothing(text: str) -> bool:
    """Whether `text` is not empty (which finds everything), but has no word: punctuation, say."""
    return bool(text.strip()) and not query_words(text)


def _is_unicode(text: str) -> bool:
    """Whether `text` can be encoded: JSON may bring half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def searchable(audiences: Collection[str]) -> tuple[Attribute, ...]:
    """The attributes that a caller with `audiences` is searched in, weightiest first."""
    reads_network_fields = NETWORK in audiences
    return tuple(attribute for attribute in SEARCHABLE if reads_network_fields or not attribute.is_network_only)


def order(sort: SearchSort, audiences: Collection[str]) -> tuple[str, bool] | None:
    """The attribute that `sort` orders by and whether it descends; `None` is by relevance."""
    if sort is SearchSort.TITLE:
        return "title_sort", False
    if sort is SearchSort.NEWEST:
        return "updated_at", True
    if sort is SearchSort.REUSE:
        return ("network_reuse" if NETWORK in audiences else "reuse"), True
    return None
