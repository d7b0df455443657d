"""Bookkeeping in the graph database: audit trail, outbox, news, leases, idempotency, sessions, popular searches, usage of the schema. Never exported."""

from dataclasses import dataclass
from typing import ClassVar

from graph.model import Node
from graph.values import Instant
from graph.vocabulary import NewsKind


@dataclass(frozen=True, kw_only=True)
class Change(Node):
    """One entry of the audit trail; append-only."""

    id: str
    at: Instant
    actor: str
    action: str
    entity: str
    """Global id of what changed."""
    memberships: tuple[str, ...] = ()
    """Of the actor at that time, as in `municipality:010615138`: an Amt acts for its municipalities, and both are told."""
    version: int | None = None
    """Of the entity once this was written; None where the line speaks of no change of the entity itself."""
    before: str | None = None
    after: str | None = None
    """Changed properties and relationships as JSON objects; of a batch, `after` counts them. Personal values are in
    `PersonalValues`; here their names alone, with the value `"***"`."""


@dataclass(frozen=True, kw_only=True)
class PersonalValues(Node):
    """The personal values of one `Change` of an entry, by the same id: they go with the entry, and with the person, the trail does not."""

    id: str
    entity: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, kw_only=True)
class OutboxEvent(Node):
    """Something the index has to hear of; written in the transaction of the change it reports, gone once it has."""

    id: str
    entity: str
    """Global id, also the id of the event: one per entity at most."""
    at: Instant
    """Since when the index is behind."""
    narrows: bool = False
    """The change took readers away: searches exclude the entity until the index has confirmed."""
    fence: int
    """Grows whenever the entity changes again; done is only marked for the value that was read."""


@dataclass(frozen=True, kw_only=True)
class News(Node):
    """Something people may want to hear of, written in the transaction of the change; gone once all were told."""

    id: str
    """Stable id of the event, everywhere it is told."""
    kind: NewsKind
    entity: str
    """Global id of what it is about."""
    house: str | None = None
    """Global id of the house whose request was decided; None: those who hear of it follow from the entity."""
    actor: str
    """Whose doing it was, as in the audit trail: nobody is told of what they did themselves."""
    at: Instant
    attempts: int = 0
    """Times that telling it failed."""
    due_at: Instant
    """Not to be tried before."""


@dataclass(frozen=True, kw_only=True)
class Lease(Node):
    """One holder at a time of a duty (`graph.writing.duties`, maintenance); `fence` grows with every new holder."""

    key_property: ClassVar[str] = "name"

    name: str
    holder: str
    fence: int = 0
    expires_at: Instant
    succeeded_at: Instant | None = None
    """When its work last went well, as far as that was noted; whoever it was."""


@dataclass(frozen=True, kw_only=True)
class Idempotency(Node):
    """A unit that committed under this key; a second run of it answers from here, while `graph.accounts.retention` keeps it."""

    id: str
    """Made of actor and key, so that nobody reads the answer given to somebody else."""
    at: Instant
    answer: str | None = None
    """What the unit returned, as JSON."""


@dataclass(frozen=True, kw_only=True)
class Session(Node):
    """Somebody signed in by a browser (`auth.sessions`); one who reads this record cannot pose as that person."""

    id: str
    """SHA-256 of what the cookie holds."""
    iss: str
    sub: str
    sid: str | None = None
    """The issuer's own session, which it names when it ends it; None where it does not say."""
    memberships: tuple[str, ...] = ()
    """As last seen."""
    invited: tuple[str, ...] = ()
    """Those by invitation, when the session got its id; which of them count is looked up."""
    sealed: str
    """Tokens of the issuer, encrypted."""
    touched_at: Instant
    expires_at: Instant
    refresh_at: Instant | None = None
    """When the issuer is to be asked again; None where it gave nothing to ask with."""


@dataclass(frozen=True, kw_only=True)
class SignIn(Node):
    """A sign-in that is under way, for minutes: gone once somebody came back with its state."""

    id: str
    """SHA-256 of the state."""
    browser: str
    """SHA-256 of what the cookie of the browser holds that began it."""
    iss: str
    sealed: str
    """Nonce, code verifier and where to go on afterwards, encrypted."""
    expires_at: Instant


@dataclass(frozen=True, kw_only=True)
class SeenToken(Node):
    """A token that works once and was used; kept until it would have expired."""

    id: str
    expires_at: Instant


@dataclass(frozen=True, kw_only=True)
class PopularSearch(Node):
    """A text that people searched for (`graph.reading.popular`)."""

    key_property: ClassVar[str] = "text"

    text: str
    """Folded."""
    display: str
    """As public texts spell it."""
    is_popular: bool = False
    people: tuple[str, ...] = ()
    """Keyed hashes of who searched for it, until there are enough of them."""
    hash_key: str | None = None
    """Random, for this record alone; gone with the hashes."""
    last_used_at: Instant


@dataclass(frozen=True, kw_only=True)
class FieldUsage(Node):
    """Which parts of the schema one program used on one day (`graph.reading.field_usage`); of persons nothing."""

    id: str
    """Day, name and version."""
    day: str
    """In UTC, as `2026-11-22`."""
    client: str
    """As the program calls itself in its headers; empty where it does not."""
    version: str
    counts: str
    """JSON object: schema coordinate -> operations that used it. One record and not one a coordinate: written every minute."""


@dataclass(frozen=True, kw_only=True)
class SchemaState(Node):
    """The schema version of this store, and the migration that is under way."""

    id: str
    version: int
    running: int | None = None


@dataclass(frozen=True, kw_only=True)
class SlugAlias(Node):
    """A former slug of a project."""

    key_property: ClassVar[str] = "slug"

    slug: str
    project: str
