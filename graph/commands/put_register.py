"""Registers: municipalities with their associations, districts and states, universities, administrative services."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from auth import policy
from auth.keys import ASSOCIATION_DIGITS, DISTRICT_DIGITS, STATE_DIGITS
from graph.actors import Actor
from graph.commands.merging import merged
from graph.errors import InvalidInputError
from graph.links import Direction, Link
from graph.model import Municipality, NodeKey, Service, University
from graph.relationships import Plain, Relationship
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

BATCH: Final = 1_000
"""Nodes of one transaction: what a kill costs at most, and what the database holds in memory at once."""

_PART_OF: Final = Link("Municipality", "PART_OF", Direction.OUT, ("Municipality",), is_many=False)
_UPPER_DIGITS: Final = (ASSOCIATION_DIGITS, DISTRICT_DIGITS, STATE_DIGITS)

Entry = Municipality | University | Service


@dataclass(frozen=True, kw_only=True)
class PutRegister:
    """Nodes of one kind, in any order; keys are different.

    What the register leaves empty stays as it is stored. Administrations become PART_OF the nearest one above them
    that is known, Gemeinde → Amt → Kreis → Land, whatever order the files come in.
    """

    nodes: Sequence[Entry]


async def put_register(
    unit_of_work: UnitOfWork,
    command: PutRegister,
    *,
    actor: Actor,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, int]:
    """How many nodes were `created`, `changed` and left `unchanged`.

    Written in batches, each a transaction: after a kill, run it again; what is there already is only compared.

    Args:
        on_progress: Called with nodes done and nodes in all, after each batch.

    Raises:
        ForbiddenError: a caller other than the network's administration.
        InvalidInputError: nodes of several kinds, or one key twice; nothing was written.
    """
    nodes = sorted(command.nodes, key=lambda node: node.key.value)
    if len({node.key for node in nodes}) != len(nodes) or len({type(node) for node in nodes}) > 1:
        raise InvalidInputError("a register holds nodes of one kind, each key once")
    totals = {"created": 0, "changed": 0, "unchanged": 0}
    for first in range(0, len(nodes), BATCH):
        batch = nodes[first : first + BATCH]
        counts = await unit_of_work.run(partial(_write, batch=batch), actor=actor)
        totals = {name: total + counts[name] for name, total in totals.items()}
        on_progress(first + len(batch), len(nodes))
    if nodes and isinstance(nodes[0], Municipality):
        await place_administrations(unit_of_work, actor=actor)
    return totals


async def _write(unit: Unit, batch: Sequence[Entry]) -> Mapping[str, int]:
    unit.require(policy.may_maintain_registers)
    kind = type(batch[0])
    unit.as_batch("put_register", kind.__name__)
    stored = await unit.get_many(kind, [node.key.value for node in batch])
    written = await unit.put_many([merged(stored.get(node.key.value), node) for node in batch])
    changed = sum(node.key.value in stored and node.version != stored[node.key.value].version for node in written)
    created = len(batch) - len(stored)
    return {"created": created, "changed": changed, "unchanged": len(batch) - created - changed}


async def place_administrations(unit_of_work: UnitOfWork, *, actor: Actor) -> int:
    """How many administrations became part of another one than before: the nearest above them that is known.

    Looks at all of them, so that files may come in any order and a run that was cut off is made good by the next.
    """
    records = await unit_of_work.store.query("municipality_parents", {}, timeout_s=60.0)
    known = {ars for ars, _ in records}
    misplaced = {}
    for ars, parent in records:
        nearest = next((ars[:digits] for digits in _UPPER_DIGITS if digits < len(ars) and ars[:digits] in known), None)
        if ars.isdigit() and nearest is not None and nearest != parent:
            misplaced[ars] = nearest
    keys = sorted(misplaced)
    for first in range(0, len(keys), BATCH):
        batch = {key: misplaced[key] for key in keys[first : first + BATCH]}
        await unit_of_work.run(partial(_place, nearest=batch), actor=actor)
    return len(keys)


async def _place(unit: Unit, nearest: Mapping[str, str]) -> None:
    unit.require(policy.may_maintain_registers)
    unit.as_batch("put_register", "Municipality")
    wanted: dict[str, list[Relationship]] = {}
    for key, upper in nearest.items():
        ends = NodeKey("Municipality", key), NodeKey("Municipality", upper)
        wanted[key] = [Plain(type="PART_OF", start=ends[0], end=ends[1])]
    await unit.relink(_PART_OF, wanted)
