"""The menu of whoever is signed in: as what they act, in words and names."""

import re

from tests.pages.desks import Office


def menu(text: str) -> str:
    return str(re.findall(r'<details class="who">(.*?)</details>', text, re.DOTALL)[0])


async def test_houses_are_called_by_their_names_from_the_first_page_on(office: Office) -> None:
    lead = await office.person("zeitz")
    for path in ("/hubs", "/", "/gibt-es-nicht"):
        shown = menu((await lead.get(path)).text)
        assert "Hub-Leitung DigitalHub Zeitz" in shown
        assert " zeitz<" not in shown
    assert "DigitalHub Zeitz" in menu(await lead.opened("/en/hubs"))


async def test_nobody_is_told_of_houses_of_others(office: Office) -> None:
    await (await office.person("zeitz")).opened("/hubs")
    nobody = await office.person()
    assert "who-panel" not in await nobody.opened("/hubs")
