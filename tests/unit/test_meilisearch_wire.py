"""What goes over the wire to Meilisearch, pinned by recordings of the contract suite; how its errors become ours.

Recordings pin the shape of requests and the mapping of errors, never what a search finds. To record anew, with a real
server: `MEILI_URL=… MEILI_KEY=… make record` (tests/contract/search).
"""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from search.errors import IndexingFailedError, SearchError, SearchUnavailableError
from search.meilisearch_client import quoted
from search.meilisearch_index import MeilisearchSearchIndex
from search.port import SearchRequest, SearchSort
from tests.fixtures.recording import question, recorded
from tests.fixtures.search import EVERYBODY, MEMBER, build_empty, find, make_document

EXCHANGES = recorded()
PUBLIC_ATTRIBUTES = [
    *("title", "title_stems", "names", "names_stems", "summary", "summary_stems"),
    *("writeup", "writeup_stems", "notes", "notes_stems"),
]
Answer = Callable[[httpx.Request], httpx.Response]


class Wire(httpx.MockTransport):
    """Answers as recorded, and refuses a request of a shape that no real server was asked."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.sent: list[httpx.Request] = []

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        for exchange in EXCHANGES:
            response = exchange["response"]
            is_unfinished = exchange["request"]["path"] == "/tasks/N" and response["body"]["status"] != "succeeded"
            if exchange["shape"] == question(request) and response["status"] < 300 and not is_unfinished:
                return httpx.Response(response["status"], json=response["body"])
        raise AssertionError(f"no recording has the shape of {question(request)}")


def server(answer: httpx.AsyncBaseTransport) -> MeilisearchSearchIndex:
    return MeilisearchSearchIndex("http://search.example", "secret", name="hubnetz_test", transport=answer)


def answering(status: int, body: object = None, *, text: str | None = None) -> MeilisearchSearchIndex:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json=body) if text is None else httpx.Response(status, text=text)

    return server(httpx.MockTransport(answer))


async def test_every_request_has_a_shape_that_a_real_server_answered() -> None:
    wire = Wire()
    index = server(wire)
    await build_empty(index)
    await index.put([make_document("a"), make_document("b", version=2)])
    await index.delete(["a"])
    await index.versions(limit=2)
    await index.versions(after="b")
    await index.apply_settings()
    await index.ping()
    await index.suggest("park", audiences=EVERYBODY)
    await find(index, "")
    await find(index, "zeitz")
    await find(index, "", sort=SearchSort.TITLE)
    await find(index, "", filters={"topics": ["natur"]}, facets=["topics", "size_class", "states", "year", "hub"])
    await find(index, "zeitz suche", facets=["topics"])
    assert {request.headers["authorization"] for request in wire.sent} == {"Bearer secret"}
    assert {request.headers["accept-encoding"] for request in wire.sent} == {"identity"}


def bodies(path: str) -> list[Any]:
    return [exchange["request"]["body"] for exchange in EXCHANGES if exchange["request"]["path"] == path]


def test_recordings_hold_the_whole_suite() -> None:
    paths = {exchange["request"]["path"] for exchange in EXCHANGES}
    assert {"/multi-search", "/tasks/N", "/swap-indexes", "/indexes/hubnetz_test/documents"} <= paths
    text = str(EXCHANGES)
    assert "127.0.0.1" not in text
    assert "Bearer" not in text


def test_searches_ask_for_ids_alone_and_name_the_audience() -> None:
    queries = [query for body in bodies("/multi-search") for query in body["queries"]]
    assert queries
    for query in queries:
        assert query["attributesToRetrieve"] == ["id"]
        assert query["showRankingScore"] is True
        filters = query["filter"] if isinstance(query["filter"], list) else [query["filter"]]
        assert filters[0].startswith("readers IN [")


def test_answers_hold_no_text() -> None:
    results = [
        result
        for exchange in EXCHANGES
        if exchange["request"]["path"] == "/multi-search" and exchange["response"]["status"] == 200
        for result in exchange["response"]["body"]["results"]
    ]
    assert any(result["hits"] for result in results)
    assert all(hit.keys() == {"id", "_rankingScore"} for result in results for hit in result["hits"])


async def test_network_only_attributes_are_searched_for_the_network_alone() -> None:
    wire = Wire()
    index = server(wire)
    await index.search(SearchRequest("zeitz", EVERYBODY))
    await index.search(SearchRequest("zeitz", MEMBER))
    public, member = (sent.read().decode() for sent in wire.sent)
    assert "network_notes" not in public
    assert '"network_notes"' in member
    assert all(f'"{name}"' in public for name in PUBLIC_ATTRIBUTES)


@pytest.mark.parametrize(
    ("code", "error", "is_retryable"),
    [
        ("invalid_api_key", SearchUnavailableError, True),
        ("index_not_found", SearchUnavailableError, True),
        ("invalid_search_filter", SearchUnavailableError, True),
    ],
)
async def test_recorded_refusals_are_errors_of_ours(code: str, error: type[SearchError], is_retryable: bool) -> None:
    refusals = [
        exchange["response"]
        for exchange in EXCHANGES
        if exchange["response"]["status"] >= 400 and exchange["response"]["body"]["code"] == code
    ]
    assert refusals, f"no recording of {code}"
    for refusal in refusals:
        with pytest.raises(error) as raised:
            await find(answering(refusal["status"], refusal["body"]), "zeitz")
        assert raised.value.retryable is is_retryable
        assert "secret" not in str(raised.value)


async def test_a_recorded_failed_task_is_an_error() -> None:
    (failed,) = (
        exchange["response"]["body"]
        for exchange in EXCHANGES
        if (exchange["response"]["body"].get("error") or {}).get("code") == "invalid_document_id"
    )
    with pytest.raises(IndexingFailedError, match="invalid_document_id"):
        await answering(202, {**failed, "taskUid": 1}).put([make_document("a")])


@pytest.mark.parametrize(
    ("task", "error"),
    [
        ({"status": "canceled"}, SearchUnavailableError),
        ({"status": "failed", "error": {"code": "no_space_left_on_device", "type": "system"}}, SearchUnavailableError),
        ({"status": "failed", "error": {"code": "internal", "type": "internal"}}, SearchUnavailableError),
        ({"status": "failed", "error": {"code": "index_not_found", "type": "invalid_request"}}, SearchUnavailableError),
        ({"status": "failed", "error": {"code": "invalid_document_fields"}}, IndexingFailedError),
    ],
)
async def test_tasks_that_fail(task: dict[str, object], error: type[SearchError]) -> None:
    with pytest.raises(error):
        await answering(202, {"taskUid": 1, "uid": 1, **task}).put([make_document("a")])


@pytest.mark.parametrize("status", [200, 202, 404, 500, 502])
async def test_something_else_that_answers_there_is_named(status: int) -> None:
    with pytest.raises(SearchUnavailableError, match="no Meilisearch"):
        await find(answering(status, text="<html>It works!</html>"), "zeitz")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_a_server_in_trouble_is_unavailable(status: int) -> None:
    with pytest.raises(SearchUnavailableError):
        await answering(status, {"message": "busy", "code": "too_many_search_requests"}).put([make_document("a")])


@pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
async def test_a_server_that_is_away_is_unavailable(failure: type[httpx.TransportError]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise failure("secret details", request=request)

    index = server(httpx.MockTransport(answer))
    for call in (find(index, "zeitz"), index.ping(), index.put([make_document("a")]), index.delete(["a"])):
        with pytest.raises(SearchUnavailableError, match="cannot be reached"):
            await call


@pytest.mark.parametrize("url", ["http://[", "ftp://search.example", "search.example", "http://\x00"])
async def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(SearchUnavailableError):
        await MeilisearchSearchIndex(url, "key").ping()


async def test_a_closed_index_says_so() -> None:
    index = server(Wire())
    await index.close()
    with pytest.raises(SearchUnavailableError, match="closed"):
        await find(index, "zeitz")


@pytest.mark.parametrize(
    ("value", "expected"), [("a", '"a"'), ('a"b', '"a\\"b"'), ("a\\", '"a\\\\"'), ('\\"', '"\\\\\\""')]
)
def test_quoting(value: str, expected: str) -> None:
    assert quoted(value) == expected
