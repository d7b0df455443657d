"""Why a hit is one: pure, from the query and the attributes that the document was ranked by.

A candidate comes with what its caller may read (`search.port.Candidate`), so an explanation tells nothing else.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from auth.policy import NETWORK
from search.documents import TEXTS
from search.german import MAX_WORD_LENGTH, fold, scan
from search.occurrences import Reader, carrying, scanned
from search.port import Candidate
from search.query import Kind, Query
from search.scoring import Match

MAX_WORDS: Final = 20
"""Pairs of words that are named, the nearest in meaning first; more explain nothing."""
_LONGER: Final = 3
"""Letters that folding may take from a part of a word (`oe`)."""

LABELS: Final = {
    Kind.KEY: "amtlicher Schlüssel",
    Kind.EXACT: "genau dieses Wort",
    Kind.FORM: "andere Wortform",
    Kind.JOINED: "zusammengeschrieben",
    Kind.PREFIX: "fängt so an",
    Kind.COMPOUND: "Teil einer Zusammensetzung",
    Kind.TYPO: "ähnlich geschrieben",
    Kind.SYNONYM: "gleichbedeutend",
    Kind.RELATED: "verwandt",
}


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """A word of the document that answers a word of the query.

    Attributes:
        typed: The word of the query, as typed.
        part: The part of it that is answered, where it is a compound and not answered as a whole; as typed, but for slips.
        found: The word of the document, as it is written where its text is known, else folded.
        attribute: Of `search.documents.TEXTS`, or `keys`.
        quality: 0..1, how nearly it means what was typed.
    """

    typed: str
    part: str | None
    found: str
    attribute: str
    kind: Kind
    quality: float

    @property
    def label(self) -> str:
        """Why it answers, in German."""
        return LABELS[self.kind]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What made a hit, and what moved it.

    Attributes:
        words: The nearest in meaning first.
        missing: Words of the query that the document does not answer, as typed.
        text_score: 0..1, how well the text answers; it decides first, in steps of `search.finder.BAND`.
        coverage: 0..1, the share of the query that is answered at all.
        reuse: Confirmed adoptions that the caller may see; they decide among texts that answer alike.
        confirmed_at: When the entry was last confirmed, which decides after that; `None`: never.
    """

    words: tuple[MatchedWord, ...]
    missing: tuple[str, ...]
    text_score: float
    coverage: float
    reuse: int
    confirmed_at: str | None


def explain(
    query: Query,
    candidate: Candidate,
    match: Match,
    *,
    audiences: Collection[str],
    texts: Iterable[str] = (),
) -> Explanation:
    """Why `candidate` answers `query`.

    Args:
        texts: The document's own, as written: what is found is named as it stands there.
    """
    typed = typed_words(query.text)
    found = _as_written((*_words(query, candidate), *_keys(query, candidate)), texts)
    best: dict[tuple[str, str | None, str, str], MatchedWord] = {}
    for word in sorted(found, key=lambda word: (-word.quality, _ORDER[word.attribute], word.typed, word.found)):
        best.setdefault((word.typed, word.part, word.found, word.attribute), word)
    attributes = candidate.attributes
    return Explanation(
        words=tuple(_as_typed(word, typed) for word in list(best.values())[:MAX_WORDS]),
        missing=tuple(typed.get(unit.text, unit.text) for unit in query.units if unit.slot not in match.slots),
        text_score=round(match.score, 4),
        coverage=round(min(match.coverage, 1.0), 4),
        reuse=int(attributes.get("network_reuse" if NETWORK in audiences else "reuse", 0)),
        confirmed_at=attributes.get("confirmed_at") or None,
    )


_ORDER: Final = {name: place for place, name in enumerate(("keys", *(text.name for text in TEXTS)))}


def _words(query: Query, candidate: Candidate) -> Iterator[MatchedWord]:
    """What answers in the texts and carries the hit: the same words that snippets mark."""
    reader = Reader(query)
    texts = {text.name: str(candidate.attributes.get(text.name, "")).split() for text in TEXTS}
    answers = carrying(map(reader.read, texts.values()))
    for (name, words), occurrences in zip(texts.items(), answers, strict=True):
        for found in occurrences:
            part = next((part.text for part in found.unit.parts if part.slot == found.slot), None)
            quality = round(found.quality, 3)
            yield MatchedWord(found.unit.text, part, words[found.place], name, found.kind, quality)


def _keys(query: Query, candidate: Candidate) -> Iterator[MatchedWord]:
    units = {unit.slot: unit.text for unit in query.units}
    for key in candidate.attributes.get("keys", ()):
        for slot in query.keys.get(key, ()):
            if slot in units:
                yield MatchedWord(units[slot], None, key, "keys", Kind.KEY, 1.0)


def typed_words(text: str) -> dict[str, str]:
    """Folded word of the query -> as it was typed first."""
    typed: dict[str, str] = {}
    for word in scan(text):
        typed.setdefault(word.terms[-1], text[word.start : word.end])
    return typed


def _as_typed(word: MatchedWord, typed: Mapping[str, str]) -> MatchedWord:
    whole = typed.get(word.typed, word.typed)
    return replace(word, typed=whole, part=None if word.part is None else inside(whole, word.part))


@lru_cache(maxsize=1_024)
def inside(typed: str, folded: str) -> str:
    """The letters of `typed` that fold to `folded`; `folded` itself where it was typed otherwise."""
    for start in range(min(len(typed), MAX_WORD_LENGTH)):
        for end in range(start + 1, start + len(folded) + _LONGER + 1):
            if fold(typed[start:end]) == folded:
                return typed[start:end]
    return folded


def _as_written(words: Iterable[MatchedWord], texts: Iterable[str]) -> Iterator[MatchedWord]:
    spellings: dict[str, str] = {}
    for text in texts:
        for word in scanned(text):
            for term in word.terms:
                spellings.setdefault(term, text[word.start : word.end])
    for matched in words:
        yield replace(matched, found=spellings.get(matched.found, matched.found))
