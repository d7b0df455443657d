"""What an issuer tells its client: ID tokens, about who signed in, and logout tokens, about whose session is over."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from authlib.oidc.core.util import create_half_hash

from auth.errors import InvalidTokenError
from auth.signed import LEEWAY_S, Claims, KeySource, audiences, check_signature, lifetime, name, parts

MAX_LOGOUT_LIFETIME_S: Final = 3_600
"""As long a used logout token is remembered at most."""
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_KINDS: Final = frozenset({"logout+jwt", "application/logout+jwt"})


@dataclass(frozen=True, slots=True)
class LogoutToken:
    """The end of an issuer's session `sid`, of all sessions of `sub`, or of the one that is both."""

    token_id: str
    expires_at: int
    subject: str | None
    session: str | None


async def verify_id_token(
    token: str, issuer: KeySource, *, nonce: str | None, access_token: str, begun_at: float, now: float
) -> Claims:
    """The claims of an ID token that answers our own request (OIDC Core §3.1.3.7).

    Args:
        nonce: What the request carried; None for a refresh, which carries none (OIDC Core §12.2).
        begun_at: Seconds since 1970, when the request began: no older token answers it.

    Raises:
        InvalidTokenError: not to be believed.
        IssuerUnavailableError: its issuer's keys cannot be had now.
    """
    header, claims = parts(token)
    settings = issuer.settings
    _check_issuer(claims, settings.issuer)
    await check_signature(token, header, issuer)
    # Access and logout tokens are signed by the same keys; OIDC names no `typ` for ID tokens, Keycloak does in a claim.
    if header.get("typ", "JWT") != "JWT" or claims.get("typ", "ID") != "ID" or "events" in claims:
        raise InvalidTokenError("typ: this is no ID token.")
    _check_client(claims, settings.client_id, {settings.audience})
    issued, expires = lifetime(claims, now)
    if expires <= issued or issued < begun_at - LEEWAY_S:
        raise InvalidTokenError("iat: the ID token is older than the sign-in that it answers.")
    given = claims.get("nonce")
    if nonce is not None and not (isinstance(given, str) and hmac.compare_digest(given.encode(), nonce.encode())):
        raise InvalidTokenError("nonce: not that of this sign-in.")
    _check_hash(header, claims, access_token)
    name(claims, "sub")
    return claims


async def verify_logout_token(token: str, issuer: KeySource, *, now: float) -> LogoutToken:
    """What a logout token ends (OIDC Back-Channel Logout §2.6).

    Raises:
        InvalidTokenError: not to be believed.
        IssuerUnavailableError: its issuer's keys cannot be had now.
    """
    header, claims = parts(token)
    _check_issuer(claims, issuer.settings.issuer)
    await check_signature(token, header, issuer)
    if header.get("typ") not in _LOGOUT_KINDS:
        raise InvalidTokenError("typ: expected logout+jwt; this is no logout token.")
    _check_client(claims, issuer.settings.client_id, set())
    issued, expires = lifetime(claims, now)
    if not 0 < expires - issued <= MAX_LOGOUT_LIFETIME_S:
        raise InvalidTokenError(f"exp: expected at most {MAX_LOGOUT_LIFETIME_S} seconds after iat.")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise InvalidTokenError("events: expected the event of a back-channel logout.")
    if "nonce" in claims:
        raise InvalidTokenError("nonce: no logout token has this claim.")
    subject, session = (name(claims, claim) if claim in claims else None for claim in ("sub", "sid"))
    if subject is None and session is None:
        raise InvalidTokenError("sub, sid: expected one of them.")
    return LogoutToken(name(claims, "jti"), expires, subject, session)


def _check_issuer(claims: Claims, issuer: str) -> None:
    if claims.get("iss") != issuer:
        raise InvalidTokenError("iss: the token is of another issuer.")


def _check_client(claims: Claims, client_id: str, others: set[str]) -> None:
    """For us, and for nobody whom we do not know (OIDC Core §3.1.3.7 3 to 5)."""
    named = audiences(claims)
    if client_id not in named or not set(named) <= {client_id} | others:
        raise InvalidTokenError("aud: the token is for another client.")
    if claims.get("azp", client_id) != client_id or (len(named) > 1 and "azp" not in claims):
        raise InvalidTokenError("azp: the token was issued to another client.")


def _check_hash(header: Mapping[str, Any], claims: Claims, access_token: str) -> None:
    """Both tokens come of one sign-in, where the ID token says so (OIDC Core §3.1.3.8)."""
    given = claims.get("at_hash")
    if "at_hash" not in claims:
        return
    # The curve of `Ed25519` is the one that Authlib still calls EdDSA.
    algorithm = "EdDSA" if header["alg"] == "Ed25519" else header["alg"]
    expected: bytes = create_half_hash(access_token, algorithm)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected):
        raise InvalidTokenError("at_hash: the access token is another one.")
