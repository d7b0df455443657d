"""The networks behind the pages, read by many tests and changed by none."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.fixtures.made_once import made_once
from tests.fixtures.provider import SigningProvider
from tests.network.conftest import browser, other, provider, service
from tests.network.walking.place import Place, place
from tests.pages.desks import Office, office_of
from tests.pages.finding import THINGS, Pages, pages_of
from tests.pages.placing import PLACES

__all__ = ["browser", "found", "made_once", "other", "provider", "service", "walked"]


@pytest_asyncio.fixture(scope="session")
async def found(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pages]:
    """Pages over the network of `finding`."""
    async with pages_of(tmp_path_factory.mktemp("found"), *THINGS) as made:
        yield made


@pytest_asyncio.fixture(scope="session")
async def placed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pages]:
    """Pages over the network of `placing`."""
    async with pages_of(tmp_path_factory.mktemp("placed"), *PLACES) as made:
        yield made


@pytest_asyncio.fixture(scope="session")
async def walked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """The network in which every text says whose it is, behind the whole application."""
    async with place(tmp_path_factory.mktemp("walk")) as made:
        yield made


@pytest_asyncio.fixture(scope="session")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """People at forms; each test writes about entries of its own."""
    provider = SigningProvider("desks")
    async with office_of(tmp_path_factory.mktemp("office"), provider) as made:
        yield made
    provider.close()
