"""Private keys by which this service proves itself to an issuer (RFC 7523), as operators give them."""

import warnings
from typing import Final

from joserfc import jwk
from joserfc.errors import JoseError, SecurityWarning

_MIN_RSA_BITS: Final = 2_048  # RFC 7518 §3.3
_BY_CURVE: Final = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "Ed25519": "Ed25519"}


def signing_key(pem: str) -> tuple[jwk.Key, str] | None:
    """The key and the algorithm that it signs with; None where `pem` is no private key that issuers take signatures of."""
    key = _imported(pem)
    if key is None or not key.is_private:
        return None
    if isinstance(key, jwk.RSAKey):
        return (key, "RS256") if key.raw_value.key_size >= _MIN_RSA_BITS else None
    algorithm = _BY_CURVE.get(str(key.as_dict(private=False).get("crv")))
    return None if algorithm is None else (key, algorithm)


def _imported(pem: str) -> jwk.Key | None:
    for kind in ("RSA", "EC", "OKP"):
        try:
            with warnings.catch_warnings():
                # Of short keys, which are refused anyway.
                warnings.simplefilter("ignore", SecurityWarning)
                return jwk.import_key(pem, kind)
        except (JoseError, ValueError, TypeError):
            continue
    return None
