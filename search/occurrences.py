"""Where a text answers a query: the words that snippets mark and explanations name. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from search.german import Word, scan
from search.query import Kind, Query, Unit

_MAX_KEPT: Final = 10_000
"""Characters of a text whose words are kept: they take thirty times their letters."""
CLEAR: Final = 0.4
"""Quality from which on a word says what was meant; what is only related lies below."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The word at `place` of a text answers `unit`, or the part of it that has the slot `slot`.

    Attributes:
        nearness: 0..1, how nearly the word means the unit or its part.
        share: 0..1, what of the unit is answered; 1 for the unit as a whole.
    """

    place: int
    unit: Unit
    slot: int
    kind: Kind
    nearness: float
    share: float

    @property
    def quality(self) -> float:
        """How nearly the word means what was typed."""
        return self.nearness * self.share

    @property
    def clarity(self) -> tuple[bool, float]:
        return self.is_clear, self.quality

    @property
    def weight(self) -> float:
        """What that is worth in the query."""
        return self.quality * self.unit.weight

    @property
    def is_whole(self) -> bool:
        return self.slot == self.unit.slot

    @property
    def is_clear(self) -> bool:
        """Whether it says what was meant, and not only something close to it."""
        return self.nearness >= CLEAR


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
        """All occurrences among the folded `words` of a text, by place; the best one of each place and unit."""
        best: dict[tuple[int, int], Occurrence] = {}
        for found in (*self._single(words), *self._phrases(words)):
            at = (found.place, found.unit.slot)
            # A word that is itself in the query is never taken for one that is only related to another part of it.
            if at not in best or best[at].clarity < found.clarity:
                best[at] = found
        return sorted(best.values(), key=lambda found: (found.place, found.unit.slot))

    def _single(self, words: Sequence[str]) -> Iterator[Occurrence]:
        for place, word in enumerate(words):
            for variant in self._query.variants.get(word, ()):
                yield from self._occurrence(place, variant.slot, variant.kind, variant.quality)

    def _phrases(self, words: Sequence[str]) -> Iterator[Occurrence]:
        present = self._query.phrase_words.intersection(words)
        for phrase in self._query.phrases:
            if present.isdisjoint(phrase.rarest):
                continue
            for place in phrase.places(words):
                yield from self._occurrence(place, phrase.slot, phrase.kind, phrase.quality)

    def _occurrence(self, place: int, slot: int, kind: Kind, nearness: float) -> Iterator[Occurrence]:
        if slot in self._owners:
            unit, share = self._owners[slot]
            yield Occurrence(place, unit, slot, kind, nearness, share)

    @cached_property
    def _owners(self) -> dict[int, tuple[Unit, float]]:
        """Slot -> the unit that it belongs to, and its share in it."""
        owners = {unit.slot: (unit, 1.0) for unit in self._query.units}
        for unit in self._query.units:
            total = sum(part.weight for part in unit.parts) or 1.0
            owners |= {part.slot: (unit, part.weight / total) for part in unit.parts}
        return owners


def clear(texts: Iterable[Sequence[Occurrence]]) -> list[list[Occurrence]]:
    """The occurrences in the texts of one document, without those that add nothing.

    What is only related adds nothing where another word says it clearly, nor do parts where the whole stands.
    """
    found = [list(text) for text in texts]
    said = {occurrence.slot for text in found for occurrence in text if occurrence.is_clear}
    return [[occurrence for occurrence in text if _adds(occurrence, said)] for text in found]


def _adds(occurrence: Occurrence, said: Collection[int]) -> bool:
    if not occurrence.is_whole and occurrence.unit.slot in said:
        return False
    return occurrence.is_clear or occurrence.slot not in said
