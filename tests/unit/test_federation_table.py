"""The table of `make federation`: it tells what ran, and nothing that did not run passes."""

from typing import Any, Literal

import pytest

from tests.federation.__main__ import SUITES, Suite, Table, files

ONE, OTHER = Suite("One", "/test_one.py::"), Suite("Other", "/test_other.py::")


def report(
    nodeid: str,
    outcome: Literal["passed", "failed", "skipped"],
    when: Literal["setup", "call", "teardown"] = "call",
    **properties: Any,
) -> pytest.TestReport:
    location = (nodeid.partition("::")[0], 1, "test")
    return pytest.TestReport(nodeid, location, {}, outcome, None, when, user_properties=list(properties.items()))


def table(*reports: pytest.TestReport) -> Table:
    made = Table([ONE, OTHER])
    for one in reports:
        made.pytest_runtest_logreport(one)
    return made


def numbers(made: Table) -> list[tuple[str, ...]]:
    return [tuple(line.split()[:3]) for line in list(made.lines())[1:]]


FINE = (
    report("tests/test_one.py::test_a", "passed"),
    report("tests/test_other.py::test_b[x]", "passed", passed=23, cases=23),
)


def test_all_that_passed() -> None:
    made = table(report("tests/test_one.py::test_a", "passed", "setup"), *FINE)

    assert made.is_complete
    assert numbers(made) == [("One", "1", "1"), ("Other", "23", "23"), ("All", "24", "24")]


@pytest.mark.parametrize(
    "bad",
    [
        report("tests/test_one.py::test_c", "failed"),
        report("tests/test_one.py::test_c", "failed", "setup"),
        report("tests/test_one.py::test_c", "failed", "teardown"),
        report("tests/test_one.py::test_c", "skipped", "setup"),
        report("tests/test_one.py::test_c", "skipped"),
        report("tests/test_one.py::test_c", "passed", passed=22, cases=23),
        report("tests/test_third.py::test_c", "passed"),
    ],
)
def test_anything_else_is_no_success(bad: pytest.TestReport) -> None:
    assert not table(*FINE, bad).is_complete


def test_a_suite_that_did_not_run_is_no_success() -> None:
    made = table(FINE[0])

    assert not made.is_complete
    assert numbers(made)[1] == ("Other", "0", "0")
    assert any("did not run" in line for line in made.lines())


def test_each_suite_has_its_module() -> None:
    found = files()

    assert all(
        any(suite.tests.partition("\\.py")[0].partition("_\\w")[0].strip("/") in path for path in found)
        for suite in SUITES
    )
    assert {"tests/network/test_routers.py", "tests/network/test_gateway.py"} <= set(found)
