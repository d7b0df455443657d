"""Projects like one of ours: the engine and the graph propose, the graph as the caller sees it has the last word.

However many projects there are: the engine is asked once; the graph for our project, for what its adopters adopted (one
read for each kind of house), for what the index must not show, and for the best candidates.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graph import links
from graph.ddl import LABELS
from graph.errors import InvalidInputError
from graph.links import Link
from graph.model import HOUSES, NodeKey
from graph.selection import ByKeys, LinkRead, Page, Selection
from graph.values import sort_key
from graph.vocabulary import Origin
from network.context import Context
from network.subgraphs.discovery.results import SimilarProject
from search import german
from search.beside import beside
from search.documents import TEXTS
from search.errors import SearchUnavailableError
from search.port import MAX_CLAUSE_WORDS, Candidate, Clause, Scope, Tier
from search.service import SearchService
from search.similar import Aspect, Likeness, Profile, Term, Ties, likeness, terms

MAX_FIRST: Final = 20
_TIMEOUT_S: Final = 5.0
_CANDIDATES: Final = 200
"""Documents that the engine proposes."""
_SPARE: Final = 2
"""As many times the projects asked for are read from the graph: some may be gone, or less alike than the index has it."""
_ADOPTIONS: Final = 100
"""Adoptions of our project that are followed, the latest."""
_ADOPTED: Final = 50
"""Adoptions of each adopter that are followed, the latest."""
_STRONG: Final = 6
"""Terms that a document is proposed for although it shares nothing else."""

_TEXTS: Final = ("title", "summary", "writeup", "lessons_learned", "what_failed")
_NAMED: Final[Mapping[Aspect, Link]] = {
    Aspect.TOPICS: links.PROJECT_TOPICS,
    Aspect.SERVICES: links.PROJECT_SERVICES,
    Aspect.FUNDING: links.PROJECT_FUNDING,
}
_ATTRIBUTES: Final = {
    Aspect.TOPICS: "topics",
    Aspect.SERVICES: "services",
    Aspect.FUNDING: "funding",
    Aspect.HOUSES: "houses",
}
"""Aspect -> attribute of the index."""


def _read(link: Link, *, edge: tuple[str, ...] = ()) -> LinkRead:
    """Keys and names along `link`."""
    variants = (Selection(label, (LABELS[label].key, LABELS[label].name_property)) for label in link.target)
    return LinkRead(link, tuple(variants), edge=edge)


def _ids(link: Link) -> LinkRead:
    return LinkRead(link, (Selection("Project", ("id",)),))


_COMPARED: Final = (
    *(_read(link) for link in _NAMED.values()),
    _read(links.PROJECT_OWNER),
    _read(links.PROJECT_HOUSES, edge=("confirmed_at",)),
)
_CANDIDATE: Final = Selection("Project", (*_TEXTS, "id", "origin"), _COMPARED)
_OURS: Final = Selection(
    "Project",
    (*_TEXTS, "id", "origin"),
    (
        *_COMPARED,
        _ids(links.PROJECT_DERIVED_FROM),
        _ids(links.PROJECT_DERIVATIVES),
        LinkRead(
            links.PROJECT_REUSE,
            (Selection("Adoption", (), (_read(links.ADOPTION_HOUSE),)),),
            page=0,
        ),
    ),
)
_ADOPTERS: Final = {
    label: Selection(
        label,
        (LABELS[label].name_property,),
        (LinkRead(links.HOUSE_REUSE[label], (Selection("Adoption", (), (_ids(links.ADOPTION_PROJECT),)),), page=0),),
    )
    for label in HOUSES
}


@dataclass(frozen=True, slots=True)
class _Ours:
    """Our project as the caller sees it."""

    id: str
    texts: tuple[str, ...]
    profile: Profile
    origins: frozenset[str]
    derived: frozenset[str]
    adopters: tuple[NodeKey, ...]


async def similar_projects(context: Context, start: ByKeys, first: int) -> list[SimilarProject]:
    """At most `first` projects like the one that `start` names, the most alike first; none where the caller sees none.

    Raises:
        InvalidInputError: `first` is out of range.
        SearchUnavailableError: the engine does not answer, or this process serves no search.
        GraphUnavailableError: the graph does not.
    """
    if not 1 <= first <= MAX_FIRST:
        raise InvalidInputError(f"first is 1 to {MAX_FIRST}, got {first}")
    service = context.search
    if service is None:
        raise SearchUnavailableError("this process serves no search")
    ours = await _ours(context, start)
    if ours is None:
        return []
    lexicon, adopted, narrowed = await asyncio.gather(
        service.lexicons.of(context.audiences), _adopted(context, ours.adopters), service.outbox.narrowed_ids()
    )
    # Like all that reads long texts here, beside the loop: it takes a while, in which others are answered.
    houses = ours.profile.links[Aspect.HOUSES].values()
    own_terms = await beside(terms, ours.texts, lexicon, without=houses)
    scale = _Scale(ours, own_terms, _ties(ours, adopted))
    scope = Scope(audiences=context.audiences, excluded=narrowed | {ours.id})
    best = await _proposed(context, service, scope, scale, first * _SPARE)
    found = await _checked(context, best, scale)
    ranked = sorted(found.items(), key=lambda row: (-row[1].score, row[0]))[:first]
    return [SimilarProject(NodeKey("Project", key), alike.score, alike.reasons, alike.why) for key, alike in ranked]


@dataclass(frozen=True, slots=True)
class _Scale:
    """What others are held against."""

    ours: _Ours
    terms: Sequence[Term]
    ties: Mapping[str, Ties]

    def weigh(self, key: str, profile: Profile) -> Likeness | None:
        return likeness(self.ours.profile, self.terms, profile, self.ties.get(key, Ties()))


async def _ours(context: Context, start: ByKeys) -> _Ours | None:
    (row,) = await _rows(context, _OURS, start, (Page(_ADOPTIONS),))
    if row is None:
        return None
    *compared, origins, derivatives, adoptions = row
    houses = [house for (house,) in adoptions if house is not None]
    return _Ours(
        id=str(row[len(_TEXTS)]),
        texts=tuple(str(text) for text in row[: len(_TEXTS)] if text),
        profile=_profile(compared),
        origins=frozenset(str(key) for (key,) in origins),
        derived=frozenset(str(key) for (key,) in derivatives),
        adopters=tuple(dict.fromkeys(NodeKey(label, key) for label, key, _ in houses)),
    )


async def _adopted(context: Context, adopters: Sequence[NodeKey]) -> dict[str, list[str]]:
    """Project id -> names of those of `adopters` that use it, too, by name."""
    keys = {label: tuple(key.value for key in adopters if key.label == label) for label in HOUSES}
    reads = [
        _rows(context, _ADOPTERS[label], ByKeys(label, LABELS[label].key, values), (Page(_ADOPTED),))
        for label, values in keys.items()
        if values
    ]
    found: dict[str, set[tuple[str, str]]] = {}
    for rows in await asyncio.gather(*reads):
        for name, adoptions in (row for row in rows if row is not None):
            for (project,) in adoptions:
                if project is not None:
                    found.setdefault(str(project[0]), set()).add((sort_key(str(name)), str(name)))
    return {project: [name for _, name in sorted(houses)] for project, houses in found.items()}


def _ties(ours: _Ours, adopted: Mapping[str, Sequence[str]]) -> dict[str, Ties]:
    """What leads to others, by their ids."""
    return {
        key: Ties(tuple(adopted.get(key, ())), is_origin=key in ours.derived, is_derived=key in ours.origins)
        for key in {*adopted, *ours.derived, *ours.origins}
    }


def _tiers(scale: _Scale) -> Iterator[Tier]:
    """What to retrieve, from what is surely alike to what shares something."""
    ours, own_terms = scale.ours, scale.terms
    keys = [key for key in map(german.key, sorted(scale.ties)) if key is not None]
    strong = _words(own_terms[:_STRONG])
    shared = {
        aspect: Clause((attribute,), frozenset(ours.profile.links[aspect]))
        for aspect, attribute in _ATTRIBUTES.items()
        if ours.profile.links[aspect]
    }
    if keys:
        yield (Clause(("keys",), frozenset(keys[:MAX_CLAUSE_WORDS])),)
    for aspect in (Aspect.TOPICS, Aspect.SERVICES):
        if aspect in shared and own_terms:
            yield (shared[aspect], _words(own_terms))
    if own_terms:
        yield (strong,)
    for aspect in (Aspect.SERVICES, Aspect.TOPICS, Aspect.FUNDING, Aspect.HOUSES):
        if aspect in shared:
            yield (shared[aspect],)


def _words(own_terms: Sequence[Term]) -> Clause:
    variants = [variant for term in own_terms for variant in sorted(term.variants)]
    return Clause(("words", "network_words"), frozenset(variants[:MAX_CLAUSE_WORDS]))


async def _proposed(context: Context, service: SearchService, scope: Scope, scale: _Scale, most: int) -> list[str]:
    """Ids of the documents most alike, as the index has them."""
    if not (tiers := list(_tiers(scale))):
        return []
    found = await service.index.retrieve(
        tiers, scope, limit=_CANDIDATES, timeout_s=context.remaining_s(most=_TIMEOUT_S)
    )
    weighed = await beside(
        lambda: {document.id: scale.weigh(document.id, _indexed(document)) for document in found.documents}
    )
    alike = _alike(weighed)
    return sorted(alike, key=lambda key: (-alike[key].score, key))[:most]


async def _checked(context: Context, ids: Sequence[str], scale: _Scale) -> dict[str, Likeness]:
    """Those that the caller may see and that are alike, as the graph has them now."""
    if not ids:
        return {}
    rows = await _rows(context, _CANDIDATE, ByKeys("Project", "id", tuple(ids)))
    read = [(key, row) for key, row in zip(ids, rows, strict=True) if row is not None]
    return _alike(await beside(lambda: {key: scale.weigh(key, _profile(row)) for key, row in read}))


def _alike(weighed: Mapping[str, Likeness | None]) -> dict[str, Likeness]:
    return {key: alike for key, alike in weighed.items() if alike is not None}


def _indexed(document: Candidate) -> Profile:
    """The profile of a document; only numbers are made of it, so keys stand for names."""
    attributes = document.attributes
    words = {word: word for text in TEXTS for word in str(attributes.get(text.name, "")).split()}
    shared = {aspect: {key: key for key in attributes.get(name, ())} for aspect, name in _ATTRIBUTES.items()}
    return Profile(words, shared)


def _profile(row: Sequence[Any]) -> Profile:
    """The profile of a row of `_CANDIDATE`."""
    *properties, topics, services, funding, owner, houses = row
    *texts, _, origin = properties
    named = {
        aspect: {str(key): str(name) for key, name in items}
        for aspect, items in zip(_NAMED, (topics, services, funding), strict=True)
    }
    # A partner of an entry that its people registered counts once it confirmed, as in the index.
    partners = [
        (label, key, name)
        for label, confirmed_at, key, name in houses
        if confirmed_at is not None or origin != Origin.REGISTERED
    ]
    taking_part = [*([owner] if owner is not None else []), *partners]
    named[Aspect.HOUSES] = {f"{label}:{key}": str(name) for label, key, name in taking_part}
    return Profile.of([str(text) for text in texts if text], named)


async def _rows(
    context: Context, selection: Selection, start: ByKeys, pages: tuple[Page, ...] = ()
) -> list[list[Any] | None]:
    selected = await context.store.select(
        selection,
        start,
        audiences=context.audiences,
        pages=pages,
        timeout_s=context.remaining_s(most=_TIMEOUT_S),
    )
    return selected.rows
