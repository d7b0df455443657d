"""Signed tokens of an issuer, whatever they are for: taking them apart, and whether the issuer signed them.

The signature is joserfc's to check. What the library leaves open, and lets pass, is decided here: which algorithms, which
keys, which headers. Nothing of a token is believed before its signature holds, except `iss` and `kid`, which say with what
it is to be checked.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from auth import strict_json
from auth.errors import InvalidTokenError
from auth.issuer_settings import IssuerSettings
from auth.issuers import VerificationKey

LEEWAY_S: Final = 30
"""How far the issuer's clock may be from ours; the most that SECURITY allows."""
_MAX_CHARS: Final = 8_192
_MAX_HEADER_CHARS: Final = 512
"""Encoded; joserfc's own bound. Real ones have under 200."""
_MAX_KID: Final = 256
_MAX_NAME: Final = 255  # OIDC Core §2, of `sub`
# Keys and certificates that a token brings along or points at, and forms of a signature that we do not speak.
_REFUSED_HEADERS: Final = ("jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc")
_EMAIL: Final = re.compile(r"[^\s@<>\"(),;:\\\x00-\x1f\x7f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,187}[A-Za-z0-9])?")
"""Of RFC 5321 what mail goes to; whatever else an issuer may say is no address to us."""
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


def parts(token: str) -> tuple[Mapping[str, Any], Claims]:
    """Header and claims of a compact JWS; encrypted, nested and JSON-serialised tokens are none (RFC 7515 §7.1)."""
    segments = token.split(".")
    if not token.isascii() or len(token) > _MAX_CHARS or len(segments) != 3 or len(segments[0]) > _MAX_HEADER_CHARS:
        raise InvalidTokenError("The token is no signed JWT in compact form.")
    try:
        header, claims = (
            strict_json.parse_object(urlsafe_b64decode(segment.encode("ascii"))) for segment in segments[:2]
        )
    except ValueError as error:
        raise InvalidTokenError("The token is no signed JWT: header and claims are not JSON objects.") from error
    return header, claims


async def check_signature(token: str, header: Mapping[str, Any], issuer: KeySource) -> None:
    """Passes where a key of `issuer` signed `token`.

    Raises:
        InvalidTokenError: it did not, or in a way that is not accepted.
        IssuerUnavailableError: its keys cannot be had now.
    """
    refused = [name for name in _REFUSED_HEADERS if name in header]
    if refused:
        # RFC 8725 §3.10: such a key would vouch for itself, and fetching it would be a request that the caller chose.
        raise InvalidTokenError(f"{refused[0]}: not accepted in the header of a token.")
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
        raise InvalidTokenError("The signature of the token does not hold.") from error


def audiences(claims: Claims) -> list[str]:
    """Whom the token is for; `aud` is a text or a list of texts (RFC 7519 §4.1.3)."""
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise InvalidTokenError("aud: expected a text or a list of texts.")
    return named


def second(claims: Claims, name: str) -> int | None:
    """A moment in whole seconds, None where there is none: floats reach beyond every calendar."""
    value = claims.get(name)
    if name in claims and (type(value) is not int or value < 0):
        raise InvalidTokenError(f"{name}: expected a whole number of seconds.")
    return value


def lifetime(claims: Claims, now: float) -> tuple[int, int]:
    """`iat` and `exp` of a token that is valid now (RFC 7519 §4.1.4 to §4.1.6); both have to be there."""
    expires, issued, begins = (second(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or issued is None:
        raise InvalidTokenError(f"{'exp' if expires is None else 'iat'}: missing.")
    if now >= expires + LEEWAY_S:
        raise InvalidTokenError("exp: the token has expired.")
    if issued > now + LEEWAY_S or (begins is not None and begins > now + LEEWAY_S):
        raise InvalidTokenError("iat, nbf: the token is not valid yet.")
    return issued, expires


def name(claims: Claims, claim: str) -> str:
    """A claim that names somebody or something: one line of text, not empty."""
    value = claims.get(claim)
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_NAME or not value.isprintable():
        raise InvalidTokenError(f"{claim}: expected a text of at most {_MAX_NAME} characters.")
    return value


def verified_email(claims: Claims) -> str | None:
    """The address that the issuer vouches for; "" where it does not vouch for the one it has, None where it says nothing."""
    if "email_verified" not in claims:
        return None
    email = claims.get("email")
    is_vouched_for = claims["email_verified"] is True and isinstance(email, str) and _EMAIL.fullmatch(email) is not None
    return str(email) if is_vouched_for else ""


def loggable(token_id: object) -> str | None:
    """`jti` as it may stand in a log; None for anything that looks unlike an id, since a caller can make it up."""
    return token_id if isinstance(token_id, str) and _LOGGABLE.fullmatch(token_id) else None
