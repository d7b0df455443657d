"""`hubnetz documents publish`, and a service that takes nothing else than what was published."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from graphql import GraphQLSchema
from typer.testing import CliRunner, Result

from network.app import create_app, open_ports
from network.cli.commands import app
from network.configuration.settings import Settings, load
from network.jobs.checking import documents
from network.limits import Limits
from network.operations import manifest, publishing
from network.operations.manifest import TrustedDocument, hash_of
from network.operations.publishing import PublishingError
from network.ports import Ports
from tests.fixtures.production import MAIL
from tests.network.plain import Tokens, client

QUERIES = Path(__file__).parents[2] / "docs" / "queries"
DEAR = b"query A { hubs(first: 100) { edges { node { projects(first: 100) { edges { node { title } } } } } } }"
TEXT = "query Hubs { hubs(first: 5) { totalCount } }\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one document, away from settings of anybody."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUBNETZ_DOCUMENTS", raising=False)
    made = tmp_path / "documents"
    made.mkdir()
    (made / "hubs.graphql").write_text(TEXT, encoding="utf-8")
    return made


def publish(folder: Path, *more: str, file: str = "manifest.json") -> Result:
    return CliRunner().invoke(app, ["documents", "publish", str(folder), "--manifest", file, *more])


def stored(file: str = "manifest.json") -> dict[str, TrustedDocument]:
    return manifest.read(Path(file))


def test_a_file_is_published_by_the_sha256_of_the_file(folder: Path) -> None:
    result = publish(folder)
    identifier = hashlib.sha256((folder / "hubs.graphql").read_bytes()).hexdigest()

    assert result.exit_code == 0, result.output
    assert f"+ Hubs {identifier}" in result.stdout
    assert json.loads(Path("manifest.json").read_text("utf-8")) == {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{"id": identifier, "name": "Hubs", "type": "query", "body": TEXT}],
    }


def test_the_manifest_of_the_settings_is_the_one_that_is_meant(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(app, ["documents", "publish", str(folder)]).exit_code == 2
    monkeypatch.setenv("HUBNETZ_DOCUMENTS", "set.json")
    assert CliRunner().invoke(app, ["documents", "publish", str(folder)]).exit_code == 0
    assert len(stored("set.json")) == 1


def test_what_was_published_stays_until_it_is_replaced(folder: Path) -> None:
    publish(folder)
    later = "query Hubs { hubs(first: 6) { totalCount } }"
    (folder / "hubs.graphql").write_text(later, encoding="utf-8")

    added = json.loads(publish(folder, "--json").stdout)
    assert (added["total"], [one["body"] for one in added["added"]], added["removed"]) == (2, [later], [])
    assert "2 documents, 0 of them new" in publish(folder).stdout
    replaced = publish(folder, "--replace")
    assert f"- Hubs {hash_of(TEXT)}" in replaced.stdout
    assert set(stored()) == {hash_of(later)}


def test_all_queries_of_the_pages_can_be_published(folder: Path) -> None:
    result = publish(QUERIES)
    assert result.exit_code == 0, result.output
    assert {one.body for one in stored().values()} == {path.read_text("utf-8") for path in QUERIES.glob("*.graphql")}
    assert {one.type for one in stored().values()} == {"query", "mutation"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"{ hubs ", "wrong.graphql:1: Syntax Error"),
        (b"query A {\n  nothing\n}", "wrong.graphql:2: Cannot query field 'nothing'"),
        (b"query A { viewer { subject } } query B { viewer { subject } }", "expected one operation, got 2"),
        (b"fragment F on Query { viewer { subject } }", "wrong.graphql"),
        (b"query A { hubs(first: 101) { totalCount } }", "Limit max_page_size"),
        (b"query A { a:hubs{totalCount} " + b"".join(b"b%d:hubs{totalCount} " % n for n in range(20)) + b"}", "Limit max_"),
        (b"query A { viewer { subject } } # \xff", "expected UTF-8"),
        (b"", "Syntax Error"),
    ],
)  # fmt: skip
def test_nothing_is_published_where_something_is_wrong(
    folder: Path, gateway: GraphQLSchema, text: bytes, said: str
) -> None:
    (folder / "wrong.graphql").write_bytes(text)
    with pytest.raises(PublishingError) as caught:
        publishing.publish([folder], Path("manifest.json"), gateway, Limits())
    assert said in str(caught.value)
    assert not Path("manifest.json").exists()


def test_what_is_dear_may_be_published(folder: Path) -> None:
    (folder / "dear.graphql").write_bytes(DEAR)
    result = publish(folder)
    assert result.exit_code == 0, result.output
    assert hash_of(DEAR.decode()) in stored()


def test_all_that_is_wrong_is_told_at_once(folder: Path, tmp_path: Path) -> None:
    (folder / "a.graphql").write_text("{", "utf-8")
    (folder / "b.graphql").write_text("query B { x y }", "utf-8")
    (tmp_path / "empty").mkdir()
    result = publish(folder, str(tmp_path / "empty"))
    assert result.exit_code == 1
    assert [part in result.output for part in ("a.graphql", "'x'", "'y'", "no file *.graphql")] == [True] * 4
    assert "Nothing was published" in result.output


def test_a_manifest_that_cannot_be_read_is_never_written_over(folder: Path) -> None:
    Path("manifest.json").write_text("mine", "utf-8")
    result = publish(folder)
    assert (result.exit_code, Path("manifest.json").read_text("utf-8")) == (1, "mine")


def test_what_does_not_fit_any_more_is_named_and_stays(folder: Path) -> None:
    text = "query Gone { gone }"
    manifest.write(Path("manifest.json"), [TrustedDocument(hash_of(text), "Gone", "query", text)])
    result = publish(folder)
    assert result.exit_code == 0
    assert "no longer fits the schema: Gone" in result.output
    assert hash_of(text) in stored()


def settings_of(folder: Path, **given: str) -> Settings:
    environment = {f"HUBNETZ_{name}": value for name, value in ({"DATA_DIR": str(folder)} | given).items()}
    return load(environment, env_file=Path("does-not-exist.env"))


@pytest_asyncio.fixture
async def ports(tmp_path: Path) -> AsyncIterator[Ports]:
    opened = await open_ports(settings_of(tmp_path / "var"))
    await opened.graph.apply_schema()
    yield Ports(graph=opened.graph, search=opened.search, authenticator=Tokens())
    await opened.close()


PRODUCTION = {"PUBLIC_URL": "https://hubnetz.example", "SECRET_KEYS": "k" * 43, **MAIL}
SUBGRAPH = "{ topics(first: 1) { totalCount } }"


async def ask(service: Any, body: dict[str, Any], path: str = "/graphql", token: str = "") -> httpx.Response:
    async with client(service) as http:
        return await http.post(path, json=body, headers={"authorization": f"Bearer {token}"} if token else {})


def published(tmp_path: Path) -> str:
    path = tmp_path / "manifest.json"
    manifest.write(path, [TrustedDocument(hash_of(TEXT), "Hubs", "query", TEXT)])
    return str(path)


async def test_a_service_that_takes_trusted_documents_only(tmp_path: Path, ports: Ports) -> None:
    given = PRODUCTION | {"DOCUMENTS": published(tmp_path)}
    service = create_app(settings_of(tmp_path / "var", **given), ports)

    assert (await ask(service, {"documentId": f"sha256:{hash_of(TEXT)}"})).json() == {
        "data": {"hubs": {"totalCount": 0}}
    }
    for path in ("/graphql", "/subgraphs/directory", "/subgraphs/projects", "/subgraphs/discovery"):
        (error,) = (await ask(service, {"query": "{ __typename }"}, path)).json()["errors"]
        assert error["extensions"]["code"] == "QUERY_NOT_IN_SAFELIST"
        assert "data" in (await ask(service, {"query": "{ __typename }"}, path, "hub_lead+zeitz")).json()
    async with client(service) as http:
        told = (await http.get("/explorer")).text
    assert "Nur veröffentlichte Abfragen" in told
    assert "/sign-in?to=/explorer" in told


async def test_routers_send_subgraphs_what_they_like_and_the_gateway_nothing_more(tmp_path: Path, ports: Ports) -> None:
    given = PRODUCTION | {"DOCUMENTS_ONLY": "on", "ROUTERS": "127.0.0.1"}
    service = create_app(settings_of(tmp_path / "var", **given), ports)
    assert (await ask(service, {"query": SUBGRAPH}, "/subgraphs/directory")).json() == {
        "data": {"topics": {"totalCount": 0}}
    }
    assert "errors" in (await ask(service, {"query": SUBGRAPH})).json()


@pytest.mark.parametrize(
    ("given", "is_only"),
    [
        ({}, False),
        ({"DOCUMENTS": "m.json"}, False),
        ({"DOCUMENTS": "m.json", "DOCUMENTS_ONLY": "on"}, True),
        ({**PRODUCTION}, False),
        ({**PRODUCTION, "DOCUMENTS": "m.json"}, True),
        ({**PRODUCTION, "DOCUMENTS": "m.json", "DOCUMENTS_ONLY": "off"}, False),
    ],
)
def test_auto_is_on_in_production_with_a_manifest(tmp_path: Path, given: dict[str, str], is_only: bool) -> None:
    assert settings_of(tmp_path, **given).takes_trusted_documents_only is is_only


async def test_beside_the_manifest_any_document_runs_where_it_is_not_the_only_way(tmp_path: Path, ports: Ports) -> None:
    service = create_app(settings_of(tmp_path / "var", DOCUMENTS=published(tmp_path)), ports)
    assert "data" in (await ask(service, {"query": SUBGRAPH})).json()
    async with client(service) as http:
        assert "Nur veröffentlichte Abfragen" not in (await http.get("/explorer")).text
        origin = {"origin": "https://town.example", "access-control-request-method": "POST"}
        wanted = {"access-control-request-headers": "graphql-client-name, apollographql-client-version"}
        listed = create_app(settings_of(tmp_path / "var", CORS_ORIGINS="https://town.example"), ports)
    async with client(listed) as http:
        allowed = await http.options("/graphql", headers=origin | wanted)
    assert allowed.status_code == 200


async def test_the_doctor_tells_of_a_manifest_that_cannot_be_used(tmp_path: Path) -> None:
    assert await documents(None) == []
    (fine,) = await documents(Path(published(tmp_path)))
    assert (fine.is_wrong, fine.text) == (False, "1 trusted documents are in force")
    (wrong,) = await documents(tmp_path / "nowhere.json")
    assert wrong.is_wrong
    assert "nowhere.json: cannot be read" in wrong.text
