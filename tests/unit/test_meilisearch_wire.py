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
from search.port import SearchSort
from search.stored import FINGERPRINT
from tests.fixtures.recording import has_nothing, question, recorded
from tests.fixtures.search import (
    NETWORK,
    build,
    everything,
    found,
    having,
    make_document,
    retrieve,
    scope,
)

# Of several answers to one question, those come first that have something.
EXCHANGES = sorted(recorded(FINGERPRINT), key=lambda exchange: has_nothing(exchange["response"]["body"]))
Answer = Callable[[httpx.Request], httpx.Response]


class Wire(httpx.MockTransport):
    """Answers as recorded, and refuses a request of a shape that no real server was asked.

    Args:
        task: What writing documents answers instead.
    """

    def __init__(self, task: dict[str, Any] | None = None) -> None:
        super().__init__(self._answer)
        self.sent: list[httpx.Request] = []
        self._task = task

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        if self._task is not None and request.method == "POST" and request.url.path.endswith("/documents"):
            return httpx.Response(202, json=self._task)
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
    await build(index, [make_document("a")])
    await index.put([make_document("a"), make_document("b", version=2)])
    await index.delete(["a"])
    await index.versions(limit=2)
    await index.versions(after="b")
    await index.apply_settings()
    await index.ping()
    await index.revision()
    await everything(index)
    await found(index, "zeitz", filters={"topics": ["natur"]}, excluded=["c"])
    await retrieve(index, (having("a"), having("b")), (having("c"),), limit=1)
    await index.browse(scope())
    await index.browse(scope(), sort=SearchSort.TITLE)
    await index.browse(
        scope(filters={"topics": ["natur"]}),
        sort=SearchSort.TITLE,
        facets=["topics", "size_class", "states", "year", "hub", "funding"],
    )
    await index.vocabulary(scope(), limit=9)
    await index.vocabulary(scope(NETWORK), limit=9)
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


FETCH = "/indexes/hubnetz_test/documents/fetch"


def test_no_text_is_searched_for_and_every_question_names_the_audience() -> None:
    asked = [query for body in bodies("/multi-search") for query in body["queries"]]
    retrieved = [body for body in bodies(FETCH) if "stamp" in body.get("fields", ())]
    assert asked
    assert retrieved
    for query in (*asked, *retrieved):
        filters = query["filter"] if isinstance(query["filter"], list) else [query["filter"]]
        assert filters[0].startswith("readers IN [")
        assert "q" not in query


def test_documents_are_chosen_by_id_and_stamp_alone() -> None:
    chosen = [body for body in bodies(FETCH) if "sort" in body and "lot:asc" in body["sort"]]
    assert chosen
    assert all(body["fields"] == ["id", "stamp"] for body in chosen)
    pages = [query for body in bodies("/multi-search") for query in body["queries"] if query["limit"]]
    assert all(query["attributesToRetrieve"] == ["id", "stamp"] for query in pages)


async def test_network_only_attributes_are_asked_for_by_the_network_alone() -> None:
    wire = Wire()
    index = server(wire)
    await everything(index)
    await found(index, "x", of="network_words")
    everybody = "".join(sent.read().decode() for sent in wire.sent)
    assert "network_" not in everybody
    wire.sent.clear()
    await everything(index, audiences=NETWORK)
    await found(index, "x", of="network_words", audiences=NETWORK)
    network = "".join(sent.read().decode() for sent in wire.sent)
    assert all(name in network for name in ('"network_notes"', '"network_reuse"', "network_words IN"))


@pytest.mark.parametrize(
    ("code", "error", "is_retryable"),
    [
        ("invalid_api_key", SearchUnavailableError, True),
        ("index_not_found", SearchUnavailableError, True),
        ("invalid_document_filter", SearchUnavailableError, True),
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
            await everything(answering(refusal["status"], refusal["body"]))
        assert raised.value.retryable is is_retryable
        assert "secret" not in str(raised.value)


async def test_a_recorded_failed_task_is_an_error() -> None:
    (failed,) = (
        exchange["response"]["body"]
        for exchange in EXCHANGES
        if (exchange["response"]["body"].get("error") or {}).get("code") == "invalid_document_id"
    )
    with pytest.raises(IndexingFailedError, match="invalid_document_id"):
        await server(Wire({**failed, "taskUid": 1})).put([make_document("a")])


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
        await server(Wire({"taskUid": 1, "uid": 1, **task})).put([make_document("a")])


@pytest.mark.parametrize("status", [200, 202, 404, 500, 502])
async def test_something_else_that_answers_there_is_named(status: int) -> None:
    with pytest.raises(SearchUnavailableError, match="no Meilisearch"):
        await everything(answering(status, text="<html>It works!</html>"))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_a_server_in_trouble_is_unavailable(status: int) -> None:
    with pytest.raises(SearchUnavailableError):
        await answering(status, {"message": "busy", "code": "too_many_search_requests"}).put([make_document("a")])


@pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
async def test_a_server_that_is_away_is_unavailable(failure: type[httpx.TransportError]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise failure("secret details", request=request)

    index = server(httpx.MockTransport(answer))
    for call in (everything(index), index.ping(), index.put([make_document("a")]), index.delete(["a"])):
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
        await everything(index)


@pytest.mark.parametrize(
    ("value", "expected"), [("a", '"a"'), ('a"b', '"a\\"b"'), ("a\\", '"a\\\\"'), ('\\"', '"\\\\\\""')]
)
def test_quoting(value: str, expected: str) -> None:
    assert quoted(value) == expected
