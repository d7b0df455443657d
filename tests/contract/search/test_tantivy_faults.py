"""Files that are damaged, gone, or that the disk has no room for: an error that says what to do, never less of an answer."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from search.errors import SearchUnavailableError
from search.port import SearchIndex
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.search import build, everything, found, make_document, scope

DOCUMENTS = [make_document(name, "Wald") for name in "abc"]


@pytest_asyncio.fixture
async def folder(tmp_path: Path) -> Path:
    """Of an index that was built, and closed."""
    index = await TantivySearchIndex.open(tmp_path)
    await build(index, DOCUMENTS[:2])
    await index.put(DOCUMENTS[2:])
    await index.delete(["b"])
    await index.close()
    return tmp_path


@pytest_asyncio.fixture
async def opened(folder: Path) -> AsyncIterator[TantivySearchIndex]:
    index = await TantivySearchIndex.open(folder)
    yield index
    await index.close()


def generation(folder: Path) -> Path:
    return folder / str(json.loads((folder / "current.json").read_text())["generation"])


def folders(folder: Path) -> list[Path]:
    return [child for child in folder.iterdir() if child.is_dir()]


async def refuses(index: SearchIndex, match: str) -> None:
    """Nothing is answered, and the message says what helps."""
    for call in (
        everything(index),
        index.browse(scope()),
        index.vocabulary(scope(), limit=9),
        index.revision(),
        index.versions(),
        index.put(DOCUMENTS),
        index.delete(["a"]),
    ):
        with pytest.raises(SearchUnavailableError, match=f"{match}.*run: hubnetz reindex"):
            await call
    assert await index.apply_settings() is True


async def recovers(index: SearchIndex) -> None:
    await build(index, DOCUMENTS)
    assert await index.apply_settings() is False
    assert await everything(index) == ["a", "b", "c"]


async def test_a_new_index_says_that_it_has_to_be_built(tmp_path: Path) -> None:
    index = await TantivySearchIndex.open(tmp_path)
    await refuses(index, "not been built")
    await recovers(index)
    await index.close()
    for call in (everything(index), index.ping(), index.apply_settings(), index.versions()):
        with pytest.raises(SearchUnavailableError, match="closed"):
            await call


async def test_documents_survive_closing(folder: Path) -> None:
    index = await TantivySearchIndex.open(folder)
    assert await index.apply_settings() is False
    assert await everything(index) == ["a", "c"]
    await index.close()
    await index.close()


async def test_a_second_process_is_refused_at_once(opened: TantivySearchIndex, folder: Path) -> None:
    opening = (
        "import asyncio, pathlib, sys\n"
        "from search.tantivy_index import TantivySearchIndex\n"
        "asyncio.run(TantivySearchIndex.open(pathlib.Path(sys.argv[1])))\n"
    )
    second = await asyncio.create_subprocess_exec(
        sys.executable, "-c", opening, str(folder), stderr=asyncio.subprocess.PIPE
    )
    _, said = await second.communicate()
    assert b"SearchUnavailableError" in said
    with pytest.raises(SearchUnavailableError, match="open elsewhere"):
        await TantivySearchIndex.open(folder)
    assert await everything(opened) == ["a", "c"]


@pytest.mark.parametrize(
    "damage", [None, "", "{", "[]", '{"generation": "../..", "settings": "x"}', '{"generation": 1}']
)
async def test_a_damaged_pointer_asks_for_a_rebuild(folder: Path, damage: str | None) -> None:
    if damage is None:
        (folder / "current.json").unlink()
    else:
        (folder / "current.json").write_text(damage)
    index = await TantivySearchIndex.open(folder)
    await refuses(index, "not been built")
    await recovers(index)
    await index.close()


async def test_an_index_of_another_version_asks_for_a_rebuild(folder: Path) -> None:
    current = json.loads((folder / "current.json").read_text())
    (folder / "current.json").write_text(json.dumps({**current, "settings": "of another version"}))
    index = await TantivySearchIndex.open(folder)
    await refuses(index, "another version")
    await recovers(index)
    await index.close()


def _remove(file: Path) -> None:
    file.unlink()


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-30])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _change(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 4] ^= 0xFF
    file.write_bytes(content)


@pytest.mark.parametrize("damage", [_remove, _cut, _empty, _change])
@pytest.mark.parametrize("kind", ["store", "fast", "term", "idx", "del"])
async def test_damaged_files_ask_for_a_rebuild(folder: Path, kind: str, damage: Callable[[Path], None]) -> None:
    for file in generation(folder).glob(f"*.{kind}"):
        damage(file)
    index = await TantivySearchIndex.open(folder)
    await refuses(index, "damaged")
    await recovers(index)
    await index.close()


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"segments": [{}]}', '{"segments": [{"segment_id": "../x"}]}'])
async def test_a_damaged_list_of_files_asks_for_a_rebuild(folder: Path, text: str | None) -> None:
    listed = generation(folder) / "meta.json"
    if text is None:
        listed.unlink()
    else:
        listed.write_text(text)
    index = await TantivySearchIndex.open(folder)
    await refuses(index, "damaged")
    await recovers(index)
    await index.close()


async def test_an_index_without_its_documents_asks_for_a_rebuild(folder: Path) -> None:
    listed = generation(folder) / "meta.json"
    listed.write_text(json.dumps({**json.loads(listed.read_text()), "segments": []}))
    index = await TantivySearchIndex.open(folder)
    await refuses(index, "lost documents")
    await recovers(index)
    await index.close()


async def test_a_rebuild_that_was_cut_off_leaves_what_serves(folder: Path) -> None:
    index = await TantivySearchIndex.open(folder)
    rebuild = await index.begin_rebuild()
    await rebuild.put([make_document("new")])
    await index.close()
    again = await TantivySearchIndex.open(folder)
    assert await everything(again) == ["a", "c"]
    assert folders(folder) == [generation(folder)]
    await again.close()


@pytest.mark.parametrize("is_whole_folder", [False, True])
async def test_files_removed_while_it_serves(
    folder: Path, opened: TantivySearchIndex, *, is_whole_folder: bool
) -> None:
    shutil.rmtree(folder if is_whole_folder else generation(folder))
    # What is open can be read on.
    assert await found(opened, "wald") == ["a", "c"]
    for _ in range(2):
        with pytest.raises(SearchUnavailableError, match="cannot be written"):
            await opened.put([make_document("d")])
    assert await everything(opened) == ["a", "c"]
    assert await opened.apply_settings() is True
    await recovers(opened)
    await opened.put([make_document("d")])
    assert await everything(opened) == ["a", "b", "c", "d"]


async def test_files_changed_while_it_serves_are_noticed(folder: Path, opened: TantivySearchIndex) -> None:
    for file in generation(folder).glob("*.store"):
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content[:-1])
    assert await opened.apply_settings() is True
    await recovers(opened)


FULL_DISK = """
import asyncio, pathlib, resource, sys
from search.errors import SearchUnavailableError
from search.port import SearchDocument
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.search import everything

def document(number, size):
    text = " ".join(f"wort{number}x{place}" for place in range(size))
    return SearchDocument(f"p{number}", 0, {"writeup": text, "words": text.split(), "readers": ["public"]})

async def main():
    index = await TantivySearchIndex.open(pathlib.Path(sys.argv[1]))
    before = await everything(index)
    # Files beyond this size cannot be written: as on a full disk, an error of the operating system.
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
    for _ in range(2):
        try:
            await index.put([document(number, 5_000) for number in range(20)])
        except SearchUnavailableError as exc:
            assert "has space" in str(exc), exc
        else:
            raise AssertionError("written all the same")
        assert await everything(index) == before
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await index.put([document(1, 5)])
    assert await everything(index) == [*before, "p1"]
    assert await index.apply_settings() is False
    await index.close()

asyncio.run(main())
"""


async def test_a_full_disk_is_no_fault_of_the_documents(folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FULL_DISK, str(folder), stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    index = await TantivySearchIndex.open(folder)
    assert await everything(index) == ["a", "c", "p1"]
    await index.close()
