"""Cursors of hits hold a rank: search engines page by rank, not by key."""

from collections.abc import Mapping, Sequence

import orjson

from graph.errors import InvalidInputError
from network.execution import cursors
from search.port import MAX_WINDOW


def mark(text: str, filters: Mapping[str, Sequence[str]], sort: str) -> str:
    """What tells one search from another."""
    content = [text, {name: list(values) for name, values in filters.items()}, sort]
    return cursors.mark_of(orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode())


def encode(rank: int, of: str) -> str:
    """The cursor after the hit with this rank, counted from 1."""
    return cursors.pack(of, [rank])


def decode(cursor: str, of: str) -> int:
    """The rank after which to go on.

    Raises:
        InvalidInputError: no cursor, one of another search, or beyond what paging reaches.
    """
    match cursors.unpack(cursor, of):
        case [int(rank)] if not isinstance(rank, bool) and 0 < rank <= MAX_WINDOW:
            return rank
    raise InvalidInputError(f"after: the cursor was changed; {cursors.HELP}")
