"""The search page, and what it offers while somebody types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages.language import language_of
from network.pages.rendering import environment
from network.pages.search_state import PARAMETERS, SearchState
from network.pages.site import Site, in_both_languages
from network.pages.words import WORDS

SHOWN_VALUES: Final = 8
"""Values of a facet before the rest folds away."""
_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "Project": ("/projects/", "slug"),
    "Topic": ("/topics/", "slug"),
    "Hub": ("/hubs/", "slug"),
    "Municipality": ("/municipalities/", "ars"),
    "University": ("/universities/", "ror"),
}
"""Type -> where its page is, and the field that its address ends with."""


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """One value of a facet: a box to tick."""

    value: str
    label: str
    count: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """A facet with its values, those chosen first. `parameter` is its name in the address."""

    name: str
    parameter: str
    choices: tuple[FacetChoice, ...]


def routes(site: Site) -> list[BaseRoute]:
    async def search(request: Request) -> Response:
        state = SearchState.of(request.query_params)
        answer = await site.asking.ask(
            request, "search", query=state.query, filter=state.filter, sort=state.order, after=state.after
        )
        found = answer.data.get("search")
        code = answer.code("search")
        if code is not None and code not in ("UNAVAILABLE", "BAD_USER_INPUT"):
            answer.need("search")
        return site.renderer.page(
            request,
            "search.html",
            status=503 if code == "UNAVAILABLE" else 200,
            state=state,
            found=found,
            problem=code,
            groups=_groups(state, found["facets"] if found else []),
            orders=list(WORDS["SearchOrder"]),
        )

    async def suggestions(request: Request) -> Response:
        """JSON for the box of the page: what is shown, and where it leads."""
        typed = request.query_params.get("q", "")[:500]
        answer = await site.asking.ask(request, "suggestions", prefix=typed)
        url = environment(language_of(request.url.path)).globals["url"]
        offered = [
            {"text": one["text"], "detail": one["detail"], "kind": one["kind"], "address": _address(url, one)}
            for one in answer.data.get("suggestions") or ()
        ]
        return Response(orjson.dumps(offered), media_type="application/json", headers={"Cache-Control": "no-store"})

    return [*in_both_languages("/search", search), *in_both_languages("/search/suggestions", suggestions)]


def _address(url: Any, suggestion: Mapping[str, Any]) -> str:
    if suggestion["kind"] == "SEARCH":
        return str(url("/search", q=suggestion["text"]))
    folder, key = _PLACES[suggestion["node"]["__typename"]]
    return str(url(f"{folder}{suggestion['node'][key]}"))


def _groups(state: SearchState, facets: list[Mapping[str, Any]]) -> list[FacetGroup]:
    """The facets that narrow something, and those chosen even where they do not any more."""
    counted = {facet["name"]: facet["values"] for facet in facets}
    return [
        FacetGroup(name, parameter, choices)
        for name, parameter in PARAMETERS.items()
        if (choices := _choices(state.chosen.get(name, ()), counted.get(name, [])))
    ]


def _choices(chosen: tuple[str, ...], values: list[Mapping[str, Any]]) -> tuple[FacetChoice, ...]:
    counted = [FacetChoice(one["value"], one["label"], one["count"], one["value"] in chosen) for one in values]
    known = {one.value for one in counted}
    lost = [FacetChoice(value, value, None, is_chosen=True) for value in chosen if value not in known]
    return tuple(sorted([*lost, *counted], key=lambda choice: not choice.is_chosen))
