"""Working days in Germany: Monday to Friday.

Holidays are left out of account: they differ from Land to Land, and a review that is open one day early harms nobody.
"""

from datetime import date, timedelta
from typing import Final

_SATURDAY: Final = 5


def add_working_days(start: date, days: int) -> date:
    """The working day on which `days` (0 or more) working days after `start` are over; `start` itself does not count."""
    last = start
    while days > 0 or last.weekday() >= _SATURDAY:
        last += timedelta(days=1)
        if last.weekday() < _SATURDAY:
            days -= 1
    return last
