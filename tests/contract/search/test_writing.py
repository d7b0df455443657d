"""Writing and rebuilding, alone and beside searches."""

import asyncio

from search.port import SearchIndex
from tests.fixtures.search import build, everything, found, make_document, scope


async def test_a_document_replaces_its_predecessor(index: SearchIndex) -> None:
    await index.put([make_document("a", "Alt", topics=["x"]), make_document("b", "Bleibt")])
    await index.put([make_document("a", "Neu", version=7)])
    assert await found(index, "alt") == []
    assert await found(index, "neu") == ["a"]
    assert await everything(index, filters={"topics": ["x"]}) == []
    assert await index.versions() == [("a", 7), ("b", 0)]


async def test_of_one_document_twice_the_last_counts(index: SearchIndex) -> None:
    await index.put([make_document("a", "Erst"), make_document("a", "Dann", version=3)])
    assert await index.versions() == [("a", 3)]
    assert (await index.vocabulary(scope(), limit=9)).words == {"dann": 1}


async def test_deleting_twice_and_nothing_is_harmless(index: SearchIndex) -> None:
    await index.put([make_document("a"), make_document("b")])
    for _ in range(2):
        await index.delete(["a", "never"])
    await index.delete([])
    await index.put([])
    assert await everything(index) == ["b"]


async def test_empty_and_hostile_documents_are_indexed(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("none", " ", title_sort="", updated_at=None),
            make_document("long", writeup="wort " * 20_000 + "y" * 70_000 + " " + "z\x00" * 100 + " ende"),
            make_document("script", '<script>alert("x")</script> \\ \x00 🙂', summary='"{[('),
        ]
    )
    assert await everything(index) == ["long", "none", "script"]
    assert await found(index, "ende") == ["long"]
    assert await found(index, "alert") == ["script"]


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
    assert await everything(index) == ["meanwhile", "old"]
    await rebuild.swap()
    assert await everything(index) == ["new"]
    assert await index.versions() == [("new", 0)]
    assert await index.apply_settings() is False


async def test_a_discarded_and_a_forgotten_rebuild_leave_nothing(index: SearchIndex) -> None:
    await index.put([make_document("old")])
    discarded = await index.begin_rebuild()
    await discarded.put([make_document("never")])
    await discarded.discard()
    forgotten = await index.begin_rebuild()
    await forgotten.put([make_document("forgotten")])
    assert await index.apply_settings() is False
    assert await everything(index) == ["old"]
    await build(index, [make_document("new")])
    assert await everything(index) == ["new"]


async def test_searches_beside_writes_and_a_swap_are_never_empty(index: SearchIndex) -> None:
    documents = [make_document(f"p{number}", "Wald") for number in range(20)]
    await index.put(documents)
    is_writing = True

    async def search() -> set[int]:
        seen = set()
        while is_writing:
            seen.add(len(await found(index, "wald")))
            seen.add((await index.vocabulary(scope(), limit=9)).words["wald"])
            seen.add((await index.browse(scope())).total)
        return seen

    searches = [asyncio.create_task(search()) for _ in range(4)]
    for _ in range(2):
        await index.put(documents)
        await build(index, documents)
    is_writing = False
    assert set().union(*await asyncio.gather(*searches)) == {20}


async def test_it_answers_pings(built_index: SearchIndex) -> None:
    assert 0 <= await built_index.ping() < 2
