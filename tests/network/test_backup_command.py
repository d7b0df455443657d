"""`hubnetz backup` and `hubnetz restore` as an operator runs them: beside a server, from nothing, and where they have to refuse."""

import asyncio
import json
import shutil
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from graph.backends.ladybug.store import LadybugGraphStore
from graph.copies import Contents, Copied
from graph.ddl import SCHEMA_VERSION
from graph.values import instant
from network.backups import archive, rotation
from network.backups.manifest import Manifest
from network.cli.commands import app
from network.jobs import registry
from network.jobs.checking import backups
from network.jobs.job import Workplace
from network.ports import Ports
from search.indexer import Indexer
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.outputs import Said
from tests.fixtures.process import START_S, Server, hubnetz

PROJECTS = ("quittenkarte", "parkplatzfinder")


@pytest.fixture(autouse=True)
def _away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the checkout, so that no `.env` of whoever runs the tests counts."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """With two projects in it."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    enter(folder, *PROJECTS)
    return folder


@pytest.fixture
def server(data_dir: Path) -> Iterator[Server]:
    running = Server(data_dir)
    yield running
    if running.process.poll() is None:
        running.stop()


def run(data_dir: Path, *arguments: str, **given: str) -> Result:
    """As `hubnetz` below, without a process of its own."""
    return CliRunner().invoke(
        app,
        arguments,
        env={f"HUBNETZ_{name}": value for name, value in given.items()} | {"HUBNETZ_DATA_DIR": str(data_dir)},
    )


def enter(data_dir: Path, *slugs: str) -> None:
    file = data_dir / "projects.ndjson"
    file.write_text("".join(f'{{"slug": "{slug}", "title": "{slug.title()}"}}\n' for slug in slugs))
    done = run(data_dir, "import", "projects", str(file))
    assert done.exit_code == 0, done.output


def projects(server: Server) -> set[str]:
    query = "{ projects(first: 50) { edges { node { slug } } } }"
    asked = httpx.post(f"{server.url}/graphql", json={"query": query}, timeout=START_S)
    return {edge["node"]["slug"] for edge in asked.json()["data"]["projects"]["edges"]}


def test_what_was_backed_up_beside_a_server_is_there_again_after_everything_was_lost(
    server: Server, data_dir: Path, tmp_path: Path
) -> None:
    file = tmp_path / "hubnetz.tar.gz"
    made = hubnetz(data_dir, "backup", str(file))
    assert made.returncode == 0, made.stderr
    assert "is whole. Writers waited for" in made.stdout
    assert "no keys" in made.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "hubnetz" in path.name] == [file.name]
    assert projects(server) == set(PROJECTS)

    held = hubnetz(data_dir, "restore", str(file), "--replace")
    assert held.returncode == 1
    assert "is held by process" in held.stderr
    assert projects(server) == set(PROJECTS)
    server.stop()

    shutil.rmtree(data_dir)
    data_dir.mkdir()
    restored = hubnetz(data_dir, "restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert "2 projects" in restored.stdout
    assert "builds the index anew" in restored.stdout
    assert "was erased after" in restored.stdout

    again = Server(data_dir)
    try:
        assert projects(again) == set(PROJECTS)
        found = hubnetz(data_dir, "search", PROJECTS[0], "--json")
        assert [hit["slug"] for hit in json.loads(found.stdout)["hits"]] == [PROJECTS[0]]
    finally:
        again.stop()


def test_what_is_there_is_neither_overwritten_nor_replaced_unasked(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "hubnetz.tar.gz"
    assert run(data_dir, "backup", str(file)).exit_code == 0
    before = file.read_bytes()
    again = run(data_dir, "backup", str(file))
    assert (again.exit_code, file.read_bytes()) == (1, before)
    assert "--force" in again.output
    enter(data_dir, "spaeter")
    assert run(data_dir, "backup", str(file), "--force").exit_code == 0
    verified = json.loads(run(data_dir, "backup", "--verify", str(file), "--json").stdout)
    assert verified["counts"]["Project"] == 3
    file.write_bytes(before)

    refused = run(data_dir, "restore", str(file))
    assert refused.exit_code == 1
    assert "--replace keeps it aside" in refused.output
    done = run(data_dir, "restore", str(file), "--replace", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["counts"]["Project"] == 2
    assert (data_dir / told["aside"] / "graph.lbug").exists()
    # The index of what was there before answers no more.
    found = run(data_dir, "doctor", "--json")
    assert "index" in {one["name"] for one in json.loads(found.stdout)["findings"] if one["isWrong"]}


def test_overwriting_is_for_backups_alone(data_dir: Path, tmp_path: Path) -> None:
    graph, folder, letter = data_dir / "graph" / "graph.lbug", tmp_path / "folder", tmp_path / "letter"
    folder.mkdir()
    letter.write_text("of somebody else")
    for other in (graph, folder, letter):
        refused = run(data_dir, "backup", str(other), "--force")
        assert refused.exit_code == 1
        assert "is no backup" in refused.output
    assert letter.read_text() == "of somebody else"
    assert run(data_dir, "backup", str(tmp_path / "still.tar.gz")).exit_code == 0
    broken = tmp_path / "broken.tar.gz"
    for left in (b"", b"\x1f\x8b\x08cut off"):
        broken.write_bytes(left)
        assert run(data_dir, "backup", str(broken), "--force").exit_code == 0
        assert run(data_dir, "backup", "--verify", str(broken)).exit_code == 0


def test_overwriting_puts_the_archive_in_the_place_of_a_link_and_follows_none(data_dir: Path, tmp_path: Path) -> None:
    elsewhere, file = tmp_path / "key", tmp_path / "hubnetz.tar.gz"
    elsewhere.write_text("of somebody else")
    file.symlink_to(elsewhere)
    assert run(data_dir, "backup", str(file)).exit_code == 1
    done = run(data_dir, "backup", str(file), "--force")
    assert done.exit_code == 0, done.output
    assert elsewhere.read_text() == "of somebody else"
    assert not file.is_symlink()
    assert run(data_dir, "backup", "--verify", str(file)).exit_code == 0


def test_every_day_has_its_file_and_the_oldest_go(data_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    old = [folder / f"hubnetz-2026-01-0{day}.tar.gz" for day in (1, 2, 3)]
    for path in old:
        path.touch()
    killed = folder / ".hubnetz.part"
    killed.mkdir(mode=0o700)
    (killed / "graph.lbug").write_bytes(b"of another day")
    done = run(data_dir, "backup", "--keep", "2", "--json", BACKUP_DIR=str(folder))
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["removed"] == [str(old[1]), str(old[0])]
    assert told["writersWaitedSeconds"] >= 0
    assert sorted(folder.iterdir()) == sorted([Path(told["file"]), old[2]])
    again = run(data_dir, "backup", "--keep", "2", str(folder))
    assert again.exit_code == 0, again.output
    assert sorted(folder.iterdir()) == sorted([Path(told["file"]), old[2]])


def test_what_cannot_be_meant_makes_nothing(data_dir: Path, tmp_path: Path) -> None:
    none = tmp_path / "none"
    for arguments, code in (
        (("--keep", "2", str(none)), 2),
        (("--keep", "0", str(tmp_path)), 2),
        (("--keep", "2"), 2),
        ((), 2),
        (("--verify",), 2),
        (("--verify", str(none)), 1),
        ((str(none / "x.tar.gz"),), 1),
    ):
        done = run(data_dir, "backup", *arguments)
        assert done.exit_code == code, (arguments, done.output)
    assert not none.exists()


def test_a_folder_without_a_graph_is_not_backed_up_as_an_empty_one(tmp_path: Path) -> None:
    done = run(tmp_path, "backup", "x.tar.gz")
    assert done.exit_code == 1
    assert "There is no graph in" in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("backup", "x.tar.gz"), ("restore", "x.tar.gz")])
def test_neo4j_has_means_of_its_own(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "x.tar.gz").touch()
    server = {"GRAPH_URL": "bolt://127.0.0.1:1", "SEARCH_URL": "http://127.0.0.1:2"}
    done = run(tmp_path, *command, **server)
    assert done.exit_code == 1
    assert "neo4j-admin database dump" in done.output


def written(folder: Path, name: str, **other: Any) -> Path:
    """An archive that is whole, of what is no database."""
    source = folder / "source"
    source.write_bytes(b"no database")
    given: dict[str, Any] = {
        "taken": "2026-11-23T02:00:00.000000Z",
        "hubnetz": "9.0.0",
        "ladybug": "0.22.0",
        "contents": Contents(SCHEMA_VERSION, {}),
        "size_bytes": source.stat().st_size,
        "sha256": archive.digest(source),
    }
    path = folder / name
    path.unlink(missing_ok=True)
    archive.write(path, Manifest(**given | other), source, lambda done, total: None)
    return path


def test_what_cannot_be_restored_leaves_the_graph_as_it_is(data_dir: Path, tmp_path: Path) -> None:
    cut = written(tmp_path, "cut")
    cut.write_bytes(cut.read_bytes()[:-9])
    cases = {
        written(tmp_path, "none"): "cannot be opened",
        written(tmp_path, "newer", contents=Contents(SCHEMA_VERSION + 1, {})): "use the version that wrote it",
        cut: "cut off",
        tmp_path / "absent": "No such file",
    }
    before = sorted(path for path in data_dir.rglob("*"))
    for path, reason in cases.items():
        for command in (("restore", "--replace", str(path)), ("backup", "--verify", str(path))):
            done = run(data_dir, *command)
            assert done.exit_code == 1, done.stdout
            assert reason in done.output
    assert sorted(path for path in data_dir.rglob("*")) == before
    exported = run(data_dir, "export", "projects", "--as", "network_admin")
    assert {json.loads(line)["slug"] for line in exported.stdout.splitlines()} == set(PROJECTS)


class Held(LadybugGraphStore):
    """Its copies are looked into once the test says so."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.is_at_work, self.may_go_on = threading.Event(), threading.Event()

    def settle(self, folder: Path, copied: Copied) -> Contents:
        self.is_at_work.set()
        self.may_go_on.wait()
        return super().settle(folder, copied)


async def test_a_backup_that_nobody_waits_for_any_more_leaves_nothing(tmp_path: Path) -> None:
    graph = await Held.open(tmp_path / "graph")
    assert isinstance(graph, Held)
    await graph.apply_schema()
    ports = Ports(graph=graph, search=await TantivySearchIndex.open(tmp_path / "index"))
    place = Workplace(graph, ports.search, ports.service, Indexer(graph, ports.search, holder="x"), has_server=True)
    folder = tmp_path / "backups"
    folder.mkdir()
    arguments: dict[str, Any] = {"path": str(folder / "x.tar.gz"), "keep": None, "overwrites": False, "as_json": False}
    asking = asyncio.create_task(registry.run(place, "backup", arguments, Said()))
    await asyncio.to_thread(graph.is_at_work.wait)
    asking.cancel()
    # The word has to arrive before the work goes on: a backup that is finished by then stays.
    for _ in range(9):
        await asyncio.sleep(0)
    graph.may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert list(folder.iterdir()) == []
    assert await registry.run(place, "backup", arguments, Said()) == 0
    assert [path.name for path in folder.iterdir()] == ["x.tar.gz"]
    await ports.close()


async def test_the_doctor_says_how_old_the_newest_is(tmp_path: Path) -> None:
    assert await backups(None) == []
    (missing,) = await backups(tmp_path / "none")
    assert missing.is_wrong
    (none,) = await backups(tmp_path)
    assert none.is_wrong
    assert "there is no backup" in none.text

    now = datetime.now(UTC)
    newest = rotation.path_of(tmp_path, now.date())
    written(tmp_path, newest.name, taken=instant(now - timedelta(hours=25)))
    written(tmp_path, rotation.path_of(tmp_path, now.date() - timedelta(days=9)).name)
    (fine,) = await backups(tmp_path)
    assert (fine.is_wrong, fine.count, fine.text) == (False, 2, "the newest backup is 25 hours old")

    written(tmp_path, newest.name, taken=instant(now - timedelta(hours=27)))
    (late,) = await backups(tmp_path)
    assert late.is_wrong
    assert "27 hours old, which is late" in late.text

    # One of a clock that went wrong is the newest by its name alone, until then.
    ahead = rotation.path_of(tmp_path, now.date() + timedelta(days=400))
    written(tmp_path, ahead.name, taken=instant(now + timedelta(days=400)))
    (still,) = await backups(tmp_path)
    assert still.text == late.text
    (tmp_path / "hubnetz-2026-13-45.tar.gz").write_bytes(b"no day")
    (same,) = await backups(tmp_path)
    assert same.text == late.text

    newest.write_bytes(b"broken")
    (broken,) = await backups(tmp_path)
    assert broken.is_wrong
    assert str(newest) in broken.text
