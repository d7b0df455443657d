"""Every page in a real browser: for everybody, in both languages and themes, without script, with nobody else asked."""

import os
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser, expect

from bench.pages import sign_in
from tests.fixtures.process import START_S, Server
from tests.pages.browser.addresses import NO_PAGES, NOT_THERE, SAMPLES, addresses, in_english, patterns
from tests.pages.browser.visiting import ACCOUNT, COLOURS, Visitor, visiting

PATTERNS = sorted(SAMPLES)
# A screen of 1280 px at 400 %, and a tablet; the screen itself is what the page is opened on.
WIDTHS = (320, 768)
MOST_BYTES: Final = 100_000
"""Of a page with its style and its scripts, without pictures, before any compression."""
# The editor for those who write queries has a weight of its own.
_PARTS: Final = re.compile(r'<link rel="stylesheet" href="(/static/[^"]+)"|<script[^>]* src="(/static/[^"]+)"')


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    """The lead of a hub, as bytes arrive at her."""
    with httpx.Client(base_url=server.url, timeout=START_S, follow_redirects=True, trust_env=False) as made:
        sign_in(made, ACCOUNT)
        yield made


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """What pages were called when somebody who never signs in opened them, by address: no need to open them again."""
    return {}


def test_every_page_has_an_address_to_look_at() -> None:
    assert set(patterns()) == SAMPLES.keys() | NO_PAGES


@pytest.mark.skipif(os.environ.get("CI") != "true", reason="it may be built where somebody develops")
def test_the_explorer_that_is_looked_at_is_the_one_that_people_get(visitor: Visitor) -> None:
    visitor.open("/explorer")
    expect(visitor.page.locator(".graphiql-container")).to_be_visible()


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("who", ["stranger", "member"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_axe_finds_nothing_and_nobody_else_is_asked(
    server: Server,
    filled: Mapping[str, str],
    pattern: str,
    who: str,
    language: str,
    said: dict[str, str],
    request: pytest.FixtureRequest,
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    visitor.forget()
    wrong = []
    for german in addresses(server.url, filled, pattern):
        address = in_english(german) if language == "en" else german
        if who == "stranger" and visitor.is_sent_to_sign_in(address):
            # The same page for all of them, which has a test of its own.
            continue
        heading = visitor.open(address)
        if who == "stranger":
            said[address] = heading
        assert pattern == "/sign-in" or not visitor.is_asked_to_sign_in(), address
        if visitor.page.locator("#explorer").count():
            visitor.page.locator(".view-line").first.wait_for()
        assert visitor.page.locator("html").get_attribute("lang") == language, address
        assert visitor.page.locator("h1").count() == 1, address
        found = visitor.violations()
        visitor.page.emulate_media(color_scheme="dark")
        if visitor.page.locator("#explorer").count():
            # Its script hears of it a moment later than the style sheets.
            visitor.page.locator(".monaco-editor.vs-dark").first.wait_for()
        found += [f"dark {line}" for line in visitor.violations(rules=COLOURS)]
        visitor.page.emulate_media(color_scheme="light")
        found += visitor.too_wide(*WIDTHS)
        wrong += [f"{address}: {line}" for line in found]
    assert not wrong, "\n".join(wrong)
    visitor.check_quiet()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_page_says_the_same_without_script(
    server: Server, filled: Mapping[str, str], pattern: str, stranger: Visitor, plain: Visitor, said: dict[str, str]
) -> None:
    plain.forget()
    for address in addresses(server.url, filled, pattern):
        if not stranger.is_sent_to_sign_in(address):
            heading = said[address] if address in said else stranger.open(address)
            assert plain.open(address) == heading, address
    plain.check_quiet()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_page_weighs_little(server: Server, filled: Mapping[str, str], client: httpx.Client, pattern: str) -> None:
    for address in addresses(server.url, filled, pattern):
        page = client.get(address, headers={"accept": "text/html"})
        assert page.status_code == 200 or address in NOT_THERE, f"{address}: {page.status_code}"
        parts = {unescape(style or script) for style, script in _PARTS.findall(page.text)}
        size = len(page.content) + sum(len(client.get(part).content) for part in parts)
        assert size < MOST_BYTES, f"{address}: {size} bytes, {len(page.content)} of them the page"


def test_forms_work_without_script(plain: Visitor) -> None:
    plain.open("/")
    plain.page.locator("#q").fill("parken")
    plain.page.locator(".search-box button").click()
    assert "q=parken" in plain.page.url
    plain.open("/accessibility")
    plain.page.locator("#text").fill("Der Kontrast der Karte ist zu klein.")
    plain.page.locator("main form button").click()
    assert "Vielen Dank" in plain.page.locator("main").inner_text()
    plain.check_quiet()


def test_somebody_signs_in_and_out_without_script(chromium: Browser, server: Server) -> None:
    with visiting(chromium, server.url, java_script_enabled=False) as visitor:
        visitor.sign_in()
        visitor.page.locator(".who summary").click()
        assert "Hub-Leitung DigitalHub Zeitz" in visitor.page.locator(".who-panel").inner_text()
        visitor.page.locator(".who-panel button").click()
        assert visitor.page.locator("h1").inner_text() == "Abgemeldet"
        visitor.page.locator("#further button").click()
        assert visitor.page.locator(".who").count() == 0
        assert visitor.page.url == f"{server.url}/"


def test_the_keyboard_reaches_content_and_account(member: Visitor) -> None:
    member.open("/")
    member.page.keyboard.press("Tab")
    assert member.page.evaluate("() => document.activeElement.className") == "skip"
    member.page.keyboard.press("Enter")
    assert member.page.evaluate("() => document.activeElement.id") == "content"
    member.page.locator(".who summary").focus()
    member.page.keyboard.press("Enter")
    assert member.page.locator(".who-panel").is_visible()
