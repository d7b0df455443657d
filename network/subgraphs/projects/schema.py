"""The projects subgraph."""

from typing import Final

import strawberry
from strawberry.federation import Schema

from network.execution import Connection, computed
from network.execution.entities import MAX_REPRESENTATIONS, subgraph
from network.execution.fields import connection_size
from network.subgraphs import about
from network.subgraphs.projects import resolvers
from network.subgraphs.projects.callbacks import AskedToCall, callback_desk
from network.subgraphs.projects.history import HistoryConnection
from network.subgraphs.projects.history import history as resolve_history
from network.subgraphs.projects.members import SIZES, HouseInvitation, HouseMember, members, open_invitations
from network.subgraphs.projects.mutations.schema import Mutation
from network.subgraphs.projects.types import (
    Adoption,
    Answer,
    Document,
    Event,
    ExperienceReport,
    Expert,
    FundingProgramme,
    Hub,
    Municipality,
    Need,
    Organisation,
    Project,
    Question,
    Result,
    ReviewComment,
    Service,
    Task,
    Topic,
    University,
)
from network.subgraphs.projects.viewer import Viewer
from network.subgraphs.projects.viewer import viewer as resolve_viewer

_PAGED = [connection_size()]


@strawberry.type(description=about.QUERY)
class Query:
    project = computed(Project | None, "One project, by slug or by id; null where there is none for the caller.")(
        resolvers.project
    )
    projects = computed(Connection[Project], "Projects that the caller may see.", directives=_PAGED)(resolvers.projects)
    needs = computed(Connection[Need], "Needs and offers that the caller may see.", directives=_PAGED)(resolvers.needs)
    history = computed(
        HistoryConnection | None,
        "Who changed what of an entry, the latest first; null where there is none, or not for the caller: the trail is for "
        "the houses that answer for the entry, and for the administration.",
        directives=_PAGED,
    )(resolve_history)
    members = computed(
        list[HouseMember],
        "Who acts for a house, by role: for those who may invite there, everybody; for other members of the network, who "
        "agreed to be listed. Empty for all others, and where there is no such house.",
        directives=SIZES,
    )(members)
    invitations = computed(
        list[HouseInvitation],
        "Invitations of a house that may still be accepted, the oldest first; empty for callers who may not invite there.",
        directives=SIZES,
    )(open_invitations)
    callback_desk = computed(
        AskedToCall | None,
        "Who would read a request to be called back about an entry, as `requestCallback` decides it; null where there is no "
        "such entry for the caller.",
    )(callback_desk)
    viewer = computed(Viewer | None, "Who asks; null for a caller without an access token.")(resolve_viewer)


ENTITIES: Final = (
    *(Project, Result, Document, Adoption, ExperienceReport, Need, Question, Answer, ReviewComment, Task),
    *(Hub, Municipality, University, Organisation, Expert, Topic, Service, FundingProgramme, Event),
)
"""Types with a key: what `_entities` answers."""


def schema(*, max_representations: int = MAX_REPRESENTATIONS) -> Schema:
    """The subgraph as a federation schema."""
    return subgraph(Query, ENTITIES, mutation=Mutation, max_representations=max_representations)
