"""Changes of a schema as lines for people and as JSON for programs, with who used what they take away."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from network.schema.changes import Change, Level, breaking, concerns

_SIGNS: Final = {Level.BREAKING: "✗", Level.DANGEROUS: "!", Level.SAFE: "·"}
_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@dataclass(frozen=True, slots=True)
class UsedBy:
    """What one program, in one version, used of one part of the schema; `last` is the last day of it (UTC)."""

    coordinate: str
    client: str
    version: str
    count: int
    last: str

    @property
    def name(self) -> str:
        return f"{self.client} {self.version}".strip() or "(without a name)"


def exit_code(found: Sequence[Change]) -> int:
    """1 where something breaks."""
    return 1 if any(breaking(list(found))) else 0


def lines(found: Sequence[Change], *, today: str, usage: Sequence[UsedBy] | None = None) -> Iterator[str]:
    """One line a change; with `usage`, those below it whom a breaking one concerns. The last line counts."""
    for change in found:
        yield f"{_SIGNS[change.level]} {change.level} {change.code} {change.path}: {_told(change, today)}"
        if usage is not None and change.level is Level.BREAKING and change.used_as:
            yield from (f"    {line}" for line in _users(_using(change, usage)))
    counts = (f"{sum(change.level is level for change in found)} {level}" for level in Level)
    yield ", ".join(counts)


def report(found: Sequence[Change], *, today: str, usage: Sequence[UsedBy] | None = None) -> dict[str, Any]:
    """The same for programs. `usage` is there where it was asked for, at breaking changes alone."""
    return {
        "isBreaking": bool(exit_code(found)),
        "changes": [
            {
                "level": change.level.value,
                "code": change.code,
                "path": change.path,
                "text": change.text,
                "deprecation": change.deprecation,
                "deprecatedDays": _days(change.deprecation, today),
                **(
                    {"usage": [_as_json(one) for one in _using(change, usage)]}
                    if usage is not None and change.level is Level.BREAKING
                    else {}
                ),
            }
            for change in found
        ],
    }


def used_lines(usage: Iterable[UsedBy]) -> Iterator[str]:
    """Who used what: each part of the schema once, its programs below it."""
    coordinate = ""
    for one in usage:
        if one.coordinate != coordinate:
            coordinate = one.coordinate
            yield coordinate
        yield f"    {_user(one)}"


def used_json(usage: Iterable[UsedBy]) -> list[dict[str, Any]]:
    return [_as_json(one) for one in usage]


def _as_json(one: UsedBy) -> dict[str, Any]:
    return {
        "coordinate": one.coordinate,
        "client": one.client,
        "version": one.version,
        "count": one.count,
        "lastDay": one.last,
    }


def _using(change: Change, usage: Sequence[UsedBy]) -> list[UsedBy]:
    return [one for one in usage if concerns(change, one.coordinate)]


def _users(usage: Sequence[UsedBy]) -> Iterator[str]:
    if not usage:
        yield "used by nobody"
    yield from (f"{one.coordinate}: {_user(one)}" for one in usage)


def _user(one: UsedBy) -> str:
    times = "once" if one.count == 1 else f"{one.count} times"
    return f"{one.name}: {times}, last on {one.last}"


def _told(change: Change, today: str) -> str:
    """The text, and for how long it was announced where it was: a removal is no surprise then, and breaks all the same."""
    # Descriptions may have lines of their own.
    text = " ".join(change.text.split())
    if change.deprecation is None:
        return text
    days = _days(change.deprecation, today)
    since = "since when its reason does not say" if days is None else f"for {days} days"
    return f"{text} It was deprecated, {since}: {change.deprecation}"


def _days(deprecation: str | None, today: str) -> int | None:
    """Days since the first date that the reason names (docs/deprecation.md asks for one); None without."""
    match = _DAY.search(deprecation or "")
    try:
        return None if match is None else max(0, (date.fromisoformat(today) - date.fromisoformat(match.group())).days)
    except ValueError:
        return None
