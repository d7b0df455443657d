"""The projects subgraph."""

import strawberry

from network.execution import Connection, computed
from network.execution.fields import connection_size
from network.subgraphs import about
from network.subgraphs.projects import resolvers
from network.subgraphs.projects.types import Hub, Municipality, Need, Organisation, Project, University

_PAGED = [connection_size()]


@strawberry.type(description=about.QUERY)
class Query:
    project = computed(Project | None, "One project, by slug or by id; null where there is none for the caller.")(
        resolvers.project
    )
    projects = computed(Connection[Project], "Projects that the caller may see.", directives=_PAGED)(resolvers.projects)
    needs = computed(Connection[Need], "Needs and offers that the caller may see, by title.", directives=_PAGED)(
        resolvers.needs
    )


TYPES = (Hub, Municipality, University, Organisation)
"""Reached as houses only, so the schema has to be told of them."""
