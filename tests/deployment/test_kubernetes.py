"""`deploy/kubernetes`: what Kubernetes takes, and that selectors, ports, probes, settings and policies agree with each other and with us."""

import json
import re
import tomllib
from pathlib import Path
from typing import Final, cast

import kubernetes_validate
import pytest
import yaml
from starlette.routing import Route

from network.configuration import values
from network.configuration.table import PREFIX, SETTINGS
from network.edge import health
from network.edge.metrics import Metrics
from network.subgraphs import NAMES
from search.port import SearchIndex
from tests.fixtures.manifests import FOLDER, Manifest, main, matches, of, render, resources, template
from tests.fixtures.memory_store import MemoryGraphStore

ROOT: Final = Path(__file__).parents[2]
# The oldest that we promise, and the newest that there is.
VERSIONS: Final = ("1.30", kubernetes_validate.latest_version())
VERSION: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
KNOWN: Final = {setting.variable for setting in SETTINGS} | {
    f"{one.variable}_FILE" for one in SETTINGS if one.is_secret
}


@pytest.fixture(scope="module")
def rendered() -> list[Manifest]:
    return render(FOLDER / "example")


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
    assert deployments.keys() == {"web", "worker", "router", *NAMES}
    assert deployments["worker"]["spec"]["replicas"] == 1
    assert all(one["spec"]["replicas"] >= 2 for name, one in deployments.items() if name != "worker")
    for name in NAMES:
        assert main(deployments[name])["args"] == ["serve", "--role", "web", "--subgraph", name]
    assert main(deployments["web"])["args"] == ["serve", "--role", "web"]
    assert main(deployments["worker"])["args"] == ["serve", "--role", "worker"]


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
    routes = health.routes(health.HealthCheck(store, cast("SearchIndex", store)), Metrics(), store, ())
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
            values.networks(literal.partition("=")[2])
    (given,) = [one["data"] for name, one in of(rendered, "ConfigMap").items() if name.startswith("hubnetz-network")]
    for value in given.values():
        (network,) = values.networks(value)
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
        "hubnetz": {"web", "worker", "setup", *NAMES},
        "hubnetz-mail": {"worker"},
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
