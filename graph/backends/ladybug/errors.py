"""Ladybug's failures as ours. It raises RuntimeError for everything, so that only the text tells them apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from graph.errors import ConstraintError, GraphError, GraphUnavailableError, InvalidInputError, InvalidQueryError


class OutOfBufferError(GraphUnavailableError):
    """Pages and prepared statements fill the memory that the database may use."""


# Prefix of the message -> ours, the longer before the shorter. tests/contract/test_ladybug.py makes each happen.
PREFIXES: Final[tuple[tuple[str, type[GraphError]], ...]] = (
    ("Interrupted.", GraphUnavailableError),
    ("Runtime exception: Found duplicated primary key value", ConstraintError),
    ("Runtime exception: Unable to open database", GraphUnavailableError),
    ("Unable to cast Python instance", InvalidInputError),
    ("Parser exception:", InvalidQueryError),
    ("Binder exception:", InvalidQueryError),
    ("Catalog exception:", InvalidQueryError),
    ("Conversion exception:", InvalidQueryError),
    ("Overflow exception:", InvalidQueryError),
    ("Runtime exception:", InvalidQueryError),
    ("Can not execute a write query inside a read-only transaction.", InvalidQueryError),
    ("Buffer manager exception:", OutOfBufferError),
    ("IO exception:", GraphUnavailableError),
    ("Connection is closed", GraphUnavailableError),
    ("Database is closed", GraphUnavailableError),
)


@contextmanager
def translated() -> Iterator[None]:
    """Turns a RuntimeError of Ladybug into the error of ours that its message stands for."""
    try:
        yield
    except ValueError as exc:
        # Not from the database but on the way to it.
        raise InvalidInputError("a list of values of several types") from exc
    except RuntimeError as exc:
        message = str(exc)
        for prefix, error in PREFIXES:
            if message.startswith(prefix):
                raise error(_said(prefix, message)) from exc
        raise GraphError(f"the embedded database failed: {message:.300}") from exc


def _said(prefix: str, message: str) -> str:
    if prefix == "Interrupted.":
        return "the embedded database did not finish in time"
    return f"the embedded database said: {message:.300}"
