"""Sends events to webhooks: one process at a time, many receivers at once, each of them one event after the other."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from graph.port import GraphStore, Transacting
from graph.telling import deliveries
from graph.telling.deliveries import End, InHand
from graph.telling.webhook_secrets import Secrets
from graph.telling.webhooks import still_hears
from graph.values import Instant
from graph.writing import leases
from graph.writing.duties import Duty, Successes
from graph.writing.rounds import Rounds, keeps_all_waiting
from network.errors import caught
from network.webhooks.sending import NotAnsweredError, Sender
from network.webhooks.signing import USER_AGENT, body_of, signed

LEASE: Final = Duty.WEBHOOKS.lease
MOST_AT_ONCE: Final = 32
"""Receivers that are spoken to at the same time."""
_REST_S: Final = 60.0
"""For which a receiver that failed is asked nothing else: so a slow one takes a place for a small part of the time."""
_GONE: Final = 410
_LOG: Final = logging.getLogger("hubnetz.webhooks")


def _nobody_counts(_: End) -> None:
    """Where there are no metrics."""


class Courier:
    """The worker of one process.

    Args:
        holder: Names one process of one start (graph/writing/leases.py).
        poll_s: Longest seconds between two looks.
        count: Called with what became of each attempt.
    """

    def __init__(
        self,
        store: GraphStore,
        sender: Sender,
        *,
        secrets: Secrets,
        holder: str,
        lease_ttl_s: float = 30.0,
        poll_s: float = 2.0,
        longest_retry_s: float = 300.0,
        rest_s: float = _REST_S,
        most_at_once: int = MOST_AT_ONCE,
        count: Callable[[End], None] = _nobody_counts,
    ) -> None:
        self._store = store
        self._sender = sender
        self._secrets = secrets
        self._holder = holder
        self._lease_ttl_s = lease_ttl_s
        self._poll_s = poll_s
        self._successes = Successes(store, Duty.WEBHOOKS)
        self._rounds = Rounds(
            self.deliver,
            what="sending events",
            log=_LOG,
            every_s=poll_s,
            longest_retry_s=longest_retry_s,
            went_well=self._successes.note,
        )
        self._rest_s = rest_s
        self._most_at_once = most_at_once
        self._count = count
        self._resting: dict[str, float] = {}

    async def run(self) -> None:
        """Sends until cancelled."""
        await self._rounds.run()

    async def deliver(self) -> int:
        """How many events arrived; those that are left are put off, or their receivers rest.

        Raises:
            LeaseHeldError: there are events, and another process holds the lease.
            GraphUnavailableError: what was sent remains sent; call again.
        """
        if not await self._due(set(), limit=1):
            return 0
        arrived = 0
        async with leases.held(self._store, LEASE, holder=self._holder, ttl_s=self._lease_ttl_s) as fenced:
            running: dict[asyncio.Task[End | None], str] = {}
            try:
                while True:
                    await self._start(fenced, running)
                    if not running:
                        return arrived
                    done, _ = await asyncio.wait(running, timeout=self._poll_s, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        del running[task]
                    if now_arrived := sum(task.result() is End.ARRIVED for task in done):
                        arrived += now_arrived
                        # While some receiver is always behind, a round never ends.
                        await self._successes.note()
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)

    async def _start(self, fenced: Transacting, running: dict[asyncio.Task[End | None], str]) -> None:
        """Begins with as many events as there is room for, one for each receiver that has none in hand."""
        while len(running) < self._most_at_once:
            found = await self._due(set(running.values()), limit=self._most_at_once)
            if not found:
                return
            for key, webhook in found:
                if len(running) < self._most_at_once and webhook not in running.values():
                    running[asyncio.create_task(self._attempt(fenced, key))] = webhook

    async def _due(self, busy: set[str], *, limit: int) -> list[tuple[str, str]]:
        now = asyncio.get_running_loop().time()
        self._resting = {webhook: until for webhook, until in self._resting.items() if until > now}
        return await deliveries.due(self._store, limit=limit, busy=busy, resting=self._resting)

    async def _attempt(self, fenced: Transacting, key: str) -> End | None:
        """What became of it; None where it was withdrawn, or others had it."""
        in_hand = await deliveries.take(self._store, fenced, key)
        if in_hand is None:
            return None
        ends: list[End | None] = []

        async def go() -> None:
            ends.append(await self._go(fenced, in_hand))

        error = await caught(go())
        if error is None:
            return ends[0]
        if await keeps_all_waiting(self._store, error):
            raise error
        # What is wrong with one event must not keep others from being sent.
        _LOG.error("an event could not be sent", extra={"event": in_hand.delivery.news}, exc_info=error)
        return await self._finish(fenced, in_hand, End.PUT_OFF, "internal error")

    async def _go(self, fenced: Transacting, in_hand: InHand) -> End | None:
        if not await still_hears(self._store, in_hand.delivery, in_hand.webhook.actor):
            await deliveries.withdraw(fenced, in_hand.delivery.id)
            return None
        try:
            status = await self._send(in_hand)
        except NotAnsweredError as error:
            return await self._finish(fenced, in_hand, End.PUT_OFF, str(error))
        end = End.ARRIVED if 200 <= status < 300 else End.PUT_OFF
        return await self._finish(fenced, in_hand, end, str(status), is_gone=status == _GONE)

    async def _send(self, in_hand: InHand) -> int:
        now = Instant(await self._store.now())
        secrets = self._secrets.in_force(in_hand.webhook, now)
        if not secrets:
            # An operator who lost a key may find it again.
            _LOG.error("a secret cannot be opened: its key is gone", extra={"webhook": in_hand.webhook.id})
            raise NotAnsweredError("not signed")
        body = body_of(in_hand.delivery)
        headers = {
            **signed(body, event=in_hand.delivery.news, now=now, secrets=secrets),
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
        }
        return await self._sender.send(in_hand.webhook.url, headers, body)

    async def _finish(
        self, fenced: Transacting, in_hand: InHand, end: End, answer: str, *, is_gone: bool = False
    ) -> End:
        final = await deliveries.finish(self._store, fenced, in_hand, end, answer, is_gone=is_gone)
        webhook, delivery = in_hand.webhook, in_hand.delivery
        if final is not End.ARRIVED:
            self._resting[webhook.id] = asyncio.get_running_loop().time() + self._rest_s
        extra = {"webhook": webhook.id, "event": delivery.news, "attempts": delivery.attempts, "answer": answer}
        _LOG.info("an event %s", _SAID[final], extra=extra)
        self._count(final)
        return final


_SAID: Final = {End.ARRIVED: "arrived", End.PUT_OFF: "was put off", End.GIVEN_UP: "was given up"}
