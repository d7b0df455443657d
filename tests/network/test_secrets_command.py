"""`hubnetz secrets`: made once, never overwritten, never printed unasked, handed out in the form that each service reads."""

import stat
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from network.cli.commands import app
from network.configuration.secret_files import COPIES, NEXT, PREVIOUS, SECRETS, Secret, find, make
from network.configuration.settings import load

NAMES = [secret.name for secret in SECRETS if not secret.is_given]
SMTP = "smtps://post:p%40ss-word@mail.example"
VALUE = "a" * 43


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, ["secrets", *arguments], input=given)


def secret_of(name: str) -> Secret:
    found = find(name)
    assert found is not None
    return found


def vault(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text().strip() for name in NAMES}


def copies(folder: Path) -> dict[str, str]:
    place = folder / COPIES
    return {str(path.relative_to(place)): path.read_text() for path in sorted(place.rglob("*")) if path.is_file()}


def test_the_first_run_makes_every_secret_and_prints_none(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    done = run("make", str(folder))
    assert done.exit_code == 0, done.output
    values = vault(folder)
    assert len(set(values.values())) == len(NAMES)
    assert all(len(value) >= 43 for value in values.values())
    told = [line.split(":")[0] for line in done.output.splitlines()]
    assert told[:-1] == [*(f"new  {name}" for name in NAMES), "none smtp_url"]
    assert not any(value in done.output for value in values.values())
    assert str(folder) in done.output.splitlines()[-1]


def test_another_run_changes_nothing(tmp_path: Path) -> None:
    assert run("make", str(tmp_path)).exit_code == 0
    before = vault(tmp_path), copies(tmp_path), {path: path.stat().st_ino for path in tmp_path.rglob("*")}
    again = run("make", str(tmp_path))
    assert again.exit_code == 0
    assert "new" not in {line.split(" ")[0] for line in again.output.splitlines()}
    assert (vault(tmp_path), copies(tmp_path), {path: path.stat().st_ino for path in tmp_path.rglob("*")}) == before


def test_what_is_lost_is_made_again_and_the_rest_stays(tmp_path: Path) -> None:
    make(tmp_path)
    before = vault(tmp_path)
    (tmp_path / "search_key").unlink()
    (tmp_path / COPIES / "neo4j" / "auth").unlink()
    assert make(tmp_path) == ["search_key"]
    after = vault(tmp_path)
    assert {name for name in NAMES if before[name] != after[name]} == {"search_key"}
    assert copies(tmp_path)["neo4j/auth"] == f"neo4j/{after['graph_password']}\n"


def test_others_read_no_vault_and_our_group_reads_copies(tmp_path: Path) -> None:
    make(tmp_path / "s")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "s").rglob("*") if path.is_file()}
    assert {mode for path, mode in modes.items() if COPIES not in path.parts} == {0o600}
    assert {mode for path, mode in modes.items() if COPIES in path.parts} == {0o440}
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700


def test_each_service_gets_its_own_in_the_form_that_it_reads(tmp_path: Path) -> None:
    make(tmp_path)
    values, handed = vault(tmp_path), copies(tmp_path)
    assert handed["neo4j/auth"] == f"neo4j/{values['graph_password']}\n"
    assert tomllib.loads(handed["meilisearch/config.toml"]) == {"master_key": values["search_key"]}
    assert (
        handed["keycloak/web_secret"] == handed["hubnetz/keycloak_web_secret"] == f"{values['keycloak_web_secret']}\n"
    )
    ours = {"GRAPH_PASSWORD": "graph_password", "SEARCH_KEY": "search_key", "SECRET_KEYS": "secret_keys"}
    files = {f"HUBNETZ_{name}_FILE": str(tmp_path / COPIES / "hubnetz" / file) for name, file in ours.items()}
    servers = {"GRAPH_URL": "bolt://db", "GRAPH_USER": "neo4j", "SEARCH_URL": "http://s"}
    settings = load(files | {f"HUBNETZ_{name}": value for name, value in servers.items()}, env_file=tmp_path / "none")
    assert settings.graph_password == values["graph_password"]
    assert settings.search_key == values["search_key"]
    assert settings.secret_keys == (values["secret_keys"],)
    # Neo4j and Meilisearch learn nothing of each other, and Keycloak nothing of either.
    for service in ("neo4j", "meilisearch", "keycloak"):
        seen = "".join(text for name, text in handed.items() if name.startswith(f"{service}/"))
        known = {name for name in NAMES if values[name] in seen}
        assert known == {
            name for name in NAMES if any(to.startswith(f"{service}/") for to, _ in secret_of(name).copies)
        }


def test_the_next_one_is_in_force_nowhere_until_it_is_taken(tmp_path: Path) -> None:
    make(tmp_path)
    before = vault(tmp_path), copies(tmp_path)
    assert run("take", str(tmp_path), "graph_password").exit_code == 1
    assert run("rotate", str(tmp_path), "graph_password").exit_code == 0
    new = run("show", str(tmp_path), "graph_password", "--next").output
    # However often: nobody can lose the one that the database has been told of, nor the one that it still has.
    assert run("rotate", str(tmp_path), "graph_password").exit_code == 0
    assert run("make", str(tmp_path)).exit_code == 0
    assert run("show", str(tmp_path), "graph_password", "--next").output == new
    assert (vault(tmp_path), copies(tmp_path)) == before
    assert run("forget", str(tmp_path), "graph_password").exit_code == 1
    assert run("take", str(tmp_path), "graph_password").exit_code == 0
    assert run("show", str(tmp_path), "graph_password").output == new
    assert not (tmp_path / f"graph_password{NEXT}").exists()
    again = run("take", str(tmp_path), "graph_password")
    assert again.exit_code == 1
    assert run("show", str(tmp_path), "graph_password").output == new


def test_what_leaked_is_forgotten_everywhere(tmp_path: Path) -> None:
    make(tmp_path)
    for name in ("secret_keys", "search_key"):
        leaked = vault(tmp_path)[name]
        for command in ("rotate", "take", "forget", "forget"):
            done = run(command, str(tmp_path), name)
            assert done.exit_code == 0, done.output
            assert leaked not in done.output
        assert "," not in vault(tmp_path)[name]
        assert not (tmp_path / f"{name}{PREVIOUS}").exists()
        assert not [path for path in tmp_path.rglob("*") if path.is_file() and leaked in path.read_text()]
        assert copies(tmp_path)[f"hubnetz/{name}"] == f"{vault(tmp_path)[name]}\n"


def test_what_only_the_operator_knows_is_kept_for_who_needs_it(tmp_path: Path) -> None:
    make(tmp_path)
    assert "worker/smtp_url" not in copies(tmp_path)
    done = run("put", str(tmp_path), "smtp_url", given=f"{SMTP}\n")
    assert done.exit_code == 0, done.output
    assert SMTP not in done.output
    assert stat.S_IMODE((tmp_path / "smtp_url").stat().st_mode) == 0o600
    (tmp_path / COPIES / "worker" / "smtp_url").unlink()
    assert "kept smtp_url" in run("make", str(tmp_path)).output
    assert [name for name, text in copies(tmp_path).items() if text == f"{SMTP}\n"] == ["worker/smtp_url"]
    file = str(tmp_path / COPIES / "worker" / "smtp_url")
    assert load({"HUBNETZ_SMTP_URL_FILE": file}, env_file=tmp_path / "none").smtp_url == SMTP
    for command in ("rotate", "take", "forget"):
        assert run(command, str(tmp_path), "smtp_url").exit_code == 2
    assert run("put", str(tmp_path), "search_key", given=VALUE).exit_code == 2


@pytest.mark.parametrize(
    "given", ["", "\n", "mail.example", "http://mail.example", "smtp://u@mail.example", "smtp://ü", "smtp://a\x00b"]
)
def test_what_is_no_address_of_a_mail_server_is_not_kept(tmp_path: Path, given: str) -> None:
    run("put", str(tmp_path), "smtp_url", given=SMTP)
    refused = run("put", str(tmp_path), "smtp_url", given=given)
    assert refused.exit_code == 1
    assert "smtp_url" in refused.output
    assert run("show", str(tmp_path), "smtp_url").output == f"{SMTP}\n"


def test_rotating_keeps_the_old_one_to_show_and_what_decrypts(tmp_path: Path) -> None:
    make(tmp_path)
    before = vault(tmp_path)
    for name in ("graph_password", "secret_keys"):
        for command in ("rotate", "take"):
            done = run(command, str(tmp_path), name)
            assert done.exit_code == 0, done.output
            assert before[name] not in done.output
        assert run("show", str(tmp_path), name, "--previous").output == f"{before[name]}\n"
    after = vault(tmp_path)
    assert {name for name in NAMES if before[name] != after[name]} == {"graph_password", "secret_keys"}
    new, old = after["secret_keys"].split(",")
    assert old == before["secret_keys"] != new
    assert copies(tmp_path)["hubnetz/secret_keys"] == f"{new},{old}\n"
    assert copies(tmp_path)["neo4j/auth"] == f"neo4j/{after['graph_password']}\n"
    assert run("show", str(tmp_path), "graph_password").output == f"{after['graph_password']}\n"


@pytest.mark.parametrize("held", [b"", b"\n", b"pass word", b'x"y', b"a/b", b"\xff", b"a,,b", "schlüssel".encode()])
def test_a_file_that_is_no_secret_is_named_and_stays_as_it_is(tmp_path: Path, held: bytes) -> None:
    make(tmp_path)
    (tmp_path / "search_key").write_bytes(held)
    for command in ("make", "rotate", "take", "forget", "show"):
        refused = run(command, str(tmp_path), *(() if command == "make" else ("search_key",)))
        assert refused.exit_code == 1
        assert "search_key" in refused.output
        assert (tmp_path / "search_key").read_bytes() == held


def test_a_value_of_ones_own_is_taken(tmp_path: Path) -> None:
    (tmp_path / "graph_password").write_text(VALUE)
    assert "graph_password" not in make(tmp_path)
    assert copies(tmp_path)["neo4j/auth"] == f"neo4j/{VALUE}\n"


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    refused = run("make", str(blocked / "secrets"))
    assert refused.exit_code == 1
    assert "cannot be written" in refused.output


@pytest.mark.parametrize(
    "arguments", [("make",), ("rotate", "x", "no_such"), ("show", "x", "../../etc/passwd"), ("fly",)]
)
def test_misuse_of_secrets_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_nothing_is_rotated_that_there_is_not(tmp_path: Path) -> None:
    for command in ("rotate", "take", "forget"):
        refused = run(command, str(tmp_path), "search_key")
        assert refused.exit_code == 1
    assert list(tmp_path.iterdir()) == []
