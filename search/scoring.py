"""How well a document answers a query: one pure rule for every engine.

Each slot of the query gets a strength from the document's texts: for each text the best quality of a word there and how
often, weighted by the text's weight and length, with falling returns (BM25F). A unit takes its own strength or that of its
parts together; units add up by weight. Words of the query that stand together in the text count for a little more, and a
document that lacks units for less.

Numbers without a source of their own were tuned on one half of the judged queries of bench/relevance; `make relevance`
shows on the other half what another value costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from search.documents import TEXTS, Attribute
from search.port import Candidate
from search.query import Query, Unit, Variant

_SATURATION: Final = 4.0
"""Evidence (weight of a text times quality) that is worth half of all there could be."""
_LENGTH: Final = {"title": 6, "names": 12, "summary": 30, "writeup": 150, "notes": 40, "network_notes": 40}
"""Usual number of words; longer texts hold a word more easily."""
_LENGTH_SHARE: Final = 0.5
"""Of a text's length that counts against it (BM25's b)."""
_KEY: Final = 4
"""Times as good as the words in a title: whoever types a key means what has it."""
_AGAIN: Final = 0.15
"""What each further occurrence in a text is worth against the first."""
_TITLE_QUALITY: Final = 0.5
"""From which on a word in the title says that the project is about it."""
_NEAR: Final = 4
"""Words between which nothing else stands are in one thought; a compound between them makes it 3."""
_NEAR_BONUS: Final = 0.03
_TITLE_BONUS: Final = 0.1
"""For all words together, against 1 for what the texts say of them."""
_COVERAGE: Final = 1.0
"""Power of the share of the query that is answered, by which a score is multiplied."""


@dataclass(frozen=True, slots=True)
class Match:
    """A document that answers.

    Attributes:
        score: 0..1, how well.
        coverage: 0..1, the share of the query's weight that the document answers, however often.
        slots: The units that it answers in part or as a whole.
        is_about: It answers more than words that carry no hit.
        is_clear: It answers a word by more than what is related to it or to a part of it.
    """

    score: float
    coverage: float
    slots: frozenset[int]
    is_about: bool = True
    is_clear: bool = True


class _Evidence:
    """What the texts of one document say for each slot."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.owners = {slot: unit.slot for unit in query.units for slot in (unit.slot, *(p.slot for p in unit.parts))}
        self.sums = [0.0] * query.slots
        self.qualities = [0.0] * query.slots
        self.in_title: set[int] = set()
        self.pairs: set[tuple[int, int]] = set()
        self.has_key = False

    def read(self, text: Attribute, words: Sequence[str]) -> None:
        """Adds what `text` says in `words`."""
        get = self.query.variants.get
        matches = [(place, variants) for place, word in enumerate(words) if (variants := get(word))]
        if not matches and not self.query.phrases:
            return
        found: dict[int, float] = {}
        for _, variants in matches:
            for variant in variants:
                slot, quality = variant.slot, variant.quality
                before = found.get(slot)
                # The best occurrence counts full, each other one a little.
                found[slot] = quality if before is None else max(before, quality) + _AGAIN * quality
                self.qualities[slot] = max(self.qualities[slot], quality)
                if text.name == "title" and quality >= _TITLE_QUALITY:
                    self.in_title.add(self.owners[slot])
        present = self.query.phrase_words.intersection(words)
        for phrase in self.query.phrases if present else ():
            # The rarest first: most phrases are not there, and this says so at once.
            if present.isdisjoint(phrase.rarest) or any(present.isdisjoint(forms) for forms in phrase.words):
                continue
            if next(phrase.together(words), None) is not None:
                found[phrase.slot] = max(found.get(phrase.slot, 0.0), phrase.quality)
                self.qualities[phrase.slot] = max(self.qualities[phrase.slot], phrase.quality)
        if len(self.query.units) > 1:
            self._pair(matches)
        norm = max(1 - _LENGTH_SHARE + _LENGTH_SHARE * len(words) / _LENGTH[text.name], 0.5)
        for slot, value in found.items():
            self.sums[slot] += text.weight * min(value, 2.0) / norm

    def read_key(self, slots: Sequence[int]) -> None:
        """Adds that the document has an official key: all its words, as if they stood together in the title."""
        for slot in slots:
            self.sums[slot] += _KEY * TEXTS[0].weight
            self.qualities[slot] = 1.0
            self.has_key = True
        self.in_title.update(slots)
        self._note(set(slots))

    def _pair(self, matches: Sequence[tuple[int, tuple[Variant, ...]]]) -> None:
        """Notes the units that stand close together, or in one compound."""
        for _, variants in matches:
            self._note({self.owners[variant.slot] for variant in variants})
        for (first, left), (second, right) in pairwise(matches):
            if second - first <= _NEAR:
                self._note({self.owners[variant.slot] for variant in (*left, *right)})

    def _note(self, together: set[int]) -> None:
        if len(together) > 1:
            self.pairs.update(pairwise(sorted(together)))


def score(query: Query, candidate: Candidate) -> Match | None:
    """How well `candidate` answers `query`; `None` where it has no word of it."""
    if not query.units:
        return None
    evidence = _evidence(query, candidate.attributes)
    coverage = query.coverage(evidence.qualities)
    if not coverage:
        return None
    total = query.weight
    value = sum(unit.weight * _unit(unit, evidence) for unit in query.units) / total
    value += _TITLE_BONUS * sum(unit.weight for unit in query.units if unit.slot in evidence.in_title) / total
    if len(query.units) > 1:
        value += _NEAR_BONUS * min(1.0, len(evidence.pairs) / (len(query.units) - 1))
    slots = frozenset(unit.slot for unit in query.units if unit.quality(evidence.qualities))
    value = min(value * coverage**_COVERAGE / (1 + _TITLE_BONUS + _NEAR_BONUS), 1.0)
    return Match(
        value,
        coverage,
        slots,
        is_about=evidence.has_key or query.is_met(evidence.qualities),
        is_clear=evidence.has_key or query.is_clear(evidence.qualities),
    )


def _unit(unit: Unit, evidence: _Evidence) -> float:
    """Strength of `unit`: of the word as a whole, or of its parts together."""
    strength = _strength(evidence.sums[unit.slot])
    if not unit.parts:
        return strength
    _, factor = unit.in_parts(evidence.qualities)
    weight = sum(part.weight for part in unit.parts) or 1.0
    strong = sum(part.weight * _strength(evidence.sums[part.slot]) for part in unit.parts) / weight
    return max(strength, strong * factor)


def _strength(evidence: float) -> float:
    return evidence / (evidence + _SATURATION)


def _evidence(query: Query, attributes: Mapping[str, Any]) -> _Evidence:
    evidence = _Evidence(query)
    for text in TEXTS:
        content = attributes.get(text.name)
        if content:
            evidence.read(text, content.split(" "))
    for key in attributes.get("keys", ()) if query.keys else ():
        evidence.read_key(query.keys.get(key, ()))
    return evidence
