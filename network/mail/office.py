"""The postman as the settings want him."""

from collections.abc import Callable
from typing import Final

from auth.sealing import Sealer
from graph.port import GraphStore
from graph.post import End
from network.identity import secret_keys
from network.mail.postman import Postman
from network.mail.sending import LogSender, Sender, Server, SmtpSender
from network.mail.subscriptions import Subscriptions
from network.settings import Settings

_OURS: Final = "hubnetz@localhost"
"""In development, where nothing leaves this machine."""


def make_postman(settings: Settings, graph: GraphStore, *, holder: str, count: Callable[[End], None]) -> Postman:
    """Who sends through the operator's server, or into the log where development has none.

    Raises:
        JobError: keys of development cannot be kept.
    """
    sender: Sender = LogSender() if settings.smtp_url is None else SmtpSender(Server.parse(settings.smtp_url))
    keys = secret_keys(settings)
    return Postman(
        graph,
        sender,
        address=settings.mail_from or _OURS,
        public_url=settings.public_url,
        sealer=Sealer(keys),
        subscriptions=Subscriptions(keys),
        holder=holder,
        count=count,
    )
