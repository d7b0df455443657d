"""Subgraphs of others beside ours, as `examples/` has them, behind the router of `deploy/router`."""

import ast
import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fixtures.node import installed
from tests.fixtures.parking import COMPILER, built
from tests.fixtures.process import ROOT, START_S, Running, free_port
from tests.fixtures.routers import compose, hive, running, subgraphs

EXAMPLES = ROOT / "examples"
UNIVERSITY = EXAMPLES / "university" / "subgraph.py"
COMPOSERS = ROOT / "tests" / "federation"
CROSSING = (EXAMPLES / "crossing.graphql").read_text(encoding="utf-8")
MLU = {"__typename": "University", "ror": "05gqaka33"}
ENTITIES = """query($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on University { ror studentProjects { title project { id } } } }
}"""


@dataclass(frozen=True)
class Example:
    """A subgraph of somebody else, at an address of its own whether it runs or not."""

    command: tuple[str, ...]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, folder: Path) -> contextlib.AbstractContextManager[Running]:
        env = os.environ | {"PORT": str(self.port)}
        probe = "/graphql?query={__typename}" if self.command[0] == "node" else "/openings"
        return running(_Answering(self.command, cwd=folder, env=env, log_dir=folder, url=self.url, probe=probe))


class _Answering(Running):
    def answers(self) -> bool:
        # The example in Python has no page that says 200 to everybody.
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(self._probe, timeout=START_S).status_code < 500
        return False


@dataclass
class Federation:
    folder: Path
    urls: dict[str, str]
    router: Running
    examples: dict[str, Example]
    opened: dict[str, contextlib.ExitStack]

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = httpx.post(
            f"{self.router.url}/graphql", json={"query": query, "variables": variables}, timeout=START_S
        )
        return dict(answer.json())

    @contextlib.contextmanager
    def without(self, name: str) -> Iterator[None]:
        """While one of the examples is down."""
        self.opened[name].close()
        try:
            yield
        finally:
            self.opened[name].enter_context(self.examples[name].run(self.folder))


@pytest.fixture(scope="module")
def parking() -> Path:
    return built()


@pytest.fixture(scope="module")
def federation(parking: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    folder = tmp_path_factory.mktemp("examples")
    examples = {
        "parking": Example(("node", str(parking / "dist" / "server.js")), free_port()),
        "university": Example((sys.executable, str(UNIVERSITY)), free_port()),
    }
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(subgraphs(folder))
        opened = {name: stack.enter_context(contextlib.ExitStack()) for name in examples}
        for name, example in examples.items():
            opened[name].enter_context(example.run(folder))
        urls = ours.urls | {name: f"{example.url}/graphql" for name, example in examples.items()}
        router = stack.enter_context(hive(compose(urls, folder)))
        yield Federation(folder, urls, router, examples, opened)


def test_one_question_crosses_all_subgraphs(federation: Federation) -> None:
    answer = federation.ask(CROSSING)

    assert "errors" not in answer
    zeitz = answer["data"]["municipality"]
    assert (zeitz["name"], zeitz["population"]) == ("Zeitz, Stadt", 27976)
    for area in zeitz["parkingAreas"]:
        assert area["name"].startswith("Beispiel: ")
        assert 0 <= area["free"] <= area["capacity"]
        assert area["updatedAt"]
        assert area["project"]["title"] == "Intelligente Parkplatzsuche in Zeitz"
        assert area["project"]["hub"]["premises"]
        assert [one["project"]["title"] for one in area["project"]["similar"]]
    (edge,) = zeitz["involvedIn"]["edges"]
    offers = {one["name"]: one["studentProjects"] for one in edge["node"]["universities"]}
    # The example speaks for one university; of the other it says nothing, which is no error.
    assert offers.pop("Otto-von-Guericke-Universität Magdeburg") is None
    (projects,) = offers.values()
    assert [one["project"]["title"] for one in projects] == [
        "Intelligente Parkplatzsuche in Zeitz",
        "Digitaler Zwilling Sachsen-Anhalt",
    ]
    assert all(one["title"].startswith("Beispiel: ") for one in projects)


def unavailable(federation: Federation, name: str) -> dict[str, Any]:
    """The answer's data while an example is down, once its errors were looked at."""
    with federation.without(name):
        answer = federation.ask(CROSSING)

    for error in answer["errors"]:
        assert (error["extensions"]["code"], error["extensions"]["retryable"]) == ("UNAVAILABLE", True)
        assert name in error["message"]
        # Nothing of the machines behind.
        assert str(federation.examples[name].port) not in json.dumps(error)
    assert answer["data"]["municipality"]["population"] == 27976
    return dict(answer["data"]["municipality"])


def test_without_the_hub_s_subgraph_the_rest_answers(federation: Federation) -> None:
    zeitz = unavailable(federation, "parking")

    assert zeitz["parkingAreas"] is None
    universities = zeitz["involvedIn"]["edges"][0]["node"]["universities"]
    assert any(one["studentProjects"] for one in universities)


def test_without_the_university_s_subgraph_the_rest_answers(federation: Federation) -> None:
    zeitz = unavailable(federation, "university")

    universities = zeitz["involvedIn"]["edges"][0]["node"]["universities"]
    assert [one["studentProjects"] for one in universities] == [None, None]
    assert zeitz["parkingAreas"][0]["project"]["title"] == "Intelligente Parkplatzsuche in Zeitz"


def test_both_composers_take_them_without_a_hint(federation: Federation) -> None:
    answers = {
        name: httpx.post(url, json={"query": "{ _service { sdl } }"}, timeout=START_S).json()
        for name, url in federation.urls.items()
    }
    run = subprocess.run(
        ["node", "compose.mjs"],
        cwd=installed(COMPOSERS),
        input=json.dumps({name: answer["data"]["_service"]["sdl"] for name, answer in answers.items()}),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    composed = json.loads(run.stdout)

    assert composed["apollo"] == composed["guild"] == composed["hints"] == []
    assert "parkingAreas: [ParkingArea!]\n" in composed["apiSchema"]
    assert "studentProjects: [StudentProject!]\n" in composed["apiSchema"]


def test_the_example_in_typescript_is_strictly_typed(parking: Path) -> None:
    run = subprocess.run([*COMPILER, "--noEmit"], cwd=parking, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout
    assert json.loads((parking / "tsconfig.json").read_text(encoding="utf-8"))["compilerOptions"]["strict"] is True


def test_the_tests_of_the_example_in_typescript_pass(parking: Path) -> None:
    run = subprocess.run(
        ["node", "--test", "--test-reporter=tap", "dist/"],
        cwd=parking,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert run.returncode == 0, run.stdout
    assert re.search(r"^# pass ([1-9]\d*)$", run.stdout, re.MULTILINE), run.stdout


def entities(federation: Federation, *representations: object) -> httpx.Response:
    body = {"query": ENTITIES, "variables": {"representations": representations}}
    return httpx.post(federation.urls["university"], json=body, timeout=START_S)


@pytest.mark.parametrize(
    "ror", ["00ggpsq73", "", "05GQAKA33", "https://ror.org/05gqaka33", "__class__", "0" * 1000, "ü\u202e\u0000"]
)
def test_a_university_that_it_does_not_speak_for_is_null(federation: Federation, ror: str) -> None:
    answer = entities(federation, {"__typename": "University", "ror": ror}, MLU).json()

    assert "errors" not in answer
    assert [one is None for one in answer["data"]["_entities"]] == [True, False]


@pytest.mark.parametrize(
    "representation",
    [
        {"__typename": "University"},
        {"__typename": "University", "ror": None},
        {"__typename": "University", "ror": 5},
        {"__typename": "University", "ror": ["05gqaka33"]},
        {"__typename": "University", "ror": {"a": 1}},
        {"__typename": "University", "domain": "uni-halle.de"},
    ],
    ids=json.dumps,
)
def test_a_reference_without_its_key_is_an_error_at_its_place(federation: Federation, representation: object) -> None:
    answer = entities(federation, MLU, representation, MLU).json()

    assert [(one["path"], one["extensions"]["code"]) for one in answer["errors"]] == [
        (["_entities", 1], "INVALID_REPRESENTATION")
    ]
    assert [one is None for one in answer["data"]["_entities"]] == [False, True, False]


@pytest.mark.parametrize(
    "representation",
    ["University", 5, [], {}, {"__typename": "Nothing"}, {"__typename": ["University"]}, {"ror": "05gqaka33"}],
    ids=json.dumps,
)
def test_what_is_no_reference_is_refused_without_a_word_of_the_machine(
    federation: Federation, representation: object
) -> None:
    answer = entities(federation, MLU, representation).json()

    assert answer["data"] is None
    assert {one["message"] for one in answer["errors"]} == {"Unexpected error."}


def test_more_than_a_router_sends_is_refused(federation: Federation) -> None:
    assert len(entities(federation, *[MLU] * 1000).json()["data"]["_entities"]) == 1000
    assert entities(federation, *[MLU] * 2000).status_code == 413
    many = httpx.post(federation.urls["university"], json={"query": "{" + "__typename " * 1000 + "}"}, timeout=START_S)
    assert "tokens" in many.json()["errors"][0]["message"]


def test_the_example_in_python_is_one_short_file_that_needs_nothing_of_ours() -> None:
    source = UNIVERSITY.read_text(encoding="utf-8")
    assert source.count("\n") <= 60
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    # `graphql` comes with Strawberry.
    assert imported == {"os", "strawberry", "uvicorn", "starlette", "graphql"}


def test_the_example_names_the_versions_that_it_is_tested_with() -> None:
    locked = (ROOT / "requirements" / "all.txt").read_text(encoding="utf-8")
    required = (EXAMPLES / "university" / "requirements.txt").read_text(encoding="utf-8")
    for line in required.splitlines():
        assert line.startswith("#") or f"\n{line} \\" in locked, line


@pytest.mark.parametrize(
    "lock", sorted(path.relative_to(ROOT) for path in EXAMPLES.glob("*/package-lock.json")), ids=str
)
def test_a_lock_of_packages_names_no_address(lock: Path) -> None:
    assert '"resolved"' not in (ROOT / lock).read_text(encoding="utf-8")
