"""GraphQL over HTTP for one schema: the gateway's, or that of one subgraph."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from graphql import ExecutionResult, GraphQLError, OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from network.edge import negotiation
from network.edge.request import allowance_of, caller_of, request_id_of
from network.errors import (
    IntrospectionClosedError,
    RequestError,
    UntrustedDocumentError,
    format_errors,
    format_exception,
    status_of,
)
from network.execution.timing import Timings
from network.limits import LimitExceededError
from network.operations import federated_tracing
from network.operations.documents import Document, InvalidDocumentError
from network.operations.field_usage import client_of
from network.operations.running import Asker, Runner
from network.operations.trusted import Admission, Asked, asked
from network.rates import Kind, RateLimitedError

_ALLOW: Final = {"Allow": "GET, POST"}
_LONG_NUMBER: Final = re.compile(rb"[0-9]{19}")


@dataclass(frozen=True, slots=True)
class Openness:
    """Who may look at the schema by query.

    Attributes:
        is_open: Everybody may.
        is_router: Whether a request comes from a router of ours, which always may, and may ask for traces.
        schema_url: Where everybody finds the schema as a file.
    """

    is_open: bool
    is_router: Callable[[Scope], bool]
    schema_url: str


@dataclass(frozen=True, slots=True)
class _Parameters:
    asked: Asked
    operation_name: str | None
    variables: dict[str, Any]


class GraphQLView:
    """An ASGI endpoint that answers GET and POST."""

    def __init__(
        self,
        runner: Runner,
        *,
        openness: Openness,
        admission: Admission | None = None,
        explorer_url: str | None = None,
    ) -> None:
        self._runner = runner
        self._openness = openness
        self._admission = admission or Admission()
        self._explorer_url = explorer_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        accept = request.headers.getlist("accept")
        form = negotiation.choose(accept)
        request_id = request_id_of(request.scope)
        if (
            self._explorer_url
            and request.method == "GET"
            and not request.url.query
            and negotiation.prefers_html(accept)
        ):
            return RedirectResponse(self._explorer_url, status_code=303)
        if form is None:
            forms = f"{negotiation.RESPONSE_JSON} or {negotiation.JSON}"
            return self._rejection(RequestError(f"Accept: expected {forms}", status=406), negotiation.JSON, request_id)
        try:
            parameters = await self._parameters(request)
        except (RequestError, LimitExceededError) as error:
            return self._rejection(error, form, request_id)
        timings = Timings() if self._is_traced(request) else None
        try:
            result = await self._run(request, parameters, timings)
        except (RequestError, RateLimitedError) as error:
            return self._rejection(error, form, request_id)
        except InvalidDocumentError as error:
            return self._refusal(error.errors, form, request_id)
        except (LimitExceededError, IntrospectionClosedError, UntrustedDocumentError) as error:
            return self._refusal((GraphQLError(str(error), original_error=error),), form, request_id)
        return self._answer(result, form, request_id, timings)

    def _is_traced(self, request: Request) -> bool:
        """Whether the answer tells how long each field took: a router of ours asks, nobody else may."""
        return federated_tracing.is_asked(request.headers) and self._openness.is_router(request.scope)

    async def _run(self, request: Request, parameters: _Parameters, timings: Timings | None) -> ExecutionResult:
        caller, allowance = caller_of(request.scope), allowance_of(request.scope)
        # Before the document is read: a wrong one costs, too.
        allowance.take(Kind.OPERATIONS, caller)
        # Before it is parsed: what is not trusted costs a hash.
        admitted = await self._admission.admit(parameters.asked, caller, request.scope)
        is_router = self._openness.is_router(request.scope)
        document = self._runner.documents_of(is_router=is_router).get(admitted.text)
        operation = document.operation(parameters.operation_name)
        if request.method == "GET" and operation.type is not OperationType.QUERY:
            raise RequestError("GET runs queries only: send a mutation by POST.", status=405, headers={"Allow": "POST"})
        if operation.type is OperationType.SUBSCRIPTION:
            raise RequestError("This service has no subscriptions.")
        self._check_openness(document, request.scope)
        return await self._runner.run(
            document,
            parameters.operation_name,
            parameters.variables,
            Asker(
                caller=caller,
                allowance=allowance,
                request_id=request_id_of(request.scope),
                client=client_of(request.headers),
            ),
            is_trusted=admitted.is_trusted,
            timings=timings,
        )

    def _check_openness(self, document: Document, scope: Scope) -> None:
        if self._openness.is_open or not (document.asks_introspection or document.asks_federation):
            return
        if self._openness.is_router(scope):
            return
        what = "Introspection is" if document.asks_introspection else "_service and _entities are"
        raise IntrospectionClosedError(f"{what} closed here. The schema as a file: {self._openness.schema_url}")

    async def _parameters(self, request: Request) -> _Parameters:
        if request.method == "GET":
            return _checked(_from_query(request.scope["query_string"]))
        if request.method == "POST":
            _check_content(request)
            return _checked(_from_body(await _body(request)))
        raise RequestError(f"{request.method} is not allowed here.", status=405, headers=_ALLOW)

    def _refusal(self, errors: tuple[GraphQLError, ...], form: str, request_id: str) -> Response:
        """A request error: no `data` at all. Clients of the older form read the body only of a 200 (§6.4.1)."""
        status = 400 if form == negotiation.RESPONSE_JSON else 200
        shown = format_errors(errors, request_id=request_id)
        self._runner.count(shown)
        return _json({"errors": shown}, form, status)

    def _rejection(
        self, error: RequestError | LimitExceededError | RateLimitedError, form: str, request_id: str
    ) -> Response:
        """The answer to a request that is not one of GraphQL at all: its status tells, in either form."""
        headers = {} if isinstance(error, LimitExceededError) else error.headers
        shown = [format_exception(error, request_id=request_id)]
        self._runner.count(shown)
        return _json({"errors": shown}, form, status_of(error), headers)

    def _answer(self, result: ExecutionResult, form: str, request_id: str, timings: Timings | None = None) -> Response:
        errors = result.errors or []
        if result.data is None and errors and all(error.path is None for error in errors):
            # Nothing ran: variables did not fit (§6.4.2 asks for 400), or an error without a place.
            return self._refusal(tuple(_as_input(error) for error in errors), form, request_id)
        body: dict[str, Any] = {"data": result.data}
        shown = format_errors(errors, request_id=request_id)
        self._runner.count(shown)
        if shown:
            body = {"errors": shown, **body}
        extensions = dict(result.extensions or {})
        if timings is not None:
            extensions[federated_tracing.FORMAT] = federated_tracing.encode(timings, shown)
        if extensions:
            body["extensions"] = extensions
        return _json(body, form, 200)


def _as_input(error: GraphQLError) -> GraphQLError:
    """Errors of variables carry no code; graphql-core places them at the variable's definition."""
    if error.original_error is None and error.nodes and not error.extensions:
        extensions = {"code": "BAD_USER_INPUT"}
        return GraphQLError(error.message, error.nodes, error.source, error.positions, extensions=extensions)
    return error


def _check_content(request: Request) -> None:
    lines = request.headers.getlist("content-type")
    media_type = negotiation.parse(lines[0]) if len(lines) == 1 else None
    if media_type is None or media_type.type != negotiation.JSON or media_type.charset not in (None, "utf-8"):
        raise RequestError(
            f"Content-Type: expected {negotiation.JSON} in utf-8", status=415, headers={"Accept-Post": negotiation.JSON}
        )
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise RequestError("Content-Encoding: expected none", status=415, headers={"Accept-Encoding": "identity"})


async def _body(request: Request) -> bytes:
    """The body; `LimitMiddleware` reads no further than the limit.

    Raises:
        LimitExceededError: it is longer.
    """
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise RequestError("The body ends before its announced length.") from error


def _from_body(body: bytes) -> dict[str, Any]:
    """The JSON object of a POST.

    Duplicate keys: the last counts, as in browsers and in every router, so that all read the same. NaN, lone surrogates
    and more than 1,024 levels are not JSON to the parser.
    """
    try:
        parameters = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestError(f"The body is not JSON in UTF-8 (line {error.lineno}, column {error.colno}).") from error
    _check_whole_numbers(body)
    if not isinstance(parameters, dict):
        hint = " Batches are not supported." if isinstance(parameters, list) else ""
        raise RequestError(f"The body: expected a JSON object.{hint}")
    return parameters


def _check_whole_numbers(text: bytes) -> None:
    """Passes where no whole number is beyond 64 bits: the parser makes floats of them, so that an id would change."""

    def check(digits: str) -> int:
        if len(digits) > 20 or not -(2**63) <= int(digits) < 2**64:
            raise RequestError("A whole number is beyond 64 bits. Give long ids as strings.")
        return int(digits)

    if _LONG_NUMBER.search(text):
        try:
            json.loads(text, parse_int=check)
        except RecursionError as error:
            raise RequestError("The JSON is nested too deeply.") from error


def _from_query(query_string: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError as error:
        raise RequestError("The query string: expected at most 20 parameters in UTF-8.") from error
    parameters: dict[str, Any] = {}
    for name, text in pairs:
        if name in parameters:
            raise RequestError(f"{name[:40]!r} is given twice.")
        parameters[name] = text
    for name in ("variables", "extensions"):
        if name in parameters:
            try:
                _check_whole_numbers(parameters[name].encode())
                parameters[name] = orjson.loads(parameters[name] or "null")
            except ValueError as error:
                raise RequestError(f"{name}: expected a JSON object.") from error
    return parameters


def _checked(parameters: dict[str, Any]) -> _Parameters:
    operation_name = parameters.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise RequestError("operationName: expected a string or null.")
    for name in ("variables", "extensions"):
        if not isinstance(parameters.get(name), dict | None):
            raise RequestError(f"{name}: expected an object or null.")
    # Some clients send "" where they mean none; no operation has an empty name.
    return _Parameters(asked(parameters), operation_name or None, parameters.get("variables") or {})


def _json(body: dict[str, Any], form: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        orjson.dumps(body),
        status,
        {"Cache-Control": "no-store", "Vary": "Accept, Authorization", **(headers or {})},
        f"{form}; charset=utf-8",
    )
