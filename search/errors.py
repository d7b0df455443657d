"""Errors of the search index.

SearchError
├── SearchUnavailableError     UNAVAILABLE, retryable
├── InvalidSearchRequestError  BAD_USER_INPUT
├── IndexingFailedError        INTERNAL: the engine refused documents or settings of ours
└── ThesaurusError             BAD_USER_INPUT: a file of synonyms is not what it should be
"""

from typing import ClassVar


class SearchError(Exception):
    """Root of everything `search/` raises; `code` and `retryable` are stable and public."""

    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False


class SearchUnavailableError(SearchError):
    """The engine is unreachable or took too long; the graph still answers."""

    code = "UNAVAILABLE"
    retryable = True


class InvalidSearchRequestError(SearchError):
    """The request cannot be meant: too long, an unknown facet, a page out of bounds."""

    code = "BAD_USER_INPUT"


class IndexingFailedError(SearchError):
    """The engine refused a document or a setting; the outbox keeps the event."""


class ThesaurusError(SearchError):
    """A file of synonyms is not what it should be; `problems` has one line for each reason, with its place."""

    code = "BAD_USER_INPUT"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
