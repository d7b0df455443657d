"""Values that several kinds of node share: dates that keep their precision, instants, sources, contacts, sort keys."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, NewType
from zoneinfo import ZoneInfo

from graph.errors import InvalidInputError

Instant = NewType("Instant", str)
"""A moment as `2026-11-22T07:25:02.663809Z`: UTC, always six decimals, so text order is time order on every backend."""

NEVER: Final = Instant("9999-12-31T23:59:59.999999Z")
"""When what is over is tried again: the index of what is due leads past it, however much is kept."""

PartialDate = NewType("PartialDate", str)
"""A date as precise as its source: `2021`, `2021-05` or `2021-05-04`; text order is date order, the coarser first."""

LocalTime = NewType("LocalTime", str)
"""A time of day as clocks in Germany show it: `09:30`; text order is the order within a day."""

_BERLIN: Final = ZoneInfo("Europe/Berlin")

WHOLE_DAY: Final = len("2021-05-04")
"""Characters of a `PartialDate` that is a whole day."""

_PARTIAL_DATE = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?")

# ASCII alone: `\d` takes the digits of every script.
_LOCAL_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def instant(moment: datetime) -> Instant:
    """`moment`, which must know its time zone, as an `Instant`."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return Instant(moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def day_of(moment: Instant) -> date:
    """The day in Germany on which `moment` lies."""
    return datetime.fromisoformat(moment).astimezone(_BERLIN).date()


def partial_date(text: str) -> PartialDate:
    """`text` as a date of year, month or day precision.

    Raises:
        InvalidInputError: another form, or no such day.
    """
    if _PARTIAL_DATE.fullmatch(text):
        try:
            datetime.strptime(f"{text}-01-01"[:10], "%Y-%m-%d")  # noqa: DTZ007 - only asks whether the day exists
        except ValueError:
            pass
        else:
            return PartialDate(text)
    raise InvalidInputError(f"not a date as 2021, 2021-05 or 2021-05-04: {text[:40]!r}")


def local_time(text: str) -> LocalTime:
    """`text` as a time of day.

    Raises:
        InvalidInputError: another form, or no clock shows it.
    """
    if not _LOCAL_TIME.fullmatch(text):
        raise InvalidInputError(f"not a time as 09:30: {text[:40]!r}")
    return LocalTime(text)


def moment_of(day: PartialDate | None, time: LocalTime | None) -> datetime | None:
    """The moment, in German time, when clocks in Germany show `time` on `day`; the first of two (RFC 5545 §3.3.5).

    None where either is not known, `day` is no whole day, or clocks skip that time (02:30 when they are set forward).
    """
    if day is None or time is None or len(day) != WHOLE_DAY:
        return None
    shown = datetime.fromisoformat(f"{day}T{time}")
    try:
        found = shown.replace(tzinfo=_BERLIN).astimezone(UTC).astimezone(_BERLIN)
    except OverflowError:
        return None
    return found if found.replace(tzinfo=None) == shown else None


def is_before(one: PartialDate, other: PartialDate) -> bool:
    """Whether `one` lies before `other` as far as the coarser of the two says."""
    precision = min(len(one), len(other))
    return one[:precision] < other[:precision]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from. `url` is `None` where only publisher and date are known."""

    publisher: str
    url: str | None = None
    published: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call: a function or office, never a natural person's name in seed data."""

    function: str
    email: str | None = None
    phone: str | None = None
    url: str | None = None


# More than any name needs. An index of Neo4j refuses texts over 8,167 bytes, and with them the whole write.
_SORT_KEY_LENGTH = 500

_LETTERS = str.maketrans({"ß": "ss", "ẞ": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th"})


def sort_key(text: str) -> str:
    """`text` as it sorts in German lists (DIN 5007-1: umlauts as their base letters, case ignored).

    Stored beside the text, since both databases order by code point and put "Ähren" after "Zeitz". Equal keys are
    told apart by the node's key, the last column of every order.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(re.sub(r"[^\w]+", " ", letters).split())[:_SORT_KEY_LENGTH]
