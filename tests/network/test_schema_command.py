"""`hubnetz schema`: prints, compares, and tells who uses what, beside a server and without one."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from network.cli.commands import app
from tests.fixtures.process import START_S, Server, hubnetz

OLD = 'type Query { hubs(first: Int): Int @deprecated(reason: "2026-05-01: use `houses`.") houses: Int }'
NEW = "type Query { houses: Int places: Int }"


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, ["schema", *arguments], input=given)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    old, new = tmp_path / "old.graphql", tmp_path / "new.graphql"
    old.write_text(OLD, "utf-8")
    new.write_text(NEW, "utf-8")
    return str(old), str(new)


def test_what_breaks_is_told_first_and_by_the_exit_code(files: tuple[str, str]) -> None:
    result = run("diff", *files)
    first, *others = result.stdout.splitlines()
    assert result.exit_code == 1
    assert first.startswith(
        "✗ breaking FIELD_REMOVED Query.hubs: Field Query.hubs was removed. It was deprecated, for "
    )
    assert others == [
        "· safe FIELD_ADDED Query.places: Field Query.places was added.",
        "1 breaking, 0 dangerous, 1 safe",
    ]


def test_what_breaks_nobody_is_no_failure(files: tuple[str, str]) -> None:
    old, new = files
    assert run("diff", new, new).exit_code == 0
    Path(new).write_text(OLD.replace("houses: Int }", "houses: Int places: Int }"), "utf-8")
    assert run("diff", old, new).exit_code == 0


def test_the_same_for_programs(files: tuple[str, str]) -> None:
    told = json.loads(run("diff", *files, "--json").stdout)
    assert told["isBreaking"] is True
    assert [(one["level"], one["code"], one["path"]) for one in told["changes"]] == [
        ("breaking", "FIELD_REMOVED", "Query.hubs"),
        ("safe", "FIELD_ADDED", "Query.places"),
    ]
    assert told["changes"][0]["deprecation"] == "2026-05-01: use `houses`."
    assert told["changes"][0]["deprecatedDays"] >= 0


def test_either_side_may_be_piped_or_that_of_this_code(files: tuple[str, str]) -> None:
    assert run("diff", "-", files[1], given=OLD).exit_code == 1
    assert run("diff", files[0], "-", given=OLD).stdout == "0 breaking, 0 dangerous, 0 safe\n"
    for name in ("gateway", "discovery"):
        printed = run(*(() if name == "gateway" else ("--subgraph", name))).stdout
        assert run("diff", "-", name, given=printed).stdout == "0 breaking, 0 dangerous, 0 safe\n"


@pytest.mark.parametrize(
    "arguments", [("-", "-"), ("no-such-file", "gateway"), ("gateway", "/"), ("gateway",), ("-", "gateway")]
)
def test_what_cannot_be_compared_is_misuse(arguments: tuple[str, ...]) -> None:
    assert run("diff", *arguments, given="{ a }").exit_code == 2


@pytest.mark.parametrize("command", ["diff", "usage"])
def test_the_commands_have_help_with_an_example(command: str) -> None:
    assert f"Example: hubnetz schema {command}" in " ".join(run(command, "--help").stdout.split())


def test_writing_the_snapshots_tells_what_changed_for_whom(tmp_path: Path) -> None:
    assert run("--write", str(tmp_path)).exit_code == 0
    for name, gone in (("gateway", 'type Query {\n  "Gone." gone: Int\n'), ("directory", "type Query @shareable {")):
        path = tmp_path / f"{name}.graphql"
        path.write_text(path.read_text("utf-8").replace("type Query {", gone, 1), "utf-8")
    result = run("--write", str(tmp_path))

    assert result.exit_code == 1
    assert "gateway: ✗ breaking FIELD_REMOVED Query.gone" in result.output
    assert "directory: ✗ breaking SHAREABLE_REMOVED Query" in result.output


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("served"))
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.communicate()


def test_what_was_used_is_told_after_the_end_of_the_server_and_beside_the_next(
    server: Server, files: tuple[str, str]
) -> None:
    headers = {"apollographql-client-name": "town-app", "apollographql-client-version": "1.4"}
    for _ in range(3):
        httpx.post(
            f"{server.url}/graphql",
            json={"query": "{ hubs(first: 1) { totalCount } }"},
            headers=headers,
            timeout=START_S,
        )
    httpx.post(f"{server.url}/graphql", json={"query": "{ viewer { subject } }"}, timeout=START_S)
    code, _, errors = server.stop()
    assert code == 0, errors

    unused = hubnetz(server.data_dir, "schema", "usage", "--field", "Query.universities").stdout
    assert unused == "Nobody used Query.universities in the last 90 days, as far as was counted.\n"
    unknown = hubnetz(server.data_dir, "schema", "usage", "--field", "Query.nope").stdout
    assert unknown.splitlines()[1].startswith("The schema has no Query.nope")
    told = hubnetz(server.data_dir, "schema", "usage", "--field", "Query.hubs")
    today = told.stdout.split()[-1]
    assert told.stdout.splitlines() == [
        "Query.hubs",
        f"    town-app 1.4: 3 times, last on {today}",
        "Query.hubs(first:)",
        f"    town-app 1.4: 3 times, last on {today}",
    ]
    listed = json.loads(hubnetz(server.data_dir, "schema", "usage", "--json").stdout)
    assert {
        "coordinate": "HubConnection.totalCount",
        "client": "town-app",
        "version": "1.4",
        "count": 3,
        "lastDay": today,
    } in listed

    assert {(one["client"], one["count"]) for one in listed if one["coordinate"] == "Query.viewer"} == {("", 1)}

    compared = hubnetz(server.data_dir, "schema", "diff", *files, "--usage")
    assert compared.returncode == 1, compared.stderr
    assert compared.stdout.splitlines()[1] == f"    Query.hubs: town-app 1.4: 3 times, last on {today}"
    as_json = json.loads(hubnetz(server.data_dir, "schema", "diff", *files, "--usage", "--json").stdout)
    assert [one["client"] for one in as_json["changes"][0]["usage"]] == ["town-app"]

    following = Server(server.data_dir)
    try:
        # Through the server, which holds the files.
        beside = hubnetz(server.data_dir, "schema", "diff", *files, "--usage", "--json")
        assert (beside.returncode, json.loads(beside.stdout)) == (1, as_json)
    finally:
        following.stop()
