"""SIGKILL of `hubnetz restore` at every line of it: the graph is the old one or the new one, and never none or half of one."""

import asyncio
import subprocess
import sys
from pathlib import Path

from graph.backends.ladybug.copies import LadybugFiles
from graph.backends.ladybug.store import LadybugGraphStore
from network.backups import archive
from network.backups.manifest import FILE, Manifest

ROOT = Path(__file__).parents[2]


async def graph_of(folder: Path, hub: str) -> LadybugGraphStore:
    store = await LadybugGraphStore.open(folder)
    await store.apply_schema()
    row = {"slug": hub, "name": hub, "created_at": "", "updated_at": ""}
    await store.transact(lambda transaction: transaction.put("Hub", [row]))
    return store


async def prepare(folder: Path) -> None:
    await (await graph_of(folder / "old", "old")).close()
    store = await graph_of(folder / "source", "new")
    copy = folder / "copy"
    copy.mkdir()
    copied = await store.copy_to(copy)
    contents = store.settle(copy, copied)
    await store.close()
    assert contents == LadybugFiles(folder).inspect(copy)
    source = copy / FILE
    manifest = Manifest(copied.taken, "0", "0", contents, source.stat().st_size, archive.digest(source))
    archive.write(folder / "archive", manifest, source, lambda done, total: None)


def test_a_restore_that_is_killed_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    asyncio.run(prepare(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.restoring", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    deaths = [line.split() for line in done.stdout.splitlines()]
    known = [words[1] for words in deaths]
    assert len(deaths) > 50, "a restore has more lines than that"
    assert set(known) == {"old", "new"}, done.stdout
    first_new = known.index("new")
    assert set(known[first_new:]) == {"new"}, "from one moment on it is the new one"
    assert all(words[2] == "-" for words in deaths[first_new:]), "no new graph stands beside the index of the old one"
    assert all(words[3] == "-" for words in deaths), "the next opening takes away what a killed restore left"
