"""The review desk: entries that wait for the reader's word, and what one says to them."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from graph.texts import MAX_NOTE
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import area, choice
from network.pages.forms.registration import draft_of, of_project
from network.pages.forms.sending import signed_out
from network.pages.frame.entry_addresses import project_page
from network.pages.frame.fields import Filled
from network.pages.frame.language import message
from network.pages.frame.notices import Note
from network.pages.frame.site import Site, in_both_languages
from network.pages.mine.task_actions import about, way_of

Data = Mapping[str, Any]
_DECISIONS: Final = frozenset({"DECIDE_CLAIM", "DECIDE_PARTNER"})
_FIELDS: Final = ("title", "summary", "contact", "writeup", "oneOffCost", "lessonsLearned", "legalBasis")


def routes(site: Site) -> list[BaseRoute]:
    async def desk(request: Request) -> Response:
        refused = await signed_out(site, request)
        if refused is not None:
            return refused
        tasks = (await site.asking.ask(request, operations.review())).need("viewer")["tasks"]
        waiting = [one for one in tasks if one["kind"] == "REVIEW_PROJECT" and one["project"] is not None]
        return site.renderer.page(
            request,
            "review.html",
            waiting=sorted(waiting, key=lambda one: str(one["since"])),
            decisions=[(one, way_of(one), about(one)) for one in tasks if one["kind"] in _DECISIONS],
        )

    return [*in_both_languages("/review", desk), *routes_of(site, ACTIONS)]


def _remarked(subject: Subject, filled: Filled) -> Data:
    """One remark, which the input takes as a list of them."""
    remark = {"text": filled.typed["remarks.text"]}
    if filled.typed.get("remarks.field"):
        remark["field"] = filled.typed["remarks.field"]
    return {**of_project(subject, filled), "remarks": [remark]}


def _published(subject: Subject, success: Data) -> str:
    # With its publication an entry gets the address that it keeps.
    project = success["project"]
    return subject.address if project is None else project_page(project["slug"])


def _to_desk(*_: object) -> str:
    return "/review"


PUBLISH: Final = Action(
    path="/projects/{slug}/publish",
    title=message("Veröffentlichen"),
    lead=message("Der Eintrag ist danach für alle zu finden, die er sehen lässt. Haben Sie ihn gelesen?"),
    button=message("Veröffentlichen"),
    mutation=operations.publish_project,
    load=draft_of,
    fixed=of_project,
    locks=True,
    note=Note("published", message("Veröffentlicht.")),
    leads_to=_published,
    otherwise=("request-changes", message("Um Änderungen bitten")),
)
REQUEST_CHANGES: Final = Action(
    path="/projects/{slug}/request-changes",
    title=message("Um Änderungen bitten"),
    lead=message("Was soll das Haus ändern, bevor der Eintrag erscheint? Es liest Ihre Anmerkung beim Bearbeiten."),
    button=message("Anmerkung senden"),
    mutation=operations.request_changes,
    load=draft_of,
    inputs=(
        area("remarks.text", message("Ihre Anmerkung"), required=True, most=MAX_NOTE),
        choice(
            "remarks.field",
            message("Zu welcher Angabe?"),
            "ProjectField",
            blank=message("zum ganzen Eintrag"),
            values=_FIELDS,
        ),
    ),
    fixed=_remarked,
    locks=True,
    note=Note("returned", message("Ihre Anmerkungen sind beim Haus, das den Eintrag geschrieben hat.")),
    leads_to=_to_desk,
)
ACTIONS: Final = (PUBLISH, REQUEST_CHANGES)
