"""Where a text answers a query: the words that snippets mark and explanations name. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from search.query import Kind, PhraseVariant, Query, Unit
from search.scoring import PHRASE_REACH

CLEAR: Final = 0.4
"""Quality from which on a word says what was meant; what is only related lies below."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The word at `place` of a text answers `unit`.

    Attributes:
        quality: 0..1, how nearly it means what was typed; a part of a compound counts by its share.
        weight: `quality` times what the unit weighs in the query.
    """

    place: int
    unit: Unit
    kind: Kind
    quality: float
    weight: float


class Reader:
    """Reads texts with one query in mind."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def read(self, words: Sequence[str]) -> list[Occurrence]:
        """All occurrences among the folded `words` of a text, by place; the best one of each place and unit."""
        best: dict[tuple[int, int], Occurrence] = {}
        for found in (*self._single(words), *self._phrases(words)):
            at = (found.place, found.unit.slot)
            if at not in best or best[at].quality < found.quality:
                best[at] = found
        return sorted(best.values(), key=lambda found: (found.place, found.unit.slot))

    def _single(self, words: Sequence[str]) -> Iterator[Occurrence]:
        for place, word in enumerate(words):
            for variant in self._query.variants.get(word, ()):
                yield from self._occurrence(place, variant.slot, variant.kind, variant.quality)

    def _phrases(self, words: Sequence[str]) -> Iterator[Occurrence]:
        for phrase in self._query.phrases:
            for place in phrase_places(words, phrase):
                yield from self._occurrence(place, phrase.slot, phrase.kind, phrase.quality)

    def _occurrence(self, place: int, slot: int, kind: Kind, quality: float) -> Iterator[Occurrence]:
        if slot in self._owners:
            unit, share = self._owners[slot]
            yield Occurrence(place, unit, kind, quality * share, quality * share * unit.weight)

    @cached_property
    def _owners(self) -> dict[int, tuple[Unit, float]]:
        """Slot -> the unit that it belongs to, and its share in it."""
        owners = {unit.slot: (unit, 1.0) for unit in self._query.units}
        for unit in self._query.units:
            total = sum(part.weight for part in unit.parts) or 1.0
            owners |= {part.slot: (unit, part.weight / total) for part in unit.parts}
        return owners


def clear(occurrences: Iterable[Sequence[Occurrence]]) -> list[list[Occurrence]]:
    """The occurrences of several texts, without those that are only related where another says it clearly."""
    texts = [list(text) for text in occurrences]
    said = {found.unit.slot for text in texts for found in text if is_clear(found)}
    return [[found for found in text if is_clear(found) or found.unit.slot not in said] for text in texts]


def is_clear(found: Occurrence) -> bool:
    """Whether `found` says what was meant; a part of a compound does, however small its share."""
    return found.kind is not Kind.RELATED and (found.quality >= CLEAR or bool(found.unit.parts))


def phrase_places(words: Sequence[str], phrase: PhraseVariant) -> Iterator[int]:
    """The places of all words of `phrase`, where they stand together in any order."""
    first, *rest = phrase.words
    for place, word in enumerate(words):
        if word not in first:
            continue
        window = range(max(0, place - PHRASE_REACH), min(len(words), place + PHRASE_REACH + 1))
        near = [next((other for other in window if words[other] in forms), None) for forms in rest]
        if None not in near:
            yield place
            yield from (other for other in near if other is not None)
