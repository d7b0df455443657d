"""The draft of a council paper about a project: to read and print, and as a file to go on writing in."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.principal import Anonymous, Caller
from network.edge.request import allowance_of, caller_of, request_id_of
from network.operations.running import Asker
from network.pages import operations
from network.pages.frame.asking import CLIENT, Answer
from network.pages.frame.compared import PARAMETER, chosen
from network.pages.frame.formats import today
from network.pages.frame.language import Language, language_of
from network.pages.frame.moved import moved_to
from network.pages.frame.rendering import UNKEPT
from network.pages.frame.site import Site, in_both_languages
from network.pages.reading.council_paper import MOST_ALTERNATIVES, Paper, council_paper, public_part
from network.pages.reading.project_page import address_of
from network.pages.reading.word_file import MEDIA_TYPE, word_file

_ALTERNATIVES: Final = ("first", "second", "third")
_INSIDE: Final = "inside"
"""Parameter: with what only the network sees, marked."""
_SPELLING: Final = {Language.GERMAN: "de-DE", Language.ENGLISH: "en-GB"}


def routes(site: Site) -> list[BaseRoute]:
    async def paper_of(request: Request, answer: Answer) -> Paper:
        """The paper of what everybody reads; with what only the network does, where a member asks for that."""
        seen = everybody = answer
        if not isinstance(caller_of(request.scope), Anonymous):
            everybody = await _asked(site, request, Anonymous())
            if everybody.error("project") is not None:
                everybody.need("project")
        public = everybody.data["project"]
        if not _is_inside(request):
            seen = everybody
        project = seen.data["project"] or public_part(answer.need("project"))
        return council_paper(
            project,
            _others(seen, project),
            public=public,
            public_others=_others(everybody, public or project),
            language=language_of(request.url.path),
            address=address_of(site, request, project["slug"]),
            today=today().isoformat(),
        )

    async def page(request: Request) -> Response:
        answer = await _asked(site, request, caller_of(request.scope))
        project = answer.need("project")
        moved = moved_to(request, project["slug"], "/council-paper")
        if moved is not None:
            return moved
        return site.renderer.page(
            request,
            "council_paper.html",
            paper=await paper_of(request, answer),
            project=project,
            others=chosen(request.query_params.getlist(PARAMETER)),
            is_member=not isinstance(caller_of(request.scope), Anonymous),
            is_inside=_is_inside(request),
        )

    async def file(request: Request) -> Response:
        answer = await _asked(site, request, caller_of(request.scope))
        project = answer.need("project")
        moved = moved_to(request, project["slug"], "/council-paper.docx")
        if moved is not None:
            return moved
        spelling = _SPELLING[language_of(request.url.path)]
        paper = await paper_of(request, answer)
        content = await asyncio.to_thread(word_file, paper, language=spelling)
        name = "".join(letter for letter in project["slug"] if letter.isascii() and (letter.isalnum() or letter == "-"))
        headers = {
            "Content-Disposition": f'attachment; filename="ratsvorlage-{name}.docx"',
            **UNKEPT,
        }
        return Response(content, media_type=MEDIA_TYPE, headers=headers)

    return [
        *in_both_languages("/projects/{slug}/council-paper", page),
        *in_both_languages("/projects/{slug}/council-paper.docx", file),
    ]


async def _asked(site: Site, request: Request, caller: Caller) -> Answer:
    """What `caller` is answered; alternatives are those of the address, or what is similar."""
    slugs = [slug for slug in chosen(request.query_params.getlist(PARAMETER)) if slug != request.path_params["slug"]]
    others = dict(zip(_ALTERNATIVES, slugs[:MOST_ALTERNATIVES], strict=False))
    if isinstance(caller, Anonymous):
        scope = request.scope
        asker = Asker(caller=caller, allowance=allowance_of(scope), request_id=request_id_of(scope), client=CLIENT)
        return await site.asking.run(asker, operations.council_paper(slug=request.path_params["slug"], **others))
    return await site.asking.ask(request, operations.council_paper(slug=request.path_params["slug"], **others))


def _is_inside(request: Request) -> bool:
    """Whether a member wants what only the network sees in the paper, too."""
    return request.query_params.get(_INSIDE) == "1" and not isinstance(caller_of(request.scope), Anonymous)


def _others(answer: Answer, project: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The alternatives that were chosen, or what is similar."""
    given = [answer.data[name] for name in _ALTERNATIVES if answer.data.get(name) is not None]
    # Without a search engine there are no similar ones: the paper then leaves that to its author.
    similar = [one["project"] for one in project["similar"] or ()]
    return given or [one for one in similar if _is_of_one_matter(project, one)]


def _is_of_one_matter(project: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the two share a topic or a service: words alone that are alike make no alternative for a council."""
    return any(
        {one[key] for one in project[name]} & {one[key] for one in other[name]}
        for name, key in (("topics", "slug"), ("services", "leikaId"))
    )
