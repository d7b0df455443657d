"""Dates that somebody can mean: what a typing error or a joke makes of one must not reach lists, calendars and reminders."""

from datetime import UTC, datetime
from typing import Final

from graph.errors import InvalidInputError
from graph.values import (
    WHOLE_DAY,
    Instant,
    LocalTime,
    PartialDate,
    day_of,
    is_before,
    local_time,
    moment_of,
    partial_date,
)

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


def require_times(
    starts_at: PartialDate | None,
    start_time: LocalTime | None,
    ends_at: PartialDate | None,
    end_time: LocalTime | None,
) -> None:
    """Passes where the times, as far as they are known, are of whole days and the end comes after the beginning.

    Where `ends_at` is not known, `end_time` is of the first day. The days have passed `require_date`.

    Raises:
        InvalidInputError: otherwise; `field` is `start_time` or `end_time`.
    """
    begins = _moment("start_time", start_time, "starts_at", starts_at)
    if end_time is not None and begins is None:
        raise _unfit("end_time", "expected none without start_time")
    ends = _moment("end_time", end_time, "ends_at", ends_at or starts_at)
    # As UTC: two moments of one zone are compared by what clocks show.
    if begins is not None and ends is not None and ends.astimezone(UTC) <= begins.astimezone(UTC):
        raise _unfit(
            "end_time", "expected a time after start_time; what ends past midnight has the next day in ends_at"
        )


def _moment(name: str, time: LocalTime | None, of: str, day: PartialDate | None) -> datetime | None:
    if time is None:
        return None
    try:
        local_time(time)
    except InvalidInputError as error:
        raise InvalidInputError(f"{name}: {error}", field=name) from error
    if day is None or len(day) != WHOLE_DAY:
        raise _unfit(name, f"expected a whole day in {of}, as in 2027-05-15")
    found = moment_of(day, time)
    if found is None:
        raise _unfit(name, f"clocks in Germany are set forward on {day} and never show {time}")
    return found


def _unfit(name: str, expected: str) -> InvalidInputError:
    return InvalidInputError(f"{name}: {expected}", field=name)
