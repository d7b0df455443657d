"""Who reads, before the houses of what they read: what policy is asked with."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request

from auth.principal import Principal
from graph.model import NodeKey
from network.edge.request import caller_of

Data = Mapping[str, Any]


def is_member(request: Request) -> bool:
    """Whether the reader acts for a house."""
    caller = caller_of(request.scope)
    return isinstance(caller, Principal) and bool(caller.memberships)


def keys_of(houses: Iterable[Data]) -> list[NodeKey]:
    return [NodeKey.parse(house["id"]) for house in houses]


def stewards_of(project: Data) -> list[NodeKey]:
    """The houses that answer for an entry."""
    return keys_of(house for house in (project["owner"], project["reviewer"]) if house is not None)
