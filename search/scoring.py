"""How well a document answers a query: one pure rule for every engine.

Each slot of the query gets a strength from the document's texts: for each text the best quality of a word there and how
often, weighted by the text's weight and length, with falling returns (BM25F). A unit takes its own strength or that of its
parts together; units add up by weight. Words of the query that stand together in the text count for a little more, and a
document that lacks units for less.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from search.documents import TEXTS
from search.port import Candidate
from search.query import PhraseVariant, Query, Unit

_SATURATION: Final = 4.0
"""Evidence (weight of a text times quality) that is worth half of all there could be."""
_LENGTH: Final = {"title": 6, "names": 12, "summary": 30, "writeup": 150, "notes": 40, "network_notes": 40}
"""Usual number of words; longer texts hold a word more easily."""
_LENGTH_SHARE: Final = 0.35
_PARTS: Final = 0.85
_NEAR: Final = 4
"""Words between which nothing else stands are in one thought; a compound between them makes it 3."""
_NEAR_BONUS: Final = 0.15
_TITLE_BONUS: Final = 0.1
_COVERAGE: Final = 1.0
PHRASE_REACH: Final = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A document that answers.

    Attributes:
        score: 0..1, how well.
        coverage: 0..1, the share of the query's weight that the document answers, however often.
        slots: The units that it answers in part or as a whole.
    """

    score: float
    coverage: float
    slots: frozenset[int]


@dataclass(slots=True)
class _Evidence:
    strengths: list[float]
    qualities: list[float]
    in_title: set[int]
    pairs: set[tuple[int, int]]


def score(query: Query, candidate: Candidate) -> Match | None:
    """How well `candidate` answers `query`; `None` where it has no word of it."""
    if not query.units:
        return None
    evidence = _evidence(query, candidate.attributes)
    total = query.weight
    text = covered = titled = 0.0
    slots: set[int] = set()
    for unit in query.units:
        strength, quality = _unit(unit, evidence)
        text += unit.weight * strength
        covered += unit.weight * min(quality, 1.0)
        if quality:
            slots.add(unit.slot)
        if unit.slot in evidence.in_title:
            titled += unit.weight
    if not covered:
        return None
    coverage = covered / total
    value = text / total * coverage**_COVERAGE
    value += _TITLE_BONUS * titled / total * coverage
    if len(query.units) > 1:
        value += _NEAR_BONUS * min(1.0, len(evidence.pairs) / (len(query.units) - 1)) * coverage
    return Match(min(value / (1 + _TITLE_BONUS + _NEAR_BONUS), 1.0), coverage, frozenset(slots))


def _unit(unit: Unit, evidence: _Evidence) -> tuple[float, float]:
    """Strength and quality of `unit`: of the word as a whole, or of its parts together."""
    strength, quality = evidence.strengths[unit.slot], evidence.qualities[unit.slot]
    if not unit.parts:
        return strength, quality
    weight = sum(part.weight for part in unit.parts) or 1.0
    power = 2.0 if unit.is_known else 1.4
    found = sum(part.weight * evidence.qualities[part.slot] for part in unit.parts) / weight
    strong = sum(part.weight * evidence.strengths[part.slot] for part in unit.parts) / weight
    share = _PARTS * found ** (power - 1)
    return max(strength, strong * share), max(quality, found * share)


def _evidence(query: Query, attributes: Any) -> _Evidence:
    evidence = _Evidence([0.0] * query.slots, [0.0] * query.slots, set(), set())
    owners = {slot: unit.slot for unit in query.units for slot in (unit.slot, *(part.slot for part in unit.parts))}
    sums = [0.0] * query.slots
    for text in TEXTS:
        content = attributes.get(text.name)
        if content:
            _read(query, text.name, content.split(" "), text.weight, evidence, sums, owners)
    if query.keys:
        for key in attributes.get("keys", ()):
            for slot in query.keys.get(key, ()):
                sums[slot] = 4 * TEXTS[0].weight
                evidence.qualities[slot] = 1.0
    evidence.strengths = [value / (value + _SATURATION) for value in sums]
    return evidence


def _read(
    query: Query,
    name: str,
    words: Sequence[str],
    weight: float,
    evidence: _Evidence,
    sums: list[float],
    owners: dict[int, int],
) -> None:
    """Adds what the text `name` says."""
    found: dict[int, float] = {}
    last: dict[int, int] = {}
    for place, word in enumerate(words):
        for variant in query.variants.get(word, ()):
            slot = variant.slot
            owner = owners.get(slot)
            if owner is None:
                continue
            before = found.get(slot)
            # The first, best occurrence counts full, others less and less.
            found[slot] = variant.quality if before is None else max(before, variant.quality) + 0.15 * variant.quality
            evidence.qualities[slot] = max(evidence.qualities[slot], variant.quality)
            if name == "title" and variant.quality >= 0.5:
                evidence.in_title.add(owner)
            for other, at in last.items():
                if other != owner and place - at <= _NEAR:
                    evidence.pairs.add((min(owner, other), max(owner, other)))
            last[owner] = place
    for phrase in query.phrases:
        if phrase.slot in owners and _has_phrase(words, phrase):
            found[phrase.slot] = max(found.get(phrase.slot, 0.0), phrase.quality)
            evidence.qualities[phrase.slot] = max(evidence.qualities[phrase.slot], phrase.quality)
    norm = 1 - _LENGTH_SHARE + _LENGTH_SHARE * len(words) / _LENGTH[name]
    for slot, value in found.items():
        sums[slot] += weight * min(value, 2.0) / max(norm, 0.5)


def _has_phrase(words: Sequence[str], phrase: PhraseVariant) -> bool:
    return next(_phrase_places(words, phrase), None) is not None


def _phrase_places(words: Sequence[str], phrase: PhraseVariant) -> Iterator[int]:
    """Where the words of `phrase` begin to stand together, in any order."""
    first, *rest = phrase.words
    for place, word in enumerate(words):
        if word in first:
            window = set(words[max(0, place - PHRASE_REACH) : place + PHRASE_REACH + 1])
            if all(window & others for others in rest):
                yield place
