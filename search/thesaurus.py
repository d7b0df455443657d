"""What else texts may say for a word: groups of synonyms, looked up by stems. Pure once loaded."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Final

from search import synonym_files
from search.synonym_files import MAX_PHRASE, Group, Phrase, Synonyms, stems

__all__ = ["MAX_EXPANSIONS", "MAX_PHRASE", "SHIPPED", "Expansion", "Group", "Phrase", "Thesaurus"]

MAX_EXPANSIONS: Final = 400
"""Of a phrase: as many as the largest group has."""
SHIPPED: Final = Path(__file__).with_name("synonyms.yaml")


@dataclass(frozen=True, slots=True)
class Expansion:
    """What else to look for; `is_related` where it is only close in meaning."""

    phrase: Phrase
    is_related: bool


class Thesaurus:
    """Groups of entries that mean the same, each with entries that are only related.

    Args:
        groups: As `Group`, or only its words and what is related to them.
        spelling: Entries as people write them; those that are missing are shown folded.
    """

    def __init__(
        self,
        groups: Iterable[Group | tuple[Sequence[Phrase], Sequence[Phrase]]] = (),
        spelling: dict[Phrase, str] | None = None,
    ) -> None:
        self.groups: Final = [group if isinstance(group, Group) else Group(*group) for group in groups]
        self._spelling = spelling or {}
        self._by_stems: dict[Phrase, list[int]] = {}
        for place, group in enumerate(self.groups):
            for phrase in (*group.words, *group.typed):
                self._by_stems.setdefault(stems(phrase), []).append(place)
        self.longest: Final = max(map(len, self._by_stems), default=0)

    def __len__(self) -> int:
        return len(self.groups)

    def groups_of(self, phrase: Sequence[str]) -> tuple[Group, ...]:
        """The groups that whoever searches for `phrase` is helped by, in any form of its words."""
        return tuple(self.groups[place] for place in self._by_stems.get(stems(phrase), ()))

    def expansions(self, phrase: Sequence[str]) -> tuple[Expansion, ...]:
        """What texts may say for `phrase` (folded words, in any form), equals first; empty where it is unknown.

        At most MAX_EXPANSIONS: a word that stands in thousands of groups of a file would cost each search seconds.
        """
        own = stems(phrase)
        found: dict[Phrase, Expansion] = {}
        groups = self.groups_of(phrase)
        for is_related in (False, True):
            for group in groups:
                for entry in group.related if is_related else group.words:
                    if len(found) == MAX_EXPANSIONS:
                        return tuple(found.values())
                    if stems(entry) != own:
                        found.setdefault(entry, Expansion(entry, is_related))
        return tuple(found.values())

    def further(self, phrase: Sequence[str]) -> tuple[Phrase, ...]:
        """What texts may say for what is related to `phrase`: `kühler Ort` is related to heat, and so is a `Klimaoase`.

        At most MAX_EXPANSIONS, and nothing of `expansions`.
        """
        nearer = {stems(phrase), *(stems(expansion.phrase) for expansion in self.expansions(phrase))}
        found = (entry for group in self.groups_of(phrase) for entry in self.equals_of_related(group))
        fresh = dict.fromkeys(entry for entry in found if stems(entry) not in nearer)
        return tuple(islice(fresh, MAX_EXPANSIONS))

    def equals_of_related(self, group: Group) -> Iterator[Phrase]:
        """Entries that mean the same as one related to `group`; one of several groups may mean anything, and brings none."""
        own = set(map(stems, (*group.words, *group.related)))
        for phrase in group.related:
            groups = self.groups_of(phrase)
            if len(groups) == 1:
                yield from (entry for entry in groups[0].words if stems(entry) not in own)

    def holds(self, phrase: Sequence[str]) -> bool:
        """Whether a group has `phrase`, in any form of its words, as one of its entries."""
        return stems(phrase) in self._all_stems

    def words(self) -> frozenset[str]:
        """Every word of the entries: known, whether or not a document has it."""
        return self._words

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for phrase in self._entries() for word in phrase)

    @cached_property
    def _all_stems(self) -> frozenset[Phrase]:
        return frozenset(map(stems, self._entries()))

    def _entries(self) -> Iterator[Phrase]:
        for group in self.groups:
            yield from (*group.words, *group.related, *group.typed)

    def spelled(self, phrase: Phrase) -> str:
        """`phrase` as people write it."""
        return self._spelling.get(phrase) or " ".join(phrase)

    def is_abbreviation(self, word: str) -> bool:
        """Whether people write `word` with capitals inside (`eID`, `WLAN`): it has no endings but an s."""
        return any(letter.isupper() for letter in self._spelling.get((word,), "")[1:])

    def edited(self, synonyms: Synonyms) -> "Thesaurus":
        """The groups here without what `synonyms` removes, and its own."""
        gone = set(map(stems, synonyms.removed))
        kept = (_without(group, gone) for group in self.groups) if gone else self.groups
        groups = [group for group in kept if group is not None]
        return Thesaurus((*groups, *synonyms.groups), {**self._spelling, **synonyms.spelling})

    @classmethod
    @cache
    def shipped(cls) -> "Thesaurus":
        """The thesaurus that comes with Hubnetz."""
        return cls().edited(synonym_files.read(SHIPPED, "search/synonyms.yaml"))


def _without(group: Group, gone: set[Phrase]) -> Group | None:
    """`group` without the entries whose stems are `gone`; `None` where what is left says nothing."""
    words, related, typed = (
        tuple(phrase for phrase in phrases if stems(phrase) not in gone)
        for phrases in (group.words, group.related, group.typed)
    )
    left = Group(words, related, typed, group.source)
    return left if words and len(words) + len(related) + len(typed) > 1 else None
