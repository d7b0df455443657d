"""Counts for Prometheus, in a registry of the app's own: two apps in one process do not share counters."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from network.work import State

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
        self._calls = Counter("hubnetz_graph_calls", "Statements sent to the graph.", registry=self._registry)
        self._calls_seen = 0
        self._waiting = self._of_work("hubnetz_work_waiting", "How much of each kind of background work waits.")
        self._oldest = self._of_work(
            "hubnetz_work_oldest_seconds", "For how long the oldest of each kind waits; 0 where nothing does."
        )
        self._succeeded = self._of_work(
            "hubnetz_work_last_success_timestamp_seconds",
            "When each kind of background work last went well, in whichever process; 0: never.",
        )
        self._given_up = self._of_work(
            "hubnetz_work_given_up", "How much of each kind was given up within the time for which that is kept."
        )
        self._posted = Counter(
            "hubnetz_posted", "Attempts to send e-mails, by outcome.", ("outcome",), registry=self._registry
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

        self._errors = Counter(
            "hubnetz_graphql_errors", "Errors answered to GraphQL, pages included.", ("code",), registry=self._registry
        )
        self._completions = Counter(
            "hubnetz_completions",
            "Fields that read the graph, by what completed them: generated code, graphql-core since a resolver lies below, or "
            "graphql-core since something was unusual: a value that fits no type, or generated code that is wrong.",
            ("by",),
            registry=self._registry,
        )
        self._completed: Callable[[], Mapping[str, int]] = dict
        self._completed_seen: dict[str, int] = {}

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

    def count_error(self, code: str) -> None:
        """An error was answered to GraphQL; `code` is one of ours."""
        self._errors.labels(code).inc()

    def watch_engine(self, completed: Callable[[], Mapping[str, int]]) -> None:
        """Asks `completed` at each look how many fields were completed so far, by what."""
        self._completed = completed

    def text(self, *, up: Mapping[str, bool], work: Sequence[State] | None, graph_calls: int) -> bytes:
        """The whole exposition.

        Args:
            work: None where it is not known.
        """
        for dependency, is_up in up.items():
            self._up.labels(dependency).set(is_up)
        self._set_work(work)
        self._calls.inc(max(0, graph_calls - self._calls_seen))
        self._calls_seen = max(graph_calls, self._calls_seen)
        for by, count in self._completed().items():
            self._completions.labels(by).inc(count - self._completed_seen.get(by, 0))
            self._completed_seen[by] = count
        return generate_latest(self._registry)

    def _of_work(self, name: str, what: str) -> Gauge:
        return Gauge(name, what, ("work",), registry=self._registry)

    def _set_work(self, work: Sequence[State] | None) -> None:
        if work is None:
            # What was true a while ago must not look as if it were so now.
            for gauge in (self._waiting, self._oldest, self._succeeded, self._given_up):
                gauge.clear()
            return
        for state in work:
            duty = state.work.duty.value
            self._waiting.labels(duty).set(state.waiting.count)
            self._oldest.labels(duty).set(state.oldest_s)
            at = state.succeeded_at
            self._succeeded.labels(duty).set(0 if at is None else datetime.fromisoformat(at).timestamp())
            if state.waiting.given_up is not None:
                self._given_up.labels(duty).set(state.waiting.given_up)
