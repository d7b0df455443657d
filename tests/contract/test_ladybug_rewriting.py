"""The embedded database's file, written anew: nothing that was deleted is in it, nothing else is lost."""

from pathlib import Path
from typing import Any

from graph.backends.ladybug import rewriting
from graph.backends.ladybug.connections import Session
from graph.backends.ladybug.store import LadybugGraphStore
from graph.ddl import LABELS, RELATIONSHIPS
from graph.writing.unit_of_work import UnitOfWork
from seed_data.load import load
from tests.fixtures.builders import make_hub
from tests.fixtures.units import plain, stored, write

SECRET = "erika.muster@gemeinde.example"


def contents(session: Session) -> dict[str, Any]:
    """Everything that is stored, without what the database numbers itself."""
    found: dict[str, Any] = {}
    for name, label in LABELS.items():
        columns = ", ".join(f"n.`{one}`" for one in label.properties)
        found[name] = sorted(map(repr, session.execute(f"MATCH (n:`{name}`) RETURN {columns}")))
    for name, declared in RELATIONSHIPS.items():
        columns = "".join(f", e.`{one}`" for one in declared.properties)
        for start, end in declared.pairs:
            ends = f"a.`{LABELS[start].key}`, b.`{LABELS[end].key}`"
            text = f"MATCH (a:`{start}`)-[e:`{name}`]->(b:`{end}`) RETURN {ends}{columns}"
            found[f"{start} {name} {end}"] = sorted(map(repr, session.execute(text)))
    return found


async def opened(folder: Path) -> LadybugGraphStore:
    store = await LadybugGraphStore.open(folder)
    await store.apply_schema()
    return store


async def read(store: LadybugGraphStore) -> dict[str, Any]:
    return await store._read(contents, 60.0)


def is_in_files(folder: Path, text: str) -> bool:
    return any(text.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def filled(folder: Path) -> dict[str, Any]:
    """A closed store in `folder` with the seed in it, and something that was deleted, of which no trail tells."""
    store = await opened(folder)
    await load(UnitOfWork(store))
    hub = {"slug": "weg", "name": SECRET, "created_at": "", "updated_at": ""}
    await store.transact(lambda transaction: transaction.put("Hub", [hub]))
    await store.transact(lambda transaction: transaction.delete("Hub", ["weg"]))
    found = await read(store)
    await store.purge_deleted()
    await store.close()
    assert is_in_files(folder, SECRET)
    return found


async def test_what_was_deleted_is_in_no_file_and_all_else_is_there(tmp_path: Path) -> None:
    before = await filled(tmp_path)

    store = await opened(tmp_path)

    assert await read(store) == before
    assert sum(map(len, before.values())) > 1_000
    await store.close()
    assert not is_in_files(tmp_path, SECRET)


async def test_what_was_rewritten_can_be_written_to(tmp_path: Path) -> None:
    await filled(tmp_path)
    store = await opened(tmp_path)

    await write(store, make_hub("neu"), plain("FOCUSES_ON", "Hub:neu", "Topic:mobilitaet"))
    await store.close()

    again = await opened(tmp_path)
    assert await stored(again, "Hub:neu") is not None
    await again.close()


async def test_what_a_killed_rewriting_left_does_no_harm(tmp_path: Path) -> None:
    before = await filled(tmp_path)
    (tmp_path / "graph-rewritten.lbug").write_bytes(b"half of a file")
    (tmp_path / "graph-rewritten.lbug.wal").write_bytes(b"half of a log")

    store = await opened(tmp_path)

    assert await read(store) == before
    await store.close()
    assert not is_in_files(tmp_path, "half of a")


async def test_killed_after_the_new_file_took_its_name_it_is_done_once_more(tmp_path: Path) -> None:
    before = await filled(tmp_path)
    rewriting.rewrite_if_asked(tmp_path)
    rewriting.ask_for(tmp_path)

    store = await opened(tmp_path)

    assert await read(store) == before
    await store.close()


async def test_without_being_asked_for_nothing_is_rewritten(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.close()
    before = (tmp_path / rewriting.FILE).stat().st_ino

    rewriting.rewrite_if_asked(tmp_path)

    assert (tmp_path / rewriting.FILE).stat().st_ino == before
