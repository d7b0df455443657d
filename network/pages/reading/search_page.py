"""The search page, and what it offers while somebody types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from network.pages import operations
from network.pages.frame.compared import MOST
from network.pages.frame.entry_addresses import page_of
from network.pages.frame.language import Language, language_of
from network.pages.frame.paths import address
from network.pages.frame.rendering import UNKEPT
from network.pages.frame.site import Site, in_both_languages
from network.pages.reading.search_state import CLOSED, COUNTED, MAX_KM, PARAMETERS, SearchState
from network.pages.reading.search_words import id_of, is_named, names_of
from network.words import WORDS
from search.port import MAX_QUERY_LENGTH

_SCALES: Final = frozenset({"SIZE_CLASS"})
"""Facets whose values are looked for in the order of their vocabulary."""


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """One value of a facet: a box to tick. `count`: None where the facet does not count it."""

    value: str
    label: str
    count: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """A facet with its values: in their own order where they have one, else those chosen first. `parameter` is its name in the address."""

    name: str
    parameter: str
    choices: tuple[FacetChoice, ...]


def routes(site: Site) -> list[BaseRoute]:
    async def search(request: Request) -> Response:
        state = SearchState.of(request.query_params)
        places = await _places(site, request, state) if state.place else None
        meant = None if places is None else _meant(state.place, places)
        if meant is not None:
            return RedirectResponse(address(request, state.around(meant).address()), 303, UNKEPT)
        answer = await site.asking.ask(
            request,
            operations.search(
                query=state.query,
                filter=state.filter,
                facets=COUNTED,
                sort=state.order,
                after=state.after,
                near=state.near,
                isNear=state.near is not None,
            ),
        )
        found = answer.data.get("search")
        code = answer.code("search")
        if code is not None and code not in ("UNAVAILABLE", "BAD_USER_INPUT"):
            answer.need("search")
        facets = found["facets"] if found else []
        return site.renderer.page(
            request,
            "search.html",
            status=503 if code == "UNAVAILABLE" else 200,
            state=state,
            found=found,
            problem=code,
            groups=_groups(state, facets, await _names(site, request, state, facets)),
            place=answer.data.get("place"),
            places=places,
            orders=list(WORDS["SearchOrder"]),
            shown={edge["node"]["slug"] for edge in found["edges"]} if found else set(),
            most_compared=MOST,
            max_km=MAX_KM,
        )

    async def suggestions(request: Request) -> Response:
        """JSON for the box of the page: what is shown, and where it leads."""
        typed = request.query_params.get("q", "")[:MAX_QUERY_LENGTH]
        answer = await site.asking.ask(request, operations.suggestions(prefix=typed))
        # What people called it is German on every page; the script says so where the page is not.
        spoken = {} if language_of(request.url.path) is Language.GERMAN else {"lang": Language.GERMAN.value}
        offered = [
            {"text": one["text"], "detail": one["detail"], "kind": one["kind"], "address": _address(request, one)}
            | spoken
            for one in answer.data.get("suggestions") or ()
        ]
        return Response(orjson.dumps(offered), media_type="application/json", headers=UNKEPT)

    return [*in_both_languages("/search", search), *in_both_languages("/search/suggestions", suggestions)]


async def _places(site: Site, request: Request, state: SearchState) -> list[Any]:
    """Places that begin as somebody typed, and whose position is known."""
    answer = await site.asking.ask(request, operations.places(name=state.place))
    return [edge["node"] for edge in answer.need("municipalities")["edges"] if edge["node"]["lat"] is not None]


async def _names(site: Site, request: Request, state: SearchState, facets: list[Mapping[str, Any]]) -> dict[str, str]:
    """Id -> name of what is chosen and not among the facets, which leave out what no hit has."""
    counted = {(facet["name"], one["value"]) for facet in facets for one in facet["values"]}
    return await names_of(
        site,
        request,
        (
            id_of(facet, value)
            for facet, values in state.chosen.items()
            for value in values
            if (facet, value) not in counted and is_named(facet)
        ),
    )


def _address(request: Request, suggestion: Mapping[str, Any]) -> str:
    if suggestion["kind"] == "SEARCH":
        return address(request, "/search", q=suggestion["text"])
    return address(request, page_of(suggestion["node"]))


def _meant(typed: str, places: list[Any]) -> str | None:
    """The key of the one place that somebody can have meant: the only one there is, or the only one of that very name."""
    if len(places) == 1:
        return str(places[0]["ars"])
    wanted = typed.casefold()
    same = [one for one in places if wanted in (one["name"].casefold(), one["name"].partition(",")[0].casefold())]
    return str(same[0]["ars"]) if len(same) == 1 else None


def _groups(state: SearchState, facets: list[Mapping[str, Any]], names: Mapping[str, str]) -> list[FacetGroup]:
    """Facets in their order; values that are chosen and that the answer does not count stay, or nobody could take them back."""
    counted = {facet["name"]: facet["values"] for facet in facets}
    return [
        FacetGroup(name, parameter, choices)
        for name, parameter in PARAMETERS.items()
        if (choices := _choices(name, state.chosen.get(name, ()), counted.get(name, []), names))
    ]


def _choices(
    facet: str, chosen: tuple[str, ...], values: list[Mapping[str, Any]], names: Mapping[str, str]
) -> tuple[FacetChoice, ...]:
    counted = [FacetChoice(one["value"], one["label"], one["count"], one["value"] in chosen) for one in values]
    known = {one.value for one in counted}
    lost = [
        FacetChoice(value, _name(facet, value, names), None, is_chosen=True) for value in chosen if value not in known
    ]
    if facet in _SCALES:
        steps = list(WORDS[CLOSED[facet]])
        return tuple(sorted([*lost, *counted], key=lambda choice: steps.index(choice.value)))
    return tuple(sorted([*lost, *counted], key=lambda choice: not choice.is_chosen))


def _name(facet: str, value: str, names: Mapping[str, str]) -> str:
    return names.get(id_of(facet, value), value) if is_named(facet) else value
