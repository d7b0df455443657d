"""Every list, search and comparison as a table for Excel: the address of its page with `.csv` behind the path, filters and all.

A table holds what its reader may see and no contact data, which the pages show: files are passed on.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Protocol

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages import operations
from network.pages.files import table_columns
from network.pages.files.table_columns import Column
from network.pages.files.table_file import MEDIA_TYPE, Cell, table_file
from network.pages.frame import compared
from network.pages.frame.asking import Answer, AskingError, OddAddressError
from network.pages.frame.entry_addresses import page_of
from network.pages.frame.formats import today
from network.pages.frame.language import Language, message
from network.pages.frame.site import Site, in_both_languages
from network.pages.frame.takeaway import MAX_ROWS
from network.pages.operations.declared import Question
from network.pages.reading import browse_page
from network.pages.reading.events_page import View
from network.pages.reading.list_pages import LISTINGS, Listing
from network.pages.reading.months import FIRST_YEAR, LAST_YEAR
from network.pages.reading.search_state import SearchState
from search.port import MAX_WINDOW

Data = Mapping[str, Any]
Pairs = list[tuple[str, str]]
_NO_MONTH: Final = message(
    "Den Monat in dieser Adresse gibt es im Kalender nicht. Gemeint ist zum Beispiel month=2026-11. Es ist keine Datei entstanden."
)


class Ask(Protocol):
    """Asks as somebody."""

    def __call__(self, question: Question) -> Awaitable[Answer]: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """What is in a table. `total`: None where everything is in it, else how many there would be."""

    nodes: list[Data]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A page as a table.

    Attributes:
        path: That of the page.
        name: Of the file, ASCII.
        said: What of an address decides what is shown, as the page says it.
        read: Fetches what an address asks for, as whoever `Ask` asks for.
    """

    path: str
    name: str
    columns: tuple[Column, ...]
    said: Callable[[QueryParams], Pairs]
    read: Callable[[Ask, QueryParams], Awaitable[Rows]]

    def file(self, found: Rows, public_url: str) -> bytes:
        """The rows with the address of each entry's page last; a table that was cut says so in its last row."""
        headings = [*(column.heading for column in self.columns), "Seite"]
        rows: list[list[Cell]] = [
            [*(column.cell(node) for column in self.columns), f"{public_url}{page_of(node)}"] for node in found.nodes
        ]
        if found.total is not None:
            told = (
                f"Nicht alles: Diese Tabelle endet nach {len(found.nodes)} von mindestens {found.total} Zeilen. Grenzen Sie sie ein, "
                f"oder fragen Sie die Schnittstelle: {public_url}/developers"
            )
            rows.append([told, *[None] * len(self.columns)])
        return table_file(headings, rows)


def routes(site: Site) -> list[BaseRoute]:
    return [
        route for table in TABLES.values() for route in in_both_languages(f"{table.path}.csv", _handler(site, table))
    ]


def _handler(site: Site, table: Table) -> Callable[[Request], Awaitable[Response]]:
    async def download(request: Request) -> Response:
        found = await table.read(partial(site.asking.ask, request), request.query_params)
        return Response(table.file(found, site.public_url), media_type=MEDIA_TYPE, headers=headers(table.name))

    return download


def headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="hubnetz-{name}.csv"',
        "Content-Language": Language.GERMAN.value,
        "Cache-Control": "private, no-store",
        "Vary": "Cookie, Authorization",
    }


async def paged(ask: Ask, listed: Callable[..., Question], *, most: int = MAX_ROWS, window: int | None = None) -> Rows:
    """Page by page to the end, or until there are `most`.

    Args:
        listed: An operation with all of its variables but `after`.
        window: Rows after which the list ends, whatever more there is.

    Raises:
        AskingError: not everything was answered: a table with holes would look like the whole.
    """
    nodes: list[Data] = []
    after: str | None = None
    while True:
        answer = await ask(listed(after=after))
        page = answer.need("rows")
        if answer.errors:
            raise AskingError.of(answer.errors)
        nodes += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"] or after is None:
            is_cut = window is not None and page["totalCount"] >= window
            return Rows(nodes, max(page["totalCount"], len(nodes) + 1) if is_cut else None)
        if len(nodes) >= most:
            return Rows(nodes[:most], max(page["totalCount"], most + 1))


def _listed(listing: Listing, name: str, columns: tuple[Column, ...], asks: Callable[..., Question]) -> Table:
    async def read(ask: Ask, parameters: QueryParams) -> Rows:
        where = listing.variables(listing.chosen(parameters))["filter"]
        return await paged(ask, partial(asks, filter=where))

    def said(parameters: QueryParams) -> Pairs:
        return list(listing.said(listing.chosen(parameters)).items())

    return Table(listing.path, name, columns, said, read)


def _searched(parameters: QueryParams) -> Pairs:
    state = SearchState.of(parameters)
    return replace(state, compared=(), place="").parameters()


async def _search(ask: Ask, parameters: QueryParams) -> Rows:
    state = SearchState.of(parameters)
    return await paged(
        ask,
        partial(operations.table_search, query=state.query, filter=state.filter, sort=state.order),
        window=MAX_WINDOW,
    )


async def _browse(ask: Ask, parameters: QueryParams) -> Rows:
    where, order = browse_page.chosen(parameters)
    return await paged(ask, partial(operations.table_projects, filter=where or None, order=browse_page.ORDERS[order]))


def _browsed(parameters: QueryParams) -> Pairs:
    return browse_page.said(*browse_page.chosen(parameters))


async def _compare(ask: Ask, parameters: QueryParams) -> Rows:
    asked = compared.chosen(parameters.getlist(compared.PARAMETER))
    if not asked:
        return Rows([])
    answer = await ask(operations.table_compare(**dict(zip(compared.PLACES, asked, strict=False))))
    if answer.errors:
        raise AskingError.of(answer.errors)
    return Rows([node for place in compared.PLACES if (node := answer.data.get(place)) is not None])


def _chosen(parameters: QueryParams) -> Pairs:
    asked = compared.chosen(parameters.getlist(compared.PARAMETER))[: compared.MOST]
    return [(compared.PARAMETER, slug) for slug in asked]


async def _events(ask: Ask, parameters: QueryParams) -> Rows:
    view = View.of(parameters)
    if view.is_odd:
        # A table of something else would pass for that month, once it is a file.
        raise OddAddressError("month", f"one from {FIRST_YEAR}-01 to {LAST_YEAR}-12, as in 2026-11", said=_NO_MONTH)
    found = await paged(ask, partial(operations.table_events, **view.question(today())))
    nodes = found.nodes
    for where in view.undated:
        nodes = nodes + (await paged(ask, partial(operations.table_events, filter=where))).nodes
    return Rows(nodes, found.total)


def _viewed(parameters: QueryParams) -> Pairs:
    view = View.of(parameters)
    return [*view.said.items(), *([] if view.month is None else [("month", str(view.month))])]


_OF_LISTS: Final = {
    "hubs": ("hubs", table_columns.HUBS, operations.table_hubs),
    "municipalities": ("kommunen", table_columns.MUNICIPALITIES, operations.table_municipalities),
    "universities": ("hochschulen", table_columns.UNIVERSITIES, operations.table_universities),
    "organisations": ("organisationen", table_columns.ORGANISATIONS, operations.table_organisations),
    "experts": ("fachleute", table_columns.EXPERTS, operations.table_experts),
    "topics": ("themen", table_columns.TOPICS, operations.table_topics),
    "services": ("leistungen", table_columns.SERVICES, operations.table_services),
    "funding": ("foerderung", table_columns.FUNDING, operations.table_funding),
    "needs": ("gesuche-und-angebote", table_columns.NEEDS, operations.table_needs),
}
_PROJECTS: Final = table_columns.PROJECTS
TABLES: Final[Mapping[str, Table]] = {
    table.path: table
    for table in (
        Table("/search", "suche", _PROJECTS, _searched, _search),
        Table("/projects", "projekte", _PROJECTS, _browsed, _browse),
        Table("/compare", "vergleich", _PROJECTS, _chosen, _compare),
        Table("/events", "veranstaltungen", table_columns.EVENTS, _viewed, _events),
        *(_listed(listing, *_OF_LISTS[listing.name]) for listing in LISTINGS),
    )
}
"""Path of a page -> its table."""
