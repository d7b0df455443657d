"""`/livez`, `/readyz`, `/metrics`: whether the process runs, whether it can answer, and what it has counted.

Whether it can answer depends on graph and search alone: where e-mails or news wait, a process that is taken out of the
balancer answers nobody, and sends none the sooner. Of background work `/metrics` and `hubnetz doctor` tell (`network/work.py`).
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from graph.errors import GraphError, GraphUnavailableError
from graph.port import GraphStore
from graph.writing.outbox import Outbox
from network.configuration.values import Network
from network.edge.metrics import CONTENT_TYPE, Metrics
from network.edge.request import comes_from, is_passed_on_unbelieved
from network.work import State, states
from search.errors import SearchError
from search.port import SearchIndex

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_KEPT_S: Final = 1.0
"""How long one look at the dependencies serves all who ask: probes must not become load."""
_LONGEST_WORK_S: Final = 5.0
"""For all of the counting: Prometheus waits for ten, and what is slower is load that no number is worth."""


@dataclass(frozen=True, slots=True)
class Health:
    """One look at what the service stands on."""

    status: str
    """`ready`; `degraded`: everything but search; `unavailable`."""
    body: dict[str, Any]
    up: dict[str, bool]

    @property
    def is_ready(self) -> bool:
        return self.status != "unavailable"


class HealthCheck:
    """Asks every dependency at once, at most once a second.

    Args:
        kept_s: How long an answer is good.
        longest_work_s: Longest wait for the state of background work.
    """

    def __init__(
        self,
        graph: GraphStore,
        search: SearchIndex,
        *,
        kept_s: float = _KEPT_S,
        longest_work_s: float = _LONGEST_WORK_S,
    ) -> None:
        self._kept_s = kept_s
        self._longest_work_s = longest_work_s
        self._graph = graph
        self._search = search
        self._outbox = Outbox(graph)
        # One each: a probe never waits for what is counted.
        self._looking, self._counting = asyncio.Lock(), asyncio.Lock()
        self._last: tuple[float, Health] | None = None
        self._last_work: tuple[float, list[State] | None] | None = None
        self._failing: dict[str, str] = {}

    async def look(self) -> Health:
        async with self._looking:
            if self._last is None or time.monotonic() - self._last[0] > self._kept_s:
                self._last = (time.monotonic(), await self._ask())
            return self._last[1]

    async def work(self) -> list[State] | None:
        """Background work as it stands; None where the graph does not tell, or not in time."""
        async with self._counting:
            if self._last_work is None or time.monotonic() - self._last_work[0] > self._kept_s:
                self._last_work = (time.monotonic(), await self._answered("background work", self._ask_for_work))
            return self._last_work[1]

    async def _ask_for_work(self) -> list[State]:
        try:
            async with asyncio.timeout(self._longest_work_s):
                return await states(self._graph)
        except TimeoutError as exc:
            raise GraphUnavailableError(f"not counted within {self._longest_work_s:g} s") from exc

    async def _ask(self) -> Health:
        graph, search, lag = await asyncio.gather(
            self._answered("graph", self._graph.ping),
            self._answered("search", self._look_at_search),
            self._answered("outbox", self._outbox.lag),
        )
        status = "unavailable" if graph is None else "degraded" if search is None else "ready"
        index = None if lag is None else {"pending": lag.count, "oldest": lag.since}
        body = {
            "status": status,
            "dependencies": {
                "graph": _dependency(self._graph.backend, graph),
                "search": _dependency(self._search.backend, search),
            },
            "index": index,
        }
        up = {"graph": graph is not None, "search": search is not None}
        return Health(status, body, up)

    async def _answered(self, name: str, ask: Callable[[], Awaitable[T]]) -> T | None:
        """The answer, None where there is none. The log has a line when that changes, and not one for each probe."""
        try:
            answer = await ask()
        except (GraphError, SearchError) as error:
            # By its kind: texts bear addresses and seconds, others at each probe.
            if self._failing.get(name) != (kind := type(error).__name__):
                self._failing[name] = kind
                _LOG.warning("%s does not answer: %s: %s", name, kind, error)
            return None
        if self._failing.pop(name, None) is not None:
            _LOG.info("%s answers again", name)
        return answer

    async def _look_at_search(self) -> float:
        latency_s = await self._search.ping()
        # An engine that runs without the index of this version answers no search.
        await self._search.revision()
        return latency_s


def routes(check: HealthCheck, metrics: Metrics, graph: GraphStore, operators: Sequence[Network]) -> list[BaseRoute]:
    """The three routes; `/metrics` is there for operators only and for others like a page that is not."""

    async def live(_: Request) -> Response:
        return _json({"status": "alive"}, 200)

    async def ready(_: Request) -> Response:
        health = await check.look()
        return _json(health.body, 200 if health.is_ready else 503)

    async def measured(request: Request) -> Response:
        if not comes_from(request.scope, operators) or is_passed_on_unbelieved(request.scope):
            raise HTTPException(404)
        health, work = await check.look(), await check.work()
        text = metrics.text(up=health.up, work=work, graph_calls=graph.calls)
        return Response(text, media_type=CONTENT_TYPE)

    return [Route("/livez", live), Route("/readyz", ready), Route("/metrics", measured)]


def _dependency(backend: str, latency_s: float | None) -> dict[str, Any]:
    if latency_s is None:
        return {"backend": backend, "up": False}
    return {"backend": backend, "up": True, "latency_ms": round(latency_s * 1_000, 2)}


def _json(body: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(body), status, {"Cache-Control": "no-store"}, "application/json; charset=utf-8")
