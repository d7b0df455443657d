"""Who changed what of a project, for the houses that answer for it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages.project_page import moved_to
from network.pages.site import Site, in_both_languages


def routes(site: Site) -> list[BaseRoute]:
    async def history(request: Request) -> Response:
        # The trail is asked for by id, which never changes; addresses have names.
        project = (await site.asking.ask(request, "project_id", slug=request.path_params["slug"])).need("project")
        moved = moved_to(request, project["slug"], "/history")
        if moved is not None:
            return moved
        after = request.query_params.get("after") or None
        answer = await site.asking.ask(request, "history", entity=project["id"], after=after)
        return site.renderer.page(request, "history.html", project=project, lines=answer.need("history"))

    return in_both_languages("/projects/{slug}/history", history)
