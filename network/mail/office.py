"""The postman as the settings want him."""

from collections.abc import Callable
from typing import Final

from auth.sealing import Sealer
from graph.port import GraphStore
from graph.telling.post import End
from network.configuration.own_keys import secret_keys
from network.configuration.settings import Settings
from network.mail.feedback import Feedback
from network.mail.postman import Postman
from network.mail.sending import LogSender, Sender, Server, SmtpSender
from network.mail.subscriptions import Subscriptions

_OURS: Final = "hubnetz@localhost"
"""In development, where nothing leaves this machine."""


def make_postman(settings: Settings, graph: GraphStore, *, holder: str, count: Callable[[End], None]) -> Postman:
    """Who sends through the operator's server, or into the log where development has none.

    Raises:
        JobError: keys of development cannot be kept.
    """
    sender = _sender(settings)
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


def make_feedback(settings: Settings) -> Feedback | None:
    """How reports of barriers reach the operator: in production to the address of the settings, else into the log."""
    if settings.feedback_to is None and settings.is_production:
        return None
    return Feedback(_sender(settings), settings.mail_from or _OURS, settings.feedback_to or _OURS)


def _sender(settings: Settings) -> Sender:
    return LogSender() if settings.smtp_url is None else SmtpSender(Server.parse(settings.smtp_url))
