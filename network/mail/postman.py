"""Sends letters: one process at a time, one letter after the other, each until somebody else answers for it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from auth.sealing import Sealer
from graph.errors import GraphError
from graph.personal import Letter
from graph.port import GraphStore, Transacting
from graph.telling import post
from graph.telling.post import End
from graph.values import Instant
from graph.writing import leases
from graph.writing.duties import Duty, Successes
from graph.writing.rounds import Rounds, keeps_all_waiting
from network.errors import caught
from network.mail.contents import completed, content_of
from network.mail.rendering import Envelope, message
from network.mail.sending import AwayError, PutOffError, RefusedError, Sender
from network.mail.subscriptions import Subscriptions

LEASE: Final = Duty.MAIL.lease
_DIGESTS_S: Final = 300.0
"""Between two looks for digests that are due; those of seven o'clock are written by five past."""
_LOG: Final = logging.getLogger("hubnetz.mail")


def _nobody_counts(_: End) -> None:
    """Where there are no metrics."""


class Postman:
    """The worker of one process.

    Args:
        address: That letters come from.
        public_url: Where links lead.
        holder: Names one process of one start (graph/writing/leases.py).
        poll_s: Longest seconds between two looks.
        count: Called with what became of each attempt.
    """

    def __init__(
        self,
        store: GraphStore,
        sender: Sender,
        *,
        address: str,
        public_url: str,
        sealer: Sealer,
        subscriptions: Subscriptions,
        holder: str,
        lease_ttl_s: float = 30.0,
        poll_s: float = 2.0,
        longest_retry_s: float = 300.0,
        count: Callable[[End], None] = _nobody_counts,
    ) -> None:
        self._store = store
        self._sender = sender
        self._address = address
        self._public_url = public_url
        self._sealer = sealer
        self._subscriptions = subscriptions
        self._holder = holder
        self._lease_ttl_s = lease_ttl_s
        self._successes = Successes(store, Duty.MAIL)
        self._rounds = Rounds(
            self._round,
            what="sending e-mails",
            log=_LOG,
            every_s=poll_s,
            longest_retry_s=longest_retry_s,
            known=(GraphError, AwayError),
            went_well=lambda: self._successes.note_round(self._waits),
        )
        self._count = count
        self._domain = urlsplit(public_url).hostname or "localhost"
        self._next_digests = 0.0

    async def run(self) -> None:
        """Sends until cancelled."""
        await self._rounds.run()

    async def deliver(self) -> int:
        """How many letters went; those that are left are put off.

        Raises:
            LeaseHeldError: there are letters, and another process holds the lease.
            AwayError: the server takes none at the moment.
            GraphUnavailableError: what was sent remains sent; call again.
        """
        sent = 0
        if not await post.due(self._store, limit=1):
            return sent
        async with leases.held(self._store, LEASE, holder=self._holder, ttl_s=self._lease_ttl_s) as fenced:
            while letters := await post.due(self._store):
                for letter in letters:
                    end = await self._send(fenced, letter)
                    if end is End.SENT:
                        sent += 1
                        await self._successes.done()
                    elif end is End.PUT_OFF:
                        # By whom it goes to: one address that takes none for hours says nothing of the others.
                        self._successes.failed(letter.house or letter.actor or letter.email)
        return sent

    async def _waits(self) -> bool:
        return (await post.state(self._store)).waiting > 0

    async def write_digests(self) -> None:
        """Writes the digests that are due.

        Raises:
            LeaseHeldError: another process holds the lease.
        """
        async with leases.held(self._store, LEASE, holder=self._holder, ttl_s=self._lease_ttl_s) as fenced:
            while await post.write_digests(self._store, fenced) >= post.MAX_BATCH:
                pass

    async def _round(self) -> None:
        clock = asyncio.get_running_loop().time
        if clock() >= self._next_digests:
            # First, so that a digest that cannot be written holds up no letter until the next look.
            self._next_digests = clock() + _DIGESTS_S
            await self.write_digests()
        await self.deliver()

    async def _send(self, fenced: Transacting, letter: Letter) -> End | None:
        """What became of it; None where it was withdrawn, or others had it."""
        ends: list[End | None] = []

        async def go() -> None:
            ends.append(await self._go(fenced, letter))

        error = await caught(go())
        if error is None:
            return ends[0]
        if isinstance(error, AwayError) or await keeps_all_waiting(self._store, error):
            raise error
        # What is wrong with one letter must not keep others from being sent.
        _LOG.error("an e-mail could not be made", extra={"letter": letter.id}, exc_info=error)
        return await self._finish(fenced, post.InHand(letter), End.PUT_OFF, "internal error")

    async def _go(self, fenced: Transacting, letter: Letter) -> End | None:
        now = Instant(await self._store.now())
        content = await content_of(self._store, letter, now=now, public_url=self._public_url)
        if content is None:
            await post.withdraw(fenced, letter.id)
            return None
        in_hand = await post.take(self._store, fenced, letter.id, self._sealer)
        if in_hand is None:
            return None
        mail = completed(content, in_hand, self._subscriptions, public_url=self._public_url)
        envelope = Envelope(
            sender=self._address,
            recipient=content.recipient,
            # Of the letter, not of the attempt: one that goes twice is known by it.
            message_id=f"<{letter.id}@{self._domain}>",
            date=datetime.fromisoformat(now),
        )
        try:
            await self._sender.send(message(mail, envelope))
        except RefusedError as error:
            return await self._finish(fenced, in_hand, End.GIVEN_UP, str(error))
        except PutOffError as error:
            return await self._finish(fenced, in_hand, End.PUT_OFF, str(error))
        except AwayError as error:
            await self._finish(fenced, in_hand, End.PUT_OFF, str(error))
            raise
        return await self._finish(fenced, in_hand, End.SENT, "")

    async def _finish(self, fenced: Transacting, in_hand: post.InHand, end: End, why: str) -> End:
        final = await post.finish(self._store, fenced, in_hand, end)
        letter = in_hand.letter
        extra = {"letter": letter.id, "kind": letter.kind.value, "attempts": letter.attempts}
        if final is End.SENT:
            _LOG.info("an e-mail was sent", extra=extra)
        else:
            level = logging.WARNING if final is End.GIVEN_UP else logging.INFO
            _LOG.log(level, "an e-mail was %s: %s", final.value.replace("_", " "), why, extra=extra)
        self._count(final)
        return final
