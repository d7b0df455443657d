"""Filters and orders of the directory's lists."""

from enum import Enum
from typing import Final

import strawberry

from graph.links import (
    EVENT_TOPICS,
    EXPERT_TOPICS,
    HOUSE_EMPLOYERS,
    HOUSE_HOSTS,
    HUB_TOPICS,
    MUNICIPALITY_HUBS,
    MUNICIPALITY_PART_OF,
    TOPIC_BROADER,
    Order,
)
from graph.selection import Condition
from graph.values import PartialDate
from network.subgraphs.conditions import at_least, equals, house, linked, name_begins, one_of
from network.subgraphs.directory.event_dates import (
    ends_before,
    ends_from,
    has_date,
    is_recurring,
    starts_before,
    starts_from,
)
from network.subgraphs.vocabulary import EventStatus, HubStatus, MunicipalityKind

BY_NAME: Final = (Order("name_sort"),)
_PREFIX: Final = "The name, or a word in it, begins with this text; case and umlauts do not matter."
_STATE: Final = "In this state, named as in `Schleswig-Holstein`."


@strawberry.input(description="Which hubs; all conditions have to hold.")
class HubFilter:
    name_prefix: str | None = strawberry.field(default=None, description=_PREFIX)
    state: str | None = strawberry.field(default=None, description=_STATE)
    status: HubStatus | None = strawberry.field(default=None, description="Planned, open or closed.")
    topic: str | None = strawberry.field(default=None, description="Focuses on the topic with this slug.")

    def conditions(self) -> list[Condition]:
        return [
            *name_begins("namePrefix", self.name_prefix),
            *equals("state", "state", self.state),
            *equals("status", "status", self.status),
            *linked("topic", HUB_TOPICS, "slug", self.topic),
        ]


@strawberry.input(description="Which municipalities; all conditions have to hold.")
class MunicipalityFilter:
    name_prefix: str | None = strawberry.field(default=None, description=_PREFIX)
    state: str | None = strawberry.field(default=None, description=_STATE)
    hub: str | None = strawberry.field(default=None, description="Served by the hub with this slug.")
    ars: list[str] | None = strawberry.field(
        default=None,
        description="One of these official keys: 12 digits for a municipality, 9 for an association, 5 for a district, "
        "2 for a state. At most 1,000.",
    )
    ags: str | None = strawberry.field(default=None, description="With this 8-digit municipality key (AGS).")
    kind: MunicipalityKind | None = strawberry.field(default=None, description="Of this kind.")
    part_of: str | None = strawberry.field(
        default=None, description="Directly part of the association, district or state with this official key."
    )

    def conditions(self) -> list[Condition]:
        return [
            *name_begins("namePrefix", self.name_prefix),
            *equals("state", "state", self.state),
            *linked("hub", MUNICIPALITY_HUBS, "slug", self.hub),
            *one_of("ars", "ars", self.ars),
            *equals("ags", "ags", self.ags),
            *equals("kind", "kind", self.kind),
            *linked("partOf", MUNICIPALITY_PART_OF, "ars", self.part_of),
        ]


@strawberry.enum(description="Order of municipalities; equals are told apart by their official key.")
class MunicipalityOrder(Enum):
    NAME = strawberry.enum_value("NAME", description="By name, in German order.")
    POPULATION_DESC = strawberry.enum_value("POPULATION_DESC", description="Most inhabitants first; unknown last.")

    def columns(self) -> tuple[Order, ...]:
        if self is MunicipalityOrder.POPULATION_DESC:
            return (Order("population", is_descending=True),)
        return BY_NAME


@strawberry.input(description="Which universities; all conditions have to hold.")
class UniversityFilter:
    name_prefix: str | None = strawberry.field(default=None, description=_PREFIX)
    state: str | None = strawberry.field(default=None, description=_STATE)

    def conditions(self) -> list[Condition]:
        return [*name_begins("namePrefix", self.name_prefix), *equals("state", "state", self.state)]


@strawberry.input(description="Which organisations; all conditions have to hold.")
class OrganisationFilter:
    name_prefix: str | None = strawberry.field(default=None, description=_PREFIX)
    town: str | None = strawberry.field(default=None, description="In this town.")

    def conditions(self) -> list[Condition]:
        return [*name_begins("namePrefix", self.name_prefix), *equals("town", "town", self.town)]


@strawberry.input(description="Which topics; all conditions have to hold.")
class TopicFilter:
    name_prefix: str | None = strawberry.field(default=None, description=f"{_PREFIX} Compared with the German name.")
    broader: str | None = strawberry.field(default=None, description="Directly below the topic with this slug.")

    def conditions(self) -> list[Condition]:
        return [
            *name_begins("namePrefix", self.name_prefix),
            *linked("broader", TOPIC_BROADER, "slug", self.broader),
        ]


@strawberry.input(description="Which administrative services; all conditions have to hold.")
class ServiceFilter:
    name_prefix: str | None = strawberry.field(default=None, description=_PREFIX)
    leika_ids: list[str] | None = strawberry.field(
        default=None, description="One of these 14-digit keys of the services catalogue (LeiKa). At most 1,000."
    )
    ozg_topic: str | None = strawberry.field(default=None, description="In this field of the online access act (OZG).")

    def conditions(self) -> list[Condition]:
        return [
            *name_begins("namePrefix", self.name_prefix),
            *one_of("leikaIds", "leika_id", self.leika_ids),
            *equals("ozgTopic", "ozg_topic", self.ozg_topic),
        ]


@strawberry.input(description="Which funding programmes; all conditions have to hold.")
class FundingProgrammeFilter:
    name_prefix: str | None = strawberry.field(default=None, description=_PREFIX)
    region: str | None = strawberry.field(default=None, description="For this region, named as the programme does.")
    deadline_from: PartialDate | None = strawberry.field(
        default=None, description="Applications are taken until this date or longer."
    )

    def conditions(self) -> list[Condition]:
        return [
            *name_begins("namePrefix", self.name_prefix),
            *equals("region", "region", self.region),
            *at_least("deadline", self.deadline_from),
        ]


@strawberry.input(description="Which experts; all conditions have to hold.")
class ExpertFilter:
    topic: str | None = strawberry.field(default=None, description="Knows the topic with this slug.")
    house: strawberry.ID | None = strawberry.field(
        default=None, description="Works at the house with this id, as in `Hub:zeitz`."
    )
    name_prefix: str | None = strawberry.field(default=None, description=_PREFIX)

    def conditions(self) -> list[Condition]:
        return [
            *name_begins("namePrefix", self.name_prefix),
            *linked("topic", EXPERT_TOPICS, "slug", self.topic),
            *house("house", (HOUSE_EMPLOYERS,), self.house),
        ]


@strawberry.input(description="Which events; all conditions have to hold.")
class EventFilter:
    host: strawberry.ID | None = strawberry.field(
        default=None, description="Hosted by the house with this id, as in `Hub:zeitz`."
    )
    topic: str | None = strawberry.field(default=None, description="About the topic with this slug.")
    status: EventStatus | None = strawberry.field(default=None, description="With this status.")
    starts_from: PartialDate | None = strawberry.field(
        default=None, description="Starts on this date or later; a year or month means its first day."
    )
    starts_before: PartialDate | None = strawberry.field(
        default=None, description="Starts before this date; a year or month means its first day."
    )
    ends_from: PartialDate | None = strawberry.field(
        default=None,
        description="Is not over before this date: its last day is this one or later. Without a last day that is the first "
        "one; of an event of which only the month or year is known, the last day of that. What ends at 00:00 is of the day "
        "before. Together with `startsBefore`: what takes place within a period.",
    )
    ends_before: PartialDate | None = strawberry.field(
        default=None, description="Is over before this date: the dated events that `endsFrom` leaves out."
    )
    has_date: bool | None = strawberry.field(
        default=None, description="Whether a first or a last day is known, however precisely."
    )
    is_recurring: bool | None = strawberry.field(
        default=None, description="Whether it takes place again and again; false, too, where nobody said so."
    )

    def conditions(self) -> list[Condition]:
        return [
            *house("host", (HOUSE_HOSTS,), self.host),
            *linked("topic", EVENT_TOPICS, "slug", self.topic),
            *equals("status", "status", self.status),
            *starts_from(self.starts_from),
            *starts_before(self.starts_before),
            *ends_from(self.ends_from),
            *ends_before(self.ends_before),
            *has_date(self.has_date),
            *is_recurring(self.is_recurring),
        ]


@strawberry.enum(description="Order of events; equals are told apart by their id.")
class EventOrder(Enum):
    DATE = strawberry.enum_value(
        "DATE", description="By first day, then by time; those without a day first, of a day those without a time."
    )
    DATE_DESC = strawberry.enum_value(
        "DATE_DESC", description="The latest first; those without a day last, of a day those without a time."
    )

    def columns(self) -> tuple[Order, ...]:
        is_descending = self is EventOrder.DATE_DESC
        return (Order("starts_at", is_descending), Order("start_time", is_descending))
