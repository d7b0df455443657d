"""What is recorded of one administrative service of one administration."""

from dataclasses import dataclass

from graph.port import GraphStore
from graph.values import PartialDate


@dataclass(frozen=True, slots=True)
class OnlineService:
    """That a service is offered online; None of each part where it is not known."""

    url: str | None = None
    since: PartialDate | None = None
    source: str | None = None


async def online_service(
    store: GraphStore, municipality: str, service: str, *, timeout_s: float = 5.0
) -> OnlineService | None:
    """What is recorded for the administration with the ARS `municipality` itself; None where nothing is.

    Raises:
        GraphUnavailableError: unreachable, or not done within `timeout_s`.
    """
    rows = await store.query("online_service", {"municipality": municipality, "service": service}, timeout_s=timeout_s)
    return OnlineService(*rows[0]) if rows else None
