"""Whether something fits what a house seeks or offers, and why: pure.

The rule: what both concern counts most, a service before a topic; a topic just above or below one of ours less; then the
words that both have, in any form or inside a compound, as a part of all words of the shorter text. Shares add up, and
what comes to less than `LEAST` does not fit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final

from search import wordlist
from search.german import STOP_WORDS, fold, scan, stem
from search.lexicon import Lexicon
from search.port import Vocabulary
from search.thesaurus import Thesaurus
from search.understanding import WEAK_STEMS

LEAST: Final = 0.25
_SERVICE: Final = 0.6
_TOPIC: Final = 0.4
_NEAR_TOPIC: Final = 0.15
_TEXT: Final = 0.6
_SHORTEST: Final = 4
_PART: Final = 0.7
"""Weight of a part of a compound against a word."""
_SHOWN: Final = 3
MAX_NAMES: Final = 5
_MAX_CHARACTERS: Final = 2_000
"""Of a text that are read: what it is about stands at its beginning."""


class MatchAspect(StrEnum):
    """In what something fits."""

    SERVICES = "SERVICES"
    TOPICS = "TOPICS"
    NEAR_TOPICS = "NEAR_TOPICS"
    TEXT = "TEXT"


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared of a need, a project or an expert.

    Attributes:
        services, topics: Key -> name.
        near_topics: Topics just above and below its own: key -> name.
    """

    text: str
    services: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    near_topics: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """`label` says it in German; `names` are the services, topics or words in it, at most `MAX_NAMES`."""

    aspect: MatchAspect
    label: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """How well, 0..1, and why, what counts most first."""

    score: float
    reasons: tuple[Reason, ...]


def fit(ours: Side, other: Side) -> Fit | None:
    """How well `other` fits; None where it does not."""
    found: list[tuple[float, Reason]] = []
    services = _shared(ours.services, other.services)
    if services:
        found.append((_SERVICE, _reason(MatchAspect.SERVICES, "Gleiche Leistung", "Gleiche Leistungen", services)))
    topics = _shared(ours.topics, other.topics)
    if topics:
        found.append((_TOPIC, _reason(MatchAspect.TOPICS, "Gemeinsames Thema", "Gemeinsame Themen", topics)))
    near = _shared(ours.near_topics, other.topics)
    if near and not topics:
        found.append((_NEAR_TOPIC, _reason(MatchAspect.NEAR_TOPICS, "Verwandtes Thema", "Verwandte Themen", near)))
    share, words = _words_of_both(ours.text, other.text)
    if words:
        label = f"Ähnliche Begriffe: {_listed(words)}"
        found.append((_TEXT * share, Reason(MatchAspect.TEXT, label, tuple(words[:MAX_NAMES]))))
    score = sum(value for value, _ in found)
    if score < LEAST:
        return None
    found.sort(key=lambda row: -row[0])
    return Fit(round(min(score, 1.0), 6), tuple(reason for _, reason in found))


@lru_cache(maxsize=4_096)
def stems(text: str) -> Mapping[str, tuple[float, str]]:
    """Stem -> its weight and how `text` spells the word, for every word that says what it is about."""
    found: dict[str, tuple[float, str]] = {}
    text = text[:_MAX_CHARACTERS]
    for word in scan(text):
        spelled = text[word.start : word.end]
        for term in word.terms:
            for piece, weight in ((term, 1.0), *((part, _PART) for part in _language().parts(term))):
                root = stem(piece)
                if len(piece) < _SHORTEST or piece in STOP_WORDS or root in WEAK_STEMS or not _says(spelled):
                    continue
                if found.get(root, (0.0, ""))[0] < weight:
                    found[root] = (weight, spelled)
    return found


def _says(spelled: str) -> bool:
    """Nouns and names say what a text is about; verbs and adjectives how."""
    return spelled[:1].isupper() or any(character.isdigit() for character in spelled)


def _words_of_both(ours: str, other: str) -> tuple[float, list[str]]:
    """The words of both as a share of the shorter text, and how the other text spells them."""
    mine, theirs = stems(ours), stems(other)
    both = {root: min(mine[root][0], theirs[root][0]) for root in mine.keys() & theirs.keys()}
    if not both:
        return 0.0, []
    shorter = min(sum(weight for weight, _ in side.values()) for side in (mine, theirs))
    ranked = sorted(both, key=lambda root: (-both[root], root))
    # Two more than there are: a single word in common says little, though it were the only one.
    return min(sum(both.values()) / (shorter + 2), 1.0), list(dict.fromkeys(theirs[root][1] for root in ranked))


@lru_cache(maxsize=1)
def _language() -> Lexicon:
    """The words of the language and of the field, which compounds are made of; of no document."""
    return Lexicon(Vocabulary(1, {}), terms=Thesaurus.shipped().words(), known=wordlist.german())


def _shared(ours: Mapping[str, str], theirs: Iterable[str]) -> list[str]:
    return sorted((ours[key] for key in set(theirs) & ours.keys()), key=lambda name: (fold(name), name))


def _reason(aspect: MatchAspect, one: str, many: str, names: Sequence[str]) -> Reason:
    return Reason(aspect, f"{one if len(names) == 1 else many}: {_listed(names)}", tuple(names[:MAX_NAMES]))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(_cut(names))


def _cut(names: Sequence[str]) -> Iterator[str]:
    yield from names[:_SHOWN]
    if len(names) > _SHOWN:
        yield "…"
