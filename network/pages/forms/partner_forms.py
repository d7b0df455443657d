"""Who takes part in a project: named by its author, asked by a link, and taken out again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute

from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import find, line
from network.pages.forms.registration import draft_of
from network.pages.frame.fields import Filled
from network.pages.frame.keys import named_in
from network.pages.frame.language import message
from network.pages.frame.notices import SAVED, Note
from network.pages.frame.site import Site

Data = Mapping[str, Any]
_PARTNER: Final = "changes.partners"
ROLES: Final = (
    message("Konsortialführung"),
    message("Pilotkommune"),
    message("wissenschaftliche Begleitung"),
    message("Entwicklung"),
    message("Betrieb"),
    message("Beratung"),
    message("Finanzierung"),
)
"""What houses are in projects, offered as one types."""
_STAYS: Final = message(
    "Es steht dann nicht mehr beim Projekt. Ein Haus, das dieses Projekt verantworten soll, bleibt allerdings gefragt, bis es selbst antwortet."
)


def routes(site: Site) -> list[BaseRoute]:
    return routes_of(site, ACTIONS)


def _partners(project: Data) -> list[dict[str, Any]]:
    return [{"house": edge["node"]["id"], "role": edge["role"]} for edge in project["houses"]["edges"]]


async def _entry(site: Site, request: Request) -> Subject:
    subject = await draft_of(site, request)
    return replace(subject, address=f"{subject.address}/edit?step=partners", version=None)


async def _named(site: Site, request: Request) -> Subject:
    """The house that the address names, which the entry has.

    Raises:
        HTTPException: the entry names no such house.
    """
    subject = await _entry(site, request)
    id_ = named_in(request.query_params, "house")
    nodes = [edge["node"] for edge in subject.data["houses"]["edges"]]
    house = next((one for one in nodes if one["id"] == id_), None)
    if house is None:
        raise HTTPException(404)
    lead = "" if subject.data["owner"] else _STAYS
    return replace(subject, data={**subject.data, "quoted": house["name"], "house": house["id"]}, lead=lead)


def _changed(subject: Subject, partners: list[dict[str, Any]]) -> Data:
    # The list is that of this moment: whom somebody else named meanwhile stays named.
    project = subject.data
    return {"project": project["id"], "expectedVersion": project["version"], "changes": {"partners": partners}}


def _with(subject: Subject, filled: Filled) -> Data:
    house = str(filled.typed[_PARTNER])
    others = [one for one in _partners(subject.data) if one["house"] != house]
    return _changed(subject, [*others, {"house": house, "role": filled.typed["role"] or None}])


def _without(subject: Subject, _: Filled) -> Data:
    gone = subject.data["house"]
    return _changed(subject, [one for one in _partners(subject.data) if one["house"] != gone])


_PARTNER_ASKED: Final = Note(
    "partner-asked", message("Gefragt. Sobald das Haus mit seinem Link zusagt, steht es als beteiligt da.")
)


def _asked(_: Subject, filled: Filled, success: Data) -> Note:
    """Whether the house is asked, as it stands now; the entry of somebody who may not see it any more is saved."""
    edges = (success["project"] or {"houses": {"edges": []}})["houses"]["edges"]
    waits = any(edge["node"]["id"] == filled.typed[_PARTNER] and edge["confirmedAt"] is None for edge in edges)
    return _PARTNER_ASKED if waits else SAVED


ADD: Final = Action(
    path="/projects/{slug}/partners/new",
    title=message("Wer macht mit?"),
    lead=message(
        "Das Haus bekommt eine E-Mail mit einem Link und sagt damit zu oder ab, auch ohne eigenes Konto. Bis dahin steht es als angefragt da."
    ),
    button=message("Nennen und anfragen"),
    mutation=operations.name_partner,
    load=_entry,
    inputs=(
        find(
            _PARTNER,
            message("Welches Haus?"),
            "houses",
            hint=message("Eine Kommune, ein Hub, eine Hochschule oder eine Organisation."),
            required=True,
        ),
        line("role", message("Als was?"), hint=message("Zum Beispiel: Pilotkommune."), words=ROLES),
    ),
    whole=_with,
    note=_asked,
)
REMOVE: Final = Action(
    path="/projects/{slug}/partners/remove",
    title=message("Dieses Haus macht nicht mit?"),
    lead=message("Es steht dann nicht mehr beim Projekt, und eine offene Anfrage an das Haus ist erledigt."),
    button=message("Herausnehmen"),
    mutation=operations.update_project,
    load=_named,
    whole=_without,
    is_grave=True,
)
ACTIONS: Final = (ADD, REMOVE)
