"""What development keeps, in files for their owner alone: the key of the development issuer and the secret of its sample
clients; and what encrypts sessions where no `HUBNETZ_SECRET_KEYS` are set.
"""

import json
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from joserfc import jwk
from joserfc.errors import JoseError

from network.jobs.job import JobError

FILE: Final = "development-issuer.json"
SESSION_FILE: Final = "development-session.key"
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
        kept = json.loads(_kept(path, _new_keys, "whoever has it can sign as anybody"))
        return DevelopmentKeys(jwk.ECKey.import_key(kept["key"]), str(kept["client_secret"]))
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise JobError(f"{path} holds no keys of the development issuer. Delete it: new ones are made.") from error


def session_key(data_dir: Path) -> str:
    """A key as `HUBNETZ_SECRET_KEYS` has them, kept in `data_dir`; made at the first call.

    Raises:
        JobError: as for `keys`.
    """
    path = data_dir / SESSION_FILE
    found = _kept(path, lambda: secrets.token_urlsafe(32), "whoever has it can read what is kept for sessions")
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", found):
        raise JobError(f"{path} holds no key. Delete it: a new one is made.")
    return found


def _new_keys() -> str:
    key = jwk.ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    return json.dumps({"key": key.as_dict(private=True), "client_secret": secrets.token_urlsafe(32)})


def _kept(path: Path, make: Callable[[], str], danger: str) -> str:
    """What the file holds, after writing it if it is not there; whole or not at all: where another is faster, its file stays."""
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, make())
        if path.stat().st_mode & 0o077:
            raise JobError(f"{path} may be read by others: {danger}. Delete it, or chmod 600.")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise JobError(f"{path} cannot be read or made ({error.strerror}); see HUBNETZ_DATA_DIR.") from error


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
