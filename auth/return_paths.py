"""Where somebody goes on after signing in: a page of ours, or nowhere."""

import re
from typing import Final

HOME: Final = "/"
# Named one by one: every rule on what is no foreign address has had its hole (`//host`, `/\host`, encoded, with line ends).
_OURS: Final = re.compile(r"/(?:explorer|link/[A-Za-z0-9_-]{43})?")


def own_path(given: str | None) -> str:
    """`given`, where it is a page that one may come back to; else the start page."""
    return given if given is not None and _OURS.fullmatch(given) else HOME
