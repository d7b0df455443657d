"""The directory subgraph."""

import strawberry

from network.execution import Connection, computed
from network.execution.fields import connection_size
from network.subgraphs import about
from network.subgraphs.directory import resolvers
from network.subgraphs.directory.references import REFERENCES
from network.subgraphs.directory.types import (
    Event,
    Expert,
    FundingProgramme,
    Hub,
    Municipality,
    Node,
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
    funding_programmes = computed(Connection[FundingProgramme], "Funding programmes, by name.", directives=_PAGED)(
        resolvers.funding_programmes
    )
    events = computed(Connection[Event], "Events, by date.", directives=_PAGED)(resolvers.events)
    node = computed(Node | None, "Anything by its global id; null where there is nothing, or nothing for the caller.")(
        resolvers.node
    )


TYPES = (Hub, Municipality, University, Organisation, *REFERENCES)
"""Reached by `node(id:)` and as houses only, so the schema has to be told of them."""
