"""The rooms of ARCHITECTURE.md hold: imports point one way, vendors stay in their adapters, modules stay readable."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("auth", "graph", "search", "network", "seed_data")
BESIDE = ("bench", "examples", "requirements", "tests")
MAX_LINES = 400
MAX_FUNCTION_LINES = 60

# vendor package -> the only modules that may import it
VENDORS = {
    "neo4j": ("graph/backends/neo4j/*.py",),
    "ladybug": ("graph/backends/ladybug/*.py",),
    "tantivy": ("search/tantivy_*.py",),
    "httpx": ("search/meilisearch_*.py", "auth/*.py", "network/**/*.py"),
    "joserfc": ("auth/*.py", "network/development/*.py"),
    "authlib": ("auth/login.py", "auth/id_tokens.py"),
    "starlette": ("network/**/*.py",),
    "strawberry": ("network/**/*.py",),
    "graphql": ("network/**/*.py",),
    "uvicorn": ("network/**/*.py",),
}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(path for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts)


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]


def test_imports_point_one_way() -> None:
    # A process of its own: the linter configures logging for the whole process, which silences every other test's.
    command = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_is_known_to_its_adapter_alone(vendor: str) -> None:
    allowed = {path for pattern in VENDORS[vendor] for path in ROOT.glob(pattern)}
    importers = {path for path in sources(*ROOMS) if vendor in imported(ast.parse(path.read_text()))}
    assert importers, f"nothing imports {vendor}: is the rule still about something?"
    assert importers <= allowed, f"{vendor} is imported by {sorted(map(str, importers - allowed))}"


def test_modules_and_functions_stay_short() -> None:
    too_long = []
    for path in sources(*ROOMS, "tests", "bench"):
        text = path.read_text()
        name = path.relative_to(ROOT)
        if text.count("\n") > MAX_LINES:
            too_long.append(f"{name}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    too_long.append(f"{name}:{node.lineno} {node.name}: {length} lines")
    assert not too_long


def test_every_module_of_pages_has_its_place_and_every_place_is_one() -> None:
    section = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("**Pages.**")[2].partition("\n\n**")[0]
    modules = {path.stem for path in (ROOT / "network" / "pages").rglob("*.py")} - {"__init__"}
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")][2:]
    assert modules - set(re.findall(r"`(?:network/pages/)?(?:\w+/)?(\w+)(?:\.py)?`", section)) == set()
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row[1])} - modules == set()


def test_every_room_of_graph_and_network_is_described_and_every_described_room_is_one() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for whole in ("graph", "network"):
        section = text.partition(f"**Rooms of `{whole}/`.**")[2].partition("\n\n**")[0]
        described = {
            room
            for line in section.splitlines()
            if line.startswith("| `")
            for room in re.findall(r"`(\w+/)`", line.split(" | ")[0])
        }
        rooms = {f"{path.parent.relative_to(ROOT / whole)}/" for path in (ROOT / whole).glob("*/__init__.py")}
        assert described == rooms, whole


def test_a_type_ignore_names_its_code_and_reason() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources(*ROOMS, *BESIDE)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"# type: (?:ignore)(?!\[[a-z-]+(, [a-z-]+)*\]\s+# \w)", line)
    ]
    assert not bare


def test_all_of_it_is_type_checked() -> None:
    """Fixtures and measurements implement ports: where one is left out, a port that changed is noticed at run time."""
    checked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert checked["strict"] is True
    assert set(checked["files"]) == {*ROOMS, *BESIDE}
    assert {path.parent.name for path in ROOT.glob("[!.]*/*.py")} <= {*ROOMS, *BESIDE}


def test_test_modules_have_names_of_their_own() -> None:
    """Folders of tests are no packages: of two modules with one name pytest imports the first, and refuses the run."""
    names = Counter(path.name for path in sources("tests") if path.name.startswith("test_"))
    assert [name for name, count in names.items() if count > 1] == []
