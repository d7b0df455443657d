"""Units of work on each graph database: what is written, by whom it can be read, and that it happens once."""

import asyncio
from dataclasses import replace

import pytest

from auth.errors import ForbiddenError
from graph import links
from graph.errors import (
    ConstraintError,
    InvalidInputError,
    NodeNotFoundError,
    StaleWriteError,
)
from graph.model import (
    Hub,
    Project,
)
from graph.port import GraphStore
from graph.values import Contact, Instant, Source
from graph.writing.unit_of_work import Unit, UnitOfWork
from tests.fixtures.builders import make_hub, make_project, make_topic
from tests.fixtures.units import SYSTEM, all_changes, clear_outbox, key_of, pending, plain, stored, write

# Writing


async def test_a_new_node_has_version_times_and_sort_key(store: GraphStore) -> None:
    written = await UnitOfWork(store, clock=lambda: Instant("2026-01-02T03:04:05.678901Z")).run(
        lambda unit: _version(unit, make_hub("zeitz", name="Öhringen")), actor=SYSTEM
    )

    row = await stored(store, "Hub:zeitz")
    assert written == 1
    assert row is not None
    assert (row["version"], row["name_sort"]) == (1, "ohringen")
    assert row["created_at"] == row["updated_at"] == "2026-01-02T03:04:05.678901Z"


async def _version(unit: Unit, node: Hub) -> int:
    return (await unit.put(node)).version


async def test_every_value_survives(store: GraphStore) -> None:
    project = make_project(
        "p",
        contact=Contact("Bauamt", email="bauamt@zeitz.example"),
        sources=(Source("MDR", url=None, published=None), Source("Stadt Zeitz", "https://zeitz.example/a?b=c")),
        opened=("what_failed",),
        one_off_cost=12_000,
        started="2021-05",
        summary="Zeile 1\nZeile 2 „mit“ 'Anführung' \\ 🅿",
    )
    await write(store, project)

    async def read(unit: Unit) -> None:
        found = await unit.get(Project, "p")
        assert found is not None
        assert (found.version, found.readers, found.title_sort) == (1, ("public",), "p")
        times = replace(project, created_at=found.created_at, updated_at=found.updated_at)
        assert found == replace(times, version=1, readers=("public",), title_sort="p")

    await UnitOfWork(store).run(read, actor=SYSTEM)


async def test_putting_the_same_again_writes_nothing(store: GraphStore) -> None:
    items = (
        make_hub("zeitz", focus=("a",), lat=1.5),
        make_project("p", sources=(Source("MDR"),)),
        plain("OWNS", "Hub:zeitz", "Project:p"),
    )
    await write(store, *items)
    await clear_outbox(store)
    before = (await stored(store, "Hub:zeitz"), await stored(store, "Project:p"), await all_changes(store))

    await write(store, *items)

    assert (await stored(store, "Hub:zeitz"), await stored(store, "Project:p"), await all_changes(store)) == before
    assert await pending(store) == {}


async def test_a_change_raises_the_version_once_per_unit(store: GraphStore) -> None:
    await write(store, make_project("p"), make_topic("a"), make_topic("b"))

    async def change(unit: Unit) -> None:
        project = await unit.get(Project, "p")
        assert project is not None
        project = await unit.put(replace(project, title="Eins"))
        await unit.put(replace(project, title="Zwei"))
        await unit.connect_many(
            [plain("ADDRESSES", "Project:p", "Topic:a"), plain("ADDRESSES", "Project:p", "Topic:b")]
        )

    await UnitOfWork(store).run(change, actor=SYSTEM)

    row = await stored(store, "Project:p")
    assert row is not None
    assert (row["version"], row["title"], row["title_sort"]) == (2, "Zwei", "zwei")


async def test_a_relationship_counts_as_a_change_of_the_project(store: GraphStore) -> None:
    await write(store, make_hub("zeitz"), make_project("p"))

    await write(store, plain("OWNS", "Hub:zeitz", "Project:p"))

    project, hub = await stored(store, "Project:p"), await stored(store, "Hub:zeitz")
    assert project is not None
    assert hub is not None
    assert (project["version"], hub["version"]) == (2, 1)


async def test_time_never_goes_back_for_a_node(store: GraphStore) -> None:
    ahead, behind = Instant("2026-01-02T00:00:00.000000Z"), Instant("2026-01-01T00:00:00.000000Z")
    await UnitOfWork(store, clock=lambda: ahead).run(lambda unit: _version(unit, make_hub("a", name="A")), actor=SYSTEM)

    await UnitOfWork(store, clock=lambda: behind).run(
        lambda unit: _version(unit, make_hub("a", name="B")), actor=SYSTEM
    )

    row = await stored(store, "Hub:a")
    assert row is not None
    assert row["created_at"] == ahead
    assert row["updated_at"] == "2026-01-02T00:00:00.000001Z"


async def test_an_exception_leaves_nothing(store: GraphStore) -> None:
    async def fail(unit: Unit) -> None:
        await unit.put(make_project("p"))
        raise ForbiddenError("no")

    with pytest.raises(ForbiddenError):
        await UnitOfWork(store).run(fail, actor=SYSTEM)

    assert await stored(store, "Project:p") is None
    assert await all_changes(store) == []
    assert await pending(store) == {}


async def test_slugs_are_unique(store: GraphStore) -> None:
    await write(store, make_project("p", slug="parken"))

    with pytest.raises(ConstraintError):
        await write(store, make_project("q", slug="parken"))

    assert await stored(store, "Project:q") is None


async def test_a_relationship_to_nowhere(store: GraphStore) -> None:
    with pytest.raises(NodeNotFoundError, match="Topic:nowhere"):
        await write(store, make_project("p"), plain("ADDRESSES", "Project:p", "Topic:nowhere"))

    assert await stored(store, "Project:p") is None


async def test_a_key_twice_in_one_put(store: GraphStore) -> None:
    with pytest.raises(InvalidInputError):
        await UnitOfWork(store).run(lambda unit: _put_all(unit, [make_hub("a"), make_hub("a")]), actor=SYSTEM)


async def _put_all(unit: Unit, nodes: list[Hub]) -> None:
    await unit.put_many(nodes)


async def test_relinking_leaves_exactly_what_is_wanted(store: GraphStore) -> None:
    topics = [make_topic(slug) for slug in "abc"]
    await write(store, make_project("p"), *topics, *(plain("ADDRESSES", "Project:p", f"Topic:{slug}") for slug in "ab"))

    async def relink(unit: Unit) -> list[str]:
        wanted = [plain("ADDRESSES", "Project:p", f"Topic:{slug}") for slug in "bc"]
        assert await unit.relink(links.PROJECT_TOPICS, {"p": wanted}) == 2
        return [str(key) for key, _ in await unit.neighbours(links.PROJECT_TOPICS, key_of("Project:p"))]

    assert await UnitOfWork(store).run(relink, actor=SYSTEM) == ["Topic:b", "Topic:c"]
    change = (await all_changes(store))[-1]
    assert change["before"] == {"ADDRESSES": [{"node": "Topic:a"}]}
    assert change["after"] == {"ADDRESSES": [{"node": "Topic:c"}]}


# Versions and locks


async def test_a_version_that_somebody_else_raised_is_refused(store: GraphStore) -> None:
    await write(store, make_project("p"))
    await write(store, make_project("p", title="Anders"))

    async def change(unit: Unit) -> None:
        await unit.put(make_project("p", title="Noch anders"), expected_version=1)

    with pytest.raises(StaleWriteError):
        await UnitOfWork(store).run(change, actor=SYSTEM)

    row = await stored(store, "Project:p")
    assert row is not None
    assert (row["title"], row["version"]) == ("Anders", 2)


async def test_expecting_no_node_where_one_is(store: GraphStore) -> None:
    await write(store, make_project("p"))

    async def create(unit: Unit) -> None:
        await unit.put(make_project("p"), expected_version=0)

    with pytest.raises(StaleWriteError):
        await UnitOfWork(store).run(create, actor=SYSTEM)


async def test_of_two_interleaved_units_exactly_one_wins(store: GraphStore) -> None:
    """Both decide on what they read before either has written."""
    await write(store, make_project("p"))
    arrived = 0
    both_read = asyncio.Event()

    async def change(title: str) -> None:
        nonlocal arrived
        seen = await stored(store, "Project:p")
        assert seen is not None
        arrived += 1
        if arrived == 2:
            both_read.set()
        await both_read.wait()

        async def put(unit: Unit) -> None:
            await unit.put(make_project("p", title=title), expected_version=seen["version"])

        await UnitOfWork(store).run(put, actor=SYSTEM)

    outcomes = await asyncio.gather(change("Eins"), change("Zwei"), return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "StaleWriteError"]
    row = await stored(store, "Project:p")
    assert row is not None
    assert row["version"] == 2


async def test_counting_up_under_a_lock_loses_nothing(store: GraphStore) -> None:
    await write(store, make_hub("zeitz", workplaces=0))

    async def count(unit: Unit) -> None:
        await unit.lock(key_of("Hub:zeitz"))
        hub = await unit.get(Hub, "zeitz")
        assert hub is not None
        await unit.put(replace(hub, workplaces=(hub.workplaces or 0) + 1))

    await asyncio.gather(*(UnitOfWork(store).run(count, actor=SYSTEM) for _ in range(20)))

    row = await stored(store, "Hub:zeitz")
    assert row is not None
    assert (row["workplaces"], row["version"]) == (20, 21)


async def test_two_units_that_create_the_same_node(store: GraphStore) -> None:
    async def create(title: str) -> int:
        async def put(unit: Unit) -> int:
            return (await unit.put(make_project("p", title=title))).version

        return await UnitOfWork(store).run(put, actor=SYSTEM)

    versions = await asyncio.gather(*(create(f"Titel {number}") for number in range(6)))

    assert sorted(versions) == [1, 2, 3, 4, 5, 6]


async def test_of_many_owners_one_remains(store: GraphStore) -> None:
    hubs = [make_hub(f"h{number}") for number in range(6)]
    await write(store, make_project("p"), *hubs)

    async def own(slug: str) -> None:
        async def relink(unit: Unit) -> None:
            await unit.relink(links.PROJECT_OWNER, {"p": [plain("OWNS", f"Hub:{slug}", "Project:p")]})

        await UnitOfWork(store).run(relink, actor=SYSTEM)

    await asyncio.gather(*(own(hub.slug) for hub in hubs))

    async def owners(unit: Unit) -> int:
        return len(await unit.neighbours(links.PROJECT_OWNER, key_of("Project:p")))

    assert await UnitOfWork(store).run(owners, actor=SYSTEM) == 1
