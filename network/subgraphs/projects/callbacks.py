"""Who would read a request to be called back, as GraphQL shows it: root field `callbackDesk`."""

from typing import Annotated, Final

import strawberry

from graph.commands.holding import MAX_LIST
from graph.model import NodeKey
from graph.reading import desks
from network.context import Context
from network.execution import attribute, reference, value
from network.execution.fields import at_most
from network.subgraphs.projects.types import House
from network.subgraphs.vocabulary import CallbackDesk

_TIMEOUT_S: Final = 5.0


@value(desks.Desk, name="AskedToCall", description="Who would read a request to be called back.")
class AskedToCall:
    desk: CallbackDesk = attribute("Who is asked to call.")
    houses: list[House] = reference(
        "Every house that would read the request; none: the administration.", directives=[at_most(MAX_LIST)]
    )


async def callback_desk(
    info: strawberry.Info[Context, None],
    entry: Annotated[
        strawberry.ID, strawberry.argument(description="Id of a project, need, event or expert, as in `Project:0190…`.")
    ],
) -> desks.Desk | None:
    """Raises InvalidInputError or GraphUnavailableError."""
    context = info.context
    timeout_s = context.remaining_s(most=_TIMEOUT_S)
    return await desks.desk_before_asking(
        context.store, NodeKey.parse(entry), audiences=context.audiences, timeout_s=timeout_s
    )
