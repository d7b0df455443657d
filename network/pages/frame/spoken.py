"""Texts on pages that are not German, in which others' words are: each part with whether it is German. Pure.

Words are put into sentences of the catalogue before anybody knows what becomes of these, HTML or a file. So they are marked by two
characters that mean nothing, which texts of others lose.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from network.pages.frame.language import Language

_BEGIN: Final = "\ufdd0"
_END: Final = "\ufdd1"
_MARKS: Final = re.compile(f"[{_BEGIN}{_END}]")
_PARTS: Final = re.compile(f"{_BEGIN}([^{_BEGIN}{_END}]*){_END}")


def others_words(language: Language) -> Callable[[str], str]:
    """What marks the words of others in a text of that language: nothing has to be marked in a German one."""
    return unmarked if language is Language.GERMAN else _marked


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text piece by piece, with whether the piece is German amid another language."""
    for index, piece in enumerate(_PARTS.split(text)):
        if kept := unmarked(piece):
            yield kept, bool(index % 2)


def unmarked(text: str) -> str:
    return _MARKS.sub("", text)


def _marked(text: str) -> str:
    return f"{_BEGIN}{unmarked(text)}{_END}" if text else text
