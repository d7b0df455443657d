"""What handlers of directory entries have in common: fields to set, and what an entry is linked to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from graph.commands.dates import require_date
from graph.commands.holding import require_existing, required
from graph.commands.project_changes import UNCHANGED
from graph.errors import InvalidInputError
from graph.links import Link
from graph.model import Edited, NodeKey
from graph.relationships import Plain
from graph.values import Instant, PartialDate, is_before
from graph.writing.unit import Unit


def given_in(changes: Any, *, without: Collection[str] = ()) -> dict[str, Any]:
    """The fields of `changes` that are to be set, by name, and the values that they get."""
    return {
        field.name: value
        for field in fields(changes)
        if field.name not in without and (value := getattr(changes, field.name)) is not UNCHANGED
    }


def require_text(given: Mapping[str, Any], *names: str) -> None:
    """Passes where none of the fields that are to be set, and that every entry has, is empty.

    Raises:
        InvalidInputError: one is.
    """
    for name in names:
        if name in given:
            required(name, given[name])


def require_period(first: str, start: PartialDate | None, last: str, end: PartialDate | None, *, now: Instant) -> None:
    """Passes where both are dates that somebody can mean, as far as they are known, and `end` does not lie before `start`.

    Args:
        first: Name of the field that holds `start`.
        last: Name of the field that holds `end`.

    Raises:
        InvalidInputError: otherwise.
    """
    for name, day in ((first, start), (last, end)):
        require_date(name, day, now=now)
    if start is not None and end is not None and is_before(end, start):
        raise InvalidInputError(f"{last}: expected a date that is not before {first}", field=last)


async def relink(unit: Unit, key: NodeKey, along: Link, values: Sequence[str], *, field: str) -> None:
    """Makes what `key` leads to along an outgoing link exactly the nodes with these natural keys.

    Raises:
        InvalidInputError: too many, one twice, or one is unknown.
    """
    (label,) = along.target
    ends = [NodeKey(label, value) for value in values]
    await require_existing(unit, ends, field=field)
    await unit.relink(along, {key.value: [Plain(type=along.relationship, start=key, end=end) for end in ends]})


def answer(unit: Unit, before: Edited) -> dict[str, str | int]:
    """The key and the version that an entry has once the unit is written; `before` is the entry as it was read."""
    return {"id": before.key.value, "version": before.version + unit.has_touched(before.key)}
