"""The directory subgraph."""

from typing import Final

import strawberry
from strawberry.federation import Schema

from network.execution import Connection, computed
from network.execution.entities import MAX_REPRESENTATIONS, subgraph
from network.execution.fields import at_most, connection_size
from network.subgraphs import about
from network.subgraphs.directory import resolvers
from network.subgraphs.directory.mutations.schema import Mutation
from network.subgraphs.directory.references import REFERENCES
from network.subgraphs.directory.types import (
    Event,
    Expert,
    FundingProgramme,
    Hub,
    Municipality,
    Node,
    OnlineService,
    Organisation,
    Service,
    Topic,
    University,
)

_PAGED = [connection_size()]


@strawberry.type(description=about.QUERY)
class Query:
    hubs = computed(Connection[Hub], "DigitalHubs, by name.", directives=_PAGED)(resolvers.hubs)
    hub = computed(Hub | None, "One hub; null where there is none.")(resolvers.hub)
    municipalities = computed(
        Connection[Municipality], "Municipalities, associations, districts and states.", directives=_PAGED
    )(resolvers.municipalities)
    municipality = computed(Municipality | None, "One municipality, association, district or state; null where none.")(
        resolvers.municipality
    )
    universities = computed(Connection[University], "Universities, by name.", directives=_PAGED)(resolvers.universities)
    university = computed(University | None, "One university; null where there is none.")(resolvers.university)
    organisations = computed(Connection[Organisation], "Other organisations, by name.", directives=_PAGED)(
        resolvers.organisations
    )
    experts = computed(Connection[Expert], "Experts, by function.", directives=_PAGED)(resolvers.experts)
    topics = computed(Connection[Topic], "Topics, by German name.", directives=_PAGED)(resolvers.topics)
    services = computed(Connection[Service], "Administrative services, by name.", directives=_PAGED)(resolvers.services)
    online_service = computed(
        OnlineService | None,
        "What is recorded of one service that one administration offers online; null where nothing is.",
    )(resolvers.online)
    funding_programmes = computed(Connection[FundingProgramme], "Funding programmes, by name.", directives=_PAGED)(
        resolvers.funding_programmes
    )
    events = computed(Connection[Event], "Events, by date.", directives=_PAGED)(resolvers.events)
    node = computed(Node | None, "Anything by its global id; null where there is nothing, or nothing for the caller.")(
        resolvers.node
    )
    nodes = computed(
        list[Node | None],
        "Several by their global ids, in that order; null where there is nothing, or nothing for the caller.",
        directives=[at_most(resolvers.MAX_NODES)],
    )(resolvers.nodes)


ENTITIES: Final = (
    *(Hub, Municipality, University, Organisation, Expert, Topic, Service, FundingProgramme, Event),
    *REFERENCES,
)
"""Types with a key: what `_entities` and `node(id:)` answer."""


def schema(*, max_representations: int = MAX_REPRESENTATIONS) -> Schema:
    """The subgraph as a federation schema."""
    return subgraph(Query, ENTITIES, mutation=Mutation, max_representations=max_representations)
