"""Up to four projects side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth import policy
from network.edge.request import caller_of
from network.pages import operations
from network.pages.frame.asking import AskingError
from network.pages.frame.compared import MOST, PARAMETER, PLACES, chosen
from network.pages.frame.site import Site, in_both_languages
from network.pages.reading.whom_to_call import Called, takes_part, whom_to_call

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """A project of the comparison; `others` are the slugs of the rest."""

    project: Data
    called: Called
    partners: list[Data]
    others: list[str]


def routes(site: Site) -> list[BaseRoute]:
    async def compare(request: Request) -> Response:
        asked = chosen(request.query_params.getlist(PARAMETER))
        found: dict[str, Data] = {}
        if asked:
            # A name that nobody has is not asked for by an error, so that one operation serves two to four.
            slugs = dict(zip(PLACES, asked, strict=False))
            answer = await site.asking.ask(request, operations.compare(**slugs))
            for place in slugs:
                project = answer.data.get(place)
                if project is not None:
                    found[project["slug"]] = project
                elif (code := answer.code(place)) is not None:
                    raise AskingError(code, place)
        return site.renderer.page(
            request,
            "compare.html",
            columns=[_column(project, found) for project in found.values()],
            slugs=list(found),
            slugs_said=[(PARAMETER, slug) for slug in found],
            most=MOST,
            is_too_many=len(asked) > MOST,
            missing=len(asked[:MOST]) - len(found),
            sees_inside=policy.may_read_network_fields(caller_of(request.scope)),
        )

    return in_both_languages("/compare", compare)


def _column(project: Data, found: Mapping[str, Data]) -> Compared:
    partners = [edge for edge in project["houses"]["edges"] if takes_part(edge)]
    others = [slug for slug in found if slug != project["slug"]]
    return Compared(project, whom_to_call(project), partners, others)
