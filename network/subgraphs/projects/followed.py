"""What of the caller's own houses others follow: counts, and never who."""

from dataclasses import dataclass
from typing import Any, Final

import strawberry

from auth import policy
from graph import links
from graph.links import Order
from graph.model import NodeKey
from graph.selection import MAX_PAGE, Either, Linked, Match, Page, Selection
from network.context import Context
from network.execution import attribute, computed, reference, value
from network.execution.fields import at_most
from network.subgraphs.conditions import acted_for
from network.subgraphs.projects.inbox import Followable

MAX_FOLLOWED: Final = 50
_MOST_HOUSES: Final = 20
_LATEST: Final = (Order("updated_at", is_descending=True),)


@dataclass(frozen=True, slots=True)
class Counted:
    entry: NodeKey
    followers: int


@value(Counted, description="Something of the caller's houses, and how many follow it.")
class FollowedEntry:
    entry: Followable | None = reference("A house of the caller, or an entry that it owns.")
    followers: int = attribute("How many people and machines follow it.")


def followed_field() -> Any:
    return computed(
        list[FollowedEntry],
        f"What others follow of the caller's houses and of the {MAX_PAGE} entries that these own and changed last, for a "
        f"municipal association (Amt) those of its municipalities, too; the most followed first, at most {MAX_FOLLOWED}.",
        directives=[at_most(MAX_FOLLOWED)],
    )(_followed)


async def _followed(info: strawberry.Info[Context, None]) -> list[Counted]:
    context = info.context
    houses = [NodeKey(*house) for house in policy.own_houses(context.caller)][:_MOST_HOUSES]
    if not houses:
        return []
    owned = tuple(Linked(links.HOUSE_OWNERS[label], (where,)) for label, where in acted_for(houses).items())
    found = await context.store.select(
        Selection("Project", ("id",)),
        Match("Project", (Either(owned),), order=_LATEST, page=Page(MAX_PAGE)),
        audiences=context.audiences,
        timeout_s=context.remaining_s(),
    )
    targets = [*map(str, houses), *(f"Project:{row[0]}" for row in found.rows if row is not None)]
    records = await context.store.query(
        "follower_counts", {"targets": targets, "limit": MAX_FOLLOWED}, timeout_s=context.remaining_s()
    )
    return [Counted(NodeKey.parse(target), number) for target, number in records]
