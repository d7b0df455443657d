"""What pictures, ways and trees lead to: any node that people see as a thing of the network."""

from typing import Annotated

import strawberry

from graph import model
from network.execution import attribute, global_id, node
from network.subgraphs import about
from network.subgraphs.discovery.needs import Expert, Need
from network.subgraphs.discovery.types import Hub, Municipality, Project, Service, Topic, University


@node(model.Organisation, keys=["id", "slug"], description=about.ORGANISATION)
class Organisation:
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)


@node(model.Event, description=about.EVENT)
class Event:
    id: strawberry.ID = global_id(about.ID)


@node(model.FundingProgramme, keys=["id", "slug"], description=about.FUNDING_PROGRAMME)
class FundingProgramme:
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)


HouseNode = Annotated[
    Hub | Municipality | University | Organisation,
    strawberry.union("HouseNode", description="A house: a hub, municipality, university or organisation."),
]
GraphNode = Annotated[
    Hub
    | Municipality
    | University
    | Organisation
    | Expert
    | Project
    | Topic
    | Service
    | FundingProgramme
    | Event
    | Need,
    strawberry.union("GraphNode", description="A thing of the network that others are tied to."),
]
