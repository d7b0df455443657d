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

from graph.errors import GraphError
from graph.port import GraphStore
from graph.writing.outbox import Outbox
from network.configuration.values import Network
from network.edge.metrics import CONTENT_TYPE, Metrics
from network.edge.request import comes_from
from network.work import State, states
from search.errors import SearchError
from search.port import SearchIndex

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_KEPT_S: Final = 1.0
"""How long one look at the dependencies serves all who ask: probes must not become load."""


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
    """Asks every dependency at once, at most once a second."""

    def __init__(self, graph: GraphStore, search: SearchIndex) -> None:
        self._graph = graph
        self._search = search
        self._outbox = Outbox(graph)
        self._lock = asyncio.Lock()
        self._last: tuple[float, Health] | None = None
        self._last_work: tuple[float, list[State] | None] | None = None
        self._failing: dict[str, str] = {}

    async def look(self) -> Health:
        async with self._lock:
            if self._last is None or time.monotonic() - self._last[0] > _KEPT_S:
                self._last = (time.monotonic(), await self._ask())
            return self._last[1]

    async def work(self) -> list[State] | None:
        """Background work as it stands; None where the graph does not tell."""
        async with self._lock:
            if self._last_work is None or time.monotonic() - self._last_work[0] > _KEPT_S:
                self._last_work = (time.monotonic(), await self._answered("background work", self._ask_for_work))
            return self._last_work[1]

    async def _ask_for_work(self) -> list[State]:
        return await states(self._graph)

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
            if self._failing.get(name) != (reason := f"{type(error).__name__}: {error}"):
                self._failing[name] = reason
                _LOG.warning("%s does not answer: %s", name, reason)
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
        if not comes_from(request.scope, operators):
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
