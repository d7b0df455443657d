"""Whole operations through the application: nobody first, then another house, then the one whose entry it is."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from auth.errors import InvalidTokenError
from auth.principal import Principal
from graph.backends.ladybug.store import LadybugGraphStore
from network.app import Role, create_app
from network.configuration.settings import load
from network.ports import Ports
from search.documents import document
from search.loading import load as sources
from search.port import SearchDocument
from search.tantivy_index import TantivySearchIndex
from tests.network.world import WILSTER, ZEITZ

PRINCIPALS = {"wilster": WILSTER, "zeitz": ZEITZ}


class Known:
    """Stands where tokens are verified: the word is the house."""

    async def authenticate(self, token: str) -> Principal:
        if token not in PRINCIPALS:
            raise InvalidTokenError("not a token of ours")
        return PRINCIPALS[token]


class Service:
    """The application, asked as somebody."""

    def __init__(self, graph: LadybugGraphStore, search: TantivySearchIndex, folder: Path) -> None:
        settings = load({"HUBNETZ_DATA_DIR": str(folder)}, env_file=folder / "none.env")
        ports = Ports(graph=graph, search=search, authenticator=Known())
        self._app = create_app(settings, ports, role=Role.WEB)

    async def ask(self, query: str, house: str = "", path: str = "/graphql", **variables: Any) -> Any:
        headers = {"Authorization": f"Bearer {house}"} if house else {}
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hubnetz.test") as http:
            response = await http.post(path, json={"query": query, "variables": variables}, headers=headers)
        assert response.status_code == 200, response.text
        return response.json()


@pytest.fixture
def service(network: LadybugGraphStore, index: TantivySearchIndex, tmp_path: Path) -> Service:
    return Service(network, index, tmp_path)


EVERY_WAY = """
query ($id: ID!, $slug: String!, $text: String!) {
  node(id: $id) { id }
  project(slug: $slug) { title whatFailed }
  projects { totalCount edges { node { slug } } }
  topics(filter: { namePrefix: "Parken" }) { edges { node { projects { totalCount } } } }
  search(query: $text) { totalCount edges { node { slug } snippets { html } } facets { name values { value count } } }
  suggestions(prefix: $text) { text }
}
"""
GEHEIM = {"id": "Project:geheim", "slug": "geheim", "text": "Geheim"}
ABSENT = {"id": "Project:absent", "slug": "absent", "text": "Abwesend"}


@pytest.mark.parametrize("house", ["", "zeitz"])
async def test_a_secret_entry_and_an_absent_one_get_the_same_answer(service: Service, house: str) -> None:
    secret = await service.ask(EVERY_WAY, house, **GEHEIM)
    absent = await service.ask(EVERY_WAY, house, **ABSENT)

    assert secret == absent
    assert secret["data"]["node"] is secret["data"]["project"] is None
    assert secret["data"]["search"] == {"totalCount": 0, "edges": [], "facets": []}
    assert secret["data"]["suggestions"] == []


async def test_its_owner_finds_it_every_way(service: Service) -> None:
    found = (await service.ask(EVERY_WAY, "wilster", **GEHEIM))["data"]

    assert found["node"] == {"id": "Project:geheim"}
    assert found["project"] == {"title": "Geheimes Parkhaus", "whatFailed": "Die Funkabdeckung."}
    assert "geheim" in [edge["node"]["slug"] for edge in found["projects"]["edges"]]
    assert found["topics"]["edges"] == [{"node": {"projects": {"totalCount": 2}}}]
    assert [edge["node"]["slug"] for edge in found["search"]["edges"]] == ["geheim"]
    assert found["suggestions"] == [{"text": "Geheimes Parkhaus"}]


ENTITIES = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Project { title oneOffCost } } }"


async def test_references_obey_the_same_rule(service: Service) -> None:
    wanted = [{"__typename": "Project", "slug": "geheim"}, {"__typename": "Project", "id": "Project:parken"}]

    answers = [
        (await service.ask(ENTITIES, house, "/subgraphs/projects", of=wanted))["data"]["_entities"]
        for house in ("", "zeitz", "wilster")
    ]

    assert answers == [
        [None, {"title": "Parkplatzsuche", "oneOffCost": None}],
        [None, {"title": "Parkplatzsuche", "oneOffCost": 12_000}],
        [{"title": "Geheimes Parkhaus", "oneOffCost": 12_000}, {"title": "Parkplatzsuche", "oneOffCost": 12_000}],
    ]


async def test_errors_tell_code_and_place(service: Service) -> None:
    found = await service.ask(ENTITIES, "", "/subgraphs/projects", of=[{"__typename": "Project"}, 5])
    wrong = await service.ask('{ a: search(query: "x", after: "x") { totalCount } node(id: "x") { id } }')

    assert [(error["extensions"]["code"], error["path"]) for error in found["errors"]] == [
        ("INVALID_REPRESENTATION", ["_entities", 0]),
        ("INVALID_REPRESENTATION", ["_entities", 1]),
    ]
    assert {(error["extensions"]["code"], *error["path"]) for error in wrong["errors"]} == {
        ("BAD_USER_INPUT", "a"),
        ("BAD_USER_INPUT", "node"),
    }
    assert wrong["data"] == {"a": None, "node": None}


async def test_too_many_references_name_the_limit(service: Service) -> None:
    (error,) = (await service.ask(ENTITIES, "", "/subgraphs/projects", of=[5] * 1_001))["errors"]

    assert error["extensions"] == {
        "code": "LIMIT_EXCEEDED",
        "limit": "max_representations",
        "value": 1_000,
        "asked": 1_001,
    }


async def test_an_index_that_lags_shows_nobody_what_the_graph_withholds(
    network: LadybugGraphStore, tmp_path: Path
) -> None:
    lagging = await TantivySearchIndex.open(tmp_path / "lagging")
    try:
        found = [document(source) for source in (await sources(network, ["geheim", "parken"])).values()]
        gone = SearchDocument("gone", 1, found[0].attributes)
        published = [
            SearchDocument(one.id, one.version, {**one.attributes, "readers": ["public"]}) for one in (*found, gone)
        ]
        rebuild = await lagging.begin_rebuild()
        await rebuild.put(published)
        await rebuild.swap()
        service = Service(network, lagging, tmp_path)
        text = '{ search(query: "Park") { totalCount isTotalExact edges { node { slug } } } suggestions(prefix: "Park") { text } }'

        answer = await service.ask(text)
    finally:
        await lagging.close()

    assert "errors" not in answer
    assert answer["data"]["search"]["edges"] == [{"node": {"slug": "parkplatzsuche"}}]
    assert answer["data"]["search"]["isTotalExact"] is False
    assert "Geheimes Parkhaus" not in str(answer)


async def test_with_search_down_the_rest_answers(network: LadybugGraphStore, tmp_path: Path) -> None:
    down = await TantivySearchIndex.open(tmp_path / "down")
    await down.close()
    service = Service(network, down, tmp_path)

    answer = await service.ask('{ search(query: "x") { totalCount } hub(slug: "zeitz") { name } }')

    assert answer["data"] == {"search": None, "hub": {"name": "DigitalHub Zeitz"}}
    (error,) = answer["errors"]
    assert error["path"] == ["search"]
    assert error["extensions"] == {"code": "UNAVAILABLE", "retryable": True}


@pytest.mark.parametrize(
    "query",
    [
        '{ events(filter: { startsFrom: "99999-99" }) { totalCount } }',
        '{ projects(filter: { updatedSince: "yesterday" }) { totalCount } }',
        "{ projects(filter: { updatedSince: 2026 }) { totalCount } }",
    ],
)
async def test_a_date_that_is_none_is_told_with_its_place(service: Service, query: str) -> None:
    (error,) = (await service.ask(query))["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    column = min(place for text in ('"', "2026") if (place := query.find(text)) >= 0) + 1
    assert error["locations"] == [{"line": 1, "column": column}]
