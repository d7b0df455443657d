"""The map, and pictures of neighbourhoods."""

import math
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network.pages.reading.country import country, projected
from network.pages.reading.map_page import frame
from network.pages.reading.picture import BOX_HEIGHT, BOX_WIDTH, picture
from tests.fixtures.builders import make_hub, make_municipality, serves
from tests.pages.finding import Pages, pages_of

GERMANY = st.tuples(st.floats(47.5, 54.8), st.floats(6.1, 14.9))


async def test_the_map_shows_the_hubs_and_the_list_says_the_same(placed: Pages) -> None:
    text = await placed.text("/map")
    for slug in ("zeitz", "wilster"):
        assert f'id="map-{slug}" href="#hub-{slug}"' in text
        assert f'id="hub-{slug}"' in text
        assert f'href="#map-{slug}"' in text
    # Whose place is not known is in the list alone.
    assert 'id="hub-kahl"' in text
    assert 'id="map-kahl"' not in text
    assert "GeoNames" in text
    assert "creativecommons.org/licenses/by/4.0" in text
    assert "style=" not in text


async def test_a_map_of_one_hub_shows_whom_it_serves(placed: Pages) -> None:
    text = await placed.text("/map?hub=wilster")
    assert 'id="map-010610000001" href="#place-010610000001"' in text
    assert "Lage nicht bekannt" in text
    assert 'id="map-zeitz"' not in text
    assert "Zeitz, Stadt" not in text
    box = re.search(r'viewBox="([\d. ]+)"', text)
    assert box is not None
    assert float(box[1].split()[2]) < country().width


async def test_a_bare_map_has_no_municipalities(placed: Pages) -> None:
    assert "map-served" in await placed.text("/map")
    assert "map-served" not in await placed.text("/map?layer=hubs")


@pytest.mark.parametrize("hub", ["nirgends", "%00", "x" * 3000, "' OR 1=1", "Hub:zeitz"])
async def test_a_map_of_a_hub_that_is_not_there_is_not_there(placed: Pages, hub: str) -> None:
    assert (await placed.get(f"/map?hub={hub}")).status_code == 404


async def test_a_map_of_many_is_small_and_takes_as_many_calls(tmp_path: Path) -> None:
    calls = []
    for count in (1, 100):
        folder = tmp_path / str(count)
        folder.mkdir()
        async with pages_of(folder, *_hubs(count)) as pages:
            calls.append([await pages.calls(path) for path in ("/map", "/map?hub=hub-0")])
            assert len((await pages.text("/map")).encode()) < 100_000
    assert calls[0] == calls[1]


def _hubs(count: int) -> list[Any]:
    things: list[Any] = []
    for number in range(count):
        hub = make_hub(f"hub-{number}", lat=48 + number / 20, lon=7 + number / 15, name=f"DigitalHub Nummer {number}")
        town = make_municipality(f"0106100001{number:02}", lat=48.1 + number / 20, lon=7.1 + number / 15)
        things += [hub, town, serves(hub, town)]
    return things


@given(GERMANY, st.floats(0.0005, 0.002))
def test_the_projection_keeps_angles(place: tuple[float, float], step: float) -> None:
    (lat, lon), narrowing = place, math.cos(math.radians(place[0]))
    x, y = projected(lat, lon)
    north, east = projected(lat + step * narrowing, lon), projected(lat, lon + step)
    to_north, to_east = (north[0] - x, north[1] - y), (east[0] - x, east[1] - y)
    # As long in every direction, and square to each other.
    assert math.isclose(math.hypot(*to_north), math.hypot(*to_east), rel_tol=1e-3)
    assert abs(to_north[0] * to_east[0] + to_north[1] * to_east[1]) < 1e-3 * math.hypot(*to_north) ** 2


@given(GERMANY, GERMANY)
def test_distances_on_the_map_are_those_on_the_ground(one: tuple[float, float], other: tuple[float, float]) -> None:
    (lat1, lon1), (lat2, lon2) = one, other
    phi1, phi2, delta = math.radians(lat1), math.radians(lat2), math.radians(lon2 - lon1)
    arc = math.acos(min(1.0, math.sin(phi1) * math.sin(phi2) + math.cos(phi1) * math.cos(phi2) * math.cos(delta)))
    drawn = math.dist(projected(*one), projected(*other))
    assert math.isclose(drawn, 6371 * arc, rel_tol=0.004, abs_tol=0.5)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_place_is_on_the_map_or_is_not(lat: float, lon: float) -> None:
    point = country().place(lat, lon)
    assert point is None or (0 <= point.x <= country().width and 0 <= point.y <= country().height)


@given(st.lists(GERMANY, max_size=6))
def test_a_frame_holds_its_points_and_lies_on_the_map(places: list[tuple[float, float]]) -> None:
    points = [point for place in places if (point := country().place(*place)) is not None]
    shown, whole = frame(points), country()
    assert shown.x >= 0
    assert shown.y >= 0
    assert shown.x + shown.width <= whole.width + 0.2
    assert shown.y + shown.height <= whole.height + 0.2
    for point in points:
        assert shown.x - 0.1 <= point.x <= shown.x + shown.width + 0.1
        assert shown.y - 0.1 <= point.y <= shown.y + shown.height + 0.1


def test_the_country_is_small() -> None:
    assert len(country().dots) < 20_000


async def test_a_neighbourhood_is_a_picture_and_a_table_of_the_same(placed: Pages) -> None:
    text = await placed.text("/neighbourhood?of=Municipality:150840590590")
    svg, table = text.split('<table class="rows">')
    for address in ("/projects/parkplatzsuche", "/hubs/zeitz", "/needs/suche", "/experts/bauhof"):
        assert f'href="{address}"' in svg, address
        assert f'href="{address}"' in table, address
    assert "betreut" in table
    assert "verantwortet" in table
    english = await placed.text("/en/neighbourhood?of=Municipality:150840590590")
    assert "serves" in english
    assert 'href="/en/hubs/zeitz"' in english
    # The same for whoever asks again.
    assert text == await placed.text("/neighbourhood?of=Municipality:150840590590")


@pytest.mark.parametrize("kind", ["Topic:parken", "Service:99115005000000", "FundingProgramme:regio", "Project:parken"])
async def test_everything_has_a_neighbourhood(placed: Pages, kind: str) -> None:
    assert "/projects/parkplatzsuche" in await placed.text(f"/neighbourhood?of={kind}")


async def test_what_is_tied_to_nothing_says_so(placed: Pages) -> None:
    assert "mit nichts verbunden" in await placed.text("/neighbourhood?of=Hub:kahl")


@pytest.mark.parametrize(
    "of", ["", "junk", ":", "Hub:", "Hub:x", "Change:1", "Project:still", "Need:angebot", "%00", "x" * 3000, "Hub:%00"]
)
async def test_the_neighbourhood_of_nothing_is_not_there(placed: Pages, of: str) -> None:
    assert (await placed.get(f"/neighbourhood?of={of}")).status_code in (400, 404)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 31), st.data())
def test_no_box_lies_on_another_and_all_are_in_the_picture(count: int, data: st.DataObject) -> None:
    nodes = [{"id": f"n{number}", "label": "Name " * 30, "distance": min(number, 1)} for number in range(count)]
    ends = st.integers(0, count - 1).map(lambda number: f"n{number}")
    ties = data.draw(st.lists(st.tuples(ends, ends), max_size=60))
    edges = [{"start": one, "end": other, "label": "hervorgegangen aus"} for one, other in ties if one != other]
    drawn = picture(nodes, edges)
    for one, other in combinations(drawn.boxes, 2):
        assert abs(one.x - other.x) >= BOX_WIDTH - 1 or abs(one.y - other.y) >= BOX_HEIGHT - 1
    for box in drawn.boxes:
        assert 0 <= box.x <= drawn.width - BOX_WIDTH
        assert 0 <= box.y <= drawn.height - BOX_HEIGHT
        assert len(box.lines) <= 2
    assert drawn == picture(nodes, edges)
    labels = [line.label_at for line in drawn.lines if line.label_at is not None]
    # Letters of a label are at least five wide: half of eighteen lie to each side of its place.
    for x, y in labels:
        for box in drawn.boxes:
            assert x + 45 <= box.x or x - 45 >= box.x + BOX_WIDTH or y + 5 <= box.y or y - 5 >= box.y + BOX_HEIGHT
    for (x1, y1), (x2, y2) in combinations(labels, 2):
        assert abs(x1 - x2) >= 90 or abs(y1 - y2) >= 11


def test_a_box_shows_as_much_of_a_long_word_as_it_holds() -> None:
    name = "Abfallwirtschaftsgebührenbescheiderstellung nach Satzung"
    (box,) = picture([{"id": "n", "label": name, "distance": 0}], []).boxes
    first, second = box.lines
    assert second.endswith("…")
    assert first.endswith("-")
    assert name.startswith(first.removesuffix("-") + second.removesuffix("…"))


@pytest.mark.parametrize("name", ["Digitalisierungszentrum Zeitz", "Geschäftsfeldentwickler"])
def test_a_word_that_a_box_holds_is_not_cut(name: str) -> None:
    (box,) = picture([{"id": "n", "label": name, "distance": 0}], []).boxes
    assert " ".join(box.lines) == name


def test_a_word_goes_on_behind_its_own_hyphen() -> None:
    (box,) = picture([{"id": "n", "label": "Bürgerbeteiligungs-Datenplattform", "distance": 0}], []).boxes
    assert box.lines == ("Bürgerbeteiligungs-", "Datenplattform")


@pytest.mark.parametrize("path", ["/neighbourhood", "/neighbourhood?of=", "/introductions", "/introductions?to=+"])
async def test_without_an_entry_the_page_says_to_choose_one(placed: Pages, path: str) -> None:
    for prefix, told in (("", "Wählen Sie zuerst einen Eintrag"), ("/en", "Choose an entry first")):
        answer = await placed.get(f"{prefix}{path}")
        assert answer.status_code == 404
        assert told in answer.text
        assert f'href="{prefix}/search"' in answer.text
