"""On English pages, what people wrote in German says that it is: readers aloud would pronounce it as English."""

import re

import pytest

from tests.pages.finding import SCRIPT, Pages

LANG = 'lang="de"'


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/projects", "Parkplatzsuche"),
        ("/search?q=parken", "Sensoren zeigen freie"),
        ("/projects/parkplatzsuche", "Parkplatzsuche</h1>"),
        ("/projects/parkplatzsuche", "Sensoren zeigen freie Parkplätze.</p>"),
        ("/projects/parkplatzsuche", "Ein LoRaWAN-Netz."),
        ("/projects/parkplatzsuche", "Welche Sensoren?"),
        ("/projects/parkplatzsuche", "Mustervertrag"),
        ("/projects/parkplatzsuche", "Begleitforschung"),
        ("/compare?project=parkplatzsuche&project=verwaist", "§ 12 StVO"),
        ("/experts/bauhof", "Leitung Bauhof</span></h1>"),
        ("/services", "Wohnsitz anmelden"),
    ],
)
async def test_german_stands_in_elements_that_say_so(found: Pages, path: str, text: str) -> None:
    english = await found.text(f"/en{path}")
    main = english[english.index("<main") :]
    inside = re.findall(rf"<(\w+)[^>]*{LANG}[^>]*>(?:(?!</\1>).)*{re.escape(text)}", main, re.DOTALL)
    assert inside, text
    german = await found.text(path)
    assert LANG not in german[german.index("<main") :]


async def test_what_is_marked_as_german_is_escaped_all_the_same(found: Pages) -> None:
    for path in ("/en/projects/boese", "/en/compare?project=boese&project=parkplatzsuche", "/en/projects"):
        text = await found.text(path)
        assert SCRIPT not in text
        assert "{{" not in text.replace("{{ 7*7 }}", "")
