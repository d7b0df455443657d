"""Errors of the model of record.

GraphError
├── GraphUnavailableError  UNAVAILABLE, retryable: unreachable, timed out, shutting down
├── LeaseHeldError         UNAVAILABLE, retryable: another process has the duty
├── ConflictError          CONFLICT
│   ├── ConstraintError    a key or a unique property is taken
│   ├── StaleWriteError    somebody else changed the node since it was read
│   ├── MoveNotAllowedError  not where the entry is in its life cycle (graph.writing.lifecycle)
│   └── LeaseLostError     the duty has another holder by now
├── NodeNotFoundError      NOT_FOUND
├── InvalidInputError      BAD_USER_INPUT
├── TooOftenError          RATE_LIMITED, retryable after its `retry_after_s`
├── OutcomeUnknownError    OUTCOME_UNKNOWN, retryable with the same idempotency key
├── ReadOnlyError          UNAVAILABLE: the database refuses writes
├── SchemaVersionError     INTERNAL: the store was written by a newer Hubnetz
└── InvalidQueryError      INTERNAL: a statement of ours that the database does not accept
"""

from collections.abc import Mapping
from typing import ClassVar


class GraphError(Exception):
    """Root of everything `graph/` raises; `code` and `retryable` are stable and public."""

    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False


class GraphUnavailableError(GraphError):
    """The graph database is unreachable or took too long."""

    code = "UNAVAILABLE"
    retryable = True


class LeaseHeldError(GraphError):
    """Another process has the duty: it is at work, took it over, or stopped less than a lease ago."""

    code = "UNAVAILABLE"
    retryable = True


class ReadOnlyError(GraphError):
    """The graph database is up and refuses writes."""

    code = "UNAVAILABLE"


class ConflictError(GraphError):
    """The write does not fit what is stored."""

    code = "CONFLICT"


class ConstraintError(ConflictError):
    """A key or a unique property is taken by another node."""


class StaleWriteError(ConflictError):
    """The node changed since the caller read it; read again and decide again.

    `current_version`: the one that is stored, for a caller who may read the node; None where it is not known.
    """

    def __init__(self, message: str, *, current_version: int | None = None) -> None:
        super().__init__(message)
        self.current_version = current_version


class LeaseLostError(ConflictError):
    """The lease ran out and somebody else took it: stop, whatever was under way; the new holder does it again."""


class NodeNotFoundError(GraphError):
    """The node is not in the graph, or not for this caller."""

    code = "NOT_FOUND"


class InvalidInputError(GraphError):
    """The caller asked for something that cannot be meant; the message says what.

    `field`: the field of a command that it is about, where it is about one.
    `items`: where that is a list, what in it is wrong and why: keys of nodes, as in `Topic:parken`.
    """

    code = "BAD_USER_INPUT"

    def __init__(self, message: str, *, field: str | None = None, items: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.items = dict(items or {})


class TooOftenError(GraphError):
    """More of this than one caller, or one entry, bears in a day; nothing was written.

    `retry_after_s`: seconds after which there is room again at the latest.
    """

    code = "RATE_LIMITED"
    retryable = True

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class OutcomeUnknownError(GraphError):
    """The connection broke while committing: the write may or may not have happened.

    Run the same unit again with the same `idempotency_key`; it happens at most once.
    """

    code = "OUTCOME_UNKNOWN"
    retryable = True

    def __init__(self, message: str, *, idempotency_key: str) -> None:
        super().__init__(message)
        self.idempotency_key = idempotency_key


class SchemaVersionError(GraphError):
    """The store has a newer schema than this code; run the version that wrote it."""


class InvalidQueryError(GraphError):
    """The database does not accept a statement of ours: a defect, not an input error."""
