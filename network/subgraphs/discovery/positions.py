"""Cursors of hits: where a hit stands in the order of one search (`search.finder.Position`)."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from graph.errors import InvalidInputError
from network.execution import cursors
from search.finder import Position
from search.port import MAX_WINDOW, SearchSort

_TEXT_SHAPES: Final[Mapping[SearchSort, tuple[type, ...]]] = {
    SearchSort.RELEVANCE: (int, int, int, float, str),
    SearchSort.REUSE: (int, str),
    SearchSort.NEWEST: (int, str),
    SearchSort.TITLE: (str, str),
}
_BROWSING: Final = (int,)
_INTEGER: Final = re.compile(r"-?[0-9]{1,30}")


def mark(text: str, filters: Mapping[str, Sequence[str]], sort: str) -> str:
    """What tells one search from another."""
    content = [text, {name: list(values) for name, values in filters.items()}, sort]
    return cursors.mark_of(orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode())


def encode(position: Position, of: str) -> str:
    """The cursor of the hit at `position`."""
    # Instants as numbers have more digits than JSON's numbers can bear.
    return cursors.pack(of, [str(value) if type(value) is int else value for value in position])


def decode(cursor: str, of: str, *, text: str, sort: SearchSort) -> Position:
    """The position after which to go on.

    Raises:
        InvalidInputError: no cursor, one of another search, or one that this search never gave.
    """
    shape = _TEXT_SHAPES[sort] if text.strip() else _BROWSING
    values = cursors.unpack(cursor, of)
    position = tuple(map(_value, values, shape))
    if len(values) != len(shape) or None in position or (shape is _BROWSING and not _is_in_window(position[0])):
        raise InvalidInputError(f"after: the cursor was changed; {cursors.HELP}")
    return tuple(value for value in position if value is not None)


def _value(value: object, kind: type) -> int | float | str | None:
    """`value` as `kind`; `None` where it is none."""
    if kind is int:
        return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else None
    if kind is float:
        return value if isinstance(value, float) and math.isfinite(value) else None
    return value if isinstance(value, str) else None


def _is_in_window(place: object) -> bool:
    return isinstance(place, int) and 0 < place <= MAX_WINDOW
