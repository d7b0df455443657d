"""The family of a project as people read it: generation by generation, with what each was made from and who uses it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

Data = Mapping[str, Any]
_HOUSES: Final = 4
"""Houses that are named at one relative."""


@dataclass(frozen=True, slots=True)
class Relative:
    """A project of the family; `origins` are titles of what it was derived from, as far as they are in the family."""

    slug: str
    title: str
    origins: list[str]
    reuses: int
    houses: list[str]


@dataclass(frozen=True, slots=True)
class Generation:
    """`number`: below 0 for what the project was derived from, above for what was derived from it."""

    number: int
    relatives: list[Relative]


def generations(tree: Data | None) -> list[Generation]:
    """Everybody but the project itself, the earliest first; empty where it has no family."""
    if tree is None:
        return []
    titles = {member["project"]["id"]: member["title"] for member in tree["nodes"]}
    origins: dict[str, list[str]] = {}
    for edge in tree["edges"]:
        origins.setdefault(edge["project"], []).append(titles[edge["origin"]])
    relatives = [member for member in tree["nodes"] if member["generation"] != 0]
    return [
        Generation(number, [_relative(member, origins) for member in members])
        for number, members in groupby(relatives, key=lambda member: int(member["generation"]))
    ]


def _relative(member: Data, origins: Mapping[str, list[str]]) -> Relative:
    return Relative(
        slug=member["project"]["slug"],
        title=member["title"],
        origins=origins.get(member["project"]["id"], []),
        reuses=member["confirmedCount"],
        houses=[adopter["name"] for adopter in member["confirmedBy"][:_HOUSES]],
    )
