"""How an example is entered: by a sample account, at a moment that lies back, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from graph.actors import Actor, System
from graph.model import NodeKey
from graph.port import GraphStore
from graph.values import Instant, PartialDate, instant
from graph.writing.unit_of_work import UnitOfWork
from network.development.examples import cast

EXAMPLES: Final = System("examples")

Answer = Mapping[str, Any]


class Command(Protocol):
    """One of `graph.commands`."""

    async def __call__(
        self, unit_of_work: UnitOfWork, command: Any, /, *, actor: Actor, idempotency_key: str | None = None
    ) -> Any: ...


@dataclass(frozen=True, slots=True)
class Play:
    """Runs commands on a store as sample accounts of `issuer`. What was entered before answers as it did then."""

    store: GraphStore
    issuer: str
    now: datetime

    def at(self, days_ago: float) -> UnitOfWork:
        """Units of work whose clock stands `days_ago` days back."""
        moment = Instant(instant(self.now - timedelta(days=days_ago)))
        return UnitOfWork(self.store, clock=lambda: moment)

    def day(self, days: int) -> PartialDate:
        """The day that lies `days` ahead; before today where negative."""
        return PartialDate((self.now + timedelta(days=days)).date().isoformat())

    async def do(self, what: Command, command: Any, *, by: str, name: str, days_ago: float = 0.0) -> Answer:
        """The answer of the command, run once under `name` by the sample account `by`."""
        actor = cast.principal(self.issuer, by)
        answer: Answer = await what(self.at(days_ago), command, actor=actor, idempotency_key=f"example: {name}")
        return answer


def named(answer: Answer, label: str = "Project") -> NodeKey:
    """What an answer names."""
    return NodeKey(label, str(answer["id"]))
