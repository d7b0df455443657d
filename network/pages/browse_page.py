"""All projects page by page, from the graph alone: what is left of finding while the search engine is down."""

from typing import Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages.site import Site, in_both_languages

ORDERS: Final = {"title": "TITLE", "newest": "UPDATED_DESC"}
USUAL: Final = "title"
_LONGEST: Final = 200


def chosen(parameters: QueryParams) -> tuple[dict[str, str], str]:
    """The filter that an address says, and its order."""
    given = {name: parameters.get(name, "").strip()[:_LONGEST] for name in ("topic", "hub")}
    order = parameters.get("sort", "").strip()
    return {name: value for name, value in given.items() if value}, order if order in ORDERS else USUAL


def routes(site: Site) -> list[BaseRoute]:
    async def browse(request: Request) -> Response:
        narrowed, order = chosen(request.query_params)
        after = request.query_params.get("after") or None
        answer = await site.asking.ask(request, "browse", filter=narrowed or None, order=ORDERS[order], after=after)
        # An address with a cursor of before is no reason for a page of problems: there is a first page to go to.
        is_gone = after is not None and answer.code("projects") == "BAD_USER_INPUT"
        found = None if is_gone else answer.need("projects")
        return site.renderer.page(
            request,
            "browse.html",
            found=found,
            topics=[edge["node"] for edge in (answer.data.get("topics") or {"edges": ()})["edges"]],
            hubs=[edge["node"] for edge in (answer.data.get("hubs") or {"edges": ()})["edges"]],
            topic=narrowed.get("topic", ""),
            hub=narrowed.get("hub", ""),
            order=order,
        )

    return in_both_languages("/projects", browse)
