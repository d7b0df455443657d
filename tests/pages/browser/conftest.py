"""One served Hubnetz with the seed and one browser for each module."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.fixtures.patience import PATIENCE_S
from tests.fixtures.process import Server, hubnetz
from tests.pages.browser.filling import fill, prepare
from tests.pages.browser.visiting import Visitor, launch, visiting

# The machine may be busy, and says nothing of the pages by it; what comes at all comes in the end.
expect.set_options(timeout=PATIENCE_S * 1_000)


@pytest.fixture(scope="session")
def seeded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the seed, to copy."""
    folder = tmp_path_factory.mktemp("seeded") / "var"
    folder.mkdir()
    done = hubnetz(folder, "seed", DATA_DIR=str(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def server(seeded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served") / "var"
    shutil.copytree(seeded_folder, folder)
    prepare(folder)
    # Nobody reads its output meanwhile: more than a pipe holds would stop it.
    served = Server(folder, LOG_LEVEL="error")
    yield served
    served.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Of the module, not the session: while it runs, its thread has a loop, which tests of asyncio cannot bear.
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser, server: Server) -> Iterator[Visitor]:
    """Somebody who is not signed in."""
    with visiting(chromium, server.url) as made:
        yield made


@pytest.fixture(scope="module")
def member(chromium: Browser, server: Server) -> Iterator[Visitor]:
    """The lead of a hub, signed in."""
    with visiting(chromium, server.url) as made:
        made.sign_in()
        yield made


@pytest.fixture(scope="module")
def stranger(chromium: Browser, server: Server) -> Iterator[Visitor]:
    """Somebody who never signs in."""
    with visiting(chromium, server.url) as made:
        yield made


@pytest.fixture(scope="module")
def plain(chromium: Browser, server: Server) -> Iterator[Visitor]:
    """A browser without script."""
    with visiting(chromium, server.url, java_script_enabled=False) as made:
        yield made


@pytest.fixture(scope="module")
def filled(server: Server) -> Mapping[str, str]:
    """Every page of the server has something to show: names that addresses have in braces."""
    return fill(server)
