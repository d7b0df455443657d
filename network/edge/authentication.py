"""The door: who asks. One place turns an access token or a session cookie into a caller; everything behind sees a caller only.

A token is verified by the `Authenticator` that `create_app` was given, `auth.tokens.AccessTokens` where there are issuers;
a cookie by `auth.sessions.Sessions`. Neither is ever taken for none, and nobody comes with both. To what the issuer tells of
somebody, `auth.people.People` adds the memberships by invitation, so that everything behind sees one principal.
"""

import hmac
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import parse_qs

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth.errors import (
    AuthError,
    ForbiddenError,
    InsufficientScopeError,
    InvalidTokenError,
    SessionOverError,
    UnknownIssuerError,
)
from auth.people import People
from auth.principal import Anonymous, Caller, Principal
from auth.sessions import Resumed, Sessions, form_token
from network.edge import negotiation, uploads
from network.edge.cookies import Cookies, read_all
from network.edge.request import CALLER, FORM_TOKEN, allowance_of, request_id_of
from network.errors import RequestError, format_exception, status_of
from network.rates import Kind

# RFC 6750 §2.1, and a length that no token of ours comes near.
_BEARER: Final = re.compile(r"(?i:bearer) +([A-Za-z0-9\-._~+/]{1,8192}=*)")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM: Final = "application/x-www-form-urlencoded"
_EVERYBODYS: Final = ("/static/", "/explorer/assets/", "/schema.graphql", "/livez", "/readyz", "/metrics", "/feeds/")
"""Beginnings of paths whose answer is the same for everybody: no session is looked up there, so they are served while the
database is away, and a page that is shown then looks as it should."""
_FEEDS: Final = (".ics", ".atom")
"""Endings of such paths: programs fetch them that know no session, and a browser that does sees what they see."""
FORM_FIELD: Final = "form_token"
"""Name of the field in which forms carry the token of their session."""
PROVEN_BY_ADDRESS: Final = ("/link/", "/unsubscribe/", "/en/link/", "/en/unsubscribe/")
"""Beginnings of paths that are a proof themselves. Their forms are for everybody: without the token of the session, which
pages that need somebody signed in put into them, the session does not count, and nobody is turned away for having one."""
_SEALED: Final = frozenset({"/continue", "/en/continue"})
"""Paths whose forms bring what was typed before their session ran out, and so no token of the session that there is now. What
they bring is sealed, and nothing is written there; that they come from a page of ours is asked all the same."""
_SIGNING: Final = ("/sign-", "/en/sign-")
_LOG: Final = logging.getLogger("hubnetz.authentication")


class Authenticator(Protocol):
    """Turns an access token into the principal it speaks for."""

    async def authenticate(self, token: str) -> Principal:
        """The verified principal.

        Raises:
            InvalidTokenError, UnknownIssuerError: not to be accepted.
            IssuerUnavailableError: cannot be decided now.
            ForbiddenError: sound, but without the scope that this service asks for.
        """
        ...


class NoIssuers:
    """Accepts no token: this installation knows no issuer, so there is nobody whose word would count."""

    async def authenticate(self, token: str) -> Principal:  # noqa: ARG002 - the port's name for it
        raise InvalidTokenError("This service accepts no access tokens: no issuer is configured.")


@dataclass(frozen=True, slots=True)
class Browsers:
    """What is needed to know browsers again. `origin` is where our own pages come from."""

    sessions: Sessions
    cookies: Cookies
    origin: str


@dataclass(frozen=True, slots=True)
class RefusalPages:
    """What people see where programs read JSON.

    Attributes:
        problem: The page for an exception; None where a program asked.
        over: Answers a form whose session is over and keeps what was typed; None where nobody can sign in.
    """

    problem: Callable[[Exception, Scope], Response | None]
    over: Callable[[Scope, Receive], Awaitable[Response]] | None = None


class AuthenticationMiddleware:
    """Puts the caller into the scope, or answers for it: a bad token is refused, never silently anonymous.

    Args:
        browsers: None where cookies say nothing.
        people: Knows those who come with a token, as `browsers` does the others; None where nobody is invited.
        pages: Refuse people; None: everybody reads JSON.
    """

    def __init__(
        self,
        app: ASGIApp,
        authenticator: Authenticator,
        browsers: Browsers | None = None,
        people: People | None = None,
        pages: RefusalPages | None = None,
    ) -> None:
        self._app = app
        self._authenticator = authenticator
        self._people = people
        self._browsers = browsers
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        lines = headers.getlist("authorization")
        is_everybodys = scope["path"].startswith(_EVERYBODYS) or scope["path"].endswith(_FEEDS)
        browsers = None if is_everybodys else self._browsers
        cookie = None if browsers is None else _session_cookie(scope, headers, browsers.cookies)
        if cookie is not None and lines:
            # Which of the two counts would be a matter of order, and the checks of the one are not those of the other.
            raise RequestError("Authorization, Cookie: expected an access token or a session, not both.")
        if browsers is not None and cookie is not None:
            await _BySession(self._app, browsers, cookie, self._pages)(scope, receive, send)
            return
        if lines:
            allowance_of(scope).check(Kind.BAD_TOKENS)
        try:
            caller = await self._caller(lines)
            if self._people is not None and isinstance(caller, Principal) and not is_everybodys:
                # Whoever has used up its operations does not make us ask the database who it is.
                allowance_of(scope).check(Kind.OPERATIONS, caller)
                caller = await self._people.arrive(caller)
            scope[CALLER] = caller
        except AuthError as error:
            _note_if_bad(error, scope)
            # The token itself stays out of every log; `jti` finds it at its issuer.
            extra = {"request_id": request_id_of(scope), "code": error.code, "jti": error.token_id}
            _LOG.info("access token refused: %s", error, extra=extra)
            await _refusal(error, request_id_of(scope))(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _caller(self, lines: list[str]) -> Caller:
        if not lines:
            return Anonymous()
        match = _BEARER.fullmatch(lines[0]) if len(lines) == 1 else None
        if match is None:
            raise InvalidTokenError("Authorization: expected one line with a bearer token.")
        return await self._authenticator.authenticate(match[1])


@dataclass(frozen=True, slots=True)
class _BySession:
    """One request of a browser that brings a session cookie."""

    app: ASGIApp
    browsers: Browsers
    cookie: str
    pages: RefusalPages | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = request_id_of(scope)
        allowance_of(scope).check(Kind.BAD_TOKENS)
        resumed = await self.browsers.sessions.resume(self.cookie)
        sending = self._with_cookie(send, resumed)
        try:
            if resumed is None:
                allowance_of(scope).take(Kind.BAD_TOKENS)
                self._check_over(scope)
                scope[CALLER] = Anonymous()
            else:
                caller: Caller = resumed.principal
                if scope["method"] not in _SAFE and scope["path"].startswith(PROVEN_BY_ADDRESS):
                    caller, receive = await self._caller_of_proven(scope, receive, resumed.principal)
                elif scope["method"] not in _SAFE:
                    receive = await self._checked(scope, receive)
                scope[CALLER] = caller
                scope[FORM_TOKEN] = form_token(resumed.cookie or self.cookie)
        except AuthError as error:
            _LOG.info("session refused: %s", error, extra={"request_id": request_id, "code": error.code})
            await (await self._refused(error, scope, receive))(scope, receive, sending)
            return
        await self.app(scope, receive, sending)

    async def _refused(self, error: AuthError, scope: Scope, receive: Receive) -> Response:
        pages = self.pages
        page = None if pages is None else pages.problem(error, scope)
        if page is None or pages is None:
            return _refusal(error, request_id_of(scope), challenge="Bearer")
        if not isinstance(error, SessionOverError) or pages.over is None or scope["method"] != "POST":
            return page
        try:
            return await pages.over(scope, receive)
        except (RequestError, ForbiddenError):
            # No form of ours: there is nothing to keep.
            return page

    def _with_cookie(self, send: Send, resumed: Resumed | None) -> Send:
        """Sends on, with the new cookie of a session that got one, or with the end of one that is over."""
        cookies = self.browsers.cookies
        if resumed is None:
            line = cookies.deletion(cookies.session)
        elif resumed.cookie is not None:
            line = cookies.session_line(resumed.cookie)
        else:
            return send

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # An answer that sets this cookie itself has the last word.
                if not any(value.startswith(f"{cookies.session}=") for value in headers.getlist("set-cookie")):
                    headers.append("Set-Cookie", line)
            await send(message)

        return sending

    def _check_over(self, scope: Scope) -> None:
        """Whoever opens a page goes on as nobody; a program hears of it, or it would take less for all there is."""
        is_page = scope["method"] in ("GET", "HEAD") and negotiation.prefers_html(
            Headers(scope=scope).getlist("accept")
        )
        # Signing in and out are for people without a session, too.
        is_for_nobody = scope["path"] in _SEALED or scope["path"].startswith((*_SIGNING, *PROVEN_BY_ADDRESS))
        if not is_page and not is_for_nobody:
            raise SessionOverError("The session is over. Sign in again.")

    async def _caller_of_proven(self, scope: Scope, receive: Receive, principal: Principal) -> tuple[Caller, Receive]:
        """The principal if the form holds the token of the session, otherwise nobody; and the request once more."""
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect as error:
            raise RequestError("The form ends early.") from error
        try:
            return principal, await self._checked(scope, _replayed(body, receive))
        except ForbiddenError:
            return Anonymous(), _replayed(body, receive)

    async def _checked(self, scope: Scope, receive: Receive) -> Receive:
        """`receive`, where the request comes from a page of ours: a browser sends the cookie whoever made it ask.

        Raises:
            ForbiddenError: it does not, or cannot be known to.
        """
        headers = Headers(scope=scope)
        origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
        # SameSite is not enough: other hosts of the same domain are the same site.
        is_ours = set(origins) <= {self.browsers.origin} and set(sites) <= {"same-origin"}
        if not is_ours or not (origins or sites):
            raise ForbiddenError("Origin, Sec-Fetch-Site: a session is for pages of this service only.")
        types = headers.getlist("content-type")
        media_type = negotiation.parse(types[0]).type if len(types) == 1 else ""
        if media_type == negotiation.JSON:
            return receive
        is_upload = media_type == uploads.MULTIPART and scope["path"] in uploads.PATHS
        if media_type != _FORM and not is_upload:
            # Those that a form of any page can send without asking first.
            raise ForbiddenError(f"Content-Type: with a session expected {negotiation.JSON} or {_FORM}.")
        if scope["path"] in _SEALED:
            return receive
        try:
            body = await Request(scope, receive).body()
            if is_upload:
                form = await uploads.read_upload(Request(scope, _replayed(body, receive)))
                given = form.fields.get(FORM_FIELD, [])
            else:
                given = parse_qs(body.decode("ascii", "replace"), max_num_fields=1_000).get(FORM_FIELD, [])
        except (ClientDisconnect, ValueError) as error:
            raise RequestError("The form ends early, or has too many fields.") from error
        if len(given) != 1 or not hmac.compare_digest(given[0].encode(), form_token(self.cookie).encode()):
            raise ForbiddenError(f"{FORM_FIELD}: not that of the session. Load the page again.")
        return _replayed(body, receive)


def _session_cookie(scope: Scope, headers: Headers, cookies: Cookies) -> str | None:
    """The one session cookie, None where there is none.

    Raises:
        RequestError: there are two, of which the prefix of the name spares everybody but developers, whose browsers send the
            cookies of every service of the machine. Ours is deleted with the answer: asked again, the browser has one.
    """
    found = read_all(headers, cookies.session)
    if len(found) < 2:
        return next(iter(found), None)
    if scope["path"].startswith(PROVEN_BY_ADDRESS):
        return None
    told = f"Cookie: expected one {cookies.session}, got {len(found)}. Delete the cookies of this address and sign in again."
    raise RequestError(told, headers={"Set-Cookie": cookies.deletion(cookies.session)})


def _note_if_bad(error: AuthError, scope: Scope) -> None:
    """Whoever brings what is no token is slowed: reading one takes our time, and asking for its keys the issuer's.

    Raises:
        RateLimitedError: too many.
    """
    if isinstance(error, InvalidTokenError | UnknownIssuerError):
        allowance_of(scope).take(Kind.BAD_TOKENS)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """`receive`, once more from the start."""
    is_sent = False

    async def replaying() -> Message:
        nonlocal is_sent
        if is_sent:
            return await receive()
        is_sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replaying


def _refusal(error: AuthError, request_id: str, *, challenge: str = 'Bearer error="invalid_token"') -> Response:
    status = status_of(error)
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = challenge
    elif isinstance(error, InsufficientScopeError):
        headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    elif isinstance(error, ForbiddenError) and "error" in challenge:
        headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    body = orjson.dumps({"errors": [format_exception(error, request_id=request_id)]})
    return Response(body, status, headers, "application/json; charset=utf-8")
