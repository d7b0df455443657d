"""The audit trail as GraphQL shows it: root field `history`."""

from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from auth.principal import Principal
from graph.actors import pseudonym
from graph.errors import InvalidInputError
from graph.model import NodeKey
from graph.reading import history as trail
from graph.values import Instant
from network.context import Context
from network.execution import PageInfo, attribute, cursors, value
from network.execution.fields import After, First, at_most
from network.execution.names import camel_case

EntityId = Annotated[
    strawberry.ID, strawberry.argument(description="Id of an entry or a house, as in `Project:0190…`.")
]


@dataclass(frozen=True, slots=True)
class ChangedField:
    field: str
    before: str | None
    after: str | None
    is_concealed: bool


@dataclass(frozen=True, slots=True)
class ChangedLink:
    relationship: str
    node: str
    is_added: bool


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    at: str
    action: str
    actor: str
    memberships: tuple[str, ...]
    is_viewer: bool
    version: int | None
    fields: tuple[ChangedField, ...]
    links: tuple[ChangedLink, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    cursor: str
    node: Entry


@dataclass(frozen=True, slots=True)
class Page:
    edges: tuple[Edge, ...]
    page_info: dict[str, Any]


@value(ChangedField, description="A field that a change set.")
class FieldChange:
    field: str = attribute("Name of the field, as in the type.")
    before: str | None = attribute("What it said before, lists and objects as JSON; null: nothing.")
    after: str | None = attribute("What it said afterwards, in the same form; null: nothing.")
    is_concealed: bool = attribute(
        "Whether the values are personal data, shown as `***`: erasing a person deletes them, not this line."
    )


@value(ChangedLink, description="A connection to something else that a change made or took away.")
class LinkChange:
    relationship: str = attribute("Kind of connection, as the graph names it: `ADDRESSES` a topic, `INVOLVES` a house.")
    node: strawberry.ID = attribute("Id of the other end.")
    is_added: bool = attribute(
        "Whether it was made; else it was taken away. One that only says something else is both."
    )


_FIELDS = [at_most(30)]
_LINKS = [at_most(50)]


@value(Entry, description="One line of the audit trail.")
class HistoryEntry:
    id: strawberry.ID = attribute("Id of the line.")
    at: Instant = attribute("When.")
    action: str = attribute("What was done, as in `update_project`; `revert_to_3` went back to version 3.")
    actor: str = attribute(
        "Who did it, by a pseudonym: `actor:…` a person or machine that was signed in, `link:…` whoever opened a link of "
        "an e-mail, `system:…` Hubnetz itself."
    )
    memberships: list[str] = attribute(
        "What the actor acted as, in alphabetical order: `university:03sft3r75`, `municipality:010615138` for an Amt."
    )
    is_viewer: bool = attribute("Whether it was the caller.")
    version: int | None = attribute("Version of the entry afterwards; null where the entry itself did not change.")
    fields: list[FieldChange] = attribute("Fields that it set.", directives=_FIELDS)
    links: list[LinkChange] = attribute(
        "Connections that it made or took away, without those to what the caller may not see.", directives=_LINKS
    )


@value(Edge, description="A line of the audit trail, and where it stands.")
class HistoryEdge:
    cursor: str = attribute("To go on after it.")
    node: HistoryEntry = attribute("The line.")


@value(Page, description="A part of an audit trail.")
class HistoryConnection:
    edges: list[HistoryEdge] = attribute("Lines, the latest first.")
    page_info: PageInfo = attribute("Whether there is more.")


async def history(
    info: strawberry.Info[Context, None], entity: EntityId, first: First = 20, after: After = None
) -> Page | None:
    context = info.context
    label, _, key = entity.partition(":")
    mark = cursors.mark_of(f"history {entity}")
    found = await trail.history(
        context.store,
        context.caller,
        NodeKey(label, key),
        first=first + 1 if first else 1,
        after=None if after is None else _position(after, mark),
        timeout_s=context.remaining_s(),
    )
    if found is None:
        return None
    me = f"actor:{pseudonym(context.caller)}" if isinstance(context.caller, Principal) else ""
    edges = tuple(Edge(cursors.pack(mark, line.position), _entry(line, me)) for line in found[:first])
    return Page(
        edges,
        {
            "has_next_page": len(found) > first,
            "has_previous_page": after is not None,
            "start_cursor": edges[0].cursor if edges else None,
            "end_cursor": edges[-1].cursor if edges else None,
        },
    )


def _position(after: str, mark: str) -> tuple[str, str]:
    values = cursors.unpack(after, mark)
    if len(values) != 2 or not all(isinstance(value, str) for value in values):
        raise InvalidInputError(f"after: the cursor was changed; {cursors.HELP}")
    return values[0], values[1]


def _entry(line: trail.HistoryEntry, me: str) -> Entry:
    return Entry(
        line.id,
        line.at,
        line.action,
        line.actor,
        line.memberships,
        line.actor == me,
        line.version,
        tuple(
            ChangedField(
                camel_case(change.name), change.before, change.after, trail.CONCEALED in (change.before, change.after)
            )
            for change in line.fields
        ),
        tuple(ChangedLink(link.relationship, link.node, link.is_added) for link in line.links),
    )
