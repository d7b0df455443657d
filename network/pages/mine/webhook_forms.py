"""Addresses of one's own programs that hear of news (webhooks): entered, tried, and taken out again."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.outgoing import MAX_LENGTH
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import Input, Widget, line
from network.pages.forms.sending import signed_out
from network.pages.frame.fields import Field, FieldKind, Filled
from network.pages.frame.language import message
from network.pages.frame.notices import DELETED, Note
from network.pages.frame.site import Site, in_both_languages
from network.words import WORDS

Data = Mapping[str, Any]
PAGE: Final = "/my/webhooks"
_URL: Final = message(
    "Bitte eine Adresse, die mit https:// beginnt und im Internet zu erreichen ist, ohne Namen und Kennwort darin."
)
_NOT_ASKED: Final = frozenset({"PING", "WEBHOOK_DISABLED"})


def routes(site: Site) -> list[BaseRoute]:
    async def webhooks(request: Request) -> Response:
        refused = await signed_out(site, request)
        if refused is not None:
            return refused
        return site.renderer.page(request, "my_webhooks.html", webhooks=await _own(site, request))

    return [*in_both_languages(PAGE, webhooks), *routes_of(site, ACTIONS)]


async def _own(site: Site, request: Request) -> list[Data]:
    viewer = (await site.asking.ask(request, operations.my_webhooks())).need("viewer")
    return list(viewer["webhooks"])


async def _new(_: Site, __: Request) -> Subject:
    return Subject(address=PAGE)


async def _one(site: Site, request: Request) -> Subject:
    """The reader's webhook that the address names.

    Raises:
        HTTPException: there is none.
    """
    id_ = request.query_params.get("webhook")
    found = next((one for one in await _own(site, request) if one["id"] == id_), None)
    if found is None:
        raise HTTPException(404)
    return Subject(
        data={**found, "quoted": found["url"]}, address=PAGE, typed={"url": found["url"], "kinds": list(found["kinds"])}
    )


def _named(subject: Subject, _: Filled) -> Data:
    return {"webhook": subject.data["id"]}


def _told(site: Site, request: Request, _: Subject, success: Data) -> Response:
    """The one page that has the secret: loaded again it is the same answer, and no address leads to it."""
    return site.renderer.page(request, "webhook_secret.html", secret=success["secret"])


_INPUTS: Final = (
    line(
        "url",
        message("Adresse Ihres Programms"),
        hint=message("Zum Beispiel: https://fachverfahren.example/hubnetz"),
        required=True,
        most=MAX_LENGTH,
        type="url",
        expects=_URL,
    ),
    Input(
        field=Field(
            name="kinds",
            kind=FieldKind.MANY,
            most=5_000,
            choices=tuple(kind for kind in WORDS["NewsKind"] if kind not in _NOT_ASKED),
            is_cleared=True,
        ),
        label=message("Was soll gemeldet werden?"),
        hint=message("Nichts angekreuzt heißt: alles."),
        widget=Widget.BOXES,
        vocabulary="NewsKind",
    ),
)
NEW: Final = Action(
    path="/my/webhooks/new",
    title=message("Meldeadresse eintragen"),
    lead=message(
        "Ein Programm Ihres Hauses bekommt Neues sofort, unterschrieben mit einem Geheimnis, das Sie gleich einmal sehen."
    ),
    button=message("Eintragen"),
    mutation=operations.register_webhook,
    load=_new,
    inputs=_INPUTS,
    answer=_told,
)
EDIT: Final = Action(
    path="/my/webhooks/edit",
    title=message("Meldeadresse ändern"),
    button=message("Speichern"),
    mutation=operations.update_webhook,
    load=_one,
    inputs=_INPUTS,
    fixed=_named,
)
SECRET: Final = Action(
    path="/my/webhooks/secret",
    title=message("Neues Geheimnis"),
    lead=message("Das alte unterschreibt noch 24 Stunden mit, damit Sie in Ruhe umstellen können."),
    button=message("Neues Geheimnis zeigen"),
    mutation=operations.rotate_webhook_secret,
    load=_one,
    inputs=(
        Input(
            field=Field(name="endsOldAtOnce", kind=FieldKind.FLAG),
            label=message("Andere kennen das alte: Es soll sofort nicht mehr gelten"),
            widget=Widget.BOX,
        ),
    ),
    fixed=_named,
    answer=_told,
)
TEST: Final = Action(
    path="/my/webhooks/test",
    title=message("Probe schicken"),
    lead=message(
        "Ihr Programm bekommt eine Meldung „Probe“. Was daraus wurde, steht kurz danach bei der Meldeadresse."
    ),
    button=message("Probe schicken"),
    mutation=operations.test_webhook,
    load=_one,
    fixed=_named,
    note=Note(
        "tested",
        message("Die Probe ist unterwegs. Laden Sie die Seite gleich noch einmal, um zu sehen, was daraus wurde."),
    ),
)
ENABLE: Final = Action(
    path="/my/webhooks/enable",
    title=message("Wieder einschalten"),
    lead=message("Gemeldet wird, was von jetzt an geschieht."),
    button=message("Wieder einschalten"),
    mutation=operations.enable_webhook,
    load=_one,
    fixed=_named,
)
REMOVE: Final = Action(
    path="/my/webhooks/remove",
    title=message("Meldeadresse löschen"),
    lead=message("Was noch auf sie wartet, wird nicht mehr gemeldet."),
    button=message("Löschen"),
    mutation=operations.remove_webhook,
    load=_one,
    fixed=_named,
    note=DELETED,
    is_grave=True,
)
ACTIONS: Final = (NEW, EDIT, SECRET, TEST, ENABLE, REMOVE)
