"""The start page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages import operations
from network.pages.frame.site import Site, in_both_languages


def routes(site: Site) -> list[BaseRoute]:
    async def home(request: Request) -> Response:
        answer = await site.asking.ask(request, operations.home())
        return site.renderer.page(request, "home.html", **answer.data)

    return in_both_languages("/", home)
