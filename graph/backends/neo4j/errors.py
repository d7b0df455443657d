"""What Neo4j and its driver raise, as errors of ours: the one place where they meet, and none crosses the port."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from neo4j.exceptions import ConfigurationError, DriverError, Neo4jError

from graph.errors import (
    ConstraintError,
    GraphError,
    GraphUnavailableError,
    InvalidInputError,
    InvalidQueryError,
    ReadOnlyError,
    StaleWriteError,
)

# Longer than any message a person reads; a refused statement of ours repeats its whole text.
_MESSAGE_LENGTH: Final = 300

# Prefixes of status codes, the most specific first (Neo4j 5 status codes; each has a test in tests/faults).
_CODES: Final[tuple[tuple[str, type[GraphError]], ...]] = (
    ("Neo.ClientError.Schema.ConstraintValidationFailed", ConstraintError),
    ("Neo.TransientError.Transaction.DeadlockDetected", StaleWriteError),
    ("Neo.TransientError.Transaction.LockAcquisitionTimeout", StaleWriteError),
    ("Neo.ClientError.Transaction.LockAcquisitionTimeout", StaleWriteError),
    ("Neo.TransientError.General.WriteOnReadOnlyAccessDatabase", ReadOnlyError),
    ("Neo.ClientError.General.WriteOnReadOnlyAccessDatabase", ReadOnlyError),
    ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", ReadOnlyError),
    ("Neo.ClientError.Security.Forbidden", ReadOnlyError),
    ("Neo.ClientError.Security", GraphUnavailableError),
    ("Neo.ClientError.Statement", InvalidQueryError),
    ("Neo.ClientError.Procedure", InvalidQueryError),
    ("Neo.ClientError.Request", InvalidQueryError),
    # Timeouts, terminated transactions, a database that is stopped, a full disk.
    ("Neo.", GraphUnavailableError),
)


@contextmanager
def translated() -> Iterator[None]:
    """Raises what the driver raises inside as a `GraphError`, with the driver's own as its cause."""
    try:
        yield
    except Neo4jError as exc:
        code = exc.code or ""
        kind = next((kind for prefix, kind in _CODES if code.startswith(prefix)), GraphUnavailableError)
        if "too large to index" in (exc.message or ""):  # has no code of its own
            kind = InvalidInputError
        raise kind(f"{code}: {exc.message}"[:_MESSAGE_LENGTH]) from exc
    except ConfigurationError as exc:
        raise InvalidInputError(f"the graph database cannot be used as configured: {exc}"[:_MESSAGE_LENGTH]) from exc
    except (DriverError, OSError) as exc:
        raise GraphUnavailableError(f"the graph database did not answer: {exc}"[:_MESSAGE_LENGTH]) from exc
    except (UnicodeError, OverflowError) as exc:
        raise InvalidInputError(f"a value that the graph database cannot hold: {exc}"[:_MESSAGE_LENGTH]) from exc
    except (TypeError, ValueError) as exc:
        raise InvalidQueryError(f"a parameter that has no form in Cypher: {exc}"[:_MESSAGE_LENGTH]) from exc


def is_transient(error: GraphError) -> bool:
    """Whether the same statement may go through when it is sent again at once: nothing of it was done."""
    cause = error.__cause__
    # The driver counts a read-only database among the transient, since a cluster may have elected another leader.
    return isinstance(cause, Neo4jError | DriverError) and cause.is_retryable() and not isinstance(error, ReadOnlyError)


def is_disconnection(error: GraphError) -> bool:
    """Whether the connection failed, not the statement: what was sent last may or may not have happened."""
    return isinstance(error.__cause__, DriverError | OSError)
