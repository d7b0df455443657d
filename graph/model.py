"""The nodes and relationships of the knowledge graph: frozen values without a driver type.

A field's annotation is its property type (`graph.ddl` reads it); its metadata says which callers see it.
`None` means: not known, or not recorded. Every node is named by one key, globally by `NodeKey`.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from graph.nodes import Edited as Edited
from graph.nodes import Guarded as Guarded
from graph.nodes import Node as Node
from graph.nodes import NodeKey as NodeKey
from graph.values import Contact, Instant, LocalTime, PartialDate, Source
from graph.vocabulary import (
    AdoptionStatus,
    CostBand,
    EventStatus,
    Guard,
    HubStatus,
    MunicipalityKind,
    NeedKind,
    NeedStatus,
    OperatingStatus,
    Origin,
    Stage,
    TaskKind,
    Visibility,
)


def _guarded(guard: Guard) -> Any:
    return field(default=None, metadata={"guard": guard})


@dataclass(frozen=True, kw_only=True)
class House(Edited):
    """What the four kinds of house have in common."""

    sort_keys: ClassVar[dict[str, str]] = {"name_sort": "name"}

    name: str
    name_sort: str = ""
    contact: Contact | None = _guarded(Guard.CONTACT)
    contact_visibility: Visibility = Visibility.PUBLIC
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hub(House):
    key_property: ClassVar[str] = "slug"

    slug: str
    town: str | None = None
    state: str | None = None
    region: str | None = None
    status: HubStatus = HubStatus.PLANNED
    opened: PartialDate | None = None
    agreed: PartialDate | None = None
    premises: str | None = None
    equipment: str | None = None
    workplaces: int | None = None
    consultation_hours: str | None = None
    website: str | None = None
    focus: tuple[str, ...] = ()
    note: str | None = None
    lat: float | None = None
    lon: float | None = None
    origin: Origin = Origin.COMPILED
    confirmed_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class Municipality(House):
    """A municipality, municipal association, district or state; `kind` tells which, the length of `ars`, too."""

    key_property: ClassVar[str] = "ars"

    ars: str
    ags: str | None = None
    kind: MunicipalityKind
    district: str | None = None
    state: str
    population: int | None = None
    area_km2: float | None = None
    lat: float | None = None
    lon: float | None = None
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None


@dataclass(frozen=True, kw_only=True)
class University(House):
    key_property: ClassVar[str] = "ror"

    ror: str
    town: str | None = None
    state: str | None = None
    domain: str | None = None
    note: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, kw_only=True)
class Organisation(House):
    key_property: ClassVar[str] = "slug"

    slug: str
    kind: str | None = None
    town: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Expert(Guarded):
    """A function at a house, or a natural person: she is hidden from all but insiders until she consented."""

    sort_keys: ClassVar[dict[str, str]] = {"name_sort": "name"}

    id: str
    name: str
    name_sort: str = ""
    role: str | None = None
    email: str | None = _guarded(Guard.CONTACT)
    phone: str | None = _guarded(Guard.CONTACT)
    orcid: str | None = _guarded(Guard.CONTACT)
    contact_visibility: Visibility = Visibility.NETWORK
    is_person: bool = False
    purpose: str | None = None
    """What for a person's data are kept and shown: what she agrees to."""
    consent_asked_at: Instant | None = None
    consent_given_at: Instant | None = None
    """Since when she agrees; None: not asked, not answered, or said no at `consent_withdrawn_at`."""
    consent_withdrawn_at: Instant | None = None
    actor: str | None = None
    """Her pseudonym, once she consented by signing in."""
    origin: Origin = Origin.COMPILED
    sources: tuple[Source, ...] = ()
    confirmed_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class Project(Guarded):
    sort_keys: ClassVar[dict[str, str]] = {"title_sort": "title"}

    id: str
    slug: str
    title: str
    title_sort: str = ""
    summary: str = ""
    writeup: str = ""
    stage: Stage = Stage.DRAFT
    status: OperatingStatus = OperatingStatus.UNKNOWN
    contact: Contact | None = _guarded(Guard.CONTACT)
    contact_visibility: Visibility = Visibility.PUBLIC
    licence: str | None = None
    repository_url: str | None = None
    website_url: str | None = None
    started: PartialDate | None = None
    ended: PartialDate | None = None
    cost_band: CostBand | None = None
    one_off_cost: int | None = _guarded(Guard.NETWORK_ONLY)
    yearly_cost: int | None = _guarded(Guard.NETWORK_ONLY)
    own_share: int | None = _guarded(Guard.NETWORK_ONLY)
    lessons_learned: str | None = _guarded(Guard.NETWORK_ONLY)
    what_failed: str | None = _guarded(Guard.NETWORK_ONLY)
    opened: tuple[str, ...] = ()
    """Network-only properties that the author opened to everybody."""
    effort_days: int | None = None
    legal_basis: str | None = None
    prerequisites: str | None = None
    funding_reference: str | None = None
    publish_from: PartialDate | None = None
    note: str | None = None
    """What the sources leave open or contradict each other in."""
    different_because: str | None = None
    """What its author said to entries that looked like the same work; for insiders and reviewers."""
    submitted_at: Instant | None = None
    """Since when it waits for a decision of its reviewers; None while it waits for none."""
    approved_at: Instant | None = None
    """When a reviewer let it be published at `publish_from`; None unless it waits for that day."""
    opened_to_reviewers_at: Instant | None = None
    """When it had waited too long for its own reviewers: since then those of all hubs may decide."""
    confirmed_at: Instant | None = None
    origin: Origin = Origin.REGISTERED
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Result(Guarded):
    id: str
    kind: str
    title: str
    doi: str | None = None
    url: str | None = None
    licence: str | None = None


@dataclass(frozen=True, kw_only=True)
class Document(Guarded):
    id: str
    kind: str
    title: str
    url: str | None = None
    licence: str | None = None


@dataclass(frozen=True, kw_only=True)
class Topic(Edited):
    key_property: ClassVar[str] = "slug"
    sort_keys: ClassVar[dict[str, str]] = {"name_sort": "name_de"}

    slug: str
    name_de: str
    name_sort: str = ""
    name_en: str


@dataclass(frozen=True, kw_only=True)
class Service(Edited):
    key_property: ClassVar[str] = "leika_id"
    sort_keys: ClassVar[dict[str, str]] = {"name_sort": "name"}

    leika_id: str
    name: str
    name_sort: str = ""
    ozg_id: str | None = None
    ozg_topic: str | None = None


@dataclass(frozen=True, kw_only=True)
class FundingProgramme(Edited):
    key_property: ClassVar[str] = "slug"
    sort_keys: ClassVar[dict[str, str]] = {"name_sort": "name"}

    slug: str
    name: str
    name_sort: str = ""
    funder: str | None = None
    eligibility: str | None = None
    region: str | None = None
    quota: str | None = None
    amount_min: int | None = None
    amount_max: int | None = None
    opens: PartialDate | None = None
    deadline: PartialDate | None = None
    url: str | None = None
    origin: Origin = Origin.COMPILED
    sources: tuple[Source, ...] = ()
    confirmed_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class Event(Edited):
    sort_keys: ClassVar[dict[str, str]] = {"title_sort": "title"}

    id: str
    title: str
    title_sort: str = ""
    kind: str | None = None
    description: str | None = None
    status: EventStatus = EventStatus.UNKNOWN
    starts_at: PartialDate | None = None
    start_time: LocalTime | None = None
    """None: of the whole day, or not known. Only where `starts_at` is a whole day."""
    ends_at: PartialDate | None = None
    end_time: LocalTime | None = None
    """On `ends_at`, or on the first day where that is None. Only where `start_time` is known."""
    is_recurring: bool | None = None
    """Whether it takes place again and again; None where nobody said so."""
    date_note: str | None = None
    """What is known of the date beyond `starts_at`: a day without a year, how often it comes again, a doubt."""
    place: str | None = None
    online_url: str | None = None
    registration_url: str | None = None
    outcome: str | None = None
    reason_cancelled: str | None = None
    origin: Origin = Origin.COMPILED
    sources: tuple[Source, ...] = ()
    confirmed_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class Need(Guarded):
    sort_keys: ClassVar[dict[str, str]] = {"title_sort": "title"}

    id: str
    kind: NeedKind
    title: str
    title_sort: str = ""
    text: str = ""
    status: NeedStatus = NeedStatus.OPEN


@dataclass(frozen=True, kw_only=True)
class Adoption(Guarded):
    id: str
    status: AdoptionStatus
    since: PartialDate | None = None
    ended: PartialDate | None = None
    adapted: str | None = None
    cost: int | None = _guarded(Guard.NETWORK_ONLY)
    reason_ended: str | None = _guarded(Guard.NETWORK_ONLY)
    opened: tuple[str, ...] = ()
    confirmed_by_owner_at: Instant | None = None
    """When the project's side confirmed it: only then it is counted. None: not so far, or the house's silence lapsed it."""
    lapsed_confirmation_at: Instant | None = None
    """What `confirmed_by_owner_at` was before it lapsed; the house brings it back by confirming that it goes on."""
    reconfirm_by: PartialDate | None = None


@dataclass(frozen=True, kw_only=True)
class ExperienceReport(Guarded):
    id: str
    text: str
    would_do_again: bool | None = None
    what_failed: str | None = None
    written_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class Question(Guarded):
    id: str
    text: str
    asked_by: str | None = None
    """Pseudonym of whoever asked; shown to nobody. What is asked is its house's, which accepts an answer."""


@dataclass(frozen=True, kw_only=True)
class Answer(Guarded):
    id: str
    text: str
    accepted: bool = False
    answered_by: str | None = None
    """Pseudonym of whoever answered; shown to nobody."""


@dataclass(frozen=True, kw_only=True)
class ReviewComment(Guarded):
    """What a reviewer asks to be changed; it stays with the project."""

    id: str
    text: str
    field: str | None = None
    """Property of the project that it is about, if it is about one."""
    written_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class Task(Guarded):
    """Something that somebody is asked to do about an entry; written and closed with what makes and answers it."""

    id: str
    kind: TaskKind
    entity: str
    """Global id of what it is about."""
    subject: str | None = None
    """Global id of the house that a decision is about: the partner, the claimant, the one that adopted."""
    note: str | None = None
    """What the asking side wrote."""
    doers: tuple[str, ...] = ()
    """Whom it asks, as tokens of `auth.policy.doers`."""
    opened_to_reviewers_at: Instant | None = None
    """Since when it asks the leads and reviewers of all hubs, too."""
    since: Instant
    due: PartialDate | None = None
    is_open: bool = True
    done_at: Instant | None = None
    done_by: str | None = None
    """Pseudonym of whoever settled it, as in the audit trail."""
    reason: str | None = None
    """What was answered, in the words of whoever did it."""


HOUSES: Final = ("Hub", "Municipality", "University", "Organisation")
