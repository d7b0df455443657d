"""Projects as NDJSON, as one caller sees them: the counterpart of the import."""

from collections.abc import AsyncIterator
from typing import Any, Final

from auth import policy
from auth.principal import Anonymous, Caller
from graph import links
from graph.ddl import LABELS
from graph.links import Order
from graph.model import HOUSES
from graph.port import GraphStore
from graph.selection import MAX_PAGE, LinkRead, Match, Page, Selection
from graph.vocabulary import Origin
from network.importers.projects import project_json

_PROPERTIES: Final = (
    "slug",
    "title",
    "summary",
    "writeup",
    "status",
    "stage",
    "visibility",
    "licence",
    "repository_url",
    "website_url",
    "started",
)
_SELECTION: Final = Selection(
    "Project",
    (*_PROPERTIES, "id", "origin"),
    (
        LinkRead(links.PROJECT_OWNER, tuple(Selection(house, (LABELS[house].key,)) for house in HOUSES)),
        LinkRead(links.PROJECT_TOPICS, (Selection("Topic", ("slug",)),)),
        LinkRead(
            links.PROJECT_MUNICIPALITIES, (Selection("Municipality", ("ars",)),), edge=("confirmed_at", "asked_at")
        ),
    ),
)


async def export_projects(store: GraphStore, *, caller: Caller | None = None) -> AsyncIterator[str]:
    """A line with its line feed for each project that `caller` (Anonymous by default) may see, by slug.

    The same graph gives the same bytes. A project that appears or vanishes meanwhile may be in it or not.
    """
    audiences = policy.audiences(Anonymous() if caller is None else caller)
    page = Page(MAX_PAGE)
    while True:
        start = Match("Project", order=(Order("slug"),), page=page)
        rows = [row for row in (await store.select(_SELECTION, start, audiences=audiences)).rows if row is not None]
        for row in rows:
            yield _line(row) + "\n"
        if len(rows) < MAX_PAGE:
            return
        # The order's column, then the key, which ends every order.
        page = Page(MAX_PAGE, (str(rows[-1][0]), str(rows[-1][len(_PROPERTIES)])))


def _line(row: list[Any]) -> str:
    origin, owner, topics, municipalities = row[-4:]
    is_sourced = origin != Origin.REGISTERED
    return project_json(
        dict(zip(_PROPERTIES, row, strict=False)),
        None if owner is None else f"{owner[0].lower()}:{owner[1]}",
        sorted(slug for (slug,) in topics),
        # Whoever takes the line over takes it for a fact: a partner that has not answered is none.
        sorted(ars for confirmed, asked, ars in municipalities if confirmed or (is_sourced and not asked)),
    )
