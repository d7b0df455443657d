"""What holds for every template, text and style, read as files."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import FieldNode, Node, OperationDefinitionNode, OperationType, SelectionSetNode, parse

from network.pages import catalogue
from network.pages.frame.rendering import STATIC

TEMPLATES = Path(catalogue.__file__).parent / "templates"
FILES = sorted(TEMPLATES.rglob("*.html"))
PROTOCOL = {"clientMutationId", "savedSearch"}
"""Fields that operations ask for since a mutation has to ask for something."""
THEMES = {
    "on-light": r":root \{\n  color-scheme: light dark;\n(.*?)\n  --round",
    "on-dark": r"prefers-color-scheme: dark\) \{\n  :root \{\n(.*?)\n  \}",
}


def test_every_text_has_english_words_and_no_words_are_left_over() -> None:
    assert catalogue.missing() == []
    assert catalogue.stale() == []


def test_english_words_keep_the_places_of_values_and_no_german_ones() -> None:
    for one in catalogue.kept():
        if not one.id:
            continue
        german = [one.id] if isinstance(one.id, str) else list(one.id)
        english = [one.string] if isinstance(one.string, str) else list(one.string or ())
        places = {frozenset(re.findall(r"%\((\w+)\)", text)) for text in german}
        for text in english:
            assert frozenset(re.findall(r"%\((\w+)\)", text)) in places, one.id
            assert not re.search(r"[äöüß]|\b(?:und|nicht|oder|wird)\b", re.sub(r"„[^“]*“|\[[^]]*\]", "", text)), text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_escapes_everything_and_holds_neither_script_nor_style(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", text)
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']", text)
    for script in re.findall(r"<script[^>]*>", text):
        # Structured data (JSON-LD) runs nothing.
        assert re.search(r'\ssrc="|type="application/ld\+json"', script), script
    assert "javascript:" not in text
    # Written by an expression, an attribute's quotes are escaped like everything else.
    assert not re.search(r"\{\{-?\s*(?:'[^'\n]*=\"|\"[^\"\n]*='[^\"\n]*\")", text)
    for address in re.findall(r'(?:src|action|<link[^>]*href)="(https?:[^"]*)"', text):
        pytest.fail(f"{address}: no page asks anybody else")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_takes_an_id_apart(path: Path) -> None:
    assert not re.search(r"\bid\.(?:r?partition|split)\b", path.read_text("utf-8"))


@pytest.mark.parametrize("theme", THEMES)
def test_the_page_of_components_has_the_colours_of_the_others(theme: str) -> None:
    found = re.search(THEMES[theme], (STATIC / "hubnetz.css").read_text("utf-8"), re.DOTALL)
    shown = re.search(
        rf"\.{theme} \{{\n  color-scheme: \w+;\n(.*?)\n\}}", (STATIC / "components.css").read_text("utf-8"), re.DOTALL
    )
    assert found is not None
    assert shown is not None
    assert found[1].split() == shown[1].split()


def test_what_operations_ask_for_is_shown_or_decided_by() -> None:
    pages = Path(catalogue.__file__).parent
    told = " ".join(path.read_text("utf-8") for ending in ("*.py", "*.html") for path in pages.rglob(ending))
    asked = {
        name
        for path in (pages / "operations").rglob("*.graphql")
        for definition in parse(path.read_text("utf-8"), no_location=True).definitions
        for name in _fields(definition)
    }
    assert asked - set(re.findall(r"\w+", told)) - PROTOCOL == set()


def _fields(node: Node) -> Iterator[str]:
    """Names under which an answer holds what is asked for; those of mutations are read as whatever they are called."""
    is_mutation = isinstance(node, OperationDefinitionNode) and node.operation is OperationType.MUTATION
    for key in node.keys:
        below = getattr(node, key)
        for child in below if isinstance(below, tuple) else (below,):
            if isinstance(child, FieldNode):
                yield (child.alias or child.name).value
            if isinstance(child, Node):
                found = list(_fields(child))
                yield from found[1:] if is_mutation and isinstance(child, SelectionSetNode) else found
