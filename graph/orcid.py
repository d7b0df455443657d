"""ORCID iDs: 16 characters of which the last is a check character (ISO/IEC 7064, MOD 11-2)."""

import re
from typing import Final

from graph.errors import InvalidInputError

_FORM: Final = re.compile(r"(?:https?://(?:www\.)?orcid\.org/)?([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])/?")


def orcid_of(text: str) -> str:
    """`text`, an ORCID iD or its address, as in `0000-0002-1825-0097`.

    Raises:
        InvalidInputError: another form, or the check character is another one.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise InvalidInputError("orcid: expected sixteen characters as in 0000-0002-1825-0097", field="orcid")
    orcid = found[1]
    if check_character(orcid.replace("-", "")[:15]) != orcid[-1]:
        raise InvalidInputError(
            "orcid: its last character does not fit the others; one of them is wrong", field="orcid"
        )
    return orcid


def check_character(digits: str) -> str:
    """What follows `digits` in an ORCID iD."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    rest = (12 - total) % 11
    return "X" if rest == 10 else str(rest)
