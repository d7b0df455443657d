"""Root fields that list nodes: their filter, and the page that they ask for."""

from collections.abc import Sequence
from typing import Protocol

from graph.links import Order
from graph.selection import Condition
from network.execution import Read, page


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
