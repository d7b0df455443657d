"""Events that are there already when somebody enters one: of the same title and day, at the same place or by the same house."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from starlette.requests import Request

from graph.values import WHOLE_DAY, sort_key
from network.pages import operations
from network.pages.frame.site import Site
from network.pages.frame.typed import day

Data = Mapping[str, Any]
_SAME_SENDING: Final = timedelta(seconds=30)
"""What was written so lately is what the same form, sent twice, wrote: the mutation knows that, and answers as before."""


async def doubles(
    site: Site, request: Request, *, title: str, typed: str, place: str, hosts: Sequence[str]
) -> list[Data]:
    """Those among the events of the day that was typed, or among those of the first house that have none. One operation."""
    starts = day(typed) if typed.strip() else None
    if not sort_key(title) or not hosts or (typed.strip() and starts is None):
        return []
    answer = await site.asking.ask(request, operations.events_alike(filter=_around(starts, hosts[0])))
    found = [edge["node"] for edge in (answer.data.get("events") or {"edges": []})["edges"]]
    return [one for one in found if _is_same(one, title, starts, place, hosts) and not _is_of_now(one)]


def _around(starts: str | None, host: str) -> Data:
    if starts is None:
        return {"hasDate": False, "host": host}
    if len(starts) != WHOLE_DAY or starts == date.max.isoformat():
        return {"startsFrom": starts, "host": host}
    return {"startsFrom": starts, "startsBefore": (date.fromisoformat(starts) + timedelta(days=1)).isoformat()}


def _is_same(event: Data, title: str, starts: str | None, place: str, hosts: Sequence[str]) -> bool:
    if event["startsAt"] != starts or sort_key(event["title"]) != sort_key(title):
        return False
    is_there = bool(place.strip()) and sort_key(event["place"] or "") == sort_key(place)
    return is_there or any(house["id"] in hosts for house in event["hosts"])


def _is_of_now(event: Data) -> bool:
    return datetime.fromisoformat(event["updatedAt"]) > datetime.now(UTC) - _SAME_SENDING
