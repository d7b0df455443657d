"""A lease on each graph database outlives a renewal of which nobody knows whether it happened."""

import asyncio
from typing import Any

import pytest

from graph.errors import GraphError, GraphUnavailableError, OutcomeUnknownError
from graph.port import GraphStore
from graph.writing import leases
from tests.fixtures.patience import PATIENCE_S


@pytest.mark.parametrize(
    "error", [GraphUnavailableError("busy"), OutcomeUnknownError("away at the commit", idempotency_key="a")]
)
async def test_work_goes_on_where_a_renewal_fails(store: GraphStore, error: GraphError) -> None:
    class Failing:
        """Fails at the first renewal."""

        def __init__(self) -> None:
            self.renewed = asyncio.Event()
            self.writes = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def transact(self, function: Any, **options: Any) -> Any:
            self.writes += 1
            # The first is the one that takes the lease.
            if self.writes == 2:
                raise error
            if self.writes == 3:
                self.renewed.set()
            return await store.transact(function, **options)

    failing: Any = Failing()
    async with asyncio.timeout(PATIENCE_S), leases.held(failing, "duty", holder="one", ttl_s=3.0) as fenced:
        await failing.renewed.wait()
        assert await fenced.transact(lambda transaction: transaction.read("News", [])) == {}
