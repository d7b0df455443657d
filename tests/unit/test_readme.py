"""README says what the code does: its tables of settings and error codes are those of the code."""

import re
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from auth.errors import AuthError
from graph.errors import GraphError
from network import errors
from network.cli import commands as cli
from network.configuration import table as settings_table
from network.development.accounts import accounts
from search.errors import SearchError

Ours = AuthError | GraphError | SearchError
ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "table"), [("settings", settings_table.markdown_table()), ("error-codes", errors.markdown_table())]
)
def test_a_table_of_the_readme_is_that_of_the_code(name: str, table: str) -> None:
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    assert begin in README
    assert README.partition(begin)[2].partition(end)[0] == table, f"paste this between the marks of {name}:\n{table}"


def test_every_code_that_our_errors_carry_is_in_the_table() -> None:
    known = set(errors.STATUS)
    found = {error.code for root in (AuthError, GraphError, SearchError) for error in _all(root)}
    assert found <= known


def _all(root: type[Ours]) -> set[type[Ours]]:
    return {root}.union(*(_all(child) for child in root.__subclasses__()))


def test_every_sample_account_that_the_docs_name_is_there() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    named = {name for page in pages for name in re.findall(r"hubnetz token --as ([\w:.-]+)", page.read_text("utf-8"))}
    assert named
    assert named <= accounts().keys()


def test_each_house_that_a_ready_mutation_names_has_a_sample_account() -> None:
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "docs" / "queries").glob("mutations-*.json"))]
    named = {
        house for text in texts for house in re.findall(r"\b(?:Municipality|University|Organisation):[\w:.-]+", text)
    }
    houses = {str(membership).lower() for account in accounts().values() for membership in account.memberships}
    assert named
    assert {house.lower() for house in named} <= houses


def test_every_command_is_in_the_table() -> None:
    command = typer.main.get_command(cli.app)
    assert isinstance(command, TyperGroup)
    commands = command.commands
    assert commands
    assert set(re.findall(r"^\| `hubnetz (\w+)", README, re.MULTILINE)) == set(commands)


def test_every_page_of_the_docs_is_linked_from_the_readme() -> None:
    pages = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    assert pages <= set(re.findall(r"\]\((docs/[\w-]+\.md)", README))
