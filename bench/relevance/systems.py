"""What is compared: a system takes documents and answers queries with their keys, best first."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from bench.relevance.collection import Document

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

    async def close(self) -> None:
        """Gives the index back; files and indexes are the caller's to remove."""
        ...


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """`items` in lists of at most BATCH."""
    rest = iter(items)
    while batch := list(itertools.islice(rest, BATCH)):
        yield batch
