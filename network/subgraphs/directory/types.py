"""Types of the directory: the houses, who works there, and what projects are about."""

import strawberry

from graph import links, model
from graph.reading import online
from graph.values import Instant, LocalTime, PartialDate, instant, moment_of
from network.execution import (
    Connection,
    Edge,
    EdgeConnection,
    attribute,
    connection,
    derived,
    global_id,
    interface,
    link,
    node,
    value,
)
from network.subgraphs import about, labels
from network.subgraphs.values import Contact, Source
from network.subgraphs.vocabulary import EventStatus, HubStatus, MunicipalityKind, Origin, Visibility

_TOWN = "Town of the seat; null where unknown."
_STATE = "State, as in `Schleswig-Holstein`; null where unknown."
_LAT = "Latitude of the seat in degrees (WGS 84); null where unknown."
_LON = "Longitude of the seat in degrees (WGS 84); null where unknown."
_CONTACT = "Whom to call; null where unknown or not for the caller."
_SOURCES = "Where the statements come from."
_UPDATED = "When the entry last changed."
_VERSION = "Grows with every change; for `expectedVersion`."
_ORIGIN = "How the entry came into being; null where that was not recorded."
_CONFIRMED = "When those who answer for the entry last entered or changed it; null: they never did."


def _moment(day: PartialDate | None, time: LocalTime | None) -> Instant | None:
    found = moment_of(day, time)
    return None if found is None else instant(found)


def _end(first: PartialDate | None, last: PartialDate | None, time: LocalTime | None) -> Instant | None:
    return _moment(last or first, time)


@interface(name="Node", description=about.NODE)
class Node:
    id: strawberry.ID = global_id(about.ID)


@interface(description=about.HOUSE)
class House:
    id: strawberry.ID = global_id(about.ID)
    name: str = attribute(about.NAME)


@node(model.Hub, keys=["id", "slug"], description=about.HUB)
class Hub(House, Node):
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)
    name: str = attribute(about.NAME, shareable=True)
    town: str | None = attribute(_TOWN)
    state: str | None = attribute(_STATE)
    region: str | None = attribute("Region that the hub serves; null where unknown.")
    status: HubStatus = attribute("Whether the hub is open.")
    opened: PartialDate | None = attribute("When it opened; null where unknown or not yet.")
    agreed: PartialDate | None = attribute("When its partners agreed to found it; null where unknown.")
    premises: str | None = attribute("Where it is and what rooms it has.")
    equipment: str | None = attribute("Rooms and equipment that others may use.")
    workplaces: int | None = attribute("Number of workplaces; null where unknown.")
    consultation_hours: str | None = attribute("When people may come by.")
    website: str | None = attribute("Address of its web page.")
    focus: list[str] = attribute("What it works on, in its own words.")
    note: str | None = attribute("Remark of whoever compiled the entry.")
    lat: float | None = attribute(_LAT)
    lon: float | None = attribute(_LON)
    contact: Contact | None = attribute(_CONTACT)
    origin: Origin = attribute("How the entry came into being.")
    origin_label: str = derived(labels.origin_label, ["origin"], "How the entry came into being, in German.")
    confirmed_at: Instant | None = attribute("When the hub last confirmed the entry; null: nobody did so far.")
    confirmation_label: str = derived(
        labels.confirmation_label, ["confirmed_at"], "When the entry was last confirmed, in German."
    )
    sources: list[Source] = attribute(_SOURCES)
    updated_at: Instant = attribute(_UPDATED)
    version: int = attribute(_VERSION)
    municipalities: "EdgeConnection[HubMunicipalityEdge]" = connection(
        links.HUB_MUNICIPALITIES, "Municipalities and associations that the hub serves, most inhabitants first."
    )
    partners: "EdgeConnection[HubPartnerEdge]" = connection(links.HUB_PARTNERS, "Partners of the hub, by name.")
    topics: list["Topic"] = link(links.HUB_TOPICS, "Topics that the hub focuses on, by German name.")
    events: "Connection[Event]" = connection(links.HOUSE_EVENTS["Hub"], "Events that it hosts, by date.")
    experts: "Connection[Expert]" = connection(links.HOUSE_EXPERTS["Hub"], "Who works there, by name.")


@node(model.Municipality, keys=["id", "ars", "ags"], description=about.MUNICIPALITY)
class Municipality(House, Node):
    id: strawberry.ID = global_id(about.ID)
    ars: str = attribute(about.ARS)
    ags: str | None = attribute("8-digit municipality key (AGS); null for associations, districts and states.")
    name: str = attribute(about.NAME, shareable=True)
    kind: MunicipalityKind = attribute("Kind of administration.")
    district: str | None = attribute("Name of the district (Kreis); null where there is none.")
    state: str = attribute("State, as in `Schleswig-Holstein`.")
    population: int | None = attribute("Inhabitants; null where the register has none.")
    area_km2: float | None = attribute("Area in square kilometres.", name="areaKm2")
    lat: float | None = attribute(_LAT)
    lon: float | None = attribute(_LON)
    valid_from: PartialDate | None = attribute("Since when it exists in this form; null where unknown.")
    valid_to: PartialDate | None = attribute("Until when it existed; null while it does.")
    contact: Contact | None = attribute(_CONTACT)
    sources: list[Source] = attribute(_SOURCES)
    updated_at: Instant = attribute(_UPDATED)
    version: int = attribute(_VERSION)
    hubs: "EdgeConnection[MunicipalityHubEdge]" = connection(links.MUNICIPALITY_HUBS, "Hubs that serve it, by name.")
    partner_of: "EdgeConnection[PartnerHubEdge]" = connection(
        links.HOUSE_PARTNER_OF["Municipality"], "Hubs whose partner it is, by name."
    )
    part_of: "Municipality | None" = link(
        links.MUNICIPALITY_PART_OF, "The association, district or state that it is directly part of."
    )
    parts: "Connection[Municipality]" = connection(links.MUNICIPALITY_PARTS, "What is directly part of it, by name.")
    online_services: "EdgeConnection[OnlineServiceEdge]" = connection(
        links.MUNICIPALITY_SERVICES, "Administrative services known to be online, by name."
    )
    events: "Connection[Event]" = connection(links.HOUSE_EVENTS["Municipality"], "Events that it hosts, by date.")
    experts: "Connection[Expert]" = connection(links.HOUSE_EXPERTS["Municipality"], "Who works there, by name.")


@node(model.University, keys=["id", "ror", "domain"], description=about.UNIVERSITY)
class University(House, Node):
    id: strawberry.ID = global_id(about.ID)
    ror: str = attribute(about.ROR)
    name: str = attribute(about.NAME, shareable=True)
    town: str | None = attribute(_TOWN)
    state: str | None = attribute(_STATE)
    domain: str | None = attribute("Domain of its web pages; null where unknown.")
    note: str | None = attribute("Remark of whoever compiled the entry.")
    lat: float | None = attribute(_LAT)
    lon: float | None = attribute(_LON)
    contact: Contact | None = attribute(_CONTACT)
    sources: list[Source] = attribute(_SOURCES)
    updated_at: Instant = attribute(_UPDATED)
    version: int = attribute(_VERSION)
    partner_of: "EdgeConnection[PartnerHubEdge]" = connection(
        links.HOUSE_PARTNER_OF["University"], "Hubs whose partner it is, by name."
    )
    events: "Connection[Event]" = connection(links.HOUSE_EVENTS["University"], "Events that it hosts, by date.")
    experts: "Connection[Expert]" = connection(links.HOUSE_EXPERTS["University"], "Who works there, by name.")


@node(model.Organisation, keys=["id", "slug"], description=about.ORGANISATION)
class Organisation(House, Node):
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)
    name: str = attribute(about.NAME, shareable=True)
    kind: str | None = attribute("What kind of organisation it is, in German; null where unknown.")
    town: str | None = attribute(_TOWN)
    note: str | None = attribute("Remark of whoever compiled the entry.")
    contact: Contact | None = attribute(_CONTACT)
    sources: list[Source] = attribute(_SOURCES)
    updated_at: Instant = attribute(_UPDATED)
    version: int = attribute(_VERSION)
    partner_of: "EdgeConnection[PartnerHubEdge]" = connection(
        links.HOUSE_PARTNER_OF["Organisation"], "Hubs whose partner it is, by name."
    )
    events: "Connection[Event]" = connection(links.HOUSE_EVENTS["Organisation"], "Events that it hosts, by date.")
    experts: "Connection[Expert]" = connection(links.HOUSE_EXPERTS["Organisation"], "Who works there, by name.")


@node(model.Expert, description=about.EXPERT)
class Expert(Node):
    id: strawberry.ID = global_id(about.ID)
    name: str = attribute("Function, or the name of a person who agreed to be listed.")
    role: str | None = attribute("Role at the house; null where unknown.")
    email: str | None = attribute("E-mail address; null where unknown or not for the caller.")
    phone: str | None = attribute("Telephone number; null where unknown or not for the caller.")
    orcid: str | None = attribute("ORCID; null where unknown or not for the caller.")
    is_person: bool = derived(bool, ["is_person"], "Whether this is a natural person; else a function.")
    purpose: str | None = attribute("What for the person's data are kept and shown, in German; null for a function.")
    visibility: Visibility = attribute("Who may see the entry; a person's once she consented.")
    contact_visibility: Visibility = attribute("Who may see e-mail, telephone and ORCID.")
    consent_asked_at: Instant | None = attribute("When the person was last asked; null for a function.")
    consent_given_at: Instant | None = attribute(
        "When the person agreed to be listed; null for a function, and while only the house where she works sees the entry."
    )
    consent_withdrawn_at: Instant | None = attribute("When the person said no; null while she did not.")
    origin: Origin | None = attribute(_ORIGIN)
    confirmed_at: Instant | None = attribute(_CONFIRMED)
    sources: list[Source] = attribute(_SOURCES)
    updated_at: Instant = attribute(_UPDATED)
    version: int = attribute(_VERSION)
    houses: list[House] = link(links.EXPERT_HOUSES, "Where the expert works, by name.", assumed=2)
    topics: list["Topic"] = link(links.EXPERT_TOPICS, "Topics that the expert knows, by German name.")


@node(model.Topic, keys=["id", "slug"], description=about.TOPIC)
class Topic(Node):
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)
    name_de: str = attribute("Name in German.")
    name_en: str = attribute("Name in English.")
    broader: "Topic | None" = link(links.TOPIC_BROADER, "The topic that it is a part of; null at the top.")
    narrower: list["Topic"] = link(links.TOPIC_NARROWER, "Topics that are a part of it, by German name.")
    hubs: Connection[Hub] = connection(links.TOPIC_HUBS, "Hubs that focus on it, by name.")
    experts: Connection[Expert] = connection(links.TOPIC_EXPERTS, "Who knows it, by name.")
    events: "Connection[Event]" = connection(links.TOPIC_EVENTS, "Events about it, by date.")


@node(model.Service, keys=["id", "leikaId"], description=about.SERVICE)
class Service(Node):
    id: strawberry.ID = global_id(about.ID)
    leika_id: str = attribute(about.LEIKA_ID)
    name: str = attribute("Name in German.")
    ozg_id: str | None = attribute("Number of its bundle under the online access act (OZG); null where it has none.")
    ozg_topic: str | None = attribute("Field of the online access act (OZG), in German; null where it has none.")
    municipalities: "EdgeConnection[ServiceMunicipalityEdge]" = connection(
        links.SERVICE_MUNICIPALITIES, "Municipalities known to offer it online, by name."
    )


@node(model.FundingProgramme, keys=["id", "slug"], description=about.FUNDING_PROGRAMME)
class FundingProgramme(Node):
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)
    name: str = attribute("Name in German.")
    funder: str | None = attribute("Who gives the money; null where unknown.")
    eligibility: str | None = attribute("Who may apply; null where unknown.")
    region: str | None = attribute("Where it applies; null where unknown.")
    quota: str | None = attribute("Share of the costs that is paid; null where unknown.")
    amount_min: int | None = attribute("Smallest amount in euros, at most 2,147,483,647; null where unknown.")
    amount_max: int | None = attribute("Largest amount in euros, at most 2,147,483,647; null where unknown.")
    opens: PartialDate | None = attribute("From when applications are taken; null where unknown.")
    deadline: PartialDate | None = attribute("Until when applications are taken; null where unknown.")
    url: str | None = attribute("Where the programme is described.")
    origin: Origin | None = attribute(_ORIGIN)
    confirmed_at: Instant | None = attribute(_CONFIRMED)
    sources: list[Source] = attribute(_SOURCES)
    updated_at: Instant = attribute(_UPDATED)
    version: int = attribute(_VERSION)


@node(model.Event, description=about.EVENT)
class Event(Node):
    id: strawberry.ID = global_id(about.ID)
    title: str = attribute("Title in German.")
    kind: str | None = attribute("What kind of event it is, in German; null where unknown.")
    description: str | None = attribute("What it is about, in German.")
    status: EventStatus = attribute("Whether it takes place.")
    starts_at: PartialDate | None = attribute("First day, as precise as known; null where unknown.")
    start_time: LocalTime | None = attribute(
        "When it begins on the first day, as clocks in Germany show it; null where unknown, or of the whole day."
    )
    ends_at: PartialDate | None = attribute("Last day, as precise as known; null where unknown or the same day.")
    end_time: LocalTime | None = attribute(
        "When it ends on the last day, as clocks in Germany show it; null where unknown."
    )
    start_date_time: Instant | None = derived(
        _moment, ["starts_at", "start_time"], "`startsAt` and `startTime` as a moment; null where either is unknown."
    )
    end_date_time: Instant | None = derived(
        _end,
        ["starts_at", "ends_at", "end_time"],
        "The last day and `endTime` as a moment; null where `endTime` is unknown.",
    )
    is_recurring: bool = derived(
        bool, ["is_recurring"], "Whether it takes place again and again; false, too, where nobody said so."
    )
    date_note: str | None = attribute(
        "What is known of the date beyond days and times, in German: a day without a year, how often it comes again, a doubt."
    )
    place: str | None = attribute("Where it takes place; null where unknown or online only.")
    online_url: str | None = attribute("Where to take part online.")
    registration_url: str | None = attribute("Where to register.")
    outcome: str | None = attribute("What came of it, in German.")
    reason_cancelled: str | None = attribute("Why it does not take place, in German; null unless it is cancelled.")
    origin: Origin | None = attribute(_ORIGIN)
    confirmed_at: Instant | None = attribute(_CONFIRMED)
    sources: list[Source] = attribute(_SOURCES)
    updated_at: Instant = attribute(_UPDATED)
    version: int = attribute(_VERSION)
    hosts: list[House] = link(links.EVENT_HOSTS, "Houses that host it, by name.", assumed=2)
    topics: list[Topic] = link(links.EVENT_TOPICS, "Topics that it is about, by German name.")


# After the nodes: a base's argument is evaluated at once.


@strawberry.type(description="A municipality that a hub serves.")
class HubMunicipalityEdge(Edge[Municipality]):
    since: PartialDate | None = attribute("Since when the hub serves it; null where unknown.")
    basis: str | None = attribute("Legal basis, as in letter of intent or contract; null where unknown.")
    source: str | None = attribute("Where this is known from.")


@strawberry.type(description="A hub that serves a municipality.")
class MunicipalityHubEdge(Edge[Hub]):
    since: PartialDate | None = attribute("Since when the hub serves it; null where unknown.")
    basis: str | None = attribute("Legal basis, as in letter of intent or contract; null where unknown.")
    source: str | None = attribute("Where this is known from.")


@strawberry.type(description="A partner of a hub.")
class HubPartnerEdge(Edge[House]):
    role: str | None = attribute("What the partner does for the hub; null where unknown.")
    since: PartialDate | None = attribute("Since when they are partners; null where unknown.")
    basis: str | None = attribute("Legal basis, as in letter of intent or contract; null where unknown.")


@strawberry.type(description="A hub whose partner a house is.")
class PartnerHubEdge(Edge[Hub]):
    role: str | None = attribute("What the partner does for the hub; null where unknown.")
    since: PartialDate | None = attribute("Since when they are partners; null where unknown.")
    basis: str | None = attribute("Legal basis, as in letter of intent or contract; null where unknown.")


@strawberry.type(description="An administrative service that a municipality offers online.")
class OnlineServiceEdge(Edge[Service]):
    url: str | None = attribute("Where the service can be used; null where unknown.")
    since: PartialDate | None = attribute("Since when it is online; null where unknown.")
    source: str | None = attribute("Where this is known from.")


@value(online.OnlineService, description="What is recorded of a service that an administration offers online.")
class OnlineService:
    url: str | None = attribute("Where the service can be used; null where unknown.")
    since: PartialDate | None = attribute("Since when it is online; null where unknown.")
    source: str | None = attribute("Where this is known from.")


@strawberry.type(description="A municipality that offers an administrative service online.")
class ServiceMunicipalityEdge(Edge[Municipality]):
    url: str | None = attribute("Where the service can be used; null where unknown.")
    since: PartialDate | None = attribute("Since when it is online; null where unknown.")
    source: str | None = attribute("Where this is known from.")
