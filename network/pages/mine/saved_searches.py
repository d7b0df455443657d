"""Searches that somebody keeps: saved from the search page, listed, run again, deleted."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from graph.texts import MAX_NAME
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import line
from network.pages.forms.sending import signed_out
from network.pages.frame.callers import is_member
from network.pages.frame.fields import Filled
from network.pages.frame.language import message
from network.pages.frame.notices import DELETED, Note
from network.pages.frame.site import Site, in_both_languages
from network.pages.reading.search_state import SearchState
from network.pages.reading.search_words import ids_of, in_words, names_of

_MOST_NAMED: Final = 60
"""Keys in searches that are shown by name; the rest stand as they are."""


def routes(site: Site) -> list[BaseRoute]:
    async def page(request: Request) -> Response:
        refused = await signed_out(site, request)
        if refused is not None:
            return refused
        viewer = (await site.asking.ask(request, operations.my_searches())).need("viewer")
        states = [(one, SearchState.of_filter(one["query"], one["filter"])) for one in viewer["savedSearches"]]
        names = await names_of(site, request, (id_ for _, state in states for id_ in ids_of(state)), most=_MOST_NAMED)
        searches = [(one, state, in_words(request, state, names)) for one, state in states]
        return site.renderer.page(request, "my_searches.html", searches=searches, may_take_part=is_member(request))

    return [*routes_of(site, ACTIONS), *in_both_languages("/my/searches", page)]


async def _searched(_: Site, request: Request) -> Subject:
    """The search that the address says."""
    state = SearchState.of(request.query_params)
    return Subject(
        data={"state": state, "quoted": state.query}, address="/my/searches", typed={"name": state.query[:MAX_NAME]}
    )


async def _saved(site: Site, request: Request) -> Subject:
    viewer = (await site.asking.ask(request, operations.my_searches())).need("viewer")
    found = next((one for one in viewer["savedSearches"] if one["id"] == request.query_params.get("search")), None)
    if found is None:
        raise HTTPException(404)
    return Subject(data={**found, "quoted": found["name"]}, address="/my/searches")


def _of_search(subject: Subject, _: Filled) -> Mapping[str, Any]:
    state: SearchState = subject.data["state"]
    return {"query": state.query} | ({} if state.filter is None else {"filter": state.filter})


SAVE: Final = Action(
    path="/my/searches/new",
    title=message("Suche merken"),
    lead=message(
        "Findet diese Suche später etwas Neues, steht es in Ihren Mitteilungen. Was es heute schon gibt, zählt nicht als neu."
    ),
    button=message("Merken"),
    mutation=operations.save_search,
    load=_searched,
    inputs=(line("name", message("Wie soll die Suche heißen?"), required=True, most=MAX_NAME),),
    fixed=_of_search,
    note=Note("noted", message("Gemerkt. Neue Treffer stehen in Ihren Mitteilungen.")),
)
DELETE: Final = Action(
    path="/my/searches/delete",
    title=message("Gemerkte Suche löschen"),
    button=message("Löschen"),
    mutation=operations.delete_saved_search,
    load=_saved,
    fixed=lambda subject, _: {"search": subject.data["id"]},
    note=DELETED,
    is_grave=True,
)
ACTIONS: Final = (SAVE, DELETE)
