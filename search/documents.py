"""What the search engine knows of a project: its attributes, declared once, and the pure way from the graph to them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from auth.policy import NETWORK, PUBLIC
from graph.model import (
    Adoption,
    Document,
    FundingProgramme,
    Hub,
    Municipality,
    Organisation,
    Project,
    Result,
    Service,
    Topic,
    University,
)
from graph.vocabulary import IN_REUSE, MunicipalityKind, Origin
from search import german
from search.port import SearchDocument


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the index.

    Attributes:
        weight: How much a word in this text counts; 0 is no text that is ranked by.
        is_matched: A set of words or keys that documents are retrieved by.
        is_filterable: Requests may filter by it and count it as a facet.
        is_sortable: An order may name it.
        is_network_only: Only for callers who read network-only fields.
        is_internal: Filtered by us alone, never by a request.
    """

    name: str
    weight: float = 0.0
    is_matched: bool = False
    is_filterable: bool = False
    is_sortable: bool = False
    is_network_only: bool = False
    is_internal: bool = False


def _facet(name: str) -> Attribute:
    return Attribute(name, is_filterable=True)


ATTRIBUTES: Final[tuple[Attribute, ...]] = (
    Attribute("title", 10),
    Attribute("names", 7.5),
    Attribute("summary", 5),
    Attribute("writeup", 3),
    Attribute("notes", 2),
    Attribute("network_notes", 2, is_network_only=True),
    Attribute("words", is_matched=True),
    Attribute("head_words", is_matched=True),
    Attribute("network_words", is_matched=True, is_network_only=True),
    Attribute("keys", is_matched=True),
    _facet("topics"),
    _facet("hub"),
    _facet("houses"),
    _facet("municipalities"),
    _facet("states"),
    _facet("services"),
    _facet("funding"),
    _facet("status"),
    _facet("licence"),
    _facet("year"),
    _facet("size_class"),
    Attribute("readers", is_filterable=True, is_internal=True),
    Attribute("title_sort", is_sortable=True),
    Attribute("updated_at", is_sortable=True),
    Attribute("confirmed_at", is_sortable=True),
    Attribute("reuse", is_sortable=True),
    Attribute("network_reuse", is_sortable=True, is_network_only=True),
)
TEXTS: Final = tuple(attribute for attribute in ATTRIBUTES if attribute.weight)
"""What documents are ranked by: words in the order of the text, separated by spaces."""
MATCHED: Final = tuple(attribute.name for attribute in ATTRIBUTES if attribute.is_matched)
FACETS: Final = tuple(
    attribute.name for attribute in ATTRIBUTES if attribute.is_filterable and not attribute.is_internal
)
"""What requests may filter by and count; values are keys (slugs, ARS, names of states, `House:key`), never display texts."""
RANKED: Final = tuple(
    attribute.name
    for attribute in ATTRIBUTES
    if attribute.weight or attribute.is_sortable or attribute.name in (*FACETS, "keys")
)
"""What a candidate comes with."""
NUMBERS: Final = ("reuse", "network_reuse")
"""Attributes that hold numbers; in an order, since an engine's fields have one and must have the same at every start."""

SIZE_CLASSES: Final = (
    (2_000, "UNDER_2000"),
    (5_000, "UNDER_5000"),
    (20_000, "UNDER_20000"),
    (100_000, "UNDER_100000"),
)
LARGEST_CLASS: Final = "ABOVE"

# Districts and states are not what "municipalities of our size" means.
_WITHOUT_SIZE: Final = frozenset({MunicipalityKind.KREIS, MunicipalityKind.LAND})
_NETWORK_FIELDS: Final = ("lessons_learned", "what_failed", "one_off_cost", "yearly_cost", "own_share")

House = Hub | Municipality | University | Organisation


@dataclass(frozen=True, slots=True)
class Involvement:
    """A house that takes part; `is_confirmed` once it said so itself, `is_asked` where a member of the network named it."""

    house: House
    is_confirmed: bool
    is_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSource:
    """The current state of a project and its neighbours, without any limit of audience."""

    project: Project
    owner: House | None = None
    involvements: tuple[Involvement, ...] = ()
    topics: tuple[Topic, ...] = ()
    services: tuple[Service, ...] = ()
    funding: tuple[FundingProgramme, ...] = ()
    adoptions: tuple[Adoption, ...] = ()
    results: tuple[Result, ...] = ()
    documents: tuple[Document, ...] = ()


def document(source: ProjectSource) -> SearchDocument:
    """What to index of a project."""
    project = source.project
    houses = list(_houses(source))
    municipalities = [house for house in houses if isinstance(house, Municipality)]
    texts = {
        "title": _words(project.title),
        "names": _words(*_names(source, houses)),
        "summary": _words(project.summary),
        "writeup": _words(project.writeup),
        "notes": _words(*_network_texts(project, are_open=True), *_titles(source, PUBLIC)),
        "network_notes": _words(*_network_texts(project, are_open=False), *_titles(source, NETWORK)),
    }
    return SearchDocument(
        id=project.id,
        version=project.version,
        attributes={
            **{name: " ".join(words) for name, words in texts.items()},
            "words": _unique(word for name, words in texts.items() if name != "network_notes" for word in words),
            "head_words": _unique([*texts["title"], *texts["names"]]),
            "network_words": _unique(texts["network_notes"]),
            "keys": _unique(filter(None, map(german.key, _keys(source, houses)))),
            "topics": _unique(topic.slug for topic in source.topics),
            "hub": [source.owner.slug] if isinstance(source.owner, Hub) else [],
            "houses": _unique(str(house.key) for house in houses),
            "municipalities": _unique(municipality.ars for municipality in municipalities),
            "states": _unique(house.state for house in houses if not isinstance(house, Organisation) and house.state),
            "services": _unique(service.leika_id for service in source.services),
            "funding": _unique(programme.slug for programme in source.funding),
            "status": [str(project.status)],
            "licence": [project.licence] if project.licence else [],
            "year": [project.started[:4]] if project.started else [],
            "size_class": _unique(_size_classes(municipalities)),
            "readers": list(project.readers),
            "title_sort": project.title_sort,
            "updated_at": project.updated_at,
            "confirmed_at": project.confirmed_at or "",
            **_reuse(source.adoptions),
        },
    )


def _words(*texts: str) -> list[str]:
    return german.words("\n".join(texts))


def _keys(source: ProjectSource, houses: Iterable[House]) -> Iterator[str]:
    """Official keys of what takes part: nobody types half of one, and they are found as they are or not at all."""
    project = source.project
    yield project.id
    yield project.slug
    if project.licence:
        yield project.licence
    for house in houses:
        yield house.key.value
        if isinstance(house, Municipality) and house.ags:
            yield house.ags
    for service in source.services:
        yield service.leika_id
        if service.ozg_id:
            yield service.ozg_id
    for result in source.results:
        if result.doi and PUBLIC in result.readers:
            yield result.doi


def _titles(source: ProjectSource, audience: str) -> Iterator[str]:
    """Titles of results and documents that `audience` reads, and not everybody already does."""
    items: tuple[Result | Document, ...] = (*source.results, *source.documents)
    for item in items:
        widest = PUBLIC if PUBLIC in item.readers else NETWORK if NETWORK in item.readers else ""
        if widest == audience:
            yield item.title


def _houses(source: ProjectSource) -> Iterator[House]:
    """Owner first, then those that take part.

    A partner that people named counts once it confirmed; compiled and imported entries name others after their sources.
    """
    if source.owner is not None:
        yield source.owner
    for involvement in source.involvements:
        is_sourced = source.project.origin is not Origin.REGISTERED and not involvement.is_asked
        if involvement.is_confirmed or is_sourced:
            yield involvement.house


def _names(source: ProjectSource, houses: Iterable[House]) -> Iterator[str]:
    for house in houses:
        yield house.name
        if isinstance(house, Hub | University | Organisation) and house.town:
            yield house.town
    for topic in source.topics:
        yield topic.name_de
        yield topic.name_en
    for service in source.services:
        yield service.name
    for programme in source.funding:
        yield programme.name


def _network_texts(project: Project, *, are_open: bool) -> Iterator[str]:
    for name in _NETWORK_FIELDS:
        value = getattr(project, name)
        if value is not None and (name in project.opened) is are_open:
            yield str(value)


def _size_classes(municipalities: Iterable[Municipality]) -> Iterator[str]:
    for municipality in municipalities:
        if municipality.population is not None and municipality.kind not in _WITHOUT_SIZE:
            yield size_class(municipality.population)


def size_class(population: int) -> str:
    """The class of municipalities of `population` inhabitants."""
    return next((name for bound, name in SIZE_CLASSES if population < bound), LARGEST_CLASS)


def _reuse(adoptions: Iterable[Adoption]) -> Mapping[str, int]:
    """Confirmed adoptions that are under way, once as everybody sees them and once as the network does.

    Two numbers, since an order by one that counts what the caller may not see would betray it. Private adoptions
    count in neither.
    """
    confirmed = (adoption for adoption in adoptions if adoption.confirmed_by_owner_at is not None)
    audiences = [adoption.readers for adoption in confirmed if adoption.status in IN_REUSE]
    public = sum(PUBLIC in readers for readers in audiences)
    return {"reuse": public, "network_reuse": public + sum(NETWORK in readers for readers in audiences)}


def _unique(values: Iterable[Any]) -> list[Any]:
    return sorted(set(values))


def _fingerprint() -> str:
    """Changes with anything that makes an index of an earlier version answer wrongly."""
    settled = repr((ATTRIBUTES, SIZE_CLASSES, german.ANALYSIS_VERSION))
    return hashlib.sha256(settled.encode()).hexdigest()[:16]


SETTINGS_FINGERPRINT: Final = _fingerprint()
"""Of the attributes and the analysis; an index with another one has to be rebuilt."""
