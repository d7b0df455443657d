"""Lists: their filters stand in the address, and further pages follow by cursor."""

import re
from html import unescape

import pytest

from tests.pages.finding import Pages
from tests.pages.placing import CROWD

LISTS = ("hubs", "municipalities", "universities", "organisations", "experts", "topics", "services", "funding", "needs")


def names(text: str) -> list[str]:
    """The municipalities that a page lists."""
    return re.findall(r'scope="row"><a href="/municipalities/[^"]+">([^<]+)', text)


def further(text: str) -> str | None:
    found = re.search(r'rel="next" href="([^"]+)"', text)
    return unescape(found[1]) if found else None


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_is_there_in_both_languages_with_or_without_a_filter(placed: Pages, name: str) -> None:
    for path in (f"/{name}", f"/en/{name}", f"/{name}?name=zzz&topic=parken&state=Bayern&kind=stadt&status=all"):
        assert (await placed.get(path)).status_code == 200, path
    assert "Traceback" not in (await placed.get(f"/{name}")).text


async def test_pages_follow_each_other_until_everything_was_shown_once(placed: Pages) -> None:
    seen: list[str] = []
    path: str | None = "/municipalities"
    while path is not None:
        text = await placed.text(path)
        seen += names(text)
        assert f"{CROWD + 3} Kommunen" in text
        path = further(text)
    assert len(seen) == len(set(seen)) == CROWD + 3
    # In German order, not by code point.
    assert seen[:2] == ["Ähren", "Amt Wilstermarsch"]


async def test_a_filter_goes_along_to_the_next_page_and_says_what_it_left(placed: Pages) -> None:
    text = await placed.text("/municipalities?name=menge")
    assert names(text)[0] == "Menge 00"
    following = further(text)
    assert following is not None
    assert "name=menge" in following
    rest = await placed.text(following)
    assert names(rest) == [f"Menge {number}" for number in range(50, CROWD)]
    assert 'value="menge"' in rest


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/municipalities?kind=stadt", ["Zeitz, Stadt"]),
        ("/municipalities?kind=nonsense&name=zeitz", ["Zeitz, Stadt"]),
        ("/municipalities?state=Schleswig-Holstein", ["Ähren"]),
        ("/municipalities?hub=wilster", ["Ähren", "Amt Wilstermarsch"]),
        ("/municipalities?part-of=010615169", ["Ähren"]),
        ("/municipalities?name=aehren", []),
        ("/municipalities?name=ÄHR", ["Ähren"]),
        (f"/municipalities?name={'x' * 5000}", []),
        ("/municipalities?hub=nirgends", []),
    ],
)
async def test_a_filter_narrows_the_list(placed: Pages, path: str, found: list[str]) -> None:
    text = await placed.text(path)
    assert names(text) == found
    assert ("Dazu ist noch nichts eingetragen." in text) is (found == [])


async def test_experts_are_found_by_a_word_of_their_names(placed: Pages) -> None:
    assert "Leitung Bauhof</a>" in await placed.text("/experts?name=bau")
    assert "Leitung Bauhof</a>" not in await placed.text("/experts?name=hof")


async def test_a_list_of_a_house_names_it(placed: Pages) -> None:
    assert "DigitalHub Wilster" in await placed.text("/municipalities?hub=wilster")
    text = await placed.text("/experts?house=Municipality:150840590590")
    assert "Leitung Bauhof" in text
    assert "Bei diesem Haus:" in text
    assert "Leitung Bauhof" not in await placed.text("/experts?house=Hub:wilster")


async def test_the_needs_that_stand_are_shown_first_of_all(placed: Pages) -> None:
    text = await placed.text("/needs")
    assert "Sensoren für Parkplätze" in text
    assert "Längst gefunden" not in text
    assert "Längst gefunden" in await placed.text("/needs?status=all")
    assert "Sensoren für Parkplätze" not in await placed.text("/needs?status=closed")
    assert "Sensoren für Parkplätze" not in await placed.text("/needs?kind=offers")
    assert "Gateway abzugeben" in await placed.text("/needs?kind=offers", "other")
    assert "Sensoren für Parkplätze" not in await placed.text("/needs?topic=mobilitaet")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("cursor", ["junk", "%00", "eyJ4IjoxfQ", "x" * 4000])
async def test_a_cursor_that_is_none_leaves_a_page_to_start_again(placed: Pages, name: str, cursor: str) -> None:
    answer = await placed.get(f"/{name}?after={cursor}")
    assert answer.status_code == 400
    assert "Von vorn beginnen" in answer.text


async def test_a_cursor_of_another_filter_is_none(placed: Pages) -> None:
    following = further(await placed.text("/municipalities?name=menge"))
    assert following is not None
    answer = await placed.get(following.replace("name=menge", "name=zeitz"))
    assert answer.status_code == 400


@pytest.mark.parametrize("house", ["junk", "Hub", "Hub:", ":", "Project:parken", "x" * 3000, "%00"])
async def test_a_house_that_is_none_is_told(placed: Pages, house: str) -> None:
    for path in ("/experts", "/needs"):
        assert (await placed.get(f"{path}?house={house}")).status_code in (200, 400), house


async def test_a_narrowed_list_is_not_for_search_engines(placed: Pages) -> None:
    assert "noindex" not in await placed.text("/municipalities")
    assert "noindex" in await placed.text("/municipalities?name=menge")
