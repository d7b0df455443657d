"""Passages of a project's own text with the words marked that a search meant: pure, from the graph's text.

A snippet is parts, so that whoever shows it escapes it his way; `html` is the safe form for pages. What is marked is
what carries the hit: words that the query has as variants and that the ranking counted most, and nothing that merely
looks like them; of a synonym of several words all of them, in one mark where they follow each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from search.german import Word
from search.occurrences import Occurrence, Reader, carrying, scanned
from search.query import Query

MAX_LENGTH: Final = 240
"""Characters of a snippet, about three lines on a page."""
_LEAD: Final = 60
"""Characters before the first match, so that it stands in a sentence."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text, marked where it matched."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of the attribute `attribute`; `parts` together are its text, marked and unmarked in turn."""

    attribute: str
    parts: tuple[Part, ...]

    @property
    def html(self) -> str:
        """The passage with matches in `<mark>`, everything else escaped."""
        return "".join(
            f"<mark>{escape(part.text)}</mark>" if part.is_match else escape(part.text) for part in self.parts
        )


@dataclass(frozen=True, slots=True)
class Highlights:
    """What of a hit to show: its title where something in it matched, and passages, the weightiest first."""

    title: Snippet | None
    passages: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class _Match:
    """A word of the text that answers units of the query.

    Attributes:
        weights: What it weighs, by the unit's slot.
        phrases: The synonyms of several words that it belongs to.
    """

    word: Word
    weights: Mapping[int, float]
    phrases: frozenset[tuple[int, ...]] = frozenset()


def highlight(query: Query, title: str, texts: Mapping[str, str], *, most: int, length: int = MAX_LENGTH) -> Highlights:
    """The marked title of a hit, and at most `most` passages, one of each text.

    A passage is where the query's words weigh most together; passages come by weight, of equals in the order of
    `texts`. Words that are only related are marked where none of the texts has anything better.

    Args:
        texts: Attribute -> text.
        length: Most characters of a passage, without the ellipses that stand for text left out.
    """
    reader = Reader(query)
    all_texts = {"title": title, **texts}
    words = {attribute: scanned(text) for attribute, text in all_texts.items()}
    found = carrying(_read(reader, text_words) for text_words in words.values())
    matches = {
        attribute: _matches(words[attribute], occurrences) for attribute, occurrences in zip(words, found, strict=True)
    }
    in_title = matches.pop("title")
    passages = [
        _passage(attribute, texts[attribute], in_text, length) for attribute, in_text in matches.items() if in_text
    ]
    passages.sort(key=lambda passage: -passage[0])
    return Highlights(
        Snippet("title", tuple(_parts(title, 0, len(title), in_title))) if in_title else None,
        tuple(snippet for _, snippet in passages[:most]),
    )


def _read(reader: Reader, words: Sequence[Word]) -> list[Occurrence]:
    return reader.read([term for word in words for term in word.terms])


def _matches(words: Sequence[Word], occurrences: Sequence[Occurrence]) -> list[_Match]:
    """The words of a text that answer something, each once, with the best of its terms for each unit."""
    owners = [place for place, word in enumerate(words) for _ in word.terms]
    weights: dict[int, dict[int, float]] = {}
    phrases: dict[int, set[tuple[int, ...]]] = {}
    for found in occurrences:
        by_unit = weights.setdefault(owners[found.place], {})
        by_unit[found.unit.slot] = max(by_unit.get(found.unit.slot, 0.0), found.weight)
        for place in found.together:
            phrases.setdefault(owners[place], set()).add(found.together)
    return [
        _Match(words[place], by_unit, frozenset(phrases.get(place, ()))) for place, by_unit in sorted(weights.items())
    ]


def _passage(attribute: str, text: str, matches: Sequence[_Match], length: int) -> tuple[float, Snippet]:
    """The weightiest passage of a text, with its weight."""
    weight, first = _weightiest(matches, length)
    start, end = _window(text, first, length)
    return weight, Snippet(attribute, tuple(_parts(text, start, end, matches)))


def _weightiest(matches: Sequence[_Match], length: int) -> tuple[float, Word]:
    """What a span of `length` characters can hold of the query, each unit once, and the first match in it."""
    best: tuple[float, int] | None = None
    first = matches[0].word
    for place, match in enumerate(matches):
        units: dict[int, float] = {}
        marks = 0
        for other in matches[place:]:
            if other.word.end - match.word.start > length:
                break
            marks += 1
            for slot, weight in other.weights.items():
                units[slot] = max(units.get(slot, 0.0), weight)
        # Rounded, since sums of the same weights in another order differ in their last digits.
        worth = (round(sum(units.values()), 6), marks)
        if best is None or worth > best:
            best, first = worth, match.word
    return (best or (0.0, 0))[0], first


def _window(text: str, first: Word, length: int) -> tuple[int, int]:
    """The span around `first`, widened to whole words."""
    start = max(0, min(first.start - _LEAD, len(text) - length))
    # A single word may be longer than a snippet; it is then shown whole.
    end = max(min(len(text), start + length), first.end)
    return _at_a_gap(text, start, first.start), _at_a_gap_before(text, end, first.end)


def _at_a_gap(text: str, start: int, latest: int) -> int:
    """The first beginning of a word from `start` on, `latest` at the latest."""
    if start == 0:
        return 0
    gap = text.find(" ", start, latest)
    return latest if gap < 0 else gap + 1


def _at_a_gap_before(text: str, end: int, earliest: int) -> int:
    """The last end of a word up to `end`, not before `earliest`."""
    if end == len(text):
        return end
    gap = text.rfind(" ", earliest, end + 1)
    return end if gap < 0 else gap


def _parts(text: str, start: int, end: int, matches: Sequence[_Match]) -> Iterator[Part]:
    at = start
    lead = "… " if start else ""
    for first, last in _marks(
        text, [match for match in matches if start <= match.word.start and match.word.end <= end]
    ):
        if lead or first > at:
            yield Part(one_line(lead + text[at:first]), is_match=False)
        yield Part(one_line(text[first:last]), is_match=True)
        lead, at = "", last
    rest = text[at:end] + (" …" if end < len(text) else "")
    if rest:
        yield Part(one_line(rest), is_match=False)


def _marks(text: str, matches: Sequence[_Match]) -> Iterator[tuple[int, int]]:
    """Where marks begin and end: at each word, or around words of one synonym that follow each other."""
    open_mark: tuple[int, int] | None = None
    before: _Match | None = None
    for match in matches:
        first, last = match.word.start, match.word.end
        is_going_on = before is not None and bool(before.phrases & match.phrases)
        if open_mark is not None and is_going_on and text[open_mark[1] : first].isspace():
            open_mark = (open_mark[0], last)
        else:
            if open_mark is not None:
                yield open_mark
            open_mark = (first, last)
        before = match
    if open_mark is not None:
        yield open_mark


def one_line(text: str) -> str:
    """`text` in one line: breaks and control characters become spaces."""
    return "".join(character if character.isprintable() else " " for character in text)
