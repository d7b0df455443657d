"""Relay connections: the generic types that `connection(…)` fields and root connections return."""

from typing import Generic, TypeVar

import strawberry
from strawberry.schema.name_converter import NameConverter
from strawberry.types.base import StrawberryObjectDefinition, StrawberryType

from network.execution.fields import part

T = TypeVar("T")
E = TypeVar("E")


@strawberry.federation.type(shareable=True, description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = part("Whether edges follow the last one of this page.")
    has_previous_page: bool = part("Whether edges precede the first one of this page.")
    start_cursor: str | None = part("Cursor of the first edge; null on an empty page.")
    end_cursor: str | None = part("Cursor of the last edge: what to pass as `after`; null on an empty page.")


@strawberry.federation.type(shareable=True, description="A node and its place in the list.")
class Edge(Generic[T]):
    """Base of edges; one that shows properties of the relationship subclasses it: `class HubTopicEdge(Edge[Topic])`."""

    cursor: str = part("Mark of this place, for `after`.")
    node: T = part("The node at this place.")


@strawberry.federation.type(shareable=True, description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = part("The nodes of this page, in the order of the list.")
    page_info: PageInfo = part("Where this page lies.")
    total_count: int = part("How many nodes the whole list has for this caller.")


@strawberry.federation.type(name="Connection", shareable=True, description="A page of a list whose edges tell more.")
class EdgeConnection(Generic[E]):
    edges: list[E] = part("The nodes of this page, in the order of the list.")
    page_info: PageInfo = part("Where this page lies.")
    total_count: int = part("How many nodes the whole list has for this caller.")


class Names(NameConverter):
    """`EdgeConnection[HubMunicipalityEdge]` is called `HubMunicipalityConnection`."""

    def from_generic(self, generic_type: StrawberryObjectDefinition, types: list[StrawberryType | type]) -> str:
        return super().from_generic(generic_type, types).replace("EdgeConnection", "Connection")
