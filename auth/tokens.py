"""An access token becomes a principal, or is refused: JWT access tokens of the issuers that are configured (RFC 9068).

The signature is joserfc's to check. What the library leaves open, and lets pass, is decided here: which algorithms, which
keys, which kinds of token, which claims. Nothing of a token is believed before its signature holds, except `iss` and
`kid`, which say with what it is to be checked.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from auth import strict_json
from auth.errors import AuthError, InsufficientScopeError, InvalidTokenError, UnknownIssuerError
from auth.issuer_settings import IssuerSettings
from auth.issuers import VerificationKey
from auth.principal import Principal

LEEWAY_S: Final = 30
"""How far the issuer's clock may be from ours; the most that SECURITY allows."""
MAX_LIFETIME_S: Final = 3_600
_MAX_CHARS: Final = 8_192
_MAX_HEADER_CHARS: Final = 512
"""Encoded; joserfc's own bound. Real ones have under 200."""
_MAX_KID: Final = 256
_MAX_NAME: Final = 255  # OIDC Core §2, of `sub`
_AT_JWT: Final = frozenset({"at+jwt", "application/at+jwt"})
# Keys and certificates that a token brings along or points at, and forms of a signature that we do not speak.
_REFUSED_HEADERS: Final = ("jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc")
_SCOPES: Final = re.compile(r"(?:[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*)?")  # RFC 6749 §3.3
_LOGGABLE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
Claims = Mapping[str, Any]


class KeySource(Protocol):
    """An issuer whose keys can be asked for; `auth.issuers.Issuer` is one."""

    @property
    def settings(self) -> IssuerSettings: ...

    async def key(self, kid: str) -> VerificationKey | None:
        """The key of that id, None where there is none.

        Raises:
            IssuerUnavailableError: that cannot be found out now.
        """
        ...


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
        header, claims = _parts(token)
        try:
            issuer = self._issuer(claims)
            await _check_signature(token, header, issuer)
            _check_kind(header, claims, issuer.settings)
            _check_time(claims, self._clock())
            return _principal(claims, issuer.settings)
        except AuthError as error:
            error.token_id = loggable(claims.get("jti"))
            raise

    def _issuer(self, claims: Claims) -> KeySource:
        # The exact text (RFC 9068 §4): no slash, case or port is made alike.
        name = claims.get("iss")
        if not isinstance(name, str):
            raise InvalidTokenError("iss: expected a text.")
        issuer = self._issuers.get(name)
        if issuer is None:
            raise UnknownIssuerError("iss: this service does not know the issuer of the access token.")
        return issuer


def loggable(token_id: object) -> str | None:
    """`jti` as it may stand in a log; None for anything that looks unlike an id, since a caller can make it up."""
    return token_id if isinstance(token_id, str) and _LOGGABLE.fullmatch(token_id) else None


def _parts(token: str) -> tuple[Mapping[str, Any], Claims]:
    """Header and claims of a compact JWS; encrypted, nested and JSON-serialised tokens are none (RFC 7515 §7.1)."""
    segments = token.split(".")
    if not token.isascii() or len(token) > _MAX_CHARS or len(segments) != 3 or len(segments[0]) > _MAX_HEADER_CHARS:
        raise InvalidTokenError("The access token is no signed JWT in compact form.")
    try:
        header, claims = (
            strict_json.parse_object(urlsafe_b64decode(segment.encode("ascii"))) for segment in segments[:2]
        )
    except ValueError as error:
        raise InvalidTokenError("The access token is no signed JWT: header and claims are not JSON objects.") from error
    return header, claims


async def _check_signature(token: str, header: Mapping[str, Any], issuer: KeySource) -> None:
    refused = [name for name in _REFUSED_HEADERS if name in header]
    if refused:
        # RFC 8725 §3.10: such a key would vouch for itself, and fetching it would be a request that the caller chose.
        raise InvalidTokenError(f"{refused[0]}: not accepted in the header of an access token.")
    algorithm, kid = header.get("alg"), header.get("kid")
    # RFC 8725 §3.1, §3.2: ours to choose, never the token's.
    if not isinstance(algorithm, str) or algorithm not in issuer.settings.algorithms:
        raise InvalidTokenError("alg: not an algorithm that this service accepts from the issuer.")
    if not isinstance(kid, str) or not 0 < len(kid) <= _MAX_KID:
        raise InvalidTokenError("kid: expected the id of a key.")
    # By issuer and id: the same id means another key at another issuer.
    key = await issuer.key(kid)
    if key is None:
        raise InvalidTokenError("kid: the issuer publishes no such key.")
    if key.algorithm not in (None, algorithm):
        raise InvalidTokenError("alg: the key is for another algorithm.")
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    try:
        jws.deserialize_compact(token, key.key, registry=registry)
    except (JoseError, ValueError) as error:
        raise InvalidTokenError("The signature of the access token does not hold.") from error


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
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise InvalidTokenError("aud: expected a text or a list of texts.")
    if settings.audience not in named:  # RFC 9068 §4, RFC 8725 §3.9
        raise InvalidTokenError("aud: the access token is for another service.")


def _check_time(claims: Claims, now: float) -> None:
    """RFC 7519 §4.1.4 to §4.1.6, with whole seconds only: floats reach beyond every calendar."""
    expires, issued, begins = (_second(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or issued is None:  # RFC 9068 §2.2
        raise InvalidTokenError(f"{'exp' if expires is None else 'iat'}: missing.")
    if now >= expires + LEEWAY_S:
        raise InvalidTokenError("exp: the access token has expired.")
    if issued > now + LEEWAY_S or (begins is not None and begins > now + LEEWAY_S):
        raise InvalidTokenError("iat, nbf: the access token is not valid yet.")
    if not 0 < expires - issued <= MAX_LIFETIME_S:
        raise InvalidTokenError(f"exp: expected at most {MAX_LIFETIME_S} seconds after iat.")


def _second(claims: Claims, name: str) -> int | None:
    value = claims.get(name)
    if name in claims and (type(value) is not int or value < 0):
        raise InvalidTokenError(f"{name}: expected a whole number of seconds.")
    return value


def _principal(claims: Claims, settings: IssuerSettings) -> Principal:
    subject, token_id = _name(claims, "sub"), _name(claims, "jti")
    # RFC 9068 §2.2 asks for client_id; Keycloak names the client of a person in azp alone.
    clients = {_name(claims, name) for name in ("client_id", "azp") if name in claims}
    if len(clients) != 1:
        raise InvalidTokenError("client_id: expected one client, in client_id or azp.")
    scope = claims.get("scope", "")
    if not isinstance(scope, str) or not _SCOPES.fullmatch(scope):  # RFC 9068 §2.2.3, RFC 8693 §4.2
        raise InvalidTokenError("scope: expected scopes with one blank between them.")
    scopes = frozenset(scope.split())
    if settings.scope is not None and settings.scope not in scopes:
        raise InsufficientScopeError(settings.scope)
    memberships = frozenset(grant.membership for grant in settings.grants if grant.applies_to(claims))
    return Principal(settings.issuer, subject, memberships, scopes, loggable(token_id) or "")


def _name(claims: Claims, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_NAME or not value.isprintable():
        raise InvalidTokenError(f"{name}: expected a text of at most {_MAX_NAME} characters.")
    return value
