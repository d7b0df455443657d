"""Where the root fields of the projects subgraph start to read."""

from dataclasses import replace
from functools import partial
from typing import Annotated

import strawberry

from graph.commands.slugs import project_of_slug
from graph.errors import InvalidInputError
from graph.selection import ByKeys, Start
from network.context import Context
from network.execution import Read, one
from network.execution.fields import After, First
from network.subgraphs.arguments import filtered
from network.subgraphs.projects.filters import NeedFilter, NeedOrder, ProjectFilter, ProjectOrder

_FILTER = strawberry.argument(name="filter", description="Which ones; all where it is left out.")


def project(
    slug: Annotated[str | None, strawberry.argument(description="Its short name.")] = None,
    global_id: Annotated[
        strawberry.ID | None, strawberry.argument(name="id", description="Its id, as in `Project:0190…`.")
    ] = None,
) -> Read:
    """Raises InvalidInputError unless exactly one of the two names the project."""
    if slug is not None and global_id is None:
        return replace(one("Project", "slug", slug), otherwise=partial(_of_former_slug, slug))
    if global_id is not None and slug is None:
        label, _, key = global_id.partition(":")
        if label != "Project" or not key:
            raise InvalidInputError(f"id is the id of a project, as in Project:0190…; got {global_id[:100]!r}")
        return one("Project", "id", key)
    raise InvalidInputError("project takes either slug or id")


async def _of_former_slug(slug: str, context: Context) -> Start:
    """The project that once had `slug`. Read even where there is none, so that one which is hidden takes no longer."""
    found = await project_of_slug(context.store, slug)
    return ByKeys("Project", "id", (found or "",))


def projects(
    where: Annotated[ProjectFilter | None, _FILTER] = None,
    order_by: Annotated[ProjectOrder, strawberry.argument(description="Order of the list.")] = ProjectOrder.TITLE,
    first: First = 20,
    after: After = None,
) -> Read:
    return filtered("Project", where, order_by.columns(), first, after)


def needs(
    where: Annotated[NeedFilter | None, _FILTER] = None,
    order_by: Annotated[NeedOrder, strawberry.argument(description="Order of the list.")] = NeedOrder.TITLE,
    first: First = 20,
    after: After = None,
) -> Read:
    return filtered("Need", where, order_by.columns(), first, after)
