"""Imprint, privacy and accessibility: the operator's own texts, or templates with blanks that say that they are such.

What the privacy page tells of the software itself stands below either, and is ours to keep true (docs/personal-data.md).
"""

import logging
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.edge.request import allowance_of, caller_of, request_id_of
from network.mail.sending import AwayError, PutOffError, RefusedError
from network.pages.forms.sending import see_other
from network.pages.frame.fields import Field, Filled, Form, check_sender
from network.pages.frame.language import Language, language_of, message
from network.pages.frame.notices import Note
from network.pages.frame.site import Site, in_both_languages
from network.rates import Kind

_MOST: Final = 4_000
_FEEDBACK: Final = Form(
    (
        Field(name="page", most=500),
        Field(name="text", is_required=True, most=_MOST),
        Field(name="reply", most=200),
    )
)
_NOT_SENT: Final = message(
    "Ihre Nachricht konnte gerade nicht zugestellt werden. Es ging nichts verloren: Versuchen Sie es in einer Minute noch einmal."
)
_BARRIER_REPORTED: Final = Note(
    "barrier-reported", message("Vielen Dank. Ihre Meldung ist beim Betrieb dieses Servers angekommen.")
)
_LOG: Final = logging.getLogger("hubnetz.legal")


def routes(site: Site) -> list[BaseRoute]:
    async def imprint(request: Request) -> Response:
        return _page(site, request, "imprint")

    async def privacy(request: Request) -> Response:
        return _page(site, request, "privacy")

    async def accessibility(request: Request) -> Response:
        return _page(site, request, "accessibility", form=_FEEDBACK.blank())

    async def report(request: Request) -> Response:
        return await _report(site, request)

    return [
        *in_both_languages("/imprint", imprint),
        *in_both_languages("/privacy", privacy),
        *in_both_languages("/accessibility", accessibility),
        *in_both_languages("/accessibility", report, methods=("POST",)),
    ]


def _page(site: Site, request: Request, name: str, *, status: int = 200, form: Filled | None = None) -> Response:
    found = site.legal.of(name, language_of(request.url.path))
    text, spoken = found or (None, Language.GERMAN)
    return site.renderer.page(
        request,
        f"{name}.html",
        status=status,
        own_text=text,
        own_language=spoken,
        form=form,
        takes_reports=site.feedback is not None,
    )


async def _report(site: Site, request: Request) -> Response:
    check_sender(request, site.public_url, may_be_silent=True)
    filled = await _FEEDBACK.read(request)
    if site.feedback is None or filled.problems:
        return _page(site, request, "accessibility", status=422, form=filled)
    # Anybody may report; a mailbox is flooded by nobody.
    allowance_of(request.scope).take(Kind.CALLBACKS, caller_of(request.scope))
    given = {name: str(filled.input.get(name, "")) for name in ("page", "text", "reply")}
    try:
        await site.feedback.send(**given, once=filled.once)
    except (RefusedError, PutOffError, AwayError) as error:
        _LOG.warning(
            "a report of a barrier was not taken: %s", error, extra={"request_id": request_id_of(request.scope)}
        )
        return _page(site, request, "accessibility", status=503, form=filled.with_problems({"": _NOT_SENT}))
    return see_other(site, request, "/accessibility", _BARRIER_REPORTED)
