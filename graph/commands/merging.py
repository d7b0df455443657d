"""How an import changes nodes that are there already."""

from collections.abc import Collection
from dataclasses import fields, replace

from graph.rows import KEPT_BY_UNIT, N
from graph.values import Source


def merged(stored: N | None, given: N, *, keep: Collection[str] = ()) -> N:
    """`stored` with what `given` says; what it says nothing about (None, empty) and the fields `keep` stay as they are.

    A register knows neither contacts nor notes, and importing it again must not take away what others entered. Sources
    add up: what is stored came from somewhere.
    """
    if stored is None:
        return given
    said = {
        field.name: getattr(given, field.name)
        for field in fields(given)
        if field.name not in KEPT_BY_UNIT
        and field.name not in keep
        and getattr(given, field.name) not in (None, "", ())
    }
    if "sources" in said:
        said["sources"] = _united(getattr(stored, "sources", ()), said["sources"])
    return replace(stored, **said)


def _united(stored: tuple[Source, ...], given: tuple[Source, ...]) -> tuple[Source, ...]:
    """All of both; a source given again with another date replaces the older statement of it."""
    by_address = {_address(source): source for source in stored}
    for source in given:
        if source.published is not None or _address(source) not in by_address:
            by_address[_address(source)] = source
    return tuple(by_address.values())


def _address(source: Source) -> tuple[str, str | None]:
    # Without an address the date is all that tells two articles of one paper apart.
    return source.publisher, source.url or source.published
