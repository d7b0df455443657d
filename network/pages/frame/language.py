"""The two languages of the pages: German, in which their texts are written, and English, from a catalogue.

The language of a page is in its address (`/en/…` is English): a link shows everybody the same, and no cookie is needed.
"""

import io
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

CATALOGUE: Final = Path(__file__).parents[1] / "locale" / "en" / "LC_MESSAGES" / "hubnetz.po"
ENGLISH_PREFIX: Final = "/en"


class Language(StrEnum):
    GERMAN = "de"
    ENGLISH = "en"

    @property
    def prefix(self) -> str:
        """What stands before the path of every page in this language."""
        return ENGLISH_PREFIX if self is Language.ENGLISH else ""

    def at(self, path: str) -> str:
        """The address, in this language, of the page that is German at `path`."""
        return self.prefix if path == "/" and self.prefix else f"{self.prefix}{path}"

    @property
    def other(self) -> "Language":
        return Language.GERMAN if self is Language.ENGLISH else Language.ENGLISH


def language_of(path: str) -> Language:
    """The language of the page at `path`."""
    is_english = path == ENGLISH_PREFIX or path.startswith(f"{ENGLISH_PREFIX}/")
    return Language.ENGLISH if is_english else Language.GERMAN


def without_language(path: str) -> str:
    """The path of the German page."""
    return (path.removeprefix(ENGLISH_PREFIX) or "/") if language_of(path) is Language.ENGLISH else path


@cache
def translations(language: Language) -> NullTranslations:
    """The texts of a language; German ones are the keys. The catalogue is read as text: nothing compiled lies about."""
    if language is Language.GERMAN:
        return NullTranslations()
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale=language.value)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def message(text: str) -> str:
    """Marks a text in code for the catalogue; it is translated where it is shown."""
    return text
