"""The discovery subgraph."""

from typing import Final

import strawberry
from strawberry.federation import Schema
from strawberry.federation.schema_directives import Cost

from network.execution import computed
from network.execution.entities import MAX_REPRESENTATIONS, subgraph
from network.execution.fields import connection_size, list_size, rows_size
from network.subgraphs import about
from network.subgraphs.discovery import resolvers
from network.subgraphs.discovery.introducing import Introductions, introduced
from network.subgraphs.discovery.needs import Expert, Need
from network.subgraphs.discovery.neighbourhood import Neighbourhood, NetworkCounts, around, counted
from network.subgraphs.discovery.nodes import Event, FundingProgramme, Organisation
from network.subgraphs.discovery.types import (
    SEARCH_WEIGHT,
    SIMILAR_PROJECTS,
    SIMILAR_WEIGHT,
    Hub,
    Municipality,
    PossibleDuplicate,
    Project,
    SearchConnection,
    Service,
    SimilarMunicipality,
    SimilarProject,
    Suggestion,
    Topic,
    University,
)
from network.subgraphs.duplicates import WEIGHT as DUPLICATES_WEIGHT

WAYS_WEIGHT: Final = 50
"""Hundreds of ties are read, whatever of them is shown."""
COUNTS_WEIGHT: Final = 500
"""Every project and adoption is looked at: an operation cannot ask for many counts at once."""


@strawberry.type(description=about.QUERY)
class Query:
    search = computed(
        SearchConnection | None,
        "Full-text search of projects in German; null with an error where the search engine does not answer.",
        directives=[connection_size(), Cost(weight=SEARCH_WEIGHT)],
    )(resolvers.search)
    suggestions = computed(
        list[Suggestion] | None,
        "What to offer while somebody types; null with an error where the search engine does not answer.",
        directives=[list_size()],
    )(resolvers.suggestions)
    possible_duplicates = computed(
        list[PossibleDuplicate] | None,
        "Entries that are probably the same work as one that is being entered, published or drafts that the caller may read, "
        "the likeliest first: to be asked as soon as there is a title, also while it is typed. None where nothing is near; null with an error where the search "
        "engine does not answer.",
        directives=[list_size(), Cost(weight=DUPLICATES_WEIGHT)],
    )(resolvers.duplicates_of)
    similar_projects = computed(
        list[SimilarProject] | None,
        SIMILAR_PROJECTS,
        directives=[list_size(), Cost(weight=SIMILAR_WEIGHT)],
    )(resolvers.like_project)
    similar_municipalities = computed(
        list[SimilarMunicipality],
        "Municipalities that adopted or take part in the same projects, the most alike first; none where none is.",
        directives=[list_size(), Cost(weight=SIMILAR_WEIGHT)],
    )(resolvers.similar)
    introductions = computed(
        Introductions,
        "Whom the caller's houses know at a house, or around a project or an expert: ways over projects, events and houses.",
        directives=[rows_size("paths"), Cost(weight=WAYS_WEIGHT)],
    )(introduced)
    neighbourhood = computed(
        Neighbourhood | None,
        "What lies around a house, expert, project, topic, service, funding programme, event or need, to be drawn as a "
        "picture; null where it is of another kind, or not there for the caller.",
        directives=[rows_size("nodes", "edges"), Cost(weight=WAYS_WEIGHT)],
    )(around)
    network_counts = computed(
        NetworkCounts, "How much there is, of what the caller may see.", directives=[Cost(weight=COUNTS_WEIGHT)]
    )(counted)


ENTITIES: Final = (
    *(Project, Hub, Municipality, University, Organisation, Topic, Service, Need, Expert, Event, FundingProgramme),
)
"""Types with a key: what `_entities` answers."""


def schema(*, max_representations: int = MAX_REPRESENTATIONS) -> Schema:
    """The subgraph as a federation schema."""
    return subgraph(Query, ENTITIES, max_representations=max_representations)
