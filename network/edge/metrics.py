"""Counts for Prometheus, in a registry of the app's own: two apps in one process do not share counters."""

from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
# From a cached point read to the time limit.
_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What `/metrics` tells: labels are routes and backends, never anything that a caller can make up."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "hubnetz_request_seconds",
            "Time from the first byte of a request to the last of its answer.",
            ("route", "method", "status"),
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        self._up = Gauge(
            "hubnetz_dependency_up", "Whether a dependency answers.", ("dependency",), registry=self._registry
        )
        self._pending = Gauge("hubnetz_index_pending", "Changes the index has not heard of.", registry=self._registry)
        self._calls = Counter("hubnetz_graph_calls", "Statements sent to the graph.", registry=self._registry)
        self._calls_seen = 0
        self._letters = Gauge(
            "hubnetz_letters", "E-mails that wait, or were given up.", ("state",), registry=self._registry
        )
        self._posted = Counter(
            "hubnetz_posted", "Attempts to send e-mails, by outcome.", ("outcome",), registry=self._registry
        )
        self._deliveries = Gauge(
            "hubnetz_deliveries",
            "Events for webhooks that wait, or were given up.",
            ("state",),
            registry=self._registry,
        )
        self._delivered = Counter(
            "hubnetz_delivered",
            "Attempts to send events to webhooks, by outcome.",
            ("outcome",),
            registry=self._registry,
        )
        self._news = Counter(
            "hubnetz_news", "What became of news: told, put off, dropped.", ("outcome",), registry=self._registry
        )

    def observe_request(self, route: str, method: str, status: int, duration_s: float) -> None:
        known = method if method in _METHODS else "other"
        self._seconds.labels(route, known, str(status)).observe(duration_s)

    def count_news(self, outcome: str) -> None:
        """One piece of news was told, put off or dropped."""
        self._news.labels(outcome).inc()

    def count_letter(self, outcome: str) -> None:
        """An e-mail was sent, put off or given up."""
        self._posted.labels(outcome).inc()

    def count_delivery(self, outcome: str) -> None:
        """An event arrived at a webhook, was put off or given up."""
        self._delivered.labels(outcome).inc()

    def text(
        self,
        *,
        up: Mapping[str, bool],
        pending: int | None,
        letters: Mapping[str, int],
        deliveries: Mapping[str, int],
        graph_calls: int,
    ) -> bytes:
        """The whole exposition."""
        for dependency, is_up in up.items():
            self._up.labels(dependency).set(is_up)
        self._pending.set(float("nan") if pending is None else pending)
        for state in ("waiting", "given_up"):
            self._letters.labels(state).set(letters.get(state, float("nan")))
            self._deliveries.labels(state).set(deliveries.get(state, float("nan")))
        self._calls.inc(max(0, graph_calls - self._calls_seen))
        self._calls_seen = max(graph_calls, self._calls_seen)
        return generate_latest(self._registry)
