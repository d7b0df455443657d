"""Hostile and odd texts, and engines that fail: an answer or a coded error, over GraphQL and on the command line."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph.backends.ladybug.store import LadybugGraphStore
from network.app import Role, create_app
from network.configuration.settings import load
from network.jobs import registry
from network.jobs.job import FAILURE, MISUSE, Workplace
from network.ports import Ports
from search.errors import SearchUnavailableError
from search.finder import SearchRequest
from search.indexer import Indexer
from search.service import SearchService
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.outputs import Said
from tests.fixtures.search import EVERYBODY
from tests.network.plain import client

ASK = """
query ($query: String!, $filter: SearchFilter, $after: String) {
  search(query: $query, filter: $filter, after: $after, explain: true) {
    totalCount didYouMean missingWords
    edges { node { slug } title { html } snippets { html } explanation { label words { found } } }
    facets { name values { value } }
    relaxed { edges { node { slug } } topics { slug } need { title } catalogues { url } }
  }
}
"""
FINDS_NOTHING = [
    *(
        "?!…—„“",
        '"',
        "\\",
        "()[]{}",
        "* ? ~",
        "*",
        "%" * 500,
        "🚲🅿️👩‍👩‍👧",
        "\u202e\u2066",
        "\u0301\u0301",
        "\x07\x1b",
        "\ufeff",
    ),
]
ODD = [
    *('"unclosed', "title:", "title:geheim", "AND", "NOT x", "( OR *", "park*", "/re(g)ex/", "+parken -suche"),
    *("parken^5", "parken~2", "[a TO z]", "readers:admin", "readers = admin", "_hubnetz_built", "lot:1"),
    *(
        "שלום עולם",
        "مرحبا بالعالم",
        "日本語の検索",
        "Ελλάδα",
        "ﬁnanzen",
        "Ｐａｒｋｅｎ",
        "p\u0061\u0308rken",
        "İstanbul",
    ),
    *("a" * 500, "ä" * 500, "parken " * 71, "park-" * 100, "x\n" * 250, "<script>alert(1)</script>"),
    *(
        "'; MATCH (n) DETACH DELETE n; //",
        "${jndi:ldap://x}",
        "../../etc/passwd",
        "parken\x00suche",
        "🚗 parken",
    ),
]
INJECTIONS = [
    'parken" OR readers = "admin',
    'parken") OR (readers = "public',
    "parken OR readers:admin",
    "parken] OR title = x [",
    "*",
    "\\",
    "'",
]


@pytest.fixture(scope="module")
def app(network: LadybugGraphStore, index: TantivySearchIndex, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("app")
    settings = load({"HUBNETZ_DATA_DIR": str(folder)}, env_file=folder / "none.env")
    return create_app(settings, Ports(graph=network, search=index), role=Role.WEB)


async def ask(app: Any, query: str, **variables: Any) -> Any:
    async with client(app) as http:
        response = await http.post("/graphql", json={"query": ASK, "variables": {"query": query, **variables}})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("text", FINDS_NOTHING)
async def test_a_text_without_words_finds_nothing_and_offers_nothing(app: Any, text: str) -> None:
    found = (await ask(app, text))["data"]["search"]

    assert (found["totalCount"], found["edges"], found["facets"], found["missingWords"]) == (0, [], [], [])
    assert found["didYouMean"] is found["relaxed"] is None


@pytest.mark.parametrize("text", ODD)
async def test_an_odd_text_is_words_like_any_other(app: Any, text: str) -> None:
    found = (await ask(app, text))["data"]["search"]

    assert found["totalCount"] == len(found["edges"])
    assert {edge["node"]["slug"] for edge in found["edges"]} <= {"parkplatzsuche", "offen"}
    assert (found["relaxed"] is None) == (found["totalCount"] > 0)
    for link in (found["relaxed"] or {"catalogues": []})["catalogues"]:
        assert link["url"].isascii()
        assert not set(link["url"]) & set(" \n\"'<>\\{}")


async def test_half_a_character_is_refused(app: Any, place: Workplace) -> None:
    body = json.dumps({"query": ASK, "variables": {"query": "parken \ud800"}}).encode()
    async with client(app) as http:
        response = await http.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"

    code, said = await run(place, "parken \udcff")
    assert (code, said.lines) == (MISUSE, [])
    assert "Unicode" in said.errors[0]


@pytest.mark.parametrize("length", [501, 10_000])
async def test_a_text_that_is_too_long_is_refused(app: Any, length: int) -> None:
    answer = await ask(app, "ä" * length)

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert answer["data"] == {"search": None}


@pytest.mark.parametrize("value", INJECTIONS)
@pytest.mark.parametrize("name", ["topic", "hub", "municipality", "state", "licence", "service", "funding"])
async def test_a_filter_is_a_value_whatever_stands_in_it(app: Any, name: str, value: str) -> None:
    for query in ("", "parken"):
        answer = await ask(app, query, filter={name: [value]})
        assert answer["data"]["search"]["totalCount"] == 0
        assert "errors" not in answer


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(network: LadybugGraphStore, index: TantivySearchIndex) -> AsyncIterator[Workplace]:
    service = SearchService(network, index)
    yield Workplace(network, index, service, Indexer(network, index, holder="tests"), has_server=False)
    await service.close()


async def run(place: Workplace, text: str, **given: Any) -> tuple[int, Said]:
    said = Said()
    arguments = {"text": text, "limit": 5, "as_json": False, "as_": None, **given}
    return await registry.run(place, "search", arguments, said), said


@pytest.mark.parametrize("text", [*FINDS_NOTHING, *ODD])
async def test_the_command_line_takes_any_text(place: Workplace, text: str) -> None:
    code, said = await run(place, text, explain=True)
    assert (code, said.errors) == (0, [])
    assert all(line.isprintable() for line in said.lines), said.lines
    assert said.lines[-1]

    code, said = await run(place, text, as_json=True)
    assert (code, len(said.lines)) == (0, 1)
    assert {hit["slug"] for hit in json.loads(said.lines[0])["hits"]} <= {"parkplatzsuche", "offen"}


async def test_the_command_line_refuses_what_is_too_long(place: Workplace) -> None:
    code, said = await run(place, "x" * 10_000)

    assert (code, said.lines) == (MISUSE, [])
    assert "at most 500 characters" in said.errors[0]


class Hanging:
    """An engine that does not answer some questions until it is let go."""

    def __init__(self, index: TantivySearchIndex, *methods: str) -> None:
        self._index = index
        self._methods = methods
        self.released = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._index, name)
        if name not in self._methods:
            return found

        async def wait(*given: Any, **named: Any) -> Any:
            await self.released.wait()
            return await found(*given, **named)

        return wait


@pytest.mark.parametrize("method", ["retrieve", "revision", "vocabulary"])
async def test_a_slow_engine_is_an_error_until_it_answers(
    network: LadybugGraphStore, index: TantivySearchIndex, method: str
) -> None:
    engine = Hanging(index, method)
    service = SearchService(network, engine)
    request = SearchRequest(text="parken", audiences=EVERYBODY)
    with pytest.raises(SearchUnavailableError):
        await service.search(request, timeout_s=0.05)
    engine.released.set()
    assert (await service.search(request)).projects
    await service.close()


class Broken:
    """An engine whose index cannot be read."""

    backend = "tantivy"

    def __init__(self, index: TantivySearchIndex, *methods: str) -> None:
        self._index = index
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._index, name)
        if name not in self._methods:
            return found

        async def fail(*_: Any, **__: Any) -> Any:
            raise SearchUnavailableError("the index at /secret/place is damaged")

        return fail


@pytest.mark.parametrize("method", ["retrieve", "revision", "vocabulary", "browse"])
async def test_a_broken_index_is_a_coded_error_and_never_an_empty_answer(
    network: LadybugGraphStore, index: TantivySearchIndex, tmp_path: Path, method: str
) -> None:
    settings = load({"HUBNETZ_DATA_DIR": str(tmp_path)}, env_file=tmp_path / "none.env")
    broken = Broken(index, method)
    app = create_app(settings, Ports(graph=network, search=broken), role=Role.WEB)
    text = "" if method == "browse" else "parken"

    answer = await ask(app, text)

    (error,) = answer["errors"]
    assert answer["data"] == {"search": None}
    assert error["extensions"] == {"code": "UNAVAILABLE", "retryable": True}
    assert "secret" not in error["message"]
    service = SearchService(network, broken)
    place = Workplace(network, broken, service, Indexer(network, index, holder="tests"), has_server=False)
    code, said = await run(place, text)
    assert (code, said.lines) == (FAILURE, [])
    assert "damaged" in said.errors[0]
