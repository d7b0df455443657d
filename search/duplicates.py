"""Whether an entry that is being written is probably the same work as one that is there, and why: pure.

The rule. Two titles are as near as each answers the other: ours is understood like a search, with its word forms, slips,
compounds and synonyms, and read in theirs; theirs is read in ours; the geometric mean of both shares counts, so that a
general title is not near to every special one. Where there are summaries, the terms that say most add a part. Services
and topics that both have do not make entries near, they lower the nearness that is needed:

    LIKELIEST, LIKELY, POSSIBLE: from which nearness on, with a service of both, a topic of both, or alone, say `_BANDS`.

The numbers are judgement; docs/search.md shows what they do on titles of the seed, and which was moved for what.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt
from typing import Final

from search.german import STOP_WORDS, scan
from search.lexicon import Lexicon
from search.query import Query
from search.similar import Profile, Term, terms
from search.thesaurus import Thesaurus
from search.understanding import Steps, understand

_SHOWN: Final = 5
"""Words in one reason."""
_IN_SUMMARY: Final = 0.6
"""What a word of our title is worth that only their summary has, and the reverse."""
_TERMS: Final = 0.35
"""Part of the summaries' terms in the nearness of two texts that both have one."""
_WORTH_A_LOOK: Final = 0.0625
"""What their title answers of ours at least: with less, no answer of ours to it makes the two near."""
# The same work is called by its name or by another one; what is only near it in meaning is other work.
_READ: Final = Steps(further=False)
_FINISHED: Final = Steps(further=False, completion=False)


class Band(StrEnum):
    """How probably two entries are the same work."""

    LIKELIEST = "LIKELIEST"
    LIKELY = "LIKELY"
    POSSIBLE = "POSSIBLE"


class Aspect(StrEnum):
    """What speaks for it."""

    TEXT = "TEXT"
    SERVICES = "SERVICES"
    TOPICS = "TOPICS"


_BANDS: Final = (
    # band, least nearness of the text with a service of both, with a topic of both, alone
    (Band.LIKELIEST, 0.55, 0.72, 0.80),
    (Band.LIKELY, 0.38, 0.55, 0.62),
    (Band.POSSIBLE, 0.25, 0.41, 0.45),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being written. `services` and `topics` by key; `is_open` where the last word of the title may go on."""

    title: str
    summary: str = ""
    services: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What is compared of an entry that is there. `services` and `topics`: key -> name."""

    title: str
    summary: str = ""
    services: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for it.

    Attributes:
        label: In German.
        words: Of a text: as the other entry spells them. Of services and topics: their names.
        keys: Of services and topics.
    """

    aspect: Aspect
    label: str
    words: tuple[str, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near the texts are, 0..1, what follows from it, and what speaks for it, the weightiest first."""

    nearness: float
    band: Band
    reasons: tuple[Reason, ...]


class Judge:
    """Holds entries against one draft, in the words that one circle of readers knows."""

    def __init__(self, draft: Draft, lexicon: Lexicon, thesaurus: Thesaurus) -> None:
        self.draft: Final = draft
        self._lexicon = lexicon
        self._thesaurus = thesaurus
        self.query: Final = understand(draft.title, lexicon, thesaurus, _READ if draft.is_open else _FINISHED)
        self._title = [*_corrected(draft.title, self.query), *_parts(draft.title, lexicon)]
        self._summary = _words(draft.summary)
        self._terms = terms((draft.title, draft.summary), lexicon) if draft.summary else []

    def answers(self, title: Sequence[str], summary: Sequence[str]) -> float:
        """The share of our title that folded words of another title and summary answer: a first, cheap look."""
        return _share(self.query, title, summary)

    def judge(self, entry: Entry) -> Likeness | None:
        """What speaks for the same work; None where too little does."""
        nearness = self.nearness(entry)
        services = _shared(self.draft.services, entry.services)
        topics = _shared(self.draft.topics, entry.topics)
        band = _band(nearness, has_service=bool(services), has_topic=bool(topics))
        if band is None:
            return None
        reasons = [
            *([_named(Aspect.SERVICES, services)] if services else []),
            *([self._text(entry)] if nearness > 0 else []),
            *([_named(Aspect.TOPICS, topics)] if topics else []),
        ]
        return Likeness(round(nearness, 6), band, tuple(reasons))

    def nearness(self, entry: Entry) -> float:
        """How near the texts are, 0..1."""
        if not self.query.units:
            return 0.0
        there = _share(self.query, _words(entry.title), _words(entry.summary))
        # Reading their title costs as much as a search, and most have nothing of ours.
        titles = sqrt(there * self._answered_by_ours(entry.title)) if there >= _WORTH_A_LOOK else 0.0
        if not self._terms or not entry.summary:
            return titles
        found = Profile.of((entry.title, entry.summary), {})
        return max(titles, (1 - _TERMS) * titles + _TERMS * _known(self._terms, found))

    def _answered_by_ours(self, title: str) -> float:
        theirs = understand(title, self._lexicon, self._thesaurus, _FINISHED)
        return _share(theirs, self._title, self._summary)

    def _text(self, entry: Entry) -> Reason:
        words = dict.fromkeys(_answering(self.query, entry.title))
        if len(words) < _SHOWN:
            words |= dict.fromkeys(_answering(self.query, entry.summary))
        shown = tuple(words)[:_SHOWN]
        label = f"Ähnlicher Text: {_listed(shown)}" if shown else "Ähnlicher Text"
        return Reason(Aspect.TEXT, label, shown)


def _band(nearness: float, *, has_service: bool, has_topic: bool) -> Band | None:
    for band, with_service, with_topic, alone in _BANDS:
        least = with_service if has_service else with_topic if has_topic else alone
        if nearness >= least:
            return band
    return None


def _share(query: Query, title: Sequence[str], summary: Sequence[str]) -> float:
    """The share of `query` that the two texts answer, of what any document could."""
    if not query.units:
        return 0.0
    qualities = [0.0] * query.slots
    for words, worth in ((title, 1.0), (summary, _IN_SUMMARY)):
        for word in words:
            for variant in query.variants.get(word, ()):
                qualities[variant.slot] = max(qualities[variant.slot], variant.quality * worth)
        present = query.phrase_words.intersection(words)
        for phrase in query.phrases if present else ():
            if not present.isdisjoint(phrase.rarest) and next(phrase.together(words), None) is not None:
                qualities[phrase.slot] = max(qualities[phrase.slot], phrase.quality * worth)
    return min(query.coverage(qualities), 1.0)


def _corrected(text: str, query: Query) -> Iterator[str]:
    """The folded words of `text`, slips put right."""
    slips = {(slip.start, slip.end): slip.word for slip in query.corrections}
    for word in scan(text):
        slip = slips.get((word.start, word.end))
        yield from word.terms if slip is None else (slip,)


def _parts(text: str, lexicon: Lexicon) -> Iterator[str]:
    """Parts of the compounds of `text`: whoever writes `Baumkataster` writes of trees, too."""
    for word in scan(text):
        for term in word.terms:
            yield from lexicon.parts(term)


def _words(text: str) -> list[str]:
    return [term for word in scan(text) for term in word.terms if term not in STOP_WORDS]


def _known(own: Sequence[Term], found: Profile) -> float:
    """The share of the terms' weight that the profile has."""
    total = sum(term.weight for term in own)
    return sum(term.weight for term in own if not term.variants.isdisjoint(found.words)) / total if total else 0.0


def _answering(query: Query, text: str) -> Iterator[str]:
    """The words of `text`, as spelled there, that answer the query."""
    for word in scan(text):
        if any(term in query.variants for term in word.terms):
            yield text[word.start : word.end]


def _shared(ours: Iterable[str], theirs: Mapping[str, str]) -> dict[str, str]:
    return {key: theirs[key] for key in sorted(set(ours) & theirs.keys())}


def _named(aspect: Aspect, shared: Mapping[str, str]) -> Reason:
    one, many = {
        Aspect.SERVICES: ("Gleiche Leistung: ", "Gleiche Leistungen: "),
        Aspect.TOPICS: ("Gemeinsames Thema: ", "Gemeinsame Themen: "),
    }[aspect]
    names = tuple(shared.values())
    return Reason(aspect, (one if len(names) == 1 else many) + _listed(names), names, tuple(shared))


def _listed(names: Sequence[str]) -> str:
    shown, rest = list(names[:_SHOWN]), len(names) - _SHOWN
    if rest > 0:
        return f"{', '.join(shown)} und {rest} weitere"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} und {shown[-1]}"
