"""Where the development issuer exists: its keys, its command, and that there is none with issuers or in production."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from graph.backends.ladybug.store import LadybugGraphStore
from network.app import Role, create_app
from network.cli.commands import app as command
from network.development.accounts import accounts
from network.development.issuer import DevelopmentIssuer
from network.development.keys import FILE
from network.errors import JobError
from network.ports import Ports
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.process import Server, hubnetz
from tests.fixtures.production import MAIL
from tests.network.test_dev_issuer import NETZ, URL, settings_of
from tests.unit.test_issuer_file import GOOD


@pytest_asyncio.fixture(scope="module")
async def ports(network: LadybugGraphStore, index: TantivySearchIndex) -> AsyncIterator[Ports]:
    made = Ports(graph=network, search=index)
    yield made
    await made.service.close()


async def test_the_keys_are_their_owners_alone_and_the_same_at_the_next_start(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "new")
    first = DevelopmentIssuer(settings)
    file = tmp_path / "new" / FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file.parent.iterdir()] == [FILE]
    assert DevelopmentIssuer(settings).keys == first.keys
    assert first.keys.client_secret not in repr(first.keys)
    file.chmod(0o640)
    with pytest.raises(JobError, match="read by others"):
        DevelopmentIssuer(settings)
    file.chmod(0o600)
    for content in ("", "{}", '{"key": {"kty": "oct", "k": "a"}, "client_secret": "x"}', "[]"):
        file.write_text(content)
        with pytest.raises(JobError, match="Delete it"):
            DevelopmentIssuer(settings)


def elsewhere(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    (tmp_path / "secret").write_text("swordfish")
    (tmp_path / "issuers.toml").write_text(GOOD)
    yield "HUBNETZ_ISSUERS", {"ISSUERS": str(tmp_path / "issuers.toml")}
    yield "production", {"HOST": "0.0.0.0", "SECRET_KEYS": "k" * 43} | MAIL
    yield "production", {"PUBLIC_URL": "https://hubnetz.example", "SECRET_KEYS": "k" * 43} | MAIL


async def test_with_issuers_or_in_production_it_does_not_exist(tmp_path: Path, ports: Ports) -> None:
    development = DevelopmentIssuer(settings_of(tmp_path))
    token = development.access_token(accounts()["network_admin"], client_id="c", scope="")
    for told, given in elsewhere(tmp_path):
        settings = settings_of(tmp_path, **given)
        with pytest.raises(JobError, match=told):
            DevelopmentIssuer(settings)
        transport = httpx.ASGITransport(app=create_app(settings, ports))
        async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
            for path in ("jwks", "authorize", ".well-known/openid-configuration"):
                assert (await http.get(f"/dev-issuer/{path}")).status_code == 404
            header = {"authorization": f"Bearer {token}"}
            assert (await http.post("/graphql", json={"query": NETZ}, headers=header)).status_code == 401
            assert "Beispielkonten" not in (await http.get("/")).text
            # Without issuers it is read-only, and what is public is there for all.
            assert (await http.post("/graphql", json={"query": NETZ})).json() == {"data": {"project": None}}


async def test_a_worker_has_no_issuer(tmp_path: Path, ports: Ports) -> None:
    create_app(settings_of(tmp_path / "worker"), ports, role=Role.WORKER)
    assert not (tmp_path / "worker" / FILE).exists()


def test_the_command_refuses_where_there_is_no_development_issuer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for told, given in elsewhere(tmp_path):
        environment = {f"HUBNETZ_{name}": value for name, value in given.items()} | {"COLUMNS": "500"}
        ran = CliRunner().invoke(command, ["token", "--as", "none"], env=environment)
        assert ran.exit_code == 1
        assert told in ran.output
        assert not (tmp_path / "var").exists()


def test_an_unknown_account_is_told_what_there_is(tmp_path: Path) -> None:
    ran = hubnetz(tmp_path, "token", "--as", "hub_lead:nowhere")
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert "hub_lead:zeitz" in ran.stderr
    assert "machine-zeitz" in ran.stderr


def test_a_token_from_the_command_line_works_with_curl_against_a_running_server(tmp_path: Path) -> None:
    # Made before the server: both find the same keys.
    printed = hubnetz(tmp_path, "seed")
    assert printed.returncode == 0, printed.stderr
    server = Server(tmp_path)
    try:
        token = hubnetz(tmp_path, "token", "--as", "hub_lead:zeitz", PORT=str(server.port))
        assert token.returncode == 0, token.stderr
        answer = subprocess.run(
            [
                *("curl", "--silent", "--noproxy", "*", f"{server.url}/graphql"),
                *("-H", "Content-Type: application/json", "-H", f"Authorization: Bearer {token.stdout.strip()}"),
                *("-d", '{"query": "{ hubs(first: 10) { totalCount } }"}'),
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert answer.stdout == '{"data":{"hubs":{"totalCount":10}}}'
    finally:
        _, output, errors = server.stop()
    assert "hubnetz token --as hub_lead:zeitz" in output
    assert token.stdout.strip() not in errors


def test_production_without_issuers_says_so_in_the_log(tmp_path: Path) -> None:
    server = Server(tmp_path, PUBLIC_URL="https://hubnetz.example", SECRET_KEYS="k" * 43, **MAIL)
    _, _, errors = server.stop()
    assert "no issuer is configured" in errors
