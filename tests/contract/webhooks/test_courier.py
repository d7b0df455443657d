"""How events reach their receivers, on each graph database and against real ones: at least once, for the right eyes, whoever fails."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from graph.commands.webhooks import PingWebhook, RemoveWebhook, ping_webhook, remove_webhook
from graph.errors import LeaseHeldError
from graph.port import GraphStore
from graph.telling import deliveries
from graph.telling.deliveries import MOST_FAILURES
from graph.values import instant
from graph.vocabulary import NewsKind
from graph.writing import leases
from network.webhooks.courier import LEASE
from tests.fixtures.builders import make_project, plant
from tests.fixtures.contributing import OTHER_CLERK, PROFESSOR, TOWN_CLERK, ZEITZ_LEAD, at, found_network
from tests.fixtures.faults import Killed, Stepping, Steps
from tests.fixtures.receiver import Receiver, receiving
from tests.fixtures.telling import announce, inbox, invited, know, tell
from tests.fixtures.webhooks import (
    LONG_AGO,
    courier,
    deliveries_by_id,
    overdue,
    registered,
    waiting_for,
    webhook_of,
)


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


def events(receiver: Receiver) -> list[str]:
    return [request.headers["webhook-id"] for request in receiver.taken]


async def test_each_event_is_sent_once_and_done(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    key = await registered(store, TOWN_CLERK, receiver.url)
    await waiting_for(store, key, "a", "b", "c")

    assert await courier(store).deliver() == 3
    assert await courier(store).deliver() == 0

    assert sorted(events(receiver)) == ["event-a", "event-b", "event-c"]
    for delivery in (await deliveries_by_id(store)).values():
        assert (delivery.attempts, delivery.answer) == (1, "204")
        assert delivery.delivered_at is not None
    # The index of what is due leads past what is over.
    assert [str(key) for (key,) in await store.query("test_deliveries_before", {"before": await store.now()})] == []


@pytest.mark.parametrize("status", [301, 304, 307, 400, 404, 429, 500, 503])
async def test_what_is_no_success_is_tried_again_later_and_every_time_later(
    store: GraphStore, receiver: Receiver, status: int
) -> None:
    await found_network(store)
    receiver.status, receiver.headers = status, f"Location: {receiver.url}&again\r\n"
    key = await registered(store, TOWN_CLERK, receiver.url)
    await waiting_for(store, key, "a")
    waits = []
    for attempt in range(8):
        before = datetime.fromisoformat(await store.now())
        assert await courier(store).deliver() == 0
        (delivery,) = (await deliveries_by_id(store)).values()
        assert (delivery.attempts, delivery.answer, delivery.failed_at) == (attempt + 1, str(status), None)
        waits.append(round((datetime.fromisoformat(delivery.due_at) - before) / timedelta(minutes=1)))
        await overdue(store)
    assert waits == [1, 5, 30, 120, 360, 720, 720, 720]
    # The same event under the same id, eight times; and nobody followed where it was told to go.
    assert events(receiver) == ["event-a"] * 8
    assert len({request.body for request in receiver.taken}) == 1
    assert all("again" not in request.line for request in receiver.taken)


async def test_after_three_days_it_is_given_up_and_five_in_a_row_disable(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    receiver.status = 500
    key = await registered(store, TOWN_CLERK, receiver.url)
    for number in range(MOST_FAILURES):
        assert (await webhook_of(store, key)).disabled_at is None
        await waiting_for(store, key, f"{number}")
        await overdue(store, created_at=LONG_AGO)
        await courier(store).deliver()
        assert (await webhook_of(store, key)).failures == number + 1

    assert (await webhook_of(store, key)).disabled_at is not None
    assert [(kind, entity) for kind, entity, _ in await inbox(store, TOWN_CLERK)] == [
        ("WEBHOOK_DISABLED", f"Webhook:{key}")
    ]
    assert all(delivery.failed_at for delivery in (await deliveries_by_id(store)).values())
    # What still waited goes; a ping is sent all the same.
    await waiting_for(store, key, "late")
    receiver.status = 204
    await ping_webhook(at(store), PingWebhook(webhook=key), actor=TOWN_CLERK)
    assert await courier(store).deliver() == 1
    assert "late" not in await deliveries_by_id(store)
    assert "event-late" not in events(receiver)
    assert (await webhook_of(store, key)).failures == 0


async def test_one_that_arrives_begins_the_count_anew(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    key = await registered(store, TOWN_CLERK, receiver.url)
    row = {"id": key, "failures": MOST_FAILURES - 1}
    await store.transact(lambda transaction: transaction.put("Webhook", [row]))
    await waiting_for(store, key, "a")
    assert await courier(store).deliver() == 1
    assert ((await webhook_of(store, key)).failures, (await webhook_of(store, key)).disabled_at) == (0, None)


async def test_gone_is_gone_at_once(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    receiver.status = 410
    key = await registered(store, TOWN_CLERK, receiver.url)
    await waiting_for(store, key, "a", "b")
    await courier(store, rest_s=0).deliver()
    assert (await webhook_of(store, key)).disabled_at is not None
    assert len(receiver.taken) == 1
    assert list(await deliveries_by_id(store)) == [events(receiver)[0].removeprefix("event-")]
    ((kind, _, reason),) = await inbox(store, TOWN_CLERK)
    assert (kind, "410" in reason) == ("WEBHOOK_DISABLED", True)


async def test_who_may_not_read_it_at_that_moment_does_not_hear_of_it(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    await know(store, TOWN_CLERK, ZEITZ_LEAD)
    mine, other = [await registered(store, person, receiver.url) for person in (TOWN_CLERK, ZEITZ_LEAD)]
    await plant(store, make_project("p", visibility="PRIVATE", readers=("hub:zeitz", "admin")))
    await waiting_for(store, mine, "hidden", "of-none", entity="Project:p")
    await waiting_for(store, mine, "gone", entity="Project:gone")
    await waiting_for(store, mine, "open")
    await waiting_for(store, other, "shown", entity="Project:p")

    await courier(store).deliver()

    assert sorted(events(receiver)) == ["event-open", "event-shown"]
    assert sorted(await deliveries_by_id(store)) == ["open", "shown"]


async def test_a_membership_that_was_revoked_counts_at_once(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    await know(store, TOWN_CLERK)
    key = await registered(store, TOWN_CLERK, receiver.url)
    await waiting_for(store, key, "a")
    (membership,) = map(str, TOWN_CLERK.memberships)
    await invited(store, TOWN_CLERK, membership, revoked_at="2026-11-01T00:00:00.000000Z")
    await courier(store).deliver()
    assert (receiver.taken, await deliveries_by_id(store)) == ([], {})


async def test_that_a_house_cannot_be_reached_hears_who_is_in_charge_alone(
    store: GraphStore, receiver: Receiver
) -> None:
    await found_network(store)
    persons = (ZEITZ_LEAD, OTHER_CLERK, PROFESSOR)
    await know(store, *persons)
    keys = [await registered(store, person, receiver.url) for person in persons]
    await announce(store, NewsKind.CONTACT_MISSING, "Hub:zeitz")
    await tell(store)
    waiting = await deliveries_by_id(store)
    assert [delivery.webhook for delivery in waiting.values()] == [keys[0]]
    # Also where somebody stopped being in charge since then.
    await waiting_for(store, keys[1], "late", kind=NewsKind.CONTACT_MISSING)
    await courier(store).deliver()
    assert len(receiver.taken) == 1
    assert "late" not in await deliveries_by_id(store)


async def test_what_a_removed_webhook_waited_for_goes(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    key = await registered(store, TOWN_CLERK, receiver.url)
    await waiting_for(store, key, "a")
    await remove_webhook(at(store), RemoveWebhook(webhook=key), actor=TOWN_CLERK)
    await courier(store).deliver()
    assert (receiver.taken, await deliveries_by_id(store)) == ([], {})


async def test_killed_at_any_step_every_event_arrives_under_its_one_id(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    key = await registered(store, TOWN_CLERK, receiver.url)
    kills = sent_twice = 0
    for kill_at in range(100):
        name = f"k{kill_at:02}"
        await waiting_for(store, key, name)
        stepping: Any = Stepping(store, Steps(kill_at))
        try:
            assert await courier(stepping, lease_ttl_s=1_000.0).deliver() == 1
        except Killed:
            kills += 1
            await overdue(store)
            # Its successor finds what is left, and sends it under the same id if nobody wrote that it went.
            await courier(store, lease_ttl_s=1_000.0).deliver()
        else:
            break
        times = events(receiver).count(f"event-{name}")
        assert times in (1, 2), name
        sent_twice += times == 2
        assert (await deliveries_by_id(store))[name].delivered_at is not None
        assert (await deliveries.state(store)).waiting == 0
    assert kills > 5
    assert sent_twice >= 1, "none was killed between sending and writing that it went"


async def test_a_slow_receiver_keeps_nobody_waiting(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    async with receiving(is_silent=True) as silent:
        slow = await registered(store, TOWN_CLERK, silent.url)
        await waiting_for(store, slow, *(f"a{number:02}" for number in range(40)))
        fast = await registered(store, OTHER_CLERK, receiver.url)
        await waiting_for(store, fast, "z1", "z2", "z3")
        working = asyncio.create_task(courier(store, timeout_s=600.0, most_at_once=2).deliver())
        try:
            await receiver.until(3)
            await silent.until(1)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
        # It had one in hand, no matter how many waited for it.
        assert len(silent.taken) == 1


async def test_a_receiver_that_failed_rests_and_a_ping_wakes_it(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    receiver.answers = [500]
    key = await registered(store, TOWN_CLERK, receiver.url)
    await waiting_for(store, key, "a", "b", "c")
    working = courier(store)
    assert await working.deliver() == 0
    assert await working.deliver() == 0
    assert len(receiver.taken) == 1

    await ping_webhook(at(store), PingWebhook(webhook=key), actor=TOWN_CLERK)

    assert await working.deliver() == 1
    assert receiver.taken[-1].event["kind"] == "PING"


async def test_who_does_not_hold_the_lease_sends_nothing(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    key = await registered(store, TOWN_CLERK, receiver.url)
    await waiting_for(store, key, "a")
    held = await leases.acquire(store, LEASE, holder="other")
    assert held is not None
    with pytest.raises(LeaseHeldError):
        await courier(store).deliver()
    assert receiver.taken == []
    await leases.release(store, held)
    assert await courier(store).deliver() == 1


async def test_what_is_wrong_with_one_event_keeps_no_other_waiting(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    bad, good = [await registered(store, person, receiver.url) for person in (TOWN_CLERK, OTHER_CLERK)]
    row = {"id": bad, "sealed": "not a seal"}
    await store.transact(lambda transaction: transaction.put("Webhook", [row]))
    await waiting_for(store, bad, "a")
    await waiting_for(store, good, "b")
    assert await courier(store).deliver() == 1
    found = await deliveries_by_id(store)
    assert (found["a"].answer, found["a"].failed_at) == ("not signed", None)
    assert events(receiver) == ["event-b"]


async def test_nobody_waits_for_what_is_not_due(store: GraphStore, receiver: Receiver) -> None:
    await found_network(store)
    key = await registered(store, TOWN_CLERK, receiver.url)
    await waiting_for(store, key, "a")
    later = instant(datetime.fromisoformat(await store.now()) + timedelta(minutes=5))
    await store.transact(lambda transaction: transaction.put("Delivery", [{"id": "a", "due_at": later}]))
    assert await courier(store).deliver() == 0
    assert receiver.taken == []
