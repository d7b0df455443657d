"""`hubnetz synonyms`, and what `hubnetz doctor` says of an administrator's own file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from network.cli.commands import app
from network.jobs.checking import synonyms
from search.thesauri import Thesauri


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["synonyms", *arguments])


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of synonyms, in a folder without settings of anybody."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUBNETZ_SYNONYMS", raising=False)
    path = tmp_path / "own.yaml"
    path.write_text(
        "- words: [Quasselstrippe, Plaudertasche]\n  related: [Labertasche]\n- words: [Labertasche, Sabbeltante]\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def wrong_file(file: Path) -> Path:
    file.write_text("- words: [allein]\n", encoding="utf-8")
    return file


def test_check_passes_what_is_right(file: Path) -> None:
    result = run("check", str(file))
    assert (result.exit_code, result.stdout) == (0, "2 groups, nothing wrong.\n")


def test_check_names_all_that_is_wrong(file: Path) -> None:
    file.write_text("- words: [allein]\n- words: [a, zu laut]\n", encoding="utf-8")
    result = run("check", str(file))
    assert result.exit_code == 1
    assert "own.yaml, line 1" in result.stdout
    assert "own.yaml, line 2" in result.stdout
    assert "2 problems" in result.stdout


def test_check_notes_what_there_is_nothing_to_remove_of(file: Path) -> None:
    file.write_text("- remove: [Abfall, Quasselstrippe]\n", encoding="utf-8")
    result = run("check", "--json", str(file))
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"problems": [], "groups": 0, "unknown": ["Quasselstrippe"]}


def test_show_names_the_group_and_what_it_says(file: Path) -> None:
    assert run("show", "Quasselstrippen", "--file", str(file)).stdout.splitlines() == [
        "own.yaml, line 1",
        "  = Quasselstrippe, Plaudertasche",
        "  ~ Labertasche",
        "  ~~ Sabbeltante",
    ]
    assert "no group" in run("show", "Quasselstrippen").stdout


def test_show_takes_the_file_of_the_settings(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBNETZ_SYNONYMS", str(file))
    (group,) = json.loads(run("show", "--json", "Plaudertasche").stdout)
    assert group == {
        "source": "own.yaml, line 1",
        "words": ["Quasselstrippe", "Plaudertasche"],
        "related": ["Labertasche"],
        "typed": [],
        "further": ["Sabbeltante"],
    }


def test_show_refuses_a_wrong_file(wrong_file: Path) -> None:
    result = run("show", "Quasselstrippe", "--file", str(wrong_file))
    assert result.exit_code == 1
    assert "own.yaml, line 1" in result.stderr


async def test_doctor_has_nothing_to_say_where_there_is_no_file() -> None:
    assert await synonyms(Thesauri()) == []


async def test_doctor_passes_a_right_file(file: Path) -> None:
    (right,) = await synonyms(Thesauri(file))
    assert not right.is_wrong


async def test_doctor_names_a_wrong_file_and_what_to_do(wrong_file: Path) -> None:
    (wrong,) = await synonyms(Thesauri(wrong_file))
    assert wrong.is_wrong
    assert wrong.examples == ["own.yaml, line 1: a group of one entry says nothing"]
    assert str(wrong_file) in wrong.advice
