"""Passages of a project's own text with the words marked that a search meant: pure, from the graph's text.

A snippet is parts, so that whoever shows it escapes it his way; `html` is the safe form for pages.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from search.german import QueryWord, Word, allowed_typos, query_words, scan, stem

MAX_LENGTH: Final = 240
"""Characters of a snippet, about three lines on a page."""
_LEAD: Final = 60
"""Characters before the first match, so that it stands in a sentence."""
_MIN_INSIDE: Final = 4
"""Letters of a word that is found inside a longer one; shorter ones are inside too many."""


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


def snippet(attribute: str, text: str, query: str, *, max_length: int = MAX_LENGTH) -> Snippet | None:
    """The passage of `text` with the most different words of `query`; `None` where none occurs.

    Args:
        max_length: Most characters, without the ellipses that stand for text left out.
    """
    matches = _matches(list(scan(text)), query_words(query))
    if not matches:
        return None
    start, end = _window(text, matches, max_length)
    marks = [(word.start, word.end) for word, _ in matches if start <= word.start and word.end <= end]
    return Snippet(attribute, tuple(_parts(text, start, end, marks)))


def _matches(words: Sequence[Word], wanted: Sequence[QueryWord]) -> list[tuple[Word, frozenset[str]]]:
    """Each word of the text that answers words of the query, with these; typos count where nothing else fits."""
    answers: dict[QueryWord, Callable[[str, QueryWord], bool]] = {
        query: _answers if any(_answers(term, query) for word in words for term in word.terms) else _nearly_answers
        for query in wanted
    }
    found = (
        (
            word,
            frozenset(query.text for query, rule in answers.items() if any(rule(term, query) for term in word.terms)),
        )
        for word in words
    )
    return [(word, meant) for word, meant in found if meant]


def _answers(term: str, query: QueryWord) -> bool:
    """Whether `term` is the word, another form of it, begins with what was typed so far, or holds it."""
    if term == query.text or stem(term) == query.stem:
        return True
    if query.is_open and term.startswith((query.text, query.stem)):
        return True
    return len(query.stem) >= _MIN_INSIDE and query.stem in term


def _nearly_answers(term: str, query: QueryWord) -> bool:
    """Whether `term` is the word with typos, or begins with it and one typo."""
    allowed = allowed_typos(query.text)
    # Comparing is slow and first letters are rarely wrong: only swapped or doubled ones are looked at.
    if not allowed or term[0] not in query.text[:2]:
        return False
    if _distance(term, query.text, allowed) <= allowed:
        return True
    near = range(len(query.text) - 1, len(query.text) + 2)
    return any(length < len(term) and _distance(term[:length], query.text, 1) <= 1 for length in near)


def _distance(left: str, right: str, limit: int) -> int:
    """Edits (insert, delete, replace, swap neighbours) from `left` to `right`; anything above `limit` may be returned."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _window(text: str, matches: Sequence[tuple[Word, frozenset[str]]], max_length: int) -> tuple[int, int]:
    """The span that holds the most different words of the query, the earliest of equals, widened to whole words."""
    best: tuple[int, int, int] | None = None
    for place, (first, _) in enumerate(matches):
        seen: set[str] = set()
        marks = 0
        for word, meant in matches[place:]:
            if word.end - first.start > max_length:
                break
            seen |= meant
            marks += 1
        if best is None or (len(seen), marks) > best[:2]:
            best = (len(seen), marks, first.start)
    assert best is not None
    start = max(0, min(best[2] - _LEAD, len(text) - max_length))
    end = min(len(text), start + max_length)
    # A single word may be longer than a snippet; it is then shown whole.
    end = max(end, next(word.end for word, _ in matches if word.start == best[2]))
    return _at_a_gap(text, start, best[2]), _at_a_gap_before(text, end, best[2])


def _at_a_gap(text: str, start: int, latest: int) -> int:
    """The first beginning of a word from `start` on, `latest` at the latest."""
    if start == 0:
        return 0
    gap = text.find(" ", start, latest)
    return latest if gap < 0 else gap + 1


def _at_a_gap_before(text: str, end: int, earliest: int) -> int:
    """The last end of a word up to `end`, behind the match at `earliest`."""
    if end == len(text):
        return end
    gap = text.rfind(" ", earliest, end + 1)
    return end if gap < 0 else gap


def _parts(text: str, start: int, end: int, marks: Sequence[tuple[int, int]]) -> Iterator[Part]:
    at = start
    lead = "… " if start else ""
    for first, last in marks:
        if lead or first > at:
            yield Part(_line(lead + text[at:first]), is_match=False)
        yield Part(_line(text[first:last]), is_match=True)
        lead, at = "", last
    rest = text[at:end] + (" …" if end < len(text) else "")
    if rest:
        yield Part(_line(rest), is_match=False)


def _line(text: str) -> str:
    """`text` in one line: breaks and control characters become spaces."""
    return "".join(character if character.isprintable() else " " for character in text)
