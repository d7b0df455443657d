"""Archives of backups: whole or refused, whatever they hold, and nothing of them reaches beyond its folder."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.copies import Contents
from network.backups import archive, rotation
from network.backups.errors import ArchiveError, BackupError
from network.backups.manifest import FILE, MAX_BYTES, NAME, Manifest, ManifestError
from network.backups.workroom import publish, workroom

TAKEN = "2026-11-23T02:00:00.000000Z"


def quiet(done: int, total: int) -> None:
    assert 0 < done <= total


def described(content: bytes, folder: Path, **other: Any) -> tuple[Manifest, Path]:
    source = folder / "source"
    source.write_bytes(content)
    given: dict[str, Any] = {
        "taken": TAKEN,
        "hubnetz": "0.1.0",
        "ladybug": "0.22.0",
        "contents": Contents(1, {"Project": 3, "OWNS": 2}),
        "size_bytes": len(content),
        "sha256": archive.digest(source),
    }
    return Manifest(**given | other), source


def packed(content: bytes, folder: Path) -> Path:
    manifest, source = described(content, folder)
    path = folder / "x.tar.gz"
    archive.write(path, manifest, source, quiet)
    return path


def unpacked(path: Path, folder: Path) -> tuple[Manifest, bytes]:
    target = folder / "target"
    target.mkdir()
    manifest = archive.unpack(path, target, quiet)
    assert [one.name for one in target.iterdir()] == [FILE]
    return manifest, (target / FILE).read_bytes()


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 10_240, (1 << 20) + 1])
def test_what_was_packed_comes_out_for_its_owner_alone(tmp_path: Path, size: int) -> None:
    content = bytes(index % 251 for index in range(size))
    path = packed(content, tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    manifest, found = unpacked(path, tmp_path)
    assert found == content
    assert manifest == described(content, tmp_path)[0] == archive.read_manifest(path) == archive.check(path, quiet)
    assert (tmp_path / "target" / FILE).stat().st_mode & 0o777 == 0o600


def test_any_tar_lists_it(tmp_path: Path) -> None:
    with tarfile.open(packed(b"x" * 700, tmp_path)) as tar:
        assert [(one.name, one.mode, one.isreg()) for one in tar] == [(NAME, 0o600, True), (FILE, 0o600, True)]
        file = tar.extractfile(NAME)
        assert file is not None
        assert json.loads(file.read())["counts"] == {"Project": 3, "OWNS": 2}


def test_packed_again_by_another_tar_it_is_the_same(tmp_path: Path) -> None:
    path = packed(b"y" * 2_000, tmp_path)
    again = tmp_path / "again.tar.gz"
    with tarfile.open(path) as old, tarfile.open(again, "w:gz", format=tarfile.USTAR_FORMAT) as new:
        for member in old.getmembers():
            new.addfile(member, old.extractfile(member))
    assert unpacked(again, tmp_path)[1] == b"y" * 2_000


@given(content=st.binary(max_size=3_000), data=st.data())
def test_cut_off_anywhere_it_is_refused(content: bytes, data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        path = packed(content, Path(name))
        whole = path.read_bytes()
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
        with pytest.raises(ArchiveError):
            archive.check(path, quiet)


@given(content=st.binary(min_size=1, max_size=3_000), data=st.data())
def test_damaged_anywhere_it_is_refused_or_gives_what_was_in_it(content: bytes, data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        path = packed(content, Path(name))
        damaged = bytearray(path.read_bytes())
        position = data.draw(st.integers(0, len(damaged) - 1))
        damaged[position] ^= data.draw(st.integers(1, 255))
        path.write_bytes(bytes(damaged))
        before = described(content, Path(name))[0]
        try:
            manifest, found = unpacked(path, Path(name))
        except ArchiveError:
            return
        assert (manifest, found) == (before, content)


@given(st.binary(max_size=2_000))
def test_what_is_no_archive_is_refused(text: bytes) -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "x"
        for content in (text, gzip.compress(text)):
            path.write_bytes(content)
            with pytest.raises(ArchiveError):
                archive.check(path, quiet)


def member(name: str, content: bytes = b"", **given: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in given.items():
        setattr(info, key, value)
    return info, content


def tar(*members: tuple[tarfile.TarInfo, bytes], end: bytes = b"", is_pax: bool = False) -> bytes:
    raw = io.BytesIO()
    for info, content in members:
        raw.write(
            info.tobuf(tarfile.PAX_FORMAT if is_pax else tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)
        )
    raw.write(bytes(1_024) + end)
    return gzip.compress(raw.getvalue())


def manifest_of(folder: Path, content: bytes = b"graph", **other: Any) -> bytes:
    return described(content, folder, **other)[0].text().encode()


HOSTILE: dict[str, Callable[[Path], bytes]] = {
    "no manifest": lambda _: tar(member(FILE, b"graph")),
    "nothing": lambda _: tar(),
    "manifest alone": lambda at: tar(member(NAME, manifest_of(at))),
    "in another order": lambda at: tar(member(FILE, b"graph"), member(NAME, manifest_of(at))),
    "up and away": lambda at: tar(member(NAME, manifest_of(at)), member(f"../{FILE}", b"graph")),
    "absolute": lambda at: tar(member(NAME, manifest_of(at)), member(f"/{FILE}", b"graph")),
    "in a folder": lambda at: tar(member(NAME, manifest_of(at)), member(f"x/{FILE}", b"graph")),
    "link": lambda at: tar(
        member(NAME, manifest_of(at)), member(FILE, type=tarfile.SYMTYPE, linkname="/etc/passwd", size=5)
    ),
    "hard link": lambda at: tar(
        member(NAME, manifest_of(at)), member(FILE, type=tarfile.LNKTYPE, linkname=NAME, size=5)
    ),
    "device": lambda at: tar(member(NAME, manifest_of(at)), member(FILE, type=tarfile.CHRTYPE, devmajor=1, size=5)),
    "pipe": lambda at: tar(member(NAME, manifest_of(at)), member(FILE, type=tarfile.FIFOTYPE, size=5)),
    "folder": lambda at: tar(member(NAME, manifest_of(at)), member(FILE, type=tarfile.DIRTYPE, size=5)),
    "sparse": lambda at: tar(member(NAME, manifest_of(at)), member(FILE, b"graph", type=tarfile.GNUTYPE_SPARSE)),
    "long name": lambda at: tar(member(NAME, manifest_of(at)), member(f"{'x/' * 100}{FILE}", b"graph")),
    "pax header": lambda at: tar(
        member(NAME, manifest_of(at)), member(FILE, b"graph", pax_headers={"comment": "x"}), is_pax=True
    ),
    "one more": lambda at: tar(member(NAME, manifest_of(at)), member(FILE, b"graph"), member(".bashrc", b"x")),
    "twice": lambda at: tar(member(NAME, manifest_of(at)), member(FILE, b"graph"), member(FILE, b"other")),
    "something behind": lambda at: tar(member(NAME, manifest_of(at)), member(FILE, b"graph"), end=b"x"),
    "zeros without end": lambda at: tar(member(NAME, manifest_of(at)), member(FILE, b"graph"), end=bytes(1 << 24)),
    "larger than said": lambda at: tar(member(NAME, manifest_of(at)), member(FILE, b"graph" * 1_000)),
    "smaller than said": lambda at: tar(member(NAME, manifest_of(at, size_bytes=6)), member(FILE, b"graph")),
    "of another content": lambda at: tar(member(NAME, manifest_of(at)), member(FILE, b"grape")),
    "negative": lambda at: tar(member(NAME, manifest_of(at)), member(FILE, size=-5)),
    "manifest without end": lambda _: tar(member(NAME, b" " * (MAX_BYTES + 1))),
    "manifest larger than memory": lambda _: tar(member(NAME, b"{}", size=1 << 60)),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_refused_and_leaves_its_folder_alone(tmp_path: Path, case: str) -> None:
    path, target = tmp_path / "x.tar.gz", tmp_path / "around" / "target"
    target.mkdir(parents=True)
    path.write_bytes(HOSTILE[case](tmp_path))
    with pytest.raises(ArchiveError, match="Nothing was changed"):
        archive.unpack(path, target, quiet)
    with pytest.raises(ArchiveError):
        archive.check(path, quiet)
    assert [one.name for one in target.parent.iterdir()] == ["target"]
    written = list(target.iterdir())
    assert [one.name for one in written] in ([], [FILE])
    assert sum(one.stat().st_size for one in written) <= len(b"graph")


def test_one_that_says_itself_that_it_fills_the_disk_is_not_begun(tmp_path: Path) -> None:
    path, target = tmp_path / "x.tar.gz", tmp_path / "target"
    target.mkdir()
    path.write_bytes(tar(member(NAME, manifest_of(tmp_path, size_bytes=1 << 50)), member(FILE, size=1 << 50)))
    with pytest.raises(BackupError, match="has room for"):
        archive.unpack(path, target, quiet)
    assert list(target.iterdir()) == []


def test_a_file_that_is_not_there_or_a_folder_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(ArchiveError, match="cannot be read"):
            archive.read_manifest(path)


def test_a_copy_that_changed_meanwhile_is_not_packed(tmp_path: Path) -> None:
    manifest, source = described(b"graph", tmp_path, size_bytes=6)
    with pytest.raises(BackupError, match="changed"):
        archive.write(tmp_path / "x", manifest, source, quiet)


def test_whoever_stops_it_is_heard(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    manifest, source = described(b"graph", tmp_path)
    with pytest.raises(KeyboardInterrupt):
        archive.write(tmp_path / "x", manifest, source, stop)


def changed(folder: Path, **other: Any) -> bytes:
    return json.dumps(json.loads(manifest_of(folder)) | other).encode()


@pytest.mark.parametrize(
    "other",
    [
        {"format": 0},
        {"format": True},
        {"format": "1"},
        {"format": None},
        {"taken": "yesterday"},
        {"taken": "2026-13-40T00:00:00.000000Z"},
        {"taken": 5},
        {"hubnetz": "\x1b[2J"},
        {"hubnetz": ""},
        {"ladybug": "x" * 65},
        {"schema": -1},
        {"schema": True},
        {"schema": 1e9},
        {"counts": []},
        {"counts": {"Project": -1}},
        {"counts": {"Pro\nject": 1}},
        {"files": {}},
        {"files": {"../x": {"bytes": 1, "sha256": "0" * 64}}},
        {"files": {FILE: {"bytes": 1 << 60, "sha256": "0" * 64}}},
        {"files": {FILE: {"bytes": 1, "sha256": "0"}}},
        {"files": {FILE: None}},
    ],
)
def test_a_manifest_that_cannot_be_meant_is_refused(tmp_path: Path, other: dict[str, Any]) -> None:
    with pytest.raises(ManifestError, match=r"^its manifest "):
        Manifest.read(changed(tmp_path, **other))


@pytest.mark.parametrize("text", [b"", b"\xff", b"[]", b"1", b"[" * 100_000, b"NaN", b"null"])
def test_what_is_no_manifest_is_refused(text: bytes) -> None:
    with pytest.raises(ManifestError):
        Manifest.read(text)


def test_one_of_a_newer_format_says_so(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="it has format 2, this Hubnetz reads up to 1"):
        Manifest.read(changed(tmp_path, format=2, files={"graph.lbug": {}, "more": {}}))


def test_of_days_the_newest_stay_and_nothing_else_is_touched(tmp_path: Path) -> None:
    days = [rotation.path_of(tmp_path, date(2026, 11, day)) for day in range(20, 25)]
    others = [
        tmp_path / name
        for name in ("hubnetz-2026-11-19.tar", "hubnetz-alt.tar.gz", "notes", "x-hubnetz-2026-11-01.tar.gz")
    ]
    for path in (*days, *others):
        path.touch()
    (tmp_path / "hubnetz-2026-11-01.tar.gz").symlink_to(days[0])
    (tmp_path / "hubnetz-2026-11-02.tar.gz").mkdir()
    assert rotation.found(tmp_path) == days[::-1]
    assert rotation.prune(tmp_path, 2, days[4]) == [days[2], days[1], days[0]]
    assert rotation.found(tmp_path) == [days[4], days[3]]
    assert all(path.exists() for path in others)


def test_the_one_just_made_stays_whatever_the_clock_said_before(tmp_path: Path) -> None:
    future, today = (rotation.path_of(tmp_path, date(year, 11, 23)) for year in (2038, 2026))
    future.touch()
    today.touch()
    assert rotation.prune(tmp_path, 1, today) == [future]
    assert today.exists()


def test_an_archive_grows_beside_its_name_where_nobody_else_reads(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    with workroom(path) as room:
        assert room.parent == tmp_path
        assert room.stat().st_mode & 0o777 == 0o700
        (room / "made").write_bytes(b"1")
        publish(room / "made", path, overwrites=False)
    assert [one.name for one in tmp_path.iterdir()] == ["x.tar.gz"]


def test_what_is_there_is_overwritten_on_demand_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(b"old")
    with workroom(path) as room:
        (room / "made").write_bytes(b"new")
        with pytest.raises(BackupError, match="--force"):
            publish(room / "made", path, overwrites=False)
        assert path.read_bytes() == b"old"
        publish(room / "made", path, overwrites=True)
    assert path.read_bytes() == b"new"


def test_what_a_killed_run_left_is_taken_away_and_nobody_works_there_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    left = tmp_path / ".x.tar.gz.part"
    left.mkdir(mode=0o700)
    (left / "archive").write_bytes(b"half")
    (left / "more").mkdir()
    with workroom(path) as room:
        assert {one.name for one in room.iterdir()} == {"lock"}
        with pytest.raises(BackupError, match="at work"), workroom(path):
            pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_somebody_else_prepared_is_not_worked_in(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (elsewhere / "theirs").touch()
    (tmp_path / ".x.part").symlink_to(elsewhere)
    open_to_all = tmp_path / ".y.part"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    for name in ("x", "y"):
        with pytest.raises(BackupError, match="in the way"), workroom(tmp_path / name):
            pass
    assert (elsewhere / "theirs").exists()
