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
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

import tantivy

from search import requests
from search.documents import SETTINGS_FINGERPRINT
from search.errors import IndexingFailedError, SearchError, SearchUnavailableError
from search.port import FacetCount, SearchDocument, SearchHit, SearchRequest, SearchResults, SearchSort
from search.tantivy_query import QueryMaker, TextQuery, count_hits, document_fields, schema

T = TypeVar("T")

_HEAP_BYTES: Final = 32_000_000
"""Memory of the writer before it flushes a segment; tantivy refuses less than 15 MB a thread."""
_READERS: Final = 4
_SCORE_DIGITS: Final = 5
"""Scores are sums of 32-bit floats in any order: beyond this, equal matches differ by rounding."""


class _Snapshot:
    """The documents as one commit left them, and the id of each by its place in the files, in the order of ids.

    The ids are read once per commit, in one pass: ties are ordered by id, and most documents may tie (no text, no reuse).
    """

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, commit: int) -> None:
        self.commit = commit
        self.schema = schema
        self.searcher = searcher
        self.ids: dict[tuple[int, int], str] = {}
        self.addresses: list[tantivy.DocAddress] = []
        if searcher.num_docs:
            everything = tantivy.Query.all_query()
            ascending = tantivy.Order.Asc
            ranked = searcher.search(
                everything, limit=searcher.num_docs, count=False, order_by_field="id", order=ascending
            ).hits
            self.ids = {(address.segment_ord, address.doc): str(value) for value, address in ranked}
            self.addresses = [address for _, address in ranked]

    def id_at(self, address: tantivy.DocAddress) -> str:
        """The id of the document at `address`."""
        return self.ids[address.segment_ord, address.doc]


class _Generation:
    """One index on disk with its only writer."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.schema = schema()
        self._index = tantivy.Index(self.schema, str(folder))
        self._writer = self._index.writer(_HEAP_BYTES, 1)
        self._commits = 0
        self._snapshot: _Snapshot | None = None

    def snapshot(self) -> _Snapshot:
        """What searches see. Two threads may make it twice after a commit; either is right."""
        # Read before the searcher is made: a commit in between only makes the snapshot again.
        commit = self._commits
        snapshot = self._snapshot
        if snapshot is None or snapshot.commit != commit:
            snapshot = self._snapshot = _Snapshot(self.schema, self._index.searcher(), commit)
        return snapshot

    def write(self, documents: Sequence[SearchDocument], absent: Sequence[str] = ()) -> None:
        """Puts and deletes in one commit; on any failure nothing of it remains."""
        try:
            for document_id in (*absent, *(document.id for document in documents)):
                self._writer.delete_documents_by_term("id", document_id)
            for document in documents:
                fields = {"id": document.id, "version": document.version, **document_fields(document.attributes)}
                self._writer.add_document(tantivy.Document.from_dict(fields, self.schema))
            self._writer.commit()
        except BaseException:
            self._writer.rollback()
            raise
        # A commit is seen by searchers made after this.
        self._index.reload()
        self._commits += 1

    def close(self) -> None:
        # Dropping the writer gives its lock file back.
        del self._writer

    def remove(self) -> None:
        """Closes it and removes its files; searches under way keep theirs open."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class TantivySearchIndex:
    """SearchIndex in a folder; `open` makes one."""

    backend = "tantivy"

    def __init__(self, folder: Path, lock: int) -> None:
        self._folder = folder
        self._lock = lock
        self._readers = ThreadPoolExecutor(_READERS, "tantivy-read")
        self._writer = ThreadPoolExecutor(1, "tantivy-write")
        self._serving: _Generation | None = None
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

    async def search(self, request: SearchRequest, *, timeout_s: float = 5.0) -> SearchResults:
        requests.check(request)
        serving = self._generation()
        return await self._in(self._readers, lambda: _search(serving.snapshot(), request), timeout_s=timeout_s)

    async def suggest(self, prefix: str, *, audiences: Collection[str], limit: int = 8) -> tuple[SearchHit, ...]:
        requests.check_text(prefix)
        serving = self._generation()
        return await self._in(self._readers, lambda: _suggest(serving.snapshot(), prefix, audiences, limit))

    async def put(self, documents: Sequence[SearchDocument]) -> None:
        serving = self._generation()
        await self._in(self._writer, lambda: serving.write(documents))

    async def delete(self, ids: Sequence[str]) -> None:
        serving = self._generation()
        await self._in(self._writer, lambda: serving.write((), ids))

    async def versions(self, *, after: str = "", limit: int = 1_000) -> list[tuple[str, int]]:
        serving = self._generation()
        return await self._in(self._readers, lambda: _versions(serving.snapshot(), after, limit))

    async def begin_rebuild(self) -> "TantivyRebuild":
        generation = await self._in(self._writer, self._new_generation)
        return TantivyRebuild(self, generation)

    async def apply_settings(self) -> bool:
        return self._serving is None

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

    def _generation(self) -> _Generation:
        self._check_open()
        if self._serving is None:
            raise SearchUnavailableError("the search index has not been built yet, or by another version of Hubnetz")
        return self._serving

    def _open_current(self) -> None:
        """Opens the generation that serves, and removes what a cut-off rebuild left."""
        name, settings = self._current()
        # The name may be damaged or planted; only a folder of ours is opened or kept.
        folder = next((folder for folder in self._folder.iterdir() if folder.is_dir() and folder.name == name), None)
        if folder is not None and settings == SETTINGS_FINGERPRINT:
            self._serving = _Generation(folder)
        self._sweep(keep=name if folder else None)

    def _current(self) -> tuple[str | None, str | None]:
        """Name and settings of the generation that serves; damage from outside reads as none, since the graph can rebuild."""
        try:
            current = json.loads((self._folder / "current.json").read_text(encoding="utf-8"))
            return current["generation"], current["settings"]
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None, None

    def _sweep(self, *, keep: str | None) -> None:
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name != keep:
                shutil.rmtree(folder)

    def _new_generation(self) -> _Generation:
        self._check_open()
        self._sweep(keep=self._serving.folder.name if self._serving else None)
        return _Generation(self._folder / uuid.uuid4().hex)

    async def swap(self, generation: _Generation) -> None:
        """`generation` serves from here on."""
        self._check_open()
        await self._in(self._writer, lambda: self._swap(generation))

    def _swap(self, generation: _Generation) -> None:
        draft = self._folder / "current.json.new"
        with draft.open("w", encoding="utf-8") as file:
            json.dump({"generation": generation.folder.name, "settings": SETTINGS_FINGERPRINT}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / "current.json")
        old, self._serving = self._serving, generation
        if old is not None:
            old.remove()

    async def discard(self, generation: _Generation) -> None:
        """Removes `generation`, which never served."""
        await self._in(self._writer, generation.remove)

    async def write(self, generation: _Generation, documents: Sequence[SearchDocument]) -> None:
        """Puts `documents` into `generation`."""
        self._check_open()
        await self._in(self._writer, lambda: generation.write(documents))

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

    def __init__(self, index: TantivySearchIndex, generation: _Generation) -> None:
        self._index = index
        self._generation = generation

    async def put(self, documents: Sequence[SearchDocument]) -> None:
        await self._index.write(self._generation, documents)

    async def swap(self) -> None:
        await self._index.swap(self._generation)

    async def discard(self) -> None:
        await self._index.discard(self._generation)


def _locked(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        os.close(lock)
        raise SearchUnavailableError(f"the search index in {folder.name} is open elsewhere") from exc
    return lock


@contextmanager
def _errors() -> Iterator[None]:
    """Tantivy raises ValueError for everything; what reaches here is a full disk or a defect, never a caller's input."""
    try:
        yield
    except SearchError:
        raise
    except OSError as exc:
        raise SearchUnavailableError(f"the search index cannot be read or written: {exc.strerror}") from exc
    except (ValueError, TypeError, OverflowError) as exc:
        raise IndexingFailedError(f"tantivy refused: {exc}") from exc


def _search(snapshot: _Snapshot, request: SearchRequest) -> SearchResults:
    searcher = snapshot.searcher
    maker = QueryMaker(snapshot.schema, searcher, request.audiences)
    text = maker.text(request.text)
    found = maker.within(text.query, request)
    total = count_hits(searcher, found)
    return SearchResults(
        hits=_page(snapshot, found, text, request, total),
        total_estimate=total,
        is_total_exact=True,
        facets=_facets(searcher, maker, text.query, request),
    )


def _page(
    snapshot: _Snapshot, query: tantivy.Query, text: TextQuery, request: SearchRequest, total: int
) -> tuple[SearchHit, ...]:
    """The hits of the page in rank order, ties by id.

    tantivy leaves ties in the order of its files. So all ranks are read, and the groups of equals that reach into the
    page are sorted by id.
    """
    searcher = snapshot.searcher
    end = min(request.offset + request.limit, total)
    if request.offset >= end:
        return ()
    column = requests.order(request.sort, request.audiences)
    if column is None:
        ranked = searcher.search(query, limit=total, count=False).hits
        ranks = [round(score / text.best_score, _SCORE_DIGITS) for score, _ in ranked]
    else:
        name, is_descending = column
        direction = tantivy.Order.Desc if is_descending else tantivy.Order.Asc
        ranked = searcher.search(query, limit=total, count=False, order_by_field=name, order=direction).hits
        ranks = [value for value, _ in ranked]
    start = request.offset
    while start > 0 and ranks[start - 1] == ranks[request.offset]:
        start -= 1
    stop = end
    while stop < len(ranks) and ranks[stop] == ranks[end - 1]:
        stop += 1
    hits: list[SearchHit] = []
    group: list[str] = []
    for place in range(start, stop):
        group.append(snapshot.id_at(ranked[place][1]))
        if place + 1 == stop or ranks[place + 1] != ranks[place]:
            score = min(float(ranks[place]), 1.0) if column is None else 1.0
            hits.extend(SearchHit(document_id, score) for document_id in sorted(group))
            group = []
    return tuple(hits[request.offset - start : end - start])


def _facets(
    searcher: tantivy.Searcher, maker: QueryMaker, text: tantivy.Query, request: SearchRequest
) -> dict[str, tuple[FacetCount, ...]]:
    """Counts of each facet without its own filter; facets that are not filtered share one pass."""
    passes: dict[str, list[str]] = {}
    for name in dict.fromkeys(request.facets):
        passes.setdefault(name if name in request.filters else "", []).append(name)
    counts: dict[str, tuple[FacetCount, ...]] = {}
    for but, names in passes.items():
        terms = {name: {"terms": {"field": name, "size": requests.MAX_FACET_VALUES}} for name in names}
        answer = searcher.aggregate(maker.within(text, request, but=but), terms)
        for name in names:
            rows = [FacetCount(str(row["key"]), int(row["doc_count"])) for row in answer[name]["buckets"]]
            counts[name] = tuple(sorted(rows, key=lambda row: (-row.count, row.value)))
    return {name: counts[name] for name in request.facets}


def _suggest(snapshot: _Snapshot, prefix: str, audiences: Collection[str], limit: int) -> tuple[SearchHit, ...]:
    query = QueryMaker(snapshot.schema, snapshot.searcher, audiences).title_prefix(prefix)
    total = count_hits(snapshot.searcher, query)
    request = SearchRequest("", audiences, limit=limit, sort=SearchSort.RELEVANCE)
    # Scores of suggestions are compared with each other only; 100 is above what ten words of a title can reach.
    return _page(snapshot, query, TextQuery(query, 100.0), request, total)


def _versions(snapshot: _Snapshot, after: str, limit: int) -> list[tuple[str, int]]:
    ids = list(snapshot.ids.values())
    first = bisect_right(ids, after)
    chosen = ids[first : first + limit]
    if not chosen:
        return []
    versions = snapshot.searcher.fast_field_values("version", snapshot.addresses[first : first + limit])
    return [(document_id, int(version or 0)) for document_id, version in zip(chosen, versions, strict=True)]
