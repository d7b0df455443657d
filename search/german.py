"""From German text to terms: one pure analysis for both engines, at indexing and at query time.

Engines are given words that are already folded, and split them at spaces only; so both see the same words, and a
snippet can find the word that an engine matched. Three steps:

- `fold` writes a word the one way that all its spellings share: `Großröhrsdorf`, `Grossroehrsdorf` and `grossrohrsdorf`
  are all `grossrohrsdorf`. Two spellings beside each other would do as well, but double the words that typos and
  prefixes are compared with.
- `words` cuts text into folded words. A hyphenated or camel-case word is its parts and the parts joined.
- `stem` takes endings away (Snowball), so that `Umfragen` and `Umfrage` meet.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import Stemmer

ANALYSIS_VERSION: Final = 3
"""Grows whenever the terms of a text change; indexes built with another one are rebuilt."""
MAX_QUERY_WORDS: Final = 10
"""Words of a query that count; people type three, and each costs a look at the whole vocabulary."""
MAX_WORD_LENGTH: Final = 60
"""Characters of a word that are compared. Longer ones are addresses and keys; engines drop terms beyond 250 bytes."""

_MAX_KEY_LENGTH: Final = 100
# People paste the address of a key: https://ror.org/03sft3r75.
_RESOLVER: Final = re.compile(r"^(?:https?://)?(?:ror\.org|(?:dx\.)?doi\.org)/")
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9.:/+_()-]*")
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
)
# `ae` is `ä` written out; `ue` after q or a vowel is not (Quelle, Feuer, neue). False friends (aktuell, Itzehoe) fold
# alike everywhere, so they still find themselves.
_WRITTEN_OUT: Final = re.compile(r"([ao])e|(?<![qaeiou])(u)e")
# `OpenData` is two words, `LoRaWAN` and `BundID` are one.
_CAMEL: Final = re.compile(r"(?<=[^\W\d_][a-zäöüß][a-zäöüß])(?=[A-ZÄÖÜ][a-zäöüß]{2})")
# Inside a word and no end of it: dots and accents apart from their letters (as macOS and many PDF files write them),
# soft hyphens, and what has no width.
_INSIDE: Final = r"\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_LETTER: Final = rf"[^\W_][{_INSIDE}]*"
_CHUNK: Final = re.compile(rf"(?:{_LETTER})+(?:[-‐‑–'’._&+/](?:{_LETTER})+)*")
_PART: Final = re.compile(rf"(?:{_LETTER})+")
_GAP: Final = re.compile(rf"(?![{_INSIDE}])[\W_]")
_UNSEEN: Final = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]")
# Joined by these, words are one word (E-Akte, Kita-App); by the others, several.
_HYPHENS: Final = re.compile(r"[-‐‑'’&+]")

# Folded; articles, prepositions, pronouns, conjunctions and auxiliary verbs: nobody searches for one of them.
_STOP_WORDS: Final = """
aber alle allem allen aller alles als also am an and auch auf aus bei beim bis da damit dann das dass dem den der des
die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch fur
gegen hat haben ich ihm ihn ihnen ihr ihre im in ins ist ja kann konnen man mit nach nicht noch nur ob oder ohne sein
seine sich sie sind so soll sollen the uber um und uns unser unsere unter vom von vor war was welche wer werden wie
will wir wird wo zu zum zur zwischen
"""
STOP_WORDS: Final = frozenset(_STOP_WORDS.split())


def fold(word: str) -> str:
    """`word` in the spelling that all its umlaut, case and accent variants share; folding twice changes nothing.

    NFKC first, so that ligatures and full-width letters are letters; combining marks go, in every script.
    """
    letters = unicodedata.normalize("NFKC", word).casefold().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", letters)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    while (shorter := _WRITTEN_OUT.sub(r"\1\2", bare)) != bare:
        bare = shorter
    return bare


@lru_cache(maxsize=65_536)
def stem(folded: str) -> str:
    """`folded` without its ending; words with digits stay whole, since keys and years have no endings."""
    if len(folded) < 4 or not folded.isalpha():
        return folded
    stemmed: str = _STEMMER.stemWord(folded[:-1] if _S_PLURAL.search(folded) else folded)
    # The stemmer reads `ue` as `ü` where it finds some.
    return _LEFT.sub("", stemmed if stemmed.isascii() else fold(stemmed))


# What the stemmer leaves of words that are everyday ones here. Plurals of words from other languages: behind a, i, o, y and
# p it takes an s for a part of the word, as it is in Glas, Kreis, Ergebnis, kostenlos.
_S_PLURAL: Final = re.compile(r"(?:[yp]|(?<!gl)(?<!gr)(?<!g)a|(?<![aen])(?<!prax)(?<!bas)i|(?<![lo])o)s$")
# Zentr(um), Prax(is), Firm(a), Kont(o) have plurals in -en; Studium, Konsum and Datum would be Studie, Konsens and Daten, and
# Raum and Eigentum are German. Sani(er)ung is what one does who saniert, while Studierende are no Studie and a Regierung no
# Regie; of Bus(se) one s is enough.
_LEFT: Final = re.compile(
    r"(?<=[a-z]{4})(?<!studi)(?<!kons)(?<![at])um$|(?<=prax)is$|(?<=firm|them)a$|(?<=agend)a$|(?<=kont)o$|(?<=risik)o$"
    r"|(?<=szenari)o$|(?<=[a-z]{3}i)(?<!studi)(?<!regi)er$|(?<=us)s$"
)

# Cached above. One for all threads: it holds the interpreter lock while it works.
_STEMMER: Final = Stemmer.Stemmer("german", 0)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it stands, and the terms it is found by (folded, never empty)."""

    start: int
    end: int
    terms: tuple[str, ...]


def scan(text: str) -> Iterator[Word]:
    """The words of `text` in order; a hyphenated word is one `Word` with its parts and the joined form as terms."""
    for chunk in _CHUNK.finditer(text):
        for start, end in _one_word_each(chunk):
            written = unicodedata.normalize("NFC", _UNSEEN.sub("", text[start:end]))
            pieces = (piece for part in _PART.findall(written) for piece in _CAMEL.split(part))
            parts = tuple(filter(None, map(_cut, pieces)))
            joined = _cut("".join(parts))
            if parts:
                yield Word(start, end, parts if len(parts) == 1 else (*parts, joined))


def words(text: str) -> list[str]:
    """All terms of a document's text, in its order."""
    return [term for word in scan(text) for term in word.terms]


def key(text: str) -> str | None:
    """`text` as keys are compared (ARS, LeiKa, OZG, SPDX, ROR, DOI, slugs); `None` where it can be none."""
    compact = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    compact = _RESOLVER.sub("", compact)
    return compact if 2 <= len(compact) <= _MAX_KEY_LENGTH and _KEY.fullmatch(compact) else None


def _one_word_each(chunk: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Spans of `chunk` between separators that are no hyphens (`a.b`, `und/oder`)."""
    start = chunk.start()
    for gap in _GAP.finditer(chunk[0]):
        if not _HYPHENS.fullmatch(gap[0]):
            yield start, chunk.start() + gap.start()
            start = chunk.start() + gap.end()
    yield start, chunk.end()


@lru_cache(maxsize=65_536)
def _cut(part: str) -> str:
    """Folded, without what folding may have brought in that is no letter or digit, and of bounded length."""
    return "".join(filter(str.isalnum, fold(part)))[:MAX_WORD_LENGTH]
