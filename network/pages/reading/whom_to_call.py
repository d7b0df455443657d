"""Whom to call about a project: its own contact, else its owner's, its hub's, and the network's where nobody else is known."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Data = Mapping[str, Any]


class Desk(StrEnum):
    """Whose contact it is."""

    PROJECT = "PROJECT"
    OWNER = "OWNER"
    HUB = "HUB"
    NETWORK = "NETWORK"


@dataclass(frozen=True, slots=True)
class Called:
    """Attributes:
    contact: None where the reader may see none.
    house: Whose contact it is, or who gets a request to be called back; None for the network.
    """

    desk: Desk
    contact: Data | None
    house: Data | None


def whom_to_call(project: Data) -> Called:
    """The nearest contact that the reader may see. `project` has what the fragments ProjectFacts and ProjectHouses select."""
    owner = project["owner"]
    if project["contact"] is not None:
        return Called(Desk.PROJECT, project["contact"], owner)
    if owner is not None and owner.get("contact") is not None:
        return Called(Desk.OWNER, owner["contact"], owner)
    hubs = list(_hubs(project))
    for hub in hubs:
        if hub["contact"] is not None:
            return Called(Desk.HUB, hub["contact"], hub)
    # Nobody's contact is to be seen: a request to be called back reaches somebody all the same (`graph.reading.desks`).
    if owner is not None:
        return Called(Desk.OWNER, None, owner)
    return Called(Desk.HUB, None, hubs[0]) if hubs else Called(Desk.NETWORK, None, None)


def called_instead(houses: Iterable[Data]) -> Data | None:
    """The first of houses whose contact the reader may see; None where that is nobody's."""
    return next((house for house in houses if house.get("contact") is not None), None)


def takes_part(edge: Data) -> bool:
    """Whether a house is involved by its sources or its own word: one that was only asked is not."""
    return edge["askedAt"] is None or edge["confirmedAt"] is not None


def _hubs(project: Data) -> Iterator[Data]:
    """The hub that reviews the entry, those that serve its owner, take part, or serve who takes part; the nearest first."""
    if project["reviewer"] is not None:
        yield project["reviewer"]
    if project["owner"] is not None:
        yield from _serving(project["owner"])
    partners = [edge["node"] for edge in project["houses"]["edges"] if takes_part(edge)]
    yield from (house for house in partners if house["__typename"] == "Hub")
    for house in partners:
        yield from _serving(house)


def _serving(house: Data) -> Iterator[Data]:
    if house["__typename"] == "Hub":
        yield house
    if house["__typename"] == "Municipality":
        yield from (edge["node"] for edge in house["hubs"]["edges"])
