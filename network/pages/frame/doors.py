"""What stands behind the pages that links in e-mails open."""

from collections.abc import Callable
from dataclasses import dataclass

from graph.port import GraphStore
from network.mail.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True)
class Doors:
    """What those pages read and write with.

    Attributes:
        origin: Where our own pages come from.
        on_commit: Called after a decision was written.
    """

    store: GraphStore
    subscriptions: Subscriptions
    origin: str
    on_commit: Callable[[], None]
