"""Somebody's feed addresses: made for a list, shown once, revoked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from graph.accounts.feed_tokens import UNSEEN_DAYS
from graph.commands.feed_addresses import DAYS, MAX_ADDRESSES
from graph.errors import InvalidInputError
from graph.texts import MAX_NAME, MAX_URL
from graph.values import instant
from graph.vocabulary import FeedForm
from network.pages import operations
from network.pages.files.feed_lists import list_of
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.sending import sent_or_kept, signed_out
from network.pages.frame.callers import is_member
from network.pages.frame.fields import Field, Filled, Form, Sent
from network.pages.frame.language import language_of, message, translations
from network.pages.frame.notices import Note
from network.pages.frame.rendering import UNKEPT
from network.pages.frame.site import Site, in_both_languages
from network.pages.frame.stash import restored

MY_FEEDS: Final = "/my/feeds"
_FORM: Final = Form((Field(name="name", is_required=True, most=MAX_NAME),))
NAMES: Final[Mapping[str, str]] = {
    "/search": message("Suche"),
    "/projects": message("Alle Projekte"),
    "/compare": message("Vergleich"),
    "/events": message("Veranstaltungen"),
    "/hubs": message("Hubs"),
    "/municipalities": message("Kommunen"),
    "/universities": message("Hochschulen"),
    "/organisations": message("Organisationen"),
    "/experts": message("Fachleute"),
    "/topics": message("Themen"),
    "/services": message("Leistungen"),
    "/funding": message("Förderprogramme"),
    "/needs": message("Gesuche und Angebote"),
}
"""Path of a list -> what it is called."""
_FULL: Final = message("Es wurde keine Adresse angelegt: Sie haben schon so viele, wie eine Person haben kann.")
_KEPT_NOWHERE: Final = {**UNKEPT, "Referrer-Policy": "no-referrer"}


def routes(site: Site) -> list[BaseRoute]:
    async def mine(request: Request) -> Response:
        refused = await signed_out(site, request)
        if refused is not None:
            return refused
        viewer = (await site.asking.ask(request, operations.my_feeds())).need("viewer")
        shown = [(one, NAMES.get(one["page"].partition("?")[0], "")) for one in viewer["feedAddresses"]]
        return site.renderer.page(
            request,
            "my_feeds.html",
            addresses=shown,
            known_lists=[(path, called) for path, called in NAMES.items() if path != "/compare"],
            now=instant(datetime.now(UTC)),
            may_take_part=is_member(request),
            unseen_days=UNSEEN_DAYS,
        )

    async def make(request: Request) -> Response:
        refused = await signed_out(site, request)
        if refused is not None:
            return refused
        form, page = _asked(request)
        given = restored(request)
        if request.method == "POST":
            typed = await _FORM.read(request)
            filled = replace(typed, input={**typed.input, "form": form.value, "page": page})
            sent = await sent_or_kept(site, request, operations.create_feed_address, _FORM, filled)
            if sent.success is not None:
                return _made(site, request, filled, form, sent.success["url"])
        else:
            named = translations(language_of(request.url.path)).gettext(NAMES[page.partition("?")[0]])
            sent = Sent(_FORM.blank({"name": named}) if given is None else _FORM.filled(given))
        sent, is_full = await _told_full(site, request, sent)
        return site.renderer.page(
            request,
            "my_feed_new.html",
            status=sent.status,
            form=sent.filled,
            kind=form.value,
            page=page,
            list_name=NAMES[page.partition("?")[0]],
            max_name=MAX_NAME,
            days=DAYS,
            most=MAX_ADDRESSES,
            is_full=is_full,
            may_take_part=is_member(request),
        )

    return [
        *in_both_languages(MY_FEEDS, mine),
        *in_both_languages(f"{MY_FEEDS}/new", make, methods=("GET", "POST")),
        *routes_of(site, ACTIONS),
    ]


def _made(site: Site, request: Request, filled: Filled, form: FeedForm, address: str | None) -> Response:
    """Not on to another page: the address is told here and never again, and sent twice it is the same."""
    return site.renderer.page(
        request,
        "my_feed_made.html",
        headers=_KEPT_NOWHERE,
        made=address,
        name=filled.typed["name"],
        form=form.value,
        unseen_days=UNSEEN_DAYS,
    )


async def _told_full(site: Site, request: Request, sent: Sent) -> tuple[Sent, bool]:
    """The form, and whether it fails because its person has all the addresses that one can have; then it says so."""
    if request.method == "POST" and "" not in sent.filled.problems:
        return sent, False
    viewer = (await site.asking.ask(request, operations.my_feeds())).need("viewer")
    is_full = len(viewer["feedAddresses"]) >= MAX_ADDRESSES
    if is_full and sent.status == 422:
        sent = replace(sent, filled=sent.filled.with_problems({"": _FULL}))
    return sent, is_full


def _asked(request: Request) -> tuple[FeedForm, str]:
    """The list that the address names, and in which form.

    Raises:
        HTTPException: there is no such list.
    """
    try:
        form = FeedForm(request.query_params.get("form", FeedForm.TABLE))
        return form, list_of(form, request.query_params.get("page", "")[:MAX_URL])
    except (ValueError, InvalidInputError) as error:
        raise HTTPException(404) from error


async def _own(site: Site, request: Request) -> Subject:
    viewer = (await site.asking.ask(request, operations.my_feeds())).need("viewer")
    asked = request.query_params.get("feed")
    found: Mapping[str, Any] | None = next((one for one in viewer["feedAddresses"] if one["id"] == asked), None)
    if found is None:
        raise HTTPException(404)
    return Subject(data={**found, "quoted": found["name"]}, address=MY_FEEDS)


REVOKE: Final = Action(
    path=f"{MY_FEEDS}/revoke",
    title=message("Adresse widerrufen"),
    lead=message(
        "Tabellen und Kalender, die sie abholen, bekommen dann nichts mehr. Das lässt sich nicht zurücknehmen."
    ),
    button=message("Widerrufen"),
    mutation=operations.revoke_feed_address,
    load=_own,
    fixed=lambda subject, _: {"feedAddress": subject.data["id"]},
    note=Note("revoked", message("Widerrufen. Unter dieser Adresse gibt es nichts mehr.")),
    is_grave=True,
)
ACTIONS: Final = (REVOKE,)
