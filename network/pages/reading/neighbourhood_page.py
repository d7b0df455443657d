"""What lies around an entry, as a picture and as a table; and whom the reader's own houses know there."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages import operations
from network.pages.frame.entry_addresses import PAGES, page_of
from network.pages.frame.keys import named_in
from network.pages.frame.language import language_of, message
from network.pages.frame.site import Site, in_both_languages
from network.pages.frame.words import word_for
from network.pages.reading.entry_pages import INTRODUCED
from network.pages.reading.picture import BOX_HEIGHT, BOX_WIDTH, picture

_SHOWN: Final = 30
"""Nodes beside the one in the middle: more than these nobody tells apart in a picture."""
_WHICH: Final = message("Wählen Sie zuerst einen Eintrag")
_HOW: Final = message(
    "Diese Seite gehört immer zu einem Eintrag. Suchen Sie ein Projekt, einen Hub oder eine Kommune; auf der Seite des Eintrags führt ein Link hierher."
)
_SEARCH: Final = message("Zur Suche")


def routes(site: Site) -> list[BaseRoute]:
    async def neighbourhood(request: Request) -> Response:
        asked = named_in(request.query_params, "of")
        if not asked:
            return _unasked(site, request)
        if asked.partition(":")[0] not in PAGES:
            raise HTTPException(404)
        answer = await site.asking.ask(request, operations.neighbourhood(id=asked, first=_SHOWN))
        found = answer.need("neighbourhood")
        nodes = {node["id"]: {**node, "address": _address(node)} for node in found["nodes"]}
        language = language_of(request.url.path)
        edges = [{**edge, "label": word_for(language, "TieKind", edge["relation"])} for edge in found["edges"]]
        # Forces take some hundredths of a second, in which others are answered.
        drawn = await asyncio.to_thread(picture, list(nodes.values()), edges)
        return site.renderer.page(
            request,
            "neighbourhood.html",
            middle=next(iter(nodes.values())),
            nodes=nodes,
            edges=edges,
            picture=drawn,
            box_size=(int(BOX_WIDTH), int(BOX_HEIGHT)),
            is_cut=found["isCut"],
        )

    async def introductions(request: Request) -> Response:
        asked = named_in(request.query_params, "to")
        if not asked:
            return _unasked(site, request)
        if asked.partition(":")[0] not in {*INTRODUCED, "Project"}:
            raise HTTPException(404)
        answer = await site.asking.ask(request, operations.introductions(id=asked))
        found, target = answer.need("introductions"), answer.need("node")
        return site.renderer.page(request, "introductions.html", found=found, target=target)

    return [
        *in_both_languages("/neighbourhood", neighbourhood),
        *in_both_languages("/introductions", introductions),
    ]


def _unasked(site: Site, request: Request) -> Response:
    """What to do where the address names nothing."""
    return site.renderer.message(request, _WHICH, _HOW, status=404, again=("/search", _SEARCH))


def _address(node: Mapping[str, Any]) -> str:
    return page_of({"id": node["id"], **(node["node"] or {})})
