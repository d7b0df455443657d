"""`deploy/prometheus/rules.yaml`: what Prometheus takes, over metrics that there are, with the bounds of doctor, each told to operators."""

import re
from pathlib import Path
from typing import Any, Final

import promql_parser
import pytest
import yaml

from graph.values import Instant
from network.edge.metrics import Metrics
from network.work import WORKS, State, Waiting

ROOT: Final = Path(__file__).parents[2]
FILE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/prometheus/rules.yaml").read_text("utf-8"))
RULES: Final[dict[str, dict[str, Any]]] = {rule["alert"]: rule for group in FILE["groups"] for rule in group["rules"]}
TOLD: Final = (ROOT / "docs/deployment.md").read_text("utf-8")
NOW: Final = Instant("2026-11-23T12:00:00.000000Z")
SEVERITIES: Final = {"critical", "warning", "info"}


def selectors(expression: str) -> list[Any]:
    """Every vector that `expression` reads."""
    found: list[Any] = []

    def note(node: Any) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)
        elif isinstance(node, promql_parser.MatrixSelector):
            found.append(node.vector_selector)

    promql_parser.walk(promql_parser.parse(expression), pre_visit=note)
    return found


def exposed() -> set[str]:
    """Names of all metrics that a process tells."""
    metrics = Metrics()
    work = [State(one, Waiting(1, NOW, 1), NOW, NOW) for one in WORKS]
    text = metrics.text(up={"graph": True}, work=work, graph_calls=0).decode()
    return {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")}


def bound(expression: str) -> float:
    """What a comparison is held to."""
    found = re.search(r"(?:>|==) ([\d.]+)$", expression)
    assert found, expression
    return float(found[1])


def _fits(matcher: Any, duty: str) -> bool:
    assert matcher.op in (promql_parser.MatchOp.Equal, promql_parser.MatchOp.NotEqual)
    return (matcher.value == duty) is (matcher.op == promql_parser.MatchOp.Equal)


def test_it_is_a_file_of_rules() -> None:
    # Prometheus refuses a whole file for one name that it does not know.
    assert FILE.keys() == {"groups"}
    for group in FILE["groups"]:
        assert group.keys() == {"name", "rules"}
    assert len(RULES) == sum(len(group["rules"]) for group in FILE["groups"])


@pytest.mark.parametrize("name", RULES)
class TestEachAlert:
    def test_says_what_prometheus_wants_to_know(self, name: str) -> None:
        rule = RULES[name]
        assert re.fullmatch(r"Hubnetz[A-Za-z]+", name)
        assert {"alert", "expr", "labels", "annotations"} <= rule.keys() <= {*rule, "for"}
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
        assert rule["labels"].keys() == {"severity"}
        assert rule["labels"]["severity"] in SEVERITIES
        assert rule["annotations"].keys() == {"summary"}

    def test_reads_what_there_is(self, name: str) -> None:
        read = selectors(RULES[name]["expr"])
        assert read
        assert {selector.name for selector in read} <= exposed()
        duties = {one.duty.value for one in WORKS}
        for selector in read:
            for matcher in selector.matchers.matchers:
                assert matcher.name != "work" or matcher.value in duties, matcher.value

    def test_is_told_to_operators(self, name: str) -> None:
        (row,) = re.findall(rf"^\| `{name}` \| (.+?) \| (.+?) \|$", TOLD, re.MULTILINE)
        assert all(len(cell) > 10 for cell in row)


def test_no_alert_is_told_of_that_is_none() -> None:
    assert set(re.findall(r"^\| `(Hubnetz\w+)`", TOLD, re.MULTILINE)) == RULES.keys()


@pytest.mark.parametrize("one", WORKS, ids=lambda one: one.duty.value)
def test_bounds_are_those_of_doctor(one: Any) -> None:
    late, silent = [], []
    for rule in RULES.values():
        for selector in selectors(rule["expr"]):
            if not all(_fits(matcher, one.duty.value) for matcher in selector.matchers.matchers):
                continue
            if selector.name == "hubnetz_work_oldest_seconds":
                late.append(bound(rule["expr"]))
            elif selector.name == "hubnetz_work_last_success_timestamp_seconds":
                silent.append(bound(rule["expr"]))
    assert (late, silent) == ([one.late_s], [one.silent_s])
