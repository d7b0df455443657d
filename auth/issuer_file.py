"""The file of issuers (`HUBNETZ_ISSUERS`): TOML to `IssuerSettings`, everything wrong with it told at once.

[[issuer]]
issuer = "https://login.example/realms/hubs"
name = "Landesverwaltung"
audience = "hubnetz"
client_id = "hubnetz-web"
client_secret_file = "secrets/hubs"   # or private_key_file, PEM; relative to this file
algorithms = ["RS256"]

[[issuer.grant]]
claim = "realm_access.roles"
equals = "hub-lead-zeitz"
membership = "hub_lead:zeitz"
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from auth import keys
from auth.addresses import is_loopback, web_host
from auth.client_keys import signing_key
from auth.errors import AuthError
from auth.issuer_settings import ALGORITHMS, Grant, IssuerSettings
from auth.principal import Membership

_MAX_BYTES: Final = 256 * 1024
"""Hundreds of issuers; beyond that it is another kind of file."""
_MAX_TEXT: Final = 500
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}")  # RFC 6749 §3.3
_Path = tuple[str | int, ...]


class IssuerFileError(AuthError):
    """The file cannot be used; `problems` holds one line for each reason."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read(path: Path, *, signs_in: bool = True) -> tuple[IssuerSettings, ...]:
    """The issuers of the file, in its order; at least one.

    Args:
        signs_in: Whether people sign in with it. Who only verifies tokens opens none of the files that hold secrets.

    Raises:
        IssuerFileError: it cannot be read, or something in it cannot be meant; every problem with its line.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
        text = content.decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise IssuerFileError((f"{path}: cannot be read as UTF-8 text ({type(error).__name__})",)) from error
    if len(content) > _MAX_BYTES:
        raise IssuerFileError((f"{path}: expected at most {_MAX_BYTES} bytes",))
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise IssuerFileError((_syntax_problem(path, text, error),)) from error
    reader = _Reader(path, reads_secrets=signs_in)
    issuers = _issuers(reader, document)
    if reader.problems:
        lines = _Lines(text)
        located = sorted((lines.first(place), number, told) for number, (place, told) in enumerate(reader.problems))
        raise IssuerFileError(tuple(f"{path}, line {line}: {told}" for line, _, told in located))
    return issuers


@dataclass(slots=True)
class _Reader:
    """Collects problems by the place of what is wrong."""

    file: Path
    reads_secrets: bool
    problems: list[tuple[_Path, str]] = field(default_factory=list)

    def wrong(self, place: _Path, told: str) -> None:
        self.problems.append((place, told))

    def tables(self, document: Mapping[str, Any], name: str, place: _Path) -> list[tuple[_Path, dict[str, Any]]]:
        """The tables of the array `name`, each with its place."""
        found = document.get(name, [])
        if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
            self.wrong((*place, name), f"{name}: expected tables, each begun by [[{'.'.join(_names(place, name))}]]")
            return []
        return [((*place, name, number), table) for number, table in enumerate(found)]

    def keys(self, table: Mapping[str, Any], known: tuple[str, ...], place: _Path) -> None:
        for name in table.keys() - set(known):
            self.wrong((*place, name), f"{name}: no such entry; there are {', '.join(known)}")

    def text(self, table: Mapping[str, Any], name: str, place: _Path, *, required: bool = True) -> str | None:
        """A text of one line; None where there is none, which is a problem if it is required."""
        if name not in table:
            if required:
                self.wrong(place, f"{name}: missing")
            return None
        value = table[name]
        if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > _MAX_TEXT:
            self.wrong((*place, name), f"{name}: expected a text of one line, at most {_MAX_TEXT} characters")
            return None
        return value

    def boolean(self, table: Mapping[str, Any], name: str, place: _Path) -> bool:
        value = table.get(name, False)
        if not isinstance(value, bool):
            self.wrong((*place, name), f"{name}: expected true or false")
            return False
        return value

    def secret(self, table: Mapping[str, Any], name: str, place: _Path, check: Callable[[str], bool]) -> str | None:
        """What the file named by the entry holds, without its last line break; None where it is not to be read."""
        named = self.text(table, name, place, required=False)
        if named is None or not self.reads_secrets:
            return None
        try:
            found = (self.file.parent / named).read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, ValueError) as error:
            self.wrong((*place, name), f"{name}: {named!r} cannot be read ({type(error).__name__})")
            return None
        if not check(found):
            self.wrong((*place, name), f"{name}: {named!r} does not hold what the entry is for")
            return None
        return found


_ISSUER_KEYS: Final = (
    *("issuer", "name", "audience", "client_id", "client_secret_file", "private_key_file"),
    *("algorithms", "accept_typ_jwt", "allow_http", "scope", "slug", "grant"),
)
_GRANT_KEYS: Final = ("claim", "equals", "membership")


def _issuers(reader: _Reader, document: Mapping[str, Any]) -> tuple[IssuerSettings, ...]:
    reader.keys(document, ("issuer",), ())
    tables = reader.tables(document, "issuer", ())
    if not tables and not reader.problems:
        reader.wrong((), "issuer: expected at least one table, begun by [[issuer]]")
    found = [_issuer(reader, table, place) for place, table in tables]
    for name in ("issuer", "name"):
        seen: set[str] = set()
        for place, table in tables:
            value = table.get(name)
            if isinstance(value, str) and value in seen:
                reader.wrong((*place, name), f"{name}: {value!r} is given twice")
            seen.add(str(value))
    sound = [(place, settings) for (place, _), settings in zip(tables, found, strict=True) if settings is not None]
    slugs = [settings.slug for _, settings in sound]
    for place, settings in sound:
        if slugs.count(settings.slug) > 1:
            # People would come back from one issuer to the address of another.
            reader.wrong(place, f"slug: {settings.slug!r} would name two issuers; give each its own")
    return tuple(settings for _, settings in sound)


def _issuer(reader: _Reader, table: Mapping[str, Any], place: _Path) -> IssuerSettings | None:
    reader.keys(table, _ISSUER_KEYS, place)
    issuer = reader.text(table, "issuer", place)
    allow_http = reader.boolean(table, "allow_http", place)
    if issuer is not None and (told := _unfit_issuer(issuer, allow_http=allow_http)):
        reader.wrong((*place, "issuer"), f"issuer: {told}")
    name, audience, client_id = (reader.text(table, key, place) for key in ("name", "audience", "client_id"))
    scope = reader.text(table, "scope", place, required=False)
    if scope is not None and not _SCOPE.fullmatch(scope):
        reader.wrong((*place, "scope"), "scope: expected one scope, without blanks")
    slug = reader.text(table, "slug", place, required=False)
    if slug is not None and not keys.SLUG.fullmatch(slug):
        reader.wrong((*place, "slug"), "slug: expected small letters and digits, with hyphens between them")
    if ("client_secret_file" in table) == ("private_key_file" in table):
        reader.wrong(place, "expected either client_secret_file or private_key_file")
    settings = IssuerSettings(
        issuer=issuer or "",
        name=name or "",
        audience=audience or "",
        client_id=client_id or "",
        algorithms=_algorithms(reader, table, place),
        client_secret=reader.secret(table, "client_secret_file", place, _is_secret),
        private_key=reader.secret(table, "private_key_file", place, _is_private_key),
        accept_typ_jwt=reader.boolean(table, "accept_typ_jwt", place),
        scope=scope,
        grants=_grants(reader, table, place),
        slug=slug or "",
    )
    return None if reader.problems else settings


def _grants(reader: _Reader, table: Mapping[str, Any], place: _Path) -> tuple[Grant, ...]:
    grants: list[Grant] = []
    for at, rule in reader.tables(table, "grant", place):
        reader.keys(rule, _GRANT_KEYS, at)
        claim, equals, named = (reader.text(rule, key, at) for key in _GRANT_KEYS)
        if named is None:
            continue
        try:
            membership = Membership.parse(named)
        except ValueError:
            told = "expected a membership as hub_lead:zeitz, municipality:010615138 or network_admin"
            reader.wrong((*at, "membership"), f"membership: {told}, got {named!r}")
            continue
        grants.append(Grant(claim or "", equals or "", membership))
    return tuple(grants)


def _algorithms(reader: _Reader, table: Mapping[str, Any], place: _Path) -> tuple[str, ...]:
    found = table.get("algorithms")
    if found is None:
        reader.wrong(place, "algorithms: missing")
        return ()
    is_list = isinstance(found, list) and bool(found) and all(isinstance(name, str) for name in found)
    if not is_list or not set(found) <= set(ALGORITHMS):
        told = f"algorithms: expected a list of {', '.join(ALGORITHMS)}; others are symmetric, none or deprecated"
        reader.wrong((*place, "algorithms"), told)
        return ()
    return tuple(dict.fromkeys(found))


def _unfit_issuer(issuer: str, *, allow_http: bool) -> str | None:
    """Why `issuer` is no issuer identifier (OIDC Discovery §3: https, no query, no fragment), None where it is."""
    host = web_host(issuer, "https", "http")
    if host is None or "?" in issuer or "#" in issuer:
        return "expected https://host[:port][/path] without user, query and fragment"
    if issuer.startswith("http:") and not (allow_http or is_loopback(host)):
        return "expected https://; http is taken on loopback, or with allow_http = true in this entry"
    return None


def _is_secret(text: str) -> bool:
    return bool(text) and text.isprintable()


def _is_private_key(text: str) -> bool:
    return signing_key(text) is not None


def _names(place: _Path, name: str) -> list[str]:
    return [*(part for part in place if isinstance(part, str)), name]


def _syntax_problem(path: Path, text: str, error: tomllib.TOMLDecodeError) -> str:
    match = re.search(r" \(at line ([0-9]+), column [0-9]+\)", str(error))
    line = match[1] if match else str(text.rstrip("\n").count("\n") + 1)
    return f"{path}, line {line}: {str(error).partition(' (at ')[0]}"


class _Lines:
    """Where in a sound TOML text something stands: `tomllib` does not tell.

    What stands in line n is in the first n lines and not in fewer, so a search over the beginnings of the text that are
    TOML themselves finds it, however it is written.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._documents: dict[int, dict[str, Any] | None] = {}

    def first(self, place: _Path) -> int:
        low, high = 1, len(self._lines)
        found = high if place else 1
        while place and low <= high:
            end = (low + high) // 2
            middle = end
            while (document := self._beginning(end)) is None:
                end += 1
            if _has(document, place):
                found, high = min(found, end), middle - 1
            else:
                low = end + 1
        return found

    def _beginning(self, count: int) -> dict[str, Any] | None:
        if count not in self._documents:
            try:
                self._documents[count] = tomllib.loads("\n".join(self._lines[:count]))
            except tomllib.TOMLDecodeError:
                self._documents[count] = None
        return self._documents[count]


def _has(document: Any, place: _Path) -> bool:
    found = document
    for part in place:
        if isinstance(part, int):
            if not isinstance(found, list) or len(found) <= part:
                return False
        elif not isinstance(found, dict) or part not in found:
            return False
        found = found[part]
    return True
