"""Reports on one node that have their types elsewhere: its family, its gaps."""

from dataclasses import dataclass
from typing import Annotated, Final

import strawberry

from graph.reading.families import MAX_MEMBERS, FamilyMember, family_tree
from graph.reading.gaps import MAX_GAPS, ServiceGap, service_gaps
from network.context import Context

FAMILY_WEIGHT: Final = 20
"""Up to ten generations are read one after the other, whatever of them is shown."""
GAPS_WEIGHT: Final = 20
"""What municipalities offer is counted over the whole network, however many services are shown."""
_TIMEOUT_S: Final = 5.0

FamilyFirst = Annotated[int, strawberry.argument(description=f"How many projects, 1 to {MAX_MEMBERS}.")]
GapsFirst = Annotated[int, strawberry.argument(description=f"How many services, 1 to {MAX_GAPS}.")]
GapsTopic = Annotated[
    str | None,
    strawberry.argument(
        description="Slug of a topic: only services that a project implements which addresses it, of those the caller may "
        "see. All where left out."
    ),
]


@dataclass(frozen=True, slots=True)
class EdgeFound:
    """`project` and `origin` are global ids."""

    project: str
    origin: str


@dataclass(frozen=True, slots=True)
class TreeFound:
    nodes: tuple[FamilyMember, ...]
    edges: tuple[EdgeFound, ...]
    is_cut: bool


async def tree_of(context: Context, project: str, first: int) -> TreeFound | None:
    """Raises InvalidInputError or GraphUnavailableError; None where the project is not there for the caller."""
    found = await family_tree(
        context.store,
        project,
        audiences=context.audiences,
        most=first,
        timeout_s=context.remaining_s(most=_TIMEOUT_S),
    )
    if found is None:
        return None
    edges = tuple(EdgeFound(str(edge.project), str(edge.origin)) for edge in found.edges)
    return TreeFound(found.members, edges, found.is_cut)


async def gaps_of(context: Context, hub: str, topic: str | None, first: int) -> list[ServiceGap]:
    """Raises InvalidInputError or GraphUnavailableError."""
    return await service_gaps(
        context.store,
        hub,
        audiences=context.audiences,
        topic=topic,
        limit=first,
        timeout_s=context.remaining_s(most=_TIMEOUT_S),
    )
