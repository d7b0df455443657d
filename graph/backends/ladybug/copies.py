"""The embedded database as files: copied beside its writers, looked into, and put in the place of what is there.

`graph.lbug` and its log together are what was committed. Both change in a transaction that writes alone, so that they are
copied while no writer is let in; readers go on.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ladybug

from graph.backends.ladybug import rewriting
from graph.backends.ladybug.connections import FolderLock, Session
from graph.backends.ladybug.errors import translated
from graph.backends.ladybug.rewriting import FILE
from graph.backends.migrations import STATE
from graph.copies import Contents, Counts
from graph.durable import fsync
from graph.errors import GraphUnavailableError
from graph.records import SchemaState

LEFT_OUT: Final = ("Session", "SignIn")
"""Kinds that no copy keeps: who was signed out since would be signed in again by a restore."""
_INCOMING: Final = "restoring"
"""Folder in which the database grows that is to take the place of what is there."""
_READY: Final = "restored"
"""Its name once it is whole. From here on it counts: whoever opens the folder first puts it in its place."""
_ASIDE: Final = "aside"
_BUFFER_MB: Final = 256
_TIMEOUT_S: Final = 3_600.0


def copy(folder: Path, target: Path) -> None:
    """Copies the files into `target`; no transaction writes meanwhile."""
    for path in _files(folder):
        shutil.copyfile(path, target / path.name)
    if rewriting.is_asked(folder):
        rewriting.ask_for(target)


def count(session: Session) -> Counts:
    """How many nodes of each label and relationships of each type there are, without those of which there are none."""
    nodes = session.execute("MATCH (n) RETURN label(n), count(*)")
    relationships = session.execute("MATCH ()-[e]->() RETURN label(e), count(*)")
    return {str(name): int(number) for name, number in sorted((*nodes, *relationships)) if number}


def settle(folder: Path, expected: Counts) -> Contents:
    """What is in the copy, which is one file afterwards, without sessions and without what was deleted for good.

    Raises:
        GraphUnavailableError: it does not hold what was counted while it was made.
    """
    with translated():
        # Somebody was erased, and the original keeps the bytes until it is next opened: the copy must not.
        rewriting.rewrite_if_asked(folder)
        with _opened(folder, is_read_only=False) as session:
            found = count(session)
            if found != expected:
                raise GraphUnavailableError(f"the copy of the graph is not whole: {_difference(expected, found)}")
            for label in LEFT_OUT:
                if found.get(label):
                    session.execute(f"MATCH (n:`{label}`) DETACH DELETE n")
            contents = _contents(session)
            session.execute("CHECKPOINT")
    (folder / f"{FILE}.wal").unlink(missing_ok=True)
    return contents


@dataclass(frozen=True, slots=True)
class LadybugFiles:
    """See `graph.copies.StoreFiles`."""

    folder: Path

    @property
    def is_there(self) -> bool:
        return (self.folder / FILE).exists() or (self.folder / _READY).exists()

    @contextmanager
    def held(self) -> Iterator[None]:
        lock = FolderLock(self.folder)
        try:
            take_over(self.folder)
            yield
        finally:
            lock.release()

    def incoming(self) -> Path:
        folder = self.folder / _INCOMING
        folder.mkdir(mode=0o700)
        return folder

    def discard_incoming(self) -> None:
        shutil.rmtree(self.folder / _INCOMING, ignore_errors=True)

    def inspect(self, folder: Path) -> Contents:
        with translated(), _opened(folder, is_read_only=True) as session:
            return _contents(session)

    def replace(self, aside: str) -> Path | None:
        incoming = self.folder / _INCOMING
        (incoming / _ASIDE).write_text(aside, encoding="utf-8")
        fsync(incoming / _ASIDE)
        fsync(incoming)
        incoming.rename(self.folder / _READY)
        fsync(self.folder)
        take_over(self.folder)
        return self.folder / aside if (self.folder / aside).exists() else None


def take_over(folder: Path) -> None:
    """Ends what a killed restore began if it counts already, else takes it away.

    Whoever calls holds the folder's lock, and nobody has the database open.
    """
    shutil.rmtree(folder / _INCOMING, ignore_errors=True)
    ready = folder / _READY
    if not ready.exists():
        return
    # As long as the new file is not in its place, what lies there is the old one.
    if (ready / FILE).exists():
        aside = folder / (ready / _ASIDE).read_text(encoding="utf-8")
        for path in _files(folder):
            aside.mkdir(mode=0o700, exist_ok=True)
            path.rename(aside / path.name)
        fsync(folder)
        (ready / FILE).rename(folder / FILE)
        fsync(folder)
    shutil.rmtree(ready)


def _files(folder: Path) -> list[Path]:
    """The database, its log, and what else it has beside itself."""
    return sorted(path for path in folder.glob(f"{FILE}*") if path.is_file())


@contextmanager
def _opened(folder: Path, *, is_read_only: bool) -> Iterator[Session]:
    if not (folder / FILE).is_file():
        raise GraphUnavailableError("there is no database in the copy")
    with (
        ladybug.Database(
            folder / FILE, buffer_pool_size=_BUFFER_MB * 2**20, max_num_threads=1, read_only=is_read_only
        ) as database,
        ladybug.Connection(database, num_threads=1) as connection,
    ):
        session = Session(time.monotonic() + _TIMEOUT_S)
        session.attach(connection, set())
        yield session


def _contents(session: Session) -> Contents:
    tables = {name for _, name, *_ in session.execute("CALL show_tables() RETURN *")}
    if SchemaState.__name__ not in tables:
        raise GraphUnavailableError("the database is none of Hubnetz")
    state: Any = session.execute(f"MATCH (n:{SchemaState.__name__}) WHERE n.id = $id RETURN n.version", {"id": STATE})
    if not state:
        raise GraphUnavailableError("the database says no version of its schema")
    return Contents(int(state[0][0]), count(session))


def _difference(expected: Counts, found: Counts) -> str:
    names = sorted(name for name in {*expected, *found} if expected.get(name, 0) != found.get(name, 0))
    return ", ".join(f"{name} {found.get(name, 0)} instead of {expected.get(name, 0)}" for name in names[:5])
