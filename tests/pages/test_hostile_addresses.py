"""Addresses and forms that nobody means: pages stay small, lead nowhere else, and take nothing from pages of others."""

import pytest

from tests.network.plain import client
from tests.network.signing_in import Browser
from tests.pages.finding import Pages

PAGE = {"accept": "text/html"}
MAX_BYTES = 100_000


@pytest.mark.parametrize("prefix", ["", "/en"])
async def test_the_longest_search_makes_no_large_page(found: Pages, prefix: str) -> None:
    facets = ("topic", "hub", "house", "municipality", "state", "service", "funding", "licence")
    values = "&".join(f"{facet}=%3C{number:03}{'x' * 180}" for facet in facets for number in range(4))
    small = "&".join(f"{facet}={number:03}" for facet in facets for number in range(40))
    for query in (values, small):
        async with client(found.app) as http:
            response = await http.get(f"{prefix}/search?{query}", headers=PAGE)
        assert response.status_code == 200
        assert len(response.content) < MAX_BYTES


@pytest.mark.parametrize("path", ["/search", "/en/search", "/developers", "/nowhere"])
async def test_a_longer_address_than_any_page_has_is_refused(browser: Browser, path: str) -> None:
    for address in (f"{path}?q={'x' * 8_200}", f"{path}/{'y' * 8_200}"):
        response = await browser.get(address, headers=PAGE)
        assert response.status_code == 414
        assert len(response.content) < 10_000


@pytest.mark.parametrize(
    "path", ["/en//evil.example", "/en/%2Fevil.example", "/en/%5Cevil.example", "/%2Fevil.example/"]
)
async def test_no_page_links_where_its_address_says(browser: Browser, path: str) -> None:
    response = await browser.get(path, headers=PAGE)
    assert response.status_code == 404
    assert 'href="//' not in response.text
    assert 'href="/\\' not in response.text
    assert "location" not in response.headers


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("POST", "/search", "GET"), ("PUT", "/en/hubs", "GET"), ("GET", "/sign-out", "POST"), ("DELETE", "/", "GET")],
)
async def test_a_page_takes_its_own_methods_alone(browser: Browser, method: str, path: str, allowed: str) -> None:
    response = await browser.request(method, path, headers=PAGE)
    assert response.status_code == 405
    assert allowed in response.headers["allow"]


async def test_a_slash_too_many_leads_to_the_page(browser: Browser) -> None:
    response = await browser.get("/en/search/?q=park", headers=PAGE)
    assert (response.status_code, response.headers["location"]) == (308, "/en/search?q=park")
    assert (await browser.get("/nowhere/", headers=PAGE)).status_code == 404


async def test_pages_of_others_sign_nobody_out(browser: Browser) -> None:
    """A browser keeps the cookie back from forms of other sites, and would still obey what deletes it."""
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    response = await browser.post("/sign-out", headers=PAGE | foreign)
    assert "set-cookie" not in response.headers


async def test_pages_of_others_report_nothing(browser: Browser) -> None:
    report = {"page": "/", "text": "Barriere", "reply": ""}
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    response = await browser.post("/accessibility", data=report, headers=PAGE | foreign)
    assert response.status_code == 403
