"""Which administrative services a municipality offers online."""

from dataclasses import dataclass
from typing import Final

from auth import policy
from graph import links
from graph.actors import Actor, System
from graph.commands.changing import answer, require_period
from graph.commands.holding import require_existing
from graph.errors import NodeNotFoundError
from graph.model import Hub, Municipality, NodeKey
from graph.relationships import OffersOnline
from graph.values import PartialDate
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

MAX_PARTS: Final = 5
"""Gemeinde, Amt, Kreis, Land, and one more."""


@dataclass(frozen=True, kw_only=True)
class RecordOnlineService:
    """`is_online` false takes a record back, and then the rest says nothing."""

    municipality: str
    service: str
    is_online: bool = True
    url: str | None = None
    since: PartialDate | None = None
    source: str | None = None
    """Where this is known from; None: from who records it, by the name of the house."""


async def record_online_service(
    unit_of_work: UnitOfWork, command: RecordOnlineService, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` (ARS) and `version` of the municipality, and the key of the `service`. Recorded again, it is replaced.

    Raises:
        NodeNotFoundError: no such municipality.
        ForbiddenError: it is not the caller's, and none of the caller's hubs serves it or the association it is part of.
        InvalidInputError: an unknown service, or a date that is none.
    """

    async def record(unit: Unit) -> dict[str, str | int]:
        key = NodeKey("Municipality", command.municipality)
        await unit.lock(key)
        municipality = await unit.get(Municipality, command.municipality)
        if municipality is None:
            raise NodeNotFoundError(f"no {key}")
        unit.require(policy.may_record_online_service, key, await _serving(unit, key))
        service = NodeKey("Service", command.service)
        await require_existing(unit, [service], field="service")
        require_period("since", command.since, "since", None, now=unit.now)
        unit.record("record_online_service", key)
        offer = OffersOnline(
            start=key,
            end=service,
            url=command.url,
            since=command.since,
            source=command.source or await _recorder(unit, municipality),
        )
        await (unit.connect(offer) if command.is_online else unit.disconnect(offer))
        return {**answer(unit, municipality), "service": command.service}

    return await unit_of_work.run(record, actor=actor, idempotency_key=idempotency_key)


async def _serving(unit: Unit, municipality: NodeKey) -> list[NodeKey]:
    """The hubs that serve the municipality, or a whole that it is part of: a hub may serve an Amt with all that is in it."""
    found: list[NodeKey] = []
    part = municipality
    for _ in range(MAX_PARTS):
        found += [hub for hub, _ in await unit.neighbours(links.MUNICIPALITY_HUBS, part)]
        wider = await unit.neighbours(links.MUNICIPALITY_PART_OF, part)
        if not wider:
            break
        part = wider[0][0]
    return found


async def _recorder(unit: Unit, municipality: Municipality) -> str:
    """The house in whose name it is recorded: the municipality, or a hub of the caller's."""
    if isinstance(unit.actor, System) or policy.may_act_for(unit.actor, municipality.key):
        return municipality.name
    slugs = policy.hubs_of(unit.actor, reviewing=True)
    hubs = await unit.get_many(Hub, slugs)
    serving = [hub.value for hub in await _serving(unit, municipality.key) if hub.value in hubs]
    return hubs[serving[0]].name if serving else "Netzwerk der DigitalHubs"
