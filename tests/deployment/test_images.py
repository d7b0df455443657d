"""The Dockerfiles and what the images run: sound paths, no root, nothing left behind that only builds."""

import json
import os
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import pytest

from network.cli import commands
from network.configuration import secret_files
from network.pages.frame import queries, site
from tests.fixtures.process import Server

ROOT: Final = Path(__file__).parents[2]
FILES: Final = ("Dockerfile", "deploy/router/Dockerfile")
VERSION: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
IGNORED: Final = [
    line for line in (ROOT / ".dockerignore").read_text().split("\n") if line and not line.startswith("#")
]


def instructions(file: str) -> list[tuple[str, str]]:
    """Each instruction with its text on one line."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / file).read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).split("\n")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def final_stage(file: str) -> list[tuple[str, str]]:
    listed = instructions(file)
    return listed[max(number for number, (name, _) in enumerate(listed) if name == "FROM") :]


def is_ignored(path: str) -> bool:
    return any(fnmatch(path, pattern) or fnmatch(path, f"{pattern}/*") for pattern in IGNORED)


@pytest.mark.parametrize("file", FILES)
class TestEachDockerfile:
    def test_copies_what_there_is_and_what_the_context_holds(self, file: str) -> None:
        stages: set[str] = set()
        copied = []
        for name, text in instructions(file):
            if name == "FROM":
                base, _, stage = text.partition(" AS ")
                assert re.fullmatch(r"[a-z]+:[\d.]+-[a-z-]+(@sha256:[0-9a-f]{64})?", base), base
                assert stage, "each stage has a name"
                stages.add(stage)
            elif name == "COPY":
                *sources, _ = text.split()
                if sources[0].startswith("--from="):
                    assert sources[0].removeprefix("--from=") in stages
                else:
                    copied += sources
        assert copied
        for source in copied:
            found = [path for path in ROOT.glob(source) if not is_ignored(str(path.relative_to(ROOT)))]
            assert found, source

    def test_fetches_only_what_is_locked(self, file: str) -> None:
        listed = instructions(file)
        assert "ADD" not in {name for name, _ in listed}
        runs = " && ".join(text for name, text in listed if name == "RUN")
        assert not re.search(r"\b(curl|wget|apt-get|git clone)\b", runs)
        for install in re.findall(r"\bpip [^&]*\binstall\b[^&]*", runs):
            assert ("--require-hashes" in install and "--only-binary :all:" in install) or "--no-index" in install
        for npm in re.findall(r"\bnpm (?!run\b)[^&]*", runs):
            assert npm.startswith("npm ci ")
            assert "--ignore-scripts" in npm

    def test_runs_without_root_and_ends_by_sigterm(self, file: str) -> None:
        stage = final_stage(file)
        names = [name for name, _ in stage]
        (user,) = [text for name, text in stage if name == "USER"]
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
        # Nothing is installed or changed by that user: the tree stays root's, which the process cannot write.
        assert "RUN" not in names[names.index("USER") :]
        assert not [text for name, text in stage if name == "COPY" and "--chown" in text]
        assert ("STOPSIGNAL", "SIGTERM") in stage
        for name in ("ENTRYPOINT", "CMD", "HEALTHCHECK"):
            assert name in names
            text = next(text for one, text in stage if one == name)
            assert json.loads(text[text.index("[") :]), "as a list: no shell in between swallows the signal"

    def test_says_what_it_is(self, file: str) -> None:
        stage = final_stage(file)
        labels = " ".join(text for name, text in stage if name == "LABEL")
        for label in ("title", "description", "licenses", "version", "revision"):
            assert f"org.opencontainers.image.{label}=" in labels
        assert ("ARG", f"VERSION={VERSION}") in stage


def test_the_final_stage_has_nothing_that_builds() -> None:
    stage = final_stage("Dockerfile")
    assert any(name == "RUN" and text.startswith("pip uninstall") for name, text in stage)
    assert [text for name, text in stage if name == "COPY"] == ["--from=build /app /app"]
    build = [text for name, text in instructions("Dockerfile") if name == "RUN"]
    assert any("venv --without-pip" in text for text in build)


def test_the_image_holds_what_pages_read_beside_the_packages() -> None:
    copied = {text for name, text in instructions("Dockerfile") if name == "COPY"}
    built = site.EXPLORER.relative_to(ROOT)
    assert f"--from=explorer /app/{built} {built}" in copied
    queried = queries.FOLDER.relative_to(ROOT)
    assert f"{queried} {queried}" in copied
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    for package in packages:
        folder = package.rstrip("*")
        assert f"{folder} {folder}" in copied


def test_the_image_has_a_folder_of_its_own_for_each_reader_of_secrets() -> None:
    runs = " ".join(text for name, text in final_stage("Dockerfile") if name == "RUN")
    readers = {copy.split("/")[0] for secret in secret_files.SECRETS for copy, _ in secret.copies}
    for folder in ("/secrets", f"/secrets/{secret_files.COPIES}", *(f"/secrets/for/{reader}" for reader in readers)):
        assert re.search(rf"(^| ){folder}( |$)", runs), folder


def test_the_check_of_the_image_passes_beside_a_server_and_fails_without(tmp_path: Path) -> None:
    check = next(text for name, text in final_stage("Dockerfile") if name == "HEALTHCHECK")
    command = [sys.executable, *json.loads(check[check.index("[") :])[1:]]
    running = Server(tmp_path)
    # A proxy for the outside is none for the check.
    environment = os.environ | {"HUBNETZ_PORT": str(running.port), "http_proxy": "http://127.0.0.1:1"}
    try:
        assert subprocess.run(command, env=environment, check=False, cwd=tmp_path).returncode == 0
    finally:
        running.stop()
    gone = subprocess.run(command, env=environment, check=False, cwd=tmp_path, capture_output=True)
    assert gone.returncode != 0


def test_the_entry_point_is_our_command() -> None:
    assert ("ENTRYPOINT", '["hubnetz"]') in final_stage("Dockerfile")
    assert callable(commands.main)
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"] == {
        "hubnetz": "network.cli.commands:main"
    }


class TestStartOfKeycloak:
    """`deploy/keycloak/start.sh`, with a program in Keycloak's place that tells what it was given."""

    NAMES: Final = {
        "admin_password": "KC_BOOTSTRAP_ADMIN_PASSWORD",
        "web_secret": "KEYCLOAK_WEB_SECRET",
        "machine_secret": "KEYCLOAK_MACHINE_SECRET",
        "sample_password": "KEYCLOAK_SAMPLE_PASSWORD",
    }

    def start(self, folder: Path) -> "subprocess.CompletedProcess[str]":
        program = folder / "keycloak" / "bin" / "kc.sh"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text('#!/bin/bash\nprintf "%s\\n" "$*"\nenv\n')
        program.chmod(0o700)
        given = {"SECRETS_DIR": str(folder / "for" / "keycloak"), "KEYCLOAK_HOME": str(program.parents[1])}
        command = ["bash", str(ROOT / "deploy" / "keycloak" / "start.sh"), "start", "--import-realm"]
        return subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=False)

    def test_gives_keycloak_its_secrets(self, tmp_path: Path) -> None:
        secret_files.make(tmp_path)
        started = self.start(tmp_path)
        assert started.returncode == 0, started.stderr
        said, *environment = started.stdout.splitlines()
        assert said == "start --import-realm"
        for file, name in self.NAMES.items():
            value = (tmp_path / "for" / "keycloak" / file).read_text().strip()
            assert f"{name}={value}" in environment
        realm = (ROOT / "deploy" / "keycloak" / "realm.json").read_text()
        assert set(re.findall(r"\$\{(KEYCLOAK_\w+)\}", realm)) <= set(self.NAMES.values())

    @pytest.mark.parametrize("file", NAMES)
    @pytest.mark.parametrize("held", [None, ""])
    def test_does_not_start_it_without_one(self, tmp_path: Path, file: str, held: str | None) -> None:
        secret_files.make(tmp_path)
        path = tmp_path / "for" / "keycloak" / file
        path.unlink()
        if held is not None:
            path.write_text(held)
        started = self.start(tmp_path)
        assert started.returncode != 0
        assert started.stdout == ""
        assert file in started.stderr


class TestNewPasswordOfNeo4j:
    """`deploy/neo4j/change-password.sh`, with a program in the place of Neo4j's client that tells what it was given."""

    def change(self, folder: Path, given: str) -> "subprocess.CompletedProcess[str]":
        client = folder / "bin" / "cypher-shell"
        client.parent.mkdir(exist_ok=True)
        client.write_text('#!/bin/bash\nprintf "%s\\n" "$*" "$NEO4J_PASSWORD"\ncat\n')
        client.chmod(0o700)
        environment = os.environ | {
            "PATH": f"{client.parent}:{os.environ['PATH']}",
            "SECRETS_DIR": str(folder / "for" / "neo4j"),
        }
        command = ["bash", str(ROOT / "deploy" / "neo4j" / "change-password.sh")]
        return subprocess.run(command, env=environment, input=given, capture_output=True, text=True, check=False)

    def test_no_password_is_in_a_command_line(self, tmp_path: Path) -> None:
        secret_files.make(tmp_path)
        password = next(one for one in secret_files.SECRETS if one.name == "graph_password")
        secret_files.rotate(tmp_path, password)
        old, new = (secret_files.read(tmp_path, password, which) for which in ("", secret_files.NEXT))
        changed = self.change(tmp_path, f"{new}\n")
        assert changed.returncode == 0, changed.stderr
        command, authenticated, *cypher = changed.stdout.splitlines()
        assert command == "--username neo4j --database system --non-interactive"
        assert authenticated == old
        assert cypher == [f"ALTER CURRENT USER SET PASSWORD FROM '{old}' TO '{new}';"]

    @pytest.mark.parametrize("given", ["", "\n", "x' //\n", "x y\n", 'x"\n'])
    def test_what_is_no_password_reaches_no_database(self, tmp_path: Path, given: str) -> None:
        secret_files.make(tmp_path)
        changed = self.change(tmp_path, given)
        assert changed.returncode != 0
        assert changed.stdout == ""


def test_passwords_are_in_no_command_line_of_the_guide() -> None:
    guide = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    assert "change-password.sh" in guide
    assert not re.search(r"PASSWORD=|\$\(secret show", guide)
