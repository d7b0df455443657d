"""What a house seeks or offers: posted, and closed again."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute

from auth import policy
from graph.model import NodeKey
from graph.texts import MAX_LINE
from network.edge.request import caller_of
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import YES_NO, Input, Widget, area, choice, house, line
from network.pages.forms.nodes import by_path
from network.pages.forms.topics import SERVICES, TOPICS, topic_choices
from network.pages.frame.entry_addresses import page_of
from network.pages.frame.fields import Field, FieldKind
from network.pages.frame.language import message
from network.pages.frame.notices import Note
from network.pages.frame.site import Site


def routes(site: Site) -> list[BaseRoute]:
    return routes_of(site, ACTIONS)


async def _new(site: Site, request: Request) -> Subject:
    """Nothing yet; a search that found nothing says what to begin with."""
    topics = await topic_choices(site, request)
    known = {slug for slug, _ in topics}
    given = request.query_params
    return Subject(
        address="/needs",
        choices={"topics": topics},
        typed={
            "kind": "SEEKS",
            "title": given.get("title", "")[:MAX_LINE],
            "topics": [slug for slug in given.getlist("topic") if slug in known],
        },
    )


async def _own(site: Site, request: Request) -> Subject:
    """The need, for the house whose it is.

    Raises:
        HTTPException: it is another's.
    """
    subject: Subject = await by_path("Need")(site, request)
    house = subject.data["house"]
    if house is None or not policy.may_record_reuse(caller_of(request.scope), NodeKey.parse(house["id"])):
        raise HTTPException(403)
    return subject


def _posted(_: Subject, success: Mapping[str, Any]) -> str:
    need = success["need"]
    return "/needs" if need is None else page_of(need)


POST: Final = Action(
    path="/needs/new",
    title=message("Gesuch oder Angebot einstellen"),
    lead=message(
        "Sagen Sie dem Netz, was Ihr Haus sucht oder bietet. Alle Hubs sehen es, und Sie hören, sobald etwas passt."
    ),
    button=message("Einstellen"),
    mutation=operations.post_need,
    load=_new,
    inputs=(
        choice("kind", message("Suchen oder bieten Sie?"), "NeedKind"),
        line("title", message("Worum geht es?"), required=True),
        area("text", message("Was genau?"), hint=message("Zwei, drei Sätze genügen."), required=True),
        house(message("Für welches Haus?")),
        TOPICS,
        SERVICES,
        choice("visibility", message("Wer es sieht"), "Visibility", values=("NETWORK", "PUBLIC")),
    ),
    note=Note("posted", message("Eingestellt. Sie hören, sobald etwas passt.")),
    leads_to=_posted,
    needs_house=True,
)
CLOSE: Final = Action(
    path="/needs/{key}/close",
    title=message("Gesuch oder Angebot schließen"),
    button=message("Schließen"),
    mutation=operations.close_need,
    load=_own,
    inputs=(
        Input(
            field=Field(name="isMatched", kind=FieldKind.YES_NO, is_required=True),
            label=message("Hat sich etwas gefunden?"),
            widget=Widget.SELECT,
            options=YES_NO,
        ),
    ),
    fixed=lambda subject, _: {"need": subject.data["id"]},
    locks=True,
    note=Note("closed", message("Geschlossen.")),
)
ACTIONS: Final = (POST, CLOSE)
