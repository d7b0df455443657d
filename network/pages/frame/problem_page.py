"""What people see in place of a page that they cannot have: what happened, and what to do now."""

from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from network.edge.negotiation import prefers_html
from network.edge.request import request_id_of
from network.errors import RequestError, format_exception, status_of
from network.limits import LimitExceededError
from network.pages.frame.asking import RETRY_S, AskingError, OddAddressError
from network.pages.frame.paths import is_secret
from network.pages.frame.rendering import UNKEPT, Renderer
from network.rates import RateLimitedError

_PROGRAMS: Final = ("/graphql", "/subgraphs/", "/static/", "/explorer/assets/", "/livez", "/readyz", "/metrics")
"""Beginnings of paths that are no pages: whoever asks there reads JSON."""
_SHOWN: Final = frozenset({400, 401, 403, 404, 405, 409, 413, 414, 429, 500, 503})
_SHOWN_PATH: Final = 200
"""Characters of an unknown address that its page repeats."""


def problem_page(renderer: Renderer, error: Exception, scope: Scope) -> Response | None:
    """The page for an exception; None where a program asked, which is answered in JSON."""
    path = str(scope["path"])
    if path.startswith(_PROGRAMS) or not prefers_html(Headers(scope=scope).getlist("accept")):
        return None
    status = _status(error)
    if not isinstance(error, HTTPException | AskingError):
        # Logs what is our mistake; errors below an operation were logged with it.
        format_exception(error, request_id=request_id_of(scope))
    retry_after_s = _retry_after(error, status)
    headers = {**UNKEPT, **(getattr(error, "headers", None) or {})}
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    if is_secret(path):
        headers |= {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
    return renderer.page(
        Request(scope),
        "problem.html",
        frame="bare.html" if is_secret(path) else "base.html",
        status=status,
        headers=headers,
        problem=status if status in _SHOWN else 500 if status >= 500 else 400,
        retry_after=retry_after_s,
        request_id=request_id_of(scope),
        shown_path="" if is_secret(path) else path[:_SHOWN_PATH],
        said=error.said if isinstance(error, OddAddressError) else "",
        detail=str(error) if isinstance(error, RequestError | LimitExceededError) else "",
    )


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException | AskingError):
        return error.status_code if isinstance(error, HTTPException) else error.status
    return status_of(error)


def _retry_after(error: Exception, status: int) -> int | None:
    if isinstance(error, RateLimitedError | AskingError) and error.retry_after_s is not None:
        return error.retry_after_s
    return RETRY_S if status == 503 else None
