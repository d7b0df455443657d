"""The archive: a tar of two files, compressed by gzip, that any tar can list.

Read without `tarfile`'s extraction: a header names one of the two files that are expected, or the archive is refused, so that
there is no path, link or device in it to follow. No more is read than the manifest says, and that is compared with the room
on the disk first.
"""

import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from gzip import GzipFile
from pathlib import Path
from typing import Final

from graph.durable import fsync
from network.backups.errors import ArchiveError, BackupError
from network.backups.manifest import FILE, MAX_BYTES, NAME, Manifest, ManifestError

Step = Callable[[int, int], None]
"""Told how many bytes are done, of how many; raises to stop."""
_CHUNK: Final = 1 << 20
_BLOCK: Final = tarfile.BLOCKSIZE
_END: Final = 2 * _BLOCK
_LEVEL: Final = 6
"""Of gzip: 9 takes three times as long for a few hundredths less."""


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, manifest: Manifest, source: Path, step: Step) -> None:
    """Writes the archive of `source` to `path`, which is new, for its owner alone, and on the disk when this returns.

    Raises:
        BackupError: the source is not as the manifest says.
        OSError: it cannot be written.
    """
    text = manifest.text().encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed:
            packed.write(_header(NAME, len(text), manifest.taken) + text + _padding(len(text)))
            packed.write(_header(FILE, manifest.size_bytes, manifest.taken))
            done = 0
            with source.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    packed.write(chunk)
                    done += len(chunk)
                    step(done, manifest.size_bytes)
            if done != manifest.size_bytes:
                raise BackupError("the copy of the graph changed while it was packed. Run it again.")
            packed.write(_padding(done) + bytes(_END))
        raw.flush()
        os.fsync(raw.fileno())


def read_manifest(path: Path) -> Manifest:
    """What the archive says of itself; the rest is not looked at.

    Raises:
        ArchiveError: it is none, or of a newer format.
    """
    with _reading(path) as file:
        return _manifest(path, file)


def check(path: Path, step: Step) -> Manifest:
    """The manifest of an archive that is whole.

    Raises:
        ArchiveError: it is not.
    """
    return _read(path, lambda _: None, step)


def unpack(path: Path, folder: Path, step: Step) -> Manifest:
    """Writes the one file of the archive into `folder`, on the disk when this returns.

    Raises:
        ArchiveError: it is not whole, or holds anything else; what was written until then stays.
        BackupError: there is no room for it.
        OSError: it cannot be written.
    """
    size = read_manifest(path).size_bytes
    free = shutil.disk_usage(folder).free
    if size > free:
        raise BackupError(f"{path} holds {_megabytes(size)}, and {folder} has room for {_megabytes(free)}.")
    descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:

        def put(chunk: bytes) -> None:
            try:
                target.write(chunk)
            except OSError as error:
                raise BackupError(f"{folder} cannot be written ({error.strerror}).") from error

        manifest = _read(path, put, step)
        target.flush()
        os.fsync(target.fileno())
    fsync(folder)
    return manifest


def _read(path: Path, put: Callable[[bytes], None], step: Step) -> Manifest:
    with _reading(path) as file:
        manifest = _manifest(path, file)
        if _next(path, file, FILE) != manifest.size_bytes:
            raise ArchiveError(path, f"{FILE} is of another size than its manifest says")
        found = hashlib.sha256()
        done = 0
        while done < manifest.size_bytes:
            chunk = _exactly(path, file, min(_CHUNK, manifest.size_bytes - done))
            found.update(chunk)
            put(chunk)
            done += len(chunk)
            step(done, manifest.size_bytes)
        if found.hexdigest() != manifest.sha256:
            raise ArchiveError(path, f"{FILE} is damaged: its SHA-256 is another than its manifest says")
        # The end of a tar, perhaps filled up by whoever packed it again. Reading to it has gzip compare its own checksum.
        rest = file.read(len(_padding(done)) + tarfile.RECORDSIZE + 1)
        if len(rest) > len(_padding(done)) + tarfile.RECORDSIZE or any(rest):
            raise ArchiveError(path, "there is more in it than its manifest says")
    return manifest


@contextmanager
def _reading(path: Path) -> Iterator[GzipFile]:
    try:
        with gzip.open(path, "rb") as file:
            yield file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveError(path, "it is damaged, cut off, or no archive of gzip") from error
    except OSError as error:
        raise ArchiveError(path, f"it cannot be read ({error.strerror})") from error


def _manifest(path: Path, file: GzipFile) -> Manifest:
    size = _next(path, file, NAME)
    if size > MAX_BYTES:
        raise ArchiveError(path, "its manifest is too long")
    text = _exactly(path, file, size)
    _exactly(path, file, len(_padding(size)))
    try:
        return Manifest.read(text)
    except ManifestError as error:
        raise ArchiveError(path, str(error)) from error


def _next(path: Path, file: GzipFile, name: str) -> int:
    """The size of the file that comes next, which has to be `name`."""
    try:
        header = tarfile.TarInfo.frombuf(_exactly(path, file, _BLOCK), "utf-8", "strict")
    except (tarfile.HeaderError, ValueError) as error:
        raise ArchiveError(path, "it is no tar") from error
    if header.name != name or header.type != tarfile.REGTYPE or header.size < 0:
        raise ArchiveError(path, f"expected the file {name} in its place")
    return header.size


def _exactly(path: Path, file: GzipFile, size: int) -> bytes:
    read = file.read(size)
    if len(read) != size:
        raise ArchiveError(path, "it is cut off")
    return read


def _header(name: str, size: int, taken: str) -> bytes:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    header.mtime = int(datetime.fromisoformat(taken).timestamp())
    # GNU's form has room for more than 8 GB.
    return header.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"
