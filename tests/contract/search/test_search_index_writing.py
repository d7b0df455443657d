"""Writing, rebuilding, and what only one backend can do wrong."""

import asyncio
import sys
from pathlib import Path

import pytest

from search.errors import IndexingFailedError, SearchUnavailableError
from search.port import SearchIndex, SearchRequest
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.meilisearch import MEILI_KEY, MEILI_URL, meilisearch
from tests.fixtures.recording import Recording
from tests.fixtures.search import EVERYBODY, build_empty, find, ids, make_document


async def test_a_document_replaces_its_predecessor(index: SearchIndex) -> None:
    await index.put([make_document("a", "Alt", topics=["x"]), make_document("b", "Bleibt")])
    await index.put([make_document("a", "Neu", version=7)])
    assert await ids(index, "alt ") == []
    assert await ids(index, "neu") == ["a"]
    assert await ids(index, "", filters={"topics": ["x"]}) == []
    assert await index.versions() == [("a", 7), ("b", 0)]


async def test_deleting_twice_and_nothing_is_harmless(index: SearchIndex) -> None:
    await index.put([make_document("a"), make_document("b")])
    for _ in range(2):
        await index.delete(["a", "never"])
    await index.delete([])
    await index.put([])
    assert await ids(index, "") == ["b"]


async def test_empty_and_hostile_documents_are_indexed(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("none", " ", title_sort="", updated_at=None),
            make_document("long", writeup="wort " * 20_000 + "y" * 70_000 + " " + "z\x00" * 100 + " ende"),
            make_document("script", '<script>alert("x")</script> \\ \x00 🙂', summary='"{[('),
        ]
    )
    assert await ids(index, "") == ["long", "none", "script"]
    assert await ids(index, "ende") == ["long"]
    assert await ids(index, "alert") == ["script"]


async def test_versions_are_paged_by_id(index: SearchIndex) -> None:
    await index.put([make_document(name, version=number) for number, name in enumerate("dbca")])
    assert await index.versions(limit=2) == [("a", 3), ("b", 1)]
    assert await index.versions(after="b", limit=2) == [("c", 2), ("d", 0)]
    assert await index.versions(after="d") == []
    assert await index.versions(after='"') == [("a", 3), ("b", 1), ("c", 2), ("d", 0)]


# Rebuilding


async def test_a_rebuild_serves_only_after_the_swap(index: SearchIndex) -> None:
    await index.put([make_document("old")])
    rebuild = await index.begin_rebuild()
    await rebuild.put([make_document("new")])
    await index.put([make_document("meanwhile")])
    assert await ids(index, "") == ["meanwhile", "old"]
    await rebuild.swap()
    assert await ids(index, "") == ["new"]
    assert await index.apply_settings() is False


async def test_a_discarded_and_a_forgotten_rebuild_leave_nothing(index: SearchIndex) -> None:
    await index.put([make_document("old")])
    discarded = await index.begin_rebuild()
    await discarded.put([make_document("never")])
    await discarded.discard()
    forgotten = await index.begin_rebuild()
    await forgotten.put([make_document("forgotten")])
    rebuild = await index.begin_rebuild()
    await rebuild.put([make_document("new")])
    await rebuild.swap()
    assert await ids(index, "") == ["new"]


async def test_it_answers_pings(built_index: SearchIndex) -> None:
    assert 0 <= await built_index.ping() < 2


async def test_no_time_is_no_answer(parking: SearchIndex) -> None:
    with pytest.raises(SearchUnavailableError):
        await parking.search(SearchRequest("zeitz", EVERYBODY), timeout_s=0.0)


# What only one backend can do wrong


async def test_a_new_index_says_that_it_has_to_be_built(tmp_path: Path) -> None:
    index = await TantivySearchIndex.open(tmp_path)
    assert await index.apply_settings() is True
    with pytest.raises(SearchUnavailableError, match="not been built"):
        await find(index, "zeitz")
    with pytest.raises(SearchUnavailableError, match="not been built"):
        await index.put([make_document("a")])
    await index.close()
    with pytest.raises(SearchUnavailableError, match="closed"):
        await find(index, "zeitz")


async def test_documents_survive_closing(tmp_path: Path) -> None:
    index = await TantivySearchIndex.open(tmp_path)
    await build_empty(index)
    await index.put([make_document("a")])
    await index.close()
    await index.close()
    again = await TantivySearchIndex.open(tmp_path)
    assert await again.apply_settings() is False
    assert await ids(again, "") == ["a"]
    await again.close()


async def test_a_second_process_is_refused_at_once(tmp_path: Path) -> None:
    index = await TantivySearchIndex.open(tmp_path)
    opening = (
        "import asyncio, pathlib, sys\n"
        "from search.tantivy_index import TantivySearchIndex\n"
        "asyncio.run(TantivySearchIndex.open(pathlib.Path(sys.argv[1])))\n"
    )
    second = await asyncio.create_subprocess_exec(
        sys.executable, "-c", opening, str(tmp_path), stderr=asyncio.subprocess.PIPE
    )
    _, said = await second.communicate()
    assert b"SearchUnavailableError" in said
    with pytest.raises(SearchUnavailableError, match="open elsewhere"):
        await TantivySearchIndex.open(tmp_path)
    await index.close()
    await (await TantivySearchIndex.open(tmp_path)).close()


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"generation": "../..", "settings": "x"}'])
async def test_a_damaged_pointer_asks_for_a_rebuild(tmp_path: Path, damage: str) -> None:
    index = await TantivySearchIndex.open(tmp_path)
    await build_empty(index)
    await index.close()
    (tmp_path / "current.json").write_text(damage)
    again = await TantivySearchIndex.open(tmp_path)
    assert await again.apply_settings() is True
    await build_empty(again)
    assert await ids(again, "") == []
    await again.close()


needs_meilisearch = pytest.mark.skipif(not (MEILI_URL and MEILI_KEY), reason="needs MEILI_URL and MEILI_KEY")


@needs_meilisearch
async def test_a_wrong_key_is_named(recording: Recording | None) -> None:
    index = meilisearch(recording, key="wrong")
    for call in (find(index, "zeitz"), index.ping(), index.put([make_document("a")]), index.apply_settings()):
        with pytest.raises(SearchUnavailableError, match="HUBNETZ_SEARCH_KEY"):
            await call
    await index.close()


@needs_meilisearch
async def test_an_absent_index_is_no_empty_answer(recording: Recording | None) -> None:
    index = meilisearch(recording, name="hubnetz_absent")
    for call in (find(index, "zeitz"), index.put([make_document("a")]), index.delete(["a"]), index.versions()):
        with pytest.raises(SearchUnavailableError, match="not been built"):
            await call
    assert await index.apply_settings() is True
    await index.close()


@needs_meilisearch
async def test_a_failed_task_is_an_error(recording: Recording | None) -> None:
    index = meilisearch(recording)
    await build_empty(index)
    with pytest.raises(IndexingFailedError, match="invalid_document_id"):
        await index.put([make_document("no id of ours!")])
    assert await index.versions() == []
    await index.close()


@needs_meilisearch
async def test_settings_changed_by_hand_ask_for_a_rebuild(recording: Recording | None) -> None:
    index = meilisearch(recording)
    await build_empty(index)
    await index._client.run("PUT", "/indexes/hubnetz_test/settings/filterable-attributes", ["id"])
    assert await index.apply_settings() is True
    with pytest.raises(SearchUnavailableError, match="another version"):
        await find(index, "", filters={"topics": ["x"]})
    await build_empty(index)
    assert await index.apply_settings() is False
    await index.close()
