"""The draft of a council paper about a project: to read and print, and as a file to go on writing in."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages.asking import Answer
from network.pages.compared import PARAMETER, chosen
from network.pages.council_paper import MOST_ALTERNATIVES, Paper, council_paper
from network.pages.language import Language, language_of
from network.pages.project_page import address_of, moved_to, today
from network.pages.site import Site, in_both_languages
from network.pages.word_file import MEDIA_TYPE, word_file

_ALTERNATIVES: Final = ("first", "second", "third")
_SPELLING: Final = {Language.GERMAN: "de-DE", Language.ENGLISH: "en-GB"}


def routes(site: Site) -> list[BaseRoute]:
    async def asked(request: Request) -> Answer:
        """The answer of the operation; alternatives are those of the address, or what is similar."""
        slugs = [
            slug for slug in chosen(request.query_params.getlist(PARAMETER)) if slug != request.path_params["slug"]
        ]
        others = dict(zip(_ALTERNATIVES, slugs[:MOST_ALTERNATIVES], strict=False))
        return await site.asking.ask(request, "council_paper", slug=request.path_params["slug"], **others)

    def paper_of(request: Request, answer: Answer) -> Paper:
        project = answer.need("project")
        given = [answer.data[name] for name in _ALTERNATIVES if answer.data.get(name) is not None]
        # Without a search engine there are no similar ones: the paper then leaves that to its author.
        similar = [one["project"] for one in project["similar"] or ()]
        others = given or [one for one in similar if _is_of_one_matter(project, one)]
        return council_paper(
            project,
            others,
            language=language_of(request.url.path),
            address=address_of(site, request, project["slug"]),
            today=today(),
        )

    async def page(request: Request) -> Response:
        answer = await asked(request)
        project = answer.need("project")
        moved = moved_to(request, project["slug"], "/council-paper")
        if moved is not None:
            return moved
        return site.renderer.page(
            request,
            "council_paper.html",
            paper=paper_of(request, answer),
            project=project,
            others=chosen(request.query_params.getlist(PARAMETER)),
        )

    async def file(request: Request) -> Response:
        answer = await asked(request)
        project = answer.need("project")
        moved = moved_to(request, project["slug"], "/council-paper.docx")
        if moved is not None:
            return moved
        spelling = _SPELLING[language_of(request.url.path)]
        content = await asyncio.to_thread(word_file, paper_of(request, answer), language=spelling)
        name = "".join(letter for letter in project["slug"] if letter.isascii() and (letter.isalnum() or letter == "-"))
        headers = {
            "Content-Disposition": f'attachment; filename="ratsvorlage-{name}.docx"',
            "Cache-Control": "no-store",
        }
        return Response(content, media_type=MEDIA_TYPE, headers=headers)

    return [
        *in_both_languages("/projects/{slug}/council-paper", page),
        *in_both_languages("/projects/{slug}/council-paper.docx", file),
    ]


def _is_of_one_matter(project: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the two share a topic or a service: words alone that are alike make no alternative for a council."""
    return any(
        {one[key] for one in project[name]} & {one[key] for one in other[name]}
        for name, key in (("topics", "slug"), ("services", "leikaId"))
    )
