"""Our errors as GraphQL errors and HTTP statuses; whatever we did not foresee is masked here and logged once."""

import logging
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from graphql import FieldNode, GraphQLError

from auth.errors import AuthError
from graph.errors import GraphError, GraphUnavailableError, OutcomeUnknownError, TooOftenError
from network.limits import LimitExceededError
from network.rates import RateLimitedError
from search.errors import SearchError, SearchUnavailableError

_LOG = logging.getLogger("hubnetz.errors")


class JobError(Exception):
    """A command that cannot be carried out; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Code:
    """One value of `extensions.code`; `status` is that of plain HTTP routes and of requests that never ran."""

    name: str
    status: int
    meaning: str


CODES: Final[tuple[Code, ...]] = (
    Code("GRAPHQL_PARSE_FAILED", 400, "The document is not GraphQL; `locations` says where."),
    Code("GRAPHQL_VALIDATION_FAILED", 400, "The document does not fit the schema; `locations` says where."),
    Code(
        "BAD_USER_INPUT", 400, "An argument, a variable or the request itself cannot be meant; the message says which."
    ),
    Code("UNAUTHENTICATED", 401, "The access token is not accepted; sign in again."),
    Code("FORBIDDEN", 403, "The caller may not do this."),
    Code("NOT_FOUND", 404, "There is no such thing, or not for this caller."),
    Code("CONFLICT", 409, "What is stored has changed or is taken; read again."),
    Code("INVALID_REPRESENTATION", 400, "An entity reference is no entity or lacks its key."),
    Code(
        "LIMIT_EXCEEDED",
        400,
        "More than a limit allows; `limit`, `value` and `asked` say which and by how much (413 for a body).",
    ),
    Code(
        "QUERY_NOT_IN_SAFELIST",
        400,
        "Only published documents are run here, and this is none of them (docs/clients.md).",
    ),
    Code("PERSISTED_QUERY_NOT_IN_LIST", 400, "No published document has the id that was sent."),
    Code("PERSISTED_QUERY_NOT_SUPPORTED", 400, "This service knows no published documents: send the text."),
    Code("RATE_LIMITED", 429, "Too many requests; wait `retryAfter` seconds."),
    Code(
        "UNAVAILABLE",
        503,
        "The graph, the search engine, an issuer or a subgraph does not answer; try again where `retryable`.",
    ),
    Code(
        "OUTCOME_UNKNOWN",
        503,
        "A write may or may not have happened; repeat it with `idempotencyKey` as `clientMutationId`: it happens once.",
    ),
    Code("INTERNAL", 500, "Our mistake; report it with `requestId`."),
)
_OF_BODIES: Final = frozenset({"max_body_bytes", "max_table_bytes"})
STATUS: Final = {code.name: code.status for code in CODES}

# What outsiders read in place of an adapter's own words, which may name hosts.
_PUBLIC_MESSAGE: Final[tuple[tuple[type[Exception], str], ...]] = (
    (GraphUnavailableError, "The knowledge graph does not answer at the moment. Try again."),
    (SearchUnavailableError, "Search does not answer at the moment; everything else works. Try again."),
)


class RequestError(Exception):
    """A request that cannot be carried out, before any GraphQL: malformed, wrong method, wrong media type."""

    code = "BAD_USER_INPUT"
    retryable = False

    def __init__(self, message: str, *, status: int = 400, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


class IntrospectionClosedError(Exception):
    """Introspection, `_service` or `_entities` asked by a caller for whom they are closed."""

    code = "FORBIDDEN"
    retryable = False


class UntrustedDocumentError(Exception):
    """A document that is not among the trusted ones; `code` says whether its text or its id was sent."""

    retryable = False

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class AnsweredError(Exception):
    """What an operation of ours answered in place of what a page or a feed needs; `code` is that of its error."""

    code: str
    retryable: bool


_OURS = (
    AnsweredError,
    AuthError,
    GraphError,
    SearchError,
    LimitExceededError,
    RateLimitedError,
    RequestError,
    IntrospectionClosedError,
    UntrustedDocumentError,
)


def markdown_table() -> str:
    """The codes as README shows them."""
    rows = ["| Code | HTTP | Meaning |", "| --- | --- | --- |"]
    rows.extend(f"| `{code.name}` | {code.status} | {code.meaning} |" for code in CODES)
    return "\n".join(rows) + "\n"


def format_exception(error: BaseException, *, request_id: str) -> dict[str, Any]:
    """One entry of `errors` for an exception outside any field."""
    return format_error(GraphQLError(str(error), original_error=_as_exception(error)), request_id=request_id)


def format_errors(errors: Iterable[GraphQLError], *, request_id: str) -> list[dict[str, Any]]:
    """`errors` of an answer, in order. An exception behind several of them is logged once."""
    logged: set[int] = set()
    return [format_error(error, request_id=request_id, logged=logged) for error in errors]


def format_error(error: GraphQLError, *, request_id: str, logged: set[int] | None = None) -> dict[str, Any]:
    """One entry of `errors`."""
    message, extensions = _public(error)
    if extensions["code"] == "INTERNAL":
        message = "Internal error. Please report it with the request id."
        extensions["requestId"] = request_id
    _log(error, extensions["code"], request_id, set() if logged is None else logged)
    formatted: dict[str, Any] = {"message": message}
    if error.locations:
        formatted["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        formatted["path"] = list(error.path)
    formatted["extensions"] = extensions
    return formatted


def code_of(error: GraphQLError) -> str:
    """The stable code of `error`; INTERNAL for whatever names none."""
    origin = _origin(error)
    if isinstance(origin, _OURS):
        return origin.code
    declared = (error.extensions or {}).get("code")
    if declared is None and isinstance(origin, GraphQLError):
        declared = (origin.extensions or {}).get("code")
    if declared in STATUS:
        return str(declared)
    # graphql-core points at the value where an argument was wrong, and at the field where our answer was.
    points_at_value = bool(error.nodes) and not isinstance(error.nodes[0], FieldNode) if error.nodes else False
    is_argument = points_at_value and (origin is None or isinstance(origin, GraphQLError))
    return "BAD_USER_INPUT" if is_argument else "INTERNAL"


async def caught(work: Awaitable[None]) -> Exception | None:
    """What `work` ended with: the one place that catches what nobody named. None where all went well."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - at the edge whatever is left becomes an answer and a line in the log
        return error
    return None


def status_of(error: BaseException) -> int:
    """The HTTP status of an exception on a route that is not GraphQL, or before GraphQL began."""
    if isinstance(error, RequestError):
        return error.status
    if isinstance(error, LimitExceededError) and error.limit in _OF_BODIES:
        return 413
    return STATUS[error.code] if isinstance(error, _OURS) else 500


def _origin(error: GraphQLError) -> BaseException | None:
    """The exception behind `error`, through any number of GraphQL errors around it."""
    origin: BaseException | None = error.original_error
    while isinstance(origin, GraphQLError) and origin.original_error is not None:
        origin = origin.original_error
    return origin


def _public(error: GraphQLError) -> tuple[str, dict[str, Any]]:
    origin = _origin(error)
    code = code_of(error)
    extensions: dict[str, Any] = {"code": code}
    if isinstance(origin, _OURS):
        if origin.retryable:
            extensions["retryable"] = True
        if isinstance(origin, LimitExceededError):
            extensions |= {"limit": origin.limit, "value": origin.value, "asked": origin.asked}
        if isinstance(origin, RateLimitedError | TooOftenError):
            extensions["retryAfter"] = origin.retry_after_s
        if isinstance(origin, OutcomeUnknownError):
            extensions["idempotencyKey"] = origin.idempotency_key
        for kind, message in _PUBLIC_MESSAGE:
            if isinstance(origin, kind):
                return message, extensions
        return str(origin), extensions
    if error.extensions:
        extensions = {**error.extensions, "code": code}
    return error.message, extensions


def _log(error: GraphQLError, code: str, request_id: str, logged: set[int]) -> None:
    origin = _origin(error)
    if id(origin) in logged and origin is not None:
        return
    logged.add(id(origin))
    extra = {"request_id": request_id, "code": code}
    if code == "INTERNAL":
        _LOG.error("internal error", exc_info=origin or error, extra=extra)
    elif code in ("UNAVAILABLE", "OUTCOME_UNKNOWN"):
        _LOG.warning("%s", origin, extra=extra)


def _as_exception(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else RuntimeError(type(error).__name__)
