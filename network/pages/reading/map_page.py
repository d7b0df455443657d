"""The map of the network: hubs and the municipalities that they serve, drawn on the server from our own coordinates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages import operations
from network.pages.frame.keys import named_in
from network.pages.frame.site import Site, in_both_languages
from network.pages.reading.country import Point, country

_ROOM_KM: Final = 25
_CLOSEST: Final = 0.4
"""Of the country's width: closer, the dots would be too few to tell where one is."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A hub or a municipality on the map; `at` is None for one whose place is not known, or not on this map."""

    node: Mapping[str, Any]
    at: Point | None
    served: tuple[Point, ...] = ()
    """Places that this hub serves."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the map that is shown at first; `scale` is its size beside the whole."""

    x: float
    y: float
    width: float
    height: float
    scale: float


def frame(points: Iterable[Point]) -> Frame:
    """The part that has all points with room around them, in the shape of the country; all of it where there are none."""
    whole, found = country(), list(points)
    if not found:
        return Frame(0, 0, whole.width, whole.height, 1.0)
    left, right = min(at.x for at in found), max(at.x for at in found)
    top, bottom = min(at.y for at in found), max(at.y for at in found)
    needed = max((right - left + 2 * _ROOM_KM) / whole.width, (bottom - top + 2 * _ROOM_KM) / whole.height)
    scale = min(max(needed, _CLOSEST), 1.0)
    width, height = whole.width * scale, whole.height * scale
    x = min(max((left + right - width) / 2, 0), whole.width - width)
    y = min(max((top + bottom - height) / 2, 0), whole.height - height)
    return Frame(round(x, 1), round(y, 1), round(width, 1), round(height, 1), round(scale, 4))


def routes(site: Site) -> list[BaseRoute]:
    async def network_map(request: Request) -> Response:
        chosen = named_in(request.query_params, "hub")
        answer = await site.asking.ask(request, operations.map(hub=chosen or None, isOne=bool(chosen)))
        one = answer.need("hub") if chosen else None
        hubs = [_marker(edge["node"]) for edge in answer.need("hubs")["edges"]]
        places = [_marker(edge["node"]) for edge in one["municipalities"]["edges"]] if one else []
        centre = next((hub.at for hub in hubs if one and hub.node["slug"] == one["slug"]), None)
        return site.renderer.page(
            request,
            "map.html",
            country=country(),
            frame=frame(at for at in (centre, *(place.at for place in places)) if at is not None),
            hubs=hubs,
            one=one,
            centre=centre,
            places=places,
            is_bare=request.query_params.get("layer") == "hubs" and not one,
            is_cut=answer.need("hubs")["totalCount"] > len(hubs),
        )

    return in_both_languages("/map", network_map)


def _marker(node: Mapping[str, Any]) -> Marker:
    served: Iterable[Mapping[str, Any]] = (edge["node"] for edge in (node.get("municipalities") or {}).get("edges", ()))
    return Marker(node, _place(node), tuple(point for place in served if (point := _place(place)) is not None))


def _place(node: Mapping[str, Any]) -> Point | None:
    if node["lat"] is None or node["lon"] is None:
        return None
    return country().place(node["lat"], node["lon"])
