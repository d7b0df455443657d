"""Typed work on the graph inside one transaction, and the bookkeeping that no command can forget."""

from collections.abc import Callable, Collection, Mapping, Sequence

from auth import policy
from auth.errors import NotGrantedError
from graph.actors import Actor, System
from graph.ddl import LABELS
from graph.errors import ConstraintError, InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.links import Direction, Link
from graph.model import Edited, Node, NodeKey
from graph.port import Neighbour, Record, Transaction
from graph.relationships import Plain, Relationship
from graph.rows import N, Row, difference, node_of, relationship_name, relationship_row, row_of
from graph.values import Instant
from graph.vocabulary import NewsKind
from graph.writing import audience, closing
from graph.writing.closing import Work
from graph.writing.ledger import AT_END, Batch, Recorded, Touch, aggregate, stamp


class Unit:
    """One attempt of a unit of work: reads what it locks, writes only differences, remembers what it touched.

    Everything is as the transaction sees it, without any audience test: commands ask policy (`require`, `entry`).
    At its end the unit by itself recomputes `readers`, raises versions, and writes `Change` and `OutboxEvent` records.
    """

    def __init__(self, transaction: Transaction, *, actor: Actor, now: Instant) -> None:
        self._transaction = transaction
        self._work = Work(actor, now)
        self._held: dict[NodeKey, Row | None] = {}

    @property
    def actor(self) -> Actor:
        return self._work.actor

    @property
    def now(self) -> Instant:
        """The instant that this unit writes; a node that another clock changed later gets the one just after that."""
        return self._work.now

    async def lock(self, key: NodeKey) -> bool:
        """Whether the node exists. Until the end nobody else changes it, nor the relationships that belong to it."""
        if key not in self._held:
            await self._hold(key.label, [key.value])
        return self._held.get(key) is not None

    async def lock_many(self, kind: type[Node], keys: Collection[str]) -> set[str]:
        """As `lock`, for several nodes of one kind: the keys of those that exist."""
        label = kind.__name__
        await self._hold(label, [key for key in set(keys) if NodeKey(label, key) not in self._held])
        return {key for key in keys if self._held.get(NodeKey(label, key)) is not None}

    async def get(self, kind: type[N], key: str) -> N | None:
        """The node, or None. To write it back safely, `lock` it first, or let `put` find that it is stale."""
        return (await self.get_many(kind, [key])).get(key)

    async def get_many(self, kind: type[N], keys: Collection[str]) -> dict[str, N]:
        """The nodes that exist, by key."""
        rows = await self._rows(kind.__name__, sorted(set(keys)))
        return {key: node_of(kind, row) for key, row in rows.items()}

    async def find(self, kind: type[N], property_name: str, value: str) -> N | None:
        """The node whose unique property has this value, or None."""
        key = (await self.find_keys(kind, property_name, [value])).get(value)
        return None if key is None else await self.get(kind, key)

    async def find_keys(self, kind: type[Node], property_name: str, values: Collection[str]) -> dict[str, str]:
        """The key of the node that has each of the values of a unique property; the others are left out."""
        return await self._transaction.find(kind.__name__, property_name, sorted(set(values)))

    async def put(self, node: N, *, expected_version: int | None = None) -> N:
        """The node as stored: created, changed, or left alone if nothing of it differs.

        Args:
            expected_version: The version that the caller decided on; 0 for a node that must not exist. By default the
                one that `node` carries from its reading, if it does.

        Raises:
            StaleWriteError: the stored version is another one.
            ConstraintError: a unique property is taken.
        """
        expected = None if expected_version is None else {node.key.value: expected_version}
        return (await self._put([node], expected or {}))[0]

    async def put_many(self, nodes: Sequence[N]) -> list[N]:
        """As `put`, for nodes of one kind with different keys, in few statements."""
        return await self._put(nodes, {}) if nodes else []

    async def connect(self, relationship: Relationship) -> None:
        """As `connect_many`, for one."""
        await self.connect_many([relationship])

    async def connect_many(self, relationships: Sequence[Relationship]) -> int:
        """How many relationships were created or changed; those that are there already are left alone.

        Raises:
            NodeNotFoundError: a node is missing.
        """
        changed = 0
        for (name, start, end), group in _grouped(relationships).items():
            changed += await self._connect(name, start, end, group)
        return changed

    async def disconnect(self, relationship: Relationship) -> None:
        """As `disconnect_many`, for one."""
        await self.disconnect_many([relationship])

    async def disconnect_many(self, relationships: Sequence[Relationship]) -> int:
        """How many relationships were removed; absent ones are fine."""
        changed = 0
        for (name, start, end), group in _grouped(relationships).items():
            existing = await self._existing(name, start, end, group)
            rows = []
            for relationship in group:
                old = existing.get((relationship.start.value, relationship.end.value))
                if old is not None:
                    self._relinked(name, relationship.start, relationship.end, old, None)
                    rows.append({"start": relationship.start.value, "end": relationship.end.value})
            if rows:
                await self._transaction.disconnect(name, start, end, rows)
            changed += len(rows)
        return changed

    async def relink(self, link: Link, wanted: Mapping[str, Sequence[Relationship]]) -> int:
        """How many relationships changed so that those along `link` are exactly `wanted`, by key of a `link.source` node.

        `link` starts at the nodes that the relationships belong to (`graph.writing.ledger.aggregate`).

        Raises:
            NodeNotFoundError: a node is missing.
        """
        await self._hold(link.source, [key for key in wanted if NodeKey(link.source, key) not in self._held])
        ends = {(relation.start, relation.end) for relations in wanted.values() for relation in relations}
        superfluous: list[Relationship] = []
        for key, neighbours in (await self.follow(link, wanted)).items():
            near = NodeKey(link.source, key)
            for far, _ in neighbours:
                start, end = (near, far) if link.direction is Direction.OUT else (far, near)
                if (start, end) not in ends:
                    superfluous.append(Plain(type=link.relationship, start=start, end=end))
        removed = await self.disconnect_many(superfluous)
        return removed + await self.connect_many([relation for relations in wanted.values() for relation in relations])

    async def neighbours(self, link: Link, key: NodeKey) -> list[Neighbour]:
        """The nodes along `link` with the relationship's properties, by (label, key)."""
        return (await self._transaction.follow(link, [key.value])).get(key.value, [])

    async def follow(self, link: Link, keys: Collection[str]) -> dict[str, list[Neighbour]]:
        """The neighbours of several nodes of `link.source`, by key; nodes without any are left out."""
        return await self._transaction.follow(link, sorted(set(keys)))

    async def delete(self, key: NodeKey) -> bool:
        """Whether the node was there; it and its relationships are gone. What depended on it becomes PRIVATE.

        A project that has another `Result`, `Adoption` … hanging on it leaves these behind: delete them first.
        """
        if not await self.lock(key):
            return False
        for tie in await closing.ties(self._transaction, key):
            other = tie.end if tie.start == key else tie.start
            if other == aggregate(tie.name, tie.start, tie.end):
                await self.lock(other)
            self._relinked(tie.name, tie.start, tie.end, tie.properties, None)
        touch = self._touch(key)
        touch.changed(self._held[key] or {}, {})
        touch.is_deleted = True
        await self._transaction.delete(key.label, [key.value])
        self._held[key] = None
        return True

    async def keep(self, record: Node) -> None:
        """Writes bookkeeping of ours together with the unit: no version, no line in the audit trail, no event.

        Raises:
            InvalidInputError: `record` is of a kind that people contribute, whose changes are told.
        """
        label = type(record).__name__
        if not LABELS[label].is_record:
            raise InvalidInputError(f"{label} is no bookkeeping: put it")
        row = {**row_of(record), "created_at": record.created_at or self.now, "updated_at": self.now}
        await self._transaction.put(label, [row])
        self._held.pop(record.key, None)

    async def query(self, name: str, **parameters: object) -> list[Record]:
        """Records of a named query that reads; what it wrote would escape the audit trail."""
        return await self._transaction.query(name, parameters)

    def record(self, action: str, entity: NodeKey, before: Row | None = None, after: Row | None = None) -> None:
        """Words the audit trail: `action` instead of create, change or delete, with the values given or what changed.

        Without values nothing is written unless the unit changes the entity.
        """
        self._work.recorded.append(Recorded(action, str(entity), before, after))

    def announce(self, kind: NewsKind, entity: NodeKey, *, house: NodeKey | None = None) -> None:
        """People are told of it after the commit: once, however often the unit says so.

        Args:
            house: Whose request was decided, where the entity does not say who waits for the answer.
        """
        self._work.news.append((kind, entity, house))

    def conceal(self) -> None:
        """The audit trail says that this unit changed something, without a value from before or after: for erasure."""
        self._work.is_concealed = True

    def as_batch(self, action: str, subject: str) -> None:
        """One line in the audit trail for all that this unit does, with counts: for imports of registers."""
        self._work.batch = Batch(action, subject)

    async def entry(self, key: NodeKey) -> audience.Entry | None:
        """The node as policy asks for it, or None."""
        return (await audience.entries(self._transaction, key.label, [key.value])).get(key.value)

    def require(self, permission: Callable[..., bool], *subject: object) -> None:
        """Asks `permission(caller, *subject)` of `auth.policy`; the system may do everything.

        Raises:
            NotGrantedError: the caller may not.
        """
        if not isinstance(self.actor, System) and not permission(self.actor, *subject):
            raise NotGrantedError(f"{permission.__name__.replace('_', ' ')}: not granted")

    async def require_readable(self, key: NodeKey) -> audience.Entry:
        """The entry, if the caller may see it.

        Raises:
            NodeNotFoundError: absent, or not for this caller; the two look alike.
        """
        entry = await self.entry(key)
        if entry is None or not self._may_read(entry):
            raise NodeNotFoundError(f"no {key}")
        return entry

    async def is_readable(self, key: NodeKey) -> bool:
        """Whether the guarded node is there for the caller."""
        entry = await self.entry(key)
        return entry is not None and self._may_read(entry)

    def has_touched(self, key: NodeKey) -> bool:
        """Whether this unit changed the node or a relationship that belongs to it."""
        return key in self._work.touches

    @property
    def has_changes(self) -> bool:
        """Whether anything was written or recorded so far."""
        return bool(self._work.touches) or bool(self._work.recorded) or bool(self._work.news)

    async def close(self) -> None:
        """Recomputes readers, raises versions, writes audit trail and outbox. `UnitOfWork` calls it, nobody else."""
        await closing.close(self._transaction, self._work)

    async def _put(self, nodes: Sequence[N], expected: dict[str, int]) -> list[N]:
        kind = type(nodes[0])
        label = kind.__name__
        keys = [node.key.value for node in nodes]
        if len(set(keys)) != len(keys) or any(type(node) is not kind for node in nodes):
            raise InvalidInputError(f"put takes nodes of one kind with different keys, not twice the same {label}")
        wanted = {key: row_of(node) for key, node in zip(keys, nodes, strict=True)}
        current = await self._rows(label, keys)
        differing = [key for key in keys if key not in current or any(difference(label, current[key], wanted[key]))]
        await self._hold(label, [key for key in differing if NodeKey(label, key) not in self._held], reserve=True)
        rows: list[Row] = []
        names: set[str] = set()
        for node in nodes:
            key = node.key
            base = self._held[key] if key in self._held else current[key.value]
            carried = node.version if isinstance(node, Edited) and node.version else None
            self._check_version(key, base, expected.get(key.value, carried))
            before, after = difference(label, base or {}, wanted[key.value])
            if base is None or after:
                touch = self._touch(key)
                if base is None or not audience.AUDIENCE_PROPERTIES.isdisjoint(after):
                    self._work.audiences.add(key)
                noted = {name: value for name, value in after.items() if base or value is not None}
                touch.changed(before if base else {}, noted)
                kept = stamp(touch, self.now)
                if base is None and audience.is_guarded(label):
                    kept["readers"] = [policy.ADMIN]
                row = {**(base or {}), **wanted[key.value], **kept}
                self._held[key] = row
                rows.append(row)
                names |= noted.keys() | kept.keys()
        if rows:
            # Only what changed: a statement that sets all forty properties of a project costs several times as much.
            columns = [LABELS[label].key, *sorted(names - {LABELS[label].key})]
            await self._transaction.put(label, [{name: row.get(name) for name in columns} for row in rows])
        return [node_of(kind, self._held.get(node.key) or current[node.key.value]) for node in nodes]

    def _may_read(self, entry: audience.Entry) -> bool:
        return isinstance(self.actor, System) or policy.may_read(self.actor, entry)

    def _check_version(self, key: NodeKey, base: Row | None, expected: int | None) -> None:
        if expected is None:
            return
        known = {0 if base is None else base.get("version")}
        if key in self._work.touches:  # what was read before this unit's own first change is not stale
            known.add((self._work.touches[key].base or {}).get("version", 0))
        if expected not in known:
            current = 0 if base is None else base.get("version")
            raise StaleWriteError(f"{key} is no longer at version {expected}: read it again", current_version=current)

    async def _connect(self, name: str, start: str, end: str, group: list[Relationship]) -> int:
        existing = await self._existing(name, start, end, group)
        rows: dict[tuple[str, str], Row] = {}
        for relationship in group:
            ends = (relationship.start.value, relationship.end.value)
            new, old = relationship_row(relationship), existing.get(ends)
            if old is None or any(old.get(column) != value for column, value in new.items()):
                rows[ends] = {"start": ends[0], "end": ends[1], **new}
                self._relinked(name, relationship.start, relationship.end, old, new)
        if rows and await self._transaction.connect(name, start, end, list(rows.values())) != len(rows):
            await self._raise_missing(start, end, rows)
        return len(rows)

    async def _existing(self, name: str, start: str, end: str, group: list[Relationship]) -> dict[tuple[str, str], Row]:
        """The relationships between the ends of `group` that are there, after locking what they belong to."""
        owners = {aggregate(name, relationship.start, relationship.end) for relationship in group}
        is_start = name not in AT_END
        label, far = (start, end) if is_start else (end, start)
        await self._hold(label, sorted(key.value for key in owners if key not in self._held))
        direction = Direction.OUT if is_start else Direction.IN
        if name in audience.AUDIENCE_RELATIONSHIPS and audience.is_guarded(far):
            # The far end's audience is worked out, too, or decides about this one: nobody may change it meanwhile.
            ends = {relationship.end if is_start else relationship.start for relationship in group}
            await self._hold(far, [key.value for key in ends if key not in self._held])
        followed = await self._transaction.follow(Link(label, name, direction, (far,)), sorted(k.value for k in owners))
        return {
            ((key, neighbour.value) if is_start else (neighbour.value, key)): properties
            for key, neighbours in followed.items()
            for neighbour, properties in neighbours
        }

    async def _raise_missing(self, start: str, end: str, rows: Collection[tuple[str, str]]) -> None:
        for label, keys in ((start, {ends[0] for ends in rows}), (end, {ends[1] for ends in rows})):
            missing = keys - (await self._transaction.read(label, sorted(keys))).keys()
            if missing:
                raise NodeNotFoundError(f"no {', '.join(str(NodeKey(label, key)) for key in sorted(missing)[:5])}")
        raise ConstraintError("a relationship could not be written between nodes that exist")

    def _relinked(self, name: str, start: NodeKey, end: NodeKey, old: Row | None, new: Row | None) -> None:
        owner = aggregate(name, start, end)
        far = end if owner == start else start
        self._touch(owner).relinked(name, far, old, new)
        if name in audience.AUDIENCE_RELATIONSHIPS:
            self._work.audiences |= {start, end}
        if far.label == "Project":
            self._work.documents.add(far)

    async def _rows(self, label: str, keys: Sequence[str]) -> dict[str, Row]:
        unknown = [key for key in keys if NodeKey(label, key) not in self._held]
        rows = await self._transaction.read(label, unknown) if unknown else {}
        held = {key: self._held.get(NodeKey(label, key)) for key in keys}
        return {**rows, **{key: row for key, row in held.items() if row is not None}}

    async def _hold(self, label: str, keys: Sequence[str], *, reserve: bool = False) -> None:
        if keys:
            existing = await self._transaction.lock_all(label, sorted(set(keys)), reserve=reserve)
            rows = await self._transaction.read(label, sorted(existing)) if existing else {}
            for key in keys:
                if key in rows or reserve:
                    self._held[NodeKey(label, key)] = rows.get(key)

    def _touch(self, key: NodeKey) -> Touch:
        return self._work.touches.setdefault(key, Touch(key, self._held.get(key)))


def _grouped(relationships: Sequence[Relationship]) -> dict[tuple[str, str, str], list[Relationship]]:
    groups: dict[tuple[str, str, str], list[Relationship]] = {}
    for relationship in relationships:
        kind = (relationship_name(relationship), relationship.start.label, relationship.end.label)
        groups.setdefault(kind, []).append(relationship)
    return groups
