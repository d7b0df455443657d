"""Who is asked to call back, said before anybody asks: each house, the function there, and who helps where none is entered."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute

from graph.commands.callbacks import MAX_TEXT
from graph.texts import MAX_NAME
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import area, line
from network.pages.frame.entry_addresses import place_of, project_page
from network.pages.frame.keys import key_in
from network.pages.frame.language import message
from network.pages.frame.notices import Note
from network.pages.frame.site import Site

Data = Mapping[str, Any]
_FIELDS: Final = (
    line("name", message("Ihr Name"), required=True, most=MAX_NAME),
    line("phone", message("Telefon"), hint=message("Telefon oder E-Mail, eines genügt."), type="tel"),
    line("email", message("E-Mail"), type="email"),
    area(
        "text",
        message("Worum es geht"),
        hint=message("Höchstens drei Zeilen und 500 Zeichen."),
        required=True,
        rows=3,
        most=MAX_TEXT,
    ),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A house that gets the request.

    Attributes:
        contact: Whom one reaches there, as far as the reader may see it.
        experts: Who knows there, where no contact is to be seen; else those of the hub.
        hub: The hub that serves the house, where that has no contact; None where there is none.
    """

    house: Data
    contact: Data | None = None
    experts: tuple[Data, ...] = ()
    hub: Data | None = None


def routes(site: Site) -> list[BaseRoute]:
    return routes_of(site, ACTIONS)


async def _of_project(site: Site, request: Request) -> Subject:
    answer = await site.asking.ask(request, operations.callback_project(slug=request.path_params["slug"]))
    project = answer.need("project")
    asked = await _asked(site, request, project["id"], project["contact"])
    return Subject(
        data={"id": project["id"], "asked": asked}, title=project["title"], address=project_page(project["slug"])
    )


def _of_node(label: str) -> Callable[[Site, Request], Awaitable[Subject]]:
    async def load(site: Site, request: Request) -> Subject:
        answer = await site.asking.ask(request, operations.callback_entry(id=f"{label}:{key_in(request)}"))
        node = answer.need("node")
        if node["__typename"] != label:
            raise HTTPException(404)
        path, title = place_of(node)
        asked = await _asked(site, request, node["id"], None)
        return Subject(data={"id": node["id"], "asked": asked}, title=title, address=path)

    return load


async def _asked(site: Site, request: Request, entry: str, contact: Data | None) -> list[Asked]:
    """Every house that gets the request; none for the administration of the network.

    Args:
        contact: That of the entry itself: somebody at its owner, and nobody at a hub that stands in for one.
    """
    desk = (await site.asking.ask(request, operations.callback_desk(entry=entry))).need("callbackDesk")
    own = contact if desk["desk"] == "OWNER" else None
    return [_at(house, own or house["contact"]) for house in desk["houses"]]


def _at(house: Data, contact: Data | None) -> Asked:
    if contact is not None:
        return Asked(house, contact)
    hubs = [edge["node"] for edge in house.get("hubs", {"edges": []})["edges"]]
    experts = [edge["node"] for one in [house, *hubs] for edge in one["experts"]["edges"]]
    return Asked(house, None, tuple(experts[:3]), next(iter(hubs), None))


def _callback(path: str, load: Callable[[Site, Request], Awaitable[Subject]]) -> Action:
    return Action(
        path=path,
        title=message("Rückruf erbitten"),
        lead=message("Ihre drei Zeilen liest nur, wer zurückruft, und nach 180 Tagen liest sie niemand mehr."),
        button=message("Um Rückruf bitten"),
        mutation=operations.request_callback,
        load=load,
        inputs=_FIELDS,
        fixed=lambda subject, _: {"entry": subject.data["id"]},
        note=Note("called", message("Ihre Bitte um Rückruf ist angekommen. Wer zuständig ist, meldet sich bei Ihnen.")),
        is_open=True,
    )


ACTIONS: Final = (
    _callback("/projects/{slug}/callback", _of_project),
    _callback("/needs/{key}/callback", _of_node("Need")),
    _callback("/events/{key}/callback", _of_node("Event")),
    _callback("/experts/{key}/callback", _of_node("Expert")),
)
