"""Encryption of what is kept for sessions: JWE (RFC 7516) with AES-256-GCM, by keys of the operator."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_REGISTRY: Final = jwe.JWERegistry(algorithms=["dir", "A256GCM"], strict_check_header=False)
_PURPOSE: Final = "for"


class BrokenSealError(Exception):
    """No key of ours opens it, or it was made for something else."""


class Sealer:
    """Encrypts with the first of `keys` and decrypts with any: a key is changed by putting a new one in front.

    Args:
        keys: 32 bytes each, in base64url; at least one.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        made = [OctKey.import_key(base64.urlsafe_b64decode(key.rstrip("=") + "=")) for key in keys]
        self._keys = {key.thumbprint(): key for key in made}
        self._first = made[0].thumbprint()

    def seal(self, content: Mapping[str, str], *, purpose: str) -> str:
        """`content`, to be opened for the same `purpose` only: moved to another record it is worthless."""
        header = {"alg": "dir", "enc": "A256GCM", "kid": self._first, _PURPOSE: purpose}
        return jwe.encrypt_compact(header, json.dumps(content).encode(), self._keys[self._first], registry=_REGISTRY)

    def unseal(self, sealed: str, *, purpose: str) -> dict[str, str]:
        """What was sealed for `purpose`.

        Raises:
            BrokenSealError: by no key of ours, for another purpose, or changed since.
        """
        try:
            opened = jwe.decrypt_compact(sealed, lambda found: self._key(found.headers()), registry=_REGISTRY)
        except (JoseError, ValueError, KeyError) as error:
            raise BrokenSealError("cannot be decrypted") from error
        # The header is authenticated with the content.
        if opened.headers().get(_PURPOSE) != purpose or opened.plaintext is None:
            raise BrokenSealError("was made for something else")
        content: dict[str, str] = json.loads(opened.plaintext)
        return content

    def _key(self, header: Mapping[str, object]) -> OctKey:
        return self._keys[str(header.get("kid"))]
