"""Keeps the English catalogue: `python -m network.pages.catalogue` adds texts that pages got and takes out those that they lost.

Texts are those of templates, those that code marks by `message("…")`, and the words for closed vocabularies.
"""

import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from network.pages.frame.language import CATALOGUE
from network.pages.frame.words import texts

_PAGES: Final = Path(__file__).parent
_METHODS: Final = [("templates/**.html", "jinja2"), ("**.py", "python")]
_KEYWORDS: Final = {"message": None, "_": None, "gettext": None, "ngettext": (1, 2)}
_OPTIONS: Final = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}}


def found() -> Catalog:
    """Every text of the pages, in alphabetical order, without translations."""
    made = Catalog(locale="en", fuzzy=False)
    for _, _, text, _, _ in extract_from_dir(str(_PAGES), _METHODS, _OPTIONS, keywords=_KEYWORDS):
        made.add(text)
    for text in texts():
        made.add(text)
    return made


def kept() -> Catalog:
    """The catalogue as it is; empty where there is none yet."""
    if not CATALOGUE.is_file():
        return Catalog(locale="en", fuzzy=False)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def missing() -> list[str]:
    """Texts of the pages without English words, in alphabetical order."""
    known = kept()
    return sorted(text for text in map(_singular, found()) if text and not _is_translated(known.get(text)))


def _singular(one: Message) -> str:
    return str(one.id[0] if isinstance(one.id, list | tuple) else one.id)


def _is_translated(one: Message | None) -> bool:
    return one is not None and all(one.string if isinstance(one.string, list | tuple) else (one.string,))


def stale() -> list[str]:
    """Texts of the catalogue that no page has."""
    used = {one.id for one in found()}
    return sorted(str(one.id) for one in kept() if one.id and one.id not in used)


def update() -> int:
    """Writes the catalogue anew; the number of texts that wait for English words."""
    known = kept()
    known.update(found(), no_fuzzy_matching=True)
    known.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, known, width=120, omit_header=True, sort_output=True, no_location=True, ignore_obsolete=True)
    return len(missing())


if __name__ == "__main__":
    count = update()
    for text in missing():
        print(text)
    sys.exit(f"{count} texts wait for English words in {CATALOGUE.name}." if count else 0)
