"""Back from a backup: looked at whole, opened, counted, and only then put in the place of what is there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graph.copies import ASIDE, Contents, StoreFiles
from graph.ddl import SCHEMA_VERSION
from graph.errors import GraphError
from network.backups import archive
from network.backups.archive import Step
from network.backups.errors import ArchiveError, BackupError
from network.backups.manifest import Manifest
from network.backups.workroom import workroom


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now, and the folder that keeps what was there before; None where nothing was."""

    manifest: Manifest
    aside: Path | None


def verify(path: Path, files: StoreFiles, step: Step) -> Manifest:
    """The manifest of a backup that was unpacked beside itself, opened and counted, and can be restored here.

    Raises:
        BackupError: it cannot be, or there is no room to try.
    """
    _check_schema(path, archive.read_manifest(path))
    with workroom(path) as room:
        manifest = archive.unpack(path, room, step)
        _compare(path, manifest, files, room)
    return manifest


def restore(path: Path, files: StoreFiles, *, replaces: bool, forget_index: Callable[[], None], step: Step) -> Restored:
    """Puts the backup in the place of the graph, which is kept aside. May be killed anywhere: the old or the new is there.

    Args:
        forget_index: Called just before: the index of another graph must not answer.

    Raises:
        BackupError: it cannot be used, or there is a graph and it is not to be replaced; nothing was changed.
        GraphUnavailableError: a server has the graph open.
    """
    _check_schema(path, archive.read_manifest(path))
    with files.held():
        if files.is_there and not replaces:
            raise BackupError(
                f"There is a graph in {files.folder} already. --replace keeps it aside and restores. Nothing was changed."
            )
        try:
            incoming = files.incoming()
            manifest = archive.unpack(path, incoming, step)
            _compare(path, manifest, files, incoming)
            forget_index()
            aside = files.replace(f"{ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S}")
        finally:
            files.discard_incoming()
    return Restored(manifest, aside)


def _check_schema(path: Path, manifest: Manifest) -> None:
    if manifest.contents.schema > SCHEMA_VERSION:
        raise ArchiveError(
            path,
            f"its graph has schema {manifest.contents.schema}, this Hubnetz knows {SCHEMA_VERSION}: "
            f"use the version that wrote it, which is {manifest.hubnetz} or newer",
        )


def _compare(path: Path, manifest: Manifest, files: StoreFiles, folder: Path) -> None:
    try:
        found: Contents = files.inspect(folder)
    except GraphError as error:
        raise ArchiveError(path, f"its graph cannot be opened: {error}") from error
    if found != manifest.contents:
        raise ArchiveError(path, "its graph holds something else than its manifest says")
