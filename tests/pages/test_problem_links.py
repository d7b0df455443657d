"""Whatever is wrong with a form is listed above it with links, each to a field that is there."""

import re
from html import unescape
from typing import Final
from uuid import uuid4

import pytest

from tests.pages.desks import Office
from tests.pages.form_reading import filled
from tests.pages.sendings import FORMS

_OF_SENDING: Final = frozenset({"once", "version", "form_token"})
_UNFIT: Final = "\N{RIGHT-TO-LEFT OVERRIDE}"


@pytest.mark.parametrize("pattern", FORMS)
async def test_links_of_problems_lead_to_fields(office: Office, pattern: str) -> None:
    sending = await FORMS[pattern](office, f"problems-{uuid4().hex[:8]}")
    given = filled(await sending.person.opened(sending.path), sending.path)
    broken = {name: _UNFIT for name in given if name not in _OF_SENDING}
    answer = await sending.person.submit(sending.path, given | broken)
    if not broken:
        return
    assert answer.status_code == 422, answer.text
    (problems,) = re.findall(r'<div class="problems".*?</div>', answer.text, re.DOTALL)
    linked = [unescape(name) for name in re.findall(r'<a href="#([^"]+)"', problems)]
    assert len(re.findall("<li>", problems)) == len(linked) + ("shown" in broken)
    ids = {unescape(name) for name in re.findall(r' id="([^"]+)"', answer.text)}
    assert set(linked) <= ids
