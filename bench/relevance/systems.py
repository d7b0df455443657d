"""What is compared: a system takes documents and answers queries with their keys, best first."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from bench.relevance.collection import Document
from search.german import STOP_WORDS, stem, words

DEPTH: Final = 20
"""Hits asked for: what the deepest measure looks at, and one page of Hubnetz."""
BATCH: Final = 1_000
"""Documents handed to an engine at once."""

T = TypeVar("T")


class System(Protocol):
    """One way to search on one engine."""

    @property
    def name(self) -> str:
        """`installed`, `german` or `ours`."""
        ...

    @property
    def engine(self) -> str:
        """`tantivy` or `meilisearch`."""
        ...

    async def build(self, documents: Iterable[Document]) -> None:
        """Indexes `documents`; searches see them afterwards."""
        ...

    async def search(self, text: str) -> Sequence[str]:
        """Keys of the documents that are hits of `text` itself, best first, at most DEPTH."""
        ...

    async def unanswered(self, text: str, document: Document) -> Sequence[str]:
        """The words of `text` that nothing in `document` answers, as far as the system knows."""
        ...

    async def close(self) -> None:
        """Gives the index back; files and indexes are the caller's to remove."""
        ...


def unlike_any(text: str, document: Document) -> Sequence[str]:
    """The words of `text` of which `document` has no form: what engines miss that know words alone."""
    held = set(map(stem, document.indexed.attributes["words"]))
    return [word for word in dict.fromkeys(words(text)) if word not in STOP_WORDS and stem(word) not in held]


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """`items` in lists of at most BATCH."""
    rest = iter(items)
    while batch := list(itertools.islice(rest, BATCH)):
        yield batch
