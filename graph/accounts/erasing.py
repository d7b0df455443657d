"""Taking one person out of the graph. May be killed anywhere and run again: what is done stays done, the account goes last."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

from graph.accounts import person as people
from graph.accounts.person import Found, Person, Progress
from graph.actors import System
from graph.ddl import LABELS, PropertyType
from graph.model import NodeKey
from graph.port import GraphStore, Transaction
from graph.reading import popular
from graph.rows import node_of, row_of
from graph.vocabulary import TaskKind
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

ERASED: Final = "[gelöscht]"
"""In place of what spoke of the person."""
_WHOLE: Final = frozenset({"PersonalValues", "PopularSearch", "Idempotency", "SignIn", "FieldUsage"})
"""Bookkeeping that goes whole where it speaks of her."""
_LAST: Final = "Actor"
"""It tells which accounts an address belongs to: as long as it is there, erasing can be run again."""
_ERASING: Final = System("erasure of a person")


@dataclass(slots=True)
class Erased:
    """What was done. `left` names what could not be taken out, as `Label:key.property`: the key of an entry itself."""

    deleted: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    searches: int = 0
    left: list[str] = field(default_factory=list)

    def count(self, what: dict[str, int], label: str) -> None:
        what[label] = what.get(label, 0) + 1


async def erase(store: GraphStore, person: Person, *, on_progress: Progress | None = None) -> Erased:
    """Deletes what is the person's, takes her out of everything else, and then looks again.

    Raises:
        GraphError: it broke off; run it again.
    """
    done = Erased()
    unit_of_work = UnitOfWork(store)
    last: list[NodeKey] = []
    gone: set[str] = set()
    async for found in _settled(store, person, on_progress):
        if found.is_own:
            gone.add(str(found.key))
            if found.key.label == _LAST:
                last.append(found.key)
            else:
                await _delete(unit_of_work, found.key)
                done.count(done.deleted, found.key.label)
        elif found.key.label in _WHOLE:
            await _delete(unit_of_work, found.key)
            done.count(done.deleted, found.key.label)
        elif set(found.properties) - {LABELS[found.key.label].key}:
            await _take_out(unit_of_work, person, found)
            done.count(done.changed, found.key.label)
    await _forget_values(unit_of_work, gone, done)
    done.searches = await popular.forget_people(store, person.identities)
    for key in last:
        await _delete(unit_of_work, key)
        done.count(done.deleted, key.label)
    async for found in people.find(store, person):
        done.left += [f"{found.key}.{name}" for name in found.properties or ("(whole)",)]
    return done


async def _settled(store: GraphStore, person: Person, on_progress: Progress | None) -> AsyncIterator[Found]:
    """What is found, read to its end before anything changes: pages go on after keys that might be gone."""
    for found in [found async for found in people.find(store, person, on_progress=on_progress)]:
        yield found


async def _delete(unit_of_work: UnitOfWork, key: NodeKey) -> None:
    if LABELS[key.label].is_record:
        await unit_of_work.store.transact(lambda transaction: transaction.delete(key.label, [key.value]))
        return

    async def delete(unit: Unit) -> None:
        unit.conceal()
        unit.record("erase_person", key)
        await unit.delete(key)

    await unit_of_work.run(delete, actor=_ERASING)


async def _take_out(unit_of_work: UnitOfWork, person: Person, found: Found) -> None:
    label, key = found.key.label, found.key.value

    if LABELS[label].is_record:

        async def rewrite(transaction: Transaction) -> None:
            await transaction.lock_all(label, [key])
            row = (await transaction.read(label, [key])).get(key)
            if row is not None:
                await transaction.put(label, [{LABELS[label].key: key, **_without(person, label, row)}])

        await unit_of_work.store.transact(rewrite)
        return

    async def change(unit: Unit) -> None:
        unit.conceal()
        kind = LABELS[label].node
        await unit.lock(found.key)
        node = await unit.get(kind, key)
        if node is not None:
            unit.record("erase_person", found.key)
            row = row_of(node)
            version = {"version": node.version} if hasattr(node, "version") else {}
            await unit.put(node_of(kind, {**row, **_without(person, label, row), **version}))

    await unit_of_work.run(change, actor=_ERASING)


def _without(person: Person, label: str, row: dict[str, Any]) -> dict[str, Any]:
    """The properties of `row` that speak of the person, without her."""
    kind = LABELS[label]
    changed: dict[str, Any] = {}
    for name in person.mentioned(row):
        declared = kind.properties[name]
        value = row[name]
        if name in (kind.key, *kind.node.sort_keys):
            continue
        if declared.type is PropertyType.TEXTS:
            changed[name] = [one for one in value if not person.is_in(one)]
        elif declared.nullable and (person.said.fullmatch(str(value)) or row.get("kind") == TaskKind.CALL_BACK):
            # A note of who asked to be called holds name and number, too.
            changed[name] = None
        else:
            changed[name] = _clean(person, value)
    return changed


def _clean(person: Person, value: Any) -> Any:
    """`value` without the person. A contact keeps its function: address and number were hers."""
    inside = people.decoded(value)
    if isinstance(inside, dict):
        if "function" in inside and person.is_in(inside):
            inside = {**inside, "email": None, "phone": None}
        inside = {person.said.sub(ERASED, name): _clean(person, one) for name, one in inside.items()}
    elif isinstance(inside, list):
        inside = [_clean(person, one) for one in inside]
    elif isinstance(inside, str):
        return person.said.sub(ERASED, inside)
    return json.dumps(inside, ensure_ascii=False) if isinstance(value, str) else inside


async def _forget_values(unit_of_work: UnitOfWork, gone: set[str], done: Erased) -> None:
    """Deletes what the trail kept apart of the entries that were hers: name and number, beside the address."""
    if not gone:
        return
    async for row in people.rows(unit_of_work.store, "PersonalValues"):
        if row["entity"] in gone:
            await _delete(unit_of_work, NodeKey("PersonalValues", row["id"]))
            done.count(done.deleted, "PersonalValues")
