"""To which hubs a house belongs: whose leads look after it."""

from typing import Final

from graph import links
from graph.model import NodeKey
from graph.writing.unit import Unit

_MAX_PARTS: Final = 4
"""Gemeinde, Amt, Kreis, Land."""


async def hubs_of_house(unit: Unit, house: NodeKey) -> list[NodeKey]:
    """The hub itself, those whose partner the house is, and those that serve it or a whole that it is part of; by slug.

    Not those that serve a part of it: whoever acts for an Amt acts for municipalities that another hub may serve.
    """
    if house.label == "Hub":
        return [house]
    found = {hub for hub, _ in await unit.neighbours(links.HOUSE_PARTNER_OF[house.label], house)}
    part = house if house.label == "Municipality" else None
    for _ in range(_MAX_PARTS):
        if part is None:
            break
        found |= {hub for hub, _ in await unit.neighbours(links.MUNICIPALITY_HUBS, part)}
        # A hub may serve an Amt as a whole, and so each of its municipalities.
        wider = await unit.neighbours(links.MUNICIPALITY_PART_OF, part)
        part = wider[0][0] if wider else None
    return sorted(found, key=str)
