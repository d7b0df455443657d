"""The mutations of the projects subgraph, one base for each part of the work."""

import strawberry

from network.subgraphs import about
from network.subgraphs.projects.mutations.of_entries import OfEntries
from network.subgraphs.projects.mutations.of_feeds import OfFeeds
from network.subgraphs.projects.mutations.of_history import OfHistory
from network.subgraphs.projects.mutations.of_members import OfMembers
from network.subgraphs.projects.mutations.of_participation import OfParticipation
from network.subgraphs.projects.mutations.of_questions import OfQuestions
from network.subgraphs.projects.mutations.of_reuse import OfReuse
from network.subgraphs.projects.mutations.of_webhooks import OfWebhooks


@strawberry.type(description=about.MUTATION)
class Mutation(OfEntries, OfReuse, OfHistory, OfQuestions, OfParticipation, OfMembers, OfWebhooks, OfFeeds):
    pass
