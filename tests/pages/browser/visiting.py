"""A real browser at a served Hubnetz: what it loads, what it complains of, and what axe says of its pages."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from playwright.sync_api import TimeoutError as NeverError

from tests.fixtures.patience import PATIENCE_S

AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
WCAG: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
COLOURS: Final = ("color-contrast", "link-in-text-block")
"""The rules whose outcome differs by theme."""
_FLAGS: Final = (
    *("--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--disable-dev-shm-usage"),
)
SETTLED_MS: Final = 10_000
ACCOUNT: Final = "hub_lead:zeitz"
SIGN_INS: Final = ("/sign-in", "/en/sign-in")


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium; without one the test is skipped, or in CI fails."""
    path = shutil.which("chromium")
    if path is None:
        reason = "the browser did not run: install the package `chromium`"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return playwright.chromium.launch(executable_path=path, args=list(_FLAGS))


class Visitor:
    """One browser profile at one service. Requests to anybody else and complaints of the browser are remembered.

    Args:
        url: Of the service; every other origin is somebody else.
    """

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(base_url=url, locale="de-DE", **options)
        self.context.set_default_timeout(PATIENCE_S * 1_000)
        self.page: Page = self.context.new_page()
        self.context.on("request", lambda request: self._note(request.url))
        self.page.on("websocket", lambda socket: self._note(socket.url))
        self.page.on("console", lambda line: self._complain(line.type, line.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.url:
            self.strangers.append(address)

    def _complain(self, kind: str, text: str) -> None:
        # A page that says that it is not there has the status for it, which browsers repeat on the console.
        if kind in ("error", "warning") and not re.search(r"status of (4\d\d|503)", text):
            self.complaints.append(text)

    def open(self, address: str) -> str:
        """Opens it and gives the text of its h1."""
        response = self.page.goto(address, wait_until="load")
        assert response is not None
        assert response.status < 500, f"{address}: {response.status}"
        return self.page.locator("h1").first.inner_text()

    def sign_in(self, account: str = ACCOUNT) -> None:
        """At the development issuer, by its buttons."""
        self.page.goto("/sign-in")
        self.page.locator(".choices a").first.click()
        self.page.locator(f'button[value="{account}"]').click()
        self.page.wait_for_url(f"{self.url}/**")

    def violations(self, *, rules: tuple[str, ...] | None = None) -> list[str]:
        """What axe finds on the page as it is, one line each."""
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": WCAG}
        if not self.page.evaluate("() => 'axe' in window"):
            # Through the debugger: the page's own policy lets no foreign script in.
            self.page.evaluate(AXE)
        found = self.page.evaluate(
            "options => axe.run(document, options)",
            {"runOnly": only, "resultTypes": ["violations"]},
        )
        return [
            f"{one['id']}: {json.dumps(node['target'])} {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"][:3]
        ]

    def is_asked_to_sign_in(self) -> bool:
        """Whether the address led there instead."""
        return urlsplit(self.page.url).path in SIGN_INS

    def is_sent_to_sign_in(self, address: str) -> bool:
        """Whether who opens it is sent there, by the answer alone: no page is loaded."""
        answer = self.context.request.get(address, headers={"accept": "text/html"}, max_redirects=0)
        return answer.status == 303 and urlsplit(answer.headers["location"]).path in SIGN_INS

    def too_wide(self, *widths: int) -> list[str]:
        """Of these widths those at which the page has to be scrolled sideways (WCAG 2.2, 1.4.10), one line each."""
        usual = self.page.viewport_size
        assert usual is not None
        wide = []
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": usual["height"]})
            try:
                # What scripts lay out follows the window a moment later.
                self.page.wait_for_function(
                    "width => document.documentElement.scrollWidth <= width", arg=width, timeout=SETTLED_MS
                )
            except NeverError:
                needed = self.page.evaluate("() => document.documentElement.scrollWidth")
                wide.append(f"{needed} px at {width}")
        self.page.set_viewport_size(usual)
        return wide

    def forget(self) -> None:
        """What earlier pages did counts no more: one that failed has said so."""
        self.strangers.clear()
        self.complaints.clear()

    def check_quiet(self) -> None:
        """Fails where a page asked somebody else, or the browser complained."""
        strangers, complaints = self.strangers.copy(), self.complaints.copy()
        self.forget()
        assert not strangers, strangers
        assert not complaints, complaints

    def close(self) -> None:
        self.context.close()


@contextmanager
def visiting(browser: Browser, url: str, **options: Any) -> Iterator[Visitor]:
    """Somebody with a profile of their own, whom nobody else but the service heard of when it is over."""
    visitor = Visitor(browser, url, **options)
    try:
        yield visitor
        visitor.check_quiet()
    finally:
        visitor.close()
