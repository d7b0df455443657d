"""The caller's feed addresses: a field of `Viewer`."""

from typing import Any

import strawberry

from graph.accounts.feed_tokens import KEPT_DAYS
from graph.commands.feed_addresses import MAX_ADDRESSES, KeptAddress, addresses_of
from graph.values import Instant
from network.context import Context
from network.execution import attribute, computed, value
from network.execution.fields import at_most
from network.subgraphs.projects.inbox import actor_of
from network.subgraphs.vocabulary import FeedForm

Info = strawberry.Info[Context, None]


@value(KeptAddress, description="An address by which a program of the caller fetches one list, without signing in.")
class FeedAddress:
    id: strawberry.ID = attribute("To revoke it. It opens nothing.")
    name: str = attribute("Name that the caller gave it.")
    form: FeedForm = attribute("As what it shows its list.")
    page: str = attribute("The list, as path and query of its page.")
    created_at: Instant = attribute("When it was made.")
    expires_at: Instant = attribute(f"When it ends. It stays in this list for {KEPT_DAYS} days more.")
    last_used_on: str | None = attribute(
        "The last day, in UTC, on which something was fetched by it; null: nothing so far.", "used_on"
    )


async def _feed_addresses(info: Info) -> list[KeptAddress]:
    return await addresses_of(info.context.store, actor_of(info.context))


def feed_addresses_field() -> Any:
    """For a type that stands for the caller."""
    return computed(
        list[FeedAddress],
        f"The caller's feed addresses, the latest first; at most {MAX_ADDRESSES}.",
        directives=[at_most(MAX_ADDRESSES)],
    )(_feed_addresses)
