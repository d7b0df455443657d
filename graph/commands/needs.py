"""What a house seeks or offers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from auth import policy
from graph import links
from graph.actors import Actor
from graph.commands.holding import require_existing, require_houses, require_version, required
from graph.errors import NodeNotFoundError
from graph.identifiers import uuid7
from graph.model import Need, NodeKey
from graph.relationships import Plain
from graph.vocabulary import NeedKind, NeedStatus, NewsKind, Visibility
from graph.writing.lifecycle import MoveNotAllowedError
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class PostNeed:
    """`topics` and `services`: natural keys of what it is about."""

    house: NodeKey
    kind: NeedKind
    title: str
    text: str = ""
    topics: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    visibility: Visibility = Visibility.NETWORK


@dataclass(frozen=True, kw_only=True)
class CloseNeed:
    """`is_matched`: somebody was found; else it is given up."""

    need: str
    is_matched: bool
    expected_version: int | None = None


async def post_need(
    unit_of_work: UnitOfWork, command: PostNeed, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the need.

    Raises:
        ForbiddenError: `house` is not the caller's.
        InvalidInputError: no title, or something unknown.
    """

    async def post(unit: Unit) -> dict[str, str | int]:
        unit.require(policy.may_record_reuse, command.house)
        await require_houses(unit, [command.house], field="house")
        required("title", command.title)
        concerned = [
            *await _known(unit, "Topic", command.topics, field="topics"),
            *await _known(unit, "Service", command.services, field="services"),
        ]
        need = Need(
            id=str(uuid7()),
            kind=command.kind,
            title=command.title,
            text=command.text,
            visibility=command.visibility,
        )
        unit.record("post_need", need.key)
        unit.announce(NewsKind.NEED_POSTED, need.key)
        stored = await unit.put(need)
        await unit.connect_many(
            [
                Plain(type="HAS", start=command.house, end=need.key),
                *(Plain(type="CONCERNS", start=need.key, end=key) for key in concerned),
            ]
        )
        return {"id": stored.id, "version": stored.version}

    return await unit_of_work.run(post, actor=actor, idempotency_key=idempotency_key)


async def close_need(
    unit_of_work: UnitOfWork, command: CloseNeed, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the need that is MATCHED or CLOSED; one that is so already stays as it is.

    Raises:
        NodeNotFoundError: no such need, or not for the caller's eyes.
        ForbiddenError: it is not the need of a house of the caller's.
        StaleWriteError: it is at another version.
        MoveNotAllowedError: it was closed the other way.
    """

    async def close(unit: Unit) -> dict[str, str | int]:
        key = NodeKey("Need", command.need)
        await unit.lock(key)
        await unit.require_readable(key)
        need = await unit.get(Need, command.need)
        houses = await unit.neighbours(links.NEED_HOUSE, key)
        if need is None or not houses:
            raise NodeNotFoundError(f"no {key}")
        unit.require(policy.may_record_reuse, houses[0][0])
        require_version(need, command.expected_version)
        status = NeedStatus.MATCHED if command.is_matched else NeedStatus.CLOSED
        if need.status not in (NeedStatus.OPEN, status):
            raise MoveNotAllowedError(f"the need is {need.status}", allowed=())
        unit.record("close_need", key)
        stored = await unit.put(replace(need, status=status))
        return {"id": stored.id, "version": stored.version}

    return await unit_of_work.run(close, actor=actor, idempotency_key=idempotency_key)


async def _known(unit: Unit, label: str, values: Sequence[str], *, field: str) -> list[NodeKey]:
    keys = [NodeKey(label, value) for value in values]
    await require_existing(unit, keys, field=field)
    return keys
