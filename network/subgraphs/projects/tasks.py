"""What the caller is asked to do: the field `tasks` of `Viewer`."""

from typing import Any

import strawberry

from graph.writing.tasks import MAX_TASKS, tasks_for
from network.context import Context
from network.execution import Read, computed, many
from network.execution.fields import at_most
from network.subgraphs.projects.types import Task


async def open_tasks(info: strawberry.Info[Context, None]) -> Read:
    """The tasks that ask the caller, each read as any other node: one that is none of theirs stays hidden."""
    context = info.context
    found = await tasks_for(context.store, context.caller)
    return many("Task", "id", [task.id for task in found])


def tasks_field() -> Any:
    """For a type that stands for the caller."""
    return computed(
        list[Task],
        f"What the caller's houses are asked to do, the most urgent first; at most {MAX_TASKS}. Empty where nothing waits.",
        directives=[at_most(MAX_TASKS)],
    )(open_tasks)
