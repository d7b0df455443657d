"""The door: who asks. One place turns the `Authorization` header into a caller; everything behind it sees a caller only.

A token is verified by the `Authenticator` that `create_app` was given, `auth.tokens.AccessTokens` where there are issuers.
Without issuers no token is accepted, and none is ever taken for no token.
"""

import logging
import re
from typing import Final, Protocol

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from auth.errors import AuthError, ForbiddenError, InsufficientScopeError, InvalidTokenError
from auth.principal import Anonymous, Caller, Principal
from network.errors import format_exception, status_of
from network.request import CALLER, request_id_of

# RFC 6750 §2.1, and a length that no token of ours comes near.
_BEARER: Final = re.compile(r"(?i:bearer) +([A-Za-z0-9\-._~+/]{1,8192}=*)")
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


class AuthenticationMiddleware:
    """Puts the caller into the scope, or answers for it: a bad token is refused, never silently anonymous."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator) -> None:
        self._app = app
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                scope[CALLER] = await self._caller(Headers(scope=scope).getlist("authorization"))
            except AuthError as error:
                # The token itself stays out of every log; `jti` finds it at its issuer.
                extra = {"request_id": request_id_of(scope), "code": error.code, "jti": error.token_id}
                _LOG.info("access token refused: %s", error, extra=extra)
                response = _refusal(error, request_id_of(scope))
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _caller(self, lines: list[str]) -> Caller:
        if not lines:
            return Anonymous()
        match = _BEARER.fullmatch(lines[0]) if len(lines) == 1 else None
        if match is None:
            raise InvalidTokenError("Authorization: expected one line with a bearer token.")
        return await self._authenticator.authenticate(match[1])


def _refusal(error: AuthError, request_id: str) -> Response:
    status = status_of(error)
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    elif isinstance(error, InsufficientScopeError):
        headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    elif isinstance(error, ForbiddenError):
        headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    body = orjson.dumps({"errors": [format_exception(error, request_id=request_id)]})
    return Response(body, status, headers, "application/json; charset=utf-8")
