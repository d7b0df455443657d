"""What an author says to entries that look like the same work, as insiders and reviewers read it."""

from typing import Any, Final

import strawberry

from auth import policy
from auth.policy import EVERYTHING
from graph import links
from graph.ddl import LABELS
from graph.links import Link
from graph.model import NodeKey
from graph.selection import ByKeys, LinkRead, Selection
from graph.vocabulary import Visibility
from graph.writing.audience import Entry
from network.context import Context
from network.execution import NodeRow, computed

_TIMEOUT_S: Final = 5.0


def _houses(link: Link) -> LinkRead:
    return LinkRead(link, tuple(Selection(label, (LABELS[label].key,)) for label in link.target))


_INSIDERS: Final = Selection(
    "Project",
    ("opened_to_reviewers_at",),
    (_houses(links.PROJECT_OWNER), _houses(links.PROJECT_REVIEWER), _houses(links.PROJECT_HOUSES)),
)


async def different_because(parent: strawberry.Parent[NodeRow], info: strawberry.Info[Context, None]) -> str | None:
    """The author's words, for whoever could read the entry while it is PRIVATE."""
    text = parent["different_because"]
    if text is None:
        return None
    context = info.context
    start = ByKeys("Project", "id", (parent.key.value,))
    selected = await context.store.select(
        _INSIDERS, start, audiences=EVERYTHING, timeout_s=context.remaining_s(most=_TIMEOUT_S)
    )
    row: list[Any] | None = selected.rows[0]
    if row is None:
        return None
    opened, owner, reviewer, houses = row
    insiders = [NodeKey(*one[:2]) for one in (owner, *houses) if one is not None]
    if reviewer is not None:
        insiders.append(NodeKey("Hub", str(reviewer[0])))
    entry = Entry(None, Visibility.PRIVATE, frozenset(insiders), is_open_to_reviewers=bool(opened))
    return str(text) if policy.may_read(context.caller, entry) else None


def different_because_field() -> Any:
    """For the type that shows projects."""
    return computed(
        "str | None",
        "What makes it another work than entries that look like the same, in the author's words; for insiders of the entry "
        "and its reviewers, null for others and where nothing was said.",
        needs=["id", "different_because"],
    )(different_because)
