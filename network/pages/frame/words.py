"""The word for a value of a vocabulary, in the language of the page."""

from collections.abc import Mapping
from typing import Final

from network.pages.frame.language import Language, translations
from network.words import WORDS

"""Name of the vocabulary -> value -> word. Values that are missing show as they are."""

VOCABULARY_OF: Final[Mapping[str, str]] = {
    "stage": "Stage",
    "status": "OperatingStatus",
    "visibility": "Visibility",
    "contactVisibility": "Visibility",
    "costBand": "CostBand",
    "origin": "Origin",
}
"""Field of an entry -> the vocabulary of its values."""


def word_for(language: Language, vocabulary: str, value: str | None) -> str:
    """What a value of a closed vocabulary is called; "" for None."""
    if value is None:
        return ""
    known = WORDS[vocabulary].get(value)
    return value if known is None else translations(language).gettext(known)


def texts() -> list[str]:
    """Every word, for the catalogue."""
    return [word for words in WORDS.values() for word in words.values()]
