"""How often the double-work alarm is right: titles of the seed, written otherwise, against all the others.

    python -m bench.relevance.duplicates

Each rewriting changes one thing that people write differently. A rewritten title should raise the alarm for its original
(recall); every other entry that it names is a false alarm. The table shows
entries of odd number, so that those of even number are left to tune on. Beside them stand titles of work that the seed has not: each alarm of theirs is false.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from search import wordlist
from search.duplicates import Band, Draft, Entry, Judge
from search.german import STOP_WORDS, scan, words
from search.lexicon import Lexicon
from search.port import Vocabulary
from search.thesaurus import Thesaurus

_SEED: Final = Path(__file__).parents[2] / "seed_data" / "projects"
_LONG: Final = 6

UNRELATED: Final = (
    "Digitale Bauakte im Kreisarchiv",
    "Onlinebuchung der Grillplätze",
    "Chatbot für Friedhofsgebühren",
    "Elektronische Rechnung im Zweckverband",
    "Wasserzähler per Funk ablesen",
    "Digitales Fundbüro",
    "Hundesteuer online anmelden",
    "Terminvergabe im Standesamt",
    "Katzenschutzverordnung als Podcast",
    "Schöffenwahl mit Formularassistent",
    "Inventur der Feuerwehrschläuche mit RFID",
    "Sitzungsdienst für Ortsbeiräte",
    "Sondernutzung von Gehwegen beantragen",
    "Laubsauger im Bauhof teilen",
    "Streuobstwiesen kartieren",
    "Digitale Schulbuchausleihe",
    "Bewohnerumzug im Pflegeheim",
    "Vergabe von Marktständen",
)
"""Titles as administrations write them, of work that no entry of the seed does."""


@dataclass(frozen=True, slots=True)
class Known:
    """An entry of the seed."""

    slug: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Language:
    """What the judge knows of words."""

    lexicon: Lexicon
    thesaurus: Thesaurus


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one rewriting: how many titles it changed, how many raised the alarm for their original, and for others."""

    name: str
    asked: int
    found: int
    false: int

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.false) if self.found + self.false else 1.0


def read_seed() -> list[Known]:
    """The entries of the seed, by slug."""
    found = []
    for path in sorted(_SEED.glob("*.yaml")):
        row: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        topics = {str(key): str(key) for key in row.get("topics") or ()}
        services = {str(key): str(key) for key in row.get("services") or ()}
        found.append(Known(str(row["slug"]), Entry(str(row["title"]), str(row.get("summary") or ""), services, topics)))
    return found


def language(entries: Sequence[Known]) -> Language:
    """The words of the entries, as an index of them alone would give them."""
    counts: dict[str, int] = {}
    for known in entries:
        for word in {*words(known.entry.title), *words(known.entry.summary)}:
            counts[word] = counts.get(word, 0) + 1
    thesaurus = Thesaurus.shipped()
    lexicon = Lexicon(Vocabulary(len(entries), counts), terms=thesaurus.words(), known=wordlist.german())
    return Language(lexicon, thesaurus)


def slip(title: str, _: Language) -> str:
    """Two letters of the longest word change places."""
    longest = max(title.split(), key=len)
    at = len(longest) // 2
    swapped = longest[: at - 1] + longest[at] + longest[at - 1] + longest[at + 1 :]
    return title if len(longest) < _LONG else title.replace(longest, swapped, 1)


def other_order(title: str, _: Language) -> str:
    """The second half first."""
    parts = title.split()
    return " ".join([*parts[len(parts) // 2 :], *parts[: len(parts) // 2]])


def apart(title: str, known: Language) -> str:
    """Compounds in their parts."""
    return _each(title, lambda term: " ".join(part.capitalize() for part in known.lexicon.parts(term)))


def synonym(title: str, known: Language) -> str:
    """One word said otherwise, as the thesaurus has it."""
    for word in scan(title):
        for expansion in known.thesaurus.expansions((word.terms[-1],)):
            if not expansion.is_related:
                return title[: word.start] + " ".join(expansion.phrase).title() + title[word.end :]
    return title


def with_more(title: str, _: Language) -> str:
    """With what people add of themselves."""
    return f"Einführung: {title} in unserer Gemeinde"


def shorter(title: str, _: Language) -> str:
    """Without its last word that counts."""
    counted = [word for word in scan(title) if word.terms[-1] not in STOP_WORDS]
    return title if len(counted) < 3 else title[: counted[-1].start].rstrip(" -–:,(")


REWRITINGS: Final[tuple[Callable[[str, Language], str], ...]] = (slip, other_order, apart, synonym, with_more, shorter)


def measure(entries: Sequence[Known], known: Language, *, remainder: int, least: Band) -> Iterator[Outcome]:
    """What each rewriting comes to, and last the unrelated titles.

    Args:
        remainder: Entries whose number leaves this, divided by two.
        least: Weaker alarms do not count.
    """
    for rewriting in REWRITINGS:
        asked = found = false = 0
        for number, one in enumerate(entries):
            title = rewriting(one.entry.title, known)
            if number % 2 != remainder or title == one.entry.title:
                continue
            named = alarms(Draft(title), entries, known, least=least)
            asked += 1
            found += one.slug in named
            false += len(named - {one.slug})
        yield Outcome(rewriting.__name__.replace("_", " "), asked, found, false)
    false = sum(len(alarms(Draft(title), entries, known, least=least)) for title in UNRELATED)
    yield Outcome("unrelated", len(UNRELATED), 0, false)


def alarms(draft: Draft, entries: Sequence[Known], known: Language, *, least: Band) -> set[str]:
    """Slugs of the entries that are probably the same work."""
    judge = Judge(draft, known.lexicon, known.thesaurus)
    bands = tuple(Band)[: tuple(Band).index(least) + 1]
    judged = ((one.slug, judge.judge(one.entry)) for one in entries)
    return {slug for slug, alike in judged if alike is not None and alike.band in bands}


def _each(title: str, change: Callable[[str], str]) -> str:
    changed, end = "", 0
    for word in scan(title):
        said = change(word.terms[-1])
        changed += title[end : word.start] + (said or title[word.start : word.end])
        end = word.end
    return changed + title[end:]


def table() -> Iterator[str]:
    """The table of docs/search.md."""
    entries = read_seed()
    known = language(entries)
    yield "| Title written otherwise | titles | found, LIKELY | false | found, POSSIBLE | false |"
    yield "| --- | --- | --- | --- | --- | --- |"
    strict = measure(entries, known, remainder=1, least=Band.LIKELY)
    for sure, wide in zip(strict, measure(entries, known, remainder=1, least=Band.POSSIBLE), strict=True):
        yield f"| {sure.name} | {sure.asked} | {sure.found} | {sure.false} | {wide.found} | {wide.false} |"


if __name__ == "__main__":
    print("\n".join(table()))
