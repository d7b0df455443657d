"""What words there are, for one circle of readers: counts, forms, compounds, completions and near misses. Pure.

Making one sorts the vocabulary and no more; what is asked of it is worked out on demand and kept.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.compounds import Splitter
from search.german import stem
from search.port import Vocabulary
from search.typos import MAX_COST, allowed_cost, cost

_NEAREST: Final = 4
"""Near misses that are looked at; more of them only blur what was meant."""
_SHORTEST_STEM: Final = 3
"""Letters of a word that is looked for inside others; shorter ones are inside too many."""
_KEPT: Final = 100_000
"""Answers of each kind that are kept; callers may ask for any word, so there is no end of them."""
_MAX_HOLDERS: Final = 1_500
"""Words with the letters of another inside that are taken apart: bounds what one query costs."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A compound that holds a word; `is_head` where it ends with it."""

    word: str
    is_head: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A known word that may be meant; `cost` as in `search.typos`."""

    word: str
    cost: float


class Lexicon:
    """The words of a vocabulary.

    Args:
        terms: Words of the field, found, completed and corrected to like those of documents, though none may have them.
        known: Words of the language: not to be corrected, and parts of compounds.
    """

    def __init__(
        self, vocabulary: Vocabulary, *, terms: Iterable[str] = (), known: Collection[str] = frozenset()
    ) -> None:
        self.documents = vocabulary.documents
        self._counts = {**dict.fromkeys(terms, 0), **vocabulary.words}
        self._known = known
        self._sorted = sorted(self._counts)
        # Every word between line breaks: finding letters inside any of 300,000 words takes a millisecond this way.
        self._all = "\n".join(["", *self._sorted, ""])
        self._forms = lru_cache(_KEPT)(self._found_forms)
        self._holders = lru_cache(_KEPT)(self._found_holders)
        self._count_of_stem = lru_cache(_KEPT)(self._counted_stem)
        self._splitter = Splitter(self._counts, known, self._count_of_stem)
        self._parts = lru_cache(_KEPT)(self._splitter.split)

    def count(self, word: str) -> int:
        """Documents with `word`; 0 also where it is unknown."""
        return self._counts.get(word, 0)

    def is_known(self, word: str) -> bool:
        """Whether `word` is right as it is: in a document, in any form, or in the language."""
        return word in self._counts or word in self._known or bool(self.forms(word))

    def is_of_language(self, word: str) -> bool:
        """Whether `word` is an everyday one, whatever documents say: what it means is more than what its parts do."""
        return word in self._known

    def rarity(self, count: float) -> float:
        """How much it says that a document has a word that `count` documents have (BM25's inverse frequency)."""
        count = min(count, self.documents)
        return log(1 + (self.documents - count + 0.5) / (count + 0.5))

    def forms(self, word: str) -> tuple[str, ...]:
        """Words of documents with the stem of `word`, itself among them where one has it."""
        forms = self._forms(stem(word))
        if word in self._counts and word not in forms:
            return (*forms, word)
        return forms

    def parts(self, word: str) -> tuple[str, ...]:
        """The words that the compound `word` is made of; empty where it is none."""
        return self._parts(word)

    def parts_with_typo(self, word: str) -> tuple[str, ...]:
        """As `parts`, for a compound that is unknown and has a slip in one part."""
        return self._splitter.split_with_typo(word, lambda part: [near.word for near in self.near(part)[:1]])

    def parts_begun(self, word: str) -> tuple[str, ...]:
        """As `parts`, for a compound that is unknown and of whose last part no more than the beginning is there."""
        return self._splitter.split_begun(word, lambda letters: bool(self.completions(letters, limit=1)))

    def holders(self, word: str) -> tuple[Holder, ...]:
        """Compounds with a form of `word` inside, by word."""
        return self._holders(stem(word))

    def completions(self, prefix: str, *, limit: int) -> list[str]:
        """Words that begin with `prefix` and go on, the most frequent first, then by word."""
        found = [word for word in self._begun(prefix) if word != prefix]
        return sorted(found, key=lambda word: (-self._counts[word], word))[:limit]

    def near(self, word: str, *, is_open: bool = False) -> list[Near]:
        """Words of documents that `word` may be a slip for, the likeliest first; those that begin so where it `is_open`."""
        most = allowed_cost(word)
        if not most:
            return []
        found = {near.word: near for near in self._near(word, self._by_length, most)}
        if is_open and not found:
            found = {near.word: near for near in self._nearly_begun(word, most)}
        ranked = sorted(found.values(), key=lambda near: (near.cost, -self._counts[near.word], near.word))
        return ranked[:_NEAREST]

    def _begun(self, prefix: str) -> list[str]:
        start = bisect_left(self._sorted, prefix)
        return self._sorted[start : bisect_left(self._sorted, prefix + "\U0010ffff", start)]

    def _found_forms(self, root: str) -> tuple[str, ...]:
        # A stem begins its words in all but rare cases.
        return tuple(form for form in self._begun(root) if stem(form) == root)

    def _counted_stem(self, root: str) -> int:
        """Documents with a word of this stem, counted once for each word."""
        return sum(self._counts.get(form, 0) for form in self.forms(root)) if stem(root) == root else 0

    def _found_holders(self, root: str) -> tuple[Holder, ...]:
        if len(root) < _SHORTEST_STEM:
            return ()
        inside = (
            (word, [is_head for part, is_head in self._components(word) if part == root])
            for word in self._containing(root)
        )
        return tuple(Holder(word, any(found)) for word, found in inside if found)

    def _containing(self, letters: str) -> Iterator[str]:
        """Words longer than `letters` with them inside, at most _MAX_HOLDERS."""
        at = self._all.find(letters)
        for _ in range(_MAX_HOLDERS):
            if at < 0:
                return
            start, end = self._all.rindex("\n", 0, at) + 1, self._all.index("\n", at)
            if end - start > len(letters) + 2:
                yield self._all[start:end]
            at = self._all.find(letters, end)

    def _components(self, word: str) -> Iterator[tuple[str, bool]]:
        """The stems inside the compound `word`, those of its parts included, and whether it ends with each."""
        pending = [(word, True)]
        while pending:
            compound, is_last = pending.pop()
            parts = self.parts(compound)
            for place, part in enumerate(parts):
                is_head = is_last and place == len(parts) - 1
                yield stem(part), is_head
                pending.append((part, is_head))

    def _near(self, word: str, by_length: Mapping[int, list[str]], most: float) -> Iterator[Near]:
        reach = round(most / MAX_COST * 2)
        for length in range(len(word) - reach, len(word) + reach + 1):
            choices = by_length.get(length, ())
            for found, _, _ in process.extract(
                word, choices, scorer=OSA.distance, processor=None, score_cutoff=reach, limit=None
            ):
                paid = cost(word, found)
                if 0 < paid <= most:
                    yield Near(found, paid)

    def _nearly_begun(self, word: str, most: float) -> Iterator[Near]:
        """Words that begin with something near `word`, as much as one letter shorter or longer."""
        begun: dict[int, set[str]] = {len(word) + more: set() for more in (-1, 0, 1)}
        # Another first letter costs more than is allowed here, but for these two.
        for first in "yz" if word[0] in "yz" else word[0]:
            for candidate in self._begun(first):
                for length, beginnings in begun.items():
                    if len(candidate) > length:
                        beginnings.add(candidate[:length])
        by_length = {length: sorted(beginnings) for length, beginnings in begun.items()}
        for near in self._near(word, by_length, min(most, MAX_COST / 2)):
            yield from (Near(found, near.cost) for found in self.completions(near.word, limit=_NEAREST))

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        by_length: dict[int, list[str]] = {}
        for word in self._sorted:
            if word.isalpha():
                by_length.setdefault(len(word), []).append(word)
        return by_length
