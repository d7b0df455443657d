"""Signing in and out by a browser: pages and redirects, no script anywhere."""

import logging
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from auth.errors import AuthError, InvalidTokenError, IssuerUnavailableError, SignInError, SignInReason
from auth.login import RelyingParty, SignOut
from auth.return_paths import HOME, own_path
from network.edge.authentication import Browsers
from network.edge.cookies import origin, read
from network.edge.middleware import SECURITY_HEADERS
from network.edge.request import allowance_of, request_id_of
from network.errors import RequestError
from network.pages.frame.fields import single_fields_of
from network.pages.frame.language import message
from network.pages.frame.paths import in_both_languages
from network.pages.frame.rendering import UNKEPT, Renderer
from network.rates import Kind

TO: Final = "to"
"""Parameter of `/sign-in` and of the addresses below it: the page of ours to go on at, once signed in."""
_MAX_PARAMETER: Final = 4_096
_MAX_LOGOUT_TOKEN: Final = 8_192
_AWAY_S: Final = 30
"""After that somebody may try an issuer again that did not answer."""
_TOLD: Final = {
    SignInReason.STALE: (
        message("Diese Anmeldung gilt nicht mehr"),
        message("Sie wurde schon benutzt, ist älter als zehn Minuten oder in einem anderen Browser begonnen worden."),
        400,
    ),
    SignInReason.DECLINED: (
        message("Die Anmeldung wurde abgebrochen"),
        message("Der Anmeldedienst meldet, dass Sie abgebrochen haben oder dass er Sie nicht anmelden darf."),
        400,
    ),
    SignInReason.UNSOUND: (
        message("Die Anmeldung hat nicht geklappt"),
        message(
            "Was der Anmeldedienst geantwortet hat, passt nicht zu Ihrer Anmeldung. Bleibt es dabei, hilft, wer den Server betreibt."
        ),
        400,
    ),
    SignInReason.NOT_ENTITLED: (
        message("Ihr Konto ist hier nicht freigeschaltet"),
        message(
            "Der Anmeldedienst kennt Sie, hat Ihr Konto aber nicht für Hubnetz freigegeben. Das kann nur, wer das Konto verwaltet."
        ),
        403,
    ),
}
_AWAY_TITLE: Final = message("Der Anmeldedienst antwortet nicht")
_AWAY: Final = message(
    "%(issuer)s ist gerade nicht zu erreichen; neu anmelden kann sich dort im Moment niemand. Wer schon angemeldet ist, "
    "arbeitet weiter, und was öffentlich ist, lesen Sie ohne Anmeldung."
)
_AGAIN: Final = ("/sign-in", message("Noch einmal anmelden"))
_LOG: Final = logging.getLogger("hubnetz.sign_in")


def routes(renderer: Renderer) -> list[BaseRoute]:
    """The routes; where nobody can sign in a page that says so."""
    browsers = renderer.browsers
    if browsers is None:

        async def closed(request: Request) -> Response:
            return renderer.page(request, "sign_in.html")

        return in_both_languages("/sign-in", closed)
    flow = _Flow(renderer, browsers)
    return [
        *in_both_languages("/sign-in", flow.choice),
        # Issuers know one address each, so everything between choice and end has one.
        Route("/sign-in/{issuer}", flow.begin),
        Route("/sign-in/{issuer}/callback", flow.finish),
        Route("/sign-in/{issuer}/back-channel-logout", flow.ended_by_issuer, methods=["POST"]),
        *in_both_languages("/sign-out", flow.end, methods=["POST"]),
    ]


class _Flow:
    def __init__(self, renderer: Renderer, browsers: Browsers) -> None:
        self._sessions = browsers.sessions
        self._cookies = browsers.cookies
        self._browsers = browsers
        self._renderer = renderer

    async def choice(self, request: Request) -> Response:
        path = own_path(request.query_params.get(TO))
        issuers = [(slug, party.settings.name) for slug, party in self._sessions.parties.items()]
        return self._renderer.page(request, "sign_in.html", issuers=issuers, to="" if path == HOME else path)

    async def begin(self, request: Request) -> Response:
        party = self._party(request)
        # Beginning and end ask the database and the issuer, before anybody is known.
        allowance_of(request.scope).take(Kind.SIGN_INS)
        here, public = request.headers.get("host", ""), urlsplit(self._browsers.origin)
        if self._cookies.is_plain and here != public.netloc:
            # `localhost` and 127.0.0.1 are two hosts to a cookie, and the issuer sends back to one of them.
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{self._browsers.origin}{request.url.path}{query}", 303, UNKEPT)
        try:
            started = await self._sessions.start(party, path=request.query_params.get(TO))
        except (SignInError, IssuerUnavailableError) as error:
            return self._failed(request, party, error)
        response = RedirectResponse(started.address, 303, UNKEPT)
        for line in self._cookies.sign_in_lines(request.headers, started.state, started.cookie):
            response.headers.append("Set-Cookie", line)
        return response

    async def finish(self, request: Request) -> Response:
        party = self._party(request)
        allowance_of(request.scope).take(Kind.SIGN_INS)
        try:
            answer = _answer(request)
        except SignInError as error:
            return self._failed(request, party, error)
        attempt = self._cookies.sign_in(answer.get("state", ""))
        browser, former = (read(request.headers, name) for name in (attempt, self._cookies.session))
        response: Response
        try:
            finished = await self._sessions.finish(party, answer, browser=browser, former=former)
        except (SignInError, IssuerUnavailableError) as error:
            response = self._failed(request, party, error)
        else:
            response = RedirectResponse(finished.path, 303, UNKEPT)
            response.headers.append("Set-Cookie", self._cookies.session_line(finished.cookie))
        if browser is not None:
            # A state is used up by one answer, whichever it is.
            response.headers.append("Set-Cookie", self._cookies.deletion(attempt))
        return response

    async def end(self, request: Request) -> Response:
        """Signs out here, and then at the issuer. That the form is ours, the door has checked."""
        cookie = read(request.headers, self._cookies.session)
        further = await self._sessions.end(cookie) if cookie is not None else None
        response = RedirectResponse("/", 303, UNKEPT) if further is None else self._further(request, further)
        if cookie is not None:
            # Only for who brought it: pages of others can send this form, and browsers keep the cookie back then.
            response.headers.append("Set-Cookie", self._cookies.deletion(self._cookies.session))
        return response

    def _further(self, request: Request, further: SignOut) -> Response:
        # The issuer may lead on to another that it asked itself, and browsers look at where a form ends up.
        targets = f"form-action 'self' https: {origin(further.address)}"
        policy = SECURITY_HEADERS["Content-Security-Policy"].replace("form-action 'self'", targets)
        return self._renderer.page(
            request,
            "signed_out.html",
            headers={**UNKEPT, "Content-Security-Policy": policy},
            issuer=further.name,
            address=further.address,
            fields=list(further.fields.items()),
        )

    async def ended_by_issuer(self, request: Request) -> Response:
        """OIDC Back-Channel Logout §2.5 to §2.8."""
        party = self._party(request)
        allowance = allowance_of(request.scope)
        allowance.check(Kind.BAD_TOKENS)
        try:
            await self._sessions.end_by(party, await _logout_token(request))
        except InvalidTokenError as error:
            allowance.take(Kind.BAD_TOKENS)
            extra = {"request_id": request_id_of(request.scope), "issuer": party.settings.issuer}
            _LOG.warning("logout token refused: %s", error, extra=extra)
            body = {"error": "invalid_request", "error_description": str(error)}
            return JSONResponse(body, 400, UNKEPT)
        return Response(status_code=200, headers=UNKEPT)

    def _party(self, request: Request) -> RelyingParty:
        if request.method == "HEAD":
            # Both begin and end are done once; a look ahead must not do them.
            raise HTTPException(405, headers={"Allow": "GET"})
        party = self._sessions.parties.get(request.path_params["issuer"])
        if party is None:
            raise HTTPException(404)
        return party

    def _failed(self, request: Request, party: RelyingParty, error: AuthError) -> Response:
        extra = {"request_id": request_id_of(request.scope), "issuer": party.settings.issuer, "code": error.code}
        _LOG.warning("nobody was signed in: %s", error, extra=extra)
        if isinstance(error, SignInError):
            title, text, status = _TOLD[error.reason]
            # The address holds what the issuer answered: no link repeats it.
            return self._renderer.message(
                request, title, text, status=status, headers=UNKEPT, again=_AGAIN, is_bare=True
            )
        return self._renderer.message(
            request,
            _AWAY_TITLE,
            _AWAY,
            status=503,
            headers={**UNKEPT, "Retry-After": str(_AWAY_S)},
            again=_AGAIN,
            is_bare=True,
            issuer=party.settings.name,
        )


def _answer(request: Request) -> dict[str, str]:
    """The parameters of an authorization response, none twice (RFC 6749 §3.1)."""
    try:
        return _parameters(request.scope["query_string"])
    except ValueError as error:
        raise SignInError(SignInReason.UNSOUND, "the response has parameters that cannot be read") from error


async def _logout_token(request: Request) -> str:
    try:
        token = (await single_fields_of(request))["logout_token"]
    except (RequestError, KeyError) as error:
        raise InvalidTokenError("expected a form with one logout_token") from error
    if len(token) > _MAX_LOGOUT_TOKEN:
        raise InvalidTokenError(f"expected a logout_token of at most {_MAX_LOGOUT_TOKEN} characters")
    return token


def _parameters(text: bytes) -> dict[str, str]:
    pairs = parse_qsl(text.decode("ascii"), errors="strict", max_num_fields=30)
    found = dict(pairs)
    if len(found) != len(pairs) or any(len(value) > _MAX_PARAMETER for value in found.values()):
        raise ValueError("a parameter twice, or too long")
    return found
