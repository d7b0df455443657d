"""Who acts for a house, who is invited to, and whom one reaches there."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth import policy
from graph.model import NodeKey
from network.edge.request import caller_of
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import Input, Widget, choice, line
from network.pages.forms.own_houses import own_houses
from network.pages.forms.sending import signed_out
from network.pages.frame.fields import CLOSED, Field, Filled
from network.pages.frame.keys import named_in
from network.pages.frame.language import language_of, message
from network.pages.frame.notices import WITHDRAWN, Note
from network.pages.frame.site import Site, in_both_languages
from network.pages.frame.words import word_for

Data = Mapping[str, Any]
_ROLES: Final = {
    "Hub": ("HUB_LEAD", "HUB_MEMBER", "REVIEWER"),
    "Municipality": ("MUNICIPALITY",),
    "University": ("UNIVERSITY",),
    "Organisation": ("ORGANISATION",),
}
"""Kind of house -> as what somebody acts for it."""


def routes(site: Site) -> list[BaseRoute]:
    async def members(request: Request) -> Response:
        refused = await signed_out(site, request)
        if refused is not None:
            return refused
        houses = await own_houses(site, request)
        id_ = named_in(request.query_params, "house") or (houses[0][0] if houses else "")
        if not id_:
            return site.renderer.page(request, "my_members.html", house=None, houses=[], data={}, may_invite=False)
        answer, house = await _read(site, request, id_)
        caller, key = caller_of(request.scope), NodeKey.parse(house["id"])
        hubs = [NodeKey.parse(edge["node"]["id"]) for edge in (house.get("hubs") or {"edges": []})["edges"]]
        may_invite = policy.may_invite_member(caller, key, hubs)
        may_save_contact = policy.may_save_contact(caller, key, hubs)
        if not (may_invite or may_save_contact or house["id"] in dict(houses)):
            # What is hidden from the reader would be told as what is not there.
            raise HTTPException(403)
        return site.renderer.page(
            request,
            "my_members.html",
            house=house,
            houses=houses,
            data=answer,
            may_invite=may_invite,
            may_save_contact=may_save_contact,
        )

    return [*in_both_languages("/my/members", members), *routes_of(site, ACTIONS)]


async def _read(site: Site, request: Request, id_: str) -> tuple[Data, Data]:
    """What is known of the members of a house, and the house.

    Raises:
        HTTPException: there is no such house.
    """
    answer = await site.asking.ask(request, operations.my_members(house=id_))
    house = answer.data.get("node")
    if house is None or house["__typename"] not in _ROLES:
        raise HTTPException(404)
    return answer.data, house


async def _house(site: Site, request: Request) -> tuple[Data, Data, str]:
    """As `_read`, of the house that the address names, and the path of its page."""
    data, house = await _read(site, request, named_in(request.query_params, "house") or "-")
    return data, house, f"/my/members?{urlencode({'house': house['id']})}"


async def _invited(site: Site, request: Request) -> Subject:
    _, house, path = await _house(site, request)
    kinds = _ROLES[house["__typename"]]
    language = language_of(request.url.path)
    return Subject(
        data={**house, "quoted": house["name"]},
        address=path,
        # One of several is chosen by whoever invites: it says what the other may do.
        typed={"role": kinds[0] if len(kinds) == 1 else ""},
        choices={"role": [(kind, word_for(language, "MemberRole", kind)) for kind in kinds]},
    )


def _fitting(subject: Subject, filled: Filled) -> Mapping[str, str]:
    return {} if filled.input["role"] in dict(subject.choices["role"]) else {"role": CLOSED}


async def _reached(site: Site, request: Request) -> Subject:
    _, house, path = await _house(site, request)
    contact = house["contact"] or {}
    typed = {f"contact.{name}": contact.get(name) for name in ("function", "email", "phone", "url")}
    return Subject(data={**house, "quoted": house["name"]}, address=path, typed=typed, version=house["version"])


async def _invitation(site: Site, request: Request) -> Subject:
    return await _one(site, request, "invitations", "email")


async def _membership(site: Site, request: Request) -> Subject:
    return await _one(site, request, "members", "name")


async def _one(site: Site, request: Request, name: str, shown: str) -> Subject:
    """One invitation or membership of the house that the address names.

    Raises:
        HTTPException: there is none of that id, or none for the reader.
    """
    data, house, path = await _house(site, request)
    id_ = request.query_params.get("id")
    found = next((one for one in data[name] if one["id"] is not None and one["id"] == id_), None)
    if found is None:
        raise HTTPException(404)
    return Subject(data={**found, "quoted": "\n".join(filter(None, (house["name"], found[shown])))}, address=path)


INVITE: Final = Action(
    path="/my/members/invite",
    title=message("Jemanden einladen"),
    lead=message("Die Einladung geht per E-Mail an diese Adresse. Ihr Link gilt 14 Tage und nur einmal."),
    button=message("Einladen"),
    mutation=operations.invite_member,
    load=_invited,
    inputs=(
        line("email", message("E-Mail"), required=True, type="email"),
        Input(
            field=Field(name="role", is_required=True, most=50),
            label=message("Als was?"),
            widget=Widget.SELECT,
            blank=message("Bitte wählen"),
        ),
    ),
    check=_fitting,
    fixed=lambda subject, _: {"house": subject.data["id"]},
    note=Note("invited", message("Die Einladung ist unterwegs. Sie gilt 14 Tage.")),
)
REVOKE_INVITATION: Final = Action(
    path="/my/members/revoke-invitation",
    title=message("Einladung zurücknehmen"),
    button=message("Zurücknehmen"),
    mutation=operations.revoke_invitation,
    load=_invitation,
    fixed=lambda subject, _: {"invitation": subject.data["id"]},
    note=WITHDRAWN,
    is_grave=True,
)
END: Final = Action(
    path="/my/members/end",
    title=message("Mitgliedschaft beenden"),
    lead=message("Ab sofort handelt dieses Konto nicht mehr für dieses Haus."),
    button=message("Beenden"),
    mutation=operations.revoke_membership,
    load=_membership,
    fixed=lambda subject, _: {"member": subject.data["id"]},
    note=WITHDRAWN,
    is_grave=True,
)
CONTACT: Final = Action(
    path="/my/members/contact",
    title=message("Wen man hier erreicht"),
    lead=message(
        "Eine Stelle oder Funktion, kein Name einer Person. Anfragen des Netzwerks gehen an diese E-Mail-Adresse."
    ),
    button=message("Speichern"),
    mutation=operations.save_house_contact,
    load=_reached,
    inputs=(
        line("contact.function", message("Stelle oder Funktion"), hint=message("Zum Beispiel: Bauamt."), required=True),
        line("contact.email", message("E-Mail"), type="email"),
        line("contact.phone", message("Telefon"), type="tel"),
        line("contact.url", message("Kontaktseite"), type="url"),
        choice("visibility", message("Wer es sieht"), "Visibility", values=("PUBLIC", "NETWORK", "PRIVATE")),
    ),
    fixed=lambda subject, _: {"house": subject.data["id"]},
    locks=True,
    compares=True,
)
ACTIONS: Final = (INVITE, REVOKE_INVITATION, END, CONTACT)
