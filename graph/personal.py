"""What is kept of and for people who take part: never exported, not reached by `node`, erased with the person.

Each record names its person by `actor`, the pseudonym that the audit trail uses, too. Nobody but that person reads it
through GraphQL, and only as values of `viewer`; what it points at is read as that person would read it anywhere.
"""

from dataclasses import dataclass

from graph.model import Edited, Node
from graph.values import Instant
from graph.vocabulary import Digest, FeedForm, LetterKind, LinkPurpose, NewsKind


@dataclass(frozen=True, kw_only=True)
class Actor(Edited):
    """Somebody who signed in; written then."""

    id: str
    """`graph.actors.pseudonym`."""
    iss: str
    sub: str
    memberships: tuple[str, ...] = ()
    """As last seen: whom a task of a house reaches. Never decides what somebody may do."""
    email: str | None = None
    """As the issuer vouched for it (`email_verified`); None where it did not, and nobody writes to this person."""
    name: str | None = None
    """As the person gave it for the list of members."""
    is_listed: bool = False
    """Agreed to be shown as a member to the houses of the network."""
    digest: Digest = Digest.WEEKLY
    gets_task_mail: bool = True
    seen_at: Instant
    digest_at: Instant | None = None
    """Until when notifications were put into a digest."""


@dataclass(frozen=True, kw_only=True)
class Follow(Edited):
    """Somebody wants to hear of something. The id is made of both, so that there is one at most."""

    id: str
    actor: str
    target: str
    """Global id of a project, topic, hub, service or need."""


@dataclass(frozen=True, kw_only=True)
class SavedSearch(Edited):
    """A search whose new hits somebody wants to hear of."""

    id: str
    actor: str
    name: str
    query: str
    filter: str = "{}"
    """The filter of `search`, as its JSON value."""
    known: tuple[str, ...] = ()
    """Ids of the projects that it found before."""
    ran_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class Notification(Node):
    """One line of somebody's inbox."""

    id: str
    """Made of the news and the person: told again, it is the same line."""
    actor: str
    news: str
    kind: NewsKind
    entity: str
    """Global id of what it is about."""
    reason: str | None = None
    """Why this person hears of it, in German."""
    at: Instant
    read_at: Instant | None = None
    mailed_at: Instant | None = None
    """When a digest that holds it was written."""


@dataclass(frozen=True, kw_only=True)
class Webhook(Edited):
    """An address of somebody's own system that hears of news which this person may read."""

    id: str
    actor: str
    url: str
    kinds: tuple[str, ...] = ()
    """`NewsKind`s; empty: all."""
    sealed: str
    """The secret that signs, encrypted."""
    sealed_before: str | None = None
    """The one before it, which signs as well until `overlaps_until`."""
    overlaps_until: Instant | None = None
    failures: int = 0
    """Deliveries that were given up, one after the other."""
    disabled_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class FeedToken(Edited):
    """An address that shows one list to whoever has it, as its person sees that list."""

    id: str
    """SHA-256 of the 256 random bits in the address."""
    actor: str
    name: str
    form: FeedForm
    page: str
    """Path and query of the page whose list it is."""
    expires_at: Instant
    used_on: str | None = None
    """The last day, in UTC, on which somebody fetched it; None: nobody so far."""


@dataclass(frozen=True, kw_only=True)
class Invitation(Edited):
    """Somebody is invited to act for a house."""

    id: str
    house: str
    """Global id."""
    role: str
    """`auth.principal.MembershipKind`."""
    email: str
    invited_by: str
    expires_at: Instant
    accepted_at: Instant | None = None
    revoked_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class InvitedMember(Edited):
    """A membership by invitation: it counts beside those that the issuer tells, until it is revoked."""

    id: str
    actor: str
    house: str
    house_key: str
    """Of that house: an index finds whether it is still there."""
    membership: str
    """As in `hub_member:zeitz`."""
    invitation: str
    since: Instant
    revoked_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class SingleUseLink(Node):
    """A door for one decision, sent by e-mail; what opens it is in that e-mail alone."""

    id: str
    """SHA-256 of its 256 random bits."""
    purpose: LinkPurpose
    entity: str
    """Global id of what is decided on: task, expert, invitation."""
    house: str | None = None
    """Global id of the house in whose name it is decided; None where a person decides for herself."""
    email: str
    """Where it was sent."""
    expires_at: Instant
    used_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class Letter(Node):
    """An e-mail on its way; gone some days after it went."""

    id: str
    """Stable: also the Message-ID, so that one that went twice is known by it."""
    kind: LetterKind
    email: str
    actor: str | None = None
    """Who gets it, if it is somebody who signed in."""
    house: str | None = None
    """Global id of the house whose contact gets it."""
    entity: str
    """Global id of what it is about: task, expert, invitation; of a digest the actor."""
    purpose: LinkPurpose | None = None
    """Of the single-use link in it; None: it leads to pages for people who sign in."""
    sealed: str | None = None
    """The secret of that link, encrypted, from the first attempt until it was sent."""
    due_at: Instant
    """Not to be tried before."""
    attempts: int = 0
    sent_at: Instant | None = None
    failed_at: Instant | None = None
    """When it was given up."""


@dataclass(frozen=True, kw_only=True)
class Delivery(Node):
    """News on its way to a webhook; gone some days after it arrived or was given up."""

    id: str
    webhook: str
    news: str
    """Id of the event, the same at every attempt."""
    kind: NewsKind
    entity: str
    """Global id of what it is about; of a ping the webhook itself."""
    at: Instant
    due_at: Instant
    """Not to be tried before."""
    attempts: int = 0
    answer: str | None = None
    """What the last attempt met: an HTTP status, or a word of ours where there was none."""
    delivered_at: Instant | None = None
    failed_at: Instant | None = None
    """When it was given up."""
