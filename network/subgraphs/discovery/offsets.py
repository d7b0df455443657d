"""Cursors of hits: a mark of the search they belong to, and a rank. Search engines page by rank, not by key."""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from graph.errors import InvalidInputError
from search.port import MAX_WINDOW

_LONGEST: Final = 200
_HELP: Final = "pass the cursor of an edge, or pageInfo.endCursor, of this same search with the same filter and order"


def mark(text: str, filters: Mapping[str, Sequence[str]], sort: str) -> str:
    """What tells one search from another."""
    content = orjson.dumps(
        [text, {name: list(values) for name, values in filters.items()}, sort], option=orjson.OPT_SORT_KEYS
    )
    return hashlib.sha256(content).hexdigest()[:12]


def encode(rank: int, of: str) -> str:
    """The cursor after the hit with this rank, counted from 1."""
    return base64.urlsafe_b64encode(orjson.dumps([of, rank])).rstrip(b"=").decode()


def decode(cursor: str, of: str) -> int:
    """The rank after which to go on.

    Raises:
        InvalidInputError: no cursor, one of another search, or beyond what paging reaches.
    """
    if len(cursor) > _LONGEST:
        raise InvalidInputError(f"after: too long for a cursor; {_HELP}")
    try:
        content = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise InvalidInputError(f"after: {cursor[:40]!r} is no cursor; {_HELP}") from error
    match content:
        case [str(given), int(rank)] if given == of and not isinstance(rank, bool) and 0 < rank <= MAX_WINDOW:
            return rank
    raise InvalidInputError(f"after: the cursor belongs to another search, or was changed; {_HELP}")
