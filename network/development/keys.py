"""The key of the development issuer and the secret of its sample clients, in a file for its owner alone."""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from joserfc import jwk
from joserfc.errors import JoseError

from network.configuration.own_keys import kept
from network.errors import JobError

FILE: Final = "development-issuer.json"
ALGORITHM: Final = "ES256"


@dataclass(frozen=True, slots=True)
class DevelopmentKeys:
    key: jwk.ECKey = field(repr=False)
    client_secret: str = field(repr=False)


def keys(data_dir: Path) -> DevelopmentKeys:
    """The keys kept in `data_dir`; made at the first call, whoever makes it.

    Raises:
        JobError: the file cannot be made, is no such file, or others may read it.
    """
    path = data_dir / FILE
    try:
        found = json.loads(kept(path, _new_keys, "whoever has it can sign as anybody"))
        return DevelopmentKeys(jwk.ECKey.import_key(found["key"]), str(found["client_secret"]))
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise JobError(f"{path} holds no keys of the development issuer. Delete it: new ones are made.") from error


def _new_keys() -> str:
    key = jwk.ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    return json.dumps({"key": key.as_dict(private=True), "client_secret": secrets.token_urlsafe(32)})
