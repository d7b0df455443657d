"""docs/router.md has the settings of the router: each, with its default."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def told() -> dict[str, str]:
    guide = (ROOT / "docs" / "router.md").read_text(encoding="utf-8")
    table = guide.partition("<!-- settings -->")[2].partition("<!-- /settings -->")[0]
    return dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+?) \|", table, re.MULTILINE))


def read() -> dict[str, str]:
    source = (ROOT / "deploy" / "router" / "settings.mjs").read_text(encoding="utf-8")
    numbers = {name: usual.replace("_", "") for name, usual in re.findall(r"whole\('(\w+)', ([\d_]+)", source)}
    words = {name: f"`{usual}`" for name, usual in re.findall(r"(?:chosen|names)\('(\w+)', '([\w,]+)'", source)}
    others = dict.fromkeys(re.findall(r"(?:given|origins)\('(\w+)'\)[^?]?,?\n", source), "–")
    files = {name: f"`{usual}`" for name, usual in re.findall(r"given\('(\w+)'\) \?\? '([^']+)'", source)}
    return numbers | words | others | files


def test_every_setting_is_told_with_its_default() -> None:
    assert told() == read()
    assert len(read()) == 20
