"""The closed vocabularies of `graph.vocabulary` as GraphQL enums: the same names, each described.

A test holds both lists equal; a value's Python value is its name, which is what the graph stores.
"""

from enum import Enum

import strawberry

_value = strawberry.enum_value


@strawberry.enum(description="Whether a hub is open.")
class HubStatus(Enum):
    PLANNED = _value("PLANNED", description="Agreed or under construction, not open yet.")
    OPEN = _value("OPEN", description="Open to municipalities and visitors.")
    CLOSED = _value("CLOSED", description="No longer open.")


@strawberry.enum(description="Kind of administration, as in the municipal register (GV-ISys).")
class MunicipalityKind(Enum):
    GEMEINDE = _value("GEMEINDE", description="Municipality (Gemeinde).")
    MARKT = _value("MARKT", description="Market town (Markt).")
    STADT = _value("STADT", description="Town (Stadt).")
    KREISFREIE_STADT = _value("KREISFREIE_STADT", description="City that is a district of its own (kreisfreie Stadt).")
    GEMEINDEFREIES_GEBIET = _value(
        "GEMEINDEFREIES_GEBIET", description="Area outside any municipality (gemeindefreies Gebiet)."
    )
    AMT = _value("AMT", description="Association of municipalities called Amt.")
    SAMTGEMEINDE = _value("SAMTGEMEINDE", description="Association of municipalities in Lower Saxony (Samtgemeinde).")
    VERBANDSGEMEINDE = _value("VERBANDSGEMEINDE", description="Association of municipalities called Verbandsgemeinde.")
    VERWALTUNGSGEMEINSCHAFT = _value(
        "VERWALTUNGSGEMEINSCHAFT", description="Association of municipalities called Verwaltungsgemeinschaft."
    )
    VERBAND = _value("VERBAND", description="Another municipal association, without a key of the register.")
    KREIS = _value("KREIS", description="District (Kreis, Landkreis).")
    LAND = _value("LAND", description="State (Land).")


@strawberry.enum(description="Where an entry stands in its life cycle, from draft to archive.")
class Stage(Enum):
    DRAFT = _value("DRAFT", description="Being written; seen by its owner, its reviewers and invited partners.")
    SUBMITTED = _value("SUBMITTED", description="Waiting for review.")
    CHANGES_REQUESTED = _value("CHANGES_REQUESTED", description="Back with its author, with comments of the reviewer.")
    PUBLISHED = _value("PUBLISHED", description="Reviewed and published; its visibility counts.")
    WITHDRAWN = _value("WITHDRAWN", description="Taken back by its owner.")
    ARCHIVED = _value("ARCHIVED", description="Kept for reference; its visibility counts.")


@strawberry.enum(description="Operating state of a project; independent of the stage of its entry.")
class OperatingStatus(Enum):
    IDEA = _value("IDEA", description="An idea, nothing decided.")
    PLANNED = _value("PLANNED", description="Decided or planned, not begun.")
    PILOT = _value("PILOT", description="On trial.")
    RUNNING = _value("RUNNING", description="Under way.")
    ESTABLISHED = _value("ESTABLISHED", description="In regular operation.")
    ENDED = _value("ENDED", description="Ended as planned.")
    DISCONTINUED = _value("DISCONTINUED", description="Given up before its planned end.")
    UNKNOWN = _value("UNKNOWN", description="The sources do not say.")


@strawberry.enum(description="Who may see an entry once it is published or archived; before that it is PRIVATE.")
class Visibility(Enum):
    PRIVATE = _value("PRIVATE", description="Its owner, the reviewing hub, invited partners and administrators.")
    NETWORK = _value("NETWORK", description="Every caller who is a member of a house of the network.")
    PUBLIC = _value("PUBLIC", description="Everybody.")


@strawberry.enum(description="How an entry came into being.")
class Origin(Enum):
    COMPILED = _value("COMPILED", description="Compiled from public sources; nobody asked the house concerned.")
    REGISTERED = _value("REGISTERED", description="Entered by a house of the network.")
    IMPORTED = _value("IMPORTED", description="Taken over from a file or another catalogue.")


@strawberry.enum(description="One-off cost as a band, which may be public where the sum is not.")
class CostBand(Enum):
    UNDER_5_000 = _value("UNDER_5_000", description="Under 5,000 euros.")
    UNDER_25_000 = _value("UNDER_25_000", description="From 5,000 to under 25,000 euros.")
    UNDER_100_000 = _value("UNDER_100_000", description="From 25,000 to under 100,000 euros.")
    UNDER_500_000 = _value("UNDER_500_000", description="From 100,000 to under 500,000 euros.")
    ABOVE = _value("ABOVE", description="500,000 euros and above.")


@strawberry.enum(description="Whether an event takes place.")
class EventStatus(Enum):
    PLANNED = _value("PLANNED", description="Announced.")
    HELD = _value("HELD", description="Has taken place.")
    CANCELLED = _value("CANCELLED", description="Does not take place.")
    UNKNOWN = _value("UNKNOWN", description="The sources do not say.")


@strawberry.enum(description="How far a house is with something that it adopts from others.")
class AdoptionStatus(Enum):
    INTERESTED = _value("INTERESTED", description="Thinking about it.")
    PILOT = _value("PILOT", description="Trying it.")
    IN_USE = _value("IN_USE", description="Using it.")
    RETIRED = _value("RETIRED", description="Used it once.")


@strawberry.enum(description="Whether a house seeks or offers something.")
class NeedKind(Enum):
    SEEKS = _value("SEEKS", description="Looks for help, a partner or a solution.")
    OFFERS = _value("OFFERS", description="Offers help, experience or a solution.")


@strawberry.enum(description="Whether a need or an offer still stands.")
class NeedStatus(Enum):
    OPEN = _value("OPEN", description="Still stands.")
    MATCHED = _value("MATCHED", description="Has found its counterpart.")
    CLOSED = _value("CLOSED", description="No longer stands.")


@strawberry.enum(description="Size of a municipality by inhabitants.")
class SizeClass(Enum):
    UNDER_2000 = _value("UNDER_2000", description="Fewer than 2,000 inhabitants.")
    UNDER_5000 = _value("UNDER_5000", description="2,000 to 4,999 inhabitants.")
    UNDER_20000 = _value("UNDER_20000", description="5,000 to 19,999 inhabitants.")
    UNDER_100000 = _value("UNDER_100000", description="20,000 to 99,999 inhabitants.")
    ABOVE = _value("ABOVE", description="100,000 inhabitants and more.")


@strawberry.enum(description="What somebody is asked to do.")
class TaskKind(Enum):
    CONFIRM_PARTNERSHIP = _value("CONFIRM_PARTNERSHIP", description="Say whether a house takes part in a project.")
    REVIEW_PROJECT = _value("REVIEW_PROJECT", description="Review an entry that was handed in.")
    ANSWER_CHANGES = _value("ANSWER_CHANGES", description="Answer what a reviewer asks to be changed.")
    CONFIRM_CURRENT = _value("CONFIRM_CURRENT", description="Say whether an entry is still current.")
    DECIDE_CLAIM = _value("DECIDE_CLAIM", description="Decide whether a house becomes the owner of an entry.")
    DECIDE_PARTNER = _value("DECIDE_PARTNER", description="Decide whether a house takes part in a project.")
    CONFIRM_ADOPTION = _value("CONFIRM_ADOPTION", description="Confirm that a house adopted a project.")
    RECONFIRM_ADOPTION = _value("RECONFIRM_ADOPTION", description="Say whether an adoption still holds.")
    COMPLETE_ENTRY = _value("COMPLETE_ENTRY", description="Answer one question that an entry leaves open.")
    CALL_BACK = _value("CALL_BACK", description="Call somebody back who asked for it.")


@strawberry.enum(description="Who is asked to call back.")
class CallbackDesk(Enum):
    OWNER = _value("OWNER", description="The house whose entry it is, or that hosts the event.")
    HUB = _value("HUB", description="The hub that reviews the entry, or serves a house that takes part.")
    ADMINISTRATION = _value("ADMINISTRATION", description="The network's administration: nobody else is known.")


@strawberry.enum(description="Kind of what a project produced.")
class ResultKind(Enum):
    PUBLICATION = _value("publication", description="A paper, a report, a talk.")
    DATA = _value("data", description="Data that others may use.")
    SOFTWARE = _value("software", description="Software that others may use.")


@strawberry.enum(description="Kind of a document that others may reuse.")
class DocumentKind(Enum):
    CONTRACT = _value("contract", description="A contract or an agreement.")
    TENDER = _value("tender", description="Documents of a tender.")
    DATA_PROTECTION = _value("data protection", description="Documents of data protection.")
    QUESTIONNAIRE = _value("questionnaire", description="A questionnaire or its results.")
    COUNCIL_DECISION = _value("council decision", description="A paper for or a decision of a council.")
    STRATEGY = _value("strategy", description="A strategy or a concept.")


@strawberry.enum(description="What happened.")
class NewsKind(Enum):
    TASK_ASKED = _value("TASK_ASKED", description="Somebody is asked to do something.")
    PROJECT_PUBLISHED = _value("PROJECT_PUBLISHED", description="An entry was published.")
    PROJECT_CHANGED = _value("PROJECT_CHANGED", description="A published entry says something else.")
    PROJECT_ARCHIVED = _value("PROJECT_ARCHIVED", description="An entry is kept for reference only.")
    PROJECT_WITHDRAWN = _value("PROJECT_WITHDRAWN", description="An entry was taken back.")
    CHANGES_REQUESTED = _value("CHANGES_REQUESTED", description="A reviewer asks for changes of an entry.")
    PARTNERSHIP_CONFIRMED = _value(
        "PARTNERSHIP_CONFIRMED", description="A house takes part: it said so, or whoever answers for the project did."
    )
    PARTNERSHIP_DECLINED = _value(
        "PARTNERSHIP_DECLINED", description="A house takes no part: it said so, or whoever answers for the project did."
    )
    CLAIM_GRANTED = _value("CLAIM_GRANTED", description="The entry that a house asked for is its own; for that house.")
    CLAIM_REFUSED = _value("CLAIM_REFUSED", description="The entry that a house asked for is not; for that house.")
    ADOPTION_RECORDED = _value("ADOPTION_RECORDED", description="A house says how far it is with a project.")
    ADOPTION_CONFIRMED = _value("ADOPTION_CONFIRMED", description="The project's side confirmed an adoption.")
    REPORT_WRITTEN = _value("REPORT_WRITTEN", description="A house reports what it learned.")
    NEED_POSTED = _value("NEED_POSTED", description="A house seeks or offers something.")
    NEED_MATCHED = _value("NEED_MATCHED", description="Something fits a need or an offer.")
    SEARCH_MATCHED = _value("SEARCH_MATCHED", description="A saved search found something new.")
    EXPERT_JOINED = _value("EXPERT_JOINED", description="An expert consented to be shown.")
    EVENT_SAVED = _value("EVENT_SAVED", description="An event was entered or changed.")
    EVENT_CANCELLED = _value("EVENT_CANCELLED", description="An event does not take place.")
    QUESTION_ASKED = _value("QUESTION_ASKED", description="Somebody asks something.")
    QUESTION_ANSWERED = _value("QUESTION_ANSWERED", description="A question was answered.")
    ANSWER_ACCEPTED = _value("ANSWER_ACCEPTED", description="Whoever asked took an answer as the answer.")
    CONTACT_MISSING = _value("CONTACT_MISSING", description="A house is asked something, and nobody knows its address.")
    PING = _value("PING", description="A webhook is tested by its person.")
    WEBHOOK_DISABLED = _value("WEBHOOK_DISABLED", description="A webhook of the caller's hears nothing any more.")


@strawberry.enum(description="As what a feed address shows its list.")
class FeedForm(Enum):
    TABLE = _value("TABLE", description="A table for Excel: CSV.")
    CALENDAR = _value("CALENDAR", description="A calendar to subscribe to: iCalendar. For events.")
    NEWS = _value("NEWS", description="What is new or was changed last: Atom. For projects.")


@strawberry.enum(description="How often matches and answers come by e-mail. Tasks come at once.")
class Digest(Enum):
    DAILY = _value("DAILY", description="Once a day, if there is something.")
    WEEKLY = _value("WEEKLY", description="Once a week, if there is something.")
    NEVER = _value("NEVER", description="Not at all.")
