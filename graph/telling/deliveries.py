"""Deliveries on their way to webhooks: taken in hand, arrived or given up, each step in a transaction of its own.

A process that dies between two steps leaves the delivery to the next attempt, which sends the same event under the same
id: whoever gets it twice can know it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from graph.personal import Delivery, Notification, Webhook
from graph.port import GraphStore, Transacting, Transaction
from graph.rows import node_of, row_of
from graph.telling.hearing import told_id
from graph.values import NEVER, Instant, instant
from graph.vocabulary import NewsKind

GIVE_UP: Final = timedelta(days=3)
"""From when the event was told; a receiver that is down over a weekend misses nothing."""
MOST_FAILURES: Final = 5
"""Deliveries given up one after the other that disable a webhook."""
KEPT_DAYS: Final = 14
"""After it arrived or was given up."""
MAX_SHOWN: Final = 20
"""Of one webhook, in the list of its last deliveries."""

_WAITS: Final = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)),
    *(timedelta(hours=6), timedelta(hours=12)),
)
"""After the first attempt, the second …; the last one again and again."""
_DELIVERY: Final = Delivery.__name__
_WEBHOOK: Final = Webhook.__name__
REASONS: Final = {
    True: "Die Gegenstelle hat geantwortet, dass es sie nicht mehr gibt (410)",
    False: f"{MOST_FAILURES} Ereignisse nacheinander sind nicht angekommen",
}


@dataclass(frozen=True, slots=True)
class InHand:
    """A delivery that is being sent, and where to, as its webhook is now."""

    delivery: Delivery
    webhook: Webhook


@dataclass(frozen=True, slots=True)
class State:
    """How many deliveries wait, since when, and how many were given up within `KEPT_DAYS`."""

    waiting: int
    oldest: Instant | None
    given_up: int


class End(StrEnum):
    """What became of one attempt."""

    ARRIVED = "arrived"
    PUT_OFF = "put_off"
    GIVEN_UP = "given_up"


_MOMENTS: Final = {End.ARRIVED: "delivered_at", End.GIVEN_UP: "failed_at"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A delivery as the webhook's person sees it."""

    id: str
    event: str
    kind: NewsKind
    entity: str
    at: Instant
    due_at: Instant
    attempts: int
    answer: str | None
    delivered_at: Instant | None
    failed_at: Instant | None


async def due(
    store: GraphStore, *, limit: int, busy: Collection[str] = (), resting: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Ids of deliveries to be tried now and of their webhooks, those that wait longest first.

    Args:
        busy: Webhooks that are left out.
        resting: Webhooks of which pings alone are tried.
    """
    # No list is empty: a backend could not tell what it is a list of.
    lists = {"busy": sorted(busy) or [""], "resting": sorted(resting) or [""]}
    found = await store.query("deliveries_due", {"now": await store.now(), "limit": limit, **lists})
    return [(str(key), str(webhook)) for key, webhook in found]


async def take(store: GraphStore, fenced: Transacting, key: str) -> InHand | None:
    """The delivery, not to be tried by others for a time; None where there is nothing to send any more.

    A webhook that is disabled or gone gets nothing but, if it is there, pings: what waited for it goes.
    """
    now = Instant(await store.now())

    async def begin(transaction: Transaction) -> InHand | None:
        if not await transaction.lock_all(_DELIVERY, [key]):
            return None
        found = await _read(transaction, key)
        if found is None or (found.webhook.disabled_at is not None and found.delivery.kind is not NewsKind.PING):
            await _drop(transaction, key)
            return None
        delivery = found.delivery
        if delivery.delivered_at is not None or delivery.failed_at is not None or delivery.due_at > now:
            return None
        taken = replace(delivery, attempts=delivery.attempts + 1, due_at=_later(now, delivery.attempts))
        await transaction.put(_DELIVERY, [{**row_of(taken), "updated_at": now}])
        return InHand(taken, found.webhook)

    return await fenced.transact(begin)


async def finish(
    store: GraphStore, fenced: Transacting, in_hand: InHand, end: End, answer: str, *, is_gone: bool = False
) -> End:
    """Notes what became of an attempt. What is put off for too long is given up, and a ping at once.

    Args:
        is_gone: The receiver wants nothing any more: its webhook is disabled at once.
    """
    now = Instant(await store.now())
    age = datetime.fromisoformat(now) - datetime.fromisoformat(in_hand.delivery.created_at)
    is_ping = in_hand.delivery.kind is NewsKind.PING
    is_over = is_gone or is_ping or age >= GIVE_UP
    final = End.GIVEN_UP if end is End.PUT_OFF and is_over else end

    async def write(transaction: Transaction) -> None:
        key = in_hand.delivery.id
        if not await transaction.lock_all(_DELIVERY, [key]):
            return
        moment = {} if final is End.PUT_OFF else {_MOMENTS[final]: now, "due_at": NEVER}
        await transaction.put(_DELIVERY, [{"id": key, "answer": answer, "updated_at": now, **moment}])
        if final is End.ARRIVED or is_gone or (final is End.GIVEN_UP and not is_ping):
            await _count(transaction, in_hand, final, is_gone=is_gone, now=now)

    await fenced.transact(write)
    return final


async def withdraw(fenced: Transacting, key: str) -> None:
    """Takes a delivery away that is for nobody any more."""

    async def write(transaction: Transaction) -> None:
        if await transaction.lock_all(_DELIVERY, [key]):
            await _drop(transaction, key)

    await fenced.transact(write)


async def state(store: GraphStore) -> State:
    """What waits and what was given up."""
    ((waiting, oldest, given_up),) = await store.query("deliveries_state", {})
    return State(int(waiting or 0), oldest or None, int(given_up or 0))


async def purge(store: GraphStore, *, limit: int = 1_000) -> int:
    """How many deliveries went that arrived or were given up `KEPT_DAYS` ago; as many as `limit`: there may be more."""
    before = instant(datetime.fromisoformat(await store.now()) - timedelta(days=KEPT_DAYS))
    keys = sorted(str(key) for (key,) in await store.query("deliveries_old", {"before": before, "limit": limit}))
    if keys:
        await store.transact(lambda transaction: transaction.delete(_DELIVERY, keys))
    return len(keys)


async def of_webhook(store: GraphStore, webhook: str, *, limit: int = MAX_SHOWN) -> list[Shown]:
    """What was sent to a webhook or waits for it, the latest first."""
    records = await store.query("deliveries_of", {"webhook": webhook, "limit": limit})
    return [Shown(key, event, NewsKind(kind), *rest) for key, event, kind, *rest in records]


async def _read(transaction: Transaction, key: str) -> InHand | None:
    row = (await transaction.read(_DELIVERY, [key])).get(key)
    if row is None:
        return None
    delivery = node_of(Delivery, row)
    webhook = (await transaction.read(_WEBHOOK, [delivery.webhook])).get(delivery.webhook)
    return None if webhook is None else InHand(delivery, node_of(Webhook, webhook))


async def _drop(transaction: Transaction, key: str) -> None:
    row = (await transaction.read(_DELIVERY, [key]))[key]
    if row.get("delivered_at") is None and row.get("failed_at") is None:
        await transaction.delete(_DELIVERY, [key])


async def _count(transaction: Transaction, in_hand: InHand, end: End, *, is_gone: bool, now: Instant) -> None:
    """Counts what was given up in a row, and disables the webhook where that is enough. Its person is told."""
    key = in_hand.webhook.id
    if not await transaction.lock_all(_WEBHOOK, [key]):
        return
    webhook = node_of(Webhook, (await transaction.read(_WEBHOOK, [key]))[key])
    failures = 0 if end is End.ARRIVED else webhook.failures + 1
    is_disabled = end is End.GIVEN_UP and (is_gone or failures >= MOST_FAILURES) and webhook.disabled_at is None
    if failures == webhook.failures:
        return
    # Not a new version: its person changed nothing.
    disabled = {"disabled_at": now} if is_disabled else {}
    await transaction.put(_WEBHOOK, [{"id": key, "failures": failures, **disabled}])
    if is_disabled:
        cause = f"disabled by {in_hand.delivery.id}"
        line = Notification(
            id=told_id(Notification.__name__, cause, webhook.actor),
            actor=webhook.actor,
            news=told_id("News", cause, webhook.id),
            kind=NewsKind.WEBHOOK_DISABLED,
            entity=str(webhook.key),
            reason=REASONS[is_gone],
            at=now,
        )
        await transaction.put(Notification.__name__, [{**row_of(line), "created_at": now, "updated_at": now}])


def _later(now: Instant, attempts: int) -> Instant:
    """When to try again after so many attempts, should this one not come to an end."""
    wait = _WAITS[min(attempts, len(_WAITS) - 1)]
    return instant(datetime.fromisoformat(now) + wait)
