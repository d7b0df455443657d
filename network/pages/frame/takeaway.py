"""How pages lead to the files of what they show. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

MAX_ROWS: Final = 5_000
"""Rows of one table: each hundred of them is an operation, and all have to fit into the time of one request."""


def addressed(path: str, said: Mapping[str, str] | Sequence[tuple[str, str]]) -> str:
    """A path of ours with parameters, whatever the language: files have none."""
    return f"{path}?{urlencode(said)}" if said else path


def webcal(address: str) -> str:
    """The address that calendars open by themselves; they fetch it by HTTPS where they can."""
    return f"webcal:{address.partition(':')[2]}"
