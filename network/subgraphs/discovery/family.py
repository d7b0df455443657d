"""The family tree of a project as GraphQL shows it."""

import strawberry

from graph.reading import families
from graph.reading.families import MAX_ADOPTERS, MAX_GENERATIONS
from graph.values import PartialDate
from network.execution import attribute, reference, value
from network.execution.fields import at_most
from network.subgraphs.discovery.nodes import HouseNode
from network.subgraphs.discovery.reports import EdgeFound, TreeFound
from network.subgraphs.discovery.types import Project
from network.subgraphs.vocabulary import AdoptionStatus


@value(families.Adopter, description="A house that adopted a project.")
class FamilyAdopter:
    house: HouseNode = reference("The house.")
    name: str = attribute("Its name.")
    status: AdoptionStatus = attribute("How far it is.")
    since: PartialDate | None = attribute("Since when, as precise as known; null where unknown.")


@value(families.FamilyMember, description="A project of a family tree.")
class FamilyMember:
    project: Project = reference("The project.")
    title: str = attribute("Its title.")
    generation: int = attribute(
        "Below 0 for what the project was derived from, 0 for itself, above 0 for what was derived from it."
    )
    confirmed_count: int = attribute(
        "Adoptions in pilot or in use that the project's side confirmed, of those the caller may see.", "confirmed"
    )
    declared_count: int = attribute("Adoptions that only their houses tell of, those that ended left out.", "declared")
    confirmed_by: list[FamilyAdopter] = attribute(
        "Houses whose adoption is confirmed, the latest first.", directives=[at_most(MAX_ADOPTERS)]
    )
    declared_by: list[FamilyAdopter] = attribute(
        "Houses whose adoption nobody confirmed, the latest first.", directives=[at_most(MAX_ADOPTERS)]
    )


@value(EdgeFound, description="That a project of the tree was derived from another one of it.")
class FamilyEdge:
    project: strawberry.ID = attribute("Id of the project that was derived.")
    origin: strawberry.ID = attribute("Id of the project that it was derived from.")


@value(
    TreeFound,
    description=f"A project, what it was derived from and what was derived from it, up to {MAX_GENERATIONS} generations.",
)
class FamilyTree:
    nodes: list[FamilyMember] = attribute(
        "The project itself among its family, by generation and title. A project that is both ancestor and descendant "
        "stands where it is nearer."
    )
    edges: list[FamilyEdge] = attribute("Who was derived from whom, both of them among the nodes.")
    is_cut: bool = attribute("Whether there is more of the family than is told.")
