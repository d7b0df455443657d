"""The development issuer over HTTP: what OpenID Connect asks of a provider, as far as this service and its tests need it.

Authorization code with PKCE (S256) alone, client credentials for the sample machines, refresh tokens with rotation.
"""

import base64
import binascii
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus, urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from auth.errors import AuthError
from auth.issuers import Issuer
from auth.tokens import AccessTokens
from network.development import keys as dev_keys
from network.development.accounts import Account, accounts
from network.development.grants import CHALLENGE, Authorization, DevelopmentGrants, InvalidGrantError
from network.development.issuer import LIFETIME_S, PATH, SCOPES, WEB_CLIENT, DevelopmentIssuer
from network.pages.frame.rendering import Renderer

_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_PARAMETERS: Final = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
    *("code_challenge", "code_challenge_method", "response_mode", "prompt"),
)
_MAX_PARAMETER: Final = 2_000
_MADE_UP: Final = "Erfundenes Netz der Beispiele (hubnetz seed --examples)"
_GROUPS: Final = (
    ("Hubs", "hub_", "reviewer"),
    ("Häuser", "municipality", "university", "organisation"),
    ("Weitere", ""),
)


class _OAuthError(Exception):
    """An error response of RFC 6749 §5.2."""

    def __init__(self, code: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.status = status


class _UnsafeRequestError(Exception):
    """An authorization request that may not be sent back: client or redirect URI are not known (RFC 6749 §4.1.2.1)."""


@dataclass(slots=True)
class DevelopmentProvider:
    """The issuer's routes, and the check of its tokens."""

    issuer: DevelopmentIssuer
    grants: DevelopmentGrants = field(default_factory=DevelopmentGrants)
    app: ASGIApp = field(init=False)
    transport: httpx.AsyncBaseTransport = field(init=False)
    """To this issuer without leaving the process."""
    source: Issuer = field(init=False)
    authenticator: AccessTokens = field(init=False)

    def __post_init__(self) -> None:
        self.app = Router(
            [
                Route(f"{PATH}/.well-known/openid-configuration", self._discovery),
                Route(f"{PATH}/jwks", self._jwks),
                Route(f"{PATH}/authorize", self._authorize, methods=["GET", "POST"]),
                Route(f"{PATH}/token", self._token, methods=["POST"]),
                Route(f"{PATH}/userinfo", self._userinfo, methods=["GET", "POST"]),
                Route(f"{PATH}/end-session", self._end_session, methods=["GET", "POST"]),
            ],
            redirect_slashes=False,
        )
        # Its keys are had as everybody's are, by discovery.
        self.transport = httpx.ASGITransport(app=self.app)
        self.source = Issuer(self.issuer.settings, transport=self.transport)
        self.authenticator = AccessTokens([self.source])

    def beside(self, app: ASGIApp) -> ASGIApp:
        """`app`, with this issuer in front of it: it knows callers of its own, so nobody asks them for our tokens."""

        async def either(scope: Scope, receive: Receive, send: Send) -> None:
            is_ours = scope["type"] == "http" and scope["path"].startswith(f"{PATH}/")
            await (self.app if is_ours else app)(scope, receive, send)

        return either

    async def _discovery(self, _: Request) -> Response:
        issuer = self.issuer.settings.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/jwks",
                "end_session_endpoint": f"{issuer}/end-session",
                "scopes_supported": list(SCOPES),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [dev_keys.ALGORITHM],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.issuer.keys.key.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        try:
            given = await _parameters(request)
            self._check_client(given)
        except (_UnsafeRequestError, _OAuthError) as error:
            return self._told(request, "Diese Anmeldung ist nicht möglich", str(error), status=400)
        try:
            self._check_request(given)
        except _OAuthError as error:
            return self._back(given, error=error.code, error_description=str(error))
        if request.method == "GET":
            return self._choice(request, given)
        account = accounts().get(given.get("account", ""))
        if account is None or account.is_machine:
            return self._back(given, error="access_denied", error_description="no sample account was chosen")
        authorization = Authorization(
            account=account,
            client_id=given["client_id"],
            redirect_uri=given["redirect_uri"],
            scope=given["scope"],
            nonce=given.get("nonce"),
            challenge=given["code_challenge"],
            authenticated_at=int(time.time()),
        )
        return self._back(given, code=self.grants.code(authorization))

    def _check_client(self, given: Mapping[str, str]) -> None:
        if given.get("client_id") != WEB_CLIENT:
            raise _UnsafeRequestError("Diesen Client kennt die Entwicklungs-Anmeldung nicht.")
        # The exact text (RFC 9700 §4.1.3): a path more would send the code elsewhere.
        if given.get("redirect_uri") != self.issuer.redirect_uri:
            raise _UnsafeRequestError("Diese Rücksprungadresse ist für den Client nicht eingetragen.")

    def _check_request(self, given: Mapping[str, str]) -> None:
        if given.get("response_type") != "code":
            raise _OAuthError("unsupported_response_type", "expected response_type code")
        if given.get("response_mode", "query") != "query":
            raise _OAuthError("invalid_request", "expected response_mode query")
        if "request" in given or "request_uri" in given:
            raise _OAuthError("request_not_supported", "request objects are not supported")
        if given.get("prompt") == "none":
            raise _OAuthError("login_required", "somebody has to choose an account")
        if given.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(given.get("code_challenge", "")):
            raise _OAuthError("invalid_request", "expected a code_challenge by S256 (RFC 7636, RFC 9700 §2.1.1)")
        scopes = given.get("scope", "").split(" ")
        if "openid" not in scopes or not set(scopes) <= set(SCOPES):
            raise _OAuthError("invalid_scope", f"expected openid, and of {', '.join(SCOPES)}")

    def _back(self, given: Mapping[str, str], **answer: str) -> Response:
        """Back to the client, with `iss`, so that it knows who answers (RFC 9207)."""
        answer |= {"iss": self.issuer.settings.issuer}
        if "state" in given:
            answer["state"] = given["state"]
        return RedirectResponse(f"{given['redirect_uri']}?{urlencode(answer)}", 303, _NO_STORE)

    def _choice(self, request: Request, given: Mapping[str, str]) -> Response:
        return self._renderer.page(
            request,
            "dev_sign_in.html",
            headers=_NO_STORE,
            action=f"{PATH}/authorize",
            hidden=[(name, given[name]) for name in _PARAMETERS if name in given],
            groups=_groups(),
            client=given["client_id"],
            redirect_uri=given["redirect_uri"],
        )

    def _told(self, request: Request, title: str, text: str, *, status: int = 200) -> Response:
        return self._renderer.message(request, title, text, status=status, is_bare=True)

    @property
    def _renderer(self) -> Renderer:
        # This issuer knows nothing of the sessions of the service beside it, as any other would not.
        return Renderer(public_url=self.issuer.settings.issuer.removesuffix(PATH), is_development=True)

    async def _token(self, request: Request) -> Response:
        try:
            given = await _parameters(request, is_form=True)
            return JSONResponse(self._granted(self._client(request, given), given), headers=_NO_STORE)
        except _OAuthError as error:
            headers = _NO_STORE | ({"WWW-Authenticate": 'Basic realm="token"'} if error.status == 401 else {})
            return JSONResponse({"error": error.code, "error_description": str(error)}, error.status, headers)

    def _granted(self, client_id: str, given: Mapping[str, str]) -> dict[str, Any]:
        grant = given.get("grant_type")
        if grant == "client_credentials":
            return self._for_machine(client_id, given)
        if client_id != WEB_CLIENT:
            raise _OAuthError("unauthorized_client", "machines use client_credentials")
        if grant not in ("authorization_code", "refresh_token"):
            raise _OAuthError("unsupported_grant_type", "see grant_types_supported of the discovery document")
        try:
            return self._for_person(self._redeemed(grant, given))
        except InvalidGrantError as error:
            raise _OAuthError("invalid_grant", "not a grant that can be redeemed by this request") from error

    def _redeemed(self, grant: str, given: Mapping[str, str]) -> Authorization:
        if grant == "refresh_token":
            return self.grants.redeem_refresh_token(given.get("refresh_token", ""), client_id=WEB_CLIENT)
        return self.grants.redeem_code(
            given.get("code", ""),
            client_id=WEB_CLIENT,
            redirect_uri=given.get("redirect_uri", ""),
            verifier=given.get("code_verifier", ""),
        )

    def _client(self, request: Request, given: Mapping[str, str]) -> str:
        """The client that proved its secret, in the header or in the form, not in both (RFC 6749 §2.3)."""
        header = request.headers.get("authorization")
        client_id, secret = _basic(header) if header else (given.get("client_id", ""), given.get("client_secret", ""))
        named = given.get("client_id", client_id)
        if (header and "client_secret" in given) or named != client_id:
            raise _OAuthError("invalid_request", "expected one way to name the client")
        account = accounts().get(client_id)
        is_known = client_id == WEB_CLIENT or (account is not None and account.is_machine)
        if not hmac.compare_digest(secret.encode(), self.issuer.keys.client_secret.encode()) or not is_known:
            raise _OAuthError("invalid_client", "unknown client, or another secret", status=401)
        return client_id

    def _for_machine(self, client_id: str, given: Mapping[str, str]) -> dict[str, Any]:
        account = accounts().get(client_id)
        if account is None:
            raise _OAuthError("unauthorized_client", "the web client signs people in")
        scope = given.get("scope", "hubnetz")
        if scope != "hubnetz":
            raise _OAuthError("invalid_scope", "machines have the scope hubnetz")
        token = self.issuer.access_token(account, client_id=client_id, scope=scope, lifetime_s=LIFETIME_S)
        return {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME_S, "scope": scope}

    def _for_person(self, authorization: Authorization) -> dict[str, Any]:
        token = self.issuer.access_token(
            authorization.account,
            client_id=authorization.client_id,
            scope=authorization.scope,
            lifetime_s=LIFETIME_S,
        )
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": LIFETIME_S,
            "scope": authorization.scope,
            "refresh_token": self.grants.refresh_token(authorization),
            "id_token": self.issuer.id_token(authorization, token),
        }

    async def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            principal = await self.authenticator.authenticate(token if scheme.lower() == "bearer" else "")
        except AuthError:
            return Response(status_code=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        account = next((known for known in accounts().values() if known.subject == principal.sub), None)
        if "openid" not in principal.scopes or account is None:
            told = 'Bearer error="insufficient_scope", scope="openid"'
            return Response(status_code=403, headers={"WWW-Authenticate": told})
        return JSONResponse(self.issuer.profile(account), headers=_NO_STORE)

    async def _end_session(self, request: Request) -> Response:
        try:
            given = await _parameters(request)
        except _OAuthError as error:
            return self._told(request, "Abmelden ist nicht möglich", str(error), status=400)
        claims = self._hinted(given.get("id_token_hint", ""))
        if claims is None:
            return self._told(
                request, "Nichts zum Abmelden", "Ohne gültiges ID-Token ist nicht klar, wer sich abmelden möchte."
            )
        self.grants.end(str(claims.get("sid", "")))
        after = given.get("post_logout_redirect_uri")
        if after is None:
            return self._told(request, "Abgemeldet", "Das Beispielkonto ist abgemeldet.")
        if after != self.issuer.after_sign_out:
            return self._told(request, "Abgemeldet", "Die Rücksprungadresse ist nicht eingetragen.", status=400)
        state = f"?{urlencode({'state': given['state']})}" if "state" in given else ""
        return RedirectResponse(f"{after}{state}", 303, _NO_STORE)

    def _hinted(self, token: str) -> Mapping[str, Any] | None:
        """Claims of an ID token of ours for the web client, however old (RP-Initiated Logout §2)."""
        try:
            found = jwt.decode(token, self.issuer.keys.key, algorithms=[dev_keys.ALGORITHM])
        except (JoseError, ValueError):
            return None
        is_ours = found.header.get("typ") == "JWT" and found.claims.get("aud") == WEB_CLIENT
        return found.claims if is_ours else None


async def _parameters(request: Request, *, is_form: bool = False) -> dict[str, str]:
    """Parameters of the query of a GET or of the form of a POST; none twice (RFC 6749 §3.1, §3.2)."""
    text = request.scope["query_string"]
    if is_form or request.method == "POST":
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
            raise _OAuthError("invalid_request", "expected a form (application/x-www-form-urlencoded)")
        try:
            text = await request.body()
        except ClientDisconnect as error:
            raise _OAuthError("invalid_request", "the form ends early") from error
    try:
        pairs = parse_qsl(text.decode("ascii"), errors="strict", max_num_fields=30)
    except ValueError as error:
        raise _OAuthError("invalid_request", "expected parameters in UTF-8") from error
    found = dict(pairs)
    if len(found) != len(pairs) or any(len(value) > _MAX_PARAMETER for value in found.values()):
        raise _OAuthError("invalid_request", "a parameter is given twice, or too long")
    return found


def _basic(header: str) -> tuple[str, str]:
    """Client and secret of HTTP Basic, each form-encoded (RFC 6749 §2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    try:
        client_id, separator, secret = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        separator = ""
    if scheme.lower() != "basic" or not separator:
        raise _OAuthError("invalid_client", "expected HTTP Basic", status=401)
    return unquote_plus(client_id), unquote_plus(secret)


def _groups() -> list[tuple[str, list[Account]]]:
    people = [account for account in accounts().values() if not account.is_machine]
    made_up = [account for account in people if account.is_made_up]
    shown = {account.key for account in made_up}
    groups: list[tuple[str, list[Account]]] = [(_MADE_UP, made_up)]
    for title, *beginnings in _GROUPS:
        members = [
            account for account in people if account.key not in shown and account.key.startswith(tuple(beginnings))
        ]
        shown |= {account.key for account in members}
        groups.append((title, members))
    return groups
