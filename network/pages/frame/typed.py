"""Numbers, dates and times as people type them, in a form or in a table. Pure."""

import re
from datetime import date
from typing import Final

_DAYS: Final = re.compile(
    r"(?:(?:(?P<day>\d{1,2})\.)?\s?(?P<month>\d{1,2})[./]\s?)?(?P<year>\d{4})"
    r"|(?P<iso_year>\d{4})-(?P<iso_month>\d{2})(?:-(?P<iso_day>\d{2}))?",
    re.ASCII,
)

_CLOCK: Final = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?::00)?)?(?:\s?Uhr(?:\s(?P<after>\d{2}))?)?", re.ASCII | re.IGNORECASE
)

_HOURS: Final = 24
_MINUTES: Final = 60


def whole(text: str) -> int | None:
    """The whole number; blanks and points between thousands do not matter. None where it is none."""
    digits = text.replace(".", "").replace(" ", "").replace("\u00a0", "").removesuffix("€")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 10 else None


def day(text: str) -> str | None:
    """The date of any precision as the API writes it; None where there is no such day."""
    match = _DAYS.fullmatch(text)
    if match is None:
        return None
    year, month, day_of_month = (match[name] or match[f"iso_{name}"] for name in ("year", "month", "day"))
    try:
        date(int(year), int(month or 1), int(day_of_month or 1))
    except ValueError:
        return None
    return "-".join([year, *(part.zfill(2) for part in (month, day_of_month) if part)])


def typed_day(text: str | None) -> str:
    """A date of the API as one types it: `04.05.2024`."""
    return ".".join(reversed((text or "").split("-")))


def clock(text: str) -> str | None:
    """The time of day as the API writes it: `09:30` for `9.30 Uhr`; None where no clock shows it."""
    match = _CLOCK.fullmatch(text)
    if match is None or (match["minute"] and match["after"]):
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or match["after"] or 0)
    return f"{hour:02}:{minute:02}" if hour < _HOURS and minute < _MINUTES else None
