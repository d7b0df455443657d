"""Filters and orders of the lists of projects, and of needs and offers."""

from enum import Enum
from typing import Final

import strawberry

from graph.errors import InvalidInputError
from graph.links import (
    HOUSE_OWNERS,
    HOUSE_PARTNERS,
    HOUSE_SEEKERS,
    NEED_SERVICES,
    NEED_TOPICS,
    PROJECT_FUNDING,
    PROJECT_HUB,
    PROJECT_REVIEWER,
    PROJECT_SERVICES,
    PROJECT_TOPICS,
    Order,
)
from graph.selection import Compare, Condition, Either, Operator
from graph.values import Instant, sort_key
from network.subgraphs.conditions import acted_for, at_least, below, equals, house, house_key, linked, near, one_of
from network.subgraphs.vocabulary import MunicipalityKind, NeedKind, NeedStatus, OperatingStatus, SizeClass, Stage
from search.documents import LARGEST_CLASS, SIZE_CLASSES

# Districts and states are not what "municipalities of our size" means.
_WITH_SIZE: Final = tuple(
    kind for kind in MunicipalityKind if kind not in (MunicipalityKind.KREIS, MunicipalityKind.LAND)
)
_MAX_TITLES: Final = 100
_MAX_STEWARDS: Final = 100
_WITH_STATE: Final = ("Hub", "Municipality", "University")
_MUNICIPALITY_LINKS: Final = (HOUSE_OWNERS["Municipality"], HOUSE_PARTNERS["Municipality"])


@strawberry.input(description="Which projects; all conditions have to hold.")
class ProjectFilter:
    titles: list[str] | None = strawberry.field(
        default=None,
        description="With one of these titles, 100 at most; case, accents and punctuation do not matter.",
    )
    topic: str | None = strawberry.field(default=None, description="Addresses the topic with this slug.")
    hub: str | None = strawberry.field(default=None, description="Owned by the hub with this slug.")
    house: strawberry.ID | None = strawberry.field(
        default=None, description="Owned by the house with this id, as in `Municipality:150840590590`, or involving it."
    )
    owner: strawberry.ID | None = strawberry.field(default=None, description="Owned by the house with this id.")
    stewards: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Owned by one of the houses with these ids, 100 at most, or with one of them as the hub that reviews its "
        "entry. A municipal association (Amt) stands for its municipalities, too.",
    )
    stages: list[Stage] | None = strawberry.field(default=None, description="Whose entry is at one of these stages.")
    state: str | None = strawberry.field(
        default=None, description="Its owner or a house involved lies in this state, named as in `Schleswig-Holstein`."
    )
    status: OperatingStatus | None = strawberry.field(default=None, description="With this operating state.")
    size_class: SizeClass | None = strawberry.field(
        default=None, description="Owned by or involving a municipality of this size."
    )
    service: str | None = strawberry.field(
        default=None, description="Implements the administrative service with this 14-digit key (LeiKa)."
    )
    funding: str | None = strawberry.field(default=None, description="Funded by the programme with this slug.")
    year: int | None = strawberry.field(default=None, description="Began in this year.")
    licence: str | None = strawberry.field(
        default=None, description="Under this licence, an SPDX expression as in `EUPL-1.2`."
    )
    updated_since: Instant | None = strawberry.field(
        default=None, description="Entry changed at this moment or later: what a periodic copy asks for."
    )

    def conditions(self) -> list[Condition]:
        return [
            *_titled(self.titles),
            *linked("topic", PROJECT_TOPICS, "slug", self.topic),
            *linked("hub", PROJECT_HUB, "slug", self.hub),
            *house("house", (HOUSE_OWNERS, HOUSE_PARTNERS), self.house),
            *house("owner", (HOUSE_OWNERS,), self.owner),
            *_kept_by(self.stewards),
            *one_of("stages", "stage", self.stages),
            *_in_state(self.state),
            *equals("status", "status", self.status),
            *_of_size(self.size_class),
            *linked("service", PROJECT_SERVICES, "leika_id", self.service),
            *linked("funding", PROJECT_FUNDING, "slug", self.funding),
            *_began_in(self.year),
            *equals("licence", "licence", self.licence),
            *at_least("updated_at", self.updated_since),
        ]


def _titled(titles: list[str] | None) -> list[Condition]:
    if titles is None:
        return []
    if len(titles) > _MAX_TITLES:
        raise InvalidInputError(f"titles takes at most {_MAX_TITLES} values, got {len(titles)}")
    keys = tuple(dict.fromkeys(sort_key(title) for title in titles))
    return [Compare("title_sort", Operator.ONE_OF, keys) if keys else Either(())]


def _kept_by(stewards: list[strawberry.ID] | None) -> list[Condition]:
    if stewards is None:
        return []
    if len(stewards) > _MAX_STEWARDS:
        raise InvalidInputError(f"stewards takes at most {_MAX_STEWARDS} values, got {len(stewards)}")
    houses = acted_for([house_key("stewards", one) for one in stewards])
    options = [near(HOUSE_OWNERS[label], (condition,)) for label, condition in houses.items()]
    if "Hub" in houses:
        options.append(near(PROJECT_REVIEWER, (houses["Hub"],)))
    return [Either(tuple(options))]


def _in_state(state: str | None) -> list[Condition]:
    conditions = tuple(equals("state", "state", state))
    links = [by_house[label] for by_house in (HOUSE_OWNERS, HOUSE_PARTNERS) for label in _WITH_STATE]
    return [Either(tuple(near(link, conditions) for link in links))] if conditions else []


def _of_size(size: SizeClass | None) -> list[Condition]:
    if size is None:
        return []
    lowest, limit = bounds(size)
    conditions = (
        *at_least("population", lowest),
        *below("population", limit),
        *one_of("sizeClass", "kind", _WITH_SIZE),
    )
    return [Either(tuple(near(link, conditions) for link in _MUNICIPALITY_LINKS))]


def bounds(size: SizeClass) -> tuple[int | None, int | None]:
    """Inhabitants of a class: the lowest number, and the one that it stays below."""
    limits = [limit for limit, _ in SIZE_CLASSES]
    position = [*(name for _, name in SIZE_CLASSES), LARGEST_CLASS].index(size.name)
    return (limits[position - 1] if position else None, limits[position] if position < len(limits) else None)


def _began_in(year: int | None) -> list[Condition]:
    if year is None:
        return []
    if not 1 <= year <= 9999:
        raise InvalidInputError(f"year has up to four digits, got {year}")
    return [Compare("started", Operator.STARTS_WITH, f"{year:04}")]


@strawberry.enum(description="Order of projects; equals are told apart by their id.")
class ProjectOrder(Enum):
    TITLE = strawberry.enum_value("TITLE", description="By title, in German order.")
    UPDATED_ASC = strawberry.enum_value(
        "UPDATED_ASC", description="Least recently changed first: with `updatedSince`, pages that miss no change."
    )
    UPDATED_DESC = strawberry.enum_value("UPDATED_DESC", description="Most recently changed first.")
    STARTED_DESC = strawberry.enum_value("STARTED_DESC", description="Most recently begun first; unknown last.")

    def columns(self) -> tuple[Order, ...]:
        match self:
            case ProjectOrder.TITLE:
                return BY_TITLE
            case ProjectOrder.STARTED_DESC:
                return (Order("started", is_descending=True),)
            case _:
                return (Order("updated_at", is_descending=self is ProjectOrder.UPDATED_DESC),)


@strawberry.enum(description="Order of needs and offers; equals are told apart by their id.")
class NeedOrder(Enum):
    TITLE = strawberry.enum_value("TITLE", description="By title, in German order.")
    CREATED_DESC = strawberry.enum_value("CREATED_DESC", description="Most recently posted first.")

    def columns(self) -> tuple[Order, ...]:
        return BY_TITLE if self is NeedOrder.TITLE else (Order("created_at", is_descending=True),)


@strawberry.input(description="Which needs and offers; all conditions have to hold.")
class NeedFilter:
    kind: NeedKind | None = strawberry.field(default=None, description="Seeking or offering.")
    status: NeedStatus | None = strawberry.field(default=None, description="With this status.")
    topic: str | None = strawberry.field(default=None, description="Concerns the topic with this slug.")
    service: str | None = strawberry.field(
        default=None, description="Concerns the administrative service with this 14-digit key (LeiKa)."
    )
    house: strawberry.ID | None = strawberry.field(
        default=None, description="Of the house with this id, as in `Hub:zeitz`."
    )

    def conditions(self) -> list[Condition]:
        return [
            *equals("kind", "kind", self.kind),
            *equals("status", "status", self.status),
            *linked("topic", NEED_TOPICS, "slug", self.topic),
            *linked("service", NEED_SERVICES, "leika_id", self.service),
            *house("house", (HOUSE_SEEKERS,), self.house),
        ]


BY_TITLE: Final = (Order("title_sort"),)
