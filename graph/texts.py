"""What a text has to be like before it is stored, whoever brings it: a form, a request, a file. Pure."""

import unicodedata
from typing import Final
from urllib.parse import urlsplit

MAX_WRITEUP: Final = 50_000
"""Characters of a write-up: twenty-five printed pages, where the longest of the seed has one. Everybody who opens the entry
loads it and the index splits it into words; what is longer is a document, and is linked. In UTF-8 it fits into a request,
whatever its characters."""

MAX_REPORT: Final = 20_000
"""Characters of an experience: what somebody learned, and what it rests on."""
MAX_TEXT: Final = 5_000
"""Characters of a paragraph or two."""
MAX_NOTE: Final = 2_000
"""Characters of a few sentences: a summary, a reason, a remark."""
MAX_LINE: Final = 300
"""Characters of a title or name; the longest title of the seed has 121."""
MAX_NAME: Final = 100
"""Characters of what people call themselves, or something of their own."""
MAX_URL: Final = 2_000
MAX_EMAIL: Final = 254
"""RFC 5321 §4.5.3.1.3: what a path takes, without its angle brackets."""
MAX_PHONE: Final = 40
MAX_KEY: Final = 200

_STEERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They make a text read otherwise than it is stored (Unicode UAX 9, "Trojan Source")."""
_NO_TEXT: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, halves of characters, and line ends that some readers see and others do not."""


_TAGS: Final = range(0xE0000, 0xE0080)
"""Letters that nobody sees and every program reads: a text of them would be a message that no reviewer read."""
_NONCHARACTERS: Final = range(0xFDD0, 0xFDF0)
"""Beside the last two of every plane: never to be interchanged (Unicode, D14)."""
_VISIBLE: Final = frozenset("LNPS")
_BLANKS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
"""Letters and symbols, as Unicode has it, that are drawn as nothing: Hangul fillers, empty Braille, a note without a head."""


def unfit_character(text: str, *, allowed: str) -> str | None:
    """The first character that no text of ours has, None where there is none.

    Args:
        allowed: Control characters and line ends that the text may have.
    """
    return next((character for character in text if _is_unfit(character, allowed)), None)


def is_visible(text: str) -> bool:
    """Whether `text` has anything to see: a letter, digit or sign, not only blanks, joiners and marks for others."""
    return any(unicodedata.category(one)[0] in _VISIBLE and one not in _BLANKS for one in text)


def is_web_address(text: str) -> bool:
    """Whether `text` is an address that a page can link to: http or https, with a host, without user and password."""
    if any(character.isspace() or character in '\\<>"' or _is_unfit(character, "") for character in text):
        return False
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc and port_is_fine


def _is_unfit(character: str, allowed: str) -> bool:
    code = ord(character)
    return (
        character in _STEERING
        or code in _TAGS
        or code in _NONCHARACTERS
        or code & 0xFFFE == 0xFFFE
        or (unicodedata.category(character) in _NO_TEXT and character not in allowed)
    )
