"""What to offer while somebody types: pure.

A name fits where every word typed stands for one of its words; the last one may be unfinished. How well it fits is how
well the word fits that fits worst (`Fit`); of names that fit alike, kinds come in the order of `Kind`, then the larger
ones, then by name. No kind takes more than half of the places while others have something to offer.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from graph.model import NodeKey
from search import wordlist
from search.german import MAX_QUERY_WORDS, fold, scan, words
from search.lexicon import Lexicon
from search.port import Clause, Tier, Vocabulary
from search.thesaurus import Thesaurus

_SHORTEST_BESIDE: Final = 3
"""Letters typed before names are found by more than their own words."""
_COMPLETIONS: Final = 500
"""Words of documents that a beginning may stand for, the most frequent."""


class Fit(IntEnum):
    """How well a text fits a name."""

    WHOLE = 0
    BEGINS = 1
    """The name begins with the text."""
    WORDS = 2
    """Its words, or their beginnings, are words of the name."""
    MEANING = 3
    """As other forms, in compounds, or as synonyms."""
    SLIP = 4
    """With typing errors."""


Closeness = tuple[Fit, float]
"""The fit, and what slips cost (`search.typos`); the lower the better."""


class Kind(IntEnum):
    """What a proposal leads to, in the order in which equals are shown."""

    PROJECT = 0
    TOPIC = 1
    SEARCH = 2
    HUB = 3
    MUNICIPALITY = 4
    UNIVERSITY = 5


@dataclass(frozen=True, slots=True)
class Typed:
    """A text as typed so far: its folded words; the last one is open while nothing ends it."""

    words: tuple[str, ...]
    is_open: bool

    @classmethod
    def of(cls, text: str) -> "Typed":
        """The first MAX_QUERY_WORDS words of `text`; a hyphenated word is its parts."""
        found = list(scan(text))
        parts = [part for word in found for part in _parts(word.terms)]
        is_open = bool(found) and found[-1].end == len(text) and len(parts) <= MAX_QUERY_WORDS
        return cls(tuple(parts[:MAX_QUERY_WORDS]), is_open)

    @property
    def joined(self) -> str:
        return "".join(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """Something that goes by a name.

    Attributes:
        beside: Other words that it is found by, though not as well as by its name: a town, an English name.
        detail: What tells it from others of the same name.
        size: The larger comes first among equals.
    """

    key: NodeKey
    kind: Kind
    text: str
    beside: tuple[str, ...] = ()
    detail: str | None = None
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One suggestion; `key` of a search is that of the project that it finds first."""

    closeness: Closeness
    kind: Kind
    text: str
    key: NodeKey
    detail: str | None = None
    size: int = 0


class Reading:
    """What each word typed may stand for.

    Args:
        lexicon: Words that names may have.
        thesaurus: Where other words than those typed, or parts of them, may be meant, too; `None` for proper nouns.
    """

    def __init__(self, typed: Typed, lexicon: Lexicon, thesaurus: Thesaurus | None = None) -> None:
        self.typed = typed
        self._lexicon = lexicon
        self._thesaurus = thesaurus
        last = len(typed.words) - 1
        self._choices = [
            self._choose(word, is_open=typed.is_open and place == last) for place, word in enumerate(typed.words)
        ]

    def tier(self, attribute: str) -> Tier:
        """Documents that have something for every word in `attribute`."""
        return tuple(Clause((attribute,), frozenset(choices)) for choices in self._choices)

    def words(self, place: int) -> Mapping[str, Closeness]:
        """The words that the word at `place` may stand for."""
        return self._choices[place]

    def closeness(self, name: str, beside: Iterable[str] = ()) -> Closeness | None:
        """How close the text is to `name`; `None` where a word of it stands for nothing there."""
        own, others = _read(name).words, [word for text in beside for word in _read(text).words]
        worst: Closeness = (Fit.WHOLE, 0.0)
        for place, typed in enumerate(self.typed.words):
            found = [close for word in own if (close := self._one(place, word)) is not None]
            if len(typed) >= _SHORTEST_BESIDE:
                aside = (close for word in others if (close := self._one(place, word)) is not None)
                found += [max(close, (Fit.MEANING, 0.0)) for close in aside]
            if not found:
                return None
            worst = max(worst, min(found))
        return (self._as_a_whole(name), 0.0) if worst[0] <= Fit.WORDS else worst

    def _one(self, place: int, word: str) -> Closeness | None:
        """As what the word at `place` stands for `word`. Entries that few may read have words that no lexicon knows."""
        typed = self.typed.words[place]
        is_open = self.typed.is_open and place == len(self._choices) - 1
        if word == typed or (is_open and word.startswith(typed)):
            return (Fit.WORDS, 0.0)
        return self._choices[place].get(word)

    def _as_a_whole(self, name: str) -> Fit:
        read, typed = _read(name), self.typed.joined
        if typed in read.joined:
            return Fit.WHOLE
        return Fit.BEGINS if read.joined[0].startswith(typed) else Fit.WORDS

    def _choose(self, word: str, *, is_open: bool) -> dict[str, Closeness]:
        lexicon = self._lexicon
        exact: Closeness = (Fit.WORDS, 0.0)
        choices = {word: exact}
        if is_open:
            choices |= dict.fromkeys(lexicon.completions(word, limit=_COMPLETIONS), exact)
        known = len(choices) > 1 or bool(lexicon.count(word))
        if self._thesaurus is not None:
            for other in self._meant(word, self._thesaurus):
                choices.setdefault(other, (Fit.MEANING, 0.0))
            known = known or len(choices) > 1
        if not known:
            for near in lexicon.near(word, is_open=is_open):
                begun = lexicon.completions(near.word, limit=_COMPLETIONS) if is_open else []
                for other in (near.word, *begun):
                    choices.setdefault(other, (Fit.SLIP, near.cost))
        return choices

    def _meant(self, word: str, thesaurus: Thesaurus) -> Iterator[str]:
        equals = (expansion.phrase for expansion in thesaurus.expansions((word,)) if not expansion.is_related)
        for one in (word, *(phrase[0] for phrase in equals if len(phrase) == 1)):
            yield one
            yield from self._lexicon.forms(one)
            yield from (holder.word for holder in self._lexicon.holders(one))


class Directory:
    """Names that people may begin to type, with the lexicon of their words.

    Args:
        thesaurus: For names that are no proper nouns: their synonyms and compounds find them, too.
    """

    def __init__(self, names: Sequence[Name], thesaurus: Thesaurus | None = None) -> None:
        self._names = names
        self._thesaurus = thesaurus
        self._places: dict[str, list[int]] = {}
        for place, name in enumerate(names):
            for word in {word for text in (name.text, *name.beside) for word in words(text)}:
                self._places.setdefault(word, []).append(place)
        counts = {word: len(places) for word, places in self._places.items()}
        known = wordlist.german() if thesaurus is not None else frozenset()
        self._lexicon = Lexicon(Vocabulary(len(names), counts), known=known)
        self._sorted = sorted(counts)

    def __len__(self) -> int:
        return len(self._names)

    def proposals(self, typed: Typed) -> Iterator[Proposal]:
        """The names that `typed` fits, in no order; none where nothing is typed."""
        if not typed.words:
            return
        reading = Reading(typed, self._lexicon, self._thesaurus)
        for place in self._candidates(reading):
            name = self._names[place]
            closeness = reading.closeness(name.text, name.beside)
            if closeness is not None:
                yield Proposal(
                    closeness=closeness,
                    kind=name.kind,
                    text=name.text,
                    key=name.key,
                    detail=name.detail,
                    size=name.size,
                )

    def _candidates(self, reading: Reading) -> set[int]:
        """Names that have something for every word."""
        found: set[int] | None = None
        for place in range(len(reading.typed.words)):
            having = {name for word in self._standing_for(reading, place) for name in self._places.get(word, ())}
            found = having if found is None else found & having
        return found or set()

    def _standing_for(self, reading: Reading, place: int) -> Iterator[str]:
        yield from reading.words(place)
        if reading.typed.is_open and place == len(reading.typed.words) - 1:
            # All of them: the lexicon completes with the most frequent only, and place names are all rare.
            begun = reading.typed.words[place]
            start = bisect_left(self._sorted, begun)
            yield from self._sorted[start : bisect_left(self._sorted, begun + "\U0010ffff", start)]


@dataclass(frozen=True, slots=True)
class _Read:
    """A name in words, and joined to one: as a whole and up to a comma (`Zeitz, Stadt`; nobody types that)."""

    words: tuple[str, ...]
    joined: tuple[str, str]


@lru_cache(maxsize=65_536)
def _read(name: str) -> _Read:
    joined = (Typed.of(name).joined, Typed.of(name.partition(",")[0]).joined)
    return _Read(tuple(words(name)), joined)


def mix(proposals: Iterable[Proposal], first: int) -> list[Proposal]:
    """The best `first`, no two leading to the same, no kind with more than its share while there are others."""
    ranked = _unique(sorted(proposals, key=_order))
    share = max(first // 2, 1)
    taken: dict[Kind, int] = {}
    chosen: list[Proposal] = []
    spare: list[Proposal] = []
    for proposal in ranked:
        taken[proposal.kind] = taken.get(proposal.kind, 0) + 1
        (chosen if taken[proposal.kind] <= share else spare).append(proposal)
    return sorted([*chosen[:first], *spare[: max(first - len(chosen), 0)]], key=_order)


def _order(proposal: Proposal) -> tuple[Closeness, int, int, str, str, str]:
    return proposal.closeness, proposal.kind, -proposal.size, fold(proposal.text), str(proposal.key), proposal.text


def _unique(ranked: Iterable[Proposal]) -> list[Proposal]:
    """Without what is there already; a search for the very name of something else leads nowhere new."""
    by_key: dict[NodeKey, Proposal] = {}
    searches: dict[str, Proposal] = {}
    for proposal in ranked:
        if proposal.kind is Kind.SEARCH:
            searches.setdefault(Typed.of(proposal.text).joined, proposal)
        else:
            by_key.setdefault(proposal.key, proposal)
    named = {Typed.of(proposal.text).joined for proposal in by_key.values()}
    new = (proposal for said, proposal in searches.items() if said not in named)
    return sorted([*by_key.values(), *new], key=_order)


def _parts(terms: tuple[str, ...]) -> tuple[str, ...]:
    return terms if len(terms) == 1 else terms[:-1]
