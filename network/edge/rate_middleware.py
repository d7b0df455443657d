"""Pure ASGI: what each request may take; who takes too much is answered at the edge."""

from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from network.configuration.values import Network
from network.edge.request import ALLOWANCE, hides_who_asks
from network.rates import Allowance, Kind, Rates, address_key

_WATCHED: Final = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked by those who watch the service, who must hear from it most of all when it is busy."""
_FILES: Final = ("/static/", "/explorer/assets/")
"""A page of ours asks for several at once, and they cost nothing."""


class RateMiddleware:
    """Counts the request for its address and gives it its allowance.

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
        allowance = Allowance(self._rates, self._address(scope))
        scope[ALLOWANCE] = allowance
        if scope["path"] not in _WATCHED and not scope["path"].startswith(_FILES):
            allowance.take(Kind.REQUESTS)
        await self._app(scope, receive, send)

    def _address(self, scope: Scope) -> str | None:
        if scope["path"].startswith("/subgraphs/") and hides_who_asks(scope, self._routers):
            return None
        client = scope.get("client")
        return address_key("" if client is None else client[0])
