"""Where to look more widely where nothing or little answers: what parts of the words find, and topics around them.

Every part and topic leads to something that the caller reads, and says why it is offered. However many words there are,
the engine is asked twice, and the graph once.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from graph.model import NodeKey
from search import topics
from search.explaining import inside, typed_words
from search.finder import Hit
from search.query import Kind, Query, Unit
from search.thesaurus import Thesaurus
from search.topics import Topic, TopicAnswer

FEW: Final = 3
"""Hits from which on nothing more is offered."""
MAX_PARTS: Final = 4
MAX_TOPICS: Final = 3
_PIECES: Final = 12
"""Parts that are looked for; each is read and ranked like a query of its own, over one answer of the engine."""
_SHORTEST: Final = 3
"""Letters of a part; less says nothing."""
_SHARE: Final = 0.3
"""Share of what everything there is a word may find that says what one wants to do (`Anmeldung`); more is no help."""
_USUAL: Final = 2
"""Entries that a topic has at least for being the topic of what a part finds: of one entry any topic would be."""
_COVERED: Final = 0.5
"""Share of a part that a topic has to answer, and clearly."""


class Why(StrEnum):
    """Why a topic is offered."""

    NAME = "NAME"
    VOCABULARY = "VOCABULARY"
    BROADER = "BROADER"
    PROJECTS = "PROJECTS"


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a text, or a part of one."""

    text: str
    is_weak: bool


@dataclass(frozen=True, slots=True)
class FoundEach:
    """The hits of each of `pieces`; all there are where `is_complete`."""

    pieces: tuple[Piece, ...]
    hits: tuple[tuple[Hit, ...], ...]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class FoundPart:
    """A part of the words, as typed, that finds `total` entries; at least, unless `is_total_exact`."""

    text: str
    total: int
    is_total_exact: bool


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """A topic with `total` entries.

    Attributes:
        typed: The word or part that it answers.
        found: What of it does: a word of its name or what people type for it, the topic below it, or its own name where it
            is the topic of what `typed` finds.
    """

    topic: NodeKey
    total: int
    why: Why
    typed: str
    found: str


@dataclass(frozen=True, slots=True)
class Wider:
    """What finds more: parts, the longest first and those last that only say what one wants to do; topics, the nearest first."""

    parts: tuple[FoundPart, ...]
    topics: tuple[FoundTopic, ...]


def pieces(query: Query) -> tuple[Piece, ...]:
    """The words of `query` where there are several, and the parts of its compounds, neighbours together, too; as typed."""
    written = typed_words(query.text)
    found: dict[str, Piece] = {}
    whole = query.text.strip().casefold()
    for unit in query.units:
        typed = written.get(unit.text, unit.text)
        for piece in (Piece(typed, unit.is_weak), *_runs(unit, typed)):
            if len(piece.text) >= _SHORTEST and piece.text.casefold() != whole:
                found.setdefault(piece.text.casefold(), piece)
    longest = sorted(found.values(), key=lambda piece: (piece.is_weak, -len(piece.text)))
    return tuple(longest[:_PIECES])


def _runs(unit: Unit, typed: str) -> Iterator[Piece]:
    """Neighbouring parts of a compound, and each alone, in the letters that were typed."""
    spans: list[tuple[int, int, bool]] = []
    at = 0
    is_one_thing = unit.is_everyday and any(part.is_weak for part in unit.parts)
    # A word that texts have, or whose half is something else (`Standesamt`), is looked for as it is.
    for part in () if is_one_thing or (unit.is_known and not unit.is_everyday) else unit.parts:
        start = unit.text.find(part.text, at)
        if start < 0:
            return
        at = start + len(part.text)
        spans.append((start, at, part.is_weak))
    if any(first[1] > second[0] for first, second in pairwise(spans)):
        return
    for first in range(len(spans)):
        for last in range(first, len(spans)):
            text = inside(typed, unit.text[spans[first][0] : spans[last][1]])
            if (first, last) != (0, len(spans) - 1):
                shown = text[:1].upper() + text[1:] if typed[:1].isupper() else text
                yield Piece(shown, all(is_weak for _, _, is_weak in spans[first : last + 1]))


def parts_of(
    found: FoundEach, readable: Collection[str], shown: Collection[str], documents: int
) -> tuple[FoundPart, ...]:
    """The parts that find what the caller reads, each something else than those before it and than what is shown already.

    Args:
        documents: How many entries there are.
    """
    seen: list[frozenset[str]] = [frozenset(shown)] if shown else []
    parts: list[FoundPart] = []
    for piece, hits in zip(found.pieces, found.hits, strict=True):
        ids = frozenset(hit.id for hit in hits) & frozenset(readable)
        if not ids or ids in seen or not any(hit.match is not None and hit.match.is_clear for hit in hits):
            continue
        if piece.is_weak and len(ids) > _SHARE * documents:
            continue
        seen.append(ids)
        parts.append(FoundPart(piece.text, len(ids), found.is_complete))
    return tuple(parts[:MAX_PARTS])


def topics_of(
    text: str, found: FoundEach, known: tuple[Topic, ...], counts: Mapping[str, int], thesaurus: Thesaurus
) -> tuple[FoundTopic, ...]:
    """Topics that have entries for the caller: by their names and words, and those above them; else those of what parts find.

    Args:
        counts: Slug -> entries, for the caller.
    """
    by_slug = {topic.slug: topic for topic in known}
    near = _near(text, found.pieces, known, thesaurus)
    offered = [(answer.topic, _why(answer), *_words(answer)) for answer in near]
    above = [(by_slug.get(answer.topic.broader), _words(answer)[0], answer.topic.name_de) for answer in near]
    offered += [(topic, Why.BROADER, typed, name) for topic, typed, name in above if topic is not None]
    if not offered:
        usual = ((by_slug.get(slug), piece) for slug, piece in _usual(found))
        offered = [(topic, Why.PROJECTS, piece.text, topic.name_de) for topic, piece in usual if topic is not None]
    chosen: dict[str, FoundTopic] = {}
    for topic, why, typed, name in offered:
        if count := counts.get(topic.slug):
            chosen.setdefault(topic.slug, FoundTopic(NodeKey("Topic", topic.slug), count, why, typed, name))
    return tuple(list(chosen.values())[:MAX_TOPICS])


def _near(text: str, looked_for: Sequence[Piece], known: tuple[Topic, ...], thesaurus: Thesaurus) -> list[TopicAnswer]:
    """The best answer of each topic to the words as a whole or to one of their parts, by what it answers of the whole."""
    whole: dict[str, float] = {}
    best: dict[str, TopicAnswer] = {}
    for words in (text, *(piece.text for piece in looked_for)):
        for answer in topics.answers(f"{words} ", known, thesaurus):
            slug = answer.topic.slug
            if words == text:
                whole[slug] = answer.coverage
            if _is_near(answer) and (slug not in best or best[slug].score < answer.score):
                best[slug] = answer
    return sorted(best.values(), key=lambda found: (-whole.get(found.topic.slug, 0.0), -found.score, found.topic.slug))


def _is_near(answer: TopicAnswer) -> bool:
    if answer.word is None or not answer.is_clear or answer.coverage < _COVERED:
        return False
    # Who types `Grund` does not mean a Grundstück, which is there for those who type it.
    return answer.word.attribute == "title" or answer.word.kind is not Kind.COMPOUND


def _why(answer: TopicAnswer) -> Why:
    is_name = answer.word is None or answer.word.attribute == "title"
    return Why.NAME if is_name else Why.VOCABULARY


def _words(answer: TopicAnswer) -> tuple[str, str]:
    word = answer.word
    return ("", answer.topic.name_de) if word is None else (word.part or word.typed, word.found)


def _usual(found: FoundEach) -> Iterator[tuple[str, Piece]]:
    """Slugs of topics that half of what a part finds have, the most frequent first, with the first such part."""
    counts: Counter[str] = Counter()
    first: dict[str, Piece] = {}
    for piece, hits in zip(found.pieces, found.hits, strict=True):
        # What only touches a part says nothing of its topic.
        near = [hit for hit in hits if hit.match is not None and hit.match.is_clear and not hit.is_aside]
        own = Counter(slug for hit in near for slug in hit.candidate.attributes.get("topics", ()))
        usual = {slug: count for slug, count in own.items() if count * 2 >= max(len(near), _USUAL)}
        counts.update(usual)
        for slug in usual:
            first.setdefault(slug, piece)
    return ((slug, first[slug]) for slug, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
