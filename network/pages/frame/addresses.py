"""Addresses that others wrote, made safe to follow: what is no plain web address, number or mailbox becomes no link."""

import re
from typing import Final
from urllib.parse import quote, urlsplit

_MOST: Final = 2_000
_SPACE_OR_CONTROL: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\\]")
_NO_DIGIT: Final = re.compile(r"[^0-9]")
_MAILBOX: Final = re.compile(r"[^\s@<>\"?&,;:]+@[^\s@<>\"?&,;:/]+")
_FEWEST_DIGITS: Final = 3


def external(address: str | None) -> str | None:
    """`address` where it leads to the web and nowhere else; None for every other scheme (`javascript:`, `data:`).

    With a name before the host (`https://bank.example@evil.example`) it shows another place than it leads to: None, too.
    """
    if not address or len(address) > _MOST or _SPACE_OR_CONTROL.search(address):
        return None
    try:
        parts = urlsplit(address)
        # Reading the port raises where it is no number.
        is_plain = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and is_plain else None


def host(address: str | None) -> str:
    """The host of a web address, as people say it; empty where it is none."""
    checked = external(address)
    return (urlsplit(checked).hostname or "").removeprefix("www.") if checked else ""


def telephone(number: str | None) -> str | None:
    """A `tel:` address; None where the text has no number to dial."""
    written = (number or "").replace("(0)", "")
    digits = _NO_DIGIT.sub("", written)
    if len(digits) < _FEWEST_DIGITS:
        return None
    return f"tel:{'+' if written.strip().startswith('+') else ''}{digits}"


def mailbox(address: str | None) -> str | None:
    """A `mailto:` address without further headers; None where the text is no mailbox."""
    if not address or not _MAILBOX.fullmatch(address):
        return None
    return f"mailto:{quote(address, safe='@')}"
