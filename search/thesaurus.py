"""Synonyms of the field, read from YAML that people maintain: pure once loaded."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from search.errors import ThesaurusError
from search.german import STOP_WORDS, scan, stem

_SHIPPED: Final = Path(__file__).with_name("synonyms.yaml")
MAX_PHRASE: Final = 5
"""Words of an entry, without stop words."""
_MAX_ENTRIES: Final = 100_000
_KEYS: Final = frozenset({"words", "related"})

Phrase = tuple[str, ...]
"""Folded words of an entry; a hyphenated word is one, joined."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """What else to look for; `is_related` where it is only close in meaning."""

    phrase: Phrase
    is_related: bool


class Thesaurus:
    """Groups of entries that mean the same, each with entries that are only related."""

    def __init__(self, groups: Iterable[tuple[Sequence[Phrase], Sequence[Phrase]]] = ()) -> None:
        self.groups = [(tuple(words), tuple(related)) for words, related in groups]
        self._by_stems: dict[Phrase, list[int]] = {}
        for place, (words, _) in enumerate(self.groups):
            for phrase in words:
                self._by_stems.setdefault(_stems(phrase), []).append(place)
        self.longest = max((len(phrase) for phrase in self._by_stems), default=0)

    def __len__(self) -> int:
        return len(self.groups)

    def expansions(self, phrase: Sequence[str]) -> tuple[Expansion, ...]:
        """What texts may say for `phrase` (folded words, in any form), equals first; empty where it is unknown."""
        stems = _stems(phrase)
        found: dict[Phrase, Expansion] = {}
        places = self._by_stems.get(stems, ())
        for is_related in (False, True):
            for place in places:
                for entry in self.groups[place][is_related]:
                    if _stems(entry) != stems:
                        found.setdefault(entry, Expansion(entry, is_related))
        return tuple(found.values())

    def words(self) -> Iterator[str]:
        """Every entry that is one word: known, whether or not a document has it."""
        for group in self.groups:
            for phrase in (*group[0], *group[1]):
                if len(phrase) == 1:
                    yield phrase[0]

    def joined(self, other: "Thesaurus") -> "Thesaurus":
        """The groups of both."""
        return Thesaurus((*self.groups, *other.groups))

    @classmethod
    @cache
    def shipped(cls) -> "Thesaurus":
        """The thesaurus that comes with Hubnetz."""
        return cls.read(_SHIPPED)

    @classmethod
    def read(cls, path: Path) -> "Thesaurus":
        """The thesaurus in the file `path`.

        Raises:
            ThesaurusError: no such file, no YAML, or a group that is none; names the file and the place.
        """
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
            raise ThesaurusError(f"{path.name}: {str(exc).replace(chr(10), ' ')}") from exc
        if content is None:
            return cls()
        if not isinstance(content, list):
            raise ThesaurusError(f"{path.name}: expected a list of groups, each with `words` and perhaps `related`")
        return cls(_group(path.name, place, group) for place, group in enumerate(content, 1))


def _group(name: str, place: int, group: Any) -> tuple[list[Phrase], list[Phrase]]:
    where = f"{name}, group {place}"
    if not isinstance(group, dict) or not group.keys() <= _KEYS or "words" not in group:
        raise ThesaurusError(f"{where}: expected `words`, a list, and perhaps `related`")
    words, related = (_entries(where, key, group.get(key, [])) for key in ("words", "related"))
    if not words or len(words) + len(related) < 2:
        raise ThesaurusError(f"{where}: `words` and `related` have fewer than two entries together")
    return words, related


def _entries(where: str, key: str, entries: Any) -> list[Phrase]:
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise ThesaurusError(
            f"{where}: `{key}` is a list of texts; quote what YAML takes for a number or a truth value"
        )
    return [_phrase(where, entry) for entry in entries]


def _phrase(where: str, entry: str) -> Phrase:
    words = tuple(word.terms[-1] for word in scan(entry))
    meant = tuple(word for word in words if word not in STOP_WORDS) or words
    if not 0 < len(meant) <= MAX_PHRASE:
        raise ThesaurusError(f"{where}: {entry[:60]!r} is not one to {MAX_PHRASE} words")
    return meant


def _stems(phrase: Sequence[str]) -> Phrase:
    return tuple(map(stem, phrase))
