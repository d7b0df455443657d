"""`make federation`: what others ask of a federation, run in one go, and a table of what ran.

    python -m tests.federation [arguments of pytest]

Numbers come from the reports of tests that ran, or from what an outside suite printed (the properties `passed` and `cases` of
a report). A suite of which nothing ran, or of which anything was skipped, is a failure.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

_NETWORK: Final = Path("tests") / "network"


@dataclass(frozen=True)
class Suite:
    name: str
    tests: str
    """Regular expression that node ids match."""


SUITES: Final = (
    Suite("GraphQL over HTTP: audit of graphql-http, four endpoints", r"/test_http_audit\.py::"),
    Suite("Apollo's subgraph compatibility, ftv1 included", r"/test_subgraph_compatibility\.py::test_every_published_"),
    Suite("The fixture of these tests against their schema", r"/test_subgraph_compatibility\.py::"),
    Suite("Traces (ftv1), read by Apollo's decoder", r"/test_federated_tracing\.py::"),
    Suite("Composition: two composers, no hint, the same API schema", r"/test_gateway\.py::test_composers_"),
    Suite("The gateway's union: what fits together and what does not", r"/test_gateway\.py::"),
    Suite("Corpus: Hive Gateway against the gateway", r"/test_routers\.py::test_a_router_.*\bhive\b"),
    Suite("Corpus: Apollo's gateway against the gateway", r"/test_routers\.py::test_a_router_.*\bapollo\b"),
    Suite("Corpus: size, callers, crossings, differences in use", r"/test_routers\.py::"),
    Suite("A router in front: tokens, limits, failures, reload", r"/test_router_\w+\.py::"),
)
"""A test belongs to the first that matches."""


@dataclass
class Count:
    passed: int = 0
    cases: int = 0


class Table:
    """Counts reports, as a plugin of pytest; those of workers come to it, too."""

    def __init__(self, suites: Iterable[Suite] = SUITES) -> None:
        self._counts = {suite: Count() for suite in suites}
        self._strays: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # What went well before and after a test is no case of its own.
        if report.when != "call" and report.passed:
            return
        suite = next((one for one in self._counts if re.search(one.tests, report.nodeid)), None)
        if suite is None:
            self._strays.append(report.nodeid)
            return
        told = dict(report.user_properties)
        count = self._counts[suite]
        count.cases += int(str(told.get("cases", 1)))
        count.passed += int(str(told.get("passed", 1))) if report.passed and not hasattr(report, "wasxfail") else 0

    @property
    def is_complete(self) -> bool:
        """Whether each suite ran and all of it passed."""
        return not self._strays and all(count.cases == count.passed > 0 for count in self._counts.values())

    def lines(self) -> Iterator[str]:
        width = max(len(suite.name) for suite in self._counts)
        yield f"{'Suite':{width}}  {'cases':>6}  {'passed':>6}"
        for suite, count in self._counts.items():
            remark = "" if count.cases else "  did not run"
            yield f"{suite.name:{width}}  {count.cases:6}  {count.passed:6}{remark}"
        cases, passed = (sum(getattr(count, name) for count in self._counts.values()) for name in ("cases", "passed"))
        yield f"{'All':{width}}  {cases:6}  {passed:6}"
        for stray in self._strays:
            yield f"of no suite: {stray}"


def files() -> list[str]:
    """The modules with tests of any suite."""
    modules = {suite.tests.partition("::")[0] for suite in SUITES}
    found = sorted(path.as_posix() for path in _NETWORK.glob("test_*.py"))
    return [path for path in found if any(re.search(f"{module}$", path) for module in modules)]


def main(arguments: list[str]) -> int:
    table = Table()
    code = int(pytest.main([*files(), *arguments], plugins=[table]))
    print("", *table.lines(), sep="\n")
    return code or (0 if table.is_complete else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
