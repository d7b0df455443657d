"""Probes beside the measuring of background work on each graph database: whether a process can answer never waits for how much waits."""

import asyncio
import logging
from typing import Any, cast

import pytest

from graph.errors import GraphUnavailableError
from graph.port import GraphStore
from network.edge.health import HealthCheck
from search.port import SearchIndex
from tests.fixtures.patience import PATIENCE_S


class Engine:
    """An engine that answers."""

    backend = "none"

    async def ping(self) -> float:
        return 0.0

    async def revision(self) -> str:
        return "a"


class Slow:
    """A graph whose news nobody can count."""

    def __init__(self, store: GraphStore) -> None:
        self.store = store
        self.asked = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def query(self, name: str, parameters: Any, **options: Any) -> Any:
        if name == "news_state":
            self.asked.set()
            await asyncio.Event().wait()
        return await self.store.query(name, parameters, **options)


def check(graph: Any, **given: float) -> HealthCheck:
    return HealthCheck(graph, cast("SearchIndex", Engine()), **given)


async def test_while_work_is_measured_a_probe_is_answered(store: GraphStore) -> None:
    slow = Slow(store)
    health = check(slow, longest_work_s=10 * PATIENCE_S)
    measuring = asyncio.create_task(health.work())
    async with asyncio.timeout(PATIENCE_S):
        await slow.asked.wait()
        assert (await health.look()).status == "ready"
    assert not measuring.done()
    measuring.cancel()
    await asyncio.gather(measuring, return_exceptions=True)


async def test_work_that_cannot_be_measured_in_time_is_not_told(
    store: GraphStore, caplog: pytest.LogCaptureFixture
) -> None:
    health = check(Slow(store), longest_work_s=0.01)
    async with asyncio.timeout(PATIENCE_S):
        assert await health.work() is None
    assert "background work does not answer" in caplog.text


async def test_one_kind_of_failure_is_said_once_whatever_numbers_it_bears(
    store: GraphStore, caplog: pytest.LogCaptureFixture
) -> None:
    class Away:
        backend = "away"
        tries = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def ping(self) -> float:
            self.tries += 1
            raise GraphUnavailableError(f"no answer after {self.tries}.2 s")

    health = check(Away(), kept_s=-1.0)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert (await health.look()).status == "unavailable"
    said = [record.getMessage() for record in caplog.records if record.getMessage().startswith("graph ")]
    assert said == ["graph does not answer: GraphUnavailableError: no answer after 1.2 s"]
