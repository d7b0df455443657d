"""Stores and files for tests of imports."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph.backends.ladybug.store import LadybugGraphStore
from graph.writing.unit_of_work import UnitOfWork
from tests.fixtures.importing import File


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[LadybugGraphStore]:
    store = await LadybugGraphStore.open(tmp_path / "graph")
    await store.apply_schema()
    yield store
    await store.close()


@pytest.fixture(scope="module")
async def untouched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[UnitOfWork]:
    """For files that stop an import: whatever they are, nothing may ever be in here."""
    store = await LadybugGraphStore.open(tmp_path_factory.mktemp("untouched"))
    await store.apply_schema()
    yield UnitOfWork(store)
    await store.close()


@pytest.fixture
def unit_of_work(store: LadybugGraphStore) -> UnitOfWork:
    return UnitOfWork(store)


@pytest.fixture
def file(tmp_path: Path) -> File:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
