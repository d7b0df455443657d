"""Webhooks as the settings want them."""

from collections.abc import Callable

from auth.sealing import Sealer
from graph.commands.webhooks import Terms
from graph.port import GraphStore
from graph.telling.deliveries import End
from graph.telling.webhook_secrets import Secrets
from network.configuration.own_keys import secret_keys
from network.configuration.settings import Settings
from network.webhooks.courier import Courier
from network.webhooks.sending import HttpSender


def terms(settings: Settings) -> Terms:
    """What holds for webhooks that are registered here.

    Raises:
        JobError: keys of development cannot be kept.
    """
    return Terms(Secrets(Sealer(secret_keys(settings))), is_development=not settings.is_production)


def make_courier(settings: Settings, graph: GraphStore, *, holder: str, count: Callable[[End], None]) -> Courier:
    """Who sends events over the internet, in development to this machine as well.

    Raises:
        JobError: keys of development cannot be kept.
    """
    made = terms(settings)
    sender = HttpSender(is_development=made.is_development)
    return Courier(graph, sender, secrets=made.secrets, holder=holder, count=count)
