"""Pure ASGI around every route: request id, log line, security headers, masking of errors, proxies, size and time."""

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.tally import tallied
from network.configuration.values import Network
from network.edge import uploads
from network.edge.metrics import Metrics
from network.edge.request import HOPS, REQUEST_ID, is_within, request_id_of, token_id_of
from network.errors import RequestError, caught, format_exception, status_of
from network.limits import LimitExceededError, Limits

_ACCESS: Final = logging.getLogger("hubnetz.access")
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_MAX_ADDRESS: Final = 8_192
"""Of a page: each repeats it in many of its links."""
_LONG_ADDRESSES: Final = ("/graphql", "/subgraphs/")
"""Beginnings of paths that take a document by GET."""
_BODY_MARGIN_S: Final = 5.0
"""Beyond the time for an operation: to read the body and to send the answer's first byte."""

# Pages may load what this service serves itself and nothing else; a page that needs more says so in its own header.
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


ProblemPage = Callable[[Exception, Scope], Response | None]
"""Makes a page of an exception for people; None where a program asked."""


def no_page(_: Exception, __: Scope) -> Response | None:
    """No page for anybody: where only programs ask."""
    return None


class AnsweringMiddleware:
    """Answers for what nobody caught: a page for people, JSON for programs. What has begun to be answered can only be cut off."""

    def __init__(self, app: ASGIApp, problem_page: ProblemPage = no_page) -> None:
        self._app = app
        self._problem_page = problem_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        error = await caught(self._app(scope, receive, watched))
        if error is None:
            return
        if has_begun:
            raise error
        answer = self._problem_page(error, scope) or error_response(error, request_id_of(scope))
        await answer(scope, receive, send)


class EdgeMiddleware:
    """Outermost: names the request, answers for what nobody caught, writes one line and counts."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, is_https: bool, problem_page: ProblemPage = no_page) -> None:
        self._app = AnsweringMiddleware(app, problem_page)
        self._metrics = metrics
        self._is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope).get("x-request-id"))
        scope[REQUEST_ID] = request_id
        started = time.perf_counter()
        status = 0
        size = 0

        async def observed(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(message, request_id)
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        with tallied() as asked:
            try:
                await self._app(scope, receive, observed)
            finally:
                duration_s = time.perf_counter() - started
                self._metrics.observe_request(_route(scope), scope["method"], status, duration_s)
                _log(scope, status, size, duration_s, asked.calls)

    def _add_headers(self, message: Message, request_id: str) -> None:
        headers = MutableHeaders(scope=message)
        headers["X-Request-Id"] = request_id
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
        if self._is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")


class ProxyMiddleware:
    """The client's own address and scheme, from proxies that the operator trusts and from nobody else."""

    def __init__(self, app: ASGIApp, trusted: Iterable[Network]) -> None:
        self._app = app
        self._trusted = tuple(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if scope["type"] == "http" and client is not None and is_within(client[0], self._trusted):
            headers = Headers(scope=scope)
            chain = [part.strip() for line in headers.getlist("x-forwarded-for") for part in line.split(",")]
            hops = [client[0]]
            # From the right: each trusted proxy appended who came to it; the first stranger is the client.
            for hop in reversed(chain):
                if not is_within(hop, self._trusted):
                    scope["client"] = (hop, 0)
                    break
                hops.append(hop)
            scope[HOPS] = tuple(hops)
            scheme = headers.get("x-forwarded-proto", "").strip().lower()
            if scheme in ("http", "https"):
                scope["scheme"] = scheme
        await self._app(scope, receive, send)


class LimitMiddleware:
    """Refuses bodies over the limit, announced or not, and requests that take too long."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if length > _MAX_ADDRESS and not scope["path"].startswith(_LONG_ADDRESSES):
            raise RequestError(f"The address: expected {_MAX_ADDRESS} characters at most.", status=414)
        limit, most = "max_body_bytes", self._limits.max_body_bytes
        if scope["path"] in uploads.LARGE:
            limit, most = uploads.LIMIT, max(most, uploads.MAX_BYTES)
        headers = Headers(scope=scope)
        if "content-length" in headers and "transfer-encoding" in headers:
            # RFC 9112 §6.1: a proxy in front may believe the one, we the other, and disagree where the next request begins.
            told = "Content-Length and Transfer-Encoding: expected one of them."
            raise RequestError(told, headers={"Connection": "close"})
        announced = headers.get("content-length", "0")
        if not announced.isascii() or not announced.isdigit() or len(announced) > 15 or int(announced) > most:
            raise LimitExceededError(limit, most, announced[:20])
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise LimitExceededError(limit, most, "more")
            return message

        timeout_s = self._limits.timeout_s + _BODY_MARGIN_S
        try:
            async with asyncio.timeout(timeout_s):
                await self._app(scope, limited, send)
        except TimeoutError as error:
            raise LimitExceededError("timeout_s", timeout_s, "more") from error


def error_response(error: Exception, request_id: str) -> Response:
    """The answer to an exception that no route turned into one."""
    if isinstance(error, HTTPException):
        # Of Starlette's own parts: no such file, wrong method.
        return Response(error.detail, error.status_code, error.headers, "text/plain; charset=utf-8")
    body = orjson.dumps({"errors": [format_exception(error, request_id=request_id)]})
    headers = {"Cache-Control": "no-store", **getattr(error, "headers", {})}
    return Response(body, status_of(error), headers, "application/json; charset=utf-8")


def _request_id(given: str | None) -> str:
    """The sender's id if it is well-formed (it goes into headers and logs), else a new one."""
    return given if given is not None and _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _route(scope: Scope) -> str:
    """The pattern of the route, not the path: paths may name persons and are without number."""
    return str(getattr(scope.get("route"), "path", None) or "(none)")


def _log(scope: Scope, status: int, size: int, duration_s: float, graph_calls: int) -> None:
    extra: dict[str, Any] = {
        "request_id": request_id_of(scope),
        "method": scope["method"],
        "route": _route(scope),
        "status": status,
        "size_bytes": size,
        "duration_ms": round(duration_s * 1_000, 2),
        "graph_calls": graph_calls,
    }
    if token_id := token_id_of(scope):
        extra["jti"] = token_id
    _ACCESS.info("request", extra=extra)
