"""One tantivy index on disk: its fields, its only writer, and whether its files are whole."""

import json
import shutil
import uuid
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import orjson
import tantivy

from search.documents import ATTRIBUTES, NUMBERS, RANKED
from search.errors import IndexingFailedError, SearchUnavailableError
from search.port import SearchDocument
from search.stored import ADDED_WORDS, FINGERPRINT, LOT, MARKER, STAMP, CandidateCache, attributes
from search.tantivy_reading import STORED, Snapshot, has_panicked

_HEAP_BYTES: Final = 32_000_000
"""Memory of the writer before it flushes a segment; tantivy refuses less than 15 MB a thread."""
_FOOTER_MAGIC: Final = 1337
_OURS: Final = tuple(attribute.name for attribute in ATTRIBUTES if not attribute.weight)

CURRENT: Final = "current.json"
"""Says which generation serves; replaced in one step."""


def forget(folder: Path) -> None:
    """Has the next opening of the index build it anew, e.g. because its graph is another one by now."""
    (folder / CURRENT).unlink(missing_ok=True)


def schema() -> tantivy.Schema:
    """The fields of the index: words and keys as they are, numbers, and all that candidates come with as one JSON text."""
    builder = tantivy.SchemaBuilder()
    for name in ("id", ADDED_WORDS, *(name for name in _OURS if name not in NUMBERS)):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("version", LOT, STAMP):
        builder.add_integer_field(name, fast=True)
    for name in NUMBERS:
        builder.add_integer_field(name, fast=True, indexed=True)
    builder.add_bytes_field(STORED, stored=True)
    return builder.build()


class Generation:
    """One index in a folder. All but `snapshot` is for one thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._schema = schema()
        self._cache = CandidateCache()
        # Revisions of two runs must differ, and the engine's own numbers do not.
        self._run = uuid.uuid4().hex
        self._commits = 0
        self._index = tantivy.Index(self._schema, str(folder))
        self._writer: tantivy.IndexWriter | None = self._index.writer(_HEAP_BYTES, 1)
        self.snapshot = self._look()

    @classmethod
    def make(cls, folder: Path) -> "Generation":
        """A new, empty one."""
        folder.mkdir(parents=True)
        return cls(folder)

    @classmethod
    def open(cls, folder: Path) -> "Generation":
        """The one that was built in `folder`.

        Raises:
            SearchUnavailableError: something of it is missing or damaged.
        """
        check_files(folder)
        with damaged_files():
            generation = cls(folder)
        if not generation.is_built:
            generation.close()
            raise SearchUnavailableError("the search index has lost documents; run: hubnetz reindex")
        return generation

    @property
    def is_built(self) -> bool:
        """Whether it was written to the end, and by this version."""
        return self.snapshot.has(MARKER, FINGERPRINT)

    def write(self, documents: Sequence[SearchDocument], absent: Sequence[str] = ()) -> None:
        """Puts and deletes in one commit; on any failure nothing of it remains.

        Raises:
            IndexingFailedError: a document cannot be stored.
            SearchUnavailableError: the disk is full, or files are gone.
        """
        rows = {document.id: self._row(document) for document in documents}
        with self._writing() as writer:
            for document_id in (*absent, *rows):
                writer.delete_documents_by_term("id", document_id)
            for row in rows.values():
                writer.add_document(row)
            writer.commit()

    def seal(self) -> None:
        """Everything is written."""
        with self._writing() as writer:
            row = {"id": MARKER, "keys": [FINGERPRINT]}
            writer.add_document(tantivy.Document.from_dict(row, self._schema))
            writer.commit()

    def close(self) -> None:
        # Dropping the writer gives its lock file back.
        self._writer = None

    def remove(self) -> None:
        """Closes it and removes its files; searches under way keep theirs open."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _row(self, document: SearchDocument) -> tantivy.Document:
        values = attributes(document)
        try:
            row = {name: values[name] for name in (*_OURS, ADDED_WORDS, LOT, STAMP) if name in values}
            stored = orjson.dumps({"id": document.id, **{name: values[name] for name in RANKED if name in values}})
            row |= {"id": document.id, "version": document.version, STORED: stored}
            return tantivy.Document.from_dict(row, self._schema)
        except (ValueError, TypeError, OverflowError) as exc:
            raise IndexingFailedError(f"tantivy refused a document: {exc}") from exc

    @contextmanager
    def _writing(self) -> Iterator[tantivy.IndexWriter]:
        """What is written in the block is seen after it, or not at all."""
        try:
            if self._writer is None:
                self._writer = self._index.writer(_HEAP_BYTES, 1)
            yield self._writer
            self._index.reload()
        except BaseException as exc:
            self._roll_back()
            # Documents were made before; so what fails here is the disk.
            if isinstance(exc, ValueError | OSError) or has_panicked(exc):
                raise SearchUnavailableError(
                    f"the search index cannot be written; see that its disk has space and its folder is there: {exc}"
                ) from exc
            raise
        self._commits += 1
        self.snapshot = self._look()

    def _roll_back(self) -> None:
        if self._writer is None:
            return
        try:
            self._writer.rollback()
        except ValueError:
            # Its thread is dead; the next one starts from the last commit.
            self._writer = None

    def _look(self) -> Snapshot:
        return Snapshot(self._schema, self._index.searcher(), f"{self._run}:{self._commits}", self._cache)


def check_files(folder: Path) -> None:
    """Reads every file of the last commit and compares the checksum at its end.

    tantivy does not: where no `meta.json` is it makes an empty index, and from changed bytes it may read anything.

    Raises:
        SearchUnavailableError: a file is missing or damaged.
    """
    with damaged_files():
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        for segment in meta["segments"]:
            files = list(folder.glob(f"{uuid.UUID(segment['segment_id']).hex}.*"))
            if not files:
                raise FileNotFoundError(2, f"no file of segment {segment['segment_id']}")
            _check_sums(files)


def _check_sums(files: Iterable[Path]) -> None:
    for file in files:
        content = memoryview(file.read_bytes())
        length = int.from_bytes(content[-8:-4], "little")
        if int.from_bytes(content[-4:], "little") != _FOOTER_MAGIC or length + 8 > len(content):
            raise ValueError(f"{file.name} has no end")
        footer = json.loads(bytes(content[-8 - length : -8]))
        if zlib.crc32(content[: -8 - length]) != footer["crc"]:
            raise ValueError(f"{file.name} has changed")


@contextmanager
def damaged_files() -> Iterator[None]:
    """For reading what was written here, with what was checked before: whatever the library refuses is the files'."""
    try:
        yield
    except BaseException as exc:
        refused = OSError | ValueError | TypeError | KeyError | AttributeError | OverflowError
        if isinstance(exc, refused) or has_panicked(exc):
            raise SearchUnavailableError(f"the search index is damaged ({exc}); run: hubnetz reindex") from exc
        raise
