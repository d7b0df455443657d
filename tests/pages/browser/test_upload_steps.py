"""The pages of an upload that no address leads to: what a table would change, and what became of it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from network.pages.upload.template import workbook
from tests.pages.browser.visiting import COLOURS, Visitor
from tests.pages.uploading import bank, unique

WIDTHS = (320, 768)


def check(visitor: Visitor) -> None:
    """Nothing is wrong with the page that is shown, in either theme."""
    found = visitor.violations()
    visitor.page.emulate_media(color_scheme="dark")
    found += [f"dark {line}" for line in visitor.violations(rules=COLOURS)]
    visitor.page.emulate_media(color_scheme="light")
    found += visitor.too_wide(*WIDTHS)
    assert not found, "\n".join(found)
    visitor.check_quiet()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_axe_finds_nothing_on_the_way_of_a_table(member: Visitor, tmp_path: Path, prefix: str) -> None:
    table = tmp_path / "tabelle.xlsx"
    title = unique("Bank")
    wrong = bank(unique("Turm"), status="irgendwie")
    table.write_bytes(workbook([], [bank(title), wrong, {"slug": "gibt-es-nicht", "title": "Nichts"}]))
    member.forget()
    member.open(f"{prefix}/upload")
    member.page.locator("input[type=file]").set_input_files(table)
    member.page.locator("form[enctype] button").click()
    expect(member.page.get_by_role("article").filter(has_text=title)).to_be_visible()
    assert member.page.locator("html").get_attribute("lang") == (prefix.strip("/") or "de")
    check(member)
    member.page.locator(f'form[action="{prefix}/upload/take-over"] button').first.click()
    expect(member.page.get_by_role("link", name=title)).to_be_visible()
    check(member)
