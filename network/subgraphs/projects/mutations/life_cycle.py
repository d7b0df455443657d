"""Moves of an entry through its life cycle."""

import strawberry

from graph.commands.withdraw_project import WithdrawProject
from network.execution import Checks, client_mutation_id
from network.subgraphs.projects.mutations.described import EXPECTED_VERSION, PROJECT_ID


@strawberry.input(description="Which project to take back.")
class WithdrawProjectInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> WithdrawProject:
        return WithdrawProject(
            project=check.node("project", self.project, "Project").value, expected_version=self.expected_version
        )
