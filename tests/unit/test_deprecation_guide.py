"""docs/deprecation.md says what the code does: its numbers, headers and commands are those of the code."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from graph.reading import field_usage
from network.cli.commands import app
from network.operations.field_usage import HEADERS, MAX_CLIENTS, OTHER
from network.schema.changes import Level

GUIDE = " ".join((Path(__file__).parents[2] / "docs" / "deprecation.md").read_text(encoding="utf-8").split())


def test_bounds_are_those_of_the_code() -> None:
    assert f"{MAX_CLIENTS} different clients a day" in GUIDE
    assert field_usage.MAX_CLIENTS_A_DAY == MAX_CLIENTS
    assert f"{field_usage.KEPT_DAYS} days are kept" in GUIDE
    assert f"counted as `{OTHER.name}`" in GUIDE


@pytest.mark.parametrize("header", HEADERS)
def test_every_header_is_named(header: str) -> None:
    assert f"`{header}`" in GUIDE


@pytest.mark.parametrize("level", Level)
def test_every_class_is_explained(level: Level) -> None:
    assert f"| {level} |" in GUIDE


@pytest.mark.parametrize(("command", "options"), [("usage", ["--field", "--since"]), ("diff", ["--usage", "--json"])])
def test_every_option_is_there(command: str, options: list[str]) -> None:
    shown = CliRunner().invoke(app, ["schema", command, "--help"]).stdout
    assert f"hubnetz schema {command}" in GUIDE
    assert [option for option in options if option in shown and option in GUIDE] == options
