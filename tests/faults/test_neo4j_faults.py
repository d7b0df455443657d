"""What goes wrong with a Neo4j server, and what callers are told: never an empty result, never a write of unknown fate."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from graph.backends.neo4j.store import Neo4jGraphStore
from graph.errors import (
    ConstraintError,
    GraphUnavailableError,
    InvalidInputError,
    InvalidQueryError,
    OutcomeUnknownError,
    ReadOnlyError,
    StaleWriteError,
)
from graph.model import NodeKey
from graph.port import Transaction
from graph.selection import ByKeys, Match, Page, Selection
from tests.faults.bolt_proxy import COMMIT, RUN, BoltProxy, Cut
from tests.faults.neo4j_server import Neo4jServer, free_port
from tests.faults.watching import HANG_S, NAME, is_busy, is_idle, name_of, until, writing


async def endless_unit(transaction: Transaction) -> None:
    await writing("half-done")(transaction)
    await transaction.query("endless", {})


async def test_no_server_is_unavailable_to_every_call() -> None:
    store = Neo4jGraphStore(f"bolt://127.0.0.1:{free_port()}")
    calls: list[Callable[[], Awaitable[object]]] = [
        store.ping,
        store.now,
        store.apply_schema,
        lambda: store.query("echo", {"value": 1}),
        lambda: store.select(NAME, Match("Hub"), audiences={"public"}),
        lambda: store.transact(writing("x")),
    ]
    for call in calls:
        async with asyncio.timeout(HANG_S):
            with pytest.raises(GraphUnavailableError) as raised:
                await call()
        assert raised.value.retryable
    await store.close()


async def test_no_server_is_told_to_all_who_ask_at_once() -> None:
    store = Neo4jGraphStore(f"bolt://127.0.0.1:{free_port()}")
    work: list[Awaitable[object]] = [store.query("echo", {"value": 1}, timeout_s=2 * HANG_S) for _ in range(150)]
    work += [store.transact(writing("x"), timeout_s=2 * HANG_S) for _ in range(150)]
    for failure in await asyncio.gather(*work, return_exceptions=True):
        assert isinstance(failure, GraphUnavailableError)
        # Nobody was left to wait for a connection that will never be there.
        assert "Couldn't connect" in str(failure)
    await store.close()


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "bolt://", "bolt://127.0.0.1:port", "nonsense"])
async def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(InvalidInputError):
        Neo4jGraphStore(url)


# One wrong password only: after three in a row, Neo4j refuses the right one, too, for a while.
@pytest.mark.parametrize(("user", "password"), [("neo4j", "wrong"), ("nobody", "a password"), ("", "")])
async def test_a_refused_sign_in_is_no_empty_result(server: Neo4jServer, user: str, password: str) -> None:
    store = Neo4jGraphStore(server.url, user=user, password=password)
    with pytest.raises(GraphUnavailableError, match="Security"):
        await store.transact(writing("x"))
    await store.close()


async def test_a_slow_read_ends_on_the_server_too(store: Neo4jGraphStore) -> None:
    with pytest.raises(GraphUnavailableError, match="in time"):
        await store.query("endless", {}, timeout_s=0.3)
    await is_idle(store)


async def test_a_slow_unit_ends_and_leaves_nothing(store: Neo4jGraphStore) -> None:
    with pytest.raises(GraphUnavailableError, match="in time"):
        await store.transact(endless_unit, timeout_s=0.5)
    await is_idle(store)
    assert await name_of(store, "half-done") is None


async def test_a_unit_that_waits_for_something_else_ends_in_time(store: Neo4jGraphStore) -> None:
    async def wait(transaction: Transaction) -> None:
        await writing("half-done")(transaction)
        await asyncio.Event().wait()

    with pytest.raises(GraphUnavailableError, match="in time"):
        await store.transact(wait, timeout_s=0.3)
    assert await name_of(store, "half-done") is None


@pytest.mark.parametrize("is_unit", [False, True])
async def test_cancelling_ends_the_work_on_the_server(store: Neo4jGraphStore, is_unit: bool) -> None:
    work = store.transact(endless_unit) if is_unit else store.query("endless", {})
    task = asyncio.ensure_future(work)
    await is_busy(store)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await is_idle(store)
    assert await name_of(store, "half-done") is None


async def test_work_that_an_operator_ends(store: Neo4jGraphStore) -> None:
    task = asyncio.ensure_future(store.query("endless", {}))
    await is_busy(store)
    async with store._driver.session(database="neo4j") as session:
        await session.run(
            "SHOW TRANSACTIONS YIELD transactionId AS id, currentQuery AS query WHERE NOT query CONTAINS 'SHOW' "
            "TERMINATE TRANSACTIONS id YIELD message RETURN message"
        )
    with pytest.raises(GraphUnavailableError):
        await task


async def test_a_timeout_of_the_function_itself_passes_through(store: Neo4jGraphStore) -> None:
    async def fail(transaction: Transaction) -> None:
        await writing("half-done")(transaction)
        raise TimeoutError("of something else")

    with pytest.raises(TimeoutError, match="something else"):
        await store.transact(fail)
    assert await name_of(store, "half-done") is None


async def test_deadlocked_units_both_commit(store: Neo4jGraphStore) -> None:
    await store.transact(writing("a"))
    await store.transact(writing("b"))
    both_hold_one = asyncio.Barrier(2)
    attempts: list[str] = []

    def locking(first: str, second: str) -> Callable[[Transaction], Awaitable[str]]:
        async def work(transaction: Transaction) -> str:
            attempts.append(first)
            await transaction.lock(NodeKey("Hub", first))
            if len(attempts) <= 2:
                await both_hold_one.wait()
            await transaction.lock(NodeKey("Hub", second))
            await transaction.put("Hub", [{"slug": second, "name": f"by way of {first}"}])
            return first

        return work

    async with asyncio.timeout(HANG_S):
        ended = await asyncio.gather(store.transact(locking("a", "b")), store.transact(locking("b", "a")))
    assert list(ended) == ["a", "b"]
    assert len(attempts) > 2, "nobody was the victim: the test made no deadlock"
    assert (await name_of(store, "a"), await name_of(store, "b")) == ("by way of b", "by way of a")


async def test_a_deadlock_that_the_function_hides_is_still_tried_again(store: Neo4jGraphStore) -> None:
    await store.transact(writing("a"))
    await store.transact(writing("b"))
    both_hold_one = asyncio.Barrier(2)
    attempts: list[str] = []

    def locking(first: str, second: str) -> Callable[[Transaction], Awaitable[None]]:
        async def work(transaction: Transaction) -> None:
            attempts.append(first)
            await transaction.lock(NodeKey("Hub", first))
            if len(attempts) <= 2:
                await both_hold_one.wait()
            try:
                await transaction.lock(NodeKey("Hub", second))
                await transaction.put("Hub", [{"slug": second, "name": f"by way of {first}"}])
            except StaleWriteError:
                return

        return work

    async with asyncio.timeout(HANG_S):
        await asyncio.gather(store.transact(locking("a", "b")), store.transact(locking("b", "a")))
    assert (await name_of(store, "a"), await name_of(store, "b")) == ("by way of b", "by way of a")


async def test_of_two_interleaved_units_exactly_one_wins(store: Neo4jGraphStore) -> None:
    await store.transact(writing("contested", "before"))
    has_read = asyncio.Event()
    outcomes: list[object] = []

    async def rename(transaction: Transaction, name: str) -> None:
        await transaction.lock(NodeKey("Hub", "contested"))
        node = (await transaction.read("Hub", ["contested"]))["contested"]
        has_read.set()
        await is_waiting(store)
        if node["name"] != "before":
            raise StaleWriteError("renamed meanwhile")
        await transaction.put("Hub", [{"slug": "contested", "name": name}])

    async def is_waiting(store: Neo4jGraphStore) -> None:
        # The other unit has sent its lock, which the server holds back.
        if not outcomes:
            await until(lambda queries: any("lock_" in query for query in queries), store)

    async def unit(name: str) -> None:
        try:
            await store.transact(lambda transaction: rename(transaction, name))
            outcomes.append(name)
        except StaleWriteError:
            outcomes.append("stale")

    async with asyncio.timeout(HANG_S):
        first = asyncio.ensure_future(unit("first"))
        await has_read.wait()
        await asyncio.gather(first, unit("second"))
    assert outcomes == ["first", "stale"]
    assert await name_of(store, "contested") == "first"


async def test_units_that_count_lose_no_count(store: Neo4jGraphStore) -> None:
    await store.transact(writing("counter"))

    async def add_one(transaction: Transaction) -> None:
        await transaction.lock(NodeKey("Hub", "counter"))
        node = (await transaction.read("Hub", ["counter"]))["counter"]
        await transaction.put("Hub", [{"slug": "counter", "workplaces": (node["workplaces"] or 0) + 1}])

    await asyncio.gather(*(store.transact(add_one) for _ in range(40)))
    counted = Selection("Hub", ("workplaces",))
    assert (await store.select(counted, ByKeys("Hub", "slug", ("counter",)), audiences={"public"})).rows == [[40]]


async def test_of_two_units_that_create_the_same_node_the_second_finds_it(store: Neo4jGraphStore) -> None:
    async def create(transaction: Transaction, name: str) -> bool:
        found = await transaction.lock_all("Hub", ["new"], reserve=True)
        if not found:
            await transaction.put("Hub", [{"slug": "new", "name": name}])
        return bool(found)

    names = [f"Hub {number}" for number in range(8)]
    found = await asyncio.gather(*(store.transact(partial(create, name=name)) for name in names))
    assert sorted(found) == [False, *[True] * 7]
    assert await name_of(store, "new") == names[found.index(False)]


@pytest.mark.parametrize(("when", "is_there"), [(Cut.BEFORE, False), (Cut.AFTER, True)])
async def test_a_connection_cut_at_commit(
    store: Neo4jGraphStore, proxied: Neo4jGraphStore, proxy: BoltProxy, when: Cut, is_there: bool
) -> None:
    attempts = 0
    slug = f"cut-{when.name.lower()}"

    async def work(transaction: Transaction) -> None:
        nonlocal attempts
        attempts += 1
        await writing(slug)(transaction)

    proxy.cut_once(COMMIT, when)
    with pytest.raises(OutcomeUnknownError) as raised:
        await proxied.transact(work)
    assert raised.value.retryable
    assert (attempts, proxy.cuts) == (1, 1)
    await is_idle(store)
    assert (await name_of(store, slug) is not None) is is_there
    await proxied.transact(writing("next"))  # the store is none the worse for it


async def test_a_connection_cut_before_commit_is_tried_again(
    store: Neo4jGraphStore, proxied: Neo4jGraphStore, proxy: BoltProxy
) -> None:
    attempts = 0

    async def work(transaction: Transaction) -> None:
        nonlocal attempts
        attempts += 1
        await writing("cut")(transaction)

    proxy.cut_once(RUN, Cut.AFTER)
    await proxied.transact(work)
    assert (attempts, proxy.cuts) == (2, 1)
    assert await name_of(store, "cut") == "Hub"


async def test_a_connection_cut_while_reading_is_tried_again(
    store: Neo4jGraphStore, proxied: Neo4jGraphStore, proxy: BoltProxy
) -> None:
    await store.transact(writing("read", "found"))
    for when in Cut:
        proxy.cut_once(RUN, when)
        assert await name_of(proxied, "read") == "found"
    assert proxy.cuts == len(Cut)


async def test_a_key_that_no_index_holds_is_bad_input(store: Neo4jGraphStore) -> None:
    with pytest.raises(InvalidInputError):
        await store.transact(writing("x" * 10_000))


async def test_a_unique_property_that_is_taken(store: Neo4jGraphStore) -> None:
    async def twice(transaction: Transaction) -> None:
        await transaction.put("Project", [{"id": "1", "slug": "same"}, {"id": "2", "slug": "same"}])

    with pytest.raises(ConstraintError):
        await store.transact(twice)


async def test_a_read_that_writes_is_a_defect(store: Neo4jGraphStore) -> None:
    with pytest.raises(InvalidQueryError):
        await store.query("writes", {})


async def test_a_server_that_does_not_move(server: Neo4jServer, store: Neo4jGraphStore) -> None:
    await store.transact(writing("frozen", "still here"))
    server.freeze()
    try:
        async with asyncio.timeout(HANG_S):
            with pytest.raises(GraphUnavailableError):
                await store.ping()
            with pytest.raises(GraphUnavailableError):
                await store.select(NAME, Match("Hub", page=Page(1)), audiences={"public"}, timeout_s=0.3)
            with pytest.raises(GraphUnavailableError):
                await store.transact(writing("frozen", "changed"), timeout_s=0.3)
    finally:
        server.thaw()
    assert await name_of(store, "frozen") == "still here"


async def test_a_killed_and_restarted_server_needs_no_new_process(server: Neo4jServer, store: Neo4jGraphStore) -> None:
    acknowledged: list[str] = []
    is_under_way = asyncio.Event()

    async def write_until_it_breaks(client: int) -> None:
        for number in range(10_000):
            slug = f"kill-{client}-{number}"
            try:
                await store.transact(writing(slug))
            except (GraphUnavailableError, OutcomeUnknownError):
                return
            acknowledged.append(slug)
            if len(acknowledged) == 50:
                is_under_way.set()

    async def kill_soon() -> None:
        await is_under_way.wait()
        server.kill()

    async with asyncio.timeout(HANG_S):
        await asyncio.gather(kill_soon(), *(write_until_it_breaks(client) for client in range(8)))
        with pytest.raises(GraphUnavailableError):
            await name_of(store, acknowledged[0])
        with pytest.raises(GraphUnavailableError):
            await store.transact(writing("nowhere"))
    await asyncio.to_thread(server.start)
    found = await store.select(
        NAME, ByKeys("Hub", "slug", tuple(acknowledged[-1000:])), audiences={"public"}, timeout_s=HANG_S
    )
    assert None not in found.rows
    await store.transact(writing("after", "recovered"))
    assert await name_of(store, "after") == "recovered"
    assert await store.ping() > 0


async def test_a_read_only_database_is_read(server: Neo4jServer, store: Neo4jGraphStore) -> None:
    await store.transact(writing("kept", "readable"))
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start, "server.databases.default_to_read_only=true")
    assert await name_of(store, "kept") == "readable"
    await store.apply_schema()
    with pytest.raises(ReadOnlyError):
        await store.transact(writing("kept", "changed"))
    assert await name_of(store, "kept") == "readable"
