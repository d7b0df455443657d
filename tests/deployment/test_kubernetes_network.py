"""`deploy/kubernetes`: who reaches whom, and where a subgraph of somebody else joins."""

import ipaddress
import json
import shutil
from pathlib import Path

import kubernetes_validate
import pytest

from network.subgraphs import NAMES
from tests.fixtures.manifests import FOLDER, Manifest, main, matches, of, render, resources, template

OLDEST = "1.30"


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
        for pod in ("worker", "setup"):
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

    @pytest.mark.parametrize("pod", ["web", "worker", "setup", *NAMES])
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
    @pytest.mark.parametrize("pod", ["web", "worker", "setup", "router", *NAMES])
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
        assert self.reached(rendered, "worker", address) == {443, 465, 587, 1024}
        for pod in ("setup", "router"):
            assert self.reached(rendered, pod, address) == set()

    def test_a_subgraph_of_somebody_else_is_reached_by_the_router(self, federated: list[Manifest]) -> None:
        assert self.reached(federated, "router", "198.51.100.7") == {443}
        assert self.reached(federated, "router", "198.51.100.8") == set()

    def test_a_router_with_a_supergraph_of_its_own_reads_it_and_trusts_nobody_more(
        self, federated: list[Manifest]
    ) -> None:
        for document in federated:
            kubernetes_validate.validate(document, OLDEST, strict=True)
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
