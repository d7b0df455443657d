"""A form whose session ran out while somebody typed: everything is kept, nothing is written, and nobody else fills a form."""

import re
from html import unescape
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from auth.principal import Principal
from auth.return_paths import own_path
from auth.sealing import Sealer
from network.edge.middleware import error_response
from network.edge.request import CALLER
from network.errors import caught
from network.pages.frame.rendering import Renderer
from network.pages.frame.stash import Stash, restored
from tests.fixtures.provider import SigningProvider
from tests.network.signing_in import KEY, PUBLIC_URL, Browser

TYPED = {"title": "Bänke & <b>Bäume</b>", "text": "Erste Zeile\r\nZweite", "topic": ["a", "b"], "empty": ""}
OURS = {"origin": PUBLIC_URL, "sec-fetch-site": "same-origin"}


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Place:
    """A form at `/form`, a page that takes POST only, and the stash; who asks is said by the test."""

    def __init__(self) -> None:
        self.is_signed_in = False
        self.clock = Clock()
        self.written: list[Any] = []
        self.stash = Stash(Renderer(public_url=PUBLIC_URL), Sealer([KEY]), PUBLIC_URL, clock=self.clock)
        self.router = Router(
            [
                Route("/form", self.show),
                Route("/form", self.take, methods=["POST"]),
                Route("/act", self.take, methods=["POST"]),
                *self.stash.routes(),
            ]
        )

    async def show(self, request: Request) -> Response:
        given = restored(request)
        fields = None if given is None else given.multi_items()
        return JSONResponse({"fields": fields, "path": request.url.path, "query": request.url.query})

    async def take(self, request: Request) -> Response:
        if not self.is_signed_in:
            return await self.stash.over(request)
        self.written.append(await request.body())
        return Response()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.is_signed_in:
            scope[CALLER] = Principal("https://issuer.example", "subject")
        error = await caught(self.router(scope, receive, send))
        if error is not None:
            await error_response(error, "")(scope, receive, send)


@pytest.fixture
def place() -> Place:
    return Place()


def opened(place: Place) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=place), base_url=PUBLIC_URL, headers=OURS)


def sealed_in(page: httpx.Response) -> str:
    return str(re.findall(r'name="stash" value="([^"]+)"', page.text)[0])


async def test_what_was_typed_comes_back_after_signing_in_and_nothing_is_written(place: Place) -> None:
    async with opened(place) as browser:
        page = await browser.post("/form?step=2", data=TYPED | {"form_token": "of-the-old-session"})
        assert page.status_code == 401
        assert "Ihre Anmeldung ist abgelaufen" in page.text
        assert "of-the-old-session" not in page.text
        assert "Zweite" not in page.text
        sealed = sealed_in(page)

        early = await browser.post("/continue", data={"stash": sealed})
        assert early.status_code == 401
        assert sealed_in(early) == sealed

        place.is_signed_in = True
        answer = (await browser.post("/continue", data={"stash": sealed})).json()
    fields = [
        list(pair)
        for name, value in TYPED.items()
        for pair in ([(name, one) for one in value] if isinstance(value, list) else [(name, value)])
    ]
    assert answer == {"fields": fields, "path": "/form", "query": "step=2"}
    assert place.written == []


async def test_the_window_of_signing_in_says_that_it_may_be_closed(place: Place) -> None:
    async with opened(place) as browser:
        for prefix in ("", "/en"):
            place.is_signed_in = False
            page = await browser.post("/form", data=TYPED)
            assert 'href="/sign-in?to=%2Fcontinue"' in page.text
            early = await browser.get(f"{prefix}/continue")
            assert f'href="{prefix}/sign-in?to={prefix}/continue"' in early.text
            assert own_path(f"{prefix}/continue") == f"{prefix}/continue"
            place.is_signed_in = True
            assert re.search("Fenster schließen|close this window", (await browser.get(f"{prefix}/continue")).text)


async def test_a_page_that_is_opened_as_usual_has_nothing_restored(place: Place) -> None:
    async with opened(place) as browser:
        assert (await browser.get("/form")).json()["fields"] is None


@pytest.mark.parametrize("wrong", ["", "nonsense", "changed", "other key", "other purpose", "old"])
async def test_only_what_we_sealed_and_not_too_long_ago_is_restored(place: Place, wrong: str) -> None:
    async with opened(place) as browser:
        sealed = sealed_in(await browser.post("/form", data=TYPED))
        content = {"path": "/form", "query": "", "until": "9999999999", "fields": "[]"}
        given = {
            "": "",
            "nonsense": "a.b.c.d.e",
            "changed": sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:],
            "other key": Sealer(["b" * 43]).seal(content, purpose="continue"),
            "other purpose": Sealer([KEY]).seal(content, purpose="sign-in"),
            "old": sealed,
        }[wrong]
        place.is_signed_in = True
        place.clock.now += 12 * 3_600 + 1 if wrong == "old" else 0
        assert (await browser.post("/continue", data={"stash": given})).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://stadt.hubnetz.example", "sec-fetch-site": "same-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": PUBLIC_URL, "sec-fetch-site": "cross-site"},
    ],
)
async def test_no_other_page_fills_a_form(place: Place, headers: dict[str, str]) -> None:
    async with opened(place) as browser:
        sealed = sealed_in(await browser.post("/form", data=TYPED))
        place.is_signed_in = True
        assert (await browser.post("/continue", data={"stash": sealed}, headers=headers)).status_code == 403
        place.is_signed_in = False
        assert (await browser.post("/continue", data={"stash": sealed}, headers=headers)).status_code == 403
        assert (await browser.post("/form", data=TYPED, headers=headers)).status_code == 403


async def test_where_no_form_is_the_texts_are_shown_to_copy(place: Place) -> None:
    async with opened(place) as browser:
        sealed = sealed_in(await browser.post("/act", data=TYPED))
        place.is_signed_in = True
        page = await browser.post("/continue", data={"stash": sealed})
    assert page.status_code == 409
    assert "Bänke & <b>Bäume</b></textarea>" in unescape(page.text)
    assert "<b>Bäume" not in page.text


async def test_more_than_fits_into_a_request_is_left_to_the_browser(place: Place) -> None:
    async with opened(place) as browser:
        page = await browser.post("/form", data={"text": "x" * 180_000})
    assert page.status_code == 401
    assert 'name="stash"' not in page.text
    assert len(page.content) < 100_000


async def test_a_browser_whose_session_is_over_keeps_what_it_sent(browser: Browser, provider: SigningProvider) -> None:
    browser.cookies.set("session", "A" * 43, domain="127.0.0.1")
    page = await browser.post("/projects/new", data=TYPED | {"form_token": "old"}, headers=OURS)
    assert page.status_code == 401
    assert page.headers["content-type"].startswith("text/html")
    assert "Max-Age=0" in page.headers["set-cookie"]
    sealed = sealed_in(page)
    provider.roles = []
    await browser.sign_in(provider)
    back = await browser.post("/continue", data={"stash": sealed}, headers=OURS)
    # Who acts for no house has no form there, and keeps the texts.
    assert back.status_code == 409
    assert "Bänke" in back.text


async def test_people_read_a_page_where_programs_read_json(browser: Browser, provider: SigningProvider) -> None:
    await browser.sign_in(provider)
    refused = {"person": "text/html", "program": "application/json"}
    for who, accept in refused.items():
        answer = await browser.post("/sign-out", data={"x": "y"}, headers=OURS | {"accept": accept})
        assert answer.status_code == 403, who
        assert answer.headers["content-type"].startswith(accept)
    assert "Es wurde nichts geändert" in (await browser.post("/sign-out", data={"x": "y"}, headers=OURS)).text
    browser.cookies.set("session", "A" * 43, domain="127.0.0.1")
    over = await browser.post("/anywhere", json={}, headers=OURS | {"accept": "application/json"})
    assert (over.status_code, over.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
