"""All projects page by page, from the graph alone: what is left of finding while the search engine is down."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages.site import Site, in_both_languages

_ORDERS: Final = {"title": "TITLE", "newest": "UPDATED_DESC"}
_LONGEST: Final = 200


def routes(site: Site) -> list[BaseRoute]:
    async def browse(request: Request) -> Response:
        given = {name: request.query_params.get(name, "").strip()[:_LONGEST] for name in ("topic", "hub", "sort")}
        order = given["sort"] if given["sort"] in _ORDERS else "title"
        narrowed: dict[str, Any] = {name: given[name] for name in ("topic", "hub") if given[name]}
        after = request.query_params.get("after") or None
        answer = await site.asking.ask(request, "browse", filter=narrowed or None, order=_ORDERS[order], after=after)
        # An address with a cursor of before is no reason for a page of problems: there is a first page to go to.
        is_gone = after is not None and answer.code("projects") == "BAD_USER_INPUT"
        found = None if is_gone else answer.need("projects")
        return site.renderer.page(
            request,
            "browse.html",
            found=found,
            topics=[edge["node"] for edge in (answer.data.get("topics") or {"edges": ()})["edges"]],
            hubs=[edge["node"] for edge in (answer.data.get("hubs") or {"edges": ()})["edges"]],
            topic=given["topic"],
            hub=given["hub"],
            order=order,
        )

    return in_both_languages("/projects", browse)
