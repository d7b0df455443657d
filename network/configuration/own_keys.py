"""Keys that a process makes for itself where the operator gives none, in files for their owner alone."""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from network.configuration.settings import Settings
from network.errors import JobError

SESSION_FILE: Final = "development-session.key"


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """The operator's keys, or those of development: production has keys, or does not start.

    Raises:
        JobError: keys of development cannot be kept.
    """
    return settings.secret_keys or (session_key(settings.data_dir),)


def session_key(data_dir: Path) -> str:
    """A key as `HUBNETZ_SECRET_KEYS` has them, kept in `data_dir`; made at the first call.

    Raises:
        JobError: as for `kept`.
    """
    path = data_dir / SESSION_FILE
    found = kept(path, lambda: secrets.token_urlsafe(32), "whoever has it can read what is kept for sessions")
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", found):
        raise JobError(f"{path} holds no key. Delete it: a new one is made.")
    return found


def kept(path: Path, make: Callable[[], str], danger: str) -> str:
    """What the file holds, after writing it if it is not there; whole or not at all: where another is faster, its file stays.

    Raises:
        JobError: the file cannot be made or read, or others may read it; `danger` says what those could do.
    """
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
