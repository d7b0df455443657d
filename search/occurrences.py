"""Where a text answers a query: the words that snippets mark and explanations name. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Final

from search.german import Word, scan
from search.query import CLEAR, Kind, Query, Unit

_MAX_KEPT: Final = 10_000
"""Characters of a text whose words are kept: they take thirty times their letters."""
_CARRIES: Final = 0.5
"""What carries a hit is worth at least this share of the best that the document has for the same word or part."""
_AS_TYPED: Final = 0.9
"""Words that only say what one wants to do are marked as typed, not in compounds or as synonyms."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The word at `place` of a text answers `unit`, or the part of it that has the slot `slot`.

    Attributes:
        nearness: 0..1, how nearly the word means the unit or its part.
        share: 0..1, what of the unit is answered; 1 for the unit as a whole.
        together: The places of all words of a synonym of several, which answers only as a whole; empty where one word does.
    """

    place: int
    unit: Unit
    slot: int
    kind: Kind
    nearness: float
    share: float
    together: tuple[int, ...] = ()

    @property
    def quality(self) -> float:
        """How nearly the word means what was typed."""
        return self.nearness * self.share

    @property
    def weight(self) -> float:
        """What that is worth in the query."""
        return self.quality * self.unit.weight

    @property
    def is_whole(self) -> bool:
        return self.slot == self.unit.slot


def scanned(text: str) -> tuple[Word, ...]:
    """The words of `text`, kept: one answer reads a text three times, and the next letter typed brings it again."""
    return _kept(text) if len(text) <= _MAX_KEPT else tuple(scan(text))


@lru_cache(maxsize=256)
def _kept(text: str) -> tuple[Word, ...]:
    return tuple(scan(text))


class Reader:
    """Reads texts with one query in mind."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def read(self, words: Sequence[str]) -> list[Occurrence]:
        """All occurrences among the folded `words` of a text, by place; the best one of each place and slot."""
        best: dict[tuple[int, int], Occurrence] = {}
        for found in (*self._single(words), *self._phrases(words)):
            at = (found.place, found.slot)
            if at not in best or best[at].nearness < found.nearness:
                best[at] = found
        return sorted(best.values(), key=lambda found: (found.place, found.slot))

    def _single(self, words: Sequence[str]) -> Iterator[Occurrence]:
        for place, word in enumerate(words):
            for variant in self._query.variants.get(word, ()):
                yield from self._occurrence(place, variant.slot, variant.kind, variant.quality)

    def _phrases(self, words: Sequence[str]) -> Iterator[Occurrence]:
        present = self._query.phrase_words.intersection(words)
        for phrase in self._query.phrases:
            if present.isdisjoint(phrase.rarest):
                continue
            for places in phrase.together(words):
                for place in places:
                    yield from self._occurrence(place, phrase.slot, phrase.kind, phrase.quality, places)

    def _occurrence(
        self, place: int, slot: int, kind: Kind, nearness: float, together: tuple[int, ...] = ()
    ) -> Iterator[Occurrence]:
        if slot in self._owners:
            unit, share = self._owners[slot]
            yield Occurrence(place, unit, slot, kind, nearness, share, together)

    @cached_property
    def _owners(self) -> dict[int, tuple[Unit, float]]:
        """Slot -> the unit that it belongs to, and its share in it."""
        owners = {unit.slot: (unit, 1.0) for unit in self._query.units}
        for unit in self._query.units:
            total = sum(part.weight for part in unit.parts) or 1.0
            owners |= {part.slot: (unit, part.weight / total) for part in unit.parts}
        return owners


def carrying(texts: Iterable[Sequence[Occurrence]]) -> list[list[Occurrence]]:
    """Of the occurrences in the texts of one document those that carry the hit, the best one of each place and unit.

    Where a unit is answered clearly as a whole, or better than by its parts, these add nothing, else the whole does not; nor
    does what means far less than the best that the document has, nor what says what one wants to do, but as it was typed.
    """
    found = [list(text) for text in texts]
    qualities: dict[int, float] = defaultdict(float)
    for occurrence in chain.from_iterable(found):
        qualities[occurrence.slot] = max(qualities[occurrence.slot], occurrence.nearness)
    units = {occurrence.unit.slot: occurrence.unit for text in found for occurrence in text}
    is_about = any(unit.is_met(qualities) for unit in units.values())
    return [_best(occurrence for occurrence in text if _carries(occurrence, qualities, is_about)) for text in found]


def _carries(occurrence: Occurrence, qualities: Mapping[int, float], is_about: bool) -> bool:
    unit = occurrence.unit
    if unit.is_weak and is_about and occurrence.nearness < _AS_TYPED:
        return False
    whole = qualities[unit.slot]
    found, factor = unit.in_parts(qualities) if unit.parts else (0.0, 0.0)
    if occurrence.is_whole != (whole >= min(found * factor, CLEAR)):
        return False
    # `Schülerlabor`, only related to `Platz`, says nothing of parking beside a `Park`.
    best = max(qualities[part.slot] for part in unit.parts) if not occurrence.is_whole else 0.0
    if occurrence.nearness < CLEAR <= best:
        return False
    return occurrence.nearness >= _CARRIES * qualities[occurrence.slot]


def _best(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    best: dict[tuple[int, int], Occurrence] = {}
    for found in occurrences:
        at = (found.place, found.unit.slot)
        if at not in best or best[at].quality < found.quality:
            best[at] = found
    return list(best.values())
