"""Questions over several hops, answered with their reasons; every one is bounded in hops, rows and time."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from graph.errors import GraphUnavailableError, InvalidInputError
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
    ask = _Question(store, sorted(audiences) or [""], asyncio.get_running_loop().time() + timeout_s)
    own = sorted((await ask.projects([ars])).get(ars, ()))[:_MOST_PROJECTS]
    if not own:
        return []
    shared = await ask.sharing(ars, own[-1])
    candidates = sorted(shared, key=lambda peer: (-len(shared[peer]), peer))[:_MOST_CANDIDATES]
    found: list[SimilarMunicipality] = []
    while candidates and _may_rank(len(shared[candidates[0]]) / len(own), found, limit):
        # By number of shared projects: what the first ones reach, most of the others can no longer.
        peers, candidates = candidates[:limit], candidates[limit:]
        for peer, theirs in (await ask.projects(peers)).items():
            both = shared[peer]
            similarity = len(both) / (len(own) + len(theirs | both) - len(both))
            reasons = tuple(NodeKey("Project", key) for key in sorted(both))
            found.append(SimilarMunicipality(NodeKey("Municipality", peer), len(both), similarity, reasons))
        found.sort(key=lambda row: (-row.similarity, row.municipality.value))
    return found[:limit]


def _may_rank(highest: float, found: list[SimilarMunicipality], limit: int) -> bool:
    """Whether a municipality whose similarity is at most `highest` may still be among the first `limit`."""
    return len(found) < limit or highest >= found[limit - 1].similarity


@dataclass(frozen=True, slots=True)
class _Question:
    store: GraphStore
    audiences: list[str]
    deadline: float

    async def projects(self, keys: list[str]) -> dict[str, set[str]]:
        """The projects of each of these municipalities, as far as they are there and have any."""
        return await self._united("projects_of_municipalities", {"keys": keys})

    async def sharing(self, ars: str, last_project: str) -> dict[str, set[str]]:
        """What others share with `ars` of its projects up to `last_project`: at least two."""
        parameters = {"ars": ars, "last_project": last_project, "most_candidates": _MOST_CANDIDATES}
        found = await self._united("municipalities_sharing_projects", parameters)
        return {peer: shared for peer, shared in found.items() if peer != ars and len(shared) >= 2}

    async def _united(self, name: str, parameters: dict[str, Any]) -> dict[str, set[str]]:
        left_s = self.deadline - asyncio.get_running_loop().time()
        if left_s <= 0:
            raise GraphUnavailableError("the graph database did not answer in time")
        found: dict[str, set[str]] = {}
        records = await self.store.query(name, {**parameters, "audiences": self.audiences}, timeout_s=left_s)
        for key, projects in records:
            found.setdefault(key, set()).update(projects)
        return found
