"""How fresh an entry is: what was read in is as old as its sources, whichever day it was read in."""

from collections.abc import Mapping
from typing import Any, Final

_OWN: Final = "REGISTERED"
_READ_IN: Final = {"Hub": 2, "Municipality": 2}
"""Version of an entry that was read in and left alone, where it is not 1: these are written once more for who serves whom."""


def sources_day(entry: Mapping[str, Any]) -> str | None:
    """The latest day, month or year of the sources of an entry that was read in; None where they have none.

    A house that writes of itself is its own source.
    """
    if entry.get("origin") == _OWN:
        return None
    return max((source["published"] for source in entry["sources"] if source["published"]), default=None)


def is_changed(entry: Mapping[str, Any]) -> bool:
    """Whether the day of its last change says anything: somebody changed what was read in, or there is nothing else to say."""
    return sources_day(entry) is None or entry["version"] > _READ_IN.get(entry.get("__typename", ""), 1)
