"""What the end of a unit of work writes by itself: readers, versions, audit trail, outbox, news."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field

from auth import policy
from graph.actors import Actor, actor_id, memberships_of
from graph.ddl import LABELS, RELATIONSHIPS
from graph.identifiers import uuid7
from graph.links import Direction, Link
from graph.model import NodeKey
from graph.port import Transaction
from graph.rows import Row
from graph.values import Instant
from graph.vocabulary import NewsKind
from graph.writing import audience
from graph.writing.ledger import SHOWN_CHILDREN, SHOWN_WITH_PROJECTS, Batch, Recorded, Touch, audit, keeps_values, stamp


@dataclass(slots=True)
class Work:
    """All that one attempt of a unit has done."""

    actor: Actor
    now: Instant
    touches: dict[NodeKey, Touch] = field(default_factory=dict)
    """What was written, and so gets a version, a line in the audit trail and perhaps an event."""
    audiences: set[NodeKey] = field(default_factory=set)
    """Guarded nodes whose readers may have to change."""
    documents: set[NodeKey] = field(default_factory=set)
    """Projects that were not written, but whose search document may read differently."""
    recorded: list[Recorded] = field(default_factory=list)
    news: list[tuple[NewsKind, NodeKey, NodeKey | None]] = field(default_factory=list)
    """What people are to hear of, and the house that waits for it."""
    batch: Batch | None = None
    is_concealed: bool = False
    """The trail names no value."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A relationship that a node has."""

    name: str
    start: NodeKey
    end: NodeKey
    properties: Row


async def close(transaction: Transaction, work: Work) -> None:
    """Writes what follows from `work`; nothing if nothing was written."""
    await _renew_readers(transaction, work)
    await _stamp(transaction, work)
    rows = audit(
        list(work.touches.values()),
        work.recorded,
        work.batch,
        actor=actor_id(work.actor),
        memberships=memberships_of(work.actor),
        at=work.now,
        ids=lambda: str(uuid7()),
        is_concealed=work.is_concealed,
    )
    if rows.changes:
        await transaction.put("Change", rows.changes)
    await _forget_values(transaction, work)
    if rows.personal:
        await transaction.put("PersonalValues", rows.personal)
    await _report(transaction, work)
    if work.news:
        await transaction.put("News", [_news(work, *news) for news in dict.fromkeys(work.news)])


async def _forget_values(transaction: Transaction, work: Work) -> None:
    """Takes what the trail kept of nodes that are gone: nobody goes back to them."""
    gone = [str(key) for key, touch in work.touches.items() if touch.is_deleted and keeps_values(key.label)]
    if gone:
        lines = await transaction.query("changes_of_entities", {"entities": gone})
        await transaction.delete("PersonalValues", sorted(str(identifier) for (identifier,) in lines))


def _news(work: Work, kind: NewsKind, entity: NodeKey, house: NodeKey | None) -> Row:
    times = dict.fromkeys(("created_at", "updated_at", "at", "due_at"), work.now)
    return {
        "id": str(uuid7()),
        "kind": kind,
        "entity": str(entity),
        "house": None if house is None else str(house),
        "actor": actor_id(work.actor),
        "attempts": 0,
        **times,
    }


async def ties(transaction: Transaction, key: NodeKey) -> list[Tie]:
    """All relationships of the node."""
    found = []
    for name, declared in RELATIONSHIPS.items():
        for start, end in declared.pairs:
            if start == key.label:
                outgoing = await transaction.follow(Link(start, name, Direction.OUT, (end,)), [key.value])
                found += [Tie(name, key, other, edge) for other, edge in outgoing.get(key.value, [])]
            if end == key.label:
                incoming = await transaction.follow(Link(end, name, Direction.IN, (start,)), [key.value])
                found += [Tie(name, other, key, edge) for other, edge in incoming.get(key.value, [])]
    return found


async def _renew_readers(transaction: Transaction, work: Work) -> None:
    deleted = {key for key, touch in work.touches.items() if touch.is_deleted}
    asked = {key for key in work.audiences if audience.is_guarded(key.label)} - deleted
    # What this unit created has no dependents but those that it connected itself, which are asked already.
    grown = {key for key in asked if key not in work.touches or not work.touches[key].is_new}
    following = await audience.dependents(transaction, grown) - asked - deleted
    for label, keys in _by_label(following).items():
        await transaction.lock_all(label, sorted(keys))
    for label, keys in _by_label(asked | following).items():
        for value, entry in (await audience.entries(transaction, label, keys)).items():
            readers = policy.readers(entry)
            if readers != entry.readers:
                key = NodeKey(label, value)
                if key not in work.touches:
                    work.touches[key] = Touch(key, (await transaction.read(label, [value]))[value])
                work.touches[key].read_by(entry.readers, readers)


async def _stamp(transaction: Transaction, work: Work) -> None:
    for label, keys in _by_label(work.touches.keys()).items():
        rows = []
        for key in sorted(keys):
            touch = work.touches[NodeKey(label, key)]
            if touch.is_deleted or (touch.is_stamped and touch.readers is None):
                continue
            row = {LABELS[label].key: key, **stamp(touch, work.now)}
            if audience.is_guarded(label):
                row["readers"] = list(touch.readers if touch.readers is not None else (touch.base or {})["readers"])
            rows.append(row)
        if rows:
            await transaction.put(label, rows)


async def _report(transaction: Transaction, work: Work) -> None:
    """Tells the index. One event per entity, whatever happens to it, and however often.

    Coalesced rather than appended: the worker rebuilds a document from the graph's current state, so a second event
    for it would say nothing new; the backlog stays bounded by the number of entities while the engine is away; and the
    set of narrowed entities, which every search reads, stays small. `fence` tells the worker that the entity changed
    again while it was at work. Who holds the entity's lock holds the event's, so nobody waits for it who did not
    wait before.
    """
    narrows = dict.fromkeys(work.documents, False)
    for label, keys in _by_label(work.touches.keys()).items():
        touches = {key: work.touches[NodeKey(label, key)] for key in keys}
        if label == "Project":
            for touch in touches.values():
                narrows[touch.key] = narrows.get(touch.key, False) or touch.narrows
        elif label in SHOWN_CHILDREN:
            for child, project in (await audience.projects_of(transaction, label, keys)).items():
                narrows[project] = narrows.get(project, False) or touches[child].narrows
        elif label in SHOWN_WITH_PROJECTS:
            narrows.update({touch.key: False for touch in touches.values() if touch.changes_documents})
    if not narrows:
        return
    identifiers = sorted(map(str, narrows))
    known = await transaction.lock_all("OutboxEvent", identifiers, reserve=True)
    stored = await transaction.read("OutboxEvent", sorted(known)) if known else {}
    rows = []
    for key, is_narrower in narrows.items():
        before = stored.get(str(key), {})
        rows.append(
            {
                "id": str(key),
                "created_at": before.get("created_at", work.now),
                "updated_at": work.now,
                "entity": str(key),
                "at": before.get("at", work.now),
                "narrows": is_narrower or before.get("narrows", False),
                # An event that was done is gone; the clock keeps its successor from having a fence used before.
                "fence": max(before.get("fence", 0) + 1, time.time_ns() // 1_000),
            }
        )
    await transaction.put("OutboxEvent", rows)


def _by_label(keys: Collection[NodeKey]) -> dict[str, set[str]]:
    labels: dict[str, set[str]] = {}
    for key in sorted(keys, key=lambda key: (key.label, key.value)):
        labels.setdefault(key.label, set()).add(key.value)
    return labels
