"""Events as a calendar to subscribe to: iCalendar (RFC 5545, RFC 7986). Pure.

An event with a time begins and ends by the clocks of Germany, wherever its reader is. One without is of whole days, which begin
and end at midnight there (RFC 5545 §3.3.4). One without a day, or of which only the month is known, is in no calendar; the page
has it. What one subscribed to blocks nobody's time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from graph.values import WHOLE_DAY, LocalTime, PartialDate, moment_of
from network.pages.files.feed_text import clean, moment
from network.pages.frame.addresses import external

Data = Mapping[str, Any]
MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_STATUS: Final = {"CANCELLED": "CANCELLED", "UNKNOWN": "TENTATIVE"}
"""Whatever is planned or was held is CONFIRMED."""
_EVERY: Final = timedelta(hours=6)
"""How often programs are asked to look again."""
_ZONE: Final = "Europe/Berlin"
_RULE_SINCE: Final = datetime(1996, 10, 27, 1, tzinfo=UTC)
"""Since when clocks change in the European Union as `_zone` says; earlier moments are written as such."""
_MIDNIGHT: Final = LocalTime("00:00")


def calendar_file(events: Iterable[Data], *, name: str, page: str, page_of: Callable[[Data], str]) -> bytes:
    """The calendar.

    Args:
        page: Address of the page with the same list.
        page_of: Address of an event's page.
    """
    calendar = _calendar()
    # Outlook and Apple read the older names, RFC 7986 has the newer ones.
    calendar.add("name", clean(name))
    calendar.add("x-wr-calname", clean(name))
    calendar.add("x-wr-timezone", _ZONE)
    calendar.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    calendar.add("url", page)
    return _with(calendar, [event for event in events if has_day(event)], page_of)


def one_event(event: Data, *, page: str) -> bytes:
    """A calendar of one event that `has_day`, for whoever wants to be there: its hours are taken."""
    return _with(_calendar(), [event], lambda _: page, is_taken=True)


def has_day(event: Data) -> bool:
    """Whether it is in calendars: the day on which it begins is known."""
    return len(event["startsAt"] or "") == WHOLE_DAY


def _calendar() -> Calendar:
    made = Calendar()
    made.add("prodid", "-//Hubnetz//Veranstaltungen//DE")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    return made


def _with(
    calendar: Calendar, events: Sequence[Data], page_of: Callable[[Data], str], *, is_taken: bool = False
) -> bytes:
    if any(map(_hours, events)):
        calendar.add_component(_zone())
    for event in events:
        calendar.add_component(_event(event, page_of(event), is_taken=is_taken))
    written: bytes = calendar.to_ical()
    return written


def _zone() -> Timezone:
    """When clocks change in Germany, for good: the library's own list of days ends in 2038."""
    made = Timezone()
    made.add("tzid", _ZONE)
    for part, name, month, before, after, first in (
        (TimezoneDaylight(), "CEST", 3, 1, 2, datetime(1996, 3, 31, 2)),  # noqa: DTZ001 - what clocks show
        (TimezoneStandard(), "CET", 10, 2, 1, datetime(1996, 10, 27, 3)),  # noqa: DTZ001 - what clocks show
    ):
        part.add("dtstart", first)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("tzname", name)
        made.add_component(part)
    return made


def _event(event: Data, page: str, *, is_taken: bool) -> Event:
    made = Event()
    changed = moment(event["updatedAt"])
    # The key of the entry, whatever host serves it: what moved stays the same event (RFC 7986 §5.3).
    made.add("uid", f"{event['id'].partition(':')[2]}@hubnetz")
    made.add("sequence", event["version"])
    # Of the entry and not of the moment: a file without news is the same file.
    made.add("dtstamp", changed)
    made.add("last-modified", changed)
    made.add("summary", clean(event["title"]))
    hours = _hours(event)
    starts, ends = hours or _days(event)
    made.add("dtstart", starts)
    if ends is not None:
        made.add("dtend", ends)
    made.add("transp", "OPAQUE" if is_taken and hours else "TRANSPARENT")
    made.add("status", _STATUS.get(event["status"], "CONFIRMED"))
    made.add("url", page)
    place = clean(event["place"])
    if place:
        made.add("location", place)
    topics = [clean(topic["nameDe"]) for topic in event["topics"]]
    if topics:
        made.add("categories", topics)
    made.add("description", _description(event, page))
    return made


def _days(event: Data) -> tuple[date, date | None]:
    """The first day, and the day after the last; none after the last of all days, so that the event is of its first."""
    first, last = date.fromisoformat(event["startsAt"]), _last_day(event)
    last = max(first, last)
    return first, last + timedelta(days=1) if last < date.max else None


def _hours(event: Data) -> tuple[datetime, datetime | None] | None:
    """When it begins and ends; None without a time.

    Where the hour of the end is not known, an event of one day has no end, one of several goes on until its last day is over.
    """
    starts = moment_of(event["startsAt"], event["startTime"])
    if starts is None:
        return None
    last = _last_day(event)
    ends = moment_of(PartialDate(last.isoformat()), event["endTime"])
    if ends is None and starts.date() < last < date.max:
        ends = moment_of(PartialDate((last + timedelta(days=1)).isoformat()), _MIDNIGHT)
    is_after = ends is not None and ends.astimezone(UTC) > starts.astimezone(UTC)
    return _told(starts), _told(ends) if ends is not None and is_after else None


def _last_day(event: Data) -> date:
    return date.fromisoformat(event["endsAt" if len(event["endsAt"] or "") == WHOLE_DAY else "startsAt"])


def _told(moment: datetime) -> datetime:
    return moment if moment >= _RULE_SINCE else moment.astimezone(UTC)


def _description(event: Data, page: str) -> str:
    hosts = ", ".join(clean(host["name"]) for host in event["hosts"])
    online, registration = external(event["onlineUrl"]), external(event["registrationUrl"])
    parts = (
        f"Abgesagt: {clean(event['reasonCancelled'])}" if event["reasonCancelled"] else "",
        clean(event["dateNote"]),
        clean(event["description"]),
        f"Veranstalter: {hosts}" if hosts else "",
        f"Online: {online}" if online else "",
        f"Anmeldung: {registration}" if registration else "",
        page,
    )
    return "\n\n".join(part for part in parts if part)
