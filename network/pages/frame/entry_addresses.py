"""Where the page of an entry is, and what the entry is called. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """The pages of one kind.

    Attributes:
        folder: Where they are; behind it stands the key of the entry.
        key: Property that holds the key. Global ids end with it, too, but for projects, whose key changes.
        name: Property that holds what people call the entry.
    """

    folder: str
    key: str
    name: str


PROJECT: Final = "Project"
PAGES: Final[Mapping[str, Page]] = {
    PROJECT: Page("/projects", "slug", "title"),
    "Topic": Page("/topics", "slug", "nameDe"),
    "Hub": Page("/hubs", "slug", "name"),
    "Municipality": Page("/municipalities", "ars", "name"),
    "University": Page("/universities", "ror", "name"),
    "Organisation": Page("/organisations", "slug", "name"),
    "Service": Page("/services", "leikaId", "name"),
    "FundingProgramme": Page("/funding", "slug", "name"),
    "Need": Page("/needs", "", "title"),
    "Event": Page("/events", "", "title"),
    "Expert": Page("/experts", "", "name"),
}
"""Kind of node -> its pages."""


def key_of(node: Data) -> str:
    """The part of its global id that is its own."""
    return str(node["id"]).partition(":")[2]


def label_of(node: Data) -> str:
    """Its kind, as the answer says it or its global id does."""
    return str(node.get("__typename") or str(node["id"]).partition(":")[0])


def page_of(node: Data) -> str:
    """The path of its page.

    Raises:
        KeyError: nodes of its kind have no page, or the answer does not hold what tells it.
    """
    label = label_of(node)
    page = PAGES[label]
    return _at(page, str(node[page.key]) if page.key in node or label == PROJECT else key_of(node))


def project_page(slug: str) -> str:
    """The path of a project's page."""
    return _at(PAGES[PROJECT], slug)


def _at(page: Page, key: str) -> str:
    return f"{page.folder}/{quote(key, safe=':')}"


def name_of(node: Data) -> str:
    return str(node[PAGES[label_of(node)].name])


def place_of(node: Data) -> tuple[str, str]:
    """Path and name of what can be looked at by itself."""
    return page_of(node), name_of(node)
