"""German compounds, taken apart by what is known to be a word: pure, and as good as the vocabulary it is given.

After Koehn and Knight, "Empirical Methods for Compound Splitting" (EACL 2003): of all ways to read a word as known words
with linking elements between them, the one whose parts are most frequent on (geometric) average; and none where the word
itself is more frequent than that, since `Feuerwehr` and `Plattform` mean more than their parts.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Final

from search.german import STOP_WORDS

MIN_PART: Final = 3
"""Letters of the shortest part (Rad, Amt, Bus); shorter ones are endings more often than words."""
_MIN_COMPOUND: Final = 7
_MAX_COMPOUND: Final = 40
"""Letters; longer words are addresses, and the ways to read them too many."""
_MAX_PARTS: Final = 4
_SHORT: Final = 4
"""Parts below this length have to be frequent, or else every word falls apart."""
_FREQUENT: Final = 3
_LINKS: Final = ("", "s", "n", "es", "en", "er", "e", "ns")
# Folded. What verbs and adjectives are made with: never a part of its own, though some of them are words, too.
_PREFIXES: Final = frozenset(["abs", "alt", "ange", "anti", "auf", "aus", "ausg", "bei", "dar", "ein", "emp", "ent", "erst", "fort", "her", "hin", "los", "mit", "nach", "neu", "pro", "ruck", "uber", "ume", "un", "unter", "ver", "vor", "wied", "wieder", "zer", "zuge", "zum", "zur", "zusammen", "zwi"])  # fmt: skip
_SUFFIXES: Final = frozenset(["age", "bar", "bare", "chen", "eien", "end", "ende", "enden", "eren", "erin", "erinnen", "ern", "erst", "erung", "haft", "heit", "heiten", "igen", "iger", "ing", "ion", "ionen", "isch", "ische", "ischen", "ist", "keit", "keiten", "lein", "lich", "liche", "lichen", "ling", "los", "mal", "nden", "nder", "nen", "ner", "nis", "ren", "sam", "schaft", "schaften", "sche", "sel", "sen", "ser", "ste", "sten", "tag", "tan", "ten", "ter", "tern", "tet", "teten", "tion", "tionen", "tum", "ung", "ungen", "wert"])  # fmt: skip
_NO_READING: Final[tuple[tuple[str, ...], float]] = ((), 0.0)


class Splitter:
    """Splits words into known words.

    Args:
        counts: Folded word -> documents that have it.
        known: Words of the language, whether or not a document has them.
        count_of_stem: Documents with any form of a stem, for parts that lost their ending (Schul-, Sprach-, Fahr-).
    """

    def __init__(self, counts: Mapping[str, int], known: Collection[str], count_of_stem: Callable[[str], int]) -> None:
        self._counts = counts
        self._known = known
        self._count_of_stem = count_of_stem

    def split(self, word: str) -> tuple[str, ...]:
        """The parts of `word`, without linking elements; empty where it is no compound of known words."""
        if not _MIN_COMPOUND <= len(word) <= _MAX_COMPOUND or not word.isalpha():
            return ()
        own = self._counts.get(word, 0)
        best: tuple[str, ...] = ()
        best_mean = 0.0
        for parts, product in self._readings(word):
            mean = product ** (1 / len(parts))
            # Fewer parts say more each: parkplatz + suche rather than park + platz + suche.
            if (mean / len(parts) ** 2) > best_mean and mean >= own * 0.5:
                best, best_mean = parts, mean / len(parts) ** 2
        return best

    def split_with_typo(self, word: str, near: Callable[[str], Collection[str]]) -> tuple[str, ...]:
        """As `split`, where one part is not a word, but `near` one."""
        if not _MIN_COMPOUND <= len(word) <= _MAX_COMPOUND or not word.isalpha():
            return ()
        for cut in range(len(word) - _SHORT, _SHORT - 1, -1):
            left, right = word[:cut], word[cut:]
            first = self._modifier(left)
            if first and len(right) > _SHORT:
                for found in near(right):
                    return (first, found)
            if self._is_part(right) and len(left) > _SHORT:
                for found in near(left):
                    return (found, right)
        return ()

    def split_begun(self, word: str, begins: Callable[[str], bool]) -> tuple[str, ...]:
        """The first part of `word` and the letters that begin another, as `begins` says; empty where none do."""
        if not _MIN_COMPOUND <= len(word) <= _MAX_COMPOUND or not word.isalpha():
            return ()
        for cut in range(len(word) - MIN_PART, _SHORT - 1, -1):
            first = self._modifier(word[:cut])
            if first and begins(word[cut:]):
                return first, word[cut:]
        return ()

    def _readings(self, word: str) -> Iterator[tuple[tuple[str, ...], float]]:
        """For each number of parts the way to read `word` as known words that are most frequent, and their product.

        Only the best way to each place is gone on from: a word may be read in thousands of ways, and be made so.
        """
        modifier, frequency = cache(self._modifier), cache(self._frequency)
        begun: dict[int, tuple[tuple[str, ...], float]] = {0: ((), 1.0)}
        for _ in range(_MAX_PARTS - 1):
            longer: dict[int, tuple[tuple[str, ...], float]] = {}
            for start, (parts, product) in begun.items():
                for cut in range(start + MIN_PART, len(word) - MIN_PART + 1):
                    found = modifier(word[start:cut])
                    if found and product * frequency(found) > longer.get(cut, _NO_READING)[1]:
                        longer[cut] = ((*parts, found), product * frequency(found))
            begun = longer
            heads = [(start, word[start:]) for start in begun if self._is_head(word[start:])]
            whole = [((*begun[start][0], head), begun[start][1] * frequency(head)) for start, head in heads]
            if whole:
                yield max(whole, key=lambda reading: reading[1])

    def _modifier(self, text: str) -> str:
        """The word that `text` is, perhaps with a linking element; empty where it is none."""
        for link in _LINKS:
            if not text.endswith(link):
                continue
            part = text[: len(text) - len(link)] if link else text
            if self._is_part(part) and part not in _PREFIXES:
                return part
        if len(text) >= _SHORT and text not in _PREFIXES and self._count_of_stem(text) >= _FREQUENT:
            return text
        return ""

    def _is_head(self, text: str) -> bool:
        return self._is_part(text) and text not in _SUFFIXES

    def _is_part(self, text: str) -> bool:
        if len(text) < MIN_PART or text in STOP_WORDS:
            return False
        if len(text) >= _SHORT:
            return text in self._counts or text in self._known
        return self._counts.get(text, 0) >= _FREQUENT

    def _frequency(self, part: str) -> int:
        return max(self._counts.get(part, 0), self._count_of_stem(part), 1)
