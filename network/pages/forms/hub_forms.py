"""What a hub says of itself: entered by those who lead it, or review for it."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute

from auth import policy
from graph.model import NodeKey
from network.edge.request import caller_of
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import AS_EXACT, NO_ADDRESS, Input, Widget, area, choice, line
from network.pages.forms.topics import topics_of
from network.pages.frame.addresses import external
from network.pages.frame.fields import Field, FieldKind, Filled
from network.pages.frame.keys import key_in
from network.pages.frame.language import message
from network.pages.frame.site import Site
from network.pages.frame.typed import typed_day

_PREFIX: Final = "profile."
_TOPICS: Final = "profile.topics"
_TEXTS: Final = ("status", "premises", "equipment", "workplaces", "consultationHours", "website")


def routes(site: Site) -> list[BaseRoute]:
    return routes_of(site, ACTIONS)


async def _profile(site: Site, request: Request) -> Subject:
    """The hub, for those who may say what it is.

    Raises:
        HTTPException: the reader may not.
    """
    answer = await site.asking.ask(request, operations.edit_hub(slug=key_in(request)))
    hub = answer.need("hub")
    if not policy.may_edit_hub_profile(caller_of(request.scope), NodeKey.parse(hub["id"])):
        raise HTTPException(403)
    typed: dict[str, Any] = {f"{_PREFIX}{name}": "" if hub[name] is None else str(hub[name]) for name in _TEXTS}
    typed |= {
        f"{_PREFIX}opened": typed_day(hub["opened"]),
        f"{_PREFIX}focus": list(hub["focus"]),
        _TOPICS: [one["slug"] for one in hub["topics"]],
    }
    return Subject(
        data={"id": hub["id"]},
        title=hub["name"],
        address=f"/hubs/{hub['slug']}",
        choices={_TOPICS: topics_of(request, answer.data)},
        typed=typed,
        version=hub["version"],
    )


def _checked(_: Subject, filled: Filled) -> Mapping[str, str]:
    website = filled.input["profile"].get("website")
    return {} if website is None or external(website) else {f"{_PREFIX}website": NO_ADDRESS}


EDIT: Final = Action(
    path="/hubs/{key}/edit",
    title=message("Profil des Hubs"),
    lead=message(
        "Was andere sehen, bevor sie anrufen oder vorbeikommen. Mit dem Speichern gilt das Profil als heute bestätigt."
    ),
    button=message("Speichern"),
    mutation=operations.save_hub_profile,
    load=_profile,
    inputs=(
        choice(f"{_PREFIX}status", message("Stand"), "HubStatus"),
        line(
            f"{_PREFIX}opened",
            message("Geöffnet seit"),
            hint=AS_EXACT,
            kind=FieldKind.DAY,
            clears=True,
        ),
        line(
            f"{_PREFIX}consultationHours",
            message("Sprechzeiten"),
            hint=message("Zum Beispiel: dienstags 10 bis 12 Uhr, und nach Verabredung."),
            clears=True,
        ),
        area(f"{_PREFIX}premises", message("Räume"), rows=3, clears=True),
        area(
            f"{_PREFIX}equipment",
            message("Ausstattung"),
            hint=message("Was andere nutzen dürfen: Räume, Geräte, Technik zum Ausprobieren."),
            rows=3,
            clears=True,
        ),
        line(f"{_PREFIX}workplaces", message("Arbeitsplätze"), kind=FieldKind.WHOLE, clears=True),
        line(f"{_PREFIX}website", message("Website"), type="url", expects=NO_ADDRESS, clears=True),
        area(
            f"{_PREFIX}focus",
            message("Schwerpunkte"),
            hint=message("In Ihren Worten, je Zeile einer."),
            rows=4,
            kind=FieldKind.MANY,
            clears=True,
        ),
        Input(
            field=Field(name=_TOPICS, kind=FieldKind.MANY, most=5_000, is_cleared=True),
            label=message("Themen"),
            widget=Widget.BOXES,
        ),
    ),
    fixed=lambda subject, _: {"hub": subject.data["id"]},
    check=_checked,
    locks=True,
    compares=True,
)
ACTIONS: Final = (EDIT,)
