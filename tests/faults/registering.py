"""What is under way when a process or a server is killed: projects that are registered, revised and removed."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from graph import queries
from graph.actors import System
from graph.backends.ladybug.store import LadybugGraphStore
from graph.backends.neo4j.store import Neo4jGraphStore
from graph.identifiers import uuid7
from graph.model import Hub, NodeKey, Project
from graph.port import GraphStore
from graph.relationships import Plain
from graph.vocabulary import Stage, Visibility
from graph.writing.unit_of_work import Unit, UnitOfWork
from search.indexer import Indexer
from search.port import SearchIndex
from tests.fixtures.builders import make_hub

queries.add_folder(Path(__file__).parents[1] / "contract" / "queries")

HUBS = tuple(f"hub-{number}" for number in range(64))
AT_ONCE = 200
"""Units under way at the same time."""
SYSTEM = System("kill test")
PATIENCE_S = 120.0
# Short, so that whoever comes after a kill need not wait for long. Alone in its graph, an indexer loses it to nobody.
_LEASE_S = 1.0


class Told(StrEnum):
    """The last that was heard of a project."""

    REGISTERED = "registered"
    REVISED = "revised"
    REMOVING = "removing"
    """Removal was about to be asked for."""
    REMOVED = "removed"


Say = Callable[[str, Told], None]
"""Called with the id of a project once a unit has answered."""
Ask = Callable[[Callable[[], Awaitable[str]]], Awaitable[str]]
"""Runs a unit, and decides what becomes of one that fails."""


async def open_store(backend: str, place: str) -> GraphStore:
    """The store of `backend` at `place`: a folder or an address."""
    store: GraphStore
    if backend == "ladybug":
        store = await LadybugGraphStore.open(Path(place), buffer_mb=256)
    else:
        store = Neo4jGraphStore(place)
    await store.apply_schema()
    return store


def make_indexer(store: GraphStore, index: SearchIndex) -> Indexer:
    """An indexer as a server runs it, except that it hurries."""
    # Small batches: a kill finds some of the documents in the index, and some not.
    return Indexer(store, index, holder=str(uuid7()), batch=10, lease_ttl_s=_LEASE_S, poll_s=0.05, longest_retry_s=0.5)


async def prepare(store: GraphStore) -> None:
    """The hubs that own the projects, each counting its own."""

    async def put(unit: Unit) -> None:
        for slug in HUBS:
            if await unit.get(Hub, slug) is None:
                await unit.put(make_hub(slug, workplaces=0))

    await UnitOfWork(store).run(put, actor=SYSTEM)


async def live(store: GraphStore, number: int, name: str, say: Say, ask: Ask) -> None:
    """The life of a project, whose name nobody else uses: of eight, one is revised and one removed."""
    identifier = await ask(lambda: register(store, name))
    say(identifier, Told.REGISTERED)
    match number % 8:
        case 1:
            await ask(lambda: revise(store, name, identifier))
            say(identifier, Told.REVISED)
        case 5:
            say(identifier, Told.REMOVING)
            await ask(lambda: remove(store, name, identifier))
            say(identifier, Told.REMOVED)


async def register(store: GraphStore, name: str) -> str:
    """The id of a new project called `name`, which its hub has counted: both or neither."""

    async def create(unit: Unit) -> str:
        hub = await _locked_hub(unit, name)
        # A new id in each attempt: a unit that happened twice would leave two projects.
        project = await unit.put(
            Project(id=str(uuid7()), slug=name, title=name, stage=Stage.PUBLISHED, visibility=Visibility.PUBLIC)
        )
        await unit.connect(Plain(type="OWNS", start=hub.key, end=project.key))
        await _count(unit, hub, 1)
        return project.id

    return await _run(store, create, name)


async def revise(store: GraphStore, name: str, identifier: str) -> str:
    """Each time that this happens raises the project's version."""

    async def change(unit: Unit) -> str:
        await unit.lock(NodeKey("Project", identifier))
        project = await unit.get(Project, identifier)
        assert project is not None
        await unit.put(replace(project, effort_days=(project.effort_days or 0) + 1))
        return identifier

    return await _run(store, change, f"{name} revised")


async def remove(store: GraphStore, name: str, identifier: str) -> str:
    """Each time that this happens lowers the hub's count, whether or not the project is there."""

    async def take_away(unit: Unit) -> str:
        hub = await _locked_hub(unit, name)
        await unit.delete(NodeKey("Project", identifier))
        await _count(unit, hub, -1)
        return identifier

    return await _run(store, take_away, f"{name} removed")


async def _locked_hub(unit: Unit, name: str) -> Hub:
    slug = HUBS[sum(name.encode()) % len(HUBS)]
    await unit.lock(NodeKey("Hub", slug))
    hub = await unit.get(Hub, slug)
    assert hub is not None
    return hub


async def _count(unit: Unit, hub: Hub, step: int) -> None:
    await unit.put(replace(hub, workplaces=(hub.workplaces or 0) + step))


async def _run(store: GraphStore, function: Callable[[Unit], Awaitable[str]], key: str) -> str:
    return await UnitOfWork(store).run(function, actor=SYSTEM, idempotency_key=key, timeout_s=PATIENCE_S)
