"""What lies around a node: its neighbours, theirs where it has few, and the ties among all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Final

from graph.errors import InvalidInputError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.reading.bounded import Bounded
from graph.reading.ties import TIED, Brief, Tie, TieKind, ties_of
from graph.selection import MAX_PAGE

MAX_NEIGHBOURS: Final = 99
MAX_EDGES: Final = 300
_FEW: Final = 8
"""With fewer neighbours theirs are shown, too, up to `_ENOUGH` in all: of each tie from the end that has few of its kind, so
that a topic does not lead to all of its projects."""
_ENOUGH: Final = 20
_KINDS: Final = tuple(TieKind)


@dataclass(frozen=True, slots=True)
class Neighbour:
    node: Brief
    distance: int
    """0 for the node itself, then 1 or 2."""


@dataclass(frozen=True, slots=True)
class NeighbourEdge:
    """A tie between two of the nodes, in the direction of the relationship."""

    kind: TieKind
    start: NodeKey
    end: NodeKey
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`nodes` by distance, by turns of each kind of tie; `edges` first those of the node itself."""

    nodes: tuple[Neighbour, ...]
    edges: tuple[NeighbourEdge, ...]
    is_cut: bool
    """Whether the node has neighbours that are not shown, or there are more edges."""


async def neighbourhood(
    store: GraphStore, key: NodeKey, *, audiences: Collection[str], limit: int = 40, timeout_s: float = 5.0
) -> Neighbourhood | None:
    """The neighbours of the node `key`, one of `graph.reading.ties.TIED`, and every tie among the nodes that are shown.

    Args:
        limit: Most nodes beside `key`, 1..MAX_NEIGHBOURS.

    Returns:
        None where the node is not there for `audiences`, or is of no kind that has ties.

    Raises:
        InvalidInputError: `limit` out of range.
        GraphUnavailableError: unreachable, or not done within `timeout_s`.
    """
    if not 1 <= limit <= MAX_NEIGHBOURS:
        raise InvalidInputError(f"first is 1 to {MAX_NEIGHBOURS}, got {limit}")
    if key.label not in TIED:
        return None
    ask = Bounded.of(store, audiences, timeout_s)
    # Always as many: Ladybug plans, and keeps, a statement for each number.
    near = await ties_of(ask, [key], _KINDS, most=MAX_PAGE)
    if key not in near.there:
        return None
    found = {key: Neighbour(near.there[key], 0)}
    around = _by_turns(near.ties, [key])
    found |= {node.key: Neighbour(node, 1) for node in islice(around, limit)}
    is_cut = near.is_cut or next(around, None) is not None
    if 1 < len(found) <= _FEW:
        beyond = await ties_of(ask, [one for one in found if one != key], _KINDS, is_sparse=True)
        room = min(limit, _ENOUGH) - len(found) + 1
        others = _by_turns(beyond.ties, list(found))
        found |= {node.key: Neighbour(node, 2) for node in islice(others, max(room, 0))}
    edges, has_more = await _among(ask, found)
    edges.sort(key=lambda edge: (key not in (edge.start, edge.end), edge.kind, str(edge.start), str(edge.end)))
    return Neighbourhood(tuple(found.values()), tuple(edges[:MAX_EDGES]), is_cut or has_more or len(edges) > MAX_EDGES)


def _by_turns(ties: Iterable[Tie], known: Sequence[NodeKey]) -> Iterator[Brief]:
    """The far ends of `ties`, each once and none of `known`: one of each kind from each node, then the next of each."""
    turns: dict[tuple[NodeKey, TieKind, bool], list[Brief]] = defaultdict(list)
    ends = set(known)
    for tie in ties:
        for near, far, is_out in ((tie.start, tie.end, True), (tie.end, tie.start, False)):
            if near.key in ends and far.key not in ends:
                turns[near.key, tie.kind, is_out].append(far)
    by_turns = (node for turn in zip_longest(*turns.values()) for node in turn if node is not None)
    return iter({node.key: node for node in by_turns}.values())


async def _among(ask: Bounded, shown: Mapping[NodeKey, Neighbour]) -> tuple[list[NeighbourEdge], bool]:
    """The ties among the nodes, and whether there may be more of them."""
    read = await ties_of(ask, list(shown), _KINDS, is_sparse=True)
    edges: dict[tuple[TieKind, NodeKey, NodeKey], bool] = {}
    for tie in read.ties:
        if tie.start.key in shown and tie.end.key in shown:
            edge = tie.kind, tie.start.key, tie.end.key
            edges[edge] = tie.is_confirmed or edges.get(edge, False)
    return [NeighbourEdge(*edge, is_confirmed) for edge, is_confirmed in edges.items()], read.is_cut
