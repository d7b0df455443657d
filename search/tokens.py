"""Cuts a query into the words that count, and finds the official keys in it. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from search import german
from search.german import MAX_QUERY_WORDS, STOP_WORDS, Word, scan
from search.query import Correction, Kind

_MAX_PARTS: Final = 6
"""Parts of a hyphenated word that count; each costs as much as a word."""
_PIECE: Final = re.compile(r"\S+")
_AROUND_KEYS: Final = ".,;:!?()[]<>\"'„“”‚‘’»«"


@dataclass(slots=True)
class Token:
    """A word as typed.

    Attributes:
        text: Folded; joined where it has hyphens, and `parts` are then what they join.
        rest: Of a word with single letters (`E-Ladesäule`) what they are put before; it counts where nothing has the word.
        start: Where it stands in the query, up to `end`.
        is_open: The last word, which may go on.
        is_joined: Texts have the compound that it makes with its neighbour.
        begun: Of a compound that is being typed the letters of its last part.
        meant: Known words that it is taken for, with quality, the likeliest first; filled in by whoever reads it.
    """

    text: str
    typed: str
    start: int
    end: int
    parts: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    is_open: bool = False
    is_joined: bool = False
    begun: str = ""
    slot: int = 0
    meant: list[tuple[str, float, Kind]] = field(default_factory=list)

    @property
    def correction(self) -> str | None:
        """The likeliest word that it is a slip for."""
        return next((word for word, _, kind in self.meant if kind is Kind.TYPO), None)

    @property
    def best_reading(self) -> str:
        """The word as typed, or what it is a slip for."""
        return self.correction or self.text


def tokens_of(text: str) -> Iterator[Token]:
    """The words of `text` that count, each once: at most MAX_QUERY_WORDS, stop words only where there are no others."""
    words = list(scan(text))
    meant = [word for word in words if word.terms[-1] not in STOP_WORDS] or words
    chosen: dict[str, Word] = {}
    for word in meant:
        chosen.setdefault(word.terms[-1], word)
    last = words[-1] if words else None
    for joined, word in list(chosen.items())[:MAX_QUERY_WORDS]:
        parts = word.terms[:-1][:_MAX_PARTS]
        longer = tuple(part for part in parts if len(part) > 1)
        # Whoever typed a space or a full stop has finished the word.
        is_open = word is last and word.end == len(text)
        typed = text[word.start : word.end]
        is_whole = len(longer) == len(parts)
        yield Token(joined, typed, word.start, word.end, parts if is_whole else (), () if is_whole else longer, is_open)


def keys_in(text: str, tokens: Sequence[Token]) -> dict[str, tuple[int, ...]]:
    """Official keys in the text with the slots of their words: the whole of it, or a piece of it with a digit."""
    found: dict[str, tuple[int, ...]] = {}
    whole = german.key(text.strip().strip(_AROUND_KEYS))
    if whole is not None and tokens:
        found[whole] = tuple(token.slot for token in tokens)
    for piece in _PIECE.finditer(text):
        key = german.key(piece[0].strip(_AROUND_KEYS))
        if key is not None and any(character.isdigit() for character in key):
            slots = tuple(token.slot for token in tokens if piece.start() <= token.start and token.end <= piece.end())
            if slots:
                found.setdefault(key, slots)
    return found


def corrections(text: str, tokens: Sequence[Token]) -> Iterator[Correction]:
    """The slips in `text`, in its order; a word that is typed twice is one twice."""
    meant = {token.text: token.correction for token in tokens}
    for word in scan(text):
        if (correction := meant.get(word.terms[-1])) is not None:
            yield Correction(word.start, word.end, correction)
