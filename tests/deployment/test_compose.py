"""`compose.yaml`: what Compose takes, and what an operator counts on: no default password, limits, health, networks that hold."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from starlette.types import Message, Receive, Scope, Send

from network.configuration import values
from network.configuration.secret_files import SECRETS
from network.configuration.table import PREFIX, SETTINGS
from network.edge.middleware import ProxyMiddleware

ROOT: Final = Path(__file__).parents[2]
FILE: Final = ROOT / "compose.yaml"
TEXT: Final = FILE.read_text(encoding="utf-8")
COMPOSE: Final[dict[str, Any]] = yaml.safe_load(TEXT)
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
EXAMPLE: Final = ROOT / ".env.example"
KNOWN: Final = {setting.variable for setting in SETTINGS} | {
    f"{one.variable}_FILE" for one in SETTINGS if one.is_secret
}
# The compose file's own variables, which are no settings of Hubnetz.
OURS: Final = tuple(name for name in SERVICES if SERVICES[name]["image"].startswith("hubnetz:"))
ONE_SHOT: Final = "secrets"
# Their start writes into their own image (said beside them).
WRITING: Final = {"neo4j", "keycloak"}
DATABASES: Final = {"neo4j", "meilisearch"}


def interpolated() -> set[str]:
    return set(re.findall(r"\$\{(\w+)", TEXT))


def environment() -> Iterator[tuple[str, str, str]]:
    for service, declared in SERVICES.items():
        for name, value in declared.get("environment", {}).items():
            yield service, name, str(value)


def mounts(service: str) -> Iterator[tuple[str, str]]:
    for volume in SERVICES[service].get("volumes", []):
        if isinstance(volume, dict):
            yield volume["source"], volume["target"]
        else:
            source, target, *_ = re.split(r":(?![-?])", volume)
            yield source, target


def test_it_fits_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("profile", ["", "router"])
def test_the_client_takes_it_as_the_example_fills_it_in(profile: str, tmp_path: Path) -> None:
    client = shutil.which("docker")
    probe = [client or "docker", "compose", "version"]
    if client is None or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("no Docker Compose here: the specification's schema has been asked instead")
    config = tmp_path / "config"
    config.mkdir()
    shutil.copy2(ROOT / "deploy" / "keycloak" / "issuers.toml", config)
    kept = {name: value for name, value in os.environ.items() if name not in interpolated()}
    run = subprocess.run(
        [client, "compose", "--env-file", str(EXAMPLE), "--file", str(FILE), "config", "--format", "json"],
        env=kept | {"CONFIG_DIR": str(config), "COMPOSE_PROFILES": profile},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    expected = {name for name, service in SERVICES.items() if set(service.get("profiles", [profile])) == {profile}}
    assert set(json.loads(run.stdout)["services"]) == expected


def test_without_a_name_that_only_the_operator_knows_nothing_starts() -> None:
    required = {name for name, _ in re.findall(r"\$\{(\w+):(\?)", TEXT)}
    given = set(re.findall(r"^(\w+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE))
    assert required == given
    assert required | {"CONFIG_DIR", "FRONT_NETWORK", "ROUTER_NETWORK", "HUBNETZ_TRUSTED_PROXIES"} == interpolated()


def test_every_variable_is_explained_to_the_operator() -> None:
    example = EXAMPLE.read_text("utf-8")
    told = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    for name in interpolated():
        assert re.search(rf"^#?{name}=", example, re.MULTILINE), name
        assert f"`{name}`" in told, name


def test_every_setting_of_ours_exists() -> None:
    named = {name for _, name, _ in environment() if name.startswith(PREFIX)}
    assert named
    assert named <= KNOWN
    assert {name for name in interpolated() if name.startswith(PREFIX)} <= KNOWN


@pytest.mark.parametrize("service", SERVICES)
class TestEachService:
    def test_has_limits_and_a_restart_policy(self, service: str) -> None:
        declared = SERVICES[service]
        assert re.fullmatch(r"\d+[mg]", str(declared["mem_limit"]))
        assert 0 < float(declared["cpus"]) <= 2
        assert 0 < int(declared["pids_limit"]) <= 512
        assert declared["restart"] == ("no" if service == ONE_SHOT else "unless-stopped")

    def test_is_watched(self, service: str) -> None:
        check = SERVICES[service]["healthcheck"]
        if service == ONE_SHOT:
            assert check == {"disable": True}
            return
        assert check["test"][0] in ("CMD", "CMD-SHELL")
        assert {"interval", "timeout", "retries", "start_period"} <= check.keys()

    def test_gets_no_more_rights_than_it_needs(self, service: str) -> None:
        declared = SERVICES[service]
        assert declared["cap_drop"] == ["ALL"]
        assert declared["security_opt"] == ["no-new-privileges:true"]
        assert not {"privileged", "cap_add", "devices", "pid", "ipc"} & declared.keys()
        assert declared.get("read_only", False) is (service not in WRITING)

    def test_has_an_image_of_a_version_and_of_no_named_host(self, service: str) -> None:
        name, _, version = SERVICES[service]["image"].partition(":")
        assert re.fullmatch(r"v?\d+\.\d+\.\d+(-[a-z]+)?(@sha256:[0-9a-f]{64})?", version)
        assert "." not in name.split("/")[0]
        if "build" in SERVICES[service]:
            assert version == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
            build = SERVICES[service]["build"]
            assert (ROOT / build["context"] / build.get("dockerfile", "Dockerfile")).is_file()

    def test_waits_for_services_that_there_are(self, service: str) -> None:
        for other, wanted in SERVICES[service].get("depends_on", {}).items():
            assert other in SERVICES
            conditions = {ONE_SHOT: "service_completed_successfully"}
            assert wanted["condition"] == conditions.get(other, "service_healthy")
            # What it waits for is started with it.
            assert set(SERVICES[other].get("profiles", [])) <= set(SERVICES[service].get("profiles", []))

    def test_listens_to_this_machine_alone(self, service: str) -> None:
        assert all(port.startswith("127.0.0.1:") for port in SERVICES[service].get("ports", []))

    def test_mounts_what_there_is(self, service: str) -> None:
        for source, target in mounts(service):
            if source.startswith("./"):
                assert (ROOT / source).is_file(), source
            elif not source.startswith("${CONFIG_DIR"):
                assert source in COMPOSE["volumes"]
            if source.startswith("secrets_") and service != ONE_SHOT:
                assert target == "/run/secrets"


def test_every_volume_and_network_is_used() -> None:
    used = {source for service in SERVICES for source, _ in mounts(service)}
    assert set(COMPOSE["volumes"]) <= used
    joined = {network for service in SERVICES.values() for network in service.get("networks", [])}
    assert joined == set(COMPOSE["networks"])


def test_no_value_is_a_password() -> None:
    secret = re.compile(r"password|secret|key|token|auth", re.IGNORECASE)
    for service, name, value in environment():
        if secret.search(name):
            assert name.endswith("_FILE"), f"{service}: {name}"
            assert value.startswith("/run/secrets/")
    assert not re.search(r"://[^/\s:@]+:[^@\s]+@(?!mail\.example)", TEXT)


def test_each_secret_file_that_is_read_is_made_for_its_reader() -> None:
    made = {copy for secret in SECRETS for copy, _ in secret.copies}
    volumes = {source: target for source, target in mounts(ONE_SHOT) if source.startswith("secrets_")}
    assert set(volumes.values()) == {f"/secrets/for/{copy.split('/')[0]}" for copy in made}
    for service in SERVICES:
        reads = {value for one, _, value in environment() if one == service and value.startswith("/run/secrets/")}
        if not reads:
            continue
        (volume,) = [source for source, target in mounts(service) if target == "/run/secrets"]
        folder = volumes[volume].removeprefix("/secrets/for/")
        assert {read.replace("/run/secrets", folder) for read in reads} <= made
    # Of the vault itself only the one that fills it knows.
    assert [service for service in SERVICES if "secrets" in dict(mounts(service))] == [ONE_SHOT]


def test_readers_of_secrets_that_are_other_users_join_our_group() -> None:
    image = (ROOT / "Dockerfile").read_text("utf-8")
    group = re.search(r"groupadd .*--gid (\d+)", image)
    assert group is not None
    for service in SERVICES:
        if service not in OURS and "/run/secrets" in dict(mounts(service)).values():
            assert SERVICES[service]["group_add"] == [group[1]]


def test_databases_are_reached_by_us_alone() -> None:
    networks = COMPOSE["networks"]
    assert networks["databases"]["internal"] is True
    assert networks["federation"]["internal"] is True
    inside = {name for name, service in SERVICES.items() if "databases" in service.get("networks", [])}
    assert inside == DATABASES | set(OURS) - {ONE_SHOT}
    for name in DATABASES:
        assert SERVICES[name]["networks"] == ["databases"]
        assert "ports" not in SERVICES[name]
    assert set(SERVICES["router"]["networks"]) == {"federation", "front"}


def test_the_network_of_the_router_is_the_one_that_subgraphs_trust() -> None:
    subnet = COMPOSE["networks"]["federation"]["ipam"]["config"][0]["subnet"]
    routed = json.loads((ROOT / "deploy" / "router" / "subgraphs.json").read_text())
    for name, listed in routed.items():
        given = SERVICES[name]["environment"]
        assert given["HUBNETZ_ROUTERS"] == subnet
        assert SERVICES[name]["command"] == ["serve", "--role", "web", "--subgraph", name]
        assert listed["url"] == f"http://{name}:8000/subgraphs/{name}"
    front = COMPOSE["networks"]["front"]["ipam"]["config"][0]["subnet"]
    proxy = SERVICES["hubnetz"]["environment"]["HUBNETZ_TRUSTED_PROXIES"]
    # Both by default: the gateway of a network is the first address of it.
    assert proxy.partition(":-")[2].rstrip("}") == front.partition(":-")[2].replace(".0/24}", ".1")


@pytest.mark.parametrize(
    ("service", "peer", "chain", "client"),
    [
        ("hubnetz", "172.30.77.1", "203.0.113.9", "203.0.113.9"),
        # The reverse proxy of the machine, then the router.
        ("projects", "172.30.78.5", "203.0.113.9, 172.30.77.1", "203.0.113.9"),
        ("projects", "172.30.78.5", "127.0.0.1, 203.0.113.9, 172.30.77.1", "203.0.113.9"),
        ("hubnetz", "172.30.77.9", "203.0.113.9", "172.30.77.9"),
    ],
)
async def test_whoever_asks_counts_for_themselves(service: str, peer: str, chain: str, client: str) -> None:
    seen: Scope = {}

    async def inner(scope: Scope, _: Receive, __: Send) -> None:
        seen.update(scope)

    given = re.sub(r"\$\{\w+:-([^}]+)\}", r"\1", SERVICES[service]["environment"]["HUBNETZ_TRUSTED_PROXIES"])
    app = ProxyMiddleware(inner, values.networks(given))
    headers = [(b"x-forwarded-for", chain.encode())]
    await app({"type": "http", "client": (peer, 1), "headers": headers}, _nothing, _silent)
    assert seen["client"][0] == client


async def _nothing() -> Message:
    return {}


async def _silent(_: Message) -> None:
    pass


def test_only_who_sends_mail_knows_the_mail_server() -> None:
    assert {service for service, name, _ in environment() if "SMTP" in name} == {"worker"}
    assert "SMTP" not in EXAMPLE.read_text("utf-8")


def guide(language: str) -> list[str]:
    """The blocks of the operators' guide in one language."""
    text = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    return re.findall(rf"```{language}\n(.+?)```", text, re.DOTALL)


def test_the_override_for_a_subgraph_of_somebody_else_fits(tmp_path: Path) -> None:
    (override,) = [yaml.safe_load(block) for block in guide("yaml")]
    (given,) = override["services"].values()
    (listed,) = override["services"]
    settings = (ROOT / "docs" / "router.md").read_text("utf-8").partition("<!-- settings -->")[2]
    assert all(f"| `{name}` |" in settings for name in given["environment"])
    (mount,) = given["volumes"]
    assert Path(given["environment"]["SUPERGRAPH"]).parent == Path(mount["target"])
    assert set(given["networks"]) - set(SERVICES[listed]["networks"]) == {"outside"}
    merged = tmp_path / "compose.yaml"
    merged.write_text(json.dumps(COMPOSE | {"services": SERVICES | {listed: SERVICES[listed] | given}}))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(merged)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_no_proxy_of_the_guide_leads_to_the_subgraphs() -> None:
    web, api = guide("nginx")
    assert "location /subgraphs/ {\n    return 404;" in web
    assert re.findall(r"^location (.+) \{$", api, re.MULTILINE) == ["= /graphql", "/"]
    assert "limit_req zone=" in api


def test_profiles_stand_in_one_place() -> None:
    # Given to one command, the next one would leave those services down or behind.
    assert not [block for block in guide("sh") if "--profile" in block]
    assert re.search(r"^#?COMPOSE_PROFILES=router$", EXAMPLE.read_text("utf-8"), re.MULTILINE)


def test_keycloak_believes_the_proxy_alone_and_is_administered_from_this_machine() -> None:
    given = SERVICES["keycloak"]["environment"]
    assert given["KC_PROXY_TRUSTED_ADDRESSES"] == SERVICES["hubnetz"]["environment"]["HUBNETZ_TRUSTED_PROXIES"]
    (port,) = SERVICES["keycloak"]["ports"]
    assert given["KC_HOSTNAME_ADMIN"] == f"http://{port.removesuffix(':8080')}"


def test_each_process_of_ours_is_handed_what_its_part_needs() -> None:
    volumes = {
        source: target.removeprefix("/secrets/for/")
        for source, target in mounts(ONE_SHOT)
        if source.startswith("secrets_")
    }
    handed: dict[str, set[str]] = {}
    for secret in SECRETS:
        for folder, _, file in (copy.partition("/") for copy, _ in secret.copies):
            handed.setdefault(folder, set()).add(file)
    every = {"secret_keys", "graph_password", "search_key"}
    beside = {"hubnetz": {"keycloak_web_secret"}, "worker": {"smtp_url"}}
    for service in set(OURS) - {ONE_SHOT}:
        (volume,) = [source for source, target in mounts(service) if target == "/run/secrets"]
        assert handed[volumes[volume]] == every | beside.get(service, set()), service


def test_the_file_that_holds_what_is_not_public_is_in_no_commit_and_no_image() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {".env", "/config/", "/secrets/", "/backup/", "/secrets.tar"} <= set(ignored)
    assert {"**/.env", "config", "secrets", "backup", "secrets.tar"} <= set(
        (ROOT / ".dockerignore").read_text().split("\n")
    )
    told = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    assert "install -m 600 .env.example .env" in told
    (backup,) = [block for block in guide("sh") if "database dump" in block]
    assert backup.startswith("umask 077\n")
    # Nothing lands in the folder of the repository.
    assert "$PWD" not in backup
    assert all(target.startswith("/var/") for target in re.findall(r" > (\S+)", backup))
    assert not re.search(r"^\w*(PASSWORD|SECRET|_KEY)\w*=", EXAMPLE.read_text("utf-8"), re.MULTILINE)
