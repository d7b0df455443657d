"""Pages cannot be mis-spelled: every operation, variable and vocabulary that code and templates name is one that there is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from network.pages.operations.declared import FOLDER, Operation, declarations
from network.pages.operations.stub import STUB, stub
from network.words import WORDS

PAGES: Final = FOLDER.parent
OPERATIONS: Final = declarations(FOLDER)
MODULES: Final = [path for path in sorted(PAGES.rglob("*.py")) if path.parent != FOLDER]


def _name(node: ast.AST) -> str | None:
    """`x` of `operations.x`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "operations":
        return node.attr
    return None


def _named() -> Iterator[tuple[str, str]]:
    """Where an operation is named, and its name."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and (name := _name(node)):
                yield f"{path.relative_to(PAGES)}:{node.lineno}", name


def _asked() -> Iterator[tuple[str, str, set[str], bool]]:
    """Where an operation is given variables, its name, the variables that stand there, and whether others may come with them."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            is_partial = isinstance(node.func, ast.Name) and node.func.id == "partial" and bool(node.args)
            if name := _name(node.args[0] if is_partial else node.func):
                given = {one.arg for one in node.keywords if one.arg is not None}
                is_open = is_partial or any(one.arg is None for one in node.keywords)
                yield f"{path.relative_to(PAGES)}:{node.lineno}", name, given, is_open


def test_every_operation_that_a_page_names_is_a_file_and_every_file_is_asked() -> None:
    named = list(_named())
    assert [(where, name) for where, name in named if name not in OPERATIONS] == []
    assert OPERATIONS.keys() - {name for _, name in named} == set()


def test_every_question_has_the_variables_that_its_operation_takes_and_needs() -> None:
    wrong = []
    for where, name, given, is_open in _asked():
        takes = OPERATIONS[name]
        unknown = given - takes.variables.keys()
        missing = set() if is_open else takes.needed - given
        wrong += [f"{where} {name}: {one}" for one in sorted(unknown | missing)]
    assert wrong == []


def test_the_type_checker_is_told_what_the_files_declare() -> None:
    assert STUB.read_text(encoding="utf-8") == stub(), "run `make operations`"


def test_no_page_asks_by_the_text_of_a_name() -> None:
    """The type checker is the first to refuse it; where a call is not typed, this is."""
    texts = {
        f"{path.relative_to(PAGES)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("ask", "run")
        for one in node.args
        if isinstance(one, ast.Constant) and one.value in OPERATIONS
    }
    assert texts == set()


def test_every_vocabulary_that_a_template_names_is_one() -> None:
    named = {
        (path.name, name)
        for path in sorted((PAGES / "templates").rglob("*.html"))
        for name in re.findall(r"\bwords?\(['\"](\w+)['\"]", path.read_text(encoding="utf-8"))
    }
    assert named
    assert {(where, name) for where, name in named if name not in WORDS} == set()


def test_every_vocabulary_that_code_names_is_one() -> None:
    named = {
        (f"{path.relative_to(PAGES)}:{one.lineno}", one.value)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for one in (_vocabulary(node),)
        if isinstance(one, ast.Constant) and one.value
    }
    assert len(named) > 10
    assert {(where, name) for where, name in named if name not in WORDS} == set()


def _vocabulary(call: ast.Call) -> ast.expr | None:
    """The vocabulary of `word_for(language, "X", …)`, of `choice(name, label, "X")` and of whatever has `vocabulary="X"`."""
    at = {"word_for": 1, "choice": 2}.get(call.func.id) if isinstance(call.func, ast.Name) else None
    if at is not None and at < len(call.args):
        return call.args[at]
    return next((one.value for one in call.keywords if one.arg == "vocabulary"), None)


@pytest.fixture
def hub(tmp_path: Path) -> Operation:
    (tmp_path / "hub.graphql").write_text("query H($slug: String!, $after: String, $n: Int! = 3) { a }")
    return declarations(tmp_path)["hub"]


def test_a_question_has_what_was_given_and_nothing_that_is_none(hub: Operation) -> None:
    asked = hub(slug="weimar", after=None)
    assert (asked.operation, asked.variables) == ("hub", {"slug": "weimar"})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"slug": "weimar", "befor": "x"}, "hub: has no variable befor"),
        ({"after": "x"}, "hub: expected slug"),
        ({"slug": None}, "hub: expected slug"),
    ],
)
def test_a_variable_that_there_is_not_or_that_is_missing_is_refused_at_the_call(
    hub: Operation, given: dict[str, str | None], expected: str
) -> None:
    with pytest.raises(TypeError, match=expected):
        hub(**given)


@pytest.mark.parametrize("text", ["fragment F on Hub { id }", "query A { a } query B { b }"])
def test_a_file_holds_one_operation(tmp_path: Path, text: str) -> None:
    (tmp_path / "two.graphql").write_text(text)
    with pytest.raises(ValueError, match="two: expected one operation"):
        declarations(tmp_path)


def test_the_stub_says_what_is_needed_and_of_which_type(tmp_path: Path) -> None:
    (tmp_path / "hubs.graphql").write_text(
        "query H($slug: ID!, $ids: [ID!]!, $n: Int! = 3, $isNew: Boolean, $filter: HubFilter, $order: HubOrder!) { a }"
    )
    assert stub(tmp_path).splitlines()[-1] == (
        "def hubs(*, slug: str, ids: Sequence[str], n: int | None = ..., isNew: bool | None = ..., "
        "filter: Mapping[str, Any] | None = ..., order: str) -> Question: ..."
    )
