"""What people report of barriers, on its way to the operator: at once, and kept nowhere here."""

import asyncio
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from functools import partial
from typing import Final

from network.mail.sending import Sender

_REMEMBERED: Final = 1_000
"""Reports that this process knows again; the earliest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """How what people report of barriers reaches the operator."""

    sender: Sender
    from_address: str
    to_address: str
    _sent: dict[tuple[str, ...], asyncio.Task[None]] = field(default_factory=dict, init=False, compare=False)

    async def send(self, *, page: str, text: str, reply: str, once: str) -> None:
        """Hands it over; not again what this process did hand over, or is about to, under the same `once`.

        Raises:
            RefusedError, PutOffError, AwayError: nobody took it.
        """
        key = (once, page, text, reply)
        sending = self._sent.get(key)
        if sending is None:
            sending = self._sent[key] = asyncio.ensure_future(self._hand_over(page, text, reply))
            sending.add_done_callback(partial(self._forget_failed, key))
            while len(self._sent) > _REMEMBERED:
                del self._sent[next(iter(self._sent))]
        # Whoever goes away leaves the others waiting for the one sending.
        await asyncio.shield(sending)

    def _forget_failed(self, key: tuple[str, ...], sending: asyncio.Task[None]) -> None:
        if sending.cancelled() or sending.exception() is not None:
            self._sent.pop(key, None)

    async def _hand_over(self, page: str, text: str, reply: str) -> None:
        letter = EmailMessage()
        letter["Subject"] = "Hubnetz: Barriere gemeldet"
        letter["From"] = Address("Hubnetz", addr_spec=self.from_address)
        letter["To"] = Address(addr_spec=self.to_address)
        # What was typed stands in the text only: nobody writes headers of ours.
        letter.set_content(f"Seite: {page or '-'}\nAntwort an: {reply or '-'}\n\n{text}\n")
        await self.sender.send(letter)
