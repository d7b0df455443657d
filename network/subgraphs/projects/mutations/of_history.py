"""Going back in the history of an entry."""

import strawberry

from graph.commands.reverting import Revert, revert
from network.execution import Checks, Shown, client_mutation_id, mutation
from network.subgraphs.projects.types import Event, FundingProgramme, Hub, Need, Project

_KINDS = {"Project": Project, "Need": Need, "Event": Event, "Hub": Hub, "FundingProgramme": FundingProgramme}
_FIELDS = {
    "Project": "project",
    "Need": "need",
    "Event": "event",
    "Hub": "hub",
    "FundingProgramme": "funding_programme",
}
_SHOWN = [
    Shown(_FIELDS[label], kind, label, f"The entry as it is now, if it is a {label}; else null.", member=label.lower())
    for label, kind in _KINDS.items()
]


@strawberry.input(description="To which version an entry goes back.")
class RevertInput:
    entity: strawberry.ID = strawberry.field(
        description="Id of a project, need, event, hub or funding programme, as in `Project:0190…`."
    )
    version: int = strawberry.field(description="The version whose contents are wanted, as `history` numbers them.")
    expected_version: int = strawberry.field(
        description="The `version` that the caller has seen: with another one stored the answer is a `Conflict`."
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> Revert:
        return Revert(
            entity=check.node("entity", self.entity, *_KINDS),
            version=check.number("version", self.version, least=1),
            expected_version=self.expected_version,
        )


@strawberry.type
class OfHistory:
    revert = mutation(
        "Revert",
        RevertInput,
        revert,
        _SHOWN,
        "Brings back what an entry said at an earlier version, as a new change; stage, owner, partners and what others "
        "decided stay as they are.",
        whom="whoever may change the entry",
    )
