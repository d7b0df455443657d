"""The houses for which the caller acts: a field of `Viewer`."""

from typing import Any

import strawberry

from graph.ddl import LABELS
from network.context import Context
from network.execution import computed
from network.execution.fields import at_most
from network.execution.reads import Lookup, Lookups
from network.subgraphs.own_houses import MAX_HOUSES, own_houses
from network.subgraphs.projects.types import House


def houses_field() -> Any:
    return computed(
        list[House | None],
        "For which houses the caller acts: those that memberships name, and with a municipal association (Amt) its "
        f"municipalities; at most {MAX_HOUSES}. Null for a house that is not in the network.",
        directives=[at_most(MAX_HOUSES)],
    )(_houses)


async def _houses(info: strawberry.Info[Context, None]) -> Lookups:
    keys = await own_houses(info.context, timeout_s=info.context.remaining_s())
    return Lookups(tuple(Lookup(one.label, LABELS[one.label].key, one.value) for one in keys))
