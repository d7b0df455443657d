"""Descriptions that several inputs share."""

from typing import Final

PROJECT_ID: Final = "Its id, as in `Project:0190…`."
EXPECTED_VERSION: Final = (
    "The `version` that the caller has seen: with another one stored nothing happens, and the answer is a `Conflict`. "
    "Left out, whatever is stored is changed."
)
