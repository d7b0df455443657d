"""What ties two things of the network together, as people see it: a relationship, or an adoption between house and project.

Ties are read as selections, so that whatever a caller may not see, at an end or on the way, is not there. A partner that
nobody confirmed ties nothing: of an entry that people registered, and of a house that was asked, it counts once confirmed.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from graph import links
from graph.ddl import LABELS, RELATIONSHIPS
from graph.links import Direction, Link, Order
from graph.model import HOUSES, NodeKey
from graph.reading.bounded import Bounded
from graph.selection import MAX_ROWS, ByKeys, LinkRead, Page, Selection
from graph.vocabulary import Origin

TIED: Final = (*HOUSES, "Expert", "Project", "Topic", "Service", "FundingProgramme", "Event", "Need")
"""Labels of what ties lead from and to."""


class TieKind(StrEnum):
    """Named as the relationship; `ADOPTED` stands for house, adoption and project."""

    OWNS = "OWNS"
    INVOLVES = "INVOLVES"
    ADOPTED = "ADOPTED"
    SERVES = "SERVES"
    PARTNER_OF = "PARTNER_OF"
    FOCUSES_ON = "FOCUSES_ON"
    ADDRESSES = "ADDRESSES"
    SUBTOPIC_OF = "SUBTOPIC_OF"
    IMPLEMENTS = "IMPLEMENTS"
    OFFERS_ONLINE = "OFFERS_ONLINE"
    FUNDED_BY = "FUNDED_BY"
    DERIVED_FROM = "DERIVED_FROM"
    WORKS_AT = "WORKS_AT"
    KNOWS = "KNOWS"
    CONTRIBUTES_TO = "CONTRIBUTES_TO"
    CONCERNS = "CONCERNS"
    HAS = "HAS"
    HOSTS = "HOSTS"
    ABOUT = "ABOUT"
    PART_OF = "PART_OF"


@dataclass(frozen=True, slots=True)
class Brief:
    """A node with the name that lists show; `stage` of a project alone."""

    key: NodeKey
    name: str
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """In the direction of the relationship; of `ADOPTED` from house to project."""

    kind: TieKind
    start: Brief
    end: Brief
    is_confirmed: bool = True
    """False for what one side alone tells: adoptions and partners that the other side has not confirmed."""
    date: str = ""
    """Partial date since when, as far as it is known; "" where it is not."""
    status: str | None = None
    """Of an adoption."""

    def other(self, key: NodeKey) -> Brief:
        return self.end if self.start.key == key else self.start

    @property
    def newness(self) -> int:
        """The date as a number, 0 where it is not known."""
        return int("".join(filter(str.isdigit, self.date))[:8].ljust(8, "0"))

    @property
    def strength(self) -> tuple[bool, int, str]:
        """What ties are compared by, the strongest lowest: confirmed, newer, then by kind."""
        return not self.is_confirmed, -self.newness, self.kind


@dataclass(frozen=True, slots=True)
class TiesFound:
    ties: list[Tie]
    there: dict[NodeKey, Brief]
    """Those of the nodes asked for that the audience may see."""
    is_cut: bool
    """Whether a node has more ties of one kind than were read."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One kind of tie, from one label in one direction."""

    kind: TieKind
    link: Link
    beyond: Link | None = None
    """From the adoption on."""

    @property
    def is_out(self) -> bool:
        return self.link.direction is Direction.OUT if self.beyond is None else self.link.source != "Project"


_EXTRA: Final[Mapping[str, tuple[str, ...]]] = {
    "Project": ("stage", "origin", "started"),
    "Event": ("starts_at",),
}
_EDGE: Final[Mapping[str, tuple[str, ...]]] = {
    "INVOLVES": ("confirmed_at", "asked_at"),
    "SERVES": ("since",),
    "PARTNER_OF": ("since",),
    "OFFERS_ONLINE": ("since",),
}
_ADOPTION: Final = ("status", "since", "confirmed_by_owner_at")


_FEW_AT_END: Final = frozenset({TieKind.OWNS, TieKind.ADOPTED, TieKind.SERVES, TieKind.HAS, TieKind.HOSTS})
"""Kinds of which the end has fewer than the start; of all others it is the start."""


@cache
def _steps(label: str, kinds: frozenset[TieKind], *, is_sparse: bool) -> tuple[_Step, ...]:
    """The kinds of tie that nodes of `label` may have, in the order in which they are declared."""
    found = _all_steps(label, kinds)
    return tuple(step for step in found if not is_sparse or step.is_out != (step.kind in _FEW_AT_END))


def _all_steps(label: str, kinds: frozenset[TieKind]) -> list[_Step]:
    found: list[_Step] = []
    for kind in TieKind:
        if kind not in kinds:
            continue
        if kind is TieKind.ADOPTED:
            if label in HOUSES:
                found.append(_Step(kind, links.HOUSE_ADOPTIONS[label], links.ADOPTION_PROJECT))
            elif label == "Project":
                found.append(_Step(kind, links.PROJECT_ADOPTIONS, links.ADOPTION_HOUSE))
            continue
        pairs = [pair for pair in RELATIONSHIPS[kind].pairs if set(pair) <= set(TIED)]
        for direction, here, there in ((Direction.OUT, 0, 1), (Direction.IN, 1, 0)):
            targets = tuple(pair[there] for pair in pairs if pair[here] == label)
            if targets:
                found.append(_Step(kind, Link(label, kind.value, direction, targets, _order(targets))))
    return found


def _order(targets: Sequence[str]) -> tuple[Order, ...]:
    """By German name where all of the targets have one property for it."""
    names = {next(iter(LABELS[target].node.sort_keys)) for target in targets}
    return (Order(names.pop()),) if len(names) == 1 else ()


def _brief_of(label: str) -> tuple[str, ...]:
    return (LABELS[label].key, LABELS[label].name_property, *_EXTRA.get(label, ()))


def _far(link: Link, *, page: int | None) -> LinkRead:
    variants = tuple(Selection(label, _brief_of(label)) for label in link.target)
    return LinkRead(link, variants, edge=_EDGE.get(link.relationship, ()), page=page, has_lookahead=page is not None)


@cache
def _selection(label: str, steps: tuple[_Step, ...], page: int | None) -> Selection:
    reads = []
    for step in steps:
        if step.beyond is None:
            reads.append(_far(step.link, page=page))
        else:
            adoption = Selection("Adoption", _ADOPTION, (_far(step.beyond, page=None),))
            reads.append(LinkRead(step.link, (adoption,), page=page, has_lookahead=page is not None))
    return Selection(label, _brief_of(label), tuple(reads))


async def ties_of(
    ask: Bounded,
    keys: Collection[NodeKey],
    kinds: Collection[TieKind],
    *,
    most: int | None = None,
    is_sparse: bool = False,
) -> TiesFound:
    """The ties of `kinds` that the nodes have; one read for each label among `keys`.

    Args:
        is_sparse: Only those of which the node is the end that has few: for ties among many nodes.
        most: Most ties of one kind of one node, 1..MAX_PAGE, by German name, adoptions the latest first. None: MAX_ROWS.
    """
    by_label: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        by_label[key.label].append(key.value)
    parts = {label: _steps(label, frozenset(kinds), is_sparse=is_sparse) for label in by_label}
    page = None if most is None else 0
    answers = await asyncio.gather(
        *(
            ask.select(
                _selection(label, steps, page),
                ByKeys(label, LABELS[label].key, tuple(by_label[label])),
                () if most is None or not steps else (Page(most),),
            )
            for label, steps in parts.items()
        )
    )
    ties: list[Tie] = []
    there: dict[NodeKey, Brief] = {}
    is_cut = False
    for (label, steps), rows in zip(parts.items(), answers, strict=True):
        width = len(_brief_of(label))
        for row in filter(None, rows):
            near = _brief(label, row[:width])
            there[near.key] = near
            values = dict(zip(_brief_of(label), row[:width], strict=True))
            for step, read in zip(steps, row[width:], strict=True):
                items: Any = read
                is_cut = is_cut or len(items) > (most or MAX_ROWS - 1)
                ties.extend(_ties(step, near, values, items[:most]))
    return TiesFound(ties, there, is_cut)


def _ties(step: _Step, near: Brief, near_values: Mapping[str, Any], items: Sequence[Any]) -> Iterator[Tie]:
    for item in items:
        if step.beyond is not None:
            status, since, confirmed_at, far_item = item
            if far_item is None:
                continue
            far, _ = _far_of(step.beyond, far_item, 0)
            start, end = (near, far) if step.is_out else (far, near)
            yield Tie(step.kind, start, end, confirmed_at is not None, since or "", status)
            continue
        names = _EDGE.get(step.kind, ())
        far, far_values = _far_of(step.link, item, len(names))
        at = len(step.link.target) > 1
        edge = dict(zip(names, item[at : at + len(names)], strict=True))
        is_confirmed = True
        if step.kind is TieKind.INVOLVES:
            origin = near_values.get("origin", far_values.get("origin"))
            is_confirmed = edge["confirmed_at"] is not None
            if not is_confirmed and (origin == Origin.REGISTERED or edge["asked_at"] is not None):
                continue
        start, end = (near, far) if step.is_out else (far, near)
        yield Tie(step.kind, start, end, is_confirmed, _date(edge, near_values, far_values))


def _date(edge: Mapping[str, Any], *ends: Mapping[str, Any]) -> str:
    dates = (edge.get("since"), *(end.get(name) for end in ends for name in ("started", "starts_at")))
    return next((str(date) for date in dates if date), "")


def _far_of(link: Link, item: Sequence[Any], edges: int) -> tuple[Brief, dict[str, Any]]:
    has_label = len(link.target) > 1
    label = item[0] if has_label else link.target[0]
    values = item[has_label + edges :]
    return _brief(label, values), dict(zip(_brief_of(label), values, strict=True))


def _brief(label: str, values: Sequence[Any]) -> Brief:
    return Brief(NodeKey(label, str(values[0])), str(values[1]), values[2] if label == "Project" else None)
