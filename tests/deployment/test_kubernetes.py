"""`deploy/kubernetes`: what Kubernetes takes, and that selectors, ports, probes, settings and policies agree with each other and with us."""

import ipaddress
import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import kubernetes_validate
import pytest
import yaml
from starlette.routing import Route

from network import health, settings_values
from network.metrics import Metrics
from network.settings_table import PREFIX, SETTINGS
from network.subgraphs import NAMES
from tests.fixtures.memory_store import MemoryGraphStore

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "deploy" / "kubernetes"
# The oldest that we promise, and the newest that there is.
VERSIONS: Final = ("1.30", kubernetes_validate.latest_version())
VERSION: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
KNOWN: Final = {setting.variable for setting in SETTINGS} | {
    f"{one.variable}_FILE" for one in SETTINGS if one.is_secret
}

Manifest = dict[str, Any]


def loaded(text: str) -> list[Manifest]:
    return [document for document in yaml.safe_load_all(text) if document]


def resources(folder: str) -> Iterator[tuple[str, Manifest]]:
    """Each manifest as it is written, without what kustomize adds."""
    for name in yaml.safe_load((FOLDER / folder / "kustomization.yaml").read_text("utf-8"))["resources"]:
        if (path := FOLDER / folder / name).is_file():
            for document in loaded(path.read_text("utf-8")):
                yield f"{folder}/{name}", document


def render(folder: Path) -> list[Manifest]:
    if (client := shutil.which("kubectl")) is None:
        reason = "no kubectl here: each manifest is checked as it is written, what they are together is not"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    run = subprocess.run([client, "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return loaded(run.stdout)


@pytest.fixture(scope="module")
def rendered() -> list[Manifest]:
    return render(FOLDER / "example")


@pytest.fixture(scope="module")
def federated(tmp_path_factory: pytest.TempPathFactory) -> list[Manifest]:
    """The example with a subgraph of somebody else."""
    folder = tmp_path_factory.mktemp("federated") / "kubernetes"
    shutil.copytree(FOLDER, folder)
    (folder / "foreign" / "supergraph.graphql").write_text("type Query { a: Int }", encoding="utf-8")
    overlay = folder / "overlay" / "kustomization.yaml"
    overlay.parent.mkdir()
    overlay.write_text(json.dumps({"resources": ["../example"], "components": ["../foreign"], "namespace": "hubnetz"}))
    return render(overlay.parent)


def of(manifests: list[Manifest], *kinds: str) -> dict[str, Manifest]:
    return {one["metadata"]["name"]: one for one in manifests if one["kind"] in kinds}


def template(manifest: Manifest) -> Manifest:
    found: Manifest = manifest["spec"]["template"]
    return found


def main(manifest: Manifest) -> Manifest:
    (container,) = template(manifest)["spec"]["containers"]
    found: Manifest = container
    return found


def matches(selector: Manifest, labels: dict[str, str]) -> bool:
    expressions = selector.get("matchExpressions", [])
    assert all(one["operator"] == "In" for one in expressions)
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        labels.get(one["key"]) in one["values"] for one in expressions
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("folder", ["base", "example", "foreign"])
def test_each_manifest_fits_the_schema_of_its_kind(folder: str, version: str) -> None:
    # Pods get the rest of themselves from the patches; what they have is checked where they are complete.
    for place, document in resources(folder):
        if document["kind"] not in ("Deployment", "Job"):
            assert kubernetes_validate.validate(document, version, strict=True), place


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_applied_fits_the_schemas(rendered: list[Manifest], version: str) -> None:
    assert {one["kind"] for one in rendered} >= {"Deployment", "Job", "NetworkPolicy", "PodDisruptionBudget", "Ingress"}
    for document in rendered:
        kubernetes_validate.validate(document, version, strict=True)


def test_a_manifest_that_does_not_fit_is_refused(rendered: list[Manifest]) -> None:
    web = of(rendered, "Deployment")["web"]
    broken = json.loads(json.dumps(web))
    broken["spec"]["replica"] = 3
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, VERSIONS[0], strict=True)


def test_there_is_one_of_each_part_and_several_where_they_multiply(rendered: list[Manifest]) -> None:
    deployments = of(rendered, "Deployment")
    assert deployments.keys() == {"web", "indexer", "router", *NAMES}
    assert deployments["indexer"]["spec"]["replicas"] == 1
    assert all(one["spec"]["replicas"] >= 2 for name, one in deployments.items() if name != "indexer")
    for name in NAMES:
        assert main(deployments[name])["args"] == ["serve", "--role", "web", "--subgraph", name]
    assert main(deployments["web"])["args"] == ["serve", "--role", "web"]
    assert main(deployments["indexer"])["args"] == ["serve", "--role", "indexer"]


def test_selectors_find_their_pods_and_no_others(rendered: list[Manifest]) -> None:
    deployments = of(rendered, "Deployment")
    labels = {name: template(one)["metadata"]["labels"] for name, one in of(rendered, "Deployment", "Job").items()}
    for name, one in deployments.items():
        assert [pod for pod in labels if matches(one["spec"]["selector"], labels[pod])] == [name]
        (spread,) = template(one)["spec"]["topologySpreadConstraints"]
        assert [pod for pod in labels if matches(spread["labelSelector"], labels[pod])] == [name]
    for name, one in of(rendered, "Service").items():
        assert [pod for pod in labels if matches({"matchLabels": one["spec"]["selector"]}, labels[pod])] == [name]
    budgets = of(rendered, "PodDisruptionBudget")
    assert budgets.keys() == deployments.keys()
    for name, one in budgets.items():
        assert [pod for pod in labels if matches(one["spec"]["selector"], labels[pod])] == [name]
    for one in of(rendered, "HorizontalPodAutoscaler").values():
        assert one["spec"]["scaleTargetRef"]["name"] in deployments


def test_ports_are_those_of_the_containers(rendered: list[Manifest]) -> None:
    deployments, services = of(rendered, "Deployment"), of(rendered, "Service")
    for name, service in services.items():
        offered = {port["name"]: port["containerPort"] for port in main(deployments[name])["ports"]}
        for port in service["spec"]["ports"]:
            assert port["port"] == offered[port["targetPort"]]
    for one in of(rendered, "Ingress").values():
        for rule in one["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                assert backend["port"]["name"] in {port["name"] for port in services[backend["name"]]["spec"]["ports"]}
    routed = json.loads((ROOT / "deploy" / "router" / "subgraphs.json").read_text())
    for name, listed in routed.items():
        (port,) = services[name]["spec"]["ports"]
        assert listed["url"] == f"http://{name}:{port['port']}/subgraphs/{name}"


def test_probes_ask_what_there_is(rendered: list[Manifest]) -> None:
    store = MemoryGraphStore()
    routes = health.routes(health.HealthCheck(store, store), Metrics(), store, ())
    ours = {route.path for route in routes if isinstance(route, Route)}
    for name, one in of(rendered, "Deployment").items():
        container = main(one)
        probes = {kind: container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
        assert {probe["port"] for probe in probes.values()} <= {port["name"] for port in container["ports"]}
        if name == "router":
            assert {probe["path"] for probe in probes.values()} == {"/healthcheck", "/readiness"}
            continue
        assert {probe["path"] for probe in probes.values()} <= ours
        # A database that is away takes pods out of service, and starts none of them again.
        assert probes["liveness"]["path"] == probes["startup"]["path"] == "/livez"
        assert probes["readiness"]["path"] == "/readyz"


def test_every_variable_is_a_setting_and_every_file_is_mounted(rendered: list[Manifest]) -> None:
    maps = of(rendered, "ConfigMap")
    for name, one in of(rendered, "Deployment", "Job").items():
        container = main(one)
        given = {variable["name"]: variable for variable in container.get("env", [])}
        for source in container.get("envFrom", []):
            given |= {key: {} for key in maps[source["configMapRef"]["name"]]["data"]}
        assert {variable for variable in given if variable.startswith(PREFIX)} <= KNOWN
        assert (name == "router") is not bool(given)
        places = {mount["mountPath"] for mount in container["volumeMounts"]}
        for variable in given.values():
            if (value := variable.get("value", "")).startswith("/"):
                assert str(Path(value).parent) in places
            if reference := variable.get("valueFrom", {}).get("configMapKeyRef"):
                assert reference["key"] in maps[reference["name"]]["data"]
        volumes = {volume["name"] for volume in template(one)["spec"]["volumes"]}
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes


def test_the_base_believes_nobody(rendered: list[Manifest]) -> None:
    (declared,) = [
        one["literals"]
        for one in yaml.safe_load((FOLDER / "base" / "kustomization.yaml").read_text("utf-8"))["configMapGenerator"]
        if one["name"] == "hubnetz-network"
    ]
    assert {literal.partition("=")[0] for literal in declared} == {"routers", "proxies"}
    for literal in declared:
        with pytest.raises(ValueError, match="IPv4"):
            settings_values.networks(literal.partition("=")[2])
    (given,) = [one["data"] for name, one in of(rendered, "ConfigMap").items() if name.startswith("hubnetz-network")]
    for value in given.values():
        (network,) = settings_values.networks(value)
        # Not a whole private range, which clients of an intranet are in as well.
        assert network.prefixlen >= 16
    for name in ("web", *NAMES):
        taken = {
            one["name"]: one["valueFrom"] for one in main(of(rendered, "Deployment")[name])["env"] if "valueFrom" in one
        }
        assert taken["HUBNETZ_TRUSTED_PROXIES"]["configMapKeyRef"]["key"] == "proxies"
        assert ("HUBNETZ_ROUTERS" in taken) is (name in NAMES)


def test_secrets_are_files_and_the_readme_says_which_must_exist(rendered: list[Manifest]) -> None:
    assert of(rendered, "Secret") == {}
    readme = (FOLDER / "README.md").read_text("utf-8")
    readers: dict[str, set[str]] = {}
    for name, one in of(rendered, "Deployment", "Job").items():
        assert "secretKeyRef" not in json.dumps(one)
        for volume in template(one)["spec"]["volumes"]:
            if "secret" in volume:
                assert volume["secret"]["defaultMode"] == 0o440
                readers.setdefault(volume["secret"]["secretName"], set()).add(name)
    assert readers == {
        "hubnetz": {"web", "indexer", "setup", *NAMES},
        "hubnetz-mail": {"indexer"},
        "hubnetz-issuers": {"web", *NAMES},
    }
    # What our clients sign in with is for who signs people in.
    for name, one in of(rendered, "Deployment").items():
        for volume in template(one)["spec"]["volumes"]:
            if volume["name"] == "issuers":
                items = [item["key"] for item in volume["secret"].get("items", [])]
                assert items == ([] if name == "web" else ["issuers.toml"])
    for secret in readers:
        assert f"| `{secret}` |" in readme


def test_every_pod_meets_the_restricted_standard_and_has_bounds(rendered: list[Manifest]) -> None:
    (namespace,) = of(rendered, "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    (account,) = of(rendered, "ServiceAccount").values()
    assert account["automountServiceAccountToken"] is False
    for one in of(rendered, "Deployment", "Job").values():
        pod, container = template(one)["spec"], main(one)
        assert pod["serviceAccountName"] == account["metadata"]["name"]
        assert pod["automountServiceAccountToken"] is False
        # A Service called hubnetz would set HUBNETZ_PORT, and any of them names that no setting has.
        assert pod["enableServiceLinks"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        for kind in ("requests", "limits"):
            assert {"cpu", "memory"} <= container["resources"][kind].keys()
        assert re.fullmatch(rf"[a-z-]+(/[a-z-]+)?:{re.escape(VERSION)}", container["image"])


def test_users_are_those_of_the_images(rendered: list[Manifest]) -> None:
    for name, one in of(rendered, "Deployment", "Job").items():
        file = "deploy/router/Dockerfile" if name == "router" else "Dockerfile"
        (user,) = re.findall(r"^USER (\S+)$", (ROOT / file).read_text("utf-8"), re.MULTILINE)
        context = template(one)["spec"]["securityContext"]
        assert user == f"{context['runAsUser']}:{context['runAsGroup']}"


class TestNetwork:
    """Who reaches whom, as the policies together say it."""

    @staticmethod
    def policies(rendered: list[Manifest], pod: str, direction: str) -> list[Manifest]:
        labels = template(of(rendered, "Deployment", "Job")[pod])["metadata"]["labels"]
        return [
            rule
            for policy in of(rendered, "NetworkPolicy").values()
            if matches(policy["spec"]["podSelector"], labels)
            and direction.capitalize() in policy["spec"]["policyTypes"]
            for rule in policy["spec"].get(direction, [])
        ]

    def test_nobody_speaks_to_anybody_unless_it_is_said(self, rendered: list[Manifest]) -> None:
        nobody = of(rendered, "NetworkPolicy")["nobody"]["spec"]
        assert nobody == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
        for pod in ("indexer", "setup"):
            assert self.policies(rendered, pod, "ingress") == []

    def test_what_is_let_in_comes_to_a_port_that_is_open(self, rendered: list[Manifest]) -> None:
        for pod, one in of(rendered, "Deployment").items():
            opened = {port["containerPort"] for port in main(one)["ports"]}
            for rule in self.policies(rendered, pod, "ingress"):
                assert {port["port"] for port in rule["ports"]} == opened

    @pytest.mark.parametrize("pod", NAMES)
    def test_subgraphs_are_reached_by_the_router_alone(self, rendered: list[Manifest], pod: str) -> None:
        (rule,) = self.policies(rendered, pod, "ingress")
        (peer,) = rule["from"]
        labels = {name: template(one)["metadata"]["labels"] for name, one in of(rendered, "Deployment", "Job").items()}
        assert [name for name in labels if matches(peer["podSelector"], labels[name])] == ["router"]
        assert peer.keys() == {"podSelector"}

    def test_the_router_reaches_the_subgraphs_and_names_alone(self, rendered: list[Manifest]) -> None:
        labels = {name: template(one)["metadata"]["labels"] for name, one in of(rendered, "Deployment", "Job").items()}
        reached = set()
        for rule in self.policies(rendered, "router", "egress"):
            for peer in rule["to"]:
                # But for names, which a cache on the node may answer.
                assert "ipBlock" not in peer or {port["port"] for port in rule["ports"]} == {53}
                if "podSelector" in peer:
                    reached |= {name for name in labels if matches(peer["podSelector"], labels[name])}
        assert reached == set(NAMES)

    def reached(self, manifests: list[Manifest], pod: str, address: str) -> set[int]:
        """The ports that a pod reaches at an address outside of the cluster."""
        asked = ipaddress.ip_address(address)
        ports: set[int] = set()
        for rule in self.policies(manifests, pod, "egress"):
            blocks = [peer["ipBlock"] for peer in rule["to"] if "ipBlock" in peer]
            if any(
                asked in ipaddress.ip_network(block["cidr"])
                and not any(asked in ipaddress.ip_network(one) for one in block.get("except", []))
                for block in blocks
            ):
                ports |= {port["port"] for port in rule["ports"]}
        return ports

    @pytest.mark.parametrize("pod", ["web", "indexer", "setup", *NAMES])
    def test_databases_are_where_the_overlay_says(self, rendered: list[Manifest], pod: str) -> None:
        assert {7687, 443} <= self.reached(rendered, pod, "192.0.2.5")
        base = [document for place, document in resources("base") if place.endswith("network.yaml")]
        (declared,) = [one for one in base if one["metadata"]["name"] == "databases"]
        (rule,) = declared["spec"]["egress"]
        assert rule["to"] == [{"ipBlock": {"cidr": "192.0.2.0/32"}}]

    @pytest.mark.parametrize(
        "address",
        [
            "10.96.0.1",
            "172.16.3.4",
            "192.168.1.1",
            "100.64.0.9",
            "169.254.169.254",
            "127.0.0.1",
            "fd00::1",
            "fe80::1",
            "::1",
        ],
    )
    @pytest.mark.parametrize("pod", ["web", "indexer", "setup", "router", *NAMES])
    def test_the_cluster_and_the_intranet_are_reached_by_nobody(
        self, rendered: list[Manifest], pod: str, address: str
    ) -> None:
        assert self.reached(rendered, pod, address) == set()

    @pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::9"])
    def test_public_addresses_are_reached_by_who_has_business_there(
        self, rendered: list[Manifest], address: str
    ) -> None:
        for pod in ("web", *NAMES):
            assert self.reached(rendered, pod, address) == {443}
        assert self.reached(rendered, "indexer", address) == {443, 465, 587, 1024}
        for pod in ("setup", "router"):
            assert self.reached(rendered, pod, address) == set()

    def test_a_subgraph_of_somebody_else_is_reached_by_the_router(self, federated: list[Manifest]) -> None:
        assert self.reached(federated, "router", "198.51.100.7") == {443}
        assert self.reached(federated, "router", "198.51.100.8") == set()

    def test_a_router_with_a_supergraph_of_its_own_reads_it_and_trusts_nobody_more(
        self, federated: list[Manifest]
    ) -> None:
        for document in federated:
            kubernetes_validate.validate(document, VERSIONS[0], strict=True)
        router = of(federated, "Deployment")["router"]
        (variable,) = main(router)["env"]
        assert variable["name"] == "SUPERGRAPH"
        places = {mount["name"]: mount["mountPath"] for mount in main(router)["volumeMounts"]}
        assert str(Path(variable["value"]).parent) == places["supergraph"]
        (volume,) = [one for one in template(router)["spec"]["volumes"] if one["name"] == "supergraph"]
        assert of(federated, "ConfigMap")[volume["configMap"]["name"]]["data"].keys() == {Path(variable["value"]).name}

    def test_no_ingress_leads_to_the_subgraphs(self, rendered: list[Manifest]) -> None:
        for one in of(rendered, "Ingress").values():
            for rule in one["spec"]["rules"]:
                led = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
                if "/" in led:
                    # The router answers /graphql alone.
                    assert led["/subgraphs"] == "router"
                assert not set(led.values()) & set(NAMES)
