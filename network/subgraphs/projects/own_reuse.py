"""What the caller's houses recorded of a project: the field `adoptions` of `Viewer`."""

from dataclasses import replace
from typing import Annotated, Any, Final

import strawberry

from auth import policy
from graph import links
from graph.links import Order
from graph.model import NodeKey
from graph.selection import MAX_PAGE, Compare, Either, Linked, Match, Operator, Page, Selection
from graph.vocabulary import AdoptionStatus
from network.context import Context
from network.execution import Read, computed, many
from network.execution.fields import at_most
from network.subgraphs.conditions import acted_for, linked
from network.subgraphs.projects.types import Adoption

_LATEST: Final = (Order("since", is_descending=True),)
_GOING_ON: Final = Compare(
    "status", Operator.ONE_OF, tuple(str(one) for one in AdoptionStatus if one is not AdoptionStatus.RETIRED)
)
ProjectId = Annotated[strawberry.ID, strawberry.argument(description="Id of the project, as in `Project:0190a5b7-…`.")]


def adoptions_field() -> Any:
    """For a type that stands for the caller."""
    return computed(
        list[Adoption],
        "What the caller's houses, with a municipal association (Amt) its municipalities, recorded of a project and did not end: "
        f"what `recordAdoption` changes. The latest first, at most {MAX_PAGE}.",
        directives=[at_most(MAX_PAGE)],
    )(_adoptions)


async def _adoptions(info: strawberry.Info[Context, None], project: ProjectId) -> Read:
    """Two statements, however many adopted the project."""
    context = info.context
    houses = acted_for([NodeKey(*house) for house in policy.own_houses(context.caller)])
    label, _, key = project.partition(":")
    if label != "Project" or not key or not houses:
        return many("Adoption", "id", [])
    makers = tuple(
        Linked(replace(links.ADOPTION_HOUSE, target=(label,)), (condition,)) for label, condition in houses.items()
    )
    found = await context.store.select(
        Selection("Adoption", ("id",)),
        Match(
            "Adoption",
            (*linked("project", links.ADOPTION_PROJECT, "id", key), Either(makers), _GOING_ON),
            order=_LATEST,
            page=Page(MAX_PAGE),
        ),
        audiences=context.audiences,
        timeout_s=context.remaining_s(),
    )
    return many("Adoption", "id", [str(row[0]) for row in found.rows if row is not None])
