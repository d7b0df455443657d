"""Municipalities like one of ours, with the reasons."""

from typing import Final

from graph.reading.traversals import similar_municipalities
from network.context import Context
from network.subgraphs.discovery.results import Similar

_TIMEOUT_S: Final = 5.0


async def like(context: Context, ars: str, first: int) -> list[Similar]:
    """At most `first` municipalities like `ars`; none where it is unknown.

    Raises:
        InvalidInputError: `first` is out of range.
    """
    found = await similar_municipalities(
        context.store,
        ars,
        audiences=context.audiences,
        limit=first,
        timeout_s=context.remaining_s(most=_TIMEOUT_S),
    )
    return [
        Similar(row.municipality, row.similarity, row.shared, f"{row.shared} gemeinsame Projekte", row.reasons)
        for row in found
    ]
