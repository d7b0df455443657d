"""What people report of barriers, on its way to the operator: at once, and kept nowhere here."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage

from network.mail.sending import Sender


@dataclass(frozen=True, slots=True)
class Feedback:
    """How what people report of barriers reaches the operator."""

    sender: Sender
    from_address: str
    to_address: str

    async def send(self, *, page: str, text: str, reply: str) -> None:
        """Hands it over.

        Raises:
            RefusedError, PutOffError, AwayError: nobody took it.
        """
        letter = EmailMessage()
        letter["Subject"] = "Hubnetz: Barriere gemeldet"
        letter["From"] = Address("Hubnetz", addr_spec=self.from_address)
        letter["To"] = Address(addr_spec=self.to_address)
        # What was typed stands in the text only: nobody writes headers of ours.
        letter.set_content(f"Seite: {page or '-'}\nAntwort an: {reply or '-'}\n\n{text}\n")
        await self.sender.send(letter)
