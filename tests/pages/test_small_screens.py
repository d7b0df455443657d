"""What pages hold so that a telephone shows all of it without script: lines that name their columns, and who to call first."""

import re

import pytest

from tests.pages.finding import Pages

_ROW = re.compile(r"<tr><t[hd].*?</tr>", re.DOTALL)


def _table(text: str, after: str) -> str:
    return text.split(after, 1)[1].split("</table>", 1)[0]


@pytest.mark.parametrize(
    ("path", "after"),
    [
        ("/municipalities", "<main"),
        ("/hubs/zeitz", 'aria-labelledby="served"'),
        ("/hubs/zeitz", 'aria-labelledby="gaps"'),
        ("/neighbourhood?of=Hub:zeitz", "<main"),
    ],
)
async def test_each_value_of_a_row_says_which_column_it_is_of(placed: Pages, path: str, after: str) -> None:
    for prefix in ("", "/en"):
        table = _table(await placed.text(f"{prefix}{path}"), after)
        columns = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', table)
        rows = _ROW.findall(table.split("<tbody>")[1])
        assert rows
        for row in rows:
            heads = columns[1:] if '<th scope="row"' in row else columns
            assert re.findall(r'<td[^>]*data-label="([^"]+)"', row) == heads


async def test_a_table_of_municipalities_has_the_day_they_came_where_one_is_known(placed: Pages) -> None:
    served = 'aria-labelledby="served"'
    assert ">Seit</th>" in _table(await placed.text("/hubs/zeitz"), served)
    assert ">Seit</th>" not in _table(await placed.text("/hubs/wilster"), served)


@pytest.mark.parametrize("path", ["/hubs/wilster", "/municipalities/010610000001", "/organisations/stadtwerke"])
async def test_whom_to_call_stands_before_all_that_a_house_does(placed: Pages, path: str) -> None:
    text = await placed.text(path)
    assert text.count('id="contact"') == 1
    assert text.index('id="contact"') < text.index('<dl class="facts">')


async def test_the_areas_are_behind_a_button_that_needs_no_script(placed: Pages) -> None:
    text = await placed.text("/hubs")
    (areas,) = re.findall(r'<nav [^>]*id="areas" popover', text)
    assert "sections" in areas
    assert '<button class="plain menu" popovertarget="areas">' in text
