"""Distance as a filter: projects of houses near a municipality."""

from typing import Final

import strawberry

from graph.reading.places import houses_near
from network.context import Context
from network.subgraphs.conditions import text_of
from search.port import Clause

_TIMEOUT_S: Final = 5.0


@strawberry.input(description="Houses near a municipality, as the crow flies.")
class Near:
    municipality: str = strawberry.field(description="Official key (ARS) of the municipality.")
    within_km: int = strawberry.field(description="Kilometres at most, 1 to 100.")

    def mark(self) -> tuple[str, ...]:
        """What tells it from another one, for cursors."""
        return self.municipality, str(self.within_km)


async def conditions(context: Context, near: Near | None) -> tuple[Clause, ...]:
    """Projects that a house near the municipality owns or takes part in; no condition where none is asked for.

    Raises:
        InvalidInputError: unknown municipality, one without coordinates, or a distance out of range.
        GraphUnavailableError: the graph does not answer.
    """
    if near is None:
        return ()
    ars = text_of("filter.near.municipality", near.municipality)
    timeout_s = context.remaining_s(most=_TIMEOUT_S)
    houses = await houses_near(context.store, ars, within_km=near.within_km, timeout_s=timeout_s)
    return (Clause(("houses",), frozenset(str(house.key) for house in houses)),)
