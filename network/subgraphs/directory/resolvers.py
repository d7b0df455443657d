"""Where the directory's root fields start to read."""

from typing import Annotated, Final

import strawberry

from graph.ddl import LABELS
from graph.errors import InvalidInputError
from graph.model import NodeKey
from graph.reading.online import OnlineService, online_service
from network.context import Context
from network.execution import Lookup, Lookups, Read, by_key, one
from network.execution.fields import After, First
from network.limits import LimitExceededError
from network.subgraphs.arguments import filtered
from network.subgraphs.directory.filters import (
    BY_NAME,
    EventFilter,
    EventOrder,
    ExpertFilter,
    FundingProgrammeFilter,
    HubFilter,
    MunicipalityFilter,
    MunicipalityOrder,
    OrganisationFilter,
    ServiceFilter,
    TopicFilter,
    UniversityFilter,
)

MAX_NODES: Final = 20
_TIMEOUT_S: Final = 5.0
_FILTER = strawberry.argument(name="filter", description="Which ones; all where it is left out.")


def hubs(where: Annotated[HubFilter | None, _FILTER] = None, first: First = 20, after: After = None) -> Read:
    return filtered("Hub", where, BY_NAME, first, after)


def hub(slug: Annotated[str, strawberry.argument(description="Its short name, as in `zeitz`.")]) -> Read:
    return one("Hub", "slug", slug)


def municipalities(
    where: Annotated[MunicipalityFilter | None, _FILTER] = None,
    order_by: Annotated[MunicipalityOrder, strawberry.argument(description="Order of the list.")] = (
        MunicipalityOrder.NAME
    ),
    first: First = 20,
    after: After = None,
) -> Read:
    return filtered("Municipality", where, order_by.columns(), first, after)


def municipality(ars: Annotated[str, strawberry.argument(description="Its official key (ARS).")]) -> Read:
    return one("Municipality", "ars", ars)


def universities(
    where: Annotated[UniversityFilter | None, _FILTER] = None, first: First = 20, after: After = None
) -> Read:
    return filtered("University", where, BY_NAME, first, after)


def university(ror: Annotated[str, strawberry.argument(description="Its key, as in `03sft3r75`.")]) -> Read:
    return one("University", "ror", ror)


def organisations(
    where: Annotated[OrganisationFilter | None, _FILTER] = None, first: First = 20, after: After = None
) -> Read:
    return filtered("Organisation", where, BY_NAME, first, after)


def experts(where: Annotated[ExpertFilter | None, _FILTER] = None, first: First = 20, after: After = None) -> Read:
    return filtered("Expert", where, BY_NAME, first, after)


def topics(where: Annotated[TopicFilter | None, _FILTER] = None, first: First = 20, after: After = None) -> Read:
    return filtered("Topic", where, BY_NAME, first, after)


def services(where: Annotated[ServiceFilter | None, _FILTER] = None, first: First = 20, after: After = None) -> Read:
    return filtered("Service", where, BY_NAME, first, after)


async def online(
    municipality: Annotated[
        strawberry.ID, strawberry.argument(description="Id of the administration, as in `Municipality:150840590590`.")
    ],
    service: Annotated[
        strawberry.ID, strawberry.argument(description="Id of the service, as in `Service:99115005000000`.")
    ],
    info: strawberry.Info[Context],
) -> OnlineService | None:
    """Raises InvalidInputError where an id is not one of that kind, or GraphUnavailableError."""
    context = info.context
    return await online_service(
        context.store,
        _of("municipality", "Municipality", municipality),
        _of("service", "Service", service),
        timeout_s=context.remaining_s(most=_TIMEOUT_S),
    )


def funding_programmes(
    where: Annotated[FundingProgrammeFilter | None, _FILTER] = None, first: First = 20, after: After = None
) -> Read:
    return filtered("FundingProgramme", where, BY_NAME, first, after)


def events(
    where: Annotated[EventFilter | None, _FILTER] = None,
    order_by: Annotated[EventOrder, strawberry.argument(description="Order of the list.")] = EventOrder.DATE,
    first: First = 20,
    after: After = None,
) -> Read:
    return filtered("Event", where, order_by.columns(), first, after)


def node(
    global_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="Its id, as in `Hub:zeitz`.")],
) -> Read:
    """Raises InvalidInputError where the text cannot be an id; an id of nothing, or of something secret, is null."""
    return by_key(_key(global_id))


def nodes(
    ids: Annotated[list[strawberry.ID], strawberry.argument(description=f"Their ids; at most {MAX_NODES}.")],
) -> Lookups:
    """Raises LimitExceededError for more than `MAX_NODES`; a text that cannot be an id is an error at its own place."""
    if len(ids) > MAX_NODES:
        raise LimitExceededError("ids", MAX_NODES, len(ids))
    return Lookups(tuple(_lookup(one) for one in ids))


def _lookup(global_id: str) -> Lookup | Exception:
    try:
        key = _key(global_id)
    except InvalidInputError as exc:
        return exc
    return Lookup(key.label, LABELS[key.label].key, key.value)


def _of(name: str, label: str, global_id: str) -> str:
    found, _, key = global_id.partition(":")
    if found != label or not key:
        raise InvalidInputError(f"{name} is the id of a {label}; got {global_id[:100]!r}")
    return key


def _key(global_id: str) -> NodeKey:
    label, _, key = global_id.partition(":")
    declared = LABELS.get(label)
    if declared is None or declared.is_record or not key:
        raise InvalidInputError(f"id is a kind and a key, as in Hub:zeitz; got {global_id[:100]!r}")
    return NodeKey(label, key)
