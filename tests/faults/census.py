"""What graph and index hold after a kill, and whether it is what was acknowledged."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from graph.errors import LeaseHeldError
from graph.port import GraphStore, Record, Transaction
from network.jobs.checking import consistency
from search.errors import SearchUnavailableError
from search.port import SearchIndex
from tests.faults.registering import HUBS, PATIENCE_S, Told, make_indexer

_MAY_BE_AT: dict[Told, set[int | None]] = {
    Told.REGISTERED: {1, 2},
    Told.REVISED: {2},
    Told.REMOVING: {None, 1},
    Told.REMOVED: {None},
}
"""Versions that a project may have after what was heard last; None is gone. One more unit may have been under way."""


@dataclass(frozen=True, kw_only=True)
class Census:
    """Projects by id, each with its name and version, and everything that was written together with them."""

    projects: Mapping[str, tuple[str, int]]
    counted: Mapping[str, int] = field(default_factory=dict)
    """By hub: how many projects it counted."""
    owned: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Hub and project of each ownership."""
    actions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Project and action of each line of the audit trail."""
    pending: frozenset[str] = frozenset()
    """Projects of which the index has to be told."""
    indexed: Mapping[str, int] = field(default_factory=dict)
    """Version of each document by the id of its project."""

    def complaints(self, told: Mapping[str, Told], *, owners: int = 1) -> list[str]:
        """Everything that should not be so; empty if nothing was lost, and nothing happened twice or by half.

        Args:
            owners: How many each project has.
        """
        return [*self._acknowledged(told), *self._twice(), *self._by_half(told, owners), *self._unindexed()]

    def _acknowledged(self, told: Mapping[str, Told]) -> Iterator[str]:
        for identifier, last in told.items():
            _, version = self.projects.get(identifier, ("", None))
            if version not in _MAY_BE_AT[last]:
                yield f"{identifier}: {last}, and now {'lost' if version is None else f'at version {version}'}"

    def _twice(self) -> Iterator[str]:
        names = Counter(name for name, _ in self.projects.values())
        yield from (f"twice: {name}" for name, count in names.items() if count > 1)

    def _by_half(self, told: Collection[str], owners: int) -> Iterator[str]:
        owned = Counter[str]()
        owned_by = Counter[str]()
        for (hub, project), count in self.owned.items():
            owned[hub] += count
            owned_by[project] += count
        for hub, count in self.counted.items():
            if count != owned[hub]:
                yield f"{hub} counted {count}, owns {owned[hub]}"
        for identifier in self.projects.keys() | set(told):
            _, version = self.projects.get(identifier, ("", None))
            lines = tuple(self.actions[identifier, action] for action in ("create", "change", "delete"))
            whole = (1, version - 1, 0) if version is not None else (1, 0, 1)
            if lines != whole:
                yield f"{identifier} at version {version}: created, changed, deleted {lines} times in the audit trail"
            if owned_by[identifier] != (owners if version is not None else 0):
                yield f"{identifier} at version {version}: {owned_by[identifier]} owners"

    def _unindexed(self) -> Iterator[str]:
        for identifier in self.projects.keys() | self.indexed.keys():
            _, version = self.projects.get(identifier, ("", None))
            if self.indexed.get(identifier) != version and identifier not in self.pending:
                yield f"{identifier} at version {version}: indexed at {self.indexed.get(identifier)}, and not pending"


async def census(store: GraphStore, index: SearchIndex) -> Census:
    """What is there, once every unit that is still under way has ended: each holds the lock of its hub or project."""

    async def count(transaction: Transaction) -> Census:
        await transaction.lock_all("Hub", HUBS)
        hubs = await transaction.read("Hub", HUBS)
        projects = {identifier: (name, version) for identifier, name, version in await query(transaction, "projects")}
        await transaction.lock_all("Project", sorted(projects))
        return Census(
            projects={
                identifier: (name, version) for identifier, name, version in await query(transaction, "projects")
            },
            counted={slug: row["workplaces"] for slug, row in hubs.items()},
            owned=Counter((hub, project) for hub, project in await query(transaction, "owned")),
            actions=Counter((_bare(entity), action) for entity, action in await query(transaction, "actions")),
            pending=frozenset(
                _bare(entity) for (entity,) in await query(transaction, "pending") if entity.startswith("Project:")
            ),
            indexed=await _indexed(index),
        )

    async def query(transaction: Transaction, name: str) -> list[Record]:
        return await transaction.query(f"test_{name}", {})

    return await store.transact(count, timeout_s=PATIENCE_S)


async def _indexed(index: SearchIndex) -> dict[str, int]:
    found: dict[str, int] = {}
    try:
        while page := await index.versions(after=max(found, default="")):
            found |= page
    except SearchUnavailableError:
        # Not built yet; then everything is still to come.
        return {}
    return found


def _bare(entity: str) -> str:
    return entity.partition(":")[2]


async def disagreement(store: GraphStore, index: SearchIndex) -> list[str]:
    """What differs between graph and index once a new indexer has caught up, as `hubnetz doctor` sees it."""
    indexer = make_indexer(store, index)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await indexer.catch_up()
                break
            except LeaseHeldError:
                # The lease of the killed one has to run out.
                await asyncio.sleep(0.1)
    findings = await consistency(store, index)
    return [
        f"{finding.text}: {', '.join(finding.examples)}"
        for finding in findings
        if finding.is_wrong or (finding.name == "pending" and finding.count)
    ]
