"""`hubnetz serve` as a process of its own: its start, its end, commands beside it, and what keeps it from starting."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from network.cli.commands import app
from tests.fixtures.process import START_S, Server, free_port, hubnetz
from tests.fixtures.production import MAIL


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("served"))
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.communicate()


def test_commands_beside_the_server_work_through_it(server: Server) -> None:
    seeded = hubnetz(server.data_dir, "seed")
    assert seeded.returncode == 0, seeded.stderr
    assert seeded.stdout.startswith("Loaded: ")
    response = httpx.post(
        f"{server.url}/graphql", json={"query": "{ hubs(first: 50) { totalCount } }"}, timeout=START_S
    )
    assert response.json() == {"data": {"hubs": {"totalCount": 10}}}
    reindexed = hubnetz(server.data_dir, "reindex", "--json")
    assert reindexed.returncode == 0, reindexed.stderr
    found = hubnetz(server.data_dir, "search", "parkpltz suche", "--json", "--limit", "5")
    assert found.returncode == 0, found.stderr
    assert "zeitz" in json.loads(found.stdout)["hits"][0]["slug"]
    assert (server.data_dir / "admin.sock").is_socket()


def test_errors_and_exit_codes_come_through_too(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "projects.ndjson"
    file.write_text('{"slug": "a b"}\n')
    failed = hubnetz(server.data_dir, "import", "projects", str(file))
    assert failed.returncode == 1
    assert "projects.ndjson:1" in failed.stdout


def test_a_command_that_means_other_backends_is_not_done_on_those_of_the_server(server: Server) -> None:
    seeded = hubnetz(server.data_dir, "seed", GRAPH_URL="bolt://127.0.0.1:1")
    assert (seeded.returncode, seeded.stdout) == (2, "")
    assert "this command means bolt://127.0.0.1:1" in seeded.stderr
    assert "HUBNETZ_GRAPH_URL" in seeded.stderr


def test_a_token_is_of_the_running_server_whatever_port_the_shell_says(server: Server) -> None:
    made = hubnetz(server.data_dir, "token", "--as", "hub_lead:zeitz", PORT=str(free_port()))
    assert made.returncode == 0, made.stderr
    answer = httpx.post(
        f"{server.url}/graphql",
        json={"query": "{ viewer { memberships } }"},
        headers={"authorization": f"Bearer {made.stdout.strip()}"},
        timeout=START_S,
    )
    assert answer.json() == {"data": {"viewer": {"memberships": ["hub_lead:zeitz"]}}}


def test_a_second_server_says_why_it_does_not_start(server: Server) -> None:
    same_port = hubnetz(server.data_dir, "serve", PORT=str(server.port))
    assert same_port.returncode == 1
    assert same_port.stderr.startswith(f"Hubnetz does not start: 127.0.0.1:{server.port} cannot be listened on")
    same_folder = hubnetz(server.data_dir, "serve", PORT=str(free_port()))
    assert same_folder.returncode == 1
    assert "is held by" in same_folder.stderr
    for refused in (same_port, same_folder):
        assert len(refused.stderr.splitlines()) == 1, refused.stderr
    assert server.answers()


def test_it_greets_and_ends_in_order(server: Server) -> None:
    code, output, errors = server.stop()
    assert code == 0, errors
    assert f"{server.url}/explorer" in output
    assert "curl" in output
    assert "Traceback" not in errors
    assert not (server.data_dir / "admin.sock").exists()
    alone = hubnetz(server.data_dir, "doctor", "--json")
    assert alone.returncode == 0, alone.stdout + alone.stderr


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"GRAPH_URL": "bolt://127.0.0.1:1", "TIMEOUT_S": "1"}, "Hubnetz does not start: "),
        (
            {"GRAPH_URL": "ladybug:/dev/null/graph"},
            "does not start: /dev/null/graph cannot be written (Not a directory)",
        ),
        (
            {"SEARCH_URL": "tantivy:/dev/null/index"},
            "does not start: /dev/null/index cannot be written (Not a directory)",
        ),
        ({"PORT": "x", "COLOUR": "red"}, "HUBNETZ_PORT: expected a port"),
        ({"HOST": "no-such-host.invalid", "SECRET_KEYS": "k" * 43} | MAIL, "cannot be listened on"),
    ],
)
def test_what_keeps_it_from_starting_is_said_without_a_traceback(
    tmp_path: Path, given: dict[str, str], told: str
) -> None:
    ended = hubnetz(tmp_path, "serve", **({"PORT": str(free_port())} | given))
    assert ended.returncode == 1
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("fly",),
        ("search",),
        ("search", "x", "--limit", "0"),
        ("search", "x", "--as", "king:zeitz"),
        ("serve", "--subgraph", "none"),
        ("serve", "--role", "web"),
        ("import", "projects", "no-such-file"),
        ("schema", "--subgraph", "none"),
        ("token",),
        ("token", "--as", "hub_lead:nowhere"),
        ("schema", "--write", "/dev/null/schema"),
    ],
)
def test_misuse_is_exit_code_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, arguments).exit_code == 2


@pytest.mark.parametrize(
    "command",
    [
        *("serve", "seed", "search", "token", "reindex", "doctor", "schema", "export projects"),
        *("import municipalities", "import universities", "import services", "import projects"),
    ],
)
def test_every_command_has_help_with_an_example(command: str) -> None:
    shown = CliRunner().invoke(app, [*command.split(), "--help"])
    assert shown.exit_code == 0
    assert f"Example: hubnetz {command}" in " ".join(shown.stdout.split())


def test_the_schema_is_printed_without_any_backend(tmp_path: Path) -> None:
    printed = hubnetz(tmp_path, "schema", "--subgraph", "directory")
    assert printed.returncode == 0, printed.stderr
    assert "@key" in printed.stdout
    assert not (tmp_path / "graph").exists()


def test_a_subgraph_verifies_tokens_and_needs_nothing_that_clients_sign_in_with(tmp_path: Path) -> None:
    issuers = tmp_path / "issuers.toml"
    issuers.write_text(
        '[[issuer]]\nissuer = "https://login.example/realms/hubs"\nname = "Netz"\naudience = "hubnetz"\n'
        'client_id = "hubnetz-web"\nclient_secret_file = "not-handed-out"\nalgorithms = ["RS256"]\n'
    )
    whole = hubnetz(tmp_path, "serve", PORT=str(free_port()), ISSUERS=str(issuers))
    assert whole.returncode == 1
    assert "'not-handed-out' cannot be read" in whole.stderr
    apart = Server(tmp_path, "--subgraph", "directory", ISSUERS=str(issuers))
    try:
        asked = httpx.post(f"{apart.url}/subgraphs/directory", json={"query": "{ __typename }"}, timeout=START_S)
        assert asked.json() == {"data": {"__typename": "Query"}}
    finally:
        apart.stop()
