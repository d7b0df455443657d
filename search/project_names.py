"""The names that a project is found by beside its own texts: of its houses and their towns, topics, services, funding.

Whoever says how a word is written reads them: most proper nouns stand in no text of the project itself.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from graph.ddl import LABELS
from graph.links import PROJECT_FUNDING, PROJECT_HOUSES, PROJECT_OWNER, PROJECT_SERVICES, PROJECT_TOPICS, Link
from graph.selection import LinkRead, Selection


def _named(link: Link) -> LinkRead:
    variants = (
        Selection(label, (LABELS[label].name_property, *({"town"} & LABELS[label].properties.keys())))
        for label in link.target
    )
    return LinkRead(link, tuple(variants))


NAMES: Final = tuple(map(_named, (PROJECT_OWNER, PROJECT_HOUSES, PROJECT_TOPICS, PROJECT_SERVICES, PROJECT_FUNDING)))
"""What to read of a project for them."""


def strings(rows: Sequence[Any]) -> Iterator[str]:
    """All texts in rows of a selection, however deep; labels of what a link leads to are among them."""
    for value in rows:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from strings(value)
