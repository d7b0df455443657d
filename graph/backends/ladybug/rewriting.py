"""The embedded database's file written anew, so that what was deleted is in none of its pages any more.

Ladybug marks pages as free and leaves their bytes, also through a checkpoint; its own export cannot write relationships
between several kinds of nodes. May be killed anywhere: the old file is whole until the new one takes its name.
"""

import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import ladybug

from graph.backends import write_statements
from graph.backends.ladybug import schema
from graph.backends.ladybug.connections import Records, Session
from graph.backends.ladybug.render import DIALECT
from graph.ddl import LABELS, RELATIONSHIPS
from graph.durable import fsync
from graph.errors import GraphUnavailableError

FILE: Final = "graph.lbug"
_ASKED: Final = "rewrite-asked"
_NEW: Final = "graph-rewritten.lbug"
_LOG_SUFFIX: Final = ".wal"
_ROWS: Final = 1_000
_TIMEOUT_S: Final = 3_600.0
_log: Final = logging.getLogger(__name__)


def ask_for(folder: Path) -> None:
    """From now on the next opening of the folder rewrites the file."""
    (folder / _ASKED).touch()


def is_asked(folder: Path) -> bool:
    """Whether the next opening rewrites the file."""
    return (folder / _ASKED).exists()


def rewrite_if_asked(folder: Path) -> None:
    """Rewrites the file if somebody asked for it; whoever calls holds the folder's lock, and nobody has the file open.

    Raises:
        GraphUnavailableError: the copy does not hold as much as the original, which stays.
    """
    if not is_asked(folder):
        return
    if (folder / FILE).exists():
        started = time.monotonic()
        _remove(folder, _NEW)
        _copy(folder / FILE, folder / _NEW)
        fsync(folder / _NEW)
        # What the log held is in the file: the copy was read from an opened database, which was then closed.
        (folder / f"{FILE}{_LOG_SUFFIX}").unlink(missing_ok=True)
        (folder / _NEW).replace(folder / FILE)
        fsync(folder)
        _remove(folder, _NEW)
        _log.info("wrote the graph's file anew", extra={"duration_s": round(time.monotonic() - started, 1)})
    (folder / _ASKED).unlink()


def _copy(source: Path, target: Path) -> None:
    with (
        ladybug.Database(source) as old,
        ladybug.Database(target) as new,
        ladybug.Connection(old) as reading,
        ladybug.Connection(new) as writing,
    ):
        reader, writer = _session(reading), _session(writing)
        schema.declare(writer)
        tables = {name for _, name, *_ in reader.execute("CALL show_tables() RETURN *")}
        for label in LABELS:
            if label in tables:
                _copy_nodes(reader, writer, label)
        for name, declared in RELATIONSHIPS.items():
            known = set()
            if name in tables:
                known = {tuple(ends[:2]) for ends in reader.execute(f"CALL show_connection('{name}') RETURN *")}
            for start, end in declared.pairs:
                if (start, end) in known:
                    _copy_relationships(reader, writer, name, start, end)
        # So that nothing is left in their logs.
        for session in (writer, reader):
            session.execute("CHECKPOINT")


def _session(connection: Any) -> Session:
    session = Session(time.monotonic() + _TIMEOUT_S)
    session.attach(connection, set())
    return session


def _copy_nodes(reader: Session, writer: Session, label: str) -> None:
    key = LABELS[label].key
    stored = {name for _, name, *_ in reader.execute(f"CALL table_info('{label}') RETURN *")}
    names = [name for name in LABELS[label].properties if name in stored]
    columns = ", ".join(f"n.`{name}`" for name in names)
    text = write_statements.put(DIALECT, label, names)
    for rows in _pages(reader.execute(f"MATCH (n:`{label}`) RETURN {columns}")):
        writer.execute(text, {"rows": [dict(zip(names, row, strict=True)) for row in rows]})
    count = f"MATCH (n:`{label}`) RETURN count(n.`{key}`)"
    _check(label, reader.execute(count), writer.execute(count))


def _copy_relationships(reader: Session, writer: Session, name: str, start: str, end: str) -> None:
    stored = {name for _, name, *_ in reader.execute(f"CALL table_info('{name}') RETURN *")}
    names = [one for one in RELATIONSHIPS[name].properties if one in stored]
    pattern = f"MATCH (a:`{start}`)-[e:`{name}`]->(b:`{end}`)"
    columns = "".join(f", e.`{one}`" for one in names)
    text = write_statements.connect(DIALECT, name, start, end, names)
    found = reader.execute(f"{pattern} RETURN a.`{LABELS[start].key}`, b.`{LABELS[end].key}`{columns}")
    for rows in _pages(found):
        writer.execute(text, {"rows": [dict(zip(("start", "end", *names), row, strict=True)) for row in rows]})
    count = f"{pattern} RETURN count(*)"
    _check(f"{start} {name} {end}", reader.execute(count), writer.execute(count))


def _pages(rows: Records) -> Iterator[Records]:
    for first in range(0, len(rows), _ROWS):
        yield rows[first : first + _ROWS]


def _check(what: str, old: Records, new: Records) -> None:
    if old != new:
        raise GraphUnavailableError(f"rewriting the graph's file: {what} has {old[0][0]} records, the copy {new[0][0]}")


def _remove(folder: Path, name: str) -> None:
    for path in (folder / name, folder / f"{name}{_LOG_SUFFIX}"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
