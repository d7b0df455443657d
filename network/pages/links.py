"""The pages that links in e-mails open: one question with its buttons, and the end of mail that one no longer wants.

The address is the proof: it needs no session, and who sends a form here from elsewhere would have to know it. So it is in
no log (the route's pattern is), in no referrer, and kept by no cache.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from auth.errors import ForbiddenError
from auth.principal import Principal
from auth.sessions import COOKIE as ONCE
from graph.errors import ConflictError, GraphUnavailableError, InvalidInputError, NodeNotFoundError, OutcomeUnknownError
from graph.matters import Matter
from graph.port import GraphStore
from graph.single_use import Opened, Spending, decider, look, repeated
from graph.unit_of_work import UnitOfWork
from network.authentication import FORM_FIELD
from network.execution.inputs import Checks
from network.mail.questions import question
from network.mail.subscriptions import Subscriptions
from network.mail.wording import Asked, day
from network.negotiation import parse
from network.pages.layout import page, template
from network.pages.link_purposes import PURPOSES, Deciding, Decision, Purpose
from network.rates import Kind
from network.request import allowance_of, caller_of, form_token_of

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
MAX_TEXT: Final = 2_000
_CHANGED: Final = (
    "Was hier steht, wurde geändert, während Sie gelesen haben. Es ist noch nichts entschieden. "
    "Bitte lesen Sie noch einmal."
)
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Doors:
    """What stands behind the pages.

    Attributes:
        origin: Where our own pages come from.
        on_commit: Called after a decision was written.
    """

    store: GraphStore
    subscriptions: Subscriptions
    origin: str
    on_commit: Callable[[], None]
    notice: str = ""


def routes(doors: Doors) -> list[BaseRoute]:
    pages = _Pages(doors)
    return [
        Route("/link/{secret}", pages.show, methods=["GET"]),
        Route("/link/{secret}", pages.decide, methods=["POST"]),
        Route("/unsubscribe/{token}", pages.ask_to_unsubscribe, methods=["GET"]),
        Route("/unsubscribe/{token}", pages.unsubscribe, methods=["POST"]),
    ]


class _Pages:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._framed = partial(page, notice=doors.notice)

    async def show(self, request: Request) -> Response:
        _refuse_head(request)
        allowance_of(request.scope).take(Kind.LINKS)
        try:
            opened = await look(self._doors.store, request.path_params["secret"])
        except GraphUnavailableError:
            return self._later()
        return self._gone() if opened is None else self._question(request, opened, secrets.token_urlsafe(32))

    async def decide(self, request: Request) -> Response:
        allowance_of(request.scope).take(Kind.LINKS)
        _check_sender(request, self._doors.origin)
        form = await _form(request)
        once = form.get("once", "")
        try:
            return await self._decided(request, form, once if ONCE.fullmatch(once) else secrets.token_urlsafe(32))
        except (GraphUnavailableError, OutcomeUnknownError):
            return self._later()
        except (NodeNotFoundError, ForbiddenError, ConflictError):
            # Somebody decided otherwise in the meantime; nothing of this decision was written.
            return self._gone()

    async def ask_to_unsubscribe(self, request: Request) -> Response:
        _refuse_head(request)
        subscription = self._doors.subscriptions.read(request.path_params["token"])
        if subscription is None:
            return self._gone()
        content = template("unsubscribe").substitute(what=escape(subscription.told))
        return self._page("E-Mails abbestellen", content)

    async def unsubscribe(self, request: Request) -> Response:
        """Also for mail programs that do it at the press of one button of theirs (RFC 8058 §3.2)."""
        subscription = self._doors.subscriptions.read(request.path_params["token"])
        if subscription is None:
            return self._gone()
        try:
            await self._doors.subscriptions.end(self._doors.store, subscription)
        except (GraphUnavailableError, OutcomeUnknownError, ConflictError):
            return self._later()
        message = f"Sie bekommen keine {subscription.told} mehr von Hubnetz."
        return self._message("Abbestellt", message)

    async def _decided(self, request: Request, form: Mapping[str, str], once: str) -> Response:
        secret, name = request.path_params["secret"], form.get("decision", "")
        key = f"{name}:{once}"
        caller = caller_of(request.scope)
        opened = await look(self._doors.store, secret)
        if opened is None:
            # Pressed twice, or sent again because no answer came: the same page shows the same end.
            found = await repeated(self._doors.store, secret, key, member=caller)
            decision = None if found is None else _decision(PURPOSES[found], name)
            return self._gone() if decision is None else self._thanks(decision)
        purpose = PURPOSES[opened.link.purpose]
        decision = _decision(purpose, name)
        if decision is None or (purpose.is_by_member and not isinstance(caller, Principal)):
            return self._question(request, opened, once)
        if (
            form.get("shown", shown := _fingerprint(question(opened.link.purpose, opened.matter), opened.matter))
            != shown
        ):
            # Nobody agrees to what they have not read: whoever asks may change it while the page is open.
            return self._question(request, opened, once, notice=_CHANGED, written=form.get("text", ""), at=decision)
        check = Checks()
        text = check.text("text", form.get("text", ""), most=MAX_TEXT) if decision.asks else ""
        deciding = Deciding(
            work=Spending(UnitOfWork(self._doors.store), opened.link.id),
            opened=opened,
            actor=caller if purpose.is_by_member else decider(opened.link),
            text=text,
            key=key,
        )
        told = f"Bitte schreiben Sie etwas dazu, höchstens {MAX_TEXT} Zeichen."
        try:
            check.finish()
            told = decision.refused or told
            await decision.runs(deciding)
        except InvalidInputError:
            return self._question(request, opened, once, problem=told, written=form.get("text", ""), at=decision)
        self._doors.on_commit()
        return self._thanks(decision)

    def _question(
        self,
        request: Request,
        opened: Opened,
        once: str,
        *,
        notice: str = "",
        problem: str = "",
        written: str = "",
        at: Decision | None = None,
    ) -> Response:
        purpose, matter = PURPOSES[opened.link.purpose], opened.matter
        asked = question(opened.link.purpose, matter)
        is_signed_in = isinstance(caller_of(request.scope), Principal)
        if purpose.is_by_member and not is_signed_in:
            forms = template("link_sign_in").substitute(address=escape(f"/sign-in?to={request.url.path}"))
        else:
            hidden = {"once": once, "shown": _fingerprint(asked, matter)}
            if purpose.is_by_member and (token := form_token_of(request.scope)) is not None:
                hidden[FORM_FIELD] = token
            forms = "\n".join(
                _form_of(one, hidden, problem if one is at else "", written if one is at else "")
                for one in purpose.decisions
            )
        content = template("link").substitute(
            notice=f'<p class="problem" role="alert">{escape(notice)}</p>' if notice else "",
            heading=escape(asked.heading),
            sentences="".join(f"<p>{escape(sentence)}</p>" for sentence in asked.sentences),
            summary=_summary(matter.summary),
            forms=forms,
            account="" if purpose.is_by_member else "Sie brauchen dafür kein Konto.",
            until=escape(day(opened.link.expires_at)),
        )
        response = self._page(asked.heading, content, status=400 if problem else 409 if notice else 200)
        if purpose.is_by_member:
            # With no referrer at all browsers hide where a form comes from, and the door asks that of a session.
            response.headers.update({"Referrer-Policy": "same-origin", "Vary": "Cookie"})
        return response

    def _thanks(self, decision: Decision) -> Response:
        return self._message("Vielen Dank", f"{decision.thanks} Sie müssen nichts weiter tun.")

    def _gone(self) -> Response:
        return self._page("Dieser Link gilt nicht mehr", template("link_gone").substitute(), status=410)

    def _later(self) -> Response:
        message = (
            "Hubnetz kann gerade nicht nachsehen. Ihr Link gilt weiter. Laden Sie diese Seite in einer Minute neu; es wird "
            "nichts doppelt gespeichert."
        )
        response = self._message("Bitte gleich noch einmal", message, status=503)
        response.headers["Retry-After"] = "60"
        return response

    def _message(self, title: str, message: str, *, status: int = 200) -> Response:
        content = template("dev_message").substitute(title=escape(title), message=escape(message))
        return self._page(title, content, status=status)

    def _page(self, title: str, content: str, *, status: int = 200) -> Response:
        response = self._framed(f"{title} · Hubnetz", content, status=status)
        response.headers.update(HEADERS)
        return response


def _decision(purpose: Purpose, name: str) -> Decision | None:
    return next((decision for decision in purpose.decisions if decision.name == name), None)


def _summary(text: str | None) -> str:
    return "" if not text else f'<blockquote class="summary"><p>{escape(text)}</p></blockquote>'


def _fingerprint(asked: Asked, matter: Matter) -> str:
    """Of all that the page tells about the matter."""
    told = json.dumps([asked.heading, *asked.sentences, matter.summary])
    return hashlib.sha256(told.encode()).hexdigest()


def _form_of(decision: Decision, hidden: Mapping[str, str], problem: str, written: str) -> str:
    """One form for each button: a text that one asks for must not keep another from being pressed."""
    named = {**hidden, "decision": decision.name}
    fields = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in named.items())
    asks = ""
    if decision.asks:
        name = f"text-{decision.name}"
        told = f'<p class="problem" id="{name}-problem" role="alert">{escape(problem)}</p>' if problem else ""
        described = f' aria-invalid="true" aria-describedby="{name}-problem"' if problem else ""
        asks = (
            f'<label for="{name}">{escape(decision.asks)}</label>{told}'
            f'<textarea class="prose" id="{name}" name="text" rows="4" maxlength="{MAX_TEXT}" required{described}>'
            f"{escape(written[:MAX_TEXT])}</textarea>"
        )
    return f'<form method="post" class="decision">{fields}{asks}<button>{escape(decision.button)}</button></form>'


def _refuse_head(request: Request) -> None:
    if request.method == "HEAD":
        # Programs that look ahead at links learn nothing, not even whether there is one.
        raise HTTPException(405, headers={"Allow": "GET"})


def _check_sender(request: Request, origin: str) -> None:
    """Passes what a page of ours may have sent. The proof is the address; this keeps other pages from even trying.

    With no referrer, browsers call our own origin `null`; older ones and programs say nothing.

    Raises:
        ForbiddenError: a page of somebody else.
    """
    origins, sites = request.headers.getlist("origin"), request.headers.getlist("sec-fetch-site")
    if not set(origins) <= {origin, "null"} or not set(sites) <= {"same-origin", "none"}:
        raise ForbiddenError("Origin, Sec-Fetch-Site: this form is for the page that the link opens.")


async def _form(request: Request) -> dict[str, str]:
    """The fields of the form; none where it is none, or has one twice."""
    if parse(request.headers.get("content-type", "")).type != _FORM:
        return {}
    try:
        pairs = parse_qsl((await request.body()).decode("utf-8"), errors="strict", max_num_fields=20)
    except (ValueError, ClientDisconnect):
        return {}
    found = dict(pairs)
    return found if len(found) == len(pairs) else {}
