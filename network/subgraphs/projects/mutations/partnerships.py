"""Inputs of houses that are asked to take part."""

import strawberry

from graph.commands.partnerships import ConfirmPartnership, DeclinePartnership
from graph.texts import MAX_NOTE
from network.execution import Checks, client_mutation_id
from network.subgraphs.projects.mutations.described import PROJECT_ID, REASON
from network.subgraphs.projects.mutations.life_cycle import project_key
from network.subgraphs.projects.mutations.project_fields import house

_HOUSE = "Id of the house that was asked, one of the caller's own, as in `Municipality:150840590590`."


@strawberry.input(description="Which house takes part in which project.")
class ConfirmPartnershipInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    house: strawberry.ID = strawberry.field(description=_HOUSE)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> ConfirmPartnership:
        return ConfirmPartnership(project=project_key(check, self.project), house=house(check, "house", self.house))


@strawberry.input(description="Which house takes no part in which project.")
class DeclinePartnershipInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    house: strawberry.ID = strawberry.field(description=_HOUSE)
    reason: str = strawberry.field(description=REASON)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> DeclinePartnership:
        return DeclinePartnership(
            project=project_key(check, self.project),
            house=house(check, "house", self.house),
            reason=check.text("reason", self.reason, most=MAX_NOTE),
        )
