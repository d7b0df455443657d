"""All projects page by page, from the graph alone: what is left of finding while the search engine is down."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages import operations
from network.pages.frame.keys import named_in
from network.pages.frame.site import Site, in_both_languages

ORDERS: Final = {"title": "TITLE", "newest": "UPDATED_DESC"}
USUAL: Final = "title"


def chosen(parameters: QueryParams) -> tuple[dict[str, str], str]:
    """The filter that an address says, and its order."""
    given = {name: named_in(parameters, name) for name in ("topic", "hub", "house")}
    order = parameters.get("sort", "").strip()
    return {name: value for name, value in given.items() if value}, order if order in ORDERS else USUAL


def said(narrowed: Mapping[str, str], order: str) -> list[tuple[str, str]]:
    """What the address has to say."""
    return [*narrowed.items(), *([] if order == USUAL else [("sort", order)])]


def routes(site: Site) -> list[BaseRoute]:
    async def browse(request: Request) -> Response:
        narrowed, order = chosen(request.query_params)
        after = request.query_params.get("after") or None
        house = narrowed.get("house")
        answer = await site.asking.ask(
            request,
            operations.browse(
                filter=narrowed or None, order=ORDERS[order], after=after, house=house, hasHouse=house is not None
            ),
        )
        # An address with a cursor of before, or of a house that is none, is no reason for a page of problems.
        is_gone = bool(after or house) and answer.code("projects") == "BAD_USER_INPUT"
        found = None if is_gone else answer.need("projects")
        return site.renderer.page(
            request,
            "browse.html",
            found=found,
            topics=[edge["node"] for edge in (answer.data.get("topics") or {"edges": ()})["edges"]],
            hubs=[edge["node"] for edge in (answer.data.get("hubs") or {"edges": ()})["edges"]],
            topic=narrowed.get("topic", ""),
            hub=narrowed.get("hub", ""),
            house=answer.data.get("node"),
            said=dict(said(narrowed, order)),
            order=order,
        )

    return in_both_languages("/projects", browse)
