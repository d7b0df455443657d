"""Arguments that many root fields share, and the page that they ask for."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.federation.schema_directives import ListSize

from graph.links import Order
from graph.selection import Condition
from network.execution import Read, page

First = Annotated[int, strawberry.argument(description="How many, 0 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Cursor of the edge after which to go on.")]


class Filter(Protocol):
    """An input object that knows what it means for a selection."""

    def conditions(self) -> list[Condition]: ...


def filtered(label: str, where: Filter | None, order: Sequence[Order], first: int, after: str | None) -> Read:
    """A page of the nodes of `label` that meet the filter.

    Raises:
        InvalidInputError: the filter, `first` or `after` cannot be meant.
    """
    conditions = () if where is None else tuple(where.conditions())
    return page(label, where=conditions, order=tuple(order), first=first, after=after)


def list_size() -> ListSize:
    """What a list costs that has `first` items. `null` in this directive crashes composers, so the rest stays unset."""
    return ListSize(
        assumed_size=strawberry.UNSET,
        slicing_arguments=["first"],
        sized_fields=strawberry.UNSET,
        require_one_slicing_argument=False,
    )
