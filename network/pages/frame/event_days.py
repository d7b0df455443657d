"""On which days an event is, as precisely as they are known. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from graph.values import WHOLE_DAY

_MIDNIGHT: Final = "00:00"
"""What ends then is of the day before."""


def is_over(event: Mapping[str, Any], today: date) -> bool:
    """Whether its last day, as precisely as it is known, lies before today: what `endsBefore` of the filter asks for."""
    starts, ends, day = event["startsAt"] or "", event["endsAt"] or "", today.isoformat()
    if ends == day:
        return bool(event["endTime"] == _MIDNIGHT)
    last = str(ends or starts)
    return bool(last) and last < day[: len(last)]


def days_of(event: Mapping[str, Any]) -> tuple[date, date] | None:
    """Its first and its last day; None where not even the first is known."""
    starts, ends = str(event["startsAt"] or ""), str(event["endsAt"] or "")
    if len(starts) != WHOLE_DAY:
        return None
    first = date.fromisoformat(starts)
    last = date.fromisoformat(ends) if len(ends) == WHOLE_DAY else first
    if event["endTime"] == _MIDNIGHT and last > first:
        last -= timedelta(days=1)
    return first, max(first, last)
