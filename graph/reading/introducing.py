"""Whom one knows somewhere: ways from one's own houses over projects, events and other houses to a house, project or expert.

A way is at most `MAX_HOPS` ties long. It is looked for level by level, from both ends, since one of the databases knows no
shortest paths: what hangs on both ends, then what hangs on the target's neighbours, then on one's own. Ways go through
nothing that the caller may not see and through no entry that is not published or archived.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from typing import Any, Final

from auth.policy import PUBLISHED_STAGES
from graph import links
from graph.ddl import LABELS
from graph.errors import InvalidInputError
from graph.links import Link
from graph.model import HOUSES, NodeKey
from graph.port import GraphStore
from graph.reading.bounded import Bounded
from graph.reading.ties import Brief, Tie, TieKind, ties_of
from graph.selection import MAX_PAGE, ByKeys, LinkRead, Page, Selection

MAX_HOPS: Final = 4
MAX_INTRODUCTIONS: Final = 20
TARGETS: Final = (*HOUSES, "Project", "Expert")
_ACQUAINTING: Final = (
    *(TieKind.OWNS, TieKind.INVOLVES, TieKind.ADOPTED, TieKind.HOSTS),
    *(TieKind.SERVES, TieKind.PARTNER_OF),
)
_OF_EXPERTS: Final = (TieKind.WORKS_AT, TieKind.CONTRIBUTES_TO)
_PASSABLE: Final = frozenset({*HOUSES, "Project", "Event"})
_EXPANDED: Final = 100
"""Neighbours of an end that are followed further. By turns of each label: projects that only their owner has to do with are no ways on."""
_FANOUT: Final = 50
"""Ties of each kind that are followed from such a neighbour."""
_COMPARED: Final = 5_000
"""Ways of one length that are compared; each node's strongest ties are followed first."""
_EXPERTS: Final = 20


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom to call at the end of a way: an expert, or the house or project itself, whose own contact has this function."""

    node: NodeKey
    name: str
    function: str | None


@dataclass(frozen=True, slots=True)
class Introduction:
    """A way: `nodes` from one's own house to the target, `ties` between each and the next."""

    nodes: tuple[Brief, ...]
    ties: tuple[Tie, ...]
    contact: Reached | None = None

    @property
    def is_confirmed(self) -> bool:
        """Whether both sides of every tie stand by it."""
        return all(tie.is_confirmed for tie in self.ties)


async def introductions(
    store: GraphStore,
    own: Collection[NodeKey],
    target: NodeKey,
    *,
    audiences: Collection[str],
    limit: int = 3,
    timeout_s: float = 5.0,
) -> list[Introduction] | None:
    """Ways from the houses `own` to `target`, one of `TARGETS`.

    Args:
        own: Houses; none where the caller has none.
        limit: Most ways, 1..MAX_INTRODUCTIONS.

    Returns:
        The shortest first, then those with the fewest unconfirmed ties, then those with the newest tie. Empty where
        there is none, or `target` is one of `own`; None where `target` is not there for `audiences`.

    Raises:
        InvalidInputError: `limit` out of range, or `target` of another kind.
        GraphUnavailableError: unreachable, or not done within `timeout_s`.
    """
    if not 1 <= limit <= MAX_INTRODUCTIONS:
        raise InvalidInputError(f"first is 1 to {MAX_INTRODUCTIONS}, got {limit}")
    if target.label not in TARGETS:
        raise InvalidInputError(f"to: expected the id of a house, a project or an expert, got {target.label!r:.40}")
    ask = Bounded.of(store, audiences, timeout_s)
    kinds = _OF_EXPERTS if target.label == "Expert" else _ACQUAINTING
    theirs, ours = await asyncio.gather(ties_of(ask, [target], kinds), ties_of(ask, own, _ACQUAINTING))
    if target not in theirs.there:
        return None
    if target in own or not ours.there:
        return []
    web = _Web(frozenset(own), target, {**ours.there, **theirs.there})
    web.add([*ours.ties, *theirs.ties])
    found = web.ways(2, limit)
    for depth, near in ((3, [target]), (4, list(ours.there))):
        if len(found) >= limit:
            break
        web.add((await ties_of(ask, web.around(near), _ACQUAINTING, most=_FANOUT)).ties)
        found = web.ways(depth, limit)
    return await _with_contacts(ask, target, found) if found else []


@dataclass(slots=True)
class _Web:
    """The ties read so far; between two nodes the strongest."""

    own: frozenset[NodeKey]
    target: NodeKey
    nodes: dict[NodeKey, Brief]
    ties: dict[NodeKey, dict[NodeKey, Tie]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, ties: Iterable[Tie]) -> None:
        for tie in ties:
            for near, far in ((tie.start, tie.end), (tie.end, tie.start)):
                self.nodes[near.key] = near
                known = self.ties[near.key].get(far.key)
                if known is None or tie.strength < known.strength:
                    self.ties[near.key][far.key] = tie

    def around(self, ends: Collection[NodeKey]) -> list[NodeKey]:
        """The neighbours of `ends` that ways may go on from, by turns of each label, those with the strongest ties first."""
        found: dict[NodeKey, Tie] = {}
        for end in ends:
            for key, tie in self.ties[end].items():
                known = found.get(key)
                if self._is_passable(key) and (known is None or tie.strength < known.strength):
                    found[key] = tie
        turns: dict[str, list[NodeKey]] = defaultdict(list)
        for key in sorted(found, key=lambda key: (found[key].strength, str(key))):
            turns[key.label].append(key)
        by_turns = (key for turn in zip_longest(*turns.values()) for key in turn if key is not None)
        return list(islice(by_turns, _EXPANDED))

    def ways(self, longest: int, limit: int) -> list[Introduction]:
        """The first `limit` ways of at most `longest` ties."""
        left = self._distances(longest)
        starts = [key for key in sorted(self.own, key=str) if key in left]
        found: list[Introduction] = []
        for length in range(1, longest + 1):
            if len(found) < limit:
                here = (way for start in starts for way in self._from((self.nodes[start],), (), length, left))
                found += sorted(islice(here, _COMPARED), key=_rank)
        return found[:limit]

    def _distances(self, longest: int) -> dict[NodeKey, int]:
        """How far the target is, from where it is not farther than `longest`."""
        found, frontier = {self.target: 0}, [self.target]
        for distance in range(1, longest + 1):
            reached = {far for near in frontier for far in self.ties[near]} - found.keys()
            found |= dict.fromkeys(reached, distance)
            frontier = [key for key in reached if self._is_passable(key)]
        return found

    def _from(
        self, nodes: tuple[Brief, ...], ties: tuple[Tie, ...], length: int, left: Mapping[NodeKey, int]
    ) -> Iterator[Introduction]:
        """Ways that begin with `nodes` and take `length` ties more, no node twice."""
        here = nodes[-1].key
        if here == self.target:
            if not length:
                yield Introduction(nodes, ties)
            return
        following = self.ties[here]
        for key in sorted(following, key=lambda key: (following[key].strength, str(key))):
            is_open = key == self.target or self._is_passable(key)
            if is_open and left.get(key, MAX_HOPS) < length and all(node.key != key for node in nodes):
                yield from self._from((*nodes, self.nodes[key]), (*ties, following[key]), length - 1, left)

    def _is_passable(self, key: NodeKey) -> bool:
        stage = self.nodes[key].stage
        is_open = stage is None or stage in PUBLISHED_STAGES
        return key.label in _PASSABLE and is_open and key not in self.own and key != self.target


def _rank(way: Introduction) -> tuple[int, int, tuple[str, ...]]:
    unconfirmed = sum(not tie.is_confirmed for tie in way.ties)
    return unconfirmed, -max(tie.newness for tie in way.ties), tuple(str(node.key) for node in way.nodes)


_EXPERT: Final = ("id", "name", "role")
_CONTRIBUTED: Final = LinkRead(links.EXPERT_PROJECTS, (Selection("Project", ("id",)),), page=0)


def _asked(label: str, experts: Link) -> Selection:
    known = Selection("Expert", _EXPERT, (_CONTRIBUTED,))
    return Selection(label, (LABELS[label].name_property, "contact"), (LinkRead(experts, (known,), page=1),))


_CONTACTS: Final[Mapping[str, Selection]] = {
    **{label: _asked(label, links.HOUSE_EXPERTS[label]) for label in HOUSES},
    "Project": _asked("Project", links.PROJECT_EXPERTS),
    "Expert": Selection("Expert", _EXPERT),
}


async def _with_contacts(ask: Bounded, target: NodeKey, ways: Sequence[Introduction]) -> list[Introduction]:
    """`ways` with whom to call at their end: an expert, best one who takes part in a project of the way; else the house's or project's own contact."""
    label = target.label
    pages = () if label == "Expert" else (Page(MAX_PAGE), Page(_EXPERTS))
    (row,) = await ask.select(_CONTACTS[label], ByKeys(label, LABELS[label].key, (target.value,)), pages)
    if row is None:
        return []
    read: Any = row
    if label == "Expert":
        return [replace(way, contact=Reached(target, read[1], read[2])) for way in ways]
    name, contact, experts = read
    function = (contact or {}).get("function")
    own = Reached(target, str(name), function) if contact else None
    found = []
    for way in ways:
        passed = {node.key.value for node in way.nodes if node.key.label == "Project"}
        best = min(experts, key=lambda one: passed.isdisjoint(project for (project,) in one[3]), default=None)
        reached = own if best is None else Reached(NodeKey("Expert", best[0]), str(best[1]), best[2])
        found.append(replace(way, contact=reached))
    return found
