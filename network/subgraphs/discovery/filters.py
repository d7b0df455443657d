"""The filter of a search, as the index understands it."""

from enum import Enum
from typing import Final

import strawberry

from graph.errors import InvalidInputError
from network.subgraphs.conditions import text_of
from network.subgraphs.discovery.near import Near
from network.subgraphs.discovery.types import FacetName
from network.subgraphs.vocabulary import OperatingStatus, SizeClass

MAX_VALUES: Final = 100
"""Values of one filter; a page of facets shows fewer."""

_YEARS: Final = range(1900, 2100)
"""Years that a span reaches: as many as a filter takes values; no project began before."""

ATTRIBUTES: Final[dict[FacetName, str]] = {
    FacetName.TOPIC: "topics",
    FacetName.HUB: "hub",
    FacetName.HOUSE: "houses",
    FacetName.MUNICIPALITY: "municipalities",
    FacetName.STATE: "states",
    FacetName.SIZE_CLASS: "size_class",
    FacetName.STATUS: "status",
    FacetName.LICENCE: "licence",
    FacetName.SERVICE: "services",
    FacetName.FUNDING: "funding",
    FacetName.YEAR: "year",
}
"""Facet -> attribute of `search.documents`."""


@strawberry.input(description="Narrows hits; each list means any of its values, and all lists have to hold.")
class SearchFilter:
    topic: list[str] | None = strawberry.field(default=None, description="Addresses a topic with one of these slugs.")
    hub: list[str] | None = strawberry.field(default=None, description="Owned by a hub with one of these slugs.")
    house: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Owned by or involving one of the houses with these ids."
    )
    municipality: list[str] | None = strawberry.field(
        default=None, description="Owned by or involving one of the municipalities with these official keys."
    )
    state: list[str] | None = strawberry.field(
        default=None, description="A house involved lies in one of these states."
    )
    size_class: list[SizeClass] | None = strawberry.field(
        default=None, description="Owned by or involving a municipality of one of these sizes."
    )
    status: list[OperatingStatus] | None = strawberry.field(default=None, description="With one of these states.")
    licence: list[str] | None = strawberry.field(default=None, description="Under one of these licences.")
    service: list[str] | None = strawberry.field(
        default=None, description="Implements one of the services with these 14-digit keys (LeiKa)."
    )
    funding: list[str] | None = strawberry.field(
        default=None, description="Funded by one of the programmes with these slugs."
    )
    year: list[int] | None = strawberry.field(default=None, description="Began in one of these years.")
    year_from: int | None = strawberry.field(default=None, description="Began in this year or later.")
    year_to: int | None = strawberry.field(default=None, description="Began in this year or earlier.")

    near: Near | None = strawberry.field(
        default=None, description="Owned by or involving a house that lies near a municipality."
    )

    def values(self) -> dict[str, tuple[str, ...]]:
        """Attribute -> accepted values, without those that are not given; what is `near` is no list of values.

        Raises:
            InvalidInputError: too many values, or one that is too long.
        """
        given = {name: getattr(self, name.name.lower()) for name in FacetName}
        filters = {
            ATTRIBUTES[name]: tuple(dict.fromkeys(_text(name, value) for value in _few(name, values)))
            for name, values in given.items()
            if values is not None
        }
        if (span := self._years()) is not None:
            chosen = filters.get("year")
            filters["year"] = span if chosen is None else tuple(year for year in chosen if year in span)
        return filters

    def _years(self) -> tuple[str, ...] | None:
        """The years of the span that is asked for; None where none is."""
        if self.year_from is None and self.year_to is None:
            return None
        first = _YEARS[0] if self.year_from is None else self.year_from
        last = _YEARS[-1] if self.year_to is None else self.year_to
        if self.year_from is not None and self.year_to is not None and first > last:
            raise InvalidInputError(f"filter.yearFrom is {first}, after filter.yearTo, {last}")
        return tuple(str(year) for year in range(max(first, _YEARS[0]), min(last, _YEARS[-1]) + 1))


def _few(name: FacetName, values: list[str | Enum | int]) -> list[str | Enum | int]:
    if len(values) > MAX_VALUES:
        raise InvalidInputError(f"filter.{_shown(name)} takes at most {MAX_VALUES} values, got {len(values)}")
    return values


def _text(name: FacetName, value: str | Enum | int) -> str:
    return text_of(f"filter.{_shown(name)}", f"{value:04}" if isinstance(value, int) else value)


def _shown(name: FacetName) -> str:
    return "sizeClass" if name is FacetName.SIZE_CLASS else name.name.lower()
