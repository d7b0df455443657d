"""What words there are, for one circle of readers: counts, forms, compounds, completions and near misses. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
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


@dataclass(frozen=True, slots=True)
class Holder:
    """A compound that holds a word; `share` is the part of its letters, `is_head` that it ends with the word."""

    word: str
    share: float
    is_head: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A known word that may be meant; `cost` as in `search.typos`."""

    word: str
    cost: float


class Lexicon:
    """The words of a vocabulary, and further ones that are known though no document has them (`known`)."""

    def __init__(self, vocabulary: Vocabulary, known: Iterable[str] = ()) -> None:
        self.documents = vocabulary.documents
        self._counts: dict[str, int] = dict.fromkeys(known, 0)
        self._counts.update(vocabulary.words)
        self._forms: dict[str, list[str]] = {}
        for word in self._counts:
            self._forms.setdefault(stem(word), []).append(word)

    def count(self, word: str) -> int:
        """Documents with `word`; 0 also where it is unknown."""
        return self._counts.get(word, 0)

    def __contains__(self, word: str) -> bool:
        return word in self._counts

    def rarity(self, count: float) -> float:
        """How much it says that a document has a word that `count` documents have (BM25's inverse frequency)."""
        count = min(count, self.documents)
        return log(1 + (self.documents - count + 0.5) / (count + 0.5))

    def forms(self, word: str) -> tuple[str, ...]:
        """Known words with the stem of `word`, itself among them where it is known."""
        return tuple(self._forms.get(stem(word), ()))

    def parts(self, word: str) -> tuple[str, ...]:
        """The words that the compound `word` is made of; empty where it is none."""
        parts = self._parts.get(word)
        return self._splitter.split(word) if parts is None else parts

    def parts_with_typo(self, word: str) -> tuple[str, ...]:
        """As `parts`, for a compound that is unknown and has a slip in one part."""
        return self._splitter.split_with_typo(word, lambda part: [near.word for near in self.near(part)[:1]])

    def holders(self, word: str) -> tuple[Holder, ...]:
        """Compounds with a form of `word` inside."""
        return tuple(self._holders.get(stem(word), ()))

    def completions(self, prefix: str, *, limit: int) -> list[str]:
        """Words that begin with `prefix` and go on, the most frequent first, then by word."""
        words = self._sorted
        end = bisect_left(words, prefix + "\uffff")
        found = [word for word in words[bisect_left(words, prefix) : end] if word != prefix]
        return sorted(found, key=lambda word: (-self._counts[word], word))[:limit]

    def near(self, word: str, *, is_open: bool = False) -> list[Near]:
        """Known words that `word` may be a slip for, the likeliest first; those that begin so where it `is_open`."""
        most = allowed_cost(word)
        if not most:
            return []
        found = {near.word: near for near in self._near(word, self._by_length, most)}
        if is_open and not found:
            found = {near.word: near for near in self._nearly_begun(word, most)}
        ranked = sorted(found.values(), key=lambda near: (near.cost, -self._counts[near.word], near.word))
        return ranked[:_NEAREST]

    def _near(self, word: str, by_length: Mapping[int, list[str]], most: float) -> Iterator[Near]:
        reach = round(most / MAX_COST * 2)
        for length in range(len(word) - reach, len(word) + reach + 1):
            choices = by_length.get(length, ())
            for found, _, _ in process.extract(
                word, choices, scorer=OSA.distance, processor=None, score_cutoff=reach, limit=20
            ):
                paid = cost(word, found)
                if 0 < paid <= most:
                    yield Near(found, paid)

    def _nearly_begun(self, word: str, most: float) -> Iterator[Near]:
        begun: dict[str, list[str]] = {}
        for candidate in self._sorted:
            if len(candidate) > len(word):
                begun.setdefault(candidate[: len(word)], []).append(candidate)
        for near in self._near(word, {len(word): list(begun)}, min(most, MAX_COST / 2)):
            best = sorted(begun[near.word], key=lambda found: (-self._counts[found], found))
            yield from (Near(found, near.cost) for found in best[:_NEAREST])

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._counts)

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        by_length: dict[int, list[str]] = {}
        for word in self._sorted:
            if word.isalpha():
                by_length.setdefault(len(word), []).append(word)
        return by_length

    @cached_property
    def _splitter(self) -> Splitter:
        stems = {root: sum(self._counts[word] for word in words) for root, words in self._forms.items()}
        return Splitter(self._counts, stems)

    @cached_property
    def _parts(self) -> dict[str, tuple[str, ...]]:
        return {word: self._splitter.split(word) for word in self._counts}

    @cached_property
    def _holders(self) -> dict[str, list[Holder]]:
        holders: dict[str, list[Holder]] = {}
        for word in self._counts:
            for root, holder in self._components(word):
                holders.setdefault(root, []).append(holder)
        return holders

    def _components(self, word: str) -> Iterator[tuple[str, Holder]]:
        """The stems inside the compound `word`, those of its parts included."""
        pending = [(word, True)]
        seen: set[str] = set()
        while pending:
            compound, is_last = pending.pop()
            parts = self.parts(compound)
            for place, part in enumerate(parts):
                is_head = is_last and place == len(parts) - 1
                root = stem(part)
                if root not in seen:
                    seen.add(root)
                    yield root, Holder(word, len(part) / len(word), is_head)
                pending.append((part, is_head))
