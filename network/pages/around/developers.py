"""The developers' corner: how to ask what the pages ask, and everything else, from one's own tools."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from network.operations.operation_files import operations
from network.pages.frame.queries import FIRST_QUERY, ReadyQuery
from network.pages.frame.site import Site, in_both_languages
from network.pages.operations.declared import FOLDER


def routes(site: Site) -> list[BaseRoute]:
    own = page_queries()

    async def developers(request: Request) -> Response:
        return site.renderer.page(
            request,
            "developers.html",
            queries=site.queries,
            first_query=FIRST_QUERY,
            own=[query.name for query in own],
            endpoint=f"{site.public_url}/graphql",
            is_only=site.is_only,
        )

    return [
        *in_both_languages("/developers", developers),
        Route("/developers/operations/{name}.graphql", _file_of(own)),
        Route("/developers/queries/{name}.graphql", _file_of(site.queries)),
    ]


def _file_of(queries: Sequence[ReadyQuery]) -> Callable[[Request], Awaitable[Response]]:
    """The text of the one that the address names."""
    texts = {query.name: query.text for query in queries}

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in texts:
            raise HTTPException(404)
        headers = {"Content-Disposition": f'inline; filename="{name}.graphql"', "Cache-Control": "max-age=300"}
        return Response(texts[name], media_type="text/plain; charset=utf-8", headers=headers)

    return file


def page_queries(folder: Path = FOLDER) -> tuple[ReadyQuery, ...]:
    """What the pages ask, by name of the file; whole, with the fragments that they share."""
    return tuple(ReadyQuery(name, name, text, "") for name, text in operations(folder).items())
