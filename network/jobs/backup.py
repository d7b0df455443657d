"""The job `backup`: copies beside readers and writers, packs, reads what it packed, and only then gives it its name."""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final, TypeVar

from graph.copies import Copied, InFiles
from graph.errors import GraphError
from graph.values import Instant, day_of
from network.backups import archive, rotation
from network.backups.archive import Step
from network.backups.errors import BackupError
from network.backups.manifest import FILE, Manifest
from network.backups.workroom import publish, refuse_existing, refuse_other, workroom
from network.errors import JobError
from network.jobs.job import FAILURE, Job, Output, Workplace

T = TypeVar("T")
_ARCHIVE: Final = "archive"
USE_NEO4J: Final = (
    "The graph is on a Neo4j server, which has means of its own: neo4j-admin database dump, as docs/deployment.md says "
    "under Backup and restore. hubnetz backup and restore are for the embedded graph."
)


class _StoppedError(BackupError):
    """Whoever asked has left."""

    def __init__(self) -> None:
        super().__init__("stopped")


@dataclass(frozen=True, slots=True)
class _Made:
    path: Path
    manifest: Manifest
    size_bytes: int
    held_s: float


async def backup(
    place: Workplace, output: Output, *, path: str, keep: int | None, overwrites: bool, as_json: bool
) -> int:
    """Writes a backup to `path`, or with `keep` into that folder, under the name of the day."""
    store = place.graph
    if not isinstance(store, InFiles):
        raise JobError(USE_NEO4J)
    today = day_of(Instant(await place.graph.now()))
    target = Path(path) if keep is None else rotation.path_of(Path(path), today)
    try:
        # One room for all days: what a killed run left goes with the next one.
        room = target if keep is None else target.with_name(rotation.ROOM)
        made = await _make(store, target, room, overwrites=overwrites or keep is not None, output=output)
    except OSError as error:
        raise JobError(f"No backup was made: {target} cannot be written ({error.strerror}).") from error
    except (BackupError, GraphError) as error:
        raise JobError(f"No backup was made: {error}") from error
    try:
        removed = [] if keep is None else await asyncio.to_thread(rotation.prune, target.parent, keep, target)
    except OSError as error:
        output.error(f"{target} was made, but an older one cannot be removed ({error.filename}: {error.strerror}).")
        return FAILURE
    _tell(output, made, removed, as_json=as_json)
    return 0


async def _make(store: InFiles, target: Path, beside: Path, *, overwrites: bool, output: Output) -> _Made:
    if overwrites:
        refuse_other(target)
    else:
        refuse_existing(target)
    with workroom(beside) as room:
        copied = await store.copy_to(room)

        def finish(step: Step) -> _Made:
            manifest = _packed(store, copied, room, step)
            size_bytes = (room / _ARCHIVE).stat().st_size
            publish(room / _ARCHIVE, target, overwrites=overwrites)
            return _Made(target, manifest, size_bytes, copied.held_s)

        return await _in_thread(finish, output)


def _packed(store: InFiles, copied: Copied, room: Path, step: Step) -> Manifest:
    contents = store.settle(room, copied)
    source = room / FILE
    manifest = Manifest(
        taken=copied.taken,
        hubnetz=_version("hubnetz"),
        ladybug=_version("ladybug"),
        contents=contents,
        size_bytes=source.stat().st_size,
        sha256=archive.digest(source),
    )
    archive.write(room / _ARCHIVE, manifest, source, step)
    return archive.check(room / _ARCHIVE, step)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"


async def _in_thread(work: Callable[[Step], T], output: Output) -> T:
    """What `work` returns; cancelled, it is stopped at its next step and waited for: its folder goes with whoever asked."""
    stop = threading.Event()
    loop = asyncio.get_running_loop()

    def step(done: int, total: int) -> None:
        if stop.is_set():
            raise _StoppedError
        loop.call_soon_threadsafe(output.progress, "bytes", done, total)

    running = asyncio.ensure_future(asyncio.to_thread(work, step))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait({running})
        if not running.cancelled():
            running.exception()  # looked at, so that nobody is told of it: whoever cancelled wants no answer
        raise


def _tell(output: Output, made: _Made, removed: list[Path], *, as_json: bool) -> None:
    counts = made.manifest.contents.counts
    if as_json:
        told = {
            "file": str(made.path),
            "bytes": made.size_bytes,
            "taken": made.manifest.taken,
            "writersWaitedSeconds": round(made.held_s, 3),
            "counts": dict(counts),
            "removed": [str(path) for path in removed],
        }
        output.line(json.dumps(told))
        return
    output.line(
        f"{made.path}: {made.size_bytes / 2**20:,.1f} MB, {sum(counts.values()):,} nodes and relationships, as of "
        f"{made.manifest.taken}. It was read again and is whole. Writers waited for {made.held_s:.2f} s, readers did not."
    )
    for path in removed:
        output.line(f"Removed {path}.")
    output.line(
        "It holds personal data: keep it as safe as the service, and no longer than docs/personal-data.md says. It holds no "
        "keys, no sessions and no settings: keep HUBNETZ_SECRET_KEYS and your configuration apart from it."
    )


BACKUP_JOBS: Final[dict[str, Job]] = {"backup": backup}
