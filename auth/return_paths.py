"""Where somebody goes on after signing in: a page of ours, or nowhere."""

import re
from typing import Final

HOME: Final = "/"
# Encoded letters of other alphabets, and no encoded dot, slash, backslash or control character.
_ENCODED: Final = r"%(?![01]|2[eEfF]|5[cC])[0-9A-Fa-f]{2}"
_SEGMENT: Final = rf"/(?:[A-Za-z0-9]|{_ENCODED})(?:[A-Za-z0-9:._~-]|{_ENCODED}){{0,199}}"
# Named one by one: every rule on what is no foreign address has had its hole (`//host`, `/\host`, encoded, with line ends).
# What follows a name, and what follows `?`, is of letters, digits and marks that mean nothing else to a browser.
_OURS: Final = re.compile(
    r"(?:/en)?/(?:link/[A-Za-z0-9_-]{43}"
    r"|(?:explorer|developers|imprint|privacy|accessibility|search|compare|map|neighbourhood|introductions|my|review|upload"
    r"|projects|hubs|municipalities|universities|organisations|experts|topics|services|funding|events|needs|follow|unfollow|questions"
    r"|answers|adoptions|continue)"
    rf"(?:{_SEGMENT}){{0,3}}(?:\?(?:[A-Za-z0-9=&%+._~:,()*'!-]|/(?!/)){{1,1000}})?)|/(?:en)?"
)


def own_path(given: str | None) -> str:
    """`given`, where it is a page that one may come back to; else the start page."""
    return given if given is not None and _OURS.fullmatch(given) else HOME
