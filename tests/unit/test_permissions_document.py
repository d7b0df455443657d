"""`docs/permissions.md` says what the policy answers, and leaves no question of the policy out."""

import re
from pathlib import Path
from types import ModuleType

from typer.testing import CliRunner

from auth import policy
from network.cli.commands import app
from network.schema import permissions

FILE = Path(__file__).parents[2] / "docs" / "permissions.md"


def test_the_document_is_what_the_policy_answers() -> None:
    assert FILE.read_text(encoding="utf-8") == permissions.text(), "write it anew: make schema"


def test_every_question_of_the_policy_is_asked() -> None:
    assert permissions.unasked() == []
    questions = {name for name in vars(policy) if name.startswith("may_")}
    assert {action.function.__name__ for action in permissions.ACTIONS} | {"may_read"} == questions


def test_a_new_question_is_missed() -> None:
    def may_fly(caller: object) -> bool:
        return True

    rules = ModuleType("rules")
    vars(rules).update(vars(policy) | {"may_fly": may_fly})
    assert permissions.unasked(rules) == ["may_fly"]


def test_a_cell_says_what_no_membership_explains() -> None:
    """Nothing in the tables is granted to a house beside the caller's own without being for all."""
    cells = {action.cell(role) for action in permissions.ACTIONS for role in permissions.ROLES}
    assert cells == {permissions.YES, permissions.OWN, permissions.NO}


def test_the_command_prints_and_writes_it(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["permissions"]).stdout == permissions.text()
    file = tmp_path / "permissions.md"
    assert CliRunner().invoke(app, ["permissions", "--write", str(file)]).exit_code == 0
    assert file.read_text(encoding="utf-8") == permissions.text()
    nowhere = CliRunner().invoke(app, ["permissions", "--write", str(tmp_path / "no" / "file.md")])
    assert nowhere.exit_code == 2
    assert re.search(r"cannot be written", nowhere.output)
