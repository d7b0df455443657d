"""Secrets that a deployment makes for itself: a vault of one file each, and copies of it in the form that each service reads.

The vault is the record; copies follow from it and are written anew with each run, so that a volume that was lost, or a
secret that was changed, needs no more than another run.
"""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

COPIES: Final = "for"
"""The folder within the vault's that holds a folder of copies for each service."""
PREVIOUS: Final = ".previous"
_SEPARATOR: Final = ","


class SecretFileError(Exception):
    """A file that is there is no secret, or cannot be read or written; nothing that was there has changed."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret of a deployment."""

    name: str
    meaning: str
    copies: tuple[tuple[str, str], ...]
    """Service and file, and what the file holds: the secret stands for `{}`."""
    keeps_old: bool = False
    """Whether a new value stands before the old ones, which go on to decrypt."""


SECRETS: Final[tuple[Secret, ...]] = (
    Secret(
        "secret_keys",
        "encrypts what is kept for sessions, links and webhooks; whoever loses it signs everybody out",
        (("hubnetz/secret_keys", "{}\n"),),
        keeps_old=True,
    ),
    Secret(
        "graph_password",
        "of Neo4j's user neo4j",
        (("hubnetz/graph_password", "{}\n"), ("neo4j/auth", "neo4j/{}\n")),
    ),
    Secret(
        "search_key",
        "master key of Meilisearch",
        (("hubnetz/search_key", "{}\n"), ("meilisearch/config.toml", 'master_key = "{}"\n')),
    ),
    Secret(
        "keycloak_admin_password",
        "of Keycloak's first administrator, admin",
        (("keycloak/admin_password", "{}\n"),),
    ),
    Secret(
        "keycloak_web_secret",
        "of our client for browsers at Keycloak",
        (("hubnetz/keycloak_web_secret", "{}\n"), ("keycloak/web_secret", "{}\n")),
    ),
    Secret("keycloak_machine_secret", "of the sample machine at Keycloak", (("keycloak/machine_secret", "{}\n"),)),
    Secret("keycloak_sample_password", "of the sample users at Keycloak", (("keycloak/sample_password", "{}\n"),)),
)


def find(name: str) -> Secret | None:
    return next((secret for secret in SECRETS if secret.name == name), None)


def make(folder: Path) -> list[str]:
    """Writes what is missing and hands it out; the names of the secrets that are new. None that is there is changed.

    Raises:
        SecretFileError: see there.
    """
    return _guarded(folder, lambda: _make(folder))


def rotate(folder: Path, secret: Secret) -> None:
    """Puts a new value in the place of one that is there, keeps the old one as the previous, and hands it out.

    Raises:
        SecretFileError: see there; also where there is nothing yet to put it in the place of.
    """

    def change() -> None:
        old = read(folder, secret)
        _put(folder / f"{secret.name}{PREVIOUS}", old + "\n", mode=0o600)
        new = _SEPARATOR.join((_new(), old)) if secret.keeps_old else _new()
        _put(folder / secret.name, new + "\n", mode=0o600)
        _hand_out(folder, secret)

    _guarded(folder, change)


def read(folder: Path, secret: Secret, *, is_previous: bool = False) -> str:
    """The value in the vault.

    Raises:
        SecretFileError: there is none.
    """
    path = folder / f"{secret.name}{PREVIOUS if is_previous else ''}"
    try:
        value = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        raise SecretFileError(f"{path} cannot be read ({type(error).__name__})") from error
    # What copies hold is quoted nowhere, so nothing that would need it may stand in them.
    if not value or not all(part.isalnum() for part in value.replace("-", "a").replace("_", "a").split(_SEPARATOR)):
        raise SecretFileError(f"{path} holds no secret: expected letters, digits, - and _ alone. It stays as it is.")
    return value


def _make(folder: Path) -> list[str]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [secret.name for secret in SECRETS if _write_once(folder / secret.name, _new() + "\n")]
    for secret in SECRETS:
        _hand_out(folder, secret)
    return made


def _guarded(folder: Path, work: Callable[[], T]) -> T:
    try:
        return work()
    except OSError as error:
        raise SecretFileError(f"{error.filename or folder} cannot be written ({error.strerror})") from error


def _new() -> str:
    # 256 bits, in characters that need no quoting anywhere; HUBNETZ_SECRET_KEYS asks for just these.
    while (value := secrets.token_urlsafe(32)).startswith("-"):
        # Taken for an option by a command that it is given to.
        continue
    return value


def _hand_out(folder: Path, secret: Secret) -> None:
    value = read(folder, secret)
    for name, form in secret.copies:
        path = folder / COPIES / name
        # Services run as other users, which share our group; volumes that are mounted here keep their own permissions.
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        text = form.format(value)
        with suppress(FileNotFoundError):
            if path.read_text(encoding="utf-8") == text:
                continue
        _put(path, text, mode=0o440)


def _write_once(path: Path, text: str) -> bool:
    """Whether the file is new: one that is there stays, also where another process was faster."""
    if path.exists():
        return False
    draft = _draft(path, text, mode=0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _put(path: Path, text: str, *, mode: int) -> None:
    _draft(path, text, mode=mode).replace(path)


def _draft(path: Path, text: str, *, mode: int) -> Path:
    """The text beside its place and on disk, whole before anybody sees it there."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft
