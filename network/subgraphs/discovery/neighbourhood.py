"""What lies around a node, for a picture of it."""

from dataclasses import dataclass
from typing import Annotated, Final

import strawberry

from graph.model import NodeKey
from graph.reading import neighbourhoods
from graph.reading.counting import NetworkCounts as Counted
from graph.reading.counting import network_counts
from graph.reading.neighbourhoods import MAX_EDGES, MAX_NEIGHBOURS
from network.context import Context
from network.execution import attribute, reference, value
from network.subgraphs.discovery.nodes import GraphNode
from network.subgraphs.discovery.ties import TieKindName, edge_label

_TIMEOUT_S: Final = 5.0

NeighboursFirst = Annotated[int, strawberry.argument(description=f"How many nodes beside it, 1 to {MAX_NEIGHBOURS}.")]


@dataclass(frozen=True, slots=True)
class NodeFound:
    id: str
    node: NodeKey
    label: str
    distance: int


@dataclass(frozen=True, slots=True)
class EdgeShown:
    """`start` and `end` are global ids, `relation` names an enum value."""

    start: str
    end: str
    relation: str
    label: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Around:
    nodes: tuple[NodeFound, ...]
    edges: tuple[EdgeShown, ...]
    is_cut: bool


async def around(
    info: strawberry.Info[Context, None],
    id: Annotated[strawberry.ID, strawberry.argument(description="Id of what is in the middle.")],  # noqa: A002
    first: NeighboursFirst = 40,
) -> Around | None:
    """Raises InvalidInputError or GraphUnavailableError."""
    context = info.context
    found = await neighbourhoods.neighbourhood(
        context.store,
        NodeKey.parse(str(id)),
        audiences=context.audiences,
        limit=first,
        timeout_s=context.remaining_s(most=_TIMEOUT_S),
    )
    if found is None:
        return None
    return Around(
        tuple(NodeFound(str(one.node.key), one.node.key, one.node.name, one.distance) for one in found.nodes),
        tuple(
            EdgeShown(
                str(edge.start),
                str(edge.end),
                edge.kind.name,
                edge_label(edge.kind, is_confirmed=edge.is_confirmed),
                edge.is_confirmed,
            )
            for edge in found.edges
        ),
        found.is_cut,
    )


async def counted(info: strawberry.Info[Context, None]) -> Counted:
    """Raises GraphUnavailableError."""
    context = info.context
    return await network_counts(
        context.store, audiences=context.audiences, timeout_s=context.remaining_s(most=_TIMEOUT_S)
    )


@value(NodeFound, description="A node of a neighbourhood.")
class NeighbourhoodNode:
    id: strawberry.ID = attribute("Its global id, by which edges name it.")
    node: GraphNode = reference("The node.")
    label: str = attribute("What to write beside it: its German name.")
    distance: int = attribute("0 for what is in the middle, 1 for its neighbours, 2 for theirs.")


@value(EdgeShown, description="A tie between two nodes of a neighbourhood.")
class NeighbourhoodEdge:
    start: strawberry.ID = attribute("Id of the node that it leads from.")
    end: strawberry.ID = attribute("Id of the node that it leads to.")
    relation: TieKindName = attribute("What it is.")
    label: str = attribute("What to write beside it, in German, read from start to end.")
    is_confirmed: bool = attribute("Whether both sides stand by it.")


@value(Around, description="A node, its neighbours, theirs where it has few, and the ties among all of them.")
class Neighbourhood:
    nodes: list[NeighbourhoodNode] = attribute(
        "What is in the middle, then its neighbours, some of each kind, then theirs."
    )
    edges: list[NeighbourhoodEdge] = attribute(
        f"Every tie among the nodes that the caller may see, those of the middle first; at most {MAX_EDGES}."
    )
    is_cut: bool = attribute("Whether there are neighbours or ties that are not shown.")


@value(Counted, description="How much there is, of what the caller may see.")
class NetworkCounts:
    hubs: int = attribute("Hubs.")
    municipalities: int = attribute("Municipalities that a hub serves.")
    universities: int = attribute("Universities.")
    projects: int = attribute("Published projects.")
    confirmed_adoptions: int = attribute(
        "Adoptions of published projects, in pilot or in use, that both sides confirmed."
    )
    open_needs: int = attribute("Needs and offers that still stand.")
