"""When events take place, as conditions: dates are as precise as their source, and text that sorts as time does.

`2026-11` begins on the first day of November and is over with its last, so comparing texts alone would end it before it began.
"""

from typing import Final

from graph.links import Absent
from graph.selection import Compare, Condition, Either, Every, Operator
from graph.values import PartialDate
from network.subgraphs.conditions import at_least, below

_AFTER_MIDNIGHT: Final = "00:01"
"""What ends before, at 00:00, is of the day before."""


def has_date(is_known: bool | None) -> list[Condition]:
    """Whether a first or a last day is known, however precisely."""
    if is_known is None:
        return []
    if is_known:
        return [Either((Compare("starts_at", Operator.AT_LEAST, ""), Compare("ends_at", Operator.AT_LEAST, "")))]
    return [Absent("starts_at"), Absent("ends_at")]


def is_recurring(is_so: bool | None) -> list[Condition]:
    """Whether it takes place again and again; what nobody said of it is that it does not."""
    if is_so is None:
        return []
    options: tuple[Condition, ...] = (Compare("is_recurring", Operator.EQUALS, is_so),)
    return [Either(options if is_so else (*options, Absent("is_recurring")))]


def starts_from(value: PartialDate | None) -> list[Condition]:
    """The first of all days that `starts_at` may mean is that of `value`, or later."""
    return at_least("starts_at", None if value is None else _coarsest(value))


def starts_before(value: PartialDate | None) -> list[Condition]:
    return below("starts_at", None if value is None else _coarsest(value))


def ends_from(value: PartialDate | None) -> list[Condition]:
    """The last of all days that the last date may mean is the first of `value`, or later."""
    if value is None:
        return []
    day, coarser = _first_day(value)
    at_midnight = Compare("ends_at", Operator.EQUALS, day)
    goes_on = Either((Absent("end_time"), Compare("end_time", Operator.AT_LEAST, _AFTER_MIDNIGHT)))
    return [
        Either(
            (
                Compare("ends_at", Operator.AT_LEAST, f"{day}-"),
                Compare("ends_at", Operator.ONE_OF, coarser),
                Every((at_midnight, goes_on)),
                Every((Absent("ends_at"), Compare("starts_at", Operator.AT_LEAST, day))),
                Every((Absent("ends_at"), Compare("starts_at", Operator.ONE_OF, coarser))),
            )
        )
    ]


def ends_before(value: PartialDate | None) -> list[Condition]:
    """What `ends_from` leaves of everything that has a date."""
    if value is None:
        return []
    day, (year, month) = _first_day(value)
    of_both = []
    for name, others in (("ends_at", ()), ("starts_at", (Absent("ends_at"),))):
        of_both += [
            Every((*others, Compare(name, Operator.BELOW, year))),
            Every((*others, Compare(name, Operator.AT_LEAST, f"{year}-"), Compare(name, Operator.BELOW, month))),
            Every((*others, Compare(name, Operator.AT_LEAST, f"{month}-"), Compare(name, Operator.BELOW, day))),
        ]
    at_midnight = (Compare("ends_at", Operator.EQUALS, day), Compare("end_time", Operator.BELOW, _AFTER_MIDNIGHT))
    return [Either((*of_both, Every(at_midnight)))]


def _first_day(value: PartialDate) -> tuple[str, tuple[str, str]]:
    """The first day of `value`, and the year and the month that it is in."""
    day = value + "0000-01-01"[len(value) :]
    return day, (day[:4], day[:7])


def _coarsest(value: PartialDate) -> str:
    """The coarsest date with the first day of `value`: as text it stands before all others of that day."""
    return value.removesuffix("-01").removesuffix("-01")
