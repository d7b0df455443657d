"""What a search is: kept in its address whole, so that it can be shared, kept as a bookmark and gone back to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from graph.texts import MAX_KEY
from network.pages.frame import compared
from network.words import WORDS
from search.port import MAX_QUERY_LENGTH

MAX_VALUES: Final = 30
MAX_LETTERS: Final = 1_000
"""Values that an address may set, over all facets, and their letters: each is shown with the address of all others."""
MAX_KM: Final = 100
USUAL_KM: Final = 25
PARAMETERS: Final[Mapping[str, str]] = {
    "TOPIC": "topic",
    "HUB": "hub",
    "HOUSE": "house",
    "MUNICIPALITY": "municipality",
    "STATE": "state",
    "SIZE_CLASS": "size",
    "STATUS": "status",
    "SERVICE": "service",
    "FUNDING": "funding",
    "LICENCE": "licence",
    "YEAR": "year",
}
"""Facet -> parameter of the address, in the order in which they are shown."""
COUNTED: Final = [facet for facet in PARAMETERS if facet != "MUNICIPALITY"]
"""Facets that are offered. Municipalities are among the houses; addresses may name them all the same."""
_FIELDS: Final = {**PARAMETERS, "SIZE_CLASS": "sizeClass"}
CLOSED: Final[Mapping[str, str]] = {"SIZE_CLASS": "SizeClass", "STATUS": "OperatingStatus"}
"""Facet -> the vocabulary of its values."""
DEFAULT_ORDER: Final = "RELEVANCE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchState:
    """A search as its address says it.

    Attributes:
        chosen: Facet -> values, in the order of PARAMETERS and of the address.
        year_from, year_to: First and last year in which a project began.
        near: Official key of the municipality around which houses lie, `km` kilometres at most.
        place: A place as somebody typed it, whose key is still to be found.
        compared: Slugs of projects chosen for a comparison, carried along.
        is_cut: More was typed than is searched for.
    """

    query: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    near: str | None = None
    km: int = USUAL_KM
    place: str = ""
    order: str = DEFAULT_ORDER
    after: str | None = None
    compared: tuple[str, ...] = ()
    is_cut: bool = False

    @classmethod
    def of(cls, parameters: QueryParams) -> "SearchState":
        """The search of an address. What cannot be meant (an unknown status, a year of letters) is left out."""
        order = parameters.get("sort", DEFAULT_ORDER).upper()
        chosen = _chosen(parameters)
        query = " ".join(parameters.get("q", "").split())
        near = parameters.get("near", "").strip()
        return cls(
            query=query[:MAX_QUERY_LENGTH],
            chosen=chosen,
            year_from=_year(parameters.get("from", "")),
            year_to=_year(parameters.get("to", "")),
            near=near if 0 < len(near) <= MAX_KEY else None,
            km=_km(parameters.get("km", "")),
            place=" ".join(parameters.get("place", "").split())[:MAX_KEY],
            order=order if order in WORDS["SearchOrder"] else DEFAULT_ORDER,
            after=parameters.get("after") or None,
            compared=compared.chosen(parameters.getlist(compared.PARAMETER))[: compared.MOST],
            is_cut=len(query) > MAX_QUERY_LENGTH,
        )

    @classmethod
    def of_filter(cls, query: str, filter_: Mapping[str, Any]) -> "SearchState":
        """The search that `filter` says of itself, as it is kept."""
        pairs = [("q", query)]
        for facet, name in PARAMETERS.items():
            pairs += [(name, str(value)) for value in filter_.get(_FIELDS[facet]) or ()]
        pairs += [
            (name, str(filter_[kept])) for name, kept in (("from", "yearFrom"), ("to", "yearTo")) if filter_.get(kept)
        ]
        near = filter_.get("near") or {}
        pairs += [("near", near["municipality"]), ("km", str(near.get("withinKm", USUAL_KM)))] if near else []
        return cls.of(QueryParams(pairs))

    @property
    def filter(self) -> dict[str, Any] | None:
        """The `SearchFilter` of the API; None where nothing is chosen."""
        given: dict[str, Any] = {
            _FIELDS[facet]: [int(value) for value in values] if facet == "YEAR" else list(values)
            for facet, values in self.chosen.items()
        }
        given |= {} if self.year_from is None else {"yearFrom": self.year_from}
        given |= {} if self.year_to is None else {"yearTo": self.year_to}
        given |= {} if self.near is None else {"near": {"municipality": self.near, "withinKm": self.km}}
        return given or None

    @property
    def is_narrowed(self) -> bool:
        return self.filter is not None

    @property
    def is_empty(self) -> bool:
        return not self.query and not self.is_narrowed

    def parameters(self) -> list[tuple[str, str]]:
        """The address without its cursor: a changed search starts at its first page."""
        pairs = [("q", self.query)] if self.query else []
        pairs += [(PARAMETERS[facet], value) for facet, values in self.chosen.items() for value in values]
        pairs += [(name, str(year)) for name, year in (("from", self.year_from), ("to", self.year_to)) if year]
        pairs += [] if self.near is None else [("near", self.near), ("km", str(self.km))]
        pairs += [("sort", self.order.lower())] if self.order != DEFAULT_ORDER else []
        return pairs + [(compared.PARAMETER, slug) for slug in self.compared]

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

    def without_years(self) -> "SearchState":
        return replace(self, year_from=None, year_to=None, after=None)

    def around(self, near: str | None) -> "SearchState":
        """The same search around another municipality, or around none."""
        return replace(self, near=near, place="", after=None)

    def without_filters(self) -> "SearchState":
        return replace(self, chosen={}, year_from=None, year_to=None, near=None, after=None)


def _chosen(parameters: QueryParams) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    count, letters = MAX_VALUES, MAX_LETTERS
    for facet, name in PARAMETERS.items():
        for value in _values(facet, parameters.getlist(name)):
            if count > 0 and len(value) <= letters:
                found[facet] = (*found.get(facet, ()), value)
                count, letters = count - 1, letters - len(value)
    return found


def _values(facet: str, given: Iterable[str]) -> tuple[str, ...]:
    values = dict.fromkeys(value.strip() for value in given if value.strip())
    if facet in CLOSED:
        values = dict.fromkeys(value for value in values if value in WORDS[CLOSED[facet]])
    if facet == "YEAR":
        values = dict.fromkeys(value for value in values if _year(value) is not None)
    return tuple(values)


def _year(text: str) -> int | None:
    """Four digits that are a year; None for anything else."""
    text = text.strip()
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() and text > "0000" else None


def _km(text: str) -> int:
    text = text.strip()
    return max(1, min(MAX_KM, int(text))) if text.isascii() and text.isdigit() and len(text) <= 4 else USUAL_KM
