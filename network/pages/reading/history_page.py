"""Who changed what of a project, for the houses that answer for it."""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.principal import Membership
from network.execution.names import camel_case
from network.pages import operations
from network.pages.frame.language import Language, language_of
from network.pages.frame.moved import moved_to
from network.pages.frame.rendering import environment
from network.pages.frame.site import Site, in_both_languages
from network.pages.frame.words import VOCABULARY_OF, word_for

_MOMENTS: Final = frozenset({"confirmedAt", "submittedAt"})
_DAYS: Final = frozenset({"started", "ended", "publishFrom"})
_NAMES: Final = "opened"
"""The field that holds names of fields."""
_LISTS: Final = frozenset({"contact", "sources", _NAMES})
"""Fields that the trail keeps as JSON."""


def _told(language: Language, field: str, text: str | None) -> tuple[str, bool]:
    """A value of the trail as people read it, and whether it is what people wrote.

    Closed vocabularies, names of fields, days and moments are said in the language of the page.
    """
    if not text:
        return "", False
    if field in VOCABULARY_OF:
        return word_for(language, VOCABULARY_OF[field], text), False
    try:
        if field in _MOMENTS or field in _DAYS:
            return str(environment(language).filters["moment" if field in _MOMENTS else "day"](text)), False
        value = json.loads(text) if field in _LISTS else text
    except ValueError:
        # Kept as it was written then.
        return text, True
    lines = [_line(one) for one in (value if isinstance(value, list) else [value])]
    if field == _NAMES:
        return "\n".join(word_for(language, "ProjectField", camel_case(line)) for line in lines), False
    return "\n".join(lines), True


def _line(value: Any) -> str:
    """A contact, a source, or a name, on one line."""
    parts = value.values() if isinstance(value, dict) else [value]
    return ", ".join(str(part) for part in parts if part)


class Author(StrEnum):
    """Who a change is told to be by; nobody else's name stands in the trail."""

    READER = "READER"
    SYSTEM = "SYSTEM"
    LINK = "LINK"
    MEMBER = "MEMBER"
    ACCOUNT = "ACCOUNT"


_ACTED: Final = {"system": Author.SYSTEM, "link": Author.LINK}
"""How the trail begins what is nobody's account (`graph.actors`) -> who that is."""


def author_of(change: Mapping[str, Any]) -> Author:
    """By whom a line of the trail is."""
    if change["isViewer"]:
        return Author.READER
    kind, mark, _ = change["actor"].partition(":")
    if mark and kind in _ACTED:
        return _ACTED[kind]
    return Author.MEMBER if change["memberships"] else Author.ACCOUNT


def _held(text: str) -> Membership | None:
    """The membership as the trail has it; None where it is of a kind that there is no longer."""
    try:
        return Membership.parse(text)
    except ValueError:
        return None


def routes(site: Site) -> list[BaseRoute]:
    async def history(request: Request) -> Response:
        # The trail is asked for by id, which never changes; addresses have names.
        project = (await site.asking.ask(request, operations.project_id(slug=request.path_params["slug"]))).need(
            "project"
        )
        moved = moved_to(request, project["slug"], "/history")
        if moved is not None:
            return moved
        after = request.query_params.get("after") or None
        lines = (await site.asking.ask(request, operations.history(entity=project["id"], after=after))).need("history")
        roles = {text: held for edge in lines["edges"] for text in edge["node"]["memberships"] if (held := _held(text))}
        await site.asking.name_houses(request, roles.values())
        return site.renderer.page(
            request,
            "history.html",
            project=project,
            lines=lines,
            author_of=author_of,
            told=partial(_told, language_of(request.url.path)),
            roles={text: (held.kind, site.asking.houses.of(held)) for text, held in roles.items()},
        )

    return in_both_languages("/projects/{slug}/history", history)
