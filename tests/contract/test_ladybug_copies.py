"""Copies of the embedded database: what was committed, beside readers and writers, and nothing that is to be gone."""

import asyncio
from pathlib import Path

import ladybug
import pytest

from graph.backends.ladybug import copies, rewriting
from graph.backends.ladybug.copies import LadybugFiles
from graph.backends.ladybug.store import LadybugGraphStore
from graph.copies import InFiles
from graph.ddl import SCHEMA_VERSION
from graph.errors import GraphUnavailableError
from graph.port import Transaction
from tests.fixtures.builders import make_hub
from tests.fixtures.units import stored, write

SECRET = "erika.muster@gemeinde.example"


async def opened(folder: Path) -> LadybugGraphStore:
    store = await LadybugGraphStore.open(folder)
    await store.apply_schema()
    return store


def new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def hub(name: str) -> dict[str, str]:
    return {"slug": name, "name": name, "created_at": "", "updated_at": ""}


async def put(store: LadybugGraphStore, label: str, row: dict[str, object]) -> None:
    await store.transact(lambda transaction: transaction.put(label, [row]))


async def test_a_copy_made_among_writers_is_what_was_committed_at_that_moment(tmp_path: Path) -> None:
    store = await opened(tmp_path / "graph")
    files = LadybugFiles(tmp_path / "graph")
    is_enough = asyncio.Event()

    async def write_on(name: str) -> int:
        number = 0
        while not is_enough.is_set():

            async def pair(transaction: Transaction, slug: str = f"{name}-{number}") -> None:
                await transaction.put("Hub", [hub(slug)])
                await transaction.put("Topic", [{"slug": slug, "name_de": slug, "created_at": "", "updated_at": ""}])

            await store.transact(pair)
            number += 1
        return number

    writers = [asyncio.create_task(write_on(name)) for name in "ab"]
    found = []
    for number in range(4):
        folder = new(tmp_path / f"copy{number}")
        copied = await store.copy_to(folder)
        contents = await asyncio.to_thread(store.settle, folder, copied)
        assert [path.name for path in folder.iterdir()] == [rewriting.FILE]
        assert contents == files.inspect(folder)
        assert contents.counts == copied.counts
        assert contents.counts.get("Hub") == contents.counts.get("Topic"), "both or neither of what one unit wrote"
        found.append(contents.counts.get("Hub", 0))
    is_enough.set()
    written = sum(await asyncio.gather(*writers))
    await store.close()
    assert found == sorted(found)
    assert 0 < found[-1] <= written


async def test_readers_go_on_while_the_copy_waits_for_a_writer_and_writers_wait_for_the_copy(tmp_path: Path) -> None:
    store = await opened(tmp_path / "graph")
    is_inside, may_end = asyncio.Event(), asyncio.Event()

    async def slow(transaction: Transaction) -> None:
        await transaction.put("Hub", [hub("slow")])
        is_inside.set()
        await may_end.wait()

    writing = asyncio.create_task(store.transact(slow))
    await is_inside.wait()
    copying = asyncio.create_task(store.copy_to(new(tmp_path / "copy")))
    assert await store.ping() >= 0
    assert not copying.done()
    may_end.set()
    await writing
    assert (await copying).counts["Hub"] == 1
    await store.close()


async def test_nobody_is_signed_in_by_a_copy(tmp_path: Path) -> None:
    store = await opened(tmp_path / "graph")
    for label in copies.LEFT_OUT:
        await put(store, label, {"id": "one"})
    assert isinstance(store, InFiles)
    folder = new(tmp_path / "copy")
    copied = await store.copy_to(folder)
    assert {label: copied.counts[label] for label in copies.LEFT_OUT} == dict.fromkeys(copies.LEFT_OUT, 1)
    contents = store.settle(folder, copied)
    await store.close()
    assert not set(copies.LEFT_OUT) & contents.counts.keys()
    assert contents.schema == SCHEMA_VERSION


async def test_who_was_erased_is_in_no_byte_of_a_copy_although_the_original_waits_to_be_written_anew(
    tmp_path: Path,
) -> None:
    store = await opened(tmp_path / "graph")
    await put(store, "Hub", {**hub("weg"), "name": SECRET})
    await store.transact(lambda transaction: transaction.delete("Hub", ["weg"]))
    await write(store, make_hub("zeitz"))
    await store.purge_deleted()
    folder = new(tmp_path / "copy")
    store.settle(folder, await store.copy_to(folder))
    assert contains(tmp_path / "graph", SECRET)
    assert not contains(folder, SECRET)
    await store.close()


def contains(folder: Path, text: str) -> bool:
    return any(text.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_a_copy_that_lacks_something_is_told(tmp_path: Path) -> None:
    store = await opened(tmp_path / "graph")
    await write(store, make_hub("zeitz"))
    folder = new(tmp_path / "copy")
    copied = await store.copy_to(folder)
    (folder / f"{rewriting.FILE}.wal").unlink()
    with pytest.raises(GraphUnavailableError):
        store.settle(folder, copied)
    await store.close()


async def test_a_closed_store_is_not_copied(tmp_path: Path) -> None:
    store = await opened(tmp_path / "graph")
    await store.close()
    with pytest.raises(GraphUnavailableError):
        await store.copy_to(new(tmp_path / "copy"))


@pytest.mark.parametrize("content", [b"", b"no database" * 1_000, None])
def test_what_is_no_database_of_ours_is_not_opened(tmp_path: Path, content: bytes | None) -> None:
    if content is None:
        with ladybug.Database(tmp_path / rewriting.FILE) as database, ladybug.Connection(database) as connection:
            connection.execute("CREATE NODE TABLE Cat(name STRING PRIMARY KEY)")
    else:
        (tmp_path / rewriting.FILE).write_bytes(content)
    with pytest.raises(GraphUnavailableError):
        LadybugFiles(tmp_path).inspect(tmp_path)


async def incoming(folder: Path, *, name: str) -> LadybugFiles:
    """The files of `folder`, with a whole database that knows one hub about to take its place."""
    source = folder.with_name("source")
    store = await opened(source)
    await put(store, "Hub", dict(hub(name)))
    copy = new(folder.with_name("settled"))
    store.settle(copy, await store.copy_to(copy))
    await store.close()
    files = LadybugFiles(folder)
    with files.held():
        (copy / rewriting.FILE).rename(files.incoming() / rewriting.FILE)
    return files


async def test_what_comes_in_takes_the_place_and_what_was_there_is_kept(tmp_path: Path) -> None:
    graph = tmp_path / "graph"
    store = await opened(graph)
    await put(store, "Hub", dict(hub("old")))
    await store.close()
    source = await incoming(tmp_path / "other", name="new")
    files = LadybugFiles(graph)
    with files.held():
        (source.folder / "restoring" / rewriting.FILE).rename(files.incoming() / rewriting.FILE)
        aside = files.replace("before")
        assert aside == graph / "before"
    after = await opened(graph)
    assert await stored(after, "Hub:new") is not None
    assert await stored(after, "Hub:old") is None
    await after.close()
    before = await opened(graph / "before")
    assert await stored(before, "Hub:old") is not None
    await before.close()


async def test_a_store_that_is_open_keeps_its_folder(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    with pytest.raises(GraphUnavailableError, match="held by"), LadybugFiles(tmp_path).held():
        pass
    await store.close()


async def test_what_a_killed_restore_left_before_it_counted_goes_with_the_next_opening(tmp_path: Path) -> None:
    left = new(tmp_path / "restoring")
    (left / rewriting.FILE).write_bytes(b"half")
    store = await opened(tmp_path)
    await store.close()
    assert not left.exists()


async def test_the_moment_of_a_copy_is_by_the_clock_of_the_store(tmp_path: Path) -> None:
    store = await opened(tmp_path / "graph")
    before = await store.now()
    copied = await store.copy_to(new(tmp_path / "copy"))
    assert before <= copied.taken <= await store.now()
    await store.close()
