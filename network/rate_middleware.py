"""Pure ASGI: what each request may take, and the answer to one that takes too much."""

from collections.abc import Iterable
from html import escape
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from network.middleware import error_response
from network.negotiation import prefers_html
from network.pages.layout import page, template
from network.rates import Allowance, Kind, RateLimitedError, Rates, address_key
from network.request import ALLOWANCE, hides_who_asks, request_id_of
from network.settings_values import Network

_WATCHED: Final = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked by those who watch the service, who must hear from it most of all when it is busy."""
_FILES: Final = ("/static/", "/explorer/assets/")
"""A page of ours asks for several at once, and they cost nothing."""
_PROGRAMS: Final = ("/graphql", "/subgraphs/")


class RateMiddleware:
    """Counts the request for its address, gives it its allowance, and answers whoever has used up theirs.

    Args:
        routers: Behind these many ask under one address, so that only principals count there.
    """

    def __init__(self, app: ASGIApp, rates: Rates, routers: Iterable[Network]) -> None:
        self._app = app
        self._rates = rates
        self._routers = tuple(routers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        allowance = Allowance(self._rates, self._address(scope))
        scope[ALLOWANCE] = allowance
        try:
            if scope["path"] not in _WATCHED and not scope["path"].startswith(_FILES):
                allowance.take(Kind.REQUESTS)
            await self._app(scope, receive, watched)
        except RateLimitedError as error:
            if has_begun:
                raise
            await _answer(error, scope)(scope, receive, send)

    def _address(self, scope: Scope) -> str | None:
        if scope["path"].startswith("/subgraphs/") and hides_who_asks(scope, self._routers):
            return None
        client = scope.get("client")
        return address_key("" if client is None else client[0])


def _answer(error: RateLimitedError, scope: Scope) -> Response:
    accept = Headers(scope=scope).getlist("accept")
    if scope["path"].startswith(_PROGRAMS) or not prefers_html(accept):
        return error_response(error, request_id_of(scope))
    unit = "Sekunde" if error.retry_after_s == 1 else "Sekunden"
    content = template("too_many").substitute(seconds=escape(f"{error.retry_after_s} {unit}"))
    response = page("Zu viele Anfragen · Hubnetz", content, status=429)
    response.headers.update(error.headers | {"Cache-Control": "no-store"})
    return response
