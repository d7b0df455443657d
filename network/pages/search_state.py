"""What a search is: kept in its address whole, so that it can be shared, kept as a bookmark and gone back to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from network.pages.words import WORDS

MAX_QUERY: Final = 500
MAX_VALUES: Final = 20
"""Values of one facet that an address may set."""
MAX_VALUE: Final = 200
PARAMETERS: Final[Mapping[str, str]] = {
    "TOPIC": "topic",
    "HUB": "hub",
    "HOUSE": "house",
    "MUNICIPALITY": "municipality",
    "STATE": "state",
    "SIZE_CLASS": "size",
    "STATUS": "status",
    "LICENCE": "licence",
    "SERVICE": "service",
    "FUNDING": "funding",
    "YEAR": "year",
}
"""Facet -> parameter of the address, in the order in which they are shown."""
_FIELDS: Final = {name: parameter for name, parameter in PARAMETERS.items()} | {"SIZE_CLASS": "sizeClass"}
_CLOSED: Final = {"SIZE_CLASS": "SizeClass", "STATUS": "OperatingStatus"}
DEFAULT_ORDER: Final = "RELEVANCE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchState:
    """A search as its address says it.

    Attributes:
        chosen: Facet -> values, in the order of PARAMETERS and of the address.
    """

    query: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = DEFAULT_ORDER
    after: str | None = None

    @classmethod
    def of(cls, parameters: QueryParams) -> "SearchState":
        """The search of an address. What cannot be meant (an unknown status, a year of letters) is left out."""
        order = parameters.get("sort", DEFAULT_ORDER).upper()
        chosen = {
            facet: values for facet, name in PARAMETERS.items() if (values := _values(facet, parameters.getlist(name)))
        }
        return cls(
            query=" ".join(parameters.get("q", "").split())[:MAX_QUERY],
            chosen=chosen,
            order=order if order in WORDS["SearchOrder"] else DEFAULT_ORDER,
            after=parameters.get("after") or None,
        )

    @property
    def filter(self) -> dict[str, Any] | None:
        """The `SearchFilter` of the API; None where nothing is chosen."""
        given = {
            _FIELDS[facet]: [int(value) for value in values] if facet == "YEAR" else list(values)
            for facet, values in self.chosen.items()
        }
        return given or None

    @property
    def is_empty(self) -> bool:
        return not self.query and not self.chosen

    def parameters(self) -> list[tuple[str, str]]:
        """The address without its cursor: a changed search starts at its first page."""
        pairs = [("q", self.query)] if self.query else []
        pairs += [(PARAMETERS[facet], value) for facet, values in self.chosen.items() for value in values]
        return pairs + ([("sort", self.order.lower())] if self.order != DEFAULT_ORDER else [])

    def address(self) -> str:
        return f"/search?{urlencode(self.parameters())}" if self.parameters() else "/search"

    def asking(self, query: str) -> "SearchState":
        """The same search with other words."""
        return replace(self, query=query, after=None)

    def without(self, facet: str, value: str) -> "SearchState":
        left = {
            name: tuple(one for one in values if (name, one) != (facet, value)) for name, values in self.chosen.items()
        }
        return replace(self, chosen={name: values for name, values in left.items() if values}, after=None)

    def without_filters(self) -> "SearchState":
        return replace(self, chosen={}, after=None)


def _values(facet: str, given: Iterable[str]) -> tuple[str, ...]:
    values = dict.fromkeys(value.strip() for value in given if 0 < len(value.strip()) <= MAX_VALUE)
    if facet in _CLOSED:
        values = dict.fromkeys(value for value in values if value in WORDS[_CLOSED[facet]])
    if facet == "YEAR":
        values = dict.fromkeys(value for value in values if value.isascii() and value.isdigit() and len(value) == 4)
    return tuple(values)[:MAX_VALUES]
