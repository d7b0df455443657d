"""The whole application on the embedded backends with the seed in it: routes, roles, pages, health, jobs."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import build_schema
from starlette.types import Message

from auth.principal import Membership, Principal
from graph.errors import GraphUnavailableError
from network.app import Role, create_app, open_ports
from network.background import holder
from network.configuration.settings import Settings, load
from network.jobs import registry
from network.jobs.job import Workplace, caller
from network.ports import Ports
from search.errors import SearchUnavailableError
from search.indexer import Indexer
from tests.fixtures.outputs import Said
from tests.fixtures.production import MAIL
from tests.network.plain import Tokens, client

KEY = "k" * 43
HUBS = "{ hubs(first: 50) { edges { node { slug name municipalities(first: 3) { edges { node { name } } } } } } }"


def settings_of(folder: Path, **given: str) -> Settings:
    environment = {f"HUBNETZ_{name}": value for name, value in ({"DATA_DIR": str(folder)} | given).items()}
    return load(environment, env_file=Path("does-not-exist.env"))


@pytest.fixture(scope="session")
async def seeded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Settings, Ports]]:
    settings = settings_of(tmp_path_factory.mktemp("app"))
    ports = await open_ports(settings)
    await ports.graph.apply_schema()
    said = Said()
    place = Workplace(
        ports.graph, ports.search, ports.service, Indexer(ports.graph, ports.search, holder=holder()), has_server=False
    )
    assert await registry.run(place, "seed", {"if_empty": False, "as_json": False}, said) == 0, said.errors
    yield settings, Ports(graph=ports.graph, search=ports.search, authenticator=Tokens())
    await ports.close()


@pytest.fixture
def place(seeded: tuple[Settings, Ports]) -> Workplace:
    _, ports = seeded
    return Workplace(
        ports.graph, ports.search, ports.service, Indexer(ports.graph, ports.search, holder=holder()), has_server=False
    )


async def run(place: Workplace, job: str, **arguments: Any) -> tuple[int, Said]:
    said = Said()
    return await registry.run(place, job, arguments, said), said


async def ask(app: Any, query: str, path: str = "/graphql", **headers: str) -> httpx.Response:
    async with client(app) as http:
        return await http.post(path, json={"query": query}, headers=headers)


async def test_the_first_query_finds_the_ten_hubs(seeded: tuple[Settings, Ports]) -> None:
    response = await ask(create_app(*seeded), HUBS)
    hubs = [edge["node"] for edge in response.json()["data"]["hubs"]["edges"]]
    assert len(hubs) == 10
    assert all(hub["name"] and len(hub["municipalities"]["edges"]) <= 3 for hub in hubs)


async def test_the_gateway_and_each_subgraph_are_served(seeded: tuple[Settings, Ports]) -> None:
    app = create_app(*seeded)
    for path in ("/graphql", "/subgraphs/directory", "/subgraphs/projects", "/subgraphs/discovery"):
        assert (await ask(app, "{ __typename }", path)).json() == {"data": {"__typename": "Query"}}
    sdl = (await ask(app, "{ _service { sdl } }", "/subgraphs/directory")).json()["data"]["_service"]["sdl"]
    assert "@key" in sdl
    assert "errors" in (await ask(app, "{ _service { sdl } }")).json()


async def test_a_subgraph_alone_serves_nothing_else(seeded: tuple[Settings, Ports]) -> None:
    app = create_app(*seeded, subgraph="projects")
    assert (await ask(app, "{ __typename }", "/subgraphs/projects")).status_code == 200
    async with client(app) as http:
        for path in ("/graphql", "/subgraphs/directory", "/", "/explorer"):
            assert (await http.get(path)).status_code == 404
        assert (await http.get("/readyz")).status_code == 200


async def test_a_worker_alone_answers_health_only(seeded: tuple[Settings, Ports]) -> None:
    async with client(create_app(*seeded, role=Role.WORKER)) as http:
        assert (await http.get("/graphql")).status_code == 404
        assert (await http.get("/livez")).json() == {"status": "alive"}


async def test_a_page_of_100_projects_with_what_belongs_to_them_passes_the_limits(
    seeded: tuple[Settings, Ports],
) -> None:
    query = """{ projects(first: 100) { edges { node { title hub { name } topics { nameDe }
                 municipalities(first: 10) { edges { node { name } } } } } } }"""
    response = await ask(create_app(*seeded), query)
    assert "errors" not in response.json(), response.text
    assert len(response.json()["data"]["projects"]["edges"]) > 50


async def test_an_impossible_page_is_refused_with_a_code(seeded: tuple[Settings, Ports]) -> None:
    (error,) = (await ask(create_app(*seeded), "{ hubs(first: -1) { totalCount } }")).json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_production_closes_introspection_and_serves_the_schema_as_a_file(seeded: tuple[Settings, Ports]) -> None:
    settings, ports = seeded
    production = settings_of(settings.data_dir, PUBLIC_URL="https://hubnetz.example", SECRET_KEYS=KEY, **MAIL)
    app = create_app(production, ports)
    closed = await ask(app, "{ __schema { queryType { name } } }")
    assert "https://hubnetz.example/schema.graphql" in closed.json()["errors"][0]["message"]
    assert "errors" in (await ask(app, "{ _service { sdl } }", "/subgraphs/projects")).json()
    assert closed.headers["strict-transport-security"]
    async with client(app) as http:
        text = (await http.get("/schema.graphql")).text
    assert build_schema(text).query_type is not None
    routers = settings_of(
        settings.data_dir, PUBLIC_URL="https://h.example", SECRET_KEYS=KEY, **MAIL, ROUTERS="127.0.0.1"
    )
    behind = create_app(routers, ports)
    assert "data" in (await ask(behind, "{ _service { sdl } }", "/subgraphs/projects")).json()
    for application, told in ((behind, {"ftv1"}), (app, set())):
        async with client(application) as http:
            body, headers = {"query": "{ __typename }"}, {"apollo-federation-include-trace": "ftv1"}
            answer = (await http.post("/subgraphs/projects", json=body, headers=headers)).json()
        assert set(answer.get("extensions", {})) == told


async def test_pages_of_other_sites_may_ask_only_when_listed(seeded: tuple[Settings, Ports]) -> None:
    settings, ports = seeded
    origin = {"origin": "https://town.example", "access-control-request-method": "POST"}
    listed = settings_of(settings.data_dir, CORS_ORIGINS="https://town.example")
    async with client(create_app(listed, ports)) as http:
        response = await http.options("/graphql", headers=origin)
        assert response.headers["access-control-allow-origin"] == "https://town.example"
        foreign = await http.options("/graphql", headers=origin | {"origin": "https://other.example"})
        assert "access-control-allow-origin" not in foreign.headers
    async with client(create_app(settings, ports)) as http:
        assert "access-control-allow-origin" not in (await http.options("/graphql", headers=origin)).headers


@pytest.mark.parametrize("path", ["/", "/explorer"])
async def test_pages_are_german_and_load_nothing_from_elsewhere(seeded: tuple[Settings, Ports], path: str) -> None:
    async with client(create_app(*seeded)) as http:
        response = await http.get(path)
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert '<html lang="de">' in response.text
        names = re.findall(r'<link rel="(?:canonical|alternate)"[^>]*>', response.text)
        shown = response.text
        for name in names:
            shown = shown.replace(name, "")
        loaded = re.findall(r' (?:src|href|action)="([^"#]+)"', shown)
        for address in loaded:
            assert address.startswith("/"), address
        for address in re.findall(r'(?:src="|<link[^>]*href=")([^"]+)"', shown):
            assert (await http.get(address)).status_code == 200, address
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "'unsafe-inline'" not in policy.replace("style-src-attr 'unsafe-inline'", "")
    assert "<style" not in response.text
    assert " style=" not in response.text


async def test_health_tells_each_dependency_and_the_index(seeded: tuple[Settings, Ports]) -> None:
    async with client(create_app(*seeded)) as http:
        ready = await http.get("/readyz")
        metrics = (await http.get("/metrics")).text
    assert ready.status_code == 200
    body = ready.json()
    assert body["status"] == "ready"
    assert body["dependencies"]["graph"]["backend"] == "ladybug"
    assert body["dependencies"]["search"]["latency_ms"] >= 0
    assert body["index"] == {"pending": 0, "oldest": None}
    # What waits elsewhere makes no process unable to answer.
    assert body.keys() == {"status", "dependencies", "index"}
    assert 'hubnetz_dependency_up{dependency="graph"} 1.0' in metrics
    assert 'hubnetz_request_seconds_count{method="GET",route="/readyz",status="200"} 1.0' in metrics


async def test_metrics_count_errors_by_code_and_what_completed_the_answers(seeded: tuple[Settings, Ports]) -> None:
    app = create_app(*seeded)
    async with client(app) as http:
        for query in (HUBS, "{ nothing }", "{", "{ hubs(first: -1) { totalCount } }"):
            await http.post("/graphql", json={"query": query})
        assert (await http.get("/hubs")).status_code == 200
        lines = dict(line.rsplit(" ", 1) for line in (await http.get("/metrics")).text.splitlines() if line[0] != "#")
        again = (await http.get("/metrics")).text
    told = {name: value for name, value in lines.items() if name.startswith("hubnetz_graphql_errors_total")}
    assert told == {
        'hubnetz_graphql_errors_total{code="BAD_USER_INPUT"}': "1.0",
        'hubnetz_graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED"}': "1.0",
        'hubnetz_graphql_errors_total{code="GRAPHQL_PARSE_FAILED"}': "1.0",
    }
    assert float(lines['hubnetz_completions_total{by="generated"}']) >= 2
    assert lines['hubnetz_completions_total{by="fallback"}'] == "0.0"
    generated = lines['hubnetz_completions_total{by="generated"}']
    assert f'hubnetz_completions_total{{by="generated"}} {generated}' in again


class Down:
    """A port whose other side is gone."""

    def __init__(self, error: Exception, backend: str) -> None:
        self._error = error
        self.backend = backend
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: Any, **__: Any) -> Any:
            raise self._error

        return fail


async def test_without_search_the_service_is_degraded_and_without_the_graph_unavailable(
    seeded: tuple[Settings, Ports], caplog: pytest.LogCaptureFixture
) -> None:
    settings, ports = seeded
    search = Down(SearchUnavailableError("http://secret-host refused"), "meilisearch")
    graph = Down(GraphUnavailableError("bolt://secret-host refused"), "neo4j")
    async with client(create_app(settings, Ports(graph=ports.graph, search=search))) as http:
        degraded = await http.get("/readyz")
        hubs = await http.post("/graphql", json={"query": HUBS})
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
    assert len(hubs.json()["data"]["hubs"]["edges"]) == 10
    async with client(create_app(settings, Ports(graph=graph, search=ports.search))) as http:
        down = await http.get("/readyz")
        told = await http.post("/graphql", json={"query": HUBS})
        assert (await http.get("/livez")).status_code == 200
    assert (down.status_code, down.json()["status"]) == (503, "unavailable")
    assert down.json()["dependencies"]["graph"] == {"backend": "neo4j", "up": False}
    assert told.json()["errors"][0]["extensions"] == {"code": "UNAVAILABLE", "retryable": True}
    assert "secret-host" not in down.text + told.text
    said = [record.getMessage() for record in caplog.records if record.name == "network.edge.health"]
    assert "search does not answer: SearchUnavailableError: http://secret-host refused" in said
    assert "graph does not answer: GraphUnavailableError: bolt://secret-host refused" in said


async def test_metrics_are_for_operators(seeded: tuple[Settings, Ports]) -> None:
    settings, ports = seeded
    async with client(create_app(settings_of(settings.data_dir, OPERATORS="192.0.2.1"), ports)) as http:
        assert (await http.get("/metrics")).status_code == 404


async def test_metrics_are_not_for_whom_a_proxy_asks_that_nobody_trusts(seeded: tuple[Settings, Ports]) -> None:
    settings, ports = seeded
    for trusted, expected in (("", 404), ("127.0.0.1", 200)):
        own = {"OPERATORS": "127.0.0.1,192.0.2.1"} | ({"TRUSTED_PROXIES": trusted} if trusted else {})
        async with client(create_app(settings_of(settings.data_dir, **own), ports)) as http:
            assert (await http.get("/metrics")).status_code == 200
            for name, value in (("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.1")):
                assert (await http.get("/metrics", headers={name: value})).status_code == expected


async def test_search_prints_hits_in_rank_order(place: Workplace) -> None:
    code, said = await run(place, "search", text="parkpltz suche", limit=20, as_json=True, as_=None)
    assert code == 0
    hits = json.loads(said.lines[0])["hits"]
    assert set(hits[0]) == {"slug", "title", "score"}
    assert "parkleitsystem" in hits[0]["slug"]
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


async def test_search_takes_a_membership_and_refuses_what_is_none(place: Workplace) -> None:
    assert (await run(place, "search", text="", limit=3, as_json=False, as_="hub_lead:zeitz"))[0] == 0
    code, said = await run(place, "search", text="x", limit=3, as_json=False, as_="king:zeitz")
    assert code == 1
    assert "hub_lead:zeitz" in said.errors[0]
    assert caller("network_admin") == Principal(
        "urn:hubnetz:command-line", "network_admin", frozenset({Membership.parse("network_admin")})
    )


async def test_seeding_again_changes_nothing(place: Workplace) -> None:
    code, said = await run(place, "seed", if_empty=False, as_json=True)
    assert code == 0
    report = json.loads(said.lines[0])
    assert (report["created"], report["changed"]) == (0, 0)
    assert json.loads((await run(place, "seed", if_empty=True, as_json=True))[1].lines[0]) == {"skipped": True}


async def test_doctor_is_content_and_reindex_keeps_it_so(place: Workplace) -> None:
    code, said = await run(place, "reindex", as_json=True)
    assert code == 0
    assert said.steps[-1][1] == json.loads(said.lines[0])["projects"] > 50
    code, said = await run(place, "doctor", as_json=True)
    findings = {finding["name"]: finding for finding in json.loads(said.lines[0])["findings"]}
    assert (code, findings["missing"]["count"], findings["surplus"]["count"]) == (0, 0, 0), findings
    assert "All is well" in (await run(place, "doctor", as_json=False))[1].lines[-1]


async def test_doctor_says_what_to_do_about_an_index_that_was_never_built(tmp_path: Path) -> None:
    ports = await open_ports(settings_of(tmp_path))
    try:
        await ports.graph.apply_schema()
        indexer = Indexer(ports.graph, ports.search, holder=holder())
        code, said = await run(
            Workplace(ports.graph, ports.search, ports.service, indexer, has_server=False), "doctor", as_json=True
        )
    finally:
        await ports.close()
    (wrong,) = [finding for finding in json.loads(said.lines[-1])["findings"] if finding["isWrong"]]
    assert (code, said.errors, wrong["name"]) == (1, [], "index")
    assert "hubnetz reindex" in wrong["advice"]


async def test_doctor_finds_what_is_missing_surplus_and_stale(place: Workplace) -> None:
    from dataclasses import replace

    from search.documents import document
    from search.loading import load as load_sources

    first, second = [identifier for identifier, _ in await place.search.versions(limit=2)]
    sources = await load_sources(place.graph, [first, second])
    stale = replace(document(sources[second]), version=99)
    await place.search.delete([first])
    await place.search.put([stale, replace(stale, id="zzz")])
    try:
        code, said = await run(place, "doctor", as_json=True)
        findings = {finding["name"]: finding for finding in json.loads(said.lines[0])["findings"]}
        assert code == 1
        assert findings["missing"]["examples"] == [f"Project:{first}"]
        assert findings["stale"]["examples"] == [f"Project:{second}"]
        assert findings["surplus"]["examples"] == ["Project:zzz"]
        assert "hubnetz reindex" in findings["missing"]["advice"]
    finally:
        await run(place, "reindex", as_json=True)


async def test_what_is_exported_is_imported_without_a_change(place: Workplace, tmp_path: Path) -> None:
    _, said = await run(place, "export_projects", as_=None)
    file = tmp_path / "projects.ndjson"
    file.write_text("\n".join(said.lines) + "\n")
    code, said = await run(place, "import_projects", files=[str(file)], as_json=True)
    report = json.loads(said.lines[0])
    assert (code, report["created"], report["changed"]) == (0, 0, 0)


async def test_rows_left_out_are_exit_code_1_and_a_broken_file_writes_nothing(place: Workplace, tmp_path: Path) -> None:
    file = tmp_path / "projects.ndjson"
    file.write_text('{"slug": "a b", "title": ""}\n')
    code, said = await run(place, "import_projects", files=[str(file)], as_json=False)
    assert code == 1
    assert "projects.ndjson:1" in "\n".join(said.lines)
    file.write_bytes(b"\xff\xfe\x00")
    code, said = await run(place, "import_projects", files=[str(file)], as_json=True)
    assert code == 1
    assert json.loads(said.lines[0])["error"]["file"] == "projects.ndjson"
    assert "Nothing was written" in said.errors[0]


async def test_an_unknown_job_is_of_another_version(place: Workplace) -> None:
    code, said = await run(place, "fly")
    assert code == 2
    assert "another version" in said.errors[0]


async def test_the_lifespan_indexes_and_gives_everything_back(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    ports = await open_ports(settings)
    await ports.graph.apply_schema()
    app = create_app(settings, ports)
    incoming: asyncio.Queue[Message] = asyncio.Queue()
    outgoing: asyncio.Queue[Message] = asyncio.Queue()
    running = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}}, incoming.get, outgoing.put))
    await incoming.put({"type": "lifespan.startup"})
    assert (await outgoing.get())["type"] == "lifespan.startup.complete"
    await incoming.put({"type": "lifespan.shutdown"})
    assert (await outgoing.get())["type"] == "lifespan.shutdown.complete"
    await running
    with pytest.raises(GraphUnavailableError):
        await ports.graph.ping()
    again = await open_ports(settings)
    await again.close()
