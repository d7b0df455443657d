"""Places that catch whatever is raised: CONTRIBUTING.md lists each with its reason, and there is no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("auth", "graph", "search", "network", "seed_data")
EVERYTHING: Final = {"Exception", "BaseException"}
TOLD: Final = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def names(node: ast.expr | None) -> set[str]:
    """Exceptions that a handler or a call names."""
    return {"BaseException"} if node is None else {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def cleans_up(handler: ast.ExceptHandler) -> bool:
    """Whether what was caught goes on as it is."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def catches(node: ast.AST) -> bool:
    match node:
        case ast.ExceptHandler():
            return bool(names(node.type) & EVERYTHING) and not cleans_up(node)
        case ast.Call(func=ast.Name(id="caught")):
            return True
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress")):
            return any(names(argument) & EVERYTHING for argument in node.args)
    return False


def functions(tree: ast.AST, name: str = "") -> Iterator[str]:
    """Names of the functions in which everything is caught; of methods alone, those inside others by the outermost."""
    for node in ast.iter_child_nodes(tree):
        is_outermost = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not name
        inner = node.name if is_outermost and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else name
        if catches(node):
            yield inner
        yield from functions(node, inner)


def places() -> set[tuple[str, str]]:
    found = set()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            module = path.relative_to(ROOT).as_posix()
            found |= {(module, name) for name in functions(ast.parse(path.read_text("utf-8")))}
    return found


def test_every_place_is_listed_with_its_reason_and_no_other_is() -> None:
    section = TOLD.partition("## Where everything is caught")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\S+\.py)` \| `(\w+)` \| (.+) \|$", section, re.MULTILINE)
    assert all(len(reason) > 20 for _, _, reason in rows)
    listed = [(module, name) for module, name, _ in rows]
    assert listed == sorted(set(listed))
    assert set(listed) == places()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n try: g()\n except Exception: pass", ["f"]),
        ("def f():\n try: g()\n except (KeyError, BaseException) as e: h(e)", ["f"]),
        ("def f():\n try: g()\n except: pass", ["f"]),
        ("class C:\n async def f(self):\n  async def go():\n   try: g()\n   except Exception: pass", ["f"]),
        ("def f():\n try: g()\n except Exception as e: raise Other from e", ["f"]),
        ("def f():\n with contextlib.suppress(Exception): g()", ["f"]),
        ("async def f():\n return await caught(g())", ["f"]),
        ("def f():\n try: g()\n except BaseException:\n  h()\n  raise", []),
        ("def f():\n try: g()\n except KeyError: pass", []),
    ],
)
def test_what_counts_as_catching_everything(text: str, expected: list[str]) -> None:
    assert list(functions(ast.parse(text))) == expected
