"""Which list is there in which form, and the addresses of both. Pure.

A list is named by the address of its page; in another form it is the same address with another ending (`/events.ics`).
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams

from graph.errors import InvalidInputError
from graph.vocabulary import FeedForm
from network.pages.files.tables import TABLES, Pairs
from network.pages.frame.language import without_language

FEEDS: Final = "/feeds"
EVENTS: Final = "/events"
PROJECTS: Final = "/projects"
SEARCH: Final = "/search"
ENDINGS: Final[Mapping[FeedForm, str]] = {FeedForm.TABLE: "csv", FeedForm.CALENDAR: "ics", FeedForm.NEWS: "atom"}
LISTS: Final[Mapping[FeedForm, frozenset[str]]] = {
    FeedForm.TABLE: frozenset(TABLES),
    FeedForm.CALENDAR: frozenset({EVENTS}),
    FeedForm.NEWS: frozenset({PROJECTS, SEARCH}),
}
_IGNORED: Final[Mapping[FeedForm, frozenset[str]]] = {
    FeedForm.TABLE: frozenset(),
    # A calendar has its own months, and news their own order.
    FeedForm.CALENDAR: frozenset({"past", "all", "month"}),
    FeedForm.NEWS: frozenset({"sort"}),
}
_MAX_FIELDS: Final = 200


def said(form: FeedForm, path: str, parameters: QueryParams) -> Pairs:
    """What of an address decides what this form shows."""
    return [(name, value) for name, value in TABLES[path].said(parameters) if name not in _IGNORED[form]]


def list_of(form: FeedForm, page: str) -> str:
    """The address of a list as its page says it, in German and without what this form does not show.

    Raises:
        InvalidInputError: no list of ours, or not in this form.
    """
    before, _, query = page.partition("#")[0].partition("?")
    path = without_language(before)
    try:
        pairs = parse_qsl(query, max_num_fields=_MAX_FIELDS)
    except ValueError:
        path = ""
    if path not in LISTS[form]:
        known = ", ".join(sorted(LISTS[form]))
        raise InvalidInputError(f"page: expected one of {known}, with its filter as parameters", field="page")
    shown = said(form, path, QueryParams(pairs))
    return f"{path}?{urlencode(shown)}" if shown else path


def file_name(form: FeedForm, page: str) -> str:
    """What a file with this list is called; the last part of a personal address."""
    return f"hubnetz-{TABLES[page.partition('?')[0]].name}.{ENDINGS[form]}"


def personal_address(public_url: str, secret: str, form: FeedForm, page: str) -> str:
    return f"{public_url}{FEEDS}/{secret}/{file_name(form, page)}"
