"""What doctor says of events for webhooks."""

from graph.port import GraphStore
from network.jobs.checking import Finding, work
from tests.fixtures.contributing import TOWN_CLERK
from tests.fixtures.webhooks import LONG_AGO, registered, waiting_for


async def of_events(store: GraphStore) -> list[Finding]:
    return [finding for finding in await work(store, is_served=True) if finding.name.startswith("deliveries")]


async def test_doctor_tells_how_many_wait_and_how_many_were_given_up(store: GraphStore) -> None:
    (finding,) = await of_events(store)
    assert (finding.name, finding.count, finding.advice) == ("deliveries", 0, "")
    key = await registered(store, TOWN_CLERK, "https://system.example")
    await waiting_for(store, key, "a", "b", "c")
    await store.transact(lambda transaction: transaction.put("Delivery", [{"id": "c", "failed_at": LONG_AGO}]))

    waiting, given_up = await of_events(store)

    assert (waiting.count, given_up.count) == (2, 1)
    assert "the oldest since 20" in waiting.text
    assert not waiting.is_wrong
    assert not given_up.is_wrong
