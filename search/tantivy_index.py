"""SearchIndex on tantivy: a folder of one process, nothing to install.

FOLDER/lock          held while the index is open; a second process is refused at once
FOLDER/current.json  which generation serves, and the settings it was built with; replaced in one step
FOLDER/<generation>/ the segments of one index
"""

import asyncio
import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

from search import requests
from search.errors import SearchUnavailableError
from search.port import (
    MAX_CANDIDATES,
    Browsed,
    Candidates,
    Scope,
    SearchDocument,
    SearchSort,
    Tier,
    Vocabulary,
)
from search.stored import FINGERPRINT
from search.tantivy_files import CURRENT, Generation, check_files, damaged_files
from search.tantivy_reading import Snapshot

T = TypeVar("T")

_READERS: Final = 4
_NOT_BUILT: Final = "the search index has not been built yet, or by another version of Hubnetz; run: hubnetz reindex"


class TantivySearchIndex:
    """SearchIndex in a folder; `open` makes one."""

    backend = "tantivy"

    def __init__(self, folder: Path, lock: int) -> None:
        self._folder = folder
        self._lock = lock
        self._readers = ThreadPoolExecutor(_READERS, "tantivy-read")
        self._writer = ThreadPoolExecutor(1, "tantivy-write")
        self._serving: Generation | None = None
        self._why_not = _NOT_BUILT
        self._is_closed = False

    @classmethod
    async def open(cls, folder: Path) -> "TantivySearchIndex":
        """The index in `folder`, which is made where there is none.

        Raises:
            SearchUnavailableError: another process has it open.
        """
        with _errors():
            lock = await asyncio.to_thread(_locked, folder)
        index = cls(folder, lock)
        await index._in(index._writer, index._open_current)
        return index

    async def retrieve(
        self, tiers: Sequence[Tier], scope: Scope, *, limit: int = MAX_CANDIDATES, timeout_s: float = 5.0
    ) -> Candidates:
        requests.check_retrieval(tiers, scope, limit)
        return await self._read(lambda snapshot: snapshot.retrieve(tiers, scope, limit), timeout_s)

    async def browse(
        self,
        scope: Scope,
        *,
        sort: SearchSort = SearchSort.NEWEST,
        facets: Sequence[str] = (),
        offset: int = 0,
        limit: int = 20,
        timeout_s: float = 5.0,
    ) -> Browsed:
        requests.check_browsing(scope, facets, offset, limit)
        return await self._read(lambda snapshot: snapshot.browse(scope, sort, facets, offset, limit), timeout_s)

    async def vocabulary(self, scope: Scope, *, limit: int, timeout_s: float = 30.0) -> Vocabulary:
        requests.check_scope(scope)
        return await self._read(lambda snapshot: snapshot.vocabulary(scope, limit), timeout_s)

    async def revision(self, *, timeout_s: float = 2.0) -> str:
        return await self._read(lambda snapshot: snapshot.revision, timeout_s)

    async def put(self, documents: Sequence[SearchDocument]) -> None:
        serving = self._generation()
        if documents:
            await self._in(self._writer, lambda: serving.write(documents))

    async def delete(self, ids: Sequence[str]) -> None:
        serving = self._generation()
        if ids:
            await self._in(self._writer, lambda: serving.write((), ids))

    async def versions(self, *, after: str = "", limit: int = 1_000) -> list[tuple[str, int]]:
        return await self._read(lambda snapshot: snapshot.versions(after, limit))

    async def begin_rebuild(self) -> "TantivyRebuild":
        generation = await self._in(self._writer, self._new_generation)
        return TantivyRebuild(self, generation)

    async def apply_settings(self) -> bool:
        self._check_open()
        return await self._in(self._writer, self._must_be_built)

    async def ping(self) -> float:
        started = perf_counter()
        self._check_open()
        await self._in(self._readers, lambda: None, timeout_s=2.0)
        return perf_counter() - started

    async def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        await asyncio.to_thread(self._give_back)

    def _give_back(self) -> None:
        self._readers.shutdown()
        self._writer.shutdown()
        if self._serving is not None:
            self._serving.close()
        os.close(self._lock)

    def _check_open(self) -> None:
        if self._is_closed:
            raise SearchUnavailableError("the search index is closed")

    def _generation(self) -> Generation:
        self._check_open()
        if self._serving is None:
            raise SearchUnavailableError(self._why_not)
        return self._serving

    def _open_current(self) -> None:
        """Opens the generation that serves, and removes what a cut-off rebuild left."""
        name, settings = self._current()
        # The name may be damaged or planted; only a folder of ours is opened or kept.
        folder = next((folder for folder in self._folder.iterdir() if folder.is_dir() and folder.name == name), None)
        if folder is not None and settings == FINGERPRINT:
            try:
                self._serving = Generation.open(folder)
            except SearchUnavailableError as exc:
                # Opened all the same: whoever asks is told, and a rebuild mends it.
                self._why_not = str(exc)
        self._sweep(keep=name if folder else None)

    def _must_be_built(self) -> bool:
        serving = self._serving
        if serving is None or self._current() != (serving.folder.name, FINGERPRINT):
            return True
        try:
            check_files(serving.folder)
        except SearchUnavailableError:
            return True
        return False

    def _current(self) -> tuple[str | None, str | None]:
        """Name and settings of the generation that serves; damage from outside reads as none, since the graph can rebuild."""
        try:
            current = json.loads((self._folder / CURRENT).read_text(encoding="utf-8"))
            return current["generation"], current["settings"]
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None, None

    def _sweep(self, *, keep: str | None) -> None:
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name != keep:
                shutil.rmtree(folder)

    def _new_generation(self) -> Generation:
        self._check_open()
        # The folder itself may be gone.
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sweep(keep=self._serving.folder.name if self._serving else None)
        return Generation.make(self._folder / uuid.uuid4().hex)

    async def swap(self, generation: Generation) -> None:
        """`generation` serves from here on."""
        self._check_open()
        await self._in(self._writer, lambda: self._swap(generation))

    def _swap(self, generation: Generation) -> None:
        generation.seal()
        draft = self._folder / f"{CURRENT}.new"
        with draft.open("w", encoding="utf-8") as file:
            json.dump({"generation": generation.folder.name, "settings": FINGERPRINT}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / CURRENT)
        old, self._serving = self._serving, generation
        if old is not None:
            old.remove()

    async def discard(self, generation: Generation) -> None:
        """Removes `generation`, which never served."""
        await self._in(self._writer, generation.remove)

    async def write(self, generation: Generation, documents: Sequence[SearchDocument]) -> None:
        """Puts `documents` into `generation`."""
        self._check_open()
        await self._in(self._writer, lambda: generation.write(documents))

    async def _read(self, ask: Callable[[Snapshot], T], timeout_s: float | None = None) -> T:
        serving = self._generation()

        def read() -> T:
            with damaged_files():
                return ask(serving.snapshot)

        return await self._in(self._readers, read, timeout_s=timeout_s)

    async def _in(self, pool: ThreadPoolExecutor, function: Callable[[], T], *, timeout_s: float | None = None) -> T:
        def run() -> T:
            with _errors():
                return function()

        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.get_running_loop().run_in_executor(pool, run)
        except TimeoutError as exc:
            raise SearchUnavailableError(f"the search index did not answer within {timeout_s} s") from exc


class TantivyRebuild:
    """IndexRebuild in a generation of its own."""

    def __init__(self, index: TantivySearchIndex, generation: Generation) -> None:
        self._index = index
        self._generation = generation

    async def put(self, documents: Sequence[SearchDocument]) -> None:
        await self._index.write(self._generation, documents)

    async def swap(self) -> None:
        await self._index.swap(self._generation)

    async def discard(self) -> None:
        await self._index.discard(self._generation)


def _locked(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise SearchUnavailableError(f"{folder} cannot be written ({exc.strerror})") from exc
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        os.close(lock)
        raise SearchUnavailableError(f"the search index in {folder.name} is open elsewhere") from exc
    return lock


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise SearchUnavailableError(f"the search index cannot be read or written: {exc.strerror}") from exc
    except ValueError as exc:
        raise SearchUnavailableError(f"the search index cannot be made: {exc}") from exc
