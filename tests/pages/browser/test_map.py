"""The map under the hands of a person: buttons, keys, drag; and without script."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.fixtures.process import Server
from tests.pages.browser.visiting import Visitor, visiting

VIEW = "() => document.querySelector('[data-map] svg, .map svg').getAttribute('viewBox').split(' ').map(Number)"


@pytest.fixture
def stranger(chromium: Browser, server: Server) -> Iterator[Visitor]:
    with visiting(chromium, server.url) as visitor:
        yield visitor


@pytest.fixture
def plain(chromium: Browser, server: Server) -> Iterator[Visitor]:
    with visiting(chromium, server.url, java_script_enabled=False) as visitor:
        yield visitor


def view(visitor: Visitor) -> list[float]:
    """Left, top, width and height of what the map shows."""
    shown: list[Any] = visitor.page.evaluate(VIEW)
    return [float(number) for number in shown]


def test_a_map_zooms_and_moves_by_buttons_and_keys_and_comes_back(stranger: Visitor) -> None:
    stranger.open("/map")
    whole = view(stranger)
    closer, further = stranger.page.get_by_label("Vergrößern"), stranger.page.get_by_label("Verkleinern")
    assert further.is_disabled()
    closer.click()
    assert view(stranger)[2] < whole[2]
    stranger.page.locator(".map svg").focus()
    left = view(stranger)[0]
    stranger.page.keyboard.press("ArrowRight")
    assert view(stranger)[0] > left
    stranger.page.keyboard.press("+")
    stranger.page.keyboard.press("0")
    assert view(stranger) == whole
    for _ in range(30):
        stranger.page.keyboard.press("ArrowLeft")
        stranger.page.keyboard.press("ArrowUp")
    # Never off the country, and never closer than makes sense.
    assert view(stranger) == whole
    for _ in range(30):
        stranger.page.keyboard.press("+")
    assert view(stranger)[2] >= whole[2] / 13
    assert closer.is_disabled()
    stranger.check_quiet()


def test_a_map_follows_the_hand_and_a_drag_opens_nothing(stranger: Visitor) -> None:
    stranger.open("/map")
    stranger.page.get_by_label("Vergrößern").click()
    before, box = view(stranger), stranger.page.locator(".map svg").bounding_box()
    assert box is not None
    mouse = stranger.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2, steps=8)
    mouse.up()
    assert view(stranger)[0] > before[0]
    assert "#" not in stranger.page.url


def test_map_and_list_lead_to_each_other_by_keyboard(stranger: Visitor) -> None:
    stranger.open("/map")
    marker = stranger.page.locator("a.map-hub").first
    to = marker.get_attribute("href")
    assert to is not None
    marker.focus()
    stranger.page.keyboard.press("Enter")
    assert stranger.page.url.endswith(to)
    entry = stranger.page.locator(to)
    assert entry.is_visible()
    entry.get_by_role("link", name="auf der Karte").first.click()
    assert stranger.page.url.endswith(str(marker.get_attribute("id")))


def test_without_script_the_map_is_a_picture_with_links(plain: Visitor) -> None:
    plain.open("/map")
    assert plain.page.locator("a.map-hub").count() >= 1
    assert plain.page.locator(".map-tools").count() == 0
    plain.page.locator("a.map-hub").first.click(force=True)
    assert "#hub-" in plain.page.url
