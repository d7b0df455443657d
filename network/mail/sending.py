"""How an e-mail leaves: through the operator's server, or, in development without one, into the log."""

import asyncio
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from auth.addresses import is_loopback

_TIMEOUT_S: Final = 30.0
"""For one answer of the server."""
_WHOLE_S: Final = 120.0
"""For one e-mail: a server that answers byte by byte keeps no other letter waiting for longer."""
_PORTS: Final = {"smtp": 587, "smtps": 465}
"""Submission (RFC 6409 §3.1, RFC 8314 §3.3)."""
_LOG: Final = logging.getLogger("hubnetz.mail")


class RefusedError(Exception):
    """The server will never take this letter (RFC 5321 §4.2.1: 5yz): its address does not exist, or it is not wanted."""


class PutOffError(Exception):
    """The server takes this letter later, perhaps (4yz)."""


class AwayError(Exception):
    """The server takes no letter at the moment: unreachable, too slow, or not on speaking terms with us."""


class Sender(Protocol):
    """Takes e-mails over."""

    async def send(self, message: EmailMessage) -> None:
        """Returns once somebody else answers for the e-mail.

        Raises:
            RefusedError, PutOffError, AwayError: nobody does. No message of theirs holds an address or what was sent.
        """
        ...


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server as `HUBNETZ_SMTP_URL` names it."""

    host: str
    port: int
    is_tls: bool
    """From the first byte."""
    is_upgraded: bool
    """By STARTTLS, without which nothing is sent."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "Server":
        """The server of an address that `network.configuration.table` has let pass."""
        parts = urlsplit(url)
        host, is_tls = parts.hostname or "", parts.scheme == "smtps"
        user, password = (None if part is None else unquote(part) for part in (parts.username, parts.password))
        return cls(
            host=host,
            port=parts.port or _PORTS[parts.scheme],
            is_tls=is_tls,
            is_upgraded=not is_tls and not is_loopback(host) and not parts.query,
            user=user or None,
            password=password,
        )


class SmtpSender:
    """Through an SMTP server, one connection for each e-mail: they are few, and no letter spoils the next one's.

    Args:
        tls: Tells which certificates are believed; None: those that the machine believes.
    """

    def __init__(self, server: Server, *, tls: ssl.SSLContext | None = None, timeout_s: float = _TIMEOUT_S) -> None:
        self._server = server
        self._tls = tls
        self._timeout_s = timeout_s

    async def send(self, message: EmailMessage) -> None:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.is_tls,
            start_tls=server.is_upgraded,
            username=server.user,
            password=server.password,
            timeout=self._timeout_s,
            tls_context=self._tls,
        )
        sender, recipient = str(message["From"].addresses[0].addr_spec), str(message["To"].addresses[0].addr_spec)
        with _told():
            async with asyncio.timeout(_WHOLE_S):
                await client.connect()
                try:
                    await client.sendmail(sender, [recipient], message.as_bytes(policy=SMTP))
                finally:
                    client.close()


class LogSender:
    """Into the log, secrets and all: for development, where nobody else reads it."""

    async def send(self, message: EmailMessage) -> None:
        _LOG.info("e-mail, in the log since HUBNETZ_SMTP_URL is not set", extra={"to": str(message["To"])})
        text = message.get_body(("plain",))
        lines = [f"Subject: {message['Subject']}", "", *("" if text is None else text.get_content()).splitlines()]
        for line in lines:
            _LOG.info("  | %s", line)


@contextmanager
def _told() -> Iterator[None]:
    """Turns what the library raises into ours. Texts of servers repeat addresses: only their codes go on."""
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [refused.code for refused in error.recipients]
        raise _of_letter(codes[0] if codes else 450, "recipient") from None
    except (aiosmtplib.SMTPDataError, aiosmtplib.SMTPRecipientRefused) as error:
        raise _of_letter(error.code, "message") from None
    except aiosmtplib.SMTPResponseException as error:
        # Greeting, login or sender refused: true of every letter, and for the operator to mend.
        raise AwayError(f"{type(error).__name__} {error.code}") from None
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        raise AwayError(type(error).__name__) from None


def _of_letter(code: int, what: str) -> RefusedError | PutOffError | AwayError:
    if code == 421:
        # RFC 5321 §3.8: the server closes the channel.
        return AwayError(f"{what} {code}")
    return RefusedError(f"{what} {code}") if code >= 500 else PutOffError(f"{what} {code}")
