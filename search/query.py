"""From what somebody typed to what documents may say for it: pure, from a lexicon and a thesaurus.

A query is units, one for each word that is meant. A unit that is a compound has parts, each with a place of its own
(slot). Every word that documents may have instead of a slot's word is a variant of it, with a quality in 0..1 that says
how nearly it means the same, and a kind that says why.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from search.documents import MATCHED
from search.port import MAX_CLAUSE_WORDS, Clause, Tier

Qualities = Sequence[float] | Mapping[int, float]
"""How well each slot is answered, 0..1."""

CLEAR: Final = 0.4
"""Quality from which on a word says what was meant; what is only related lies below."""
_PARTS: Final = 0.76
"""What the parts of a compound are worth together, against the compound itself."""
_PHRASE_REACH: Final = 5
"""Words before and after the first word of a phrase among which its others may stand."""
_PARTS_OF_KNOWN: Final = 1.0
_PARTS_OF_UNKNOWN: Final = 0.4
"""Power of the share that is there: half of a compound that documents have says less than half of one they don't."""


class Kind(StrEnum):
    """Why a word of a document answers a word of the query."""

    KEY = "KEY"
    EXACT = "EXACT"
    FORM = "FORM"
    JOINED = "JOINED"
    PREFIX = "PREFIX"
    COMPOUND = "COMPOUND"
    TYPO = "TYPO"
    SYNONYM = "SYNONYM"
    RELATED = "RELATED"


@dataclass(frozen=True, slots=True)
class Variant:
    """A word answers `slot` with `quality`."""

    slot: int
    quality: float
    kind: Kind


@dataclass(frozen=True, slots=True)
class PhraseVariant:
    """Several words that together answer `slot`: each given in all its forms.

    Attributes:
        rarest: The one that the fewest documents have, by which all are retrieved.
    """

    slot: int
    quality: float
    kind: Kind
    words: tuple[frozenset[str], ...]
    rarest: frozenset[str]

    def together(self, text: Sequence[str]) -> Iterator[tuple[int, ...]]:
        """The places in `text` (folded words) of all words of the phrase, for each time that they stand together in any order."""
        first, *rest = self.words
        for place, word in enumerate(text):
            if word not in first:
                continue
            window = range(max(0, place - _PHRASE_REACH), min(len(text), place + _PHRASE_REACH + 1))
            near = [
                min(
                    (other for other in window if text[other] in forms),
                    key=lambda other: abs(other - place),
                    default=None,
                )
                for forms in rest
            ]
            others = [other for other in near if other is not None]
            if len(others) == len(rest):
                yield tuple(sorted({place, *others}))


@dataclass(frozen=True, slots=True)
class Correction:
    """What stands in the text from `start` up to `end` is a slip for `word` (folded)."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a compound; `is_weak` as of `Unit`."""

    slot: int
    text: str
    weight: float
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A word that is meant.

    Attributes:
        text: Folded, as typed.
        weight: How much it says that a document has it; more than 0.
        is_known: Documents have the word itself, so that one of its parts alone says little.
        is_missing: No document has it, nor anything like it, as far as the lexicon knows: an entry of the caller's own
            may still be the only one.
        is_weak: Says what one wants to do and not what about (`anmelden`, `App`): where there are others, it carries no hit.
        is_everyday: People know the word, and no document has it: what only one part of it answers may be something else.
    """

    slot: int
    text: str
    weight: float
    is_known: bool = True
    is_missing: bool = False
    is_weak: bool = False
    is_everyday: bool = False
    parts: tuple[Part, ...] = ()

    def quality(self, qualities: Qualities) -> float:
        """How well the unit is answered where each slot is as in `qualities`: as a word, or by its parts."""
        whole = qualities[self.slot]
        if not self.parts:
            return whole
        found, factor = self.in_parts(qualities)
        return max(whole, found * factor)

    def is_met(self, qualities: Qualities) -> bool:
        """Whether anything that says what about is answered: the word, or such a part of it."""
        if self.is_weak or not self.quality(qualities):
            return False
        return bool(qualities[self.slot]) or any(qualities[part.slot] for part in self.parts if not part.is_weak)

    def in_parts(self, qualities: Qualities) -> tuple[float, float]:
        """The share of the compound that its parts answer, and what that is worth against the compound itself.

        Where one part says nothing by itself (`Amt`), half of an everyday word is something else: `Standesamt` is no `Stand`.
        """
        is_one_thing = self.is_everyday and any(part.is_weak for part in self.parts)
        if is_one_thing and any(qualities[part.slot] < CLEAR for part in self.parts):
            return 0.0, 0.0
        weight = sum(part.weight for part in self.parts)
        found = sum(part.weight * qualities[part.slot] for part in self.parts) / weight if weight else 0.0
        return found, _PARTS * found ** (_PARTS_OF_KNOWN if self.is_known else _PARTS_OF_UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for.

    Attributes:
        units: In the order typed; empty where the text has no word (`?!`).
        variants: Word of documents -> the slots that it answers.
        phrase_words: Every word of the phrases.
        keys: Official key -> the slots that it answers.
        attainable: 0..1, the share of the query's weight that a document would answer that had every best variant.
        missing: The missing units as typed.
        corrections: The slips in the text, in its order.
    """

    text: str
    slots: int = 0
    units: tuple[Unit, ...] = ()
    variants: Mapping[str, tuple[Variant, ...]]
    phrases: tuple[PhraseVariant, ...] = ()
    phrase_words: frozenset[str] = frozenset()
    keys: Mapping[str, tuple[int, ...]]
    attainable: float = 1.0
    missing: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def weight(self) -> float:
        """Of all units together."""
        return sum(unit.weight for unit in self.units)

    def coverage(self, qualities: Qualities) -> float:
        """0..1, the share of the query's weight that is answered where each slot is as in `qualities`."""
        return sum(unit.weight * min(unit.quality(qualities), 1.0) for unit in self.units) / self.weight

    def is_met(self, qualities: Qualities) -> bool:
        """Whether more is answered than words that carry no hit, unless there are no others."""
        return all(unit.is_weak for unit in self.units) or any(unit.is_met(qualities) for unit in self.units)

    def is_clear(self, qualities: Qualities) -> bool:
        """Whether any word is answered by more than what is related to it or to a part of it."""
        return any(unit.quality(qualities) >= CLEAR for unit in self.units)

    def tiers(self) -> tuple[Tier, ...]:
        """What to retrieve: documents with all units in title or names first, those with any unit last."""
        if not self.units and not self.keys:
            return ()
        return tuple(dict.fromkeys(self._tiers()))

    def _tiers(self) -> Iterator[Tier]:
        if self.keys:
            yield (Clause(("keys",), frozenset(self.keys)),)
        by_weight = sorted(self.units, key=lambda unit: -unit.weight)
        if not by_weight:
            return
        answers = self._answers()
        strict = [tuple(_compound(unit, answers)) for unit in by_weight]
        loose = answers[by_weight[0].slot].union(*(answers[part.slot] for part in by_weight[0].parts))
        yield self._tier(strict, "head_words")
        yield self._tier(strict, *_ANYWHERE)
        if len(strict) > 2:
            yield self._tier(strict[:2], *_ANYWHERE)
        yield (self._clause(loose, "head_words"),)
        yield (self._clause(loose, *_ANYWHERE),)
        yield (self._clause(frozenset().union(*answers), *_ANYWHERE),)

    def _answers(self) -> list[frozenset[str]]:
        """For each slot the words that answer it, phrases by their rarest one."""
        answers: list[set[str]] = [set() for _ in range(self.slots)]
        for word, variants in self.variants.items():
            for variant in variants:
                answers[variant.slot].add(word)
        for phrase in self.phrases:
            answers[phrase.slot].update(phrase.rarest)
        return [frozenset(words) for words in answers]

    def _tier(self, units: Iterable[Iterable[frozenset[str]]], *attributes: str) -> Tier:
        return tuple(self._clause(words, *attributes) for unit in units for words in unit)

    def _clause(self, words: frozenset[str], *attributes: str) -> Clause:
        """Documents that have any of `words`; where there are too many, of those nearest in meaning."""
        return Clause(attributes, self._nearest(words, MAX_CLAUSE_WORDS))

    def nearest_words(self, most: int) -> frozenset[str]:
        """At most `most` of the words that answer anything, those nearest in meaning."""
        return self._nearest(frozenset().union(*self._answers()), most)

    def _nearest(self, words: frozenset[str], most: int) -> frozenset[str]:
        return words if len(words) <= most else frozenset(sorted(words, key=self._remoteness)[:most])

    def _remoteness(self, word: str) -> tuple[float, str]:
        return -max((variant.quality for variant in self.variants.get(word, ())), default=0.0), word


def any_of(queries: Sequence[Query]) -> Clause | None:
    """Documents with a word of any of `queries`; where there are too many words, of each those nearest in meaning."""
    if not queries:
        return None
    most = MAX_CLAUSE_WORDS // len(queries)
    return Clause(_ANYWHERE, frozenset().union(*(query.nearest_words(most) for query in queries)))


def _compound(unit: Unit, answers: Sequence[frozenset[str]]) -> Iterator[frozenset[str]]:
    """What documents have that answer `unit` as a whole or in all its parts: any word of each set."""
    for part in unit.parts or (unit,):
        yield answers[unit.slot] | answers[part.slot]


_ANYWHERE: Final = tuple(name for name in MATCHED if name.endswith("words") and name != "head_words")
