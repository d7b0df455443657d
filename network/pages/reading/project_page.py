"""The page of a project, and the one to print."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth import policy
from auth.policy import PUBLISHED_STAGES
from network.edge.request import caller_of
from network.pages import operations
from network.pages.frame.callers import is_member, stewards_of
from network.pages.frame.entry_addresses import project_page
from network.pages.frame.formats import today
from network.pages.frame.language import language_of
from network.pages.frame.moved import moved_to
from network.pages.frame.site import Site, in_both_languages
from network.pages.reading.family import generations
from network.pages.reading.linked_data import linked_data
from network.pages.reading.project_offers import offered
from network.pages.reading.whom_to_call import takes_part, whom_to_call

Data = Mapping[str, Any]


def routes(site: Site) -> list[BaseRoute]:
    async def show(request: Request, template: str, suffix: str = "") -> Response:
        answer = await site.asking.ask(
            request, operations.project(slug=request.path_params["slug"], isMember=is_member(request))
        )
        project = answer.need("project")
        moved = moved_to(request, project["slug"], suffix)
        if moved is not None:
            return moved
        address = address_of(site, request, project["slug"])
        return site.renderer.page(
            request,
            template,
            project=project,
            called=whom_to_call(project),
            partners=[edge for edge in project["houses"]["edges"] if takes_part(edge)],
            asked=[edge for edge in project["houses"]["edges"] if not takes_part(edge)],
            family=generations(project["familyTree"]),
            similar_failed=answer.errors and project["similar"] is None,
            is_public=project["visibility"] == "PUBLIC" and project["stage"] in PUBLISHED_STAGES,
            may_see_history=policy.may_read_audit_trail(caller_of(request.scope), stewards_of(project)),
            sees_inside=policy.may_read_network_fields(caller_of(request.scope)),
            offered=offered(caller_of(request.scope), project, stewards_of(project), answer.data.get("viewer")),
            address=address,
            today=today().isoformat(),
            json_ld=linked_data(project, address),
        )

    async def page(request: Request) -> Response:
        return await show(request, "project.html")

    async def to_print(request: Request) -> Response:
        return await show(request, "project_print.html", "/print")

    return [*in_both_languages("/projects/{slug}", page), *in_both_languages("/projects/{slug}/print", to_print)]


def address_of(site: Site, request: Request, slug: str) -> str:
    """The whole address of a project's page, in the language of the request."""
    return f"{site.public_url}{language_of(request.url.path).prefix}{project_page(slug)}"
