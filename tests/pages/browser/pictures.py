"""Pictures of pages, made by Debian's Chromium.

python -m tests.pages.browser.pictures every     each page at three widths, with the seed, into var/screenshots/
python -m tests.pages.browser.pictures large     the same with 10,000 projects of the longest German names
python -m tests.pages.browser.pictures readme    those of README.md, into docs/pictures/
"""

import argparse
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from bench import pages
from tests.fixtures.process import ROOT, Server, hubnetz
from tests.pages.browser.addresses import SAMPLES, addresses
from tests.pages.browser.filling import fill, prepare
from tests.pages.browser.visiting import Visitor, launch, visiting

WIDTHS: Final = (360, 768, 1440)
SCREENSHOTS: Final = ROOT / "var" / "screenshots"
PICTURES: Final = ROOT / "docs" / "pictures"
MOST_BYTES: Final = 150_000
"""Of a picture of README.md, which everybody loads who opens it."""


@contextmanager
def _seeded() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done = hubnetz(folder, "seed", "--examples", DATA_DIR=str(folder))
        assert done.returncode == 0, done.stderr
        prepare(folder)
        server = Server(folder, LOG_LEVEL="error")
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def _large() -> Iterator[Server]:
    """In a copy: the next run finds the network as it was made."""
    made = pages.make(ROOT / "var" / "bench", 10_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "var"
        shutil.copytree(made, folder)
        prepare(folder)
        server = Server(folder, LOG_LEVEL="error")
        try:
            yield server
        finally:
            server.stop()


def _every(browser: Browser, server: Server, folder: Path) -> None:
    """Each page as the lead of a hub sees it, and as everybody does where that differs by more than its frame."""
    shutil.rmtree(folder, ignore_errors=True)
    filled = fill(server)
    if folder.name == "large":
        filled = {**filled, "published": "vorhaben-77", "theirs": "vorhaben-78"}
    with visiting(browser, server.url) as stranger, visiting(browser, server.url) as member:
        member.sign_in()
        for pattern in sorted(SAMPLES):
            for address in addresses(server.url, filled, pattern):
                _taken(member, address, folder / "member")
                _taken(stranger, address, folder / "stranger")


def _taken(visitor: Visitor, address: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = address.strip("/").replace("/", "_").replace("?", "-").replace("&", "-")[:120] or "start"
    visitor.open(address)
    if visitor.is_asked_to_sign_in() and address != "/sign-in":
        return
    for width in WIDTHS:
        visitor.page.set_viewport_size({"width": width, "height": 900})
        visitor.page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)


def _search(visitor: Visitor) -> None:
    visitor.open("/search?q=parkplatzsche")


def _project(visitor: Visitor) -> None:
    visitor.open("/projects/beispiel-freie-parkplaetze-in-der-innenstadt")


def _explorer(visitor: Visitor) -> None:
    visitor.open("/explorer?query=project")
    visitor.page.get_by_role("button", name=re.compile("^Execute query")).click()
    visitor.page.locator(".result-window").get_by_text("zeitz-parkleitsystem").first.wait_for()


_README: Final[Mapping[str, tuple[Callable[[Visitor], None], int]]] = {
    "search": (_search, 760),
    "project": (_project, 820),
    "explorer": (_explorer, 620),
}
"""File -> what is opened, and how many pixels of it are shown."""


def _readme(browser: Browser, server: Server) -> None:
    for name, (opened, height) in _README.items():
        with visiting(browser, server.url, viewport={"width": 1100, "height": height}) as visitor:
            visitor.page.goto("/explorer")
            if name == "explorer" and not visitor.page.locator("#explorer").count():
                print("explorer.png stays: `make explorer` builds what it shows")
                continue
            opened(visitor)
            path = PICTURES / f"{name}.png"
            visitor.page.screenshot(path=path)
            visitor.forget()
        size = path.stat().st_size
        print(f"{path.relative_to(ROOT)}: {size / 1e3:.0f} kB")
        assert size < MOST_BYTES, f"{path}: {size} bytes"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=("every", "large", "readme"))
    which = parser.parse_args().which
    opened = _large() if which == "large" else _seeded()
    with opened as server, sync_playwright() as playwright:
        browser = launch(playwright)
        if which == "readme":
            _readme(browser, server)
        else:
            _every(browser, server, SCREENSHOTS / ("large" if which == "large" else "seed"))
        browser.close()


if __name__ == "__main__":
    main()
