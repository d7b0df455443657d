"""Numbers and dates as people type them, in a form or in a table. Pure."""

import re
from datetime import date
from typing import Final

_DAYS: Final = re.compile(
    r"(?:(?:(?P<day>\d{1,2})\.)?\s?(?P<month>\d{1,2})[./]\s?)?(?P<year>\d{4})"
    r"|(?P<iso_year>\d{4})-(?P<iso_month>\d{2})(?:-(?P<iso_day>\d{2}))?",
    re.ASCII,
)


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
