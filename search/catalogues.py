"""Other public catalogues, with links that carry the words of a search. Nothing here asks them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

import yaml

_FILE: Final = Path(__file__).with_name("catalogues.yaml")


@dataclass(frozen=True, slots=True)
class CatalogueLink:
    """A catalogue, what it is good for (German), and the address of its answer to the same words."""

    name: str
    purpose: str
    url: str


def links(words: str) -> tuple[CatalogueLink, ...]:
    """A link to each catalogue, in the order of the file, that searches for `words`."""
    encoded = quote(words, safe="")
    return tuple(CatalogueLink(name, purpose, url.replace("{words}", encoded)) for name, purpose, url in _catalogues())


@cache
def _catalogues() -> tuple[tuple[str, str, str], ...]:
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple((entry["name"], entry["for"], entry["url"]) for entry in entries)
