"""The discovery subgraph."""

from typing import Final

import strawberry
from strawberry.federation import Schema
from strawberry.federation.schema_directives import Cost

from network.entities import MAX_REPRESENTATIONS, subgraph
from network.execution import computed
from network.execution.fields import connection_size, list_size
from network.subgraphs import about
from network.subgraphs.discovery import resolvers
from network.subgraphs.discovery.needs import Expert, Need
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
        "Published entries that are probably the same work as one that is being entered, the likeliest first: to be asked as "
        "soon as there is a title, also while it is typed. None where nothing is near; null with an error where the search "
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


ENTITIES: Final = (Project, Hub, Municipality, University, Topic, Service, Need, Expert)
"""Types with a key: what `_entities` answers."""


def schema(*, max_representations: int = MAX_REPRESENTATIONS) -> Schema:
    """The subgraph as a federation schema."""
    return subgraph(Query, ENTITIES, max_representations=max_representations)
