"""Who asks, with which ports and until when: one frozen value per request, never a global."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from auth import policy
from auth.principal import Anonymous, Caller
from graph.commands.feed_addresses import Terms as FeedTerms
from graph.commands.webhooks import Terms
from graph.errors import GraphUnavailableError
from graph.port import GraphStore
from graph.writing.unit_of_work import UnitOfWork
from network.rates import Allowance, Kind
from search.service import SearchService


def _nobody_listens() -> None:
    """What is written is found out by whoever looks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    store: GraphStore
    search: SearchService | None = None
    """None where this process serves no subgraph that searches."""
    caller: Caller = field(default_factory=Anonymous)
    deadline: float = float("inf")
    """On the clock of `time.monotonic`; every call to a port gets what is left until then."""
    request_id: str = ""
    on_commit: Callable[[], None] = _nobody_listens
    """Called after each commit of a mutation: the indexer need not wait until it looks again."""
    allowance: Allowance = field(default_factory=Allowance)
    webhooks: Terms | None = None
    """None where this process knows no keys to seal secrets with."""
    feeds: FeedTerms | None = None
    """None where this process knows no pages, and so no lists."""
    unit_of_work: UnitOfWork = field(init=False)
    audiences: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit_of_work", UnitOfWork(self.store))
        object.__setattr__(self, "audiences", policy.audiences(self.caller))

    def take(self, kind: Kind) -> None:
        """Counts one more of `kind` for the caller.

        Raises:
            RateLimitedError: too many of them; nothing was counted.
        """
        self.allowance.take(kind, self.caller)

    def remaining_s(self, *, most: float = 10.0) -> float:
        """Seconds until the deadline, at most `most`.

        Raises:
            GraphUnavailableError: the time is over.
        """
        left = min(self.deadline - time.monotonic(), most)
        if left <= 0:
            raise GraphUnavailableError("the time for this request is over")
        return left
