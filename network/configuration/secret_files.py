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

from network.configuration import values

T = TypeVar("T")

COPIES: Final = "for"
"""The folder within the vault's that holds a folder of copies for each service."""
PREVIOUS: Final = ".previous"
"""What the file of the value before the one in force is called by."""
NEXT: Final = ".next"
"""The same of the value after it, which is in force nowhere yet."""
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
    check: Callable[[str], object] | None = None
    """Of one that only the operator knows: refuses by ValueError what is none. None of one that is made here."""

    @property
    def is_given(self) -> bool:
        return self.check is not None


def _to(file: str, *services: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"{service}/{file}", "{}\n") for service in services)


_PROCESSES: Final = ("hubnetz", "subgraph", "worker")
"""Of ours, by what each has to know: pages and sign-in, a subgraph apart, and who sends e-mails."""


SECRETS: Final[tuple[Secret, ...]] = (
    Secret(
        "secret_keys",
        "encrypts what is kept for sessions, links and webhooks; whoever loses it signs everybody out",
        _to("secret_keys", *_PROCESSES),
        keeps_old=True,
    ),
    Secret(
        "graph_password",
        "of Neo4j's user neo4j",
        (*_to("graph_password", *_PROCESSES), ("neo4j/auth", "neo4j/{}\n")),
    ),
    Secret(
        "search_key",
        "master key of Meilisearch",
        (*_to("search_key", *_PROCESSES), ("meilisearch/config.toml", 'master_key = "{}"\n')),
    ),
    Secret(
        "keycloak_admin_password",
        "of Keycloak's first administrator, admin",
        _to("admin_password", "keycloak"),
    ),
    Secret(
        "keycloak_web_secret",
        "of our client for browsers at Keycloak",
        (("hubnetz/keycloak_web_secret", "{}\n"), ("keycloak/web_secret", "{}\n")),
    ),
    Secret("keycloak_machine_secret", "of the sample machine at Keycloak", _to("machine_secret", "keycloak")),
    Secret("keycloak_sample_password", "of the sample users at Keycloak", _to("sample_password", "keycloak")),
    Secret(
        "smtp_url",
        "the mail server with user and password (HUBNETZ_SMTP_URL)",
        _to("smtp_url", "worker"),
        check=values.smtp_url,
    ),
)


def find(name: str) -> Secret | None:
    return next((secret for secret in SECRETS if secret.name == name), None)


def make(folder: Path) -> list[str]:
    """Writes what is missing and hands it out; the names of the secrets that are new. None that is there is changed.

    Raises:
        SecretFileError: see there.
    """
    return _guarded(folder, lambda: _make(folder))


def put(folder: Path, secret: Secret, value: str) -> None:
    """Keeps a value that only the operator knows, in the place of one that may be there, and hands it out.

    Raises:
        SecretFileError: see there; also where `value` is none for it.
    """

    def change() -> None:
        if not _is_sound(secret, value):
            raise SecretFileError(f"{secret.name} stays as it is: what was given is none. {secret.meaning}")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put(folder / secret.name, value + "\n", mode=0o600)
        _hand_out(folder, secret)

    _guarded(folder, change)


def rotate(folder: Path, secret: Secret) -> None:
    """Makes the next value and leaves the one in force where it is, until `take`; one that waits already stays.

    Raises:
        SecretFileError: see there; also where there is nothing yet to put it in the place of.
    """

    def change() -> None:
        old = read(folder, secret)
        new = _SEPARATOR.join((_new(), old)) if secret.keeps_old else _new()
        _write_once(folder / f"{secret.name}{NEXT}", new + "\n")

    _guarded(folder, change)


def take(folder: Path, secret: Secret) -> None:
    """Puts the next value in force, keeps the old one as the previous, and hands it out.

    Raises:
        SecretFileError: see there; also where none waits.
    """

    def change() -> None:
        old = read(folder, secret)
        read(folder, secret, NEXT)
        _put(folder / f"{secret.name}{PREVIOUS}", old + "\n", mode=0o600)
        (folder / f"{secret.name}{NEXT}").replace(folder / secret.name)
        _hand_out(folder, secret)

    _guarded(folder, change)


def forget(folder: Path, secret: Secret) -> None:
    """Leaves of the values in the vault the newest that is in force alone, and hands it out.

    Raises:
        SecretFileError: see there; also where a next one waits, which somebody may have been told of.
    """

    def change() -> None:
        value = read(folder, secret)
        waiting = folder / f"{secret.name}{NEXT}"
        if waiting.exists():
            raise SecretFileError(f"{waiting} waits: take it before the old one is forgotten.")
        if secret.keeps_old:
            _put(folder / secret.name, value.partition(_SEPARATOR)[0] + "\n", mode=0o600)
        (folder / f"{secret.name}{PREVIOUS}").unlink(missing_ok=True)
        _hand_out(folder, secret)

    _guarded(folder, change)


def read(folder: Path, secret: Secret, which: str = "") -> str:
    """The value in the vault: the one in force, or that of `PREVIOUS` or `NEXT`.

    Raises:
        SecretFileError: there is none.
    """
    path = folder / f"{secret.name}{which}"
    try:
        value = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        raise SecretFileError(f"{path} cannot be read ({type(error).__name__})") from error
    if not _is_sound(secret, value):
        expected = secret.meaning if secret.is_given else "letters, digits, - and _ alone"
        raise SecretFileError(f"{path} holds no secret: expected {expected}. It stays as it is.")
    return value


def _is_sound(secret: Secret, value: str) -> bool:
    if secret.check is None:
        # What copies hold is quoted nowhere, so nothing that would need it may stand in them.
        return all(part.isalnum() for part in value.replace("-", "a").replace("_", "a").split(_SEPARATOR))
    try:
        secret.check(value)
    except ValueError:
        return False
    return value != "" and value.isascii() and value.isprintable()


def _make(folder: Path) -> list[str]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [
        secret.name for secret in SECRETS if not secret.is_given and _write_once(folder / secret.name, _new() + "\n")
    ]
    for secret in SECRETS:
        # What nobody has given yet, only those miss who cannot start without.
        if not secret.is_given or (folder / secret.name).exists():
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
