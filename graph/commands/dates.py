"""Dates that somebody can mean: what a typing error or a joke makes of one must not reach lists, calendars and reminders."""

from typing import Final

from graph.errors import InvalidInputError
from graph.values import Instant, PartialDate, day_of, is_before, partial_date

FIRST_YEAR: Final = 1900
YEARS_AHEAD: Final = 30
"""Longer than anything is planned or funded."""


def require_date(name: str, day: PartialDate | None, *, now: Instant) -> None:
    """Passes where the field `name` is empty, or a date from `FIRST_YEAR` until `YEARS_AHEAD` years from `now`.

    Raises:
        InvalidInputError: otherwise.
    """
    if day is None:
        return
    try:
        year = int(partial_date(day)[:4])
    except InvalidInputError as error:
        raise InvalidInputError(f"{name}: {error}", field=name) from error
    last = day_of(now).year + YEARS_AHEAD
    if not FIRST_YEAR <= year <= last:
        raise InvalidInputError(f"{name}: expected a year from {FIRST_YEAR} to {last}", field=name)


def require_past(name: str, day: PartialDate | None, *, now: Instant) -> None:
    """Passes where `require_date` does and the date has begun in Germany; of today's month or year nobody knows.

    Raises:
        InvalidInputError: otherwise.
    """
    require_date(name, day, now=now)
    if day is not None and is_before(PartialDate(day_of(now).isoformat()), day):
        raise InvalidInputError(f"{name}: expected a date that is not in the future", field=name)
