"""The double-work alarm as GraphQL: one shape for the root field that answers while somebody types, and for new drafts."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import strawberry
from strawberry.federation.schema_directives import Cost

from graph.errors import InvalidInputError
from graph.model import NodeKey
from network.context import Context
from network.execution import attribute, reference, value
from network.execution.fields import at_most
from search.double_work import Duplicate, possible_duplicates
from search.duplicates import Aspect, Draft
from search.errors import SearchUnavailableError

MAX_FIRST: Final = 20
SHOWN: Final = 5
"""With a new draft: more is no help to whoever has to look at each."""
WEIGHT: Final = 1_000
"""As a search: as many candidates are found, read and ranked."""
LIST: Final = [at_most(SHOWN), Cost(weight=WEIGHT)]
_TIMEOUT_S: Final = 5.0


@strawberry.enum(description="How probably two entries are the same work.")
class DuplicateBand(Enum):
    LIKELIEST = strawberry.enum_value("LIKELIEST", description="Most probably: whoever sees the two says so.")
    LIKELY = strawberry.enum_value("LIKELY", description="Probably; read it before going on.")
    POSSIBLE = strawberry.enum_value("POSSIBLE", description="Perhaps, or near enough to be worth a call.")


@strawberry.enum(description="What speaks for two entries being the same work.")
class DuplicateAspect(Enum):
    TEXT = strawberry.enum_value("TEXT", description="Near titles and summaries.")
    SERVICES = strawberry.enum_value("SERVICES", description="The same administrative service.")
    TOPICS = strawberry.enum_value("TOPICS", description="The same topic.")


@dataclass(frozen=True, slots=True)
class FoundReason:
    """`aspect` names an enum value."""

    aspect: str
    label: str
    words: tuple[str, ...]
    services: tuple[NodeKey, ...]
    topics: tuple[NodeKey, ...]


@dataclass(frozen=True, slots=True)
class FoundDuplicate:
    """`band` names an enum value."""

    project: NodeKey
    similarity: float
    band: str
    confirmed_reuse: int
    reasons: tuple[FoundReason, ...]


def duplicate_type(project: Any, service: Any, topic: Any) -> Any:
    """The type `PossibleDuplicate` of a subgraph that shows these nodes by its own types."""

    class PossibleDuplicateReason:
        aspect: DuplicateAspect = attribute("What it is.")
        label: str = attribute("What to say, in German.")
        words: list[str] = attribute("Near words as the other entry spells them, or names; at most five.")

    reason = _typed(PossibleDuplicateReason, services=_list_of(service), topics=_list_of(topic))
    reason.services = reference("Services that both have.", directives=[at_most(5)])
    reason.topics = reference("Topics that both have.", directives=[at_most(5)])
    shown_reason = value(FoundReason, description="One thing that speaks for it.", shareable=True)(reason)

    class PossibleDuplicate:
        similarity: float = attribute("How near the texts are, 0 to 1.")
        band: DuplicateBand = attribute("What follows from nearness, services and topics together.")
        confirmed_reuse: int = attribute("Confirmed adoptions, of those the caller may see.")

    found = _typed(PossibleDuplicate, project=project, reasons=_list_of(shown_reason))
    found.project = reference("The entry, with who runs it and whom to call, as far as the caller may see that.")
    found.reasons = attribute("What speaks for it, the weightiest first; at most three.", directives=[at_most(3)])
    return value(
        FoundDuplicate,
        description="An entry that the caller may read and that is probably the same work; `project { stage }` says whether it is published.",
        shareable=True,
    )(found)


def _list_of(item: Any) -> Any:
    return list[item]


def _typed(cls: type, **annotations: Any) -> Any:
    cls.__annotations__ = {**cls.__annotations__, **annotations}
    return cls


async def duplicates(
    context: Context, draft: Draft, *, first: int = SHOWN, excluding: Iterable[str] = ()
) -> list[FoundDuplicate]:
    """What the double-work alarm says of `draft` to this caller.

    Raises:
        InvalidInputError: `first` is out of range.
        InvalidSearchRequestError, SearchUnavailableError, GraphUnavailableError: as for `possible_duplicates`.
    """
    if not 1 <= first <= MAX_FIRST:
        raise InvalidInputError(f"first: {first} is not in 1..{MAX_FIRST}")
    if context.search is None:
        raise SearchUnavailableError("this process serves no search")
    found = await possible_duplicates(
        context.search,
        draft,
        audiences=context.audiences,
        excluding=frozenset(excluding),
        first=first,
        timeout_s=context.remaining_s(most=_TIMEOUT_S),
    )
    return [_shown(one) for one in found]


def _shown(found: Duplicate) -> FoundDuplicate:
    reasons = tuple(
        FoundReason(
            reason.aspect.name,
            reason.label,
            reason.words[:5],
            _keys("Service", reason.keys if reason.aspect is Aspect.SERVICES else ()),
            _keys("Topic", reason.keys if reason.aspect is Aspect.TOPICS else ()),
        )
        for reason in found.likeness.reasons
    )
    likeness = found.likeness
    return FoundDuplicate(NodeKey("Project", found.id), likeness.nearness, likeness.band.name, found.reuse, reasons)


def _keys(label: str, keys: Iterable[str]) -> tuple[NodeKey, ...]:
    return tuple(NodeKey(label, key) for key in keys)[:5]
