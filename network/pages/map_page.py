"""The map of the network: hubs and the municipalities that they serve, drawn on the server from our own coordinates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages.country import Point, country
from network.pages.list_pages import MAX_VALUE
from network.pages.site import Site, in_both_languages


@dataclass(frozen=True, slots=True)
class Marker:
    """A hub or a municipality on the map; `at` is None for one whose place is not known, or not on this map."""

    node: Mapping[str, Any]
    at: Point | None
    served: tuple[Point, ...] = ()
    """Places that this hub serves."""


def routes(site: Site) -> list[BaseRoute]:
    async def network_map(request: Request) -> Response:
        chosen = request.query_params.get("hub", "").strip()[:MAX_VALUE]
        given = {"hub": chosen, "isOne": True} if chosen else {}
        answer = await site.asking.ask(request, "map", **given)
        one = answer.need("hub") if chosen else None
        hubs = [_marker(edge["node"]) for edge in answer.need("hubs")["edges"]]
        places = [_marker(edge["node"]) for edge in one["municipalities"]["edges"]] if one else []
        return site.renderer.page(
            request,
            "map.html",
            country=country(),
            hubs=hubs,
            one=one,
            centre=next((hub.at for hub in hubs if one and hub.node["slug"] == one["slug"]), None),
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
