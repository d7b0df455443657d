"""What the network is made of beside registers and projects: hubs, organisations, topics, programmes, functions, events."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Final

from auth import policy
from graph.actors import Actor
from graph.commands.merging import merged
from graph.errors import InvalidInputError
from graph.model import Node, NodeKey
from graph.relationships import Relationship
from graph.rows import relationship_name
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

BATCH: Final = 500
"""Nodes or relationships of one transaction."""

_KINDS: Final = frozenset(
    {
        "Hub",
        "Organisation",
        "Topic",
        "FundingProgramme",
        "Expert",
        "Event",
        "Need",
        "Municipality",
        "University",
        "Service",
    }
)
_RELATIONSHIPS: Final = frozenset(
    {
        *("SERVES", "PARTNER_OF", "FOCUSES_ON", "SUBTOPIC_OF", "OFFERS_ONLINE", "WORKS_AT", "KNOWS", "CONTRIBUTES_TO"),
        *("HOSTS", "ABOUT", "HAS", "CONCERNS", "DERIVED_FROM"),
    }
)


@dataclass(frozen=True, kw_only=True)
class PutNetwork:
    """Nodes of any of these kinds, and relationships between nodes that are stored or among `nodes`.

    What a node leaves empty stays as it is stored, and so does all that those who answer for it confirmed; relationships
    are added or changed, never removed, since others may have entered more of them.
    """

    nodes: Sequence[Node] = ()
    relationships: Sequence[Relationship] = ()


async def put_network(unit_of_work: UnitOfWork, command: PutNetwork, *, actor: Actor) -> dict[str, int]:
    """How many nodes were `created`, `changed` and left `unchanged`, and how many relationships were `connected`.

    Written in batches, nodes first; running it again compares and writes differences only.

    Raises:
        ForbiddenError: a caller other than the network's administration.
        InvalidInputError: a kind of node or relationship that does not belong here, or one key twice; nothing written.
        NodeNotFoundError: a relationship's end is missing; nodes may be written by then.
    """
    _check(command)
    totals = {"created": 0, "changed": 0, "unchanged": 0, "connected": 0}
    by_kind: dict[str, list[Node]] = {}
    for node in command.nodes:
        by_kind.setdefault(node.key.label, []).append(node)
    for nodes in by_kind.values():
        for first in range(0, len(nodes), BATCH):
            batch = nodes[first : first + BATCH]
            counts = await unit_of_work.run(partial(_put, batch=batch), actor=actor)
            for name, count in counts.items():
                totals[name] += count
    for first in range(0, len(command.relationships), BATCH):
        group = command.relationships[first : first + BATCH]
        totals["connected"] += await unit_of_work.run(partial(_connect, relationships=group), actor=actor)
    return totals


def _check(command: PutNetwork) -> None:
    keys = [node.key for node in command.nodes]
    twice = sorted(str(key) for key in set(keys) if keys.count(key) > 1) if len(set(keys)) != len(keys) else []
    if twice:
        raise InvalidInputError(f"given twice: {', '.join(twice[:5])}")
    others = {key.label for key in keys} - _KINDS
    others |= {relationship_name(relationship) for relationship in command.relationships} - _RELATIONSHIPS
    if others:
        raise InvalidInputError(f"not written by this command: {', '.join(sorted(others))}")


async def _put(unit: Unit, batch: Sequence[Node]) -> dict[str, int]:
    unit.require(policy.may_maintain_registers)
    stored = await unit.get_many(type(batch[0]), [node.key.value for node in batch])
    written = await unit.put_many(
        [merged(stored.get(node.key.value), node, keep=_confirmed(stored.get(node.key.value))) for node in batch]
    )
    created = len(batch) - len(stored)
    touched = sum(unit.has_touched(NodeKey(node.key.label, node.key.value)) for node in written)
    return {"created": created, "changed": touched - created, "unchanged": len(batch) - touched}


def _confirmed(stored: Node | None) -> set[str]:
    """The properties that an import leaves alone: what a house says of itself counts more than what was read of it."""
    if stored is None or getattr(stored, "confirmed_at", None) is None:
        return set()
    return {field.name for field in fields(stored) if getattr(stored, field.name) not in (None, "", ())}


async def _connect(unit: Unit, relationships: Sequence[Relationship]) -> int:
    unit.require(policy.may_maintain_registers)
    return await unit.connect_many(relationships)
