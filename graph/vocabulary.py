"""Closed vocabularies of the model, named as in the network's design."""

from enum import StrEnum
from typing import Final


class HubStatus(StrEnum):
    PLANNED = "PLANNED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"


class MunicipalityKind(StrEnum):
    """Kinds of the municipal register (GV-ISys), associations, districts and states included."""

    GEMEINDE = "GEMEINDE"
    MARKT = "MARKT"
    STADT = "STADT"
    KREISFREIE_STADT = "KREISFREIE_STADT"
    GEMEINDEFREIES_GEBIET = "GEMEINDEFREIES_GEBIET"
    AMT = "AMT"
    SAMTGEMEINDE = "SAMTGEMEINDE"
    VERBANDSGEMEINDE = "VERBANDSGEMEINDE"
    VERWALTUNGSGEMEINSCHAFT = "VERWALTUNGSGEMEINSCHAFT"
    VERBAND = "VERBAND"
    KREIS = "KREIS"
    LAND = "LAND"


class Stage(StrEnum):
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"
    ARCHIVED = "ARCHIVED"


class OperatingStatus(StrEnum):
    IDEA = "IDEA"
    PLANNED = "PLANNED"
    PILOT = "PILOT"
    RUNNING = "RUNNING"
    ESTABLISHED = "ESTABLISHED"
    ENDED = "ENDED"
    DISCONTINUED = "DISCONTINUED"
    UNKNOWN = "UNKNOWN"


class Visibility(StrEnum):
    PRIVATE = "PRIVATE"
    NETWORK = "NETWORK"
    PUBLIC = "PUBLIC"


class Origin(StrEnum):
    COMPILED = "COMPILED"
    REGISTERED = "REGISTERED"
    IMPORTED = "IMPORTED"


class CostBand(StrEnum):
    """One-off cost in euros, as a band that may be public where the sum is not."""

    UNDER_5_000 = "UNDER_5_000"
    UNDER_25_000 = "UNDER_25_000"
    UNDER_100_000 = "UNDER_100_000"
    UNDER_500_000 = "UNDER_500_000"
    ABOVE = "ABOVE"


class EventStatus(StrEnum):
    PLANNED = "PLANNED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class AdoptionStatus(StrEnum):
    INTERESTED = "INTERESTED"
    PILOT = "PILOT"
    IN_USE = "IN_USE"
    RETIRED = "RETIRED"


IN_REUSE: Final = frozenset({AdoptionStatus.PILOT, AdoptionStatus.IN_USE})
"""What the project's side confirms, and what counts as reuse then: an interest is nothing that it could know, and what ended is over."""


class NeedKind(StrEnum):
    SEEKS = "SEEKS"
    OFFERS = "OFFERS"


class NeedStatus(StrEnum):
    OPEN = "OPEN"
    MATCHED = "MATCHED"
    CLOSED = "CLOSED"


class TaskKind(StrEnum):
    """What somebody is asked to do."""

    CONFIRM_PARTNERSHIP = "CONFIRM_PARTNERSHIP"
    REVIEW_PROJECT = "REVIEW_PROJECT"
    ANSWER_CHANGES = "ANSWER_CHANGES"
    CONFIRM_CURRENT = "CONFIRM_CURRENT"
    DECIDE_CLAIM = "DECIDE_CLAIM"
    DECIDE_PARTNER = "DECIDE_PARTNER"
    CONFIRM_ADOPTION = "CONFIRM_ADOPTION"
    RECONFIRM_ADOPTION = "RECONFIRM_ADOPTION"
    COMPLETE_ENTRY = "COMPLETE_ENTRY"
    CALL_BACK = "CALL_BACK"


class NewsKind(StrEnum):
    """What happened, as followers, inboxes and webhooks hear of it."""

    TASK_ASKED = "TASK_ASKED"
    PROJECT_PUBLISHED = "PROJECT_PUBLISHED"
    PROJECT_CHANGED = "PROJECT_CHANGED"
    PROJECT_ARCHIVED = "PROJECT_ARCHIVED"
    PROJECT_WITHDRAWN = "PROJECT_WITHDRAWN"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    PARTNERSHIP_CONFIRMED = "PARTNERSHIP_CONFIRMED"
    PARTNERSHIP_DECLINED = "PARTNERSHIP_DECLINED"
    CLAIM_GRANTED = "CLAIM_GRANTED"
    CLAIM_REFUSED = "CLAIM_REFUSED"
    ADOPTION_RECORDED = "ADOPTION_RECORDED"
    ADOPTION_CONFIRMED = "ADOPTION_CONFIRMED"
    REPORT_WRITTEN = "REPORT_WRITTEN"
    NEED_POSTED = "NEED_POSTED"
    NEED_MATCHED = "NEED_MATCHED"
    SEARCH_MATCHED = "SEARCH_MATCHED"
    EXPERT_JOINED = "EXPERT_JOINED"
    EVENT_SAVED = "EVENT_SAVED"
    EVENT_CANCELLED = "EVENT_CANCELLED"
    QUESTION_ASKED = "QUESTION_ASKED"
    QUESTION_ANSWERED = "QUESTION_ANSWERED"
    ANSWER_ACCEPTED = "ANSWER_ACCEPTED"
    CONTACT_MISSING = "CONTACT_MISSING"
    PING = "PING"
    WEBHOOK_DISABLED = "WEBHOOK_DISABLED"


class CallbackDesk(StrEnum):
    """Who is asked to call back."""

    OWNER = "OWNER"
    """The houses whose entry it is: owner of the project, house of the need or expert, hosts of the event."""
    HUB = "HUB"
    """The hub that reviews the entry, or serves a house that takes part."""
    ADMINISTRATION = "ADMINISTRATION"


class Digest(StrEnum):
    """How often somebody gets what matched and was answered by e-mail. Tasks come at once."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    NEVER = "NEVER"


class FeedForm(StrEnum):
    """As what a feed address shows its list."""

    TABLE = "TABLE"
    CALENDAR = "CALENDAR"
    NEWS = "NEWS"


class LetterKind(StrEnum):
    """What an e-mail is for."""

    TASK = "TASK"
    CONSENT = "CONSENT"
    INVITATION = "INVITATION"
    DIGEST = "DIGEST"


class LinkPurpose(StrEnum):
    """The one decision that a single-use link is good for."""

    DECIDE_PARTNERSHIP = "DECIDE_PARTNERSHIP"
    CONFIRM_ADOPTION = "CONFIRM_ADOPTION"
    RECONFIRM_ADOPTION = "RECONFIRM_ADOPTION"
    CONFIRM_CURRENT = "CONFIRM_CURRENT"
    COMPLETE_ENTRY = "COMPLETE_ENTRY"
    CONSENT_EXPERT = "CONSENT_EXPERT"
    WITHDRAW_CONSENT = "WITHDRAW_CONSENT"
    ACCEPT_INVITATION = "ACCEPT_INVITATION"


class ResultKind(StrEnum):
    PUBLICATION = "publication"
    DATA = "data"
    SOFTWARE = "software"


class DocumentKind(StrEnum):
    CONTRACT = "contract"
    TENDER = "tender"
    DATA_PROTECTION = "data protection"
    QUESTIONNAIRE = "questionnaire"
    COUNCIL_DECISION = "council decision"
    STRATEGY = "strategy"


class Guard(StrEnum):
    """What beyond the node's own audience a property needs before a caller sees it."""

    NETWORK_ONLY = "NETWORK_ONLY"
    """Readers with a membership, or everybody once the property's name is in the node's `opened`."""
    CONTACT = "CONTACT"
    """As the node's `contact_visibility` says; PRIVATE is for the network's administrators."""
