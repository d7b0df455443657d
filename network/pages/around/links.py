"""The pages that links in e-mails open: one question with its buttons, and the end of mail that one no longer wants.

The address is the proof: it needs no session, and who sends a form here from elsewhere would have to know it. So it is in
no log (the route's pattern is), in no referrer, and kept by no cache.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from babel.support import NullTranslations
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from auth.errors import ForbiddenError
from auth.principal import Principal
from auth.sessions import COOKIE as ONCE
from graph.errors import ConflictError, GraphUnavailableError, InvalidInputError, NodeNotFoundError, OutcomeUnknownError
from graph.telling.matters import Matter
from graph.telling.single_use import Opened, Spending, decider, look, repeated
from graph.writing.unit_of_work import UnitOfWork
from network.edge.authentication import FORM_FIELD
from network.edge.request import allowance_of, caller_of, form_token_of
from network.execution.inputs import Checks
from network.mail.questions import question
from network.mail.wording import Asked
from network.pages.around.link_purposes import PURPOSES, Deciding, Decision, Purpose
from network.pages.frame.doors import Doors
from network.pages.frame.fields import check_sender, single_fields_of
from network.pages.frame.language import ENGLISH_PREFIX, Language, language_of, message, translations
from network.pages.frame.rendering import Renderer
from network.rates import Kind

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
IN_LANGUAGE: Final = "language"
"""Parameter of a link's own address that leads to the same page in that language, which its page says without the address."""
MAX_TEXT: Final = 2_000
_CHANGED: Final = message(
    "Was hier steht, wurde geändert, während Sie gelesen haben. Es ist noch nichts entschieden. "
    "Bitte lesen Sie noch einmal."
)
_NO_BUTTON: Final = message("Es ist noch nichts entschieden. Bitte drücken Sie einen der Knöpfe auf dieser Seite.")
_WRITE: Final = message("Bitte schreiben Sie etwas dazu, höchstens %(most)s Zeichen.")
_THANKS: Final = message("Vielen Dank")
_LATER_TITLE: Final = message("Bitte gleich noch einmal")
_LATER: Final = message(
    "Hubnetz kann gerade nicht nachsehen. Ihr Link gilt weiter. Laden Sie diese Seite in einer Minute neu; es wird nichts "
    "doppelt gespeichert."
)
_ENDED_TITLE: Final = message("Abbestellt")
_ENDED: Final = message("Sie bekommen keine %(what)s mehr von Hubnetz.")
_NOTHING_MORE: Final = message("Sie müssen nichts weiter tun.")


def routes(doors: Doors, renderer: Renderer) -> list[BaseRoute]:
    pages = _Pages(doors, renderer)
    return [
        Route(f"{prefix}{path}", endpoint, methods=[method])
        for prefix in ("", ENGLISH_PREFIX)
        for path, endpoint, method in (
            ("/link/{secret}", pages.show, "GET"),
            ("/link/{secret}", pages.decide, "POST"),
            ("/unsubscribe/{token}", pages.ask_to_unsubscribe, "GET"),
            ("/unsubscribe/{token}", pages.unsubscribe, "POST"),
        )
    ]


class _Pages:
    def __init__(self, doors: Doors, renderer: Renderer) -> None:
        self._doors = doors
        self._renderer = renderer

    async def show(self, request: Request) -> Response:
        _refuse_head(request)
        asked = request.query_params.get(IN_LANGUAGE)
        if asked in tuple(Language):
            there = Language(asked).at(f"/link/{quote(request.path_params['secret'], safe='')}")
            return RedirectResponse(there, 303, HEADERS)
        allowance_of(request.scope).take(Kind.LINKS)
        try:
            opened = await look(self._doors.store, request.path_params["secret"])
        except GraphUnavailableError:
            return self._later(request)
        return self._gone(request) if opened is None else self._question(request, opened, secrets.token_urlsafe(32))

    async def decide(self, request: Request) -> Response:
        allowance_of(request.scope).take(Kind.LINKS)
        # The proof is the address; this keeps other pages from even trying.
        check_sender(request, self._doors.origin, may_be_silent=True, may_lack_referrer=True)
        form = await single_fields_of(request)
        once = form.get("once", "")
        try:
            return await self._decided(request, form, once if ONCE.fullmatch(once) else secrets.token_urlsafe(32))
        except (GraphUnavailableError, OutcomeUnknownError):
            return self._later(request)
        except (NodeNotFoundError, ForbiddenError, ConflictError):
            # Somebody decided otherwise in the meantime; nothing of this decision was written.
            return self._gone(request)

    async def ask_to_unsubscribe(self, request: Request) -> Response:
        _refuse_head(request)
        subscription = self._doors.subscriptions.read(request.path_params["token"])
        if subscription is None:
            return self._gone(request)
        return self._page(request, "unsubscribe.html", what=_known(request).gettext(subscription.told))

    async def unsubscribe(self, request: Request) -> Response:
        """Also for mail programs that do it at the press of one button of theirs (RFC 8058 §3.2)."""
        subscription = self._doors.subscriptions.read(request.path_params["token"])
        if subscription is None:
            return self._gone(request)
        try:
            await self._doors.subscriptions.end(self._doors.store, subscription)
        except (GraphUnavailableError, OutcomeUnknownError, ConflictError):
            return self._later(request)
        return self._message(request, _ENDED_TITLE, _ENDED, what=_known(request).gettext(subscription.told))

    async def _decided(self, request: Request, form: Mapping[str, str], once: str) -> Response:
        secret, name = request.path_params["secret"], form.get("decision", "")
        key = f"{name}:{once}"
        caller = caller_of(request.scope)
        opened = await look(self._doors.store, secret)
        if opened is None:
            # Pressed twice, or sent again because no answer came: the same page shows the same end.
            found = await repeated(self._doors.store, secret, key, member=caller)
            decision = None if found is None else _decision(PURPOSES[found], name)
            return self._gone(request) if decision is None else self._thanks(request, decision)
        purpose = PURPOSES[opened.link.purpose]
        decision = _decision(purpose, name)
        if decision is None:
            # Of a form that was sound once, or of none of ours: whoever reads it finds the buttons that there are.
            return self._question(request, opened, once, status=400, notice=_NO_BUTTON)
        if purpose.is_by_member and not isinstance(caller, Principal):
            return self._question(request, opened, once)
        if (
            form.get("shown", shown := _fingerprint(question(opened.link.purpose, opened.matter), opened.matter))
            != shown
        ):
            # Nobody agrees to what they have not read: whoever asks may change it while the page is open.
            written = form.get("text", "")
            return self._question(request, opened, once, status=409, notice=_CHANGED, written=written, at=decision)
        check = Checks()
        text = check.text("text", form.get("text", ""), most=MAX_TEXT) if decision.asks else ""
        deciding = Deciding(
            work=Spending(UnitOfWork(self._doors.store), opened.link.id),
            opened=opened,
            actor=caller if purpose.is_by_member else decider(opened.link),
            text=text,
            key=key,
        )
        told = _WRITE
        try:
            check.finish()
            told = decision.refused or told
            await decision.runs(deciding)
        except InvalidInputError:
            return self._question(request, opened, once, problem=told, written=form.get("text", ""), at=decision)
        self._doors.on_commit()
        return self._thanks(request, decision)

    def _question(
        self,
        request: Request,
        opened: Opened,
        once: str,
        *,
        status: int = 200,
        notice: str = "",
        problem: str = "",
        written: str = "",
        at: Decision | None = None,
    ) -> Response:
        purpose, matter = PURPOSES[opened.link.purpose], opened.matter
        asked = question(opened.link.purpose, matter)
        known = _known(request)
        hidden = {"once": once, "shown": _fingerprint(asked, matter)}
        if purpose.is_by_member and (token := form_token_of(request.scope)) is not None:
            hidden[FORM_FIELD] = token
        is_unknown = purpose.is_by_member and not isinstance(caller_of(request.scope), Principal)
        return self._page(
            request,
            "link.html",
            in_language=IN_LANGUAGE,
            status=400 if problem else status,
            # With no referrer at all browsers hide where a form comes from, and the door asks that of a session.
            headers={"Referrer-Policy": "same-origin", "Vary": "Cookie"} if purpose.is_by_member else {},
            notice=known.gettext(notice) if notice else "",
            asked=asked,
            summary=matter.summary,
            sign_in_to=request.url.path if is_unknown else "",
            hidden=hidden,
            decisions=[
                {
                    "name": one.name,
                    "button": known.gettext(one.button),
                    "asks": known.gettext(one.asks) if one.asks else "",
                    "problem": known.gettext(problem) % {"most": MAX_TEXT} if problem and one is at else "",
                    "written": written[:MAX_TEXT] if one is at else "",
                }
                for one in purpose.decisions
            ],
            most=MAX_TEXT,
            is_by_member=purpose.is_by_member,
            until=opened.link.expires_at,
        )

    def _thanks(self, request: Request, decision: Decision) -> Response:
        known = _known(request)
        return self._message(request, _THANKS, f"{known.gettext(decision.thanks)} {known.gettext(_NOTHING_MORE)}")

    def _gone(self, request: Request) -> Response:
        return self._page(request, "link_gone.html", status=410)

    def _later(self, request: Request) -> Response:
        response = self._message(request, _LATER_TITLE, _LATER, status=503)
        response.headers["Retry-After"] = "60"
        return response

    def _message(self, request: Request, title: str, text: str, *, status: int = 200, what: str = "") -> Response:
        return self._renderer.message(request, title, text, status=status, headers=HEADERS, is_bare=True, what=what)

    def _page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Response:
        told = {**HEADERS, **(headers or {})}
        return self._renderer.page(request, template, status=status, headers=told, **context)


def _known(request: Request) -> NullTranslations:
    return translations(language_of(request.url.path))


def _decision(purpose: Purpose, name: str) -> Decision | None:
    return next((decision for decision in purpose.decisions if decision.name == name), None)


def _fingerprint(asked: Asked, matter: Matter) -> str:
    """Of all that the page tells about the matter."""
    told = json.dumps([asked.heading, *asked.sentences, matter.summary])
    return hashlib.sha256(told.encode()).hexdigest()


def _refuse_head(request: Request) -> None:
    if request.method == "HEAD":
        # Programs that look ahead at links learn nothing, not even whether there is one.
        raise HTTPException(405, headers={"Allow": "GET"})
