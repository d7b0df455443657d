"""A month as a calendar shows it: weeks from Monday to Sunday, and which events lie on which day. Pure."""

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from network.pages.frame.event_days import days_of

_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199


@dataclass(frozen=True, slots=True, order=True)
class Month:
    year: int
    number: int

    @classmethod
    def parse(cls, text: str | None) -> "Month | None":
        """The month that `2026-11` names; None where the text names none that a calendar of ours shows."""
        match = _MONTH.fullmatch(text or "")
        if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            return None
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def next(self) -> "Month":
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def before(self) -> "Month":
        return Month.of(self.first - timedelta(days=1))

    def weeks(self) -> list[list[date]]:
        """Its weeks; the first and the last reach into its neighbours."""
        return calendar.Calendar().monthdatescalendar(self.year, self.number)

    def days(self) -> list[date]:
        return [day for week in self.weeks() for day in week if day.month == self.number]


def by_day(events: Iterable[Mapping[str, Any]], month: Month) -> dict[date, list[Mapping[str, Any]]]:
    """The events of each day of the month; those whose day is not known are on none."""
    shown: dict[date, list[Mapping[str, Any]]] = {day: [] for day in month.days()}
    for event in events:
        if (days := days_of(event)) is not None:
            first, last = days
            for day, of_day in shown.items():
                if first <= day <= last:
                    of_day.append(event)
    return shown


def without_day(
    events: Iterable[Mapping[str, Any]], shown: Mapping[date, Iterable[Mapping[str, Any]]]
) -> list[Mapping[str, Any]]:
    """The events that stand on no day: only their month or year is known."""
    placed = {event["id"] for of_day in shown.values() for event in of_day}
    return [event for event in events if event["id"] not in placed]
