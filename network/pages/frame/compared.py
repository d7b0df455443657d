"""Which projects are chosen for a comparison: kept in addresses, like all that pages know of their readers' way."""

from collections.abc import Iterable
from typing import Final

from graph.texts import MAX_KEY

PARAMETER: Final = "project"
MOST: Final = 4
PLACES: Final = ("first", "second", "third", "fourth")
"""Variables and fields of the operations that compare."""


def chosen(given: Iterable[str]) -> tuple[str, ...]:
    """The slugs of an address, each once, in order; more than `MOST` where more were asked for."""
    return tuple(dict.fromkeys(slug.strip() for slug in given if 0 < len(slug.strip()) <= MAX_KEY))
