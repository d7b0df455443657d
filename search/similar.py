"""How alike two projects are, and why: pure.

The rule: each aspect gives a share in 0..1, and shares add up by `WEIGHTS`, which are 1 together.

- TERMS: of the terms that say most about the project (rare ones among those that others have, too), how many the other
  one has, in any form or inside a compound, weighed by how rare they are.
- TOPICS, SERVICES, FUNDING, HOUSES: what both have, as a part of what either has.
- ADOPTION: the number n of houses that have both in pilot or in use, as n / (n + 1).
- DERIVATION: 1 where one was made from the other.

What is alike by less than `LEAST` is not similar. Whoever asks gets profiles of what he may read, and the lexicon of his
circle: nothing else plays a part.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import log
from typing import Final

from search import wordlist
from search.german import STOP_WORDS, Word, fold, scan, stem
from search.lexicon import Lexicon

LEAST: Final = 0.04
MAX_TERMS: Final = 24
"""Terms of a project that others are compared by."""
_MAX_VARIANTS: Final = 60
"""Words that a term is recognised by."""
_LOOKED_AT: Final = 3 * MAX_TERMS
"""Words whose compounds are looked for; that takes a while, and most are not rare enough anyway."""
_COMPOUNDS_IN: Final = 2
"""Texts (title and summary) whose compounds are taken apart."""
_SHORTEST: Final = 4
_COMMON: Final = 0.2
"""Terms that a larger part of all documents has say nothing."""
_FEW: Final = 5
"""Documents that may always have a term, however small the network is."""
_SHORTEST_PART: Final = 5
_PART: Final = 0.6
"""Weight of a part of a compound against a word."""
_SHOWN: Final = 3
"""Names in the words of one reason."""
MAX_NAMES: Final = 5


class Aspect(StrEnum):
    """In what two projects are alike."""

    TERMS = "TERMS"
    TOPICS = "TOPICS"
    SERVICES = "SERVICES"
    FUNDING = "FUNDING"
    HOUSES = "HOUSES"
    ADOPTION = "ADOPTION"
    DERIVATION = "DERIVATION"


WEIGHTS: Final[Mapping[Aspect, float]] = {
    Aspect.TERMS: 0.35,
    Aspect.TOPICS: 0.20,
    Aspect.SERVICES: 0.15,
    Aspect.DERIVATION: 0.10,
    Aspect.ADOPTION: 0.08,
    Aspect.FUNDING: 0.06,
    Aspect.HOUSES: 0.06,
}
_SETS: Final = (Aspect.TOPICS, Aspect.SERVICES, Aspect.FUNDING, Aspect.HOUSES)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of a project.

    Attributes:
        words: Folded word -> how the texts spell it.
        links: For each aspect that is a set: key -> name of what the project has.
    """

    words: Mapping[str, str]
    links: Mapping[Aspect, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[str], links: Mapping[Aspect, Mapping[str, str]]) -> "Profile":
        """The profile of a project with `texts`."""
        words: dict[str, str] = {}
        for text in texts:
            for word in scan(text):
                for term in word.terms:
                    words.setdefault(term, text[word.start : word.end])
        return cls(words, links)


@dataclass(frozen=True, slots=True)
class Term:
    """A word that says something about a project; recognised by any of `variants`."""

    text: str
    weight: float
    variants: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ties:
    """What leads from one project to another in the graph: names of houses that adopted both, and how one was derived."""

    adopters: tuple[str, ...] = ()
    is_origin: bool = False
    """The other one was made from ours."""
    is_derived: bool = False
    """Ours was made from the other one."""


@dataclass(frozen=True, slots=True)
class Reason:
    """`label` says it in German; `names` are the terms, topics, houses … in it, at most `MAX_NAMES`."""

    aspect: Aspect
    label: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike, 0..1, and why, what counts most first."""

    score: float
    why: tuple[Reason, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in German."""
        return tuple(reason.label for reason in self.why)


def terms(texts: Sequence[str], lexicon: Lexicon, *, without: Iterable[str] = ()) -> list[Term]:
    """The terms that say most about a project with `texts`: nouns and names, the most important first.

    Args:
        without: Texts whose words are no terms: names of houses, which are compared as houses.
    """
    left_out = {stem(term) for text in without for word in scan(text) for term in word.terms}
    weights: dict[str, tuple[float, str]] = {}
    for word, weight in _weighted(texts, lexicon):
        if word not in STOP_WORDS and len(word) >= _SHORTEST and word.isalpha() and stem(word) not in left_out:
            weights[stem(word)] = max(weights.get(stem(word), (0.0, "")), (weight, word))
    rough = sorted(
        weights.values(), key=lambda row: (-_rarity(row[1], lexicon.forms(row[1]), lexicon) * row[0], row[1])
    )
    found: list[Term] = []
    for weight, word in rough[:_LOOKED_AT]:
        variants = _variants(word, lexicon)
        if rarity := _rarity(word, variants, lexicon):
            found.append(Term(word, weight * rarity, variants))
    return sorted(found, key=lambda term: (-term.weight, term.text))[:MAX_TERMS]


def likeness(ours: Profile, own_terms: Sequence[Term], other: Profile, ties: Ties = Ties()) -> Likeness | None:
    """How alike `other` is to the project with these terms; `None` where it is not similar."""
    found: list[tuple[float, Reason]] = []
    shared = [(term, word) for term in own_terms if (word := _first(term, other)) is not None]
    if shared:
        share = sum(term.weight for term, _ in shared) / sum(term.weight for term in own_terms)
        words = _unlike(shared)
        label = f"Ähnliche Begriffe: {_listed(words)}"
        found.append((WEIGHTS[Aspect.TERMS] * share, Reason(Aspect.TERMS, label, tuple(words))))
    for aspect in _SETS:
        mine, theirs = ours.links.get(aspect, {}), other.links.get(aspect, {})
        both = sorted(mine.keys() & theirs.keys(), key=lambda key: (fold(mine[key]), key))
        if both:
            share = len(both) / len(mine.keys() | theirs.keys())
            found.append((WEIGHTS[aspect] * share, _said(aspect, [mine[key] for key in both])))
    if ties.adopters:
        share = len(ties.adopters) / (len(ties.adopters) + 1)
        label = f"Beide genutzt von {_listed(ties.adopters)}"
        found.append((WEIGHTS[Aspect.ADOPTION] * share, Reason(Aspect.ADOPTION, label, ties.adopters[:MAX_NAMES])))
    if ties.is_origin or ties.is_derived:
        said = "Aus diesem Projekt hervorgegangen" if ties.is_origin else "Vorlage dieses Projekts"
        found.append((WEIGHTS[Aspect.DERIVATION], Reason(Aspect.DERIVATION, said)))
    score = sum(value for value, _ in found)
    if score < LEAST:
        return None
    # A stable sort: equal contributions stay in the order of the aspects.
    return Likeness(round(min(score, 1.0), 6), tuple(reason for _, reason in sorted(found, key=lambda row: -row[0])))


def _weighted(texts: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[str, float]]:
    """The words of `texts` with weights, each text weighing less than the one before; parts of compounds beside them."""
    for place, text in enumerate(texts):
        weight = 1.0 / (1 + place / 2)
        for word in scan(text):
            if not _is_noun(text, word):
                continue
            for term in word.terms:
                yield term, weight
                for part in lexicon.parts(term) if place < _COMPOUNDS_IN else ():
                    if len(part) >= _SHORTEST_PART:
                        yield part, weight * _PART


def _is_noun(text: str, word: Word) -> bool:
    """Whether `word` is written like a noun; where a sentence begins all are, so only words that are not common count."""
    if not text[word.start].isupper():
        return False
    before = text[: word.start].rstrip(" \t*_#>([„\"'")
    begins = not before or before[-1] in ".!?:\n•–"
    return not begins or word.terms[-1] not in wordlist.german()


def _rarity(word: str, variants: Iterable[str], lexicon: Lexicon) -> float:
    """What it says that two documents have any of `variants`; 0 where it says nothing.

    A word that one document has leads to no other; what many have tells none from another.
    """
    count = sum(lexicon.count(variant) for variant in {word, *variants})
    if count > max(_COMMON * lexicon.documents, _FEW):
        return 0.0
    return log(1 + max(lexicon.documents, count) / count) if count > 1 else 0.0


def _variants(word: str, lexicon: Lexicon) -> frozenset[str]:
    holders = (holder.word for holder in lexicon.holders(word))
    found = dict.fromkeys((word, *lexicon.forms(word), *holders))
    return frozenset(list(found)[:_MAX_VARIANTS])


def _first(term: Term, profile: Profile) -> str | None:
    """How the profile spells the term; the word itself rather than a compound, the shorter rather than the longer."""
    words = term.variants & profile.words.keys()
    return profile.words[min(words, key=lambda word: (word != term.text, len(word), word))] if words else None


def _unlike(shared: Sequence[tuple[Term, str]]) -> list[str]:
    """The spellings, each once: several terms may be in one compound."""
    return list(dict.fromkeys(word for _, word in shared))[:_SHOWN]


def _said(aspect: Aspect, names: Sequence[str]) -> Reason:
    one, many = {
        Aspect.TOPICS: ("Gemeinsames Thema: ", "Gemeinsame Themen: "),
        Aspect.SERVICES: ("Gleiche Leistung: ", "Gleiche Leistungen: "),
        Aspect.FUNDING: ("Gleiche Förderung: ", "Gleiche Förderungen: "),
        Aspect.HOUSES: ("Beide mit ", "Beide mit "),
    }[aspect]
    return Reason(aspect, (one if len(names) == 1 else many) + _listed(names), tuple(names[:MAX_NAMES]))


def _listed(names: Sequence[str]) -> str:
    shown, rest = list(names[:_SHOWN]), len(names) - _SHOWN
    if rest > 0:
        return f"{', '.join(shown)} und {rest} weitere"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} und {shown[-1]}"
