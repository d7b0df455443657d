"""Forms of the keys that name houses and topics: memberships, files and the graph speak of the same ones."""

import re
from typing import Final

_SLUG: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"

SLUG: Final = re.compile(_SLUG)
"""One path segment: `zeitz`, `bad-oldesloe`."""

STATE_DIGITS: Final = 2
DISTRICT_DIGITS: Final = 5
ASSOCIATION_DIGITS: Final = 9
MUNICIPALITY_DIGITS: Final = 12
"""Digits of the Regionalschlüssel (ARS). Each shorter key begins the keys of what lies within."""

ARS: Final = re.compile(
    "|".join(
        f"[0-9]{{{digits}}}" for digits in (STATE_DIGITS, DISTRICT_DIGITS, ASSOCIATION_DIGITS, MUNICIPALITY_DIGITS)
    )
    + f"|local:{_SLUG}"
)
"""Key of an administration; `local:…` for one that the register does not know."""

ROR: Final = re.compile(rf"0[a-z0-9]{{6}}[0-9]{{2}}|local:{_SLUG}")
"""Key in the Research Organization Registry, without address; `local:…` where it has none."""
