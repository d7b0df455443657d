"""Every page, the schema file, and static files."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route

from network.pages.around import components, developers, explorer, legal, links, sign_in
from network.pages.files import feeds, tables
from network.pages.forms import (
    callbacks,
    editing,
    event_forms,
    expert_forms,
    finding,
    hub_forms,
    need_forms,
    node_actions,
    online_forms,
    partner_forms,
    project_actions,
    registration,
)
from network.pages.frame.paths import is_plain_path
from network.pages.frame.rendering import STATIC, digest
from network.pages.frame.site import Site
from network.pages.mine import feed_pages, member_pages, my_pages, review, saved_searches, task_actions, webhook_forms
from network.pages.reading import (
    browse_page,
    compare_page,
    council_page,
    entry_pages,
    events_page,
    history_page,
    home,
    list_pages,
    map_page,
    neighbourhood_page,
    project_page,
    search_page,
)
from network.pages.upload import page as upload_page

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_FOR_A_WHILE: Final = "max-age=300"
_FOR_GOOD: Final = "public, max-age=31536000, immutable"


def routes(site: Site) -> list[BaseRoute]:
    """Every page, the last route of which takes what no other knows."""

    async def schema(_: Request) -> Response:
        return Response(site.schema, media_type="text/plain; charset=utf-8", headers={"Cache-Control": _FOR_A_WHILE})

    async def nowhere(request: Request) -> Response:
        return _elsewhere(known, request)

    known: list[BaseRoute] = [
        *home.routes(site),
        *finding.routes(site),
        *registration.routes(site),
        *editing.routes(site),
        *partner_forms.routes(site),
        *online_forms.routes(site),
        *event_forms.routes(site),
        *callbacks.routes(site),
        *webhook_forms.routes(site),
        *hub_forms.routes(site),
        *expert_forms.routes(site),
        *review.routes(site),
        *project_actions.routes(site),
        *node_actions.routes(site),
        *need_forms.routes(site),
        *saved_searches.routes(site),
        *task_actions.routes(site),
        *upload_page.routes(site),
        *my_pages.routes(site),
        *member_pages.routes(site),
        *tables.routes(site),
        *feeds.routes(site),
        *feed_pages.routes(site),
        *search_page.routes(site),
        *browse_page.routes(site),
        *history_page.routes(site),
        *project_page.routes(site),
        *compare_page.routes(site),
        *council_page.routes(site),
        *list_pages.routes(site),
        *events_page.routes(site),
        *entry_pages.routes(site),
        *map_page.routes(site),
        *neighbourhood_page.routes(site),
        *explorer.routes(site),
        *developers.routes(site),
        *legal.routes(site),
        *(components.routes(site) if site.is_development else []),
        Route("/explorer/assets/{name}", _files(site.built)),
        Route("/static/{name}", _files(STATIC, digest)),
        Route("/schema.graphql", schema),
        *sign_in.routes(site.renderer),
        *([] if site.doors is None else links.routes(site.doors, site.renderer)),
        *([] if site.stash is None else site.stash.routes()),
    ]
    return [*known, Route("/{path:path}", nowhere, methods=_METHODS)]


def _elsewhere(known: Sequence[BaseRoute], request: Request) -> Response:
    """What an address is answered that no page has: the page without the last slash, where there is one.

    Raises:
        HTTPException: 404; 405 where there is a page, and it takes other methods.
    """
    scope = request.scope
    near = [route for route in known if route.matches(scope)[0] is Match.PARTIAL]
    if near:
        allowed = {method for route in near if isinstance(route, Route) for method in route.methods or ()}
        raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
    path = str(scope["path"])
    shorter = path.rstrip("/")
    if shorter and shorter != path and is_plain_path(shorter):
        matches = (route.matches({**scope, "path": shorter})[0] for route in known)
        if Match.FULL in matches:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{quote(shorter)}{query}", 308)
    raise HTTPException(404)


def _files(folder: Path, digest_of: Callable[[str], str] | None = None) -> Callable[[Request], Awaitable[Response]]:
    """Files that lay directly in `folder` at the start; whatever names another place is not there.

    Args:
        digest_of: What `v` in the address is while the content is that of the file: then browsers keep it for good.
    """
    known = {path.name: path for path in folder.iterdir() if path.is_file()} if folder.is_dir() else {}

    async def file(request: Request) -> Response:
        path = known.get(request.path_params["name"])
        if path is None:
            raise HTTPException(404)
        is_same = digest_of is not None and request.query_params.get("v") == digest_of(path.name)
        return FileResponse(path, headers={"Cache-Control": _FOR_GOOD if is_same else _FOR_A_WHILE})

    return file
