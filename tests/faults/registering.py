"""A unit to be killed in the middle of, and the census that finds out what became of many of them."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from graph import queries
from graph.actors import System
from graph.identifiers import uuid7
from graph.ladybug_store import LadybugGraphStore
from graph.model import Hub, NodeKey, Project
from graph.neo4j_store import Neo4jGraphStore
from graph.port import GraphStore, Transaction
from graph.relationships import Plain
from graph.unit_of_work import Unit, UnitOfWork
from graph.vocabulary import Stage, Visibility
from tests.fixtures.builders import make_hub

queries.add_folder(Path(__file__).parents[1] / "contract" / "queries")

HUBS = tuple(f"hub-{number}" for number in range(8))
AT_ONCE = 200
"""Units under way at the same time."""
SYSTEM = System("kill test")
_PATIENCE_S = 120.0


async def open_store(backend: str, place: str) -> GraphStore:
    """The store of `backend` at `place`: a folder or an address."""
    store: GraphStore
    if backend == "ladybug":
        store = await LadybugGraphStore.open(Path(place), buffer_mb=256)
    else:
        store = Neo4jGraphStore(place)
    await store.apply_schema()
    return store


async def prepare(store: GraphStore) -> None:
    """The hubs that own the projects, each counting its own."""

    async def put(unit: Unit) -> None:
        for slug in HUBS:
            if await unit.get(Hub, slug) is None:
                await unit.put(make_hub(slug, workplaces=0))

    await UnitOfWork(store).run(put, actor=SYSTEM)


async def register(store: GraphStore, name: str) -> str:
    """The id of a new project called `name`, which its hub has counted: both or neither."""
    hub_slug = HUBS[sum(name.encode()) % len(HUBS)]

    async def create(unit: Unit) -> str:
        await unit.lock(NodeKey("Hub", hub_slug))
        hub = await unit.get(Hub, hub_slug)
        assert hub is not None
        # A new id in each attempt: a unit that happened twice would leave two projects.
        project = await unit.put(
            Project(id=str(uuid7()), slug=name, title=name, stage=Stage.PUBLISHED, visibility=Visibility.PUBLIC)
        )
        await unit.connect(Plain(type="OWNS", start=hub.key, end=project.key))
        await unit.put(replace(hub, workplaces=(hub.workplaces or 0) + 1))
        return project.id

    return await UnitOfWork(store).run(create, actor=SYSTEM, idempotency_key=name, timeout_s=_PATIENCE_S)


@dataclass(frozen=True)
class Census:
    """What the graph holds: of each registered project its name, owner, audit trail and pending event."""

    names: dict[str, str]
    counted: dict[str, int]
    owners: Counter[tuple[str, str]]
    created: Counter[str]
    pending: frozenset[str]

    def complaints(self, acknowledged: Collection[str]) -> list[str]:
        """Everything that should not be so; empty if nothing was lost and nothing happened twice."""
        found = [f"lost: {one}" for one in sorted(set(acknowledged) - self.names.keys())]
        found += [f"twice: {name}" for name, count in Counter(self.names.values()).items() if count > 1]
        owned = Counter(hub for hub, _ in self.owners)
        found += [
            f"{hub} counted {count}, owns {owned[hub]}" for hub, count in self.counted.items() if count != owned[hub]
        ]
        for one in self.names:
            entity = f"Project:{one}"
            owners = sum(count for (_, project), count in self.owners.items() if project == one)
            facts = (owners, self.created[entity], entity in self.pending)
            if facts != (1, 1, True):
                found.append(f"{entity}: owners, audit lines, is pending = {facts}")
        return found


async def census(store: GraphStore) -> Census:
    """What is there, once every unit that is still under way has ended: each holds the lock of its hub."""

    async def count(transaction: Transaction) -> Census:
        await transaction.lock_all("Hub", HUBS)
        hubs = await transaction.read("Hub", HUBS)
        owners = await transaction.query("test_owned", {})
        return Census(
            names=dict(map(tuple, await transaction.query("test_projects", {}))),
            counted={slug: row["workplaces"] for slug, row in hubs.items()},
            owners=Counter((hub, project) for hub, project in owners),
            created=Counter(entity for (entity,) in await transaction.query("test_created", {})),
            pending=frozenset(entity for (entity,) in await transaction.query("test_pending", {})),
        )

    return await store.transact(count, timeout_s=_PATIENCE_S)
