"""`hubnetz doctor` names what is wrong with an index, and `hubnetz reindex` mends it."""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio

from graph.backends.ladybug.store import LadybugGraphStore
from graph.port import GraphStore
from network.edge.health import HealthCheck
from network.jobs.checking import Finding, consistency
from search.indexer import Indexer
from search.meilisearch_client import MeilisearchClient
from search.meilisearch_index import MeilisearchSearchIndex
from search.port import SearchIndex
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import make_project
from tests.fixtures.meilisearch import MEILI_KEY, MEILI_URL, meilisearch
from tests.fixtures.search import build, everything
from tests.fixtures.units import write


@pytest_asyncio.fixture
async def graph(tmp_path: Path) -> AsyncIterator[GraphStore]:
    store = await LadybugGraphStore.open(tmp_path / "graph", buffer_mb=256)
    await store.apply_schema()
    await write(store, make_project("a"), make_project("b"))
    yield store
    await store.close()


async def wrong(graph: GraphStore, index: SearchIndex) -> list[Finding]:
    return [finding for finding in await consistency(graph, index) if finding.is_wrong]


async def is_named_and_mended(graph: GraphStore, index: SearchIndex, said: str, *, answers: bool = False) -> None:
    (finding, *_) = await wrong(graph, index)
    assert finding.name == "index"
    assert said in finding.text
    assert "run: hubnetz reindex" in finding.advice
    assert (await HealthCheck(graph, index).look()).status == ("ready" if answers else "degraded")
    await Indexer(graph, index, holder="test").full_rebuild()
    assert await wrong(graph, index) == []
    assert (await HealthCheck(graph, index).look()).status == "ready"
    assert await everything(index) == ["a", "b"]


async def test_an_index_that_was_never_built(graph: GraphStore, tmp_path: Path) -> None:
    index = await TantivySearchIndex.open(tmp_path / "index")
    await is_named_and_mended(graph, index, "not been built")
    await index.close()


async def test_files_that_were_damaged_before_the_start(graph: GraphStore, tmp_path: Path) -> None:
    index = await TantivySearchIndex.open(tmp_path / "index")
    await Indexer(graph, index, holder="test").catch_up()
    await index.close()
    for file in (tmp_path / "index").glob("*/*.store"):
        file.write_bytes(file.read_bytes()[::-1])
    again = await TantivySearchIndex.open(tmp_path / "index")
    await is_named_and_mended(graph, again, "damaged")
    await again.close()


async def test_files_that_were_removed_since(graph: GraphStore, tmp_path: Path) -> None:
    index = await TantivySearchIndex.open(tmp_path / "index")
    await Indexer(graph, index, holder="test").catch_up()
    current = json.loads((tmp_path / "index" / "current.json").read_text())
    shutil.rmtree(tmp_path / "index" / current["generation"])
    await is_named_and_mended(graph, index, "damaged or gone", answers=True)
    await index.close()


async def test_changes_that_wait_are_wrong_once_an_indexer_would_long_have_taken_them(
    graph: GraphStore, tmp_path: Path
) -> None:
    index = await TantivySearchIndex.open(tmp_path / "index")
    await Indexer(graph, index, holder="test").catch_up()
    await write(graph, make_project("a", title="Neu"))
    assert "pending" not in [finding.name for finding in await wrong(graph, index)]

    event = {"id": "Project:a", "at": "2026-01-01T00:00:00.000000Z"}
    await graph.transact(lambda transaction: transaction.put("OutboxEvent", [event]))
    (stalled,) = [finding for finding in await wrong(graph, index) if finding.name == "pending"]
    assert "the oldest since 2026-01-01" in stalled.text
    await index.close()


async def test_an_engine_that_is_away(graph: GraphStore) -> None:
    index = MeilisearchSearchIndex("http://127.0.0.1:1", "key")
    (finding,) = await wrong(graph, index)
    assert "cannot be reached" in finding.text
    assert "HUBNETZ_SEARCH_URL" in finding.advice
    await index.close()


@pytest.mark.skipif(not (MEILI_URL and MEILI_KEY), reason="needs MEILI_URL and MEILI_KEY")
@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("PATCH", "settings", {"pagination": {"maxTotalHits": 1}}, "settings"),
        ("DELETE", "documents", None, "emptied"),
        ("DELETE", "", None, "not been built"),
    ],
)
async def test_a_server_that_was_changed_by_hand(
    graph: GraphStore, method: Literal["PATCH", "DELETE"], path: str, body: object, said: str
) -> None:
    index = meilisearch(None)
    await build(index)
    await Indexer(graph, index, holder="test").catch_up()
    assert await wrong(graph, index) == []
    client = MeilisearchClient(MEILI_URL or "", MEILI_KEY or "")
    await client.run(method, f"/indexes/hubnetz_test/{path}".rstrip("/"), body)
    await client.close()
    await is_named_and_mended(graph, index, said)
    await index.close()
