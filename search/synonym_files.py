"""Reads a file of synonyms that people maintain: all that is wrong with it at once, each with its line.

The file is taken event by event, so that what it may hold (a list of groups, each with lists of texts) is all that is ever
built of it: aliases, tags and depth are refused where they stand. Every value is text, whether YAML takes it for one or not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from search.errors import ThesaurusError
from search.german import MAX_WORD_LENGTH, STOP_WORDS, scan, stem

MAX_PHRASE: Final = 5
"""Words of an entry, without stop words."""
MAX_BYTES: Final = 2 * 1024 * 1024
MAX_GROUPS: Final = 20_000
MAX_ENTRIES: Final = 200
"""Of one group: each is looked for in every search that the group answers."""
_MAX_ENTRY: Final = 120
_MAX_PROBLEMS: Final = 50
"""Whoever has more has one and the same everywhere."""
_MAX_DEPTH: Final = 20
"""The parser takes quadratic time over depth; nobody nests like this by mistake."""
_SHOWN: Final = 60
_KEYS: Final = ("words", "related", "typed")
_REMOVE: Final = "remove"
_EXPECTED: Final = "expected `words` with `related` or `typed` beside it, or `remove` alone"
# The C parser is twenty times as fast, and not in every build of PyYAML.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Phrase = tuple[str, ...]
"""Folded words of an entry, without stop words; a hyphenated word is one, joined."""


class Group(NamedTuple):
    """Entries that mean the same.

    Attributes:
        words: Found for each other, and for `typed`.
        related: Close in meaning: found for `words` and `typed`, and not the other way round.
        typed: What people type and texts do not say; never looked for.
        source: File and line.
    """

    words: Sequence[Phrase]
    related: Sequence[Phrase] = ()
    typed: Sequence[Phrase] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What a file holds.

    Attributes:
        removed: Entries that groups of others lose.
        spelling: Each entry as it was first written.
    """

    groups: tuple[Group, ...] = ()
    removed: tuple[Phrase, ...] = ()
    spelling: dict[Phrase, str] = field(default_factory=dict)


def stems(phrase: Sequence[str]) -> Phrase:
    """What entries are compared by."""
    return tuple(map(stem, phrase))


def phrase_of(text: str) -> Phrase:
    """The words of `text` that count: stop words only where there are no others."""
    words = tuple(word.terms[-1] for word in scan(text))
    return tuple(word for word in words if word not in STOP_WORDS) or words


def read(path: Path, name: str = "") -> Synonyms:
    """What the file `path` holds; problems and groups call it `name`, or by its own name.

    Raises:
        ThesaurusError: it cannot be read, or some of it is not as it should be; names file, line and reason of each problem.
    """
    return parse(_text(path), name or path.name)


def parse(text: str, name: str) -> Synonyms:
    """What `text` holds; problems call it `name`.

    Raises:
        ThesaurusError: as for `read`.
    """
    reader = _Reader(text, name)
    try:
        found = reader.synonyms()
    except _TooManyError:
        reader.problems.append(f"{name}: and more")
    except yaml.MarkedYAMLError as error:
        at = "" if error.problem_mark is None else f", line {error.problem_mark.line + 1}"
        reader.problems.append(f"{name}{at}: no YAML: {error.problem or error.context}")
    except yaml.YAMLError as error:
        reader.problems.append(f"{name}: no YAML: {' '.join(str(error).split())}")
    if reader.problems:
        raise ThesaurusError(tuple(reader.problems))
    return found


def _text(path: Path) -> str:
    try:
        # Not a pipe or a device, which may never end.
        if not path.is_file():
            raise ThesaurusError((f"{path}: no such file",))
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ThesaurusError((f"{path}: cannot be read ({error.strerror or type(error).__name__})",)) from error
    if len(content) > MAX_BYTES:
        raise ThesaurusError((f"{path.name}: larger than {MAX_BYTES} bytes",))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ThesaurusError((f"{path.name}, line {line}: not UTF-8",)) from error


class _TooManyError(Exception):
    """Reading on would only repeat itself."""


class _Reader:
    """Reads one file; what is wrong goes to `problems`, and the reading goes on behind it."""

    def __init__(self, text: str, name: str) -> None:
        self.problems: list[str] = []
        self._name = name
        self._events: Iterator[Event] = yaml.parse(text, Loader=_LOADER)
        self._spelling: dict[Phrase, str] = {}
        self._words: dict[str, Phrase] = {}
        """Words of the pieces between spaces, most of which come again."""

    def synonyms(self) -> Synonyms:
        groups: list[Group] = []
        removed: list[Phrase] = []
        next(self._events)
        if isinstance(next(self._events), StreamEndEvent):
            return Synonyms()
        first = next(self._events)
        if not isinstance(first, SequenceStartEvent):
            self._skip(first, "expected a list of groups, each with `words` and perhaps `related`")
        else:
            for event in self._until(SequenceEndEvent):
                lists = self._lists(event)
                if _REMOVE in lists:
                    removed += lists[_REMOVE]
                elif lists:
                    groups.append(
                        Group(lists["words"], lists.get("related", ()), lists.get("typed", ()), self._at(event))
                    )
                if len(groups) > MAX_GROUPS:
                    self._complain(event, f"more than {MAX_GROUPS} groups")
                    raise _TooManyError
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                self._complain(event, "a second document (`---`)")
                break
        return Synonyms(tuple(groups), tuple(removed), self._spelling)

    def _lists(self, start: Event) -> dict[str, tuple[Phrase, ...]]:
        """The lists of one group by key; empty where the group is none."""
        if not isinstance(start, MappingStartEvent):
            self._skip(start, _EXPECTED)
            return {}
        before = len(self.problems)
        lists: dict[str, tuple[Phrase, ...]] = {}
        seen: dict[Phrase, str] = {}
        for event in self._until(MappingEndEvent):
            key = event.value if isinstance(event, ScalarEvent) else ""
            if key not in (*_KEYS, _REMOVE):
                self._skip(event, f"{_shown(key)} is no key of a group: {_EXPECTED}")
                self._skip(next(self._events))
            elif key in lists:
                self._complain(event, f"`{key}` stands twice in one group")
                self._skip(next(self._events))
            else:
                lists[key] = tuple(self._entries(key, next(self._events), seen))
        if len(self.problems) > before:
            return {}
        if len(seen) > MAX_ENTRIES:
            self._complain(start, f"a group of more than {MAX_ENTRIES} entries")
        elif _REMOVE in lists:
            if len(lists) > 1 or not lists[_REMOVE]:
                self._complain(start, _EXPECTED)
        elif not lists.get("words"):
            self._complain(start, "a group without `words`")
        elif len(seen) < 2:
            self._complain(start, "a group of one entry says nothing")
        return lists if len(self.problems) == before else {}

    def _entries(self, key: str, start: Event, seen: dict[Phrase, str]) -> Iterator[Phrase]:
        if not isinstance(start, SequenceStartEvent):
            self._skip(start, f"`{key}` is no list: write [a, b]")
            return
        for event in self._until(SequenceEndEvent):
            if not isinstance(event, ScalarEvent):
                self._skip(event, f"`{key}` holds something that is no text")
                continue
            text = " ".join(event.value.split())
            phrase = self._phrase(text)
            problem = self._problem(text, phrase) or _twice(text, seen.get(stems(phrase)))
            if problem is not None:
                self._complain(event, problem)
                continue
            seen[stems(phrase)] = text
            self._spelling.setdefault(phrase, text)
            yield phrase

    def _phrase(self, text: str) -> Phrase:
        words: list[str] = []
        for piece in text.split(" "):
            if piece not in self._words:
                self._words[piece] = tuple(word.terms[-1] for word in scan(piece))
            words += self._words[piece]
        return tuple(word for word in words if word not in STOP_WORDS) or tuple(words)

    def _problem(self, text: str, phrase: Phrase) -> str | None:
        """Why nobody can search for `text`, or finds something else by it."""
        if not phrase:
            return f"{_shown(text)} has no letter or digit"
        if len(text) > _MAX_ENTRY or any(len(word) >= MAX_WORD_LENGTH for word in phrase):
            return f"{_shown(text)} is too long"
        if len(phrase) > MAX_PHRASE:
            return f"{_shown(text)} has more than {MAX_PHRASE} words"
        if len(phrase) == 1 and phrase[0] in STOP_WORDS:
            return f"{_shown(text)} is a word that searches leave out"
        if len(phrase) == 1 and sum(len(self._words[piece]) for piece in text.split(" ")) > 1:
            return f"of {_shown(text)} only {phrase[0]!r} counts: searches leave out the other words"
        return None

    def _until(self, end: type[CollectionEndEvent]) -> Iterator[Event]:
        """Events from here to the end of a collection; whoever takes one that begins a collection reads or skips it."""
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _skip(self, event: Event, problem: str | None = None) -> None:
        """Passes over what begins with `event`."""
        if isinstance(event, AliasEvent):
            problem = "`*` and `&` are not read here; quote a text that begins so"
        if problem is not None:
            self._complain(event, problem)
        depth = int(isinstance(event, CollectionStartEvent))
        while depth:
            following = next(self._events)
            depth += isinstance(following, CollectionStartEvent) - isinstance(following, CollectionEndEvent)
            if depth > _MAX_DEPTH:
                raise _TooManyError

    def _complain(self, event: Event, problem: str) -> None:
        self.problems.append(f"{self._at(event)}: {problem}")
        if len(self.problems) >= _MAX_PROBLEMS:
            raise _TooManyError

    def _at(self, event: Event) -> str:
        mark = event.start_mark
        return self._name if mark is None else f"{self._name}, line {mark.line + 1}"


def _twice(text: str, before: str | None) -> str | None:
    if before is None:
        return None
    same = "" if before == text else f" ({_shown(before)} is the same to searches)"
    return f"{_shown(text)} stands twice in one group{same}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
