"""Who reviews an entry that was handed in, since when and until when.

Read from the entry alone: while it waits for a review it is PRIVATE, so that whoever reads it is an insider or a reviewer.
Once it is decided on, the fields are null for everybody.
"""

from typing import Any, Final

import strawberry

from auth.policy import EVERYTHING, REVIEW_WORKING_DAYS
from auth.working_days import add_working_days
from graph import links
from graph.selection import ByKeys, LinkRead, Selection
from graph.values import Instant, PartialDate, day_of
from graph.vocabulary import Stage
from network.context import Context
from network.execution import NodeRow, computed, derived
from network.subgraphs import labels

_TIMEOUT_S: Final = 5.0
_REVIEWER: Final = Selection("Project", (), (LinkRead(links.PROJECT_REVIEWER, (Selection("Hub", ("name",)),)),))
_WAITS: Final = ("stage", "submitted_at")
_FOR: Final = "for insiders of the entry and its reviewers, null unless it waits for a review."


def _submitted_at(stage: str, submitted_at: str | None) -> Instant | None:
    return Instant(submitted_at) if stage == Stage.SUBMITTED and submitted_at is not None else None


def _due_on(stage: str, submitted_at: str | None) -> PartialDate | None:
    since = _submitted_at(stage, submitted_at)
    return None if since is None else PartialDate(add_working_days(day_of(since), REVIEW_WORKING_DAYS).isoformat())


async def _reviewed_by(parent: strawberry.Parent[NodeRow], info: strawberry.Info[Context, None]) -> str | None:
    if _submitted_at(parent["stage"], parent["submitted_at"]) is None:
        return None
    context = info.context
    start = ByKeys("Project", "id", (parent.key.value,))
    selected = await context.store.select(
        _REVIEWER, start, audiences=EVERYTHING, timeout_s=context.remaining_s(most=_TIMEOUT_S)
    )
    row: list[Any] | None = selected.rows[0]
    hub = None if row is None or row[0] is None else str(row[0][0])
    return labels.reviewers_label(hub, parent["opened_to_reviewers_at"])


def submitted_at_field() -> Any:
    return derived(_submitted_at, _WAITS, f"Since when it waits for its reviewers; {_FOR}")


def review_due_on_field() -> Any:
    return derived(
        _due_on,
        _WAITS,
        f"The last of {REVIEW_WORKING_DAYS} working days from then on; after it leads and reviewers of all hubs may decide, "
        f"too; {_FOR}",
    )


def reviewed_by_field() -> Any:
    """For the type that shows projects."""
    return computed(
        "str | None",
        "Who decides on it, in German: the hub, the administration of the network where no hub does, and since when the "
        f"reviewers of all hubs; {_FOR}",
        needs=["id", *_WAITS, "opened_to_reviewers_at"],
    )(_reviewed_by)
