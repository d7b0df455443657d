"""How an import changes nodes that are there already."""

from collections.abc import Collection
from dataclasses import fields, replace

from graph.rows import KEPT_BY_UNIT, N


def merged(stored: N | None, given: N, *, keep: Collection[str] = ()) -> N:
    """`stored` with what `given` says; what it says nothing about (None, empty) and the fields `keep` stay as they are.

    A register knows neither contacts nor notes, and importing it again must not take away what others entered.
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
    return replace(stored, **said)
