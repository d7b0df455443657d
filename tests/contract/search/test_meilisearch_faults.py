"""A server that is away, slow, or not as Hubnetz left it: an error that says what to do, never less of an answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio

from search.errors import IndexingFailedError, SearchUnavailableError
from search.meilisearch_client import MeilisearchClient, Method
from search.meilisearch_index import MeilisearchSearchIndex
from search.meilisearch_settings import SETTINGS
from search.port import SearchIndex
from search.stored import MARKER
from tests.fixtures.meilisearch import MEILI_KEY, MEILI_URL, meilisearch
from tests.fixtures.recording import Recording
from tests.fixtures.search import build, everything, make_document, scope

needs_meilisearch = pytest.mark.skipif(not (MEILI_URL and MEILI_KEY), reason="needs MEILI_URL and MEILI_KEY")
NAME = "hubnetz_test"
DOCUMENTS = [make_document(name, "Wald", topics=["x", name]) for name in "abc"]


@pytest_asyncio.fixture
async def used(recording: Recording | None) -> AsyncIterator[MeilisearchSearchIndex]:
    """An index that was built, and has answered."""
    index = meilisearch(recording)
    await build(index, DOCUMENTS)
    assert await everything(index) == ["a", "b", "c"]
    yield index
    await index.close()


async def by_hand(method: Method, path: str, body: object = None) -> None:
    client = MeilisearchClient(MEILI_URL or "", MEILI_KEY or "")
    await client.run(method, path, body)
    await client.close()


async def refuses(index: SearchIndex, match: str) -> None:
    """Nothing is answered, and the message says what helps."""
    for call in (
        everything(index),
        index.browse(scope(), facets=["topics"]),
        index.vocabulary(scope(), limit=9),
        index.revision(),
        index.versions(),
        index.put(DOCUMENTS),
        index.delete(["a"]),
    ):
        with pytest.raises(SearchUnavailableError, match=match):
            await call


async def recovers(index: SearchIndex) -> None:
    assert await index.apply_settings() is True
    await build(index, DOCUMENTS)
    assert await index.apply_settings() is False
    assert await everything(index) == ["a", "b", "c"]
    assert await index.versions() == [("a", 0), ("b", 0), ("c", 0)]


CHANGES: tuple[dict[str, Any], ...] = (
    {"filterableAttributes": ["id"]},
    {"filterableAttributes": [{"attributePatterns": ["*"]}]},
    {"pagination": {"maxTotalHits": 1}},
    {"faceting": {"maxValuesPerFacet": 1}},
    {"displayedAttributes": ["id", "stamp"]},
    {"distinctAttribute": "status"},
    {"rankingRules": ["words"]},
    {"sortableAttributes": []},
    {"searchCutoffMs": 1},
)


@needs_meilisearch
async def test_settings_changed_by_hand_are_noticed_by_the_next_call(used: MeilisearchSearchIndex) -> None:
    for change in CHANGES:
        await by_hand("PATCH", f"/indexes/{NAME}/settings", change)
        await refuses(used, "settings.*run: hubnetz reindex")
        assert await used.apply_settings() is True
        # Put right by hand, it is as it was.
        await by_hand("PATCH", f"/indexes/{NAME}/settings", SETTINGS)
        assert await everything(used) == ["a", "b", "c"], change
    await by_hand("PATCH", f"/indexes/{NAME}/settings", CHANGES[0])
    await recovers(used)


@needs_meilisearch
@pytest.mark.parametrize("path", ["documents", f"documents/{MARKER}"])
async def test_an_index_emptied_by_hand_is_no_empty_answer(used: MeilisearchSearchIndex, path: str) -> None:
    await by_hand("DELETE", f"/indexes/{NAME}/{path}")
    await refuses(used, "emptied.*run: hubnetz reindex")
    await recovers(used)


@needs_meilisearch
async def test_an_index_of_another_version_asks_for_a_rebuild(used: MeilisearchSearchIndex) -> None:
    await by_hand("POST", f"/indexes/{NAME}/documents", [{"id": MARKER, "built_with": "another"}])
    await refuses(used, "another version.*run: hubnetz reindex")
    await recovers(used)


@needs_meilisearch
async def test_an_index_removed_by_hand_is_no_empty_answer(used: MeilisearchSearchIndex) -> None:
    await by_hand("DELETE", f"/indexes/{NAME}")
    await refuses(used, "not been built.*run: hubnetz reindex")
    await recovers(used)


@needs_meilisearch
async def test_a_first_build_that_was_cut_off_is_no_empty_answer(used: MeilisearchSearchIndex) -> None:
    await by_hand("DELETE", f"/indexes/{NAME}")
    rebuild = await used.begin_rebuild()
    await rebuild.put(DOCUMENTS)
    await refuses(used, "not been built")
    # Somebody helps himself: it has no mark, since it was not written to the end.
    await by_hand("POST", "/swap-indexes", [{"indexes": [f"{NAME}_next", NAME], "rename": True}])
    await refuses(used, "not built to the end.*run: hubnetz reindex")
    await recovers(used)


@needs_meilisearch
async def test_an_index_of_somebody_else_is_neither_answered_from_nor_replaced(used: MeilisearchSearchIndex) -> None:
    await by_hand("DELETE", f"/indexes/{NAME}")
    await by_hand("POST", f"/indexes/{NAME}/documents", [{"id": "film", "title": "Metropolis"}])
    await refuses(used, "settings")
    assert await used.apply_settings() is True
    with pytest.raises(SearchUnavailableError, match="something else than Hubnetz's documents"):
        await used.begin_rebuild()
    client = MeilisearchClient(MEILI_URL or "", MEILI_KEY or "")
    assert (await client.call("GET", f"/indexes/{NAME}/documents"))["total"] == 1
    await client.close()
    await by_hand("DELETE", f"/indexes/{NAME}")
    await recovers(used)


@needs_meilisearch
async def test_another_process_may_build_anew(used: MeilisearchSearchIndex) -> None:
    other = meilisearch(None)
    await build(other, [make_document("d")])
    await other.close()
    assert await everything(used) == ["d"]


@needs_meilisearch
async def test_a_wrong_key_is_named(used: MeilisearchSearchIndex, recording: Recording | None) -> None:
    index = meilisearch(recording, key="wrong")
    await refuses(index, "HUBNETZ_SEARCH_KEY")
    for call in (index.ping(), index.apply_settings(), index.begin_rebuild()):
        with pytest.raises(SearchUnavailableError, match="HUBNETZ_SEARCH_KEY"):
            await call
    await index.close()


@needs_meilisearch
async def test_a_failed_task_is_an_error(used: MeilisearchSearchIndex) -> None:
    with pytest.raises(IndexingFailedError, match="invalid_document_id"):
        await used.put([make_document("d"), make_document("no id of ours!")])
    assert await everything(used) == ["a", "b", "c"]


class Between(httpx.AsyncHTTPTransport):
    """Lets something happen between the two questions of one retrieval: which documents, and what is in them."""

    def __init__(self, happens: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._happens: Callable[[], Awaitable[None]] | None = happens

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        reads = b'"ids":[' in request.content and MARKER.encode() not in request.content
        if self._happens is not None and reads:
            happens, self._happens = self._happens, None
            await happens()
        return await super().handle_async_request(request)


@needs_meilisearch
async def test_a_document_narrowed_meanwhile_is_not_handed_out(used: MeilisearchSearchIndex) -> None:
    narrowed = make_document("a", "Wald", readers=("network",))
    transport = Between(lambda: used.put([narrowed]))
    index = MeilisearchSearchIndex(MEILI_URL or "", MEILI_KEY or "", name=NAME, transport=transport)
    assert await everything(index) == ["b", "c"]
    assert await index.versions() == [("a", 0), ("b", 0), ("c", 0)]
    await index.close()


# Without a server of Meilisearch


async def test_a_closed_port_is_named() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    index = MeilisearchSearchIndex(f"http://127.0.0.1:{port}", "key")
    await refuses(index, "cannot be reached.*HUBNETZ_SEARCH_URL")
    for call in (index.ping(), index.apply_settings(), index.begin_rebuild()):
        with pytest.raises(SearchUnavailableError, match="cannot be reached"):
            await call
    await index.close()


@asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    """Takes every request, and never answers."""
    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)
        await server.wait_closed()


async def test_a_server_that_does_not_answer_is_given_up() -> None:
    async with silent_server() as url:
        index = MeilisearchSearchIndex(url, "key")
        for call in (
            index.retrieve([()], scope(), timeout_s=0.05),
            index.browse(scope(), timeout_s=0.05),
            index.vocabulary(scope(), limit=9, timeout_s=0.05),
            index.revision(timeout_s=0.05),
        ):
            with pytest.raises(SearchUnavailableError, match="did not answer"):
                await call
        await index.close()
