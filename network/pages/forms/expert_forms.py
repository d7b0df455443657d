"""Whom to ask: functions and persons of a house. A person says herself whether she is listed, by a link or signed in."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth import policy
from graph.texts import MAX_NOTE
from network.edge.request import caller_of
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import Input, Widget, area, choice, house, line
from network.pages.forms.sending import signed_out
from network.pages.forms.topics import topic_choices, topics_of
from network.pages.frame.callers import keys_of
from network.pages.frame.entry_addresses import page_of
from network.pages.frame.fields import Field, FieldKind, Filled
from network.pages.frame.keys import key_in
from network.pages.frame.language import message
from network.pages.frame.notices import DELETED, SAVED, WITHDRAWN, Note
from network.pages.frame.site import Site, in_both_languages

Data = Mapping[str, Any]
_OF_PERSON: Final = ("orcid", "purpose", "sources")
_TEXTS: Final = ("role", "email", "phone", "orcid", "purpose", "visibility", "contactVisibility")
_OWN_ADDRESS: Final = message("Eine Person wird per E-Mail gefragt: Bitte ihre eigene Adresse.")
_MINE: Final = "self"
_WHO: Final = (
    ("no", message("eine Stelle oder Funktion, zum Beispiel „IT-Leitung“")),
    ("yes", message("eine andere Person, mit Namen")),
    (_MINE, message("mich selbst, mit Namen")),
)


def routes(site: Site) -> list[BaseRoute]:
    async def listings(request: Request) -> Response:
        refused = await signed_out(site, request)
        if refused is not None:
            return refused
        found = (await site.asking.ask(request, operations.my_listings())).need("viewer")["listings"]
        return site.renderer.page(request, "my_listings.html", listings=found)

    return [*in_both_languages("/my/listings", listings), *routes_of(site, ACTIONS)]


async def _new(site: Site, request: Request) -> Subject:
    viewer = (await site.asking.ask(request, operations.my_listings())).need("viewer")
    return Subject(
        address="/experts",
        data={"email": viewer["mailSettings"]["email"]},
        choices={"details.topics": await topic_choices(site, request)},
        typed={
            "who": "no",
            "details.visibility": "PUBLIC",
            "details.contactVisibility": "NETWORK",
            "details.purpose": "Damit Häuser des Netzwerks wissen, wen sie zu einem Thema fragen können.",
            "details.sources": "die Person selbst",
        },
    )


def _registered(subject: Subject, filled: Filled) -> Data:
    given = filled.input
    is_person = given["who"] != "no"
    details = {name: value for name, value in given["details"].items() if is_person or name not in _OF_PERSON}
    if is_person:
        details["sources"] = [{"publisher": details.get("sources", "")}]
    if given["who"] == _MINE and "email" not in details:
        details["email"] = subject.data["email"]
    return {"house": given["house"], "name": given["name"], "isPerson": is_person, "details": details}


def _checked(subject: Subject, filled: Filled) -> Mapping[str, str]:
    given = filled.input
    if given["who"] == "no":
        return {}
    wanted = {"email": _OWN_ADDRESS, "purpose": _PURPOSE, "sources": _SOURCE}
    if given["who"] == _MINE and subject.data["email"]:
        del wanted["email"]
    return {f"details.{name}": text for name, text in wanted.items() if not given["details"].get(name)}


_EXPERT_ASKED: Final = Note(
    "expert-asked",
    message("Gespeichert. Die Person bekommt eine E-Mail; bis sie zustimmt, sieht nur Ihr Haus den Eintrag."),
)
_EXPERT_SELF: Final = Note(
    "expert-self",
    message(
        "Gespeichert. Damit andere den Eintrag sehen, stimmen Sie noch zu: unter „Mein Bereich“, oder mit dem Link in der E-Mail."
    ),
)


def _noted(_: Subject, filled: Filled, __: Data) -> Note:
    match filled.typed["who"]:
        case "yes":
            return _EXPERT_ASKED
        case "self":
            return _EXPERT_SELF
    return SAVED


def _entered(_: Subject, success: Data) -> str:
    expert = success["expert"]
    return "/my/listings" if expert is None else page_of(expert)


async def _stored(site: Site, request: Request) -> Subject:
    """The entry, for those of its house.

    Raises:
        HTTPException: there is none for the reader, or others answer for it.
    """
    answer = await site.asking.ask(request, operations.edit_expert(id=f"Expert:{key_in(request)}"))
    expert = answer.need("node")
    if "houses" not in expert:
        raise HTTPException(404)
    if not policy.may_edit_expert(caller_of(request.scope), keys_of(expert["houses"])):
        raise HTTPException(403)
    typed: dict[str, Any] = {f"changes.{name}": expert[name] or "" for name in ("name", *_TEXTS)}
    typed["changes.topics"] = [one["slug"] for one in expert["topics"]]
    return Subject(
        data={"id": expert["id"]},
        title=expert["name"],
        address=page_of(expert),
        choices={"changes.topics": topics_of(request, answer.data)},
        typed=typed,
        version=expert["version"],
        lead=_ASKED_ANEW if expert["isPerson"] else "",
        hidden=frozenset() if expert["isPerson"] else frozenset({"changes.orcid", "changes.purpose"}),
    )


async def _listing(site: Site, request: Request) -> Subject:
    """The reader's own entry that the address names.

    Raises:
        HTTPException: there is none.
    """
    found = (await site.asking.ask(request, operations.my_listings())).need("viewer")["listings"]
    own = next((one for one in found if one["id"] == request.query_params.get("expert")), None)
    if own is None:
        raise HTTPException(404)
    said = (own["name"], own["role"], own["houses"], *own["contact"])
    return Subject(
        data={**own, "quoted": "\n".join(filter(None, said))}, address="/my/listings", version=own["version"]
    )


def _of_expert(subject: Subject, _: Filled) -> Data:
    return {"expert": subject.data["id"]}


_PURPOSE: Final = message("Bitte sagen Sie der Person, wofür ihre Daten gezeigt werden.")
_SOURCE: Final = message("Bitte sagen Sie, woher die Daten sind.")
_ASKED_ANEW: Final = message(
    "Ändern Sie Namen, Erreichbarkeit, Zweck oder wer es sieht, wird die Person per E-Mail neu gefragt. Bis sie zustimmt, sieht nur Ihr Haus den Eintrag."
)


def _fields(prefix: str) -> tuple[Input, ...]:
    clears = prefix == "changes."
    return (
        line(f"{prefix}role", message("Aufgabe im Haus"), clears=clears),
        Input(
            field=Field(name=f"{prefix}topics", kind=FieldKind.MANY, most=5_000, is_cleared=clears),
            label=message("Wozu kann man fragen?"),
            widget=Widget.BOXES,
        ),
        line(
            f"{prefix}email",
            message("E-Mail"),
            hint=message(
                "Bei einer Stelle deren Adresse; bei einer Person ihre eigene, dorthin geht die Frage nach der Zustimmung."
            ),
            type="email",
            expects=_OWN_ADDRESS,
            clears=clears,
        ),
        line(f"{prefix}phone", message("Telefon"), type="tel", clears=clears),
        choice(
            f"{prefix}visibility",
            message("Wer den Eintrag sieht"),
            "Visibility",
            values=("PUBLIC", "NETWORK", "PRIVATE"),
        ),
        choice(
            f"{prefix}contactVisibility",
            message("Wer E-Mail und Telefon sieht"),
            "Visibility",
            values=("NETWORK", "PUBLIC", "PRIVATE"),
        ),
        line(
            f"{prefix}orcid",
            message("ORCID"),
            hint=message("Nur bei Personen. Zum Beispiel: 0000-0002-1825-0097."),
            expects=message("Bitte eine ORCID wie 0000-0002-1825-0097."),
            clears=clears,
        ),
        area(
            f"{prefix}purpose",
            message("Wofür die Daten der Person gezeigt werden"),
            hint=message("Nur bei Personen. Die Person liest es, bevor sie zustimmt."),
            rows=2,
            most=MAX_NOTE,
            expects=_PURPOSE,
            clears=clears,
        ),
    )


NEW: Final = Action(
    path="/experts/new",
    title=message("Fachleute eintragen"),
    lead=message(
        "Eine Stelle steht sofort da. Eine Person bekommt einen Link: Erst wenn sie zustimmt, sehen andere ihren Eintrag, und sie kann jederzeit zurück."
    ),
    button=message("Eintragen"),
    mutation=operations.register_expert,
    load=_new,
    inputs=(
        Input(
            field=Field(name="who", choices=tuple(value for value, _ in _WHO), is_required=True),
            label=message("Wen tragen Sie ein?"),
            widget=Widget.SELECT,
            options=_WHO,
        ),
        house(message("Welches Haus?")),
        line("name", message("Stelle oder Name"), required=True),
        *_fields("details."),
        line(
            "details.sources",
            message("Woher die Daten sind"),
            hint=message("Nur bei Personen."),
            expects=_SOURCE,
        ),
    ),
    whole=_registered,
    check=_checked,
    note=_noted,
    leads_to=_entered,
    needs_house=True,
)
EDIT: Final = Action(
    path="/experts/{key}/edit",
    title=message("Eintrag bearbeiten"),
    button=message("Speichern"),
    mutation=operations.update_expert,
    load=_stored,
    inputs=(line("changes.name", message("Stelle oder Name"), required=True), *_fields("changes.")),
    fixed=_of_expert,
    locks=True,
    compares=True,
)
REMOVE: Final = Action(
    path="/experts/{key}/remove",
    title=message("Eintrag löschen"),
    lead=message("Der Eintrag verschwindet mit allem, was daran hängt."),
    button=message("Löschen"),
    mutation=operations.remove_expert,
    load=_stored,
    fixed=_of_expert,
    locks=True,
    note=DELETED,
    leads_to=lambda *_: "/experts",
    is_grave=True,
)
CONSENT: Final = Action(
    path="/my/listings/consent",
    title=message("Ihrer Aufnahme zustimmen"),
    lead=message(
        "Was hier steht, sehen dann andere, wie es eingestellt ist. Sie können die Zustimmung jederzeit zurücknehmen."
    ),
    button=message("Ja, ich stimme zu"),
    mutation=operations.consent_expert,
    load=_listing,
    fixed=_of_expert,
    locks=True,
    note=Note(
        "consented",
        message("Danke. Andere sehen den Eintrag jetzt, und Sie bekommen einen Link, mit dem Sie zurückkönnen."),
    ),
)
WITHDRAW: Final = Action(
    path="/my/listings/withdraw",
    title=message("Zustimmung zurücknehmen"),
    lead=message("Der Eintrag ist sofort nur noch für Sie und Ihr Haus zu sehen."),
    button=message("Zurücknehmen"),
    mutation=operations.withdraw_consent,
    load=_listing,
    fixed=_of_expert,
    note=WITHDRAWN,
    is_grave=True,
)
ACTIONS: Final = (NEW, EDIT, REMOVE, CONSENT, WITHDRAW)
