"""An access token becomes a principal, or is refused: JWT access tokens of the issuers that are configured (RFC 9068).

Whether the issuer signed it is `auth.signed`'s to say; which kinds of token and which claims count, is decided here.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from auth.errors import AuthError, InsufficientScopeError, InvalidTokenError, UnknownIssuerError
from auth.issuer_settings import IssuerSettings
from auth.principal import Principal
from auth.signed import Claims, KeySource, audiences, check_signature, lifetime, loggable, name, parts, verified_email

MAX_LIFETIME_S: Final = 3_600
_AT_JWT: Final = frozenset({"at+jwt", "application/at+jwt"})
_SCOPES: Final = re.compile(r"(?:[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*)?")  # RFC 6749 §3.3


class AccessTokens:
    """Verifies access tokens of `issuers`.

    Args:
        clock: Seconds since 1970.
    """

    def __init__(self, issuers: Iterable[KeySource], *, clock: Callable[[], float] = time.time) -> None:
        self._issuers = {issuer.settings.issuer: issuer for issuer in issuers}
        self._clock = clock

    async def authenticate(self, token: str) -> Principal:
        """The principal that `token` speaks for, with the memberships that its issuer's grants give.

        Raises:
            InvalidTokenError, UnknownIssuerError: not to be accepted.
            IssuerUnavailableError: its issuer's keys cannot be had, so nothing can be decided.
            InsufficientScopeError: sound, but without the scope that its issuer's entry asks for.
        """
        header, claims = parts(token)
        try:
            issuer = self._issuer(claims)
            await check_signature(token, header, issuer)
            _check_kind(header, claims, issuer.settings)
            _check_time(claims, self._clock())
            return _principal(claims, issuer.settings)
        except AuthError as error:
            error.token_id = loggable(claims.get("jti"))
            raise

    def _issuer(self, claims: Claims) -> KeySource:
        # The exact text (RFC 9068 §4): no slash, case or port is made alike.
        issuer_name = claims.get("iss")
        if not isinstance(issuer_name, str):
            raise InvalidTokenError("iss: expected a text.")
        issuer = self._issuers.get(issuer_name)
        if issuer is None:
            known = ", ".join(sorted(self._issuers)) or "none"
            raise UnknownIssuerError(
                f"iss: this service does not know the issuer of the access token. It knows {known}."
            )
        return issuer


def _check_kind(header: Mapping[str, Any], claims: Claims, settings: IssuerSettings) -> None:
    """An access token, for us: every other kind that the issuer signs with the same key is refused (RFC 9068 §5)."""
    kind = header.get("typ")
    if kind not in _AT_JWT:
        if kind != "JWT" or not settings.accept_typ_jwt:
            raise InvalidTokenError("typ: expected at+jwt (RFC 9068 §4); this is no access token.")
        # Keycloak names the kind in a claim, too: ID, Refresh, Logout, and Bearer for an access token.
        if "nonce" in claims or claims.get("typ", "Bearer") != "Bearer":
            raise InvalidTokenError("typ: this is an ID token or another one that grants no access.")
    for claim in ("at_hash", "events"):
        # OIDC Core §3.1.3.6, OIDC Back-Channel Logout §2.4: marks of ID tokens and of logout tokens.
        if claim in claims:
            raise InvalidTokenError(f"{claim}: no access token has this claim.")
    if settings.audience not in audiences(claims):  # RFC 9068 §4, RFC 8725 §3.9
        raise InvalidTokenError("aud: the access token is for another service.")


def _check_time(claims: Claims, now: float) -> None:
    issued, expires = lifetime(claims, now)
    if not 0 < expires - issued <= MAX_LIFETIME_S:
        raise InvalidTokenError(f"exp: expected at most {MAX_LIFETIME_S} seconds after iat.")


def _principal(claims: Claims, settings: IssuerSettings) -> Principal:
    subject, token_id = name(claims, "sub"), name(claims, "jti")
    # RFC 9068 §2.2 asks for client_id; Keycloak names the client of a person in azp alone.
    clients = {name(claims, claim) for claim in ("client_id", "azp") if claim in claims}
    if len(clients) != 1:
        raise InvalidTokenError("client_id: expected one client, in client_id or azp.")
    scope = claims.get("scope", "")
    if not isinstance(scope, str) or not _SCOPES.fullmatch(scope):  # RFC 9068 §2.2.3, RFC 8693 §4.2
        raise InvalidTokenError("scope: expected scopes with one blank between them.")
    scopes = frozenset(scope.split())
    if settings.scope is not None and settings.scope not in scopes:
        raise InsufficientScopeError(settings.scope)
    memberships = frozenset(grant.membership for grant in settings.grants if grant.applies_to(claims))
    return Principal(settings.issuer, subject, memberships, scopes, loggable(token_id) or "", verified_email(claims))
