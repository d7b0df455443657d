"""Reads from the graph what search documents are made of, and finds the projects that a changed node touches."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from auth.policy import EVERYTHING
from graph import links
from graph.links import Link
from graph.model import (
    HOUSES,
    Adoption,
    Document,
    FundingProgramme,
    Hub,
    Municipality,
    Node,
    NodeKey,
    Organisation,
    Project,
    Result,
    Service,
    Topic,
    University,
)
from graph.port import GraphStore
from graph.rows import N, node_of
from graph.selection import (
    MAX_PAGE,
    ByKeys,
    Compare,
    Condition,
    Either,
    Linked,
    LinkRead,
    Match,
    Operator,
    Page,
    Selection,
)
from search.documents import House, Involvement, ProjectSource

# What documents are made of; each with the fields that its class cannot do without.
_FIELDS: Final[dict[type[Node], tuple[str, ...]]] = {
    Project: (
        *("id", "slug", "title", "title_sort", "summary", "writeup", "readers", "status", "licence"),
        *("started", "one_off_cost", "yearly_cost", "own_share", "lessons_learned", "what_failed", "opened"),
        *("origin", "version", "updated_at", "confirmed_at"),
    ),
    Hub: ("slug", "name", "town", "state"),
    Municipality: ("ars", "ags", "name", "kind", "state", "population"),
    University: ("ror", "name", "town", "state"),
    Organisation: ("slug", "name", "town"),
    Topic: ("slug", "name_de", "name_en"),
    Service: ("leika_id", "name", "ozg_id"),
    FundingProgramme: ("slug", "name"),
    Adoption: ("id", "status", "readers", "confirmed_by_owner_at"),
    Result: ("id", "kind", "title", "doi", "readers"),
    Document: ("id", "kind", "title", "readers"),
}
_KINDS: Final = {kind.__name__: kind for kind in _FIELDS}


def _read(link: Link, *, edge: tuple[str, ...] = ()) -> LinkRead:
    variants = tuple(Selection(label, tuple(_FIELDS[_KINDS[label]])) for label in link.target)
    return LinkRead(link, variants, edge=edge)


_SELECTION: Final = Selection(
    "Project",
    _FIELDS[Project],
    (
        _read(links.PROJECT_OWNER),
        _read(links.PROJECT_HOUSES, edge=("confirmed_at", "asked_at")),
        _read(links.PROJECT_TOPICS),
        _read(links.PROJECT_SERVICES),
        _read(links.PROJECT_FUNDING),
        _read(links.PROJECT_ADOPTIONS),
        _read(links.PROJECT_RESULTS),
        _read(links.PROJECT_DOCUMENTS),
    ),
)
_KEYS_ONLY: Final = Selection("Project", ("id",))

_TOUCHED: Final[dict[str, tuple[Link, ...]]] = {
    **{house: (links.HOUSE_OWNERS[house], links.HOUSE_PARTNERS[house]) for house in HOUSES},
    "Topic": (links.PROJECT_TOPICS,),
    "Service": (links.PROJECT_SERVICES,),
    "FundingProgramme": (links.PROJECT_FUNDING,),
    "Adoption": (links.PROJECT_ADOPTIONS,),
    "Result": (links.PROJECT_RESULTS,),
    "Document": (links.PROJECT_DOCUMENTS,),
}
"""Links from a project to the kinds of node that its document quotes."""


async def load(graph: GraphStore, ids: Sequence[str]) -> dict[str, ProjectSource]:
    """The current state of the projects among `ids` that exist; at most `graph.selection.MAX_ROWS` ids."""
    selected = await graph.select(_SELECTION, ByKeys("Project", "id", tuple(ids)), audiences=EVERYTHING)
    return {project_id: _source(row) for project_id, row in zip(ids, selected.rows, strict=True) if row is not None}


async def all_ids(graph: GraphStore) -> AsyncIterator[list[str]]:
    """Ids of all projects, in pages, by id."""
    async for page in _pages(graph, ()):
        yield page


async def touched_by(graph: GraphStore, key: NodeKey) -> AsyncIterator[list[str]]:
    """Ids of the projects whose document quotes the node `key`, in pages; a project quotes itself."""
    if key.label == "Project":
        yield [key.value]
        return
    along = _TOUCHED.get(key.label, ())
    if not along:
        return
    is_key = Compare(_KINDS[key.label].key_property, Operator.EQUALS, key.value)
    async for page in _pages(graph, (Either(tuple(Linked(link, (is_key,)) for link in along)),)):
        yield page


async def _pages(graph: GraphStore, where: tuple[Condition, ...]) -> AsyncIterator[list[str]]:
    after: tuple[str, ...] | None = None
    while True:
        start = Match("Project", where=where, page=Page(MAX_PAGE, after))
        rows = (await graph.select(_KEYS_ONLY, start, audiences=EVERYTHING)).rows
        page = [str(row[0]) for row in rows if row is not None]
        if page:
            yield page
        if len(page) < MAX_PAGE:
            return
        after = (page[-1],)


def _source(row: list[Any]) -> ProjectSource:
    width = len(_FIELDS[Project])
    owner, houses, topics, services, funding, adoptions, results, documents = row[width:]
    return ProjectSource(
        project=_node(Project, row[:width]),
        owner=None if owner is None else _house(owner[0], owner[1:]),
        involvements=tuple(
            Involvement(_house(item[0], item[3:]), item[1] is not None, item[2] is not None) for item in houses
        ),
        topics=tuple(_node(Topic, item) for item in topics),
        services=tuple(_node(Service, item) for item in services),
        funding=tuple(_node(FundingProgramme, item) for item in funding),
        adoptions=tuple(_node(Adoption, item) for item in adoptions),
        results=tuple(_node(Result, item) for item in results),
        documents=tuple(_node(Document, item) for item in documents),
    )


def _house(label: str, values: list[Any]) -> House:
    house = _node(_KINDS[label], values)
    assert isinstance(house, House)
    return house


def _node(kind: type[N], values: list[Any]) -> N:
    return node_of(kind, dict(zip(_FIELDS[kind], values, strict=True)))
