"""Questions over several hops, answered with their reasons; every one is bounded in hops, rows and time."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from graph.errors import InvalidInputError
from graph.model import NodeKey
from graph.port import GraphStore

MAX_SIMILAR: Final = 50

# A municipality with more projects, or more municipalities beside it, is compared by the first ones (by project id, by
# number of shared projects): the answer stays the same on every backend, and its cost bounded.
_MOST_PROJECTS: Final = 500
_MOST_CANDIDATES: Final = 200


@dataclass(frozen=True, slots=True)
class SimilarMunicipality:
    """A municipality that shares projects with another one; `reasons` are these projects, by id."""

    municipality: NodeKey
    shared: int
    similarity: float
    """Jaccard: shared projects over all projects of the two, above 0 and at most 1."""
    reasons: tuple[NodeKey, ...]


async def similar_municipalities(
    store: GraphStore, ars: str, *, audiences: Collection[str], limit: int = 10, timeout_s: float = 5.0
) -> list[SimilarMunicipality]:
    """Municipalities that adopted, or are involved in, at least two of the projects that `ars` adopted or is involved in.

    At most four hops: municipality, adoption, project, adoption, municipality. A project or adoption that `audiences`
    may not see neither counts nor shows.

    Args:
        limit: Most rows, 1..MAX_SIMILAR.

    Returns:
        By (similarity descending, ars), without `ars` itself; empty when it is unknown or nothing is shared.

    Raises:
        InvalidInputError: `limit` out of range.
        GraphUnavailableError: unreachable, or not done within `timeout_s`.
    """
    if not 1 <= limit <= MAX_SIMILAR:
        raise InvalidInputError(f"first is 1 to {MAX_SIMILAR}, got {limit}")
    parameters = {
        "ars": ars,
        "audiences": sorted(audiences) or [""],
        "limit": limit,
        "most_projects": _MOST_PROJECTS,
        "most_candidates": _MOST_CANDIDATES,
    }
    records = await store.query("similar_municipalities", parameters, timeout_s=timeout_s)
    return [
        SimilarMunicipality(
            NodeKey("Municipality", peer),
            shared,
            similarity,
            tuple(NodeKey("Project", key) for key in sorted(projects)),
        )
        for peer, shared, similarity, projects in records
    ]
