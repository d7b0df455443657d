"""The indexer on the embedded backends: nothing is lost, whatever fails and wherever."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph.backends.ladybug.store import LadybugGraphStore
from graph.errors import LeaseHeldError
from graph.model import Project
from graph.port import GraphStore
from graph.vocabulary import Visibility
from graph.writing import leases
from graph.writing.duties import Duty, last_successes
from graph.writing.outbox import Outbox
from graph.writing.unit_of_work import Unit, UnitOfWork
from search.errors import SearchUnavailableError
from search.finder import SearchRequest
from search.indexer import LEASE, Indexer
from search.port import SearchIndex
from search.service import SearchService
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import involves, make_municipality, make_project, make_topic, plant, relate
from tests.fixtures.faults import Faulty, Killed, Stepping, Steps
from tests.fixtures.patience import PATIENCE_S
from tests.fixtures.search import EVERYBODY, MEMBER, everything, found
from tests.fixtures.units import SYSTEM, key_of, pending, write


@pytest_asyncio.fixture
async def graph(tmp_path: Path) -> AsyncIterator[GraphStore]:
    store = await LadybugGraphStore.open(tmp_path / "graph", buffer_mb=256)
    await store.apply_schema()
    yield store
    await store.close()


@pytest_asyncio.fixture
async def index(tmp_path: Path) -> AsyncIterator[SearchIndex]:
    index = await TantivySearchIndex.open(tmp_path / "index")
    yield index
    await index.close()


def make_indexer(graph: Any, index: Any, **options: Any) -> Indexer:
    return Indexer(graph, index, **{"holder": "test", "first_retry_s": 0.01, **options})


async def change(graph: GraphStore, key: str, **properties: Any) -> None:
    """Changes a project as a command would."""

    async def edit(unit: Unit) -> None:
        project = await unit.get(Project, key)
        assert project is not None
        await unit.put(replace(project, **properties))

    await UnitOfWork(graph).run(edit, actor=SYSTEM)


async def delete(graph: GraphStore, key: str) -> None:
    async def remove(unit: Unit) -> None:
        await unit.delete(key_of(key))

    await UnitOfWork(graph).run(remove, actor=SYSTEM)


async def test_the_first_run_builds_the_index(graph: GraphStore, index: SearchIndex) -> None:
    await write(graph, make_project("a", title="Parkleitsystem"))
    await make_indexer(graph, index).catch_up()
    assert await found(index, "parkleitsystem") == ["a"]
    assert await pending(graph) == {}


async def test_changes_reach_the_index(graph: GraphStore, index: SearchIndex) -> None:
    indexer = make_indexer(graph, index)
    await indexer.catch_up()
    await write(graph, make_project("a", title="Alt"), make_project("b", title="Bleibt"))
    assert await indexer.catch_up() == 2
    await change(graph, "a", title="Neu")
    await indexer.catch_up()
    assert await found(index, "alt") == []
    assert await found(index, "neu") == ["a"]
    await delete(graph, "Project:a")
    await indexer.catch_up()
    assert await everything(index) == ["b"]
    assert await indexer.catch_up() == 0


async def test_a_renamed_neighbour_is_found_at_its_projects(graph: GraphStore, index: SearchIndex) -> None:
    town = make_municipality("150840550550", name="Zeitz")
    topic = make_topic("mobilitaet", name_de="Mobilität", name_en="Mobility")
    projects = [make_project(f"p{number:03}") for number in range(205)]
    await plant(
        graph,
        town,
        topic,
        *projects,
        *(relate("ADDRESSES", project, topic) for project in projects),
        involves(projects[0], town, confirmed_at="2026-01-01T00:00:00.000000Z"),
    )
    indexer = make_indexer(graph, index)
    await indexer.catch_up()
    await write(graph, replace(topic, name_de="Verkehr"), replace(town, name="Großröhrsdorf"))
    await indexer.catch_up()
    assert len(await found(index, "verkehr")) == 205
    assert await found(index, "grossrohrsdorf") == ["p000"]
    assert await found(index, "zeitz") == []


async def test_what_narrows_is_excluded_at_once(graph: GraphStore, index: SearchIndex) -> None:
    await write(graph, make_project("a", title="Wald"), make_project("b", title="Wald"))
    await make_indexer(graph, index).catch_up()
    service = SearchService(graph, index)
    await change(graph, "a", visibility=Visibility.NETWORK)
    found = await service.search(SearchRequest(text="wald", audiences=EVERYBODY, facets=["status"]))
    assert [project.id for project in found.projects] == ["b"]
    assert (found.total, found.dropped) == (1, 0)
    assert [row.count for row in found.facets["status"]] == [1]
    await make_indexer(graph, index).catch_up()
    member = await service.search(SearchRequest(text="wald", audiences=MEMBER))
    assert [project.id for project in member.projects] == ["a", "b"]


async def test_a_killed_indexer_is_followed_by_one_that_finishes(graph: GraphStore, index: SearchIndex) -> None:
    topic = make_topic("natur", name_de="Natur")
    await write(graph, topic, *(make_project(f"p{n}", title="Start") for n in range(3)))
    await make_indexer(graph, index).catch_up()
    for kill_at in itertools.count():
        await change(graph, "p0", title=f"Stand{kill_at}")
        await change(graph, "p1", visibility=Visibility.PUBLIC if kill_at % 2 else Visibility.NETWORK)
        steps = Steps(kill_at)
        try:
            await make_indexer(Stepping(graph, steps), Stepping(index, steps), batch=1).catch_up()
        except Killed:
            await make_indexer(graph, index).catch_up()
            is_over = False
        else:
            is_over = True
        assert await found(index, f"stand{kill_at}") == ["p0"]
        assert ("p1" in await everything(index)) is bool(kill_at % 2)
        assert await pending(graph) == {}
        if is_over:
            break
    assert kill_at > 5


async def test_a_killed_rebuild_leaves_an_index_that_answers(graph: GraphStore, index: SearchIndex) -> None:
    await write(graph, make_project("a"), make_project("b"))
    await make_indexer(graph, index).catch_up()
    for kill_at in itertools.count():
        steps = Steps(kill_at)
        try:
            await make_indexer(Stepping(graph, steps), Stepping(index, steps)).full_rebuild()
        except Killed:
            assert await everything(index) == ["a", "b"]
            continue
        break
    assert await everything(index) == ["a", "b"]
    assert kill_at > 5


async def test_an_engine_that_was_away_catches_up(graph: GraphStore, index: SearchIndex) -> None:
    faulty = Faulty(index)
    indexer = make_indexer(graph, faulty, poll_s=600.0)
    await indexer.catch_up()
    faulty.is_away = True
    faulty.attempts.clear()
    await write(graph, make_project("a", title="Wald"))
    with pytest.raises(SearchUnavailableError):
        await indexer.catch_up()
    assert await pending(graph) == {"Project:a": False}
    task = asyncio.create_task(indexer.run())
    while len(faulty.attempts) < 5:
        indexer.notify()
        await asyncio.sleep(0)
    faulty.is_away = False
    async with asyncio.timeout(PATIENCE_S):
        await faulty.put_done.wait()
    await stop(task)
    # Each wait is at least twice the one before, however often it is woken.
    waits = [after - before for before, after in itertools.pairwise(faulty.attempts[1:5])]
    assert all(wait >= 0.01 * 2**number * 0.99 for number, wait in enumerate(waits))


async def test_it_wakes_when_told(graph: GraphStore, index: SearchIndex) -> None:
    faulty = Faulty(index)
    indexer = make_indexer(graph, faulty, poll_s=600.0)
    await indexer.catch_up()
    task = asyncio.create_task(indexer.run())
    for name in ("a", "b"):
        faulty.put_done.clear()
        await write(graph, make_project(name))
        indexer.notify()
        async with asyncio.timeout(PATIENCE_S):
            await faulty.put_done.wait()
        assert name in await everything(index)
    await stop(task)


async def stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_one_refused_document_stops_no_other(
    graph: GraphStore, index: SearchIndex, caplog: pytest.LogCaptureFixture
) -> None:
    faulty = Faulty(index)
    indexer = make_indexer(graph, faulty)
    await indexer.catch_up()
    faulty.refused = {"c"}
    await write(graph, *(make_project(name) for name in "abcde"))
    assert await indexer.catch_up() == 4
    assert await everything(index) == ["a", "b", "d", "e"]
    assert await pending(graph) == {"Project:c": False}
    assert "project c" in caplog.text
    # Not asked again as it is, but once it has changed.
    assert await indexer.catch_up() == 0
    faulty.refused = set()
    await change(graph, "c", title="Besser")
    assert await indexer.catch_up() == 1
    assert await found(index, "besser") == ["c"]


async def test_one_works_at_a_time(graph: GraphStore, index: SearchIndex) -> None:
    await make_indexer(graph, index).catch_up()
    await write(graph, make_project("a"))
    lease = await leases.acquire(graph, LEASE, holder="other", ttl_s=600.0)
    assert lease is not None
    for work in (make_indexer(graph, index).catch_up(), make_indexer(graph, index).full_rebuild(wait_s=0.0)):
        with pytest.raises(LeaseHeldError):
            await work
    assert await everything(index) == []
    await leases.release(graph, lease)
    await make_indexer(graph, index).catch_up()
    assert await everything(index) == ["a"]


async def test_a_rebuild_is_noted_as_work_that_goes_well(graph: GraphStore, index: SearchIndex) -> None:
    await write(graph, make_project("a"))
    assert await last_successes(graph) == {}
    await make_indexer(graph, index).full_rebuild()
    assert (await last_successes(graph)).keys() == {Duty.INDEX}


async def test_a_rebuild_that_is_asked_for_waits_for_who_is_at_it(graph: GraphStore, index: SearchIndex) -> None:
    await write(graph, make_project("a"))
    assert await leases.acquire(graph, LEASE, holder="other", ttl_s=1.0) is not None
    assert await make_indexer(graph, index).full_rebuild() == 1
    assert await everything(index) == ["a"]


async def test_who_lost_the_lease_marks_nothing_done(graph: GraphStore, index: SearchIndex) -> None:
    faulty = Faulty(index)
    # A lease of no length: whoever asks next has it.
    indexer = make_indexer(graph, faulty, lease_ttl_s=600.0)
    await indexer.catch_up()
    await write(graph, make_project("a"))

    async def take_over() -> None:
        held = await leases.acquire(graph, LEASE, holder="test", ttl_s=0.0)
        assert held is not None
        assert await leases.acquire(graph, LEASE, holder="successor", ttl_s=600.0) is not None

    faulty.before_put = take_over
    with pytest.raises(LeaseHeldError):
        await indexer.catch_up()
    assert await pending(graph) == {"Project:a": False}


async def test_a_change_while_its_document_is_written_stays_pending(graph: GraphStore, index: SearchIndex) -> None:
    faulty = Faulty(index)
    indexer = make_indexer(graph, faulty)
    await indexer.catch_up()
    await write(graph, make_project("a", title="Eins"))
    faulty.before_put = lambda: change(graph, "a", title="Zwei")
    await indexer.catch_up()
    assert await found(index, "zwei") == ["a"]
    assert await found(index, "eins") == []
    assert await pending(graph) == {}


async def test_a_rebuild_loses_no_change_made_meanwhile(graph: GraphStore, index: SearchIndex) -> None:
    await write(graph, *(make_project(f"p{n:03}", title="Alt") for n in range(150)))
    indexer = make_indexer(graph, index)
    await indexer.catch_up()
    seen: list[tuple[int, int]] = []
    tasks: list[asyncio.Task[None]] = []

    def progress(done: int, total: int) -> None:
        if not seen:
            tasks.append(asyncio.create_task(change(graph, "p000", title="Neu")))
            tasks.append(asyncio.create_task(delete(graph, "Project:p001")))
            tasks.append(asyncio.create_task(write(graph, make_project("a000", title="Dazu"))))
        seen.append((done, total))

    await indexer.full_rebuild(progress)
    await asyncio.gather(*tasks)
    await indexer.catch_up()
    assert seen[0] == (100, 150)
    assert await found(index, "neu") == ["p000"]
    assert await found(index, "dazu") == ["a000"]
    assert "p001" not in await everything(index)
    assert len(await everything(index)) == 150


async def test_a_rebuild_that_was_asked_for_and_the_running_indexer_take_turns(
    graph: GraphStore, index: SearchIndex
) -> None:
    await write(graph, *(make_project(f"p{n:03}") for n in range(150)))
    indexer = make_indexer(graph, index, poll_s=0.01)
    running = asyncio.create_task(indexer.run())
    for number in range(3):
        rebuild = asyncio.create_task(indexer.full_rebuild())
        await write(graph, make_project(f"n{number}"))
        indexer.notify()
        assert await rebuild >= 150
    await stop(running)
    await indexer.catch_up()
    assert len(await everything(index)) == 153


async def test_an_index_that_went_away_is_built_again(graph: GraphStore, index: SearchIndex) -> None:
    faulty = Faulty(index)
    indexer = make_indexer(graph, faulty)
    await indexer.catch_up()
    faulty.is_away = True
    await write(graph, make_project("a"))
    with pytest.raises(SearchUnavailableError):
        await indexer.catch_up()
    faulty.is_away, faulty.is_lost = False, True
    await indexer.catch_up()
    assert not faulty.is_lost
    assert await everything(index) == ["a"]


async def test_what_is_refused_does_not_hide_what_comes_after(graph: GraphStore, index: SearchIndex) -> None:
    faulty = Faulty(index)
    indexer = make_indexer(graph, faulty, batch=1_000)
    await indexer.catch_up()
    faulty.refused = {f"p{n}" for n in range(500)}
    await write(graph, *(make_project(name) for name in faulty.refused))
    await indexer.catch_up()
    await write(graph, make_project("z"))
    await indexer.catch_up()
    assert await everything(index) == ["z"]


async def test_the_graph_has_the_last_word(graph: GraphStore, index: SearchIndex) -> None:
    await plant(
        graph, make_project("a", title="Wald"), make_project("b", title="Wald"), make_project("c", title="Wald")
    )
    await make_indexer(graph, index).catch_up()
    # Behind the back of the outbox: the index does not know.
    await plant(graph, make_project("a", title="Wald", readers=("network",)))
    await graph.transact(lambda transaction: transaction.delete("Project", ["b"]))
    assert await Outbox(graph).narrowed_ids() == frozenset()
    found = await SearchService(graph, index).search(SearchRequest(text="wald", audiences=EVERYBODY))
    assert [project.id for project in found.projects] == ["c"]
    assert (found.dropped, found.total, found.is_total_exact) == (2, 1, False)


async def test_snippets_show_only_what_the_caller_reads(graph: GraphStore, index: SearchIndex) -> None:
    await write(
        graph,
        make_project("a", title="Zähler", summary="Am <Radweg>.", what_failed="Der Lieferant & die Fristen."),
    )
    await make_indexer(graph, index).catch_up()
    service = SearchService(graph, index)
    (hit,) = (await service.search(SearchRequest(text="radweg", audiences=EVERYBODY))).projects
    assert [snippet.html for snippet in hit.snippets] == ["Am &lt;<mark>Radweg</mark>&gt;."]
    (hit,) = (await service.search(SearchRequest(text="zahler lieferant", audiences=EVERYBODY))).projects
    assert hit.marked_title is not None
    assert hit.snippets == ()
    (hit,) = (await service.search(SearchRequest(text="lieferant", audiences=MEMBER))).projects
    assert [snippet.attribute for snippet in hit.snippets] == ["what_failed"]


async def test_a_graph_that_is_away_is_no_empty_answer(graph: GraphStore, index: SearchIndex) -> None:
    with pytest.raises(SearchUnavailableError):
        await SearchService(graph, index).search(SearchRequest(text="wald", audiences=EVERYBODY))
