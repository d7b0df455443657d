"""Times of day in Germany: their form, the moments that they are, and which of them make an event."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.commands.dates import require_times
from graph.errors import InvalidInputError
from graph.values import LocalTime, PartialDate, instant, local_time, moment_of

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = st.dates(date(1900, 1, 1), date(2060, 12, 31))
TIMES = st.integers(0, 24 * 60 - 1).map(lambda minute: LocalTime(f"{minute // 60:02}:{minute % 60:02}"))
NOT_TIMES = (
    *(
        "",
        " ",
        "9",
        "9:5",
        "09:5",
        "9:30",
        "0930",
        "25:00",
        "24:00",
        "12:60",
        "-1:00",
        "09:30:00",
        "09:30Z",
        "09:30+01:00",
    ),
    *("09:30 ", " 09:30", "09:30\n", "09.30", "９:30", "٠٩:٣٠", "09:3٠", "0９:30", "09\uff1a30", "09:30\x00", "noon"),
)


def day(text: str | None) -> PartialDate | None:
    return None if text is None else PartialDate(text)


def time(text: str | None) -> LocalTime | None:
    return None if text is None else LocalTime(text)


@given(TIMES)
@example(LocalTime("00:00"))
@example(LocalTime("23:59"))
def test_every_minute_of_a_day_is_a_time(minute: LocalTime) -> None:
    assert local_time(minute) == minute


@pytest.mark.parametrize("text", NOT_TIMES)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(InvalidInputError, match="not a time as 09:30"):
        local_time(text)


@given(st.text(max_size=6))
def test_only_what_a_clock_shows_is_a_time(text: str) -> None:
    shown = {f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60)}
    if text in shown:
        assert local_time(text) == text
    else:
        with pytest.raises(InvalidInputError):
            local_time(text)


@given(DAYS, TIMES)
@example(date(2027, 3, 28), LocalTime("02:30"))
@example(date(2027, 3, 28), LocalTime("03:00"))
@example(date(2027, 10, 31), LocalTime("02:30"))
def test_a_moment_is_when_clocks_show_that_time_for_the_first_time(on: date, shown: LocalTime) -> None:
    found = moment_of(day(on.isoformat()), shown)

    naive = datetime.fromisoformat(f"{on.isoformat()}T{shown}")
    around = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(hours=4)
    showing = [
        moment
        for minute in range(32 * 60)
        if (moment := around + timedelta(minutes=minute)).astimezone(BERLIN).replace(tzinfo=None) == naive
    ]
    assert (found and found.astimezone(UTC)) == (showing[0] if showing else None)
    assert found is None or found.strftime("%Y-%m-%d %H:%M") == f"{on.isoformat()} {shown}"


@pytest.mark.parametrize(
    ("on", "shown", "expected"),
    [
        ("2027-05-15", "10:00", "2027-05-15T08:00:00.000000Z"),
        ("2027-01-15", "10:00", "2027-01-15T09:00:00.000000Z"),
        ("2027-03-28", "01:59", "2027-03-28T00:59:00.000000Z"),
        ("2027-03-28", "02:00", None),
        ("2027-03-28", "02:59", None),
        ("2027-03-28", "03:00", "2027-03-28T01:00:00.000000Z"),
        # Clocks are set back: this time comes twice, and the first counts (RFC 5545 §3.3.5).
        ("2027-10-31", "02:30", "2027-10-31T00:30:00.000000Z"),
        ("2027-05", "10:00", None),
        ("2027", "10:00", None),
        (None, "10:00", None),
        ("2027-05-15", None, None),
        ("0001-01-01", "00:00", None),
        ("9999-12-31", "23:59", "9999-12-31T22:59:00.000000Z"),
    ],
)
def test_moments(on: str | None, shown: str | None, expected: str | None) -> None:
    found = moment_of(day(on), time(shown))
    assert (found and instant(found)) == expected


@given(DAYS, TIMES, st.none() | st.integers(0, 400), st.none() | TIMES)
def test_an_event_ends_after_it_begins(first: date, start: LocalTime, days: int | None, end: LocalTime | None) -> None:
    last = None if days is None else first + timedelta(days=days)
    starts_at, ends_at = day(first.isoformat()), day(None if last is None else last.isoformat())
    begins, over = moment_of(starts_at, start), moment_of(ends_at or starts_at, end)
    is_meant = begins is not None and (end is None or (over is not None and instant(over) > instant(begins)))

    if is_meant:
        require_times(starts_at, start, ends_at, end)
    else:
        with pytest.raises(InvalidInputError) as refused:
            require_times(starts_at, start, ends_at, end)
        assert refused.value.field == ("start_time" if begins is None else "end_time")


@pytest.mark.parametrize(
    ("starts_at", "start", "ends_at", "end", "field"),
    [
        (None, "10:00", None, None, "start_time"),
        ("2027", "10:00", None, None, "start_time"),
        ("2027-05", "10:00", None, None, "start_time"),
        ("2027-05-15", "25:00", None, None, "start_time"),
        ("2027-05-15", "9:5", None, None, "start_time"),
        ("2027-05-15", "٠٩:٣٠", None, None, "start_time"),
        ("2027-03-28", "02:30", None, None, "start_time"),
        ("2027-05-15", None, None, "12:00", "end_time"),
        (None, None, None, "12:00", "end_time"),
        ("2027-05-15", "10:00", None, "24:00", "end_time"),
        ("2027-05-15", "10:00", None, "10:00", "end_time"),
        ("2027-05-15", "10:00", "2027-05-15", "09:59", "end_time"),
        ("2027-05-15", "22:00", None, "01:00", "end_time"),
        ("2027-05-15", "10:00", "2027-05", "12:00", "end_time"),
        ("2027-03-27", "10:00", "2027-03-28", "02:30", "end_time"),
        ("2027-10-31", "02:30", None, "02:10", "end_time"),
    ],
)
def test_times_that_cannot_be_meant(
    starts_at: str | None, start: str | None, ends_at: str | None, end: str | None, field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        require_times(day(starts_at), time(start), day(ends_at), time(end))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("starts_at", "start", "ends_at", "end"),
    [
        (None, None, None, None),
        ("2027-05", None, "2027", None),
        ("2027-05-15", "10:00", None, "12:00"),
        ("2027-05-15", "10:00", None, None),
        ("2027-05-15", "10:00", "2027-05", None),
        ("2027-05-15", "10:00", "2027-05-17", None),
        ("2027-05-15", "22:00", "2027-05-16", "01:00"),
        ("2027-03-28", "01:30", None, "03:00"),
    ],
)
def test_times_that_can(starts_at: str | None, start: str | None, ends_at: str | None, end: str | None) -> None:
    require_times(day(starts_at), time(start), day(ends_at), time(end))
