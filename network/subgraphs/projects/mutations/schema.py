"""The mutations of the projects subgraph."""

import strawberry

from graph.commands.withdraw_project import withdraw_project
from network.execution import mutation
from network.subgraphs import about
from network.subgraphs.projects.mutations.life_cycle import WithdrawProjectInput
from network.subgraphs.projects.mutations.shown import PROJECT


@strawberry.type(description=about.MUTATION)
class Mutation:
    withdraw_project = mutation(
        "WithdrawProject",
        WithdrawProjectInput,
        withdraw_project,
        [PROJECT],
        "Takes an entry back, at any stage: at once nobody but its insiders finds or reads it. For its owner and its "
        "reviewing hub.",
    )
