"""Conditions under which programs ask for a file (RFC 9110 §13). Pure.

A list has a strong tag of its content and no date: what is withdrawn from it leaves none, so that the date of the latest
entry would say of a shorter list that it is the same. Conditions by date are therefore not asked, as §13.1.3 and §13.1.4
want it of what has no date.
"""

import re
from collections.abc import Iterable
from typing import Final

_TAG: Final = re.compile(r'(?:W/)?"[!#-~\x80-\xff]*"')
"""An entity tag (§8.8.3); commas inside of it part nothing."""


def refused(headers: Iterable[tuple[str, str]], tag: str) -> int | None:
    """What to answer in place of a file with that strong tag: 412, 304, or None where it is to be sent (§13.2.2)."""
    given: dict[str, str] = {}
    for name, value in headers:
        given[name.lower()] = f"{given[name.lower()]},{value}" if name.lower() in given else value
    wanted, known = given.get("if-match"), given.get("if-none-match")
    if wanted is not None and wanted.strip() != "*" and tag not in _TAG.findall(wanted):
        return 412
    if known is not None and (known.strip() == "*" or tag in (one.removeprefix("W/") for one in _TAG.findall(known))):
        return 304
    return None
