"""Events: what comes, what was, all of them, and a month as a calendar. Days are those of Germany."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from graph.values import WHOLE_DAY
from network.pages import operations
from network.pages.frame.asking import Answer
from network.pages.frame.formats import today
from network.pages.frame.keys import named_in
from network.pages.frame.language import language_of
from network.pages.frame.site import Site, in_both_languages
from network.pages.reading.list_pages import named_topics
from network.pages.reading.months import Month, by_day, without_day

_IN_A_MONTH: Final = 100
"""Events that a month shows; its table has the rest."""
_UNDATED: Final = ("undated", "unknown")
"""Variables and fields of the operation for what has no day."""


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks for: what comes, what was (`is_past`), both with what has no day (`is_all`), or a month.

    Attributes:
        is_odd: It names a month that is none, and shows what comes.
    """

    month: Month | None
    is_odd: bool
    is_past: bool
    is_all: bool
    topic: str | None
    host: str | None
    after: str | None

    @classmethod
    def of(cls, parameters: QueryParams) -> "View":
        named = parameters.get("month")
        month = Month.parse(named)
        return cls(
            month=month,
            is_odd=bool(named) and month is None,
            is_past=bool(parameters.get("past")) and not parameters.get("all"),
            is_all=bool(parameters.get("all")),
            topic=named_in(parameters, "topic") or None,
            host=named_in(parameters, "host") or None,
            after=parameters.get("after") or None,
        )

    @property
    def narrowed(self) -> dict[str, str]:
        """Parameters that narrow every view."""
        return {name: value for name, value in (("topic", self.topic), ("host", self.host)) if value}

    @property
    def said(self) -> dict[str, str]:
        """The address of this view, but for its cursor."""
        if self.month is not None:
            return self.narrowed
        return self.narrowed | ({"all": "1"} if self.is_all else {"past": "1"} if self.is_past else {})

    @property
    def asked(self) -> dict[str, str]:
        """The address of this view, its month included."""
        return self.said | ({} if self.month is None else {"month": str(self.month)})

    def question(self, today: date) -> dict[str, Any]:
        """Filter and order of what this view shows, on the page as in its table."""
        if self.month is not None:
            touching = {"startsBefore": self.month.next.first.isoformat(), "endsFrom": self.month.first.isoformat()}
            return {"filter": self.narrowed | touching, "order": "DATE"}
        if self.is_all:
            return {"filter": self.narrowed, "order": "DATE_DESC"}
        if self.is_past:
            return {"filter": self.narrowed | {"endsBefore": today.isoformat()}, "order": "DATE_DESC"}
        return {"filter": self.narrowed | {"endsFrom": today.isoformat()}, "order": "DATE"}

    @property
    def undated(self) -> list[dict[str, Any]]:
        """Filters of what this view shows apart from its list: no day is known, but whether it was."""
        if self.month is not None or self.is_all:
            return []
        statuses = ("HELD",) if self.is_past else ("PLANNED", "UNKNOWN")
        return [{**self.narrowed, "status": status, "hasDate": False} for status in statuses]

    def variables(self, today: date) -> dict[str, Any]:
        given = self.question(today) | {"after": self.after}
        if self.host is not None:
            given |= {"host": self.host, "hasHost": True}
        if self.month is not None:
            following = self.narrowed | {"startsFrom": self.month.next.first.isoformat()}
            return given | {"after": None, "first": _IN_A_MONTH, "next": following, "nextShown": True}
        if self.after is None:
            for name, where in zip(_UNDATED, self.undated, strict=False):
                given |= {name: where, f"{name}Shown": True}
        return given


def routes(site: Site) -> list[BaseRoute]:
    async def events(request: Request) -> Response:
        view = View.of(request.query_params)
        day = today()
        answer = await site.asking.ask(request, operations.events(**view.variables(day)))
        is_unknown = answer.code("events") == "BAD_USER_INPUT"
        found = None if is_unknown else answer.need("events")
        nodes = [edge["node"] for edge in found["edges"]] if found else []
        context: dict[str, Any] = {
            "view": view,
            "found": found,
            "data": answer.data,
            "this_month": Month.of(day),
            "today": day,
            "named_topics": partial(named_topics, language=language_of(request.url.path)),
        }
        status = 400 if is_unknown else 200
        if view.month is not None:
            days = by_day(nodes, view.month)
            context |= {
                "days": days,
                "without_day": without_day(nodes, days),
                "following": _following(_nodes(answer, "next")),
            }
            return site.renderer.page(request, "events_month.html", status=status, **context)
        context |= _undated(view, answer)
        return site.renderer.page(request, "events.html", status=status, events=nodes, **context)

    return in_both_languages("/events", events)


def _undated(view: View, answer: Answer) -> dict[str, list[Mapping[str, Any]]]:
    """What has no day, by what is known of it: what comes again and again, what is announced, and what nobody can prove."""
    announced, unknown = (_nodes(answer, name) for name in _UNDATED)
    if view.is_past:
        return {"undated": announced, "recurring": [], "unknown": []}
    return {
        "undated": [event for event in announced if not event["isRecurring"]],
        "recurring": [event for event in (*announced, *unknown) if event["isRecurring"]],
        "unknown": [event for event in unknown if not event["isRecurring"]],
    }


def _following(events: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The first that takes place on a day which is known."""
    known = (event for event in events if len(event["startsAt"]) == WHOLE_DAY and event["status"] != "CANCELLED")
    return next(known, None)


def _nodes(answer: Answer, name: str) -> list[Mapping[str, Any]]:
    return [edge["node"] for edge in (answer.data.get(name) or {"edges": []})["edges"]]
