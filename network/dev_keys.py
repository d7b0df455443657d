"""What the development issuer keeps: its key and the secret of its sample clients, in a file for their owner alone."""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from joserfc import jwk
from joserfc.errors import JoseError

from network.jobs import JobError

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
        if not path.exists():
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(path)
        if path.stat().st_mode & 0o077:
            raise JobError(
                f"{path} may be read by others: whoever has it can sign as anybody. Delete it, or chmod 600."
            )
        kept = json.loads(path.read_text(encoding="utf-8"))
        return DevelopmentKeys(jwk.ECKey.import_key(kept["key"]), str(kept["client_secret"]))
    except OSError as error:
        raise JobError(f"{path} cannot be read or made ({error.strerror}); see HUBNETZ_DATA_DIR.") from error
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise JobError(f"{path} holds no keys of the development issuer. Delete it: new ones are made.") from error


def _make(path: Path) -> None:
    """Writes new keys, whole or not at all; where another process is faster, its keys stay."""
    key = jwk.ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    kept = {"key": key.as_dict(private=True), "client_secret": secrets.token_urlsafe(32)}
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
