"""How much there is, for a start page."""

from collections.abc import Collection
from dataclasses import dataclass

from graph.port import GraphStore
from graph.reading.bounded import Bounded
from graph.vocabulary import IN_REUSE


@dataclass(frozen=True, slots=True)
class NetworkCounts:
    """What there is of each kind, as far as it may be seen."""

    hubs: int = 0
    municipalities: int = 0
    """Those that a hub serves."""
    universities: int = 0
    projects: int = 0
    """Published ones."""
    confirmed_adoptions: int = 0
    """Of published projects, those that ended left out."""
    open_needs: int = 0


async def network_counts(store: GraphStore, *, audiences: Collection[str], timeout_s: float = 5.0) -> NetworkCounts:
    """One read. It looks at each project, adoption and need, whose readers no index knows.

    Raises:
        GraphUnavailableError: unreachable, or not done within `timeout_s`.
    """
    counted = await Bounded.of(store, audiences, timeout_s).query("network_counts", {"in_reuse": sorted(IN_REUSE)})
    return NetworkCounts(**{str(name): int(number) for name, number in counted})
