"""Pages of one house, expert, topic, service, funding programme or need: one operation each, found by natural key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth import policy
from graph.model import NodeKey
from network.edge.request import caller_of
from network.pages import operations
from network.pages.frame.callers import is_member
from network.pages.frame.entry_addresses import PAGES, page_of
from network.pages.frame.event_days import is_over
from network.pages.frame.formats import today
from network.pages.frame.keys import key_in
from network.pages.frame.site import Handler, Site, in_both_languages
from network.pages.operations.declared import Question
from network.pages.reading.entry_offers import may_edit, may_record_online
from network.pages.reading.linked_data import event_data
from network.pages.reading.question_offers import on_questions
from network.pages.reading.whom_to_call import called_instead

Data = Mapping[str, Any]
INTRODUCED: Final = frozenset({"Hub", "Municipality", "University", "Organisation", "Expert"})
"""Kinds whose pages say whom the reader's own houses know there."""
FOLLOWED: Final = frozenset({"Topic", "Hub", "Service", "Need"})
"""Kinds that one follows, beside projects."""
_NONE: Final[Mapping[str, Any]] = {"edges": ()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind of page about one entry.

    Attributes:
        label: Kind of node, which has the page, and for its global id.
        name: Of the template.
        asks: The operation of its page.
        root: Field of the operation that the page is about.
        variable: What the operation takes: the natural key, or the global id as `id`.
        house_variable: A second variable that takes the global id, where the operation has one.
        pages: Variables that take cursors of lists within the page, from parameters of the same name.
        more: What the template is told beside, made of the entry and the canonical address of its page.
    """

    label: str
    name: str
    asks: Callable[..., Question]
    root: str
    variable: str = "id"
    house_variable: str | None = None
    pages: tuple[str, ...] = ()
    more: Callable[[Data, str], Data] = lambda _shown, _address: {}

    @property
    def path(self) -> str:
        return f"{PAGES[self.label].folder}/{{key}}"

    def variables(self, request: Request) -> dict[str, Any]:
        key = key_in(request)
        global_id = f"{self.label}:{key}"
        given: dict[str, Any] = {self.variable: global_id if self.variable == "id" else key}
        if self.house_variable is not None:
            given[self.house_variable] = global_id
        return given | {name: request.query_params.get(name) or None for name in self.pages}


def _of_event(event: Data, address: str) -> Data:
    """`calendar` where the event is to come, on a day that is known: cancelled, or over, nobody goes there."""
    is_coming = event["status"] != "CANCELLED" and not is_over(event, today())
    data = event_data(event, address)
    return {"json_ld": data, "calendar": f"{page_of(event)}.ics" if data and is_coming else None}


ENTRIES: Final = (
    Entry("Hub", "hub", operations.hub, "hub", "slug", house_variable="house", pages=("adoptions",)),
    Entry(
        "Municipality",
        "municipality",
        operations.municipality,
        "municipality",
        "ars",
        house_variable="house",
        pages=("adoptions",),
    ),
    Entry(
        "University",
        "university",
        operations.university,
        "university",
        "ror",
        house_variable="house",
        pages=("adoptions",),
    ),
    Entry("Organisation", "organisation", operations.organisation, "node", pages=("adoptions",)),
    Entry("Expert", "expert", operations.expert, "node"),
    Entry("Topic", "topic", operations.topic, "node"),
    Entry("Service", "service", operations.service, "node", pages=("municipalities",)),
    Entry("FundingProgramme", "funding_programme", operations.funding_programme, "node"),
    Entry("Need", "need", operations.need, "node"),
    Entry("Event", "event", operations.event, "node", more=_of_event),
)


def routes(site: Site) -> list[BaseRoute]:
    return [route for entry in ENTRIES for route in in_both_languages(entry.path, _handler(site, entry))]


def _handler(site: Site, entry: Entry) -> Handler:
    async def show(request: Request) -> Response:
        # Whom members know there only their own houses say, and only members follow: nobody else is asked for it.
        given = {"isMember": True} if entry.label in INTRODUCED | FOLLOWED and is_member(request) else {}
        answer = await site.asking.ask(request, entry.asks(**entry.variables(request), **given))
        shown = answer.need(entry.root)
        return site.renderer.page(
            request,
            f"{entry.name}.html",
            entry=shown,
            data=answer.data,
            is_further=_is_further(request, entry),
            label=entry.label,
            called_instead=called_instead,
            may_follow=entry.label in FOLLOWED and is_member(request),
            follows=_follows(answer.data.get("viewer"), shown),
            questions_offered=on_questions(caller_of(request.scope), shown.get("questions", _NONE)),
            is_own=_is_own(request, shown.get("house")),
            may_edit=may_edit(caller_of(request.scope), entry.label, shown),
            may_record=may_record_online(caller_of(request.scope), entry.label, shown),
            **entry.more(shown, f"{site.public_url}{page_of(shown)}"),
        )

    return show


def _follows(viewer: Mapping[str, Any] | None, shown: Mapping[str, Any]) -> bool:
    return any(one["targetId"] == shown.get("id") for one in (viewer or {}).get("follows") or ())


def _is_own(request: Request, house: Mapping[str, Any] | None) -> bool:
    return house is not None and policy.may_act_for(caller_of(request.scope), NodeKey.parse(house["id"]))


def _is_further(request: Request, entry: Entry) -> bool:
    """Whether a list of the page was paged on: search engines keep the first page alone."""
    return any(request.query_params.get(name) for name in entry.pages)
