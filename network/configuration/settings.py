"""Settings: one frozen value, read once at start from the environment and a `.env` file, every error at once."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from auth.addresses import is_loopback
from auth.issuer_settings import IssuerSettings
from network.configuration.table import PREFIX, RATE, SETTINGS, Setting
from network.configuration.values import Network
from network.limits import Limits
from network.rates import RateSettings

DEVELOPMENT_ISSUER_PATH: Final = "/dev-issuer"
_FILE: Final = "_FILE"
_MAX_SECRET: Final = 65_536
"""Characters that are read of a secret's file: whoever names a device or a log by mistake is told so."""
_LINE: Final = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)")


class SettingsError(Exception):
    """The settings cannot be used; `problems` holds one line for each reason."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may decide; `network.configuration.table` says what each means."""

    host: str
    port: int
    public_url: str
    data_dir: Path
    graph_url: str
    graph_user: str | None
    graph_password: str | None = field(repr=False)
    search_url: str
    search_key: str | None = field(repr=False)
    synonyms_file: Path | None
    issuers_file: Path | None
    issuers: tuple[IssuerSettings, ...]
    """What `issuers_file` says; none without one."""
    secret_keys: tuple[str, ...] = field(repr=False)
    smtp_url: str | None = field(repr=False)
    mail_from: str | None
    feedback_to: str | None
    legal_dir: Path | None
    backup_dir: Path | None
    trusted_proxies: tuple[Network, ...]
    cors_origins: tuple[str, ...]
    routers: tuple[Network, ...]
    operators: tuple[Network, ...]
    introspection: str
    documents_file: Path | None
    documents_only: str
    log_format: str
    log_level: str
    shutdown_s: float
    limits: Limits
    rates: RateSettings

    @property
    def is_production(self) -> bool:
        """Whether anybody but this machine may reach the service."""
        return not (is_loopback(self.host) and is_loopback(urlsplit(self.public_url).hostname or ""))

    @property
    def has_development_issuer(self) -> bool:
        """Whether sample accounts take the place of issuers (network/development/issuer.py)."""
        return not self.is_production and not self.issuers

    @property
    def sample_issuer(self) -> str | None:
        """The issuer by which sample accounts are named; None in production, where nothing is theirs."""
        return None if self.is_production else f"{self.public_url}{DEVELOPMENT_ISSUER_PATH}"

    @property
    def is_introspection_open(self) -> bool:
        return self.introspection == "open" or (self.introspection == "auto" and not self.is_production)

    @property
    def takes_trusted_documents_only(self) -> bool:
        """Whether callers without a right to more may send only what the manifest holds."""
        is_on = self.documents_only == "on"
        return is_on or (self.documents_only == "auto" and self.is_production and self.documents_file is not None)

    @property
    def logs_json(self) -> bool:
        return self.log_format == "json" or (self.log_format == "auto" and self.is_production)

    @property
    def is_graph_embedded(self) -> bool:
        return self.graph_url.startswith("ladybug:")

    @property
    def is_search_embedded(self) -> bool:
        return self.search_url.startswith("tantivy:")

    @property
    def holds_data_dir(self) -> bool:
        """Whether a backend lives in files that only one process may open."""
        return self.is_graph_embedded or self.is_search_embedded

    @property
    def backends(self) -> tuple[str, str]:
        """Where graph and index are, in the same words from every working folder."""
        return _place(self.graph_url), _place(self.search_url)


def load(
    environment: Mapping[str, str] | None = None,
    *,
    env_file: Path = Path(".env"),
    sends_mail: bool = True,
    signs_in: bool = True,
) -> Settings:
    """The settings of this start; the environment wins over the file.

    Args:
        sends_mail: Whether this process hands letters over; one that does not may know nothing of the mail server.
        signs_in: Whether people sign in here; where they do not, what our clients sign in with is not read.

    Raises:
        SettingsError: unknown names, unreadable values and contradictions, all of them.
    """
    problems: list[str] = []
    given = _given(dict(os.environ) if environment is None else environment, env_file, problems)
    values: dict[str, Any] = {}
    unread: set[str] = set()
    for setting in SETTINGS:
        text = _text_of(setting, given, problems)
        try:
            values[setting.field] = setting.parse(text)
        except ValueError as error:
            problems.append(str(error))
            unread.add(setting.variable)
            values[setting.field] = setting.parse(setting.default)
    problems.extend(_unknown(given))
    values["issuers"] = _issuers(values["issuers_file"], problems, signs_in=signs_in)
    settings = _assemble(values)
    problems.extend(
        f"{', '.join(names)}: {problem}"
        for names, problem in _contradictions(settings, sends_mail=sends_mail)
        if unread.isdisjoint(names)
    )
    if problems:
        raise SettingsError(tuple(problems))
    return settings


def _place(url: str) -> str:
    kind, _, path = url.partition(":")
    return f"{kind}:{Path(path).resolve()}" if kind in {"ladybug", "tantivy"} else url


def _given(environment: Mapping[str, str], env_file: Path, problems: list[str]) -> dict[str, str]:
    from_environment = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    try:
        text = env_file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return from_environment
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{env_file}: cannot be read as UTF-8 text ({type(error).__name__})")
        return from_environment
    return _env_lines(text, env_file, problems) | from_environment


def _env_lines(text: str, env_file: Path, problems: list[str]) -> dict[str, str]:
    """Names and values of a `.env` file. Names that are not ours belong to others (Compose reads the same file)."""
    given: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            problems.append(f"{env_file}, line {number}: expected NAME=value")
            continue
        name, value = match["name"], match["value"]
        if not name.startswith(PREFIX):
            continue
        if name in given:
            problems.append(f"{env_file}, line {number}: {name} is set twice")
        given[name] = _unquoted(value)
    return given


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.sub(r"\s+#.*", "", value)


def _text_of(setting: Setting, given: Mapping[str, str], problems: list[str]) -> str:
    text = given.get(setting.variable, "")
    file = given.get(setting.variable + _FILE, "") if setting.is_secret else ""
    if text and file:
        problems.append(f"{setting.variable}: given both as a value and as {_FILE}; give one")
    elif file:
        try:
            text = _secret_in(Path(file))
        except (OSError, ValueError) as error:
            problems.append(f"{setting.variable}{_FILE}: {file!r} cannot be read ({type(error).__name__})")
        else:
            if not 0 < len(text) <= _MAX_SECRET:
                held = "holds more than any secret" if text else "is empty"
                problems.append(f"{setting.variable}{_FILE}: {file!r} {held}")
                text = ""
    return text or setting.default


def _secret_in(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        text = file.read(_MAX_SECRET + 3)
    # One line break at the end is the editor's, not the secret's.
    return text.removesuffix("\n").removesuffix("\r")


def _unknown(given: Mapping[str, str]) -> list[str]:
    known = {setting.variable for setting in SETTINGS}
    known |= {setting.variable + _FILE for setting in SETTINGS if setting.is_secret}
    return [f"{name}: no such setting (README lists them)" for name in sorted(given.keys() - known)]


def _issuers(file: Path | None, problems: list[str], *, signs_in: bool) -> tuple[IssuerSettings, ...]:
    if file is None:
        return ()
    # Only where there is such a file: cryptography takes its time to load.
    from auth import issuer_file

    try:
        return issuer_file.read(file, signs_in=signs_in)
    except issuer_file.IssuerFileError as error:
        problems.extend(f"HUBNETZ_ISSUERS: {problem}" for problem in error.problems)
        return ()


def _assemble(values: dict[str, Any]) -> Settings:
    limit_names = {declared.name for declared in fields(Limits)}
    limits: dict[str, Any] = {name: value for name, value in values.items() if name in limit_names}
    rates = {name: value for name, value in values.items() if name.startswith(RATE)}
    rest: dict[str, Any] = {
        name: value for name, value in values.items() if name not in limit_names and name not in rates
    }
    rest["public_url"] = rest["public_url"] or _address(rest["host"], rest["port"])
    rest["graph_url"] = rest["graph_url"] or f"ladybug:{rest['data_dir'] / 'graph'}"
    rest["search_url"] = rest["search_url"] or f"tantivy:{rest['data_dir'] / 'index'}"
    allowed = RateSettings(**{name.removeprefix(RATE): value for name, value in rates.items()})
    return Settings(limits=Limits(**limits), rates=allowed, **rest)


def _contradictions(settings: Settings, *, sends_mail: bool) -> list[tuple[tuple[str, ...], str]]:
    """What is sound by itself and wrong together: the variables concerned, and what is expected of them."""
    graph, user, password = "HUBNETZ_GRAPH_URL", "HUBNETZ_GRAPH_USER", "HUBNETZ_GRAPH_PASSWORD"
    search, key = "HUBNETZ_SEARCH_URL", "HUBNETZ_SEARCH_KEY"
    public, host = "HUBNETZ_PUBLIC_URL", "HUBNETZ_HOST"
    found: list[tuple[tuple[str, ...], str]] = []
    if settings.is_graph_embedded and (settings.graph_user or settings.graph_password):
        found.append(((user, password, graph), "expected no user and password for the embedded graph"))
    elif (settings.graph_user is None) != (settings.graph_password is None):
        found.append(((user, password), "expected both or neither"))
    if settings.backup_dir and not settings.is_graph_embedded:
        found.append((("HUBNETZ_BACKUP_DIR", graph), "expected the embedded graph: Neo4j has backups of its own"))
    if settings.is_search_embedded and settings.search_key:
        found.append(((key, search), "expected no key for the embedded index"))
    if settings.graph_url.partition(":")[2] == settings.search_url.partition(":")[2]:
        found.append(((graph, search), "expected two different places"))
    if settings.public_url.startswith("http:") and not _is_public_plain_http_sound(settings):
        found.append(((public, host), "expected https:// unless the host is loopback; tokens and cookies pass there"))
    if settings.is_production and not settings.secret_keys:
        command = 'python -c "import secrets; print(secrets.token_urlsafe(32))"'
        found.append(
            (("HUBNETZ_SECRET_KEYS",), f"required unless {host} and {public} are loopback; make one: {command}")
        )
    for name, value in (("HUBNETZ_SMTP_URL", settings.smtp_url), ("HUBNETZ_MAIL_FROM", settings.mail_from)):
        if sends_mail and settings.is_production and not value:
            found.append(((name,), f"required unless {host} and {public} are loopback; people are asked by e-mail"))
    return found


def _is_public_plain_http_sound(settings: Settings) -> bool:
    """Plain HTTP is for this machine; the address made up from host and port promises nothing to anybody."""
    is_made_up = settings.public_url == _address(settings.host, settings.port)
    return is_made_up or is_loopback(urlsplit(settings.public_url).hostname or "")


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
