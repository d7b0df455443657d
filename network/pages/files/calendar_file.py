"""Events as a calendar to subscribe to: iCalendar (RFC 5545, RFC 7986). Pure.

Hubnetz knows the days of events, not their hours: each is an event of whole days, which begins and ends at midnight wherever
its reader is (RFC 5545 §3.3.4), and blocks nobody's time. One without a day, or of which only the month is known, is in no
calendar; the page has it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from icalendar import Calendar, Event

from network.pages.files.feed_text import clean, moment
from network.pages.frame.addresses import external

Data = Mapping[str, Any]
MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_WHOLE: Final = 10
"""Characters of a date that names its day."""
_STATUS: Final = {"CANCELLED": "CANCELLED", "UNKNOWN": "TENTATIVE"}
"""Whatever is planned or was held is CONFIRMED."""
_EVERY: Final = timedelta(hours=6)
"""How often programs are asked to look again."""


def calendar_file(events: Iterable[Data], *, name: str, page: str, page_of: Callable[[Data], str]) -> bytes:
    """The calendar.

    Args:
        page: Address of the page with the same list.
        page_of: Address of an event's page.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Hubnetz//Veranstaltungen//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # Outlook and Apple read the older names, RFC 7986 has the newer ones.
    calendar.add("name", clean(name))
    calendar.add("x-wr-calname", clean(name))
    calendar.add("x-wr-timezone", "Europe/Berlin")
    calendar.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    calendar.add("url", page)
    for event in events:
        if len(event["startsAt"] or "") == _WHOLE:
            calendar.add_component(_event(event, page_of(event)))
    written: bytes = calendar.to_ical()
    return written


def updated(events: Iterable[Data]) -> datetime | None:
    """When the latest of them was changed; None without any."""
    return max((moment(event["updatedAt"]) for event in events), default=None)


def _event(event: Data, page: str) -> Event:
    made = Event()
    first = date.fromisoformat(event["startsAt"])
    last = date.fromisoformat(event["endsAt"]) if len(event["endsAt"] or "") == _WHOLE else first
    changed = moment(event["updatedAt"])
    # The key of the entry, whatever host serves it: what moved stays the same event (RFC 7986 §5.3).
    made.add("uid", f"{event['id'].partition(':')[2]}@hubnetz")
    made.add("sequence", event["version"])
    # Of the entry and not of the moment: a file without news is the same file.
    made.add("dtstamp", changed)
    made.add("last-modified", changed)
    made.add("summary", clean(event["title"]))
    made.add("dtstart", first)
    if max(first, last) < date.max:
        # The day after the last of all days cannot be written; without it, the event is of its first day.
        made.add("dtend", max(first, last) + timedelta(days=1))
    made.add("transp", "TRANSPARENT")
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
