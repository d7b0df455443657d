"""What every page has, whatever it is about: language, policy, size, its names for search engines, and pages for problems."""

import re

import pytest
from starlette.exceptions import HTTPException

from auth.errors import ForbiddenError, SessionOverError
from graph.errors import ConflictError, GraphUnavailableError
from network.errors import RequestError
from network.limits import LimitExceededError
from network.pages.frame.asking import AskingError
from network.pages.frame.problem_page import problem_page
from network.pages.frame.rendering import Renderer, asset
from network.rates import Kind, RateLimitedError
from tests.network.signing_in import Browser, Service

PAGES = (
    "/",
    "/sign-in",
    "/developers",
    "/imprint",
    "/privacy",
    "/accessibility",
    "/explorer",
    "/nowhere",
    "/link/none",
)
MAX_BYTES = 100_000


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_names_its_language_loads_nothing_else_and_is_small(
    browser: Browser, prefix: str, path: str
) -> None:
    response = await browser.get(f"{prefix}{'' if prefix and path == '/' else path}")
    policy = response.headers["content-security-policy"]
    assert f'<html lang="{"en" if prefix else "de"}">' in response.text
    assert "default-src 'none'" in policy
    assert "http" not in policy
    # The editor of the explorer, where that is built, positions its lines by style attributes.
    assert "unsafe" not in (policy.replace("style-src-attr 'unsafe-inline'", "") if path == "/explorer" else policy)
    assert len(response.content) < MAX_BYTES
    assert response.text.count("<h1") == 1
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_page_names_itself_and_its_other_language(browser: Browser) -> None:
    url = "http://127.0.0.1:8000"
    german, english = await browser.get("/search?q=x"), await browser.get("/en/search?q=x")
    assert f'<link rel="canonical" href="{url}/search">' in german.text
    assert f'<link rel="alternate" hreflang="en" href="{url}/en/search?q=x">' in german.text
    assert f'<link rel="canonical" href="{url}/en/search">' in english.text
    assert f'<link rel="alternate" hreflang="de" href="{url}/search?q=x">' in english.text
    assert f'href="{url}/en"' in (await browser.get("/")).text


async def test_a_static_file_is_kept_for_good_under_the_address_that_names_its_content(browser: Browser) -> None:
    address = asset("hubnetz.css")
    for path, kept in ((address, "immutable"), ("/static/hubnetz.css", "max-age=300"), (f"{address}0", "max-age=300")):
        assert kept in (await browser.get(path)).headers["cache-control"], path
    assert "immutable" not in (await browser.get("/static/hubnetz.css?v=")).headers["cache-control"]


PROBLEMS = [
    (HTTPException(400), 400, "Damit können wir nichts anfangen", "We cannot make sense of this"),
    (SessionOverError("over"), 401, "Bitte melden Sie sich an", "Please sign in"),
    (ForbiddenError("no"), 403, "Das dürfen Sie hier nicht", "You may not do this here"),
    (AskingError("NOT_FOUND", "project"), 404, "Diese Seite gibt es nicht", "There is no such page"),
    (HTTPException(405), 405, "So geht es hier nicht", "It does not work this way"),
    (ConflictError("stale"), 409, "Jemand war schneller", "Somebody was faster"),
    (LimitExceededError("max_body_bytes", 1, 2), 413, "Das ist zu groß", "This is too large"),
    (RequestError("The address", status=414), 414, "Die Adresse ist zu lang", "The address is too long"),
    (RateLimitedError(Kind.REQUESTS, retry_after_s=7), 429, "Zu viele Anfragen", "Too many requests"),
    (
        RuntimeError("password is swordfish"),
        500,
        "Bei uns ist etwas schiefgegangen",
        "Something went wrong on our side",
    ),
    (GraphUnavailableError("bolt://inside refused"), 503, "Gerade nicht zu erreichen", "Cannot be reached right now"),
]


@pytest.mark.parametrize(("error", "status", "german", "english"), PROBLEMS, ids=[str(one[1]) for one in PROBLEMS])
def test_each_problem_has_a_page_in_both_languages(error: Exception, status: int, german: str, english: str) -> None:
    for path, title in (("/projects/x", german), ("/en/projects/x", english)):
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(b"accept", b"text/html"), (b"host", b"hubnetz.example")],
            "hubnetz.request_id": "request-1",
        }
        page = problem_page(Renderer(public_url="https://hubnetz.example"), error, scope)
        assert page is not None
        text = bytes(page.body).decode()
        assert page.status_code == status
        assert f"<h1>{title}</h1>" in text
        assert "swordfish" not in text
        assert "bolt:" not in text
        assert page.headers["cache-control"] == "no-store"
        assert ("retry-after" in page.headers) == (status in (429, 503))
        assert ("request-1" in text) == (status == 500)
        asked_by_program = {**scope, "headers": [(b"accept", b"application/json")]}
        assert problem_page(Renderer(public_url="https://hubnetz.example"), error, asked_by_program) is None


SECRET = "Geheim-0123456789_abcdefghijklmnopqrstuvwxy"


@pytest.mark.parametrize("error", [one[0] for one in PROBLEMS], ids=[str(one[1]) for one in PROBLEMS])
@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    "place", ["/feeds/{}/hubnetz-hubs.csv", "/feeds/{}", "/link/{}", "/unsubscribe/{}", "/link/{}/x"]
)
def test_no_problem_at_an_address_that_is_a_secret_repeats_it(error: Exception, prefix: str, place: str) -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{prefix}{place.format(SECRET)}",
        "query_string": f"again={SECRET}".encode(),
        "headers": [(b"accept", b"text/html"), (b"host", b"hubnetz.example")],
        "hubnetz.request_id": "request-1",
    }

    page = problem_page(Renderer(public_url="https://hubnetz.example"), error, scope)

    assert page is not None
    assert SECRET not in bytes(page.body).decode()
    assert SECRET not in str(page.headers)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"


async def test_components_are_shown_in_development_only(browser: Browser, service: Service) -> None:
    # This service has issuers of its own, so it has no samples.
    assert (await browser.get("/_components")).status_code == 404


async def test_a_page_without_a_reader_sets_no_cookie(browser: Browser) -> None:
    for path in ("/", "/search", "/privacy", "/sign-in"):
        response = await browser.get(path)
        assert "set-cookie" not in response.headers
    assert not re.search(r"form_token", response.text)
