"""What changes from call to call of a plan: pages, cursors, loaded references."""

from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError
from graphql.execution import Executor
from graphql.execution.values import get_argument_values

from graph.errors import InvalidInputError
from graph.links import Link
from graph.model import NodeKey
from graph.selection import Page
from network.execution import cursors
from network.execution.cursors import Scope
from network.execution.plan import PageSource
from network.execution.reads import Lookup, check_first

Row = list[Any]


@dataclass(slots=True, eq=False)
class State:
    """One call of a plan.

    Attributes:
        pages: One for each nested connection; an empty page stands where the arguments are wrong.
        errors: What is wrong with them; the field raises it wherever it is resolved.
        start_page, start_scope: Of a connection that is the start itself.
        loaded: By position, the rows of references that this caller may read.
    """

    pages: list[Page] = field(default_factory=list)
    errors: dict[int, Exception] = field(default_factory=dict)
    start_page: Page | None = None
    start_scope: Scope | None = None
    loaded: list[dict[NodeKey | Lookup, Row]] = field(default_factory=list)


def link_page(link: Link, first: int, after: str | None, *, is_under_list: bool) -> Page:
    """The page that a nested connection asks for.

    Raises:
        InvalidInputError: `first` out of range, no cursor of this list, or `after` where there may be several parents.
    """
    checked = check_first(first)
    if after is None:
        return Page(checked)
    if is_under_list:
        raise InvalidInputError(
            "after: this connection may occur under several parents, and a cursor belongs to one; ask for one parent by its id"
        )
    return Page(checked, cursors.decode(after, cursors.link_scope(link)))


def add_pages(state: State, sources: list[PageSource], executor: Executor[Any]) -> None:
    """Evaluates the arguments of nested connections, with the variables of this call."""
    for index, source in enumerate(sources):
        try:
            given = get_argument_values(source.field, source.node, executor.variable_values)
            page = link_page(source.link, given["first"], given.get("after"), is_under_list=source.is_under_list)
            state.pages.append(Page(0) if source.is_count_only else page)
        except (InvalidInputError, GraphQLError) as error:
            state.pages.append(Page(0))
            state.errors[index] = error
