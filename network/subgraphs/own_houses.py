"""The houses for which a caller acts, as keys."""

from typing import Final

from auth import policy
from graph.model import NodeKey
from graph.selection import MAX_PAGE, Match, Page, Selection
from network.context import Context
from network.subgraphs.conditions import acted_for

MAX_HOUSES: Final = 100


async def own_houses(context: Context, *, timeout_s: float) -> list[NodeKey]:
    """Those that memberships name, and with a municipal association its municipalities; one read at most."""
    own = [NodeKey(label, key) for label, key in policy.own_houses(context.caller)]
    associations = [one for one in own if policy.is_association(one)]
    if associations:
        selected = await context.store.select(
            Selection("Municipality", ("ars",)),
            Match("Municipality", tuple(acted_for(associations).values()), page=Page(MAX_PAGE)),
            audiences=context.audiences,
            timeout_s=timeout_s,
        )
        own += [NodeKey("Municipality", str(row[0])) for row in selected.rows if row is not None]
    return list(dict.fromkeys(own))[:MAX_HOUSES]
