"""Every setting, as data: name, default, what it means, how its text is read. README's table is this table."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from network.configuration import values
from network.configuration.values import Network

PREFIX: Final = "HUBNETZ_"
RATE: Final = "rate_"
"""What the fields of rates begin with."""

Value = str | int | float | bool | Path | tuple[str, ...] | tuple[Network, ...] | None


@dataclass(frozen=True, slots=True)
class Setting:
    """One `HUBNETZ_*` name. `default` is text like the environment's; "" means: not set."""

    name: str
    field: str
    default: str
    expects: str
    meaning: str
    read: Callable[[str], Value]
    is_secret: bool = False

    @property
    def variable(self) -> str:
        return PREFIX + self.name

    def parse(self, text: str) -> Value:
        """The value that `text` stands for.

        Raises:
            ValueError: the message names the variable and what it expects, and repeats no secret.
        """
        try:
            return self.read(text)
        except ValueError:
            got = "a value of another form" if self.is_secret else repr(text)
            raise ValueError(f"{self.variable}: expected {self.expects}, got {got}") from None


def _limit(name: str, default: int, meaning: str, *, low: int = 1, high: int = 1_000_000) -> Setting:
    expects = f"a whole number from {low} to {high}"
    return Setting(name, name.lower(), str(default), expects, meaning, values.whole(low, high))


def _rate(name: str, meaning: str) -> Setting:
    expects = "auto, or a whole number up to 1000000000; 0 is no limit"
    return Setting(f"RATE_{name}", f"{RATE}{name.lower()}", "auto", expects, meaning, _rate_or_auto)


def _rate_or_auto(text: str) -> int | None:
    return None if text == "auto" else values.whole(0, 1_000_000_000)(text)


_NETWORKS: Final = "addresses or networks, separated by commas (10.0.0.0/8, ::1)"

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        "HOST",
        "host",
        "127.0.0.1",
        "a host name or address",
        "Address to listen on; anything but loopback makes this a production start.",
        values.host,
    ),
    Setting("PORT", "port", "8000", "a port from 1 to 65535", "Port to listen on.", values.whole(1, 65_535)),
    Setting(
        "PUBLIC_URL",
        "public_url",
        "",
        "https://host[:port] without a path (http only on loopback)",
        "Address under which users reach this service; default: host and port.",
        values.public_url,
    ),
    Setting(
        "DATA_DIR",
        "data_dir",
        "var",
        "a folder",
        "Embedded graph and index, and the socket for commands beside a running server.",
        lambda text: Path(values.printable(text)),
    ),
    Setting(
        "GRAPH_URL",
        "graph_url",
        "",
        "ladybug:PATH, bolt://host[:port] or neo4j://host[:port] (also +s, +ssc)",
        "Graph database; default: ladybug in the data folder.",
        values.backend_url("ladybug", "bolt", "neo4j", "bolt+s", "neo4j+s", "bolt+ssc", "neo4j+ssc"),
    ),
    Setting(
        "GRAPH_USER",
        "graph_user",
        "",
        "a user name",
        "User at the graph server; leave out where it asks for none.",
        values.optional_text,
    ),
    Setting(
        "GRAPH_PASSWORD",
        "graph_password",
        "",
        "a password",
        "Password at the graph server.",
        values.optional_text,
        is_secret=True,
    ),
    Setting(
        "SEARCH_URL",
        "search_url",
        "",
        "tantivy:PATH, http://host[:port] or https://host[:port]",
        "Search engine; default: tantivy in the data folder.",
        values.backend_url("tantivy", "http", "https"),
    ),
    Setting(
        "SEARCH_KEY", "search_key", "", "an API key", "Key at the search server.", values.optional_text, is_secret=True
    ),
    Setting(
        "SYNONYMS",
        "synonyms_file",
        "",
        "the path of a YAML file",
        "Synonyms of your own beside those that come with Hubnetz; a change is noticed within seconds (docs/search.md).",
        values.optional_path,
    ),
    Setting(
        "ISSUERS",
        "issuers_file",
        "",
        "the path of a readable TOML file",
        "OpenID Connect issuers where people and machines sign in (docs/sign-in.md); without any, production is read-only.",
        values.optional_file,
    ),
    Setting(
        "SECRET_KEYS",
        "secret_keys",
        "",
        "keys of 32 bytes in base64url, separated by commas, none twice",
        "Encrypt what is kept for sessions: the first encrypts, all decrypt. Required in production; development makes its own.",
        values.keys,
        is_secret=True,
    ),
    Setting(
        "SMTP_URL",
        "smtp_url",
        "",
        "smtp://[user:password@]host[:port][?starttls=never] or smtps://…",
        "Server that e-mails leave through (docs/mail.md); `smtp` encrypts by STARTTLS except on loopback. Required in production by all "
        "that send, so not by `--role web`; in development without it e-mails are in the log.",
        values.smtp_url,
        is_secret=True,
    ),
    Setting(
        "MAIL_FROM",
        "mail_from",
        "",
        "an e-mail address",
        "Address that e-mails come from. Required like HUBNETZ_SMTP_URL; default in development: hubnetz@localhost.",
        values.mailbox,
    ),
    Setting(
        "FEEDBACK_TO",
        "feedback_to",
        "",
        "an e-mail address",
        "Where reports of barriers go (/accessibility); without it there is no form in production, and development logs them.",
        values.mailbox,
    ),
    Setting(
        "LEGAL_DIR",
        "legal_dir",
        "",
        "a folder",
        "Your legal texts in Markdown: imprint, privacy and accessibility, each .de.md and perhaps .en.md; without them the pages "
        "are templates that say so.",
        values.optional_folder,
    ),
    Setting(
        "BACKUP_DIR",
        "backup_dir",
        "",
        "the path of a folder",
        "Where `hubnetz backup --keep N` writes the embedded graph every day (docs/deployment.md); `hubnetz doctor` says how old the newest is.",
        values.optional_path,
    ),
    Setting(
        "TRUSTED_PROXIES",
        "trusted_proxies",
        "",
        _NETWORKS,
        "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
        values.networks,
    ),
    Setting(
        "CORS_ORIGINS",
        "cors_origins",
        "",
        "origins (https://host[:port]), separated by commas",
        "Web pages of others that may ask this service; none by default.",
        values.origins,
    ),
    Setting(
        "ROUTERS",
        "routers",
        "",
        _NETWORKS,
        "Federation routers: may use _service, _entities and introspection where outsiders may not, and ask for traces (ftv1); never a proxy that outsiders come through (docs/router.md).",
        values.networks,
    ),
    Setting("OPERATORS", "operators", "127.0.0.0/8,::1", _NETWORKS, "Who may read /metrics.", values.networks),
    Setting(
        "INTROSPECTION",
        "introspection",
        "auto",
        "auto, open or closed",
        "Introspection for everybody; auto: open in development, closed in production.",
        values.choice("auto", "open", "closed"),
    ),
    Setting(
        "DOCUMENTS",
        "documents_file",
        "",
        "the path of a JSON file",
        "Manifest of trusted documents, which clients may send by their hash (docs/clients.md); a change is noticed within seconds.",
        values.optional_path,
    ),
    Setting(
        "DOCUMENTS_ONLY",
        "documents_only",
        "auto",
        "auto, on or off",
        "Whether documents that are not in HUBNETZ_DOCUMENTS are refused, from everybody but leads of hubs and network administrators; "
        "auto: on in production where there is a manifest.",
        values.choice("auto", "on", "off"),
    ),
    Setting(
        "LOG_FORMAT",
        "log_format",
        "auto",
        "auto, json or text",
        "Form of the log; auto: text in development, JSON in production.",
        values.choice("auto", "json", "text"),
    ),
    Setting(
        "LOG_LEVEL",
        "log_level",
        "info",
        "debug, info, warning or error",
        "Least grave kind of line in the log.",
        values.choice("debug", "info", "warning", "error"),
    ),
    Setting(
        "SHUTDOWN_S",
        "shutdown_s",
        "10",
        "seconds from 0 to 300",
        "Time that running requests have to finish after SIGTERM.",
        values.seconds(0, 300),
    ),
    Setting(
        "TIMEOUT_S",
        "timeout_s",
        "10",
        "seconds from 0.1 to 300",
        "Time for one operation; the database stops with it.",
        values.seconds(0.1, 300),
    ),
    _limit("MAX_BODY_BYTES", 262_144, "Request body; uploaded tables may have 2 MB.", low=1_024, high=16_777_216),
    _limit("MAX_TOKENS", 2_000, "Tokens of a GraphQL document; comments have the same limit of their own."),
    _limit("MAX_DEPTH", 15, "Fields within fields.", high=60),
    _limit("MAX_ALIASES", 15, "Aliases after fragments are expanded."),
    _limit("MAX_ROOT_FIELDS", 20, "Fields at the root of an operation."),
    _limit("MAX_MUTATIONS", 10, "Mutations in one operation; they run one after the other."),
    _limit("MAX_DIRECTIVES", 50, "Directives after fragments are expanded."),
    _limit("MAX_DIRECTIVES_PER_PLACE", 4, "Directives at one place."),
    _limit("MAX_FIELDS", 1_000, "Fields after fragments are expanded."),
    _limit("MAX_COST", 10_000, "Nodes that an operation may ask for at most (IBM cost specification)."),
    _limit("MAX_REPRESENTATIONS", 1_000, "References in one _entities call.", high=1_000),
    _limit("MAX_PAGE_SIZE", 100, "Most rows of a connection.", low=20, high=100),
    _rate("REQUESTS", "Requests a minute from one address; auto: 1200, 50 times that in development, as all rates."),
    _rate("OPERATIONS", "GraphQL operations a minute of one principal, or of one address without any; auto: 600."),
    _rate("COST", "Nodes a minute that their operations ask for, as MAX_COST counts them; auto: 600000."),
    _rate("MUTATIONS", "Mutations a minute of one principal; auto: 120."),
    _rate("DOORS", "Sign-ins, wrong tokens and single-use links a minute from one address, each; auto: 60."),
    _rate("FEEDS", "Fetches a minute of one personal feed address; auto: 20."),
    _rate(
        "CALLBACKS",
        "Requests to be called back an hour, of one principal or one address without any, twice as many a day; auto: 3.",
    ),
)


def markdown_table() -> str:
    """The settings as README shows them."""
    rows = ["| Setting | Default | Meaning |", "| --- | --- | --- |"]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else "–"
        secret = f" May be given as `{setting.variable}_FILE`." if setting.is_secret else ""
        rows.append(f"| `{setting.variable}` | {default} | {setting.meaning} Expects {setting.expects}.{secret} |")
    return "\n".join(rows) + "\n"
