"""What somebody wants to hear of."""

import uuid
from dataclasses import dataclass
from typing import Final

from auth import policy
from graph import personal
from graph.actors import Actor
from graph.commands.oneself import oneself
from graph.ddl import LABELS
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.values import Instant
from graph.writing.audience import is_guarded
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

FOLLOWABLE: Final = ("Project", "Topic", "Hub", "Service", "Need")
MAX_FOLLOWS: Final = 500
"""Of one person: more is no choice, and all are shown at once."""

_NAMESPACE: Final = uuid.UUID("0b6c6b0e-7f5e-5c1e-9d2b-52d1a9f7c3aa")
"""Makes of a person and a target the id of the record."""


@dataclass(frozen=True, kw_only=True)
class Follow:
    """`target`: one of FOLLOWABLE."""

    target: NodeKey


@dataclass(frozen=True, kw_only=True)
class Unfollow:
    """`target`: whatever it was; it may be gone or hidden by now."""

    target: NodeKey


@dataclass(frozen=True, slots=True)
class Followed:
    """Something that somebody follows."""

    id: str
    target: NodeKey
    since: Instant


async def follow(
    unit_of_work: UnitOfWork, command: Follow, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the record and the `target` as a global id; following twice is following.

    Raises:
        ForbiddenError: the caller has no membership.
        NodeNotFoundError: there is no such target, or not for the caller's eyes.
        InvalidInputError: nothing that is followed, or too many already.
    """

    async def write(unit: Unit) -> dict[str, str]:
        unit.require(policy.may_take_part)
        person = await oneself(unit)
        await _require_target(unit, command.target)
        key = _key(person.id, command.target)
        if await unit.get(personal.Follow, key.value) is None:
            known = await unit.query("follows_of", actor=person.id, limit=MAX_FOLLOWS)
            if len(known) >= MAX_FOLLOWS:
                raise InvalidInputError(f"target: {MAX_FOLLOWS} are followed already", field="target")
            unit.record("follow", key)
            await unit.put(personal.Follow(id=key.value, actor=person.id, target=str(command.target)))
        return {"id": key.value, "target": str(command.target)}

    return await unit_of_work.run(write, actor=actor, idempotency_key=idempotency_key)


async def unfollow(
    unit_of_work: UnitOfWork, command: Unfollow, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `target` that is not followed any more, or never was.

    Raises:
        ForbiddenError: the caller has no membership.
    """

    async def write(unit: Unit) -> dict[str, str]:
        unit.require(policy.may_take_part)
        person = await oneself(unit)
        key = _key(person.id, command.target)
        unit.record("unfollow", key)
        await unit.delete(key)
        return {"target": str(command.target)}

    return await unit_of_work.run(write, actor=actor, idempotency_key=idempotency_key)


async def follows_of(store: GraphStore, actor: str) -> list[Followed]:
    """What somebody follows, the latest first; at most MAX_FOLLOWS. Whether it can be read is for the caller to ask."""
    records = await store.query("follows_of", {"actor": actor, "limit": MAX_FOLLOWS})
    return [Followed(key, NodeKey.parse(target), since) for key, target, since in records]


async def _require_target(unit: Unit, target: NodeKey) -> None:
    if target.label not in FOLLOWABLE:
        raise InvalidInputError(f"target: expected one of {', '.join(FOLLOWABLE)}", field="target")
    if is_guarded(target.label):
        await unit.require_readable(target)
    elif await unit.get(LABELS[target.label].node, target.value) is None:
        raise NodeNotFoundError(f"no {target}")


def _key(person: str, target: NodeKey) -> NodeKey:
    return NodeKey("Follow", str(uuid.uuid5(_NAMESPACE, f"{person} {target}")))
