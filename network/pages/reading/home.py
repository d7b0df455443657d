"""The start page."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth import policy
from network.edge.request import caller_of
from network.pages import operations
from network.pages.frame.asking import Answer
from network.pages.frame.site import Site, in_both_languages

KEPT_S: Final = 60.0
"""For which numbers serve everybody who may see the same: counting looks at each project and adoption there is."""
MOST_KEPT: Final = 256
"""Audiences whose numbers are kept: nobody, and the houses that were here lately."""


class Numbers:
    """How much there is, counted once a minute for all who see the same."""

    def __init__(
        self, ask: Callable[[Request], Awaitable[Answer]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._kept: OrderedDict[frozenset[str], tuple[float, Mapping[str, Any]]] = OrderedDict()

    async def of(self, request: Request) -> Mapping[str, Any]:
        """What `networkCounts` answers whoever sent `request`; empty where that cannot be known now.

        Raises:
            LimitExceededError, RateLimitedError: the whole page is refused.
        """
        audiences = policy.audiences(caller_of(request.scope))
        kept = self._kept.get(audiences)
        if kept is not None and self._clock() - kept[0] < KEPT_S:
            return kept[1]
        counted: Mapping[str, Any] = (await self._ask(request)).data.get("networkCounts") or {}
        if counted:
            self._kept[audiences] = (self._clock(), counted)
            self._kept.move_to_end(audiences)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return counted


def routes(site: Site) -> list[BaseRoute]:
    async def count(request: Request) -> Answer:
        return await site.asking.ask(request, operations.network_counts())

    numbers = Numbers(count)

    async def home(request: Request) -> Response:
        answer, counted = await asyncio.gather(site.asking.ask(request, operations.home()), numbers.of(request))
        return site.renderer.page(request, "home.html", **answer.data, numbers=counted)

    return in_both_languages("/", home)
