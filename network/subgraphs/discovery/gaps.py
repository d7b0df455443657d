"""The service gap map of a hub as GraphQL shows it."""

from graph.reading import gaps
from graph.reading.gaps import MAX_NAMED, MAX_PROJECTS
from network.execution import attribute, reference, value
from network.execution.fields import at_most
from network.subgraphs.discovery.types import Hub, Municipality, Project, Service


@value(gaps.OtherHub, description="A hub some of whose municipalities offer a service online.")
class ServiceGapHub:
    hub: Hub = reference("The hub.")
    offered: int = attribute("How many of its municipalities offer it online.")


@value(
    gaps.ServiceGap,
    description="A service, and who of a hub's municipalities offers it online, as far as that is recorded.",
)
class ServiceGap:
    service: Service = reference("The service.")
    name: str = attribute("Its name.")
    served: int = attribute("How many municipalities the hub serves.")
    offered: int = attribute("How many of them offer it online, themselves or by the Amt that they belong to.")
    missing: int = attribute("How many of them do not.")
    recorded: int = attribute("How many administrations everywhere offer it online.")
    missing_municipalities: list[Municipality] = reference(
        "Those that do not, the largest first.", "without", directives=[at_most(MAX_NAMED)]
    )
    offering_municipalities: list[Municipality] = reference(
        "Those that do, the largest first.", "offering", directives=[at_most(MAX_NAMED)]
    )
    hubs: list[ServiceGapHub] = attribute("Other hubs whose municipalities offer it online, by how many.")
    project_count: int = attribute("How many published projects implement it, of those the caller may see.")
    projects: list[Project] = reference("The first of them, by title.", directives=[at_most(MAX_PROJECTS)])
