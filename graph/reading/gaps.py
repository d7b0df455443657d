"""Which services the municipalities of a hub do not offer online yet, and who could show them how."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graph import links
from graph.errors import InvalidInputError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.reading.bounded import Bounded
from graph.selection import ByKeys, LinkRead, Selection

MAX_GAPS: Final = 100
MAX_NAMED: Final = 20
"""Municipalities that are named on each side of a gap."""
MAX_PROJECTS: Final = 5
_MOST_PAIRS: Final = 100_000
"""Municipalities and services that are held against each other: as many as 100 services of 1,000 municipalities."""


@dataclass(frozen=True, slots=True)
class OtherHub:
    """A hub some of whose municipalities offer a service."""

    hub: NodeKey
    offered: int


@dataclass(frozen=True, slots=True)
class ServiceGap:
    """A service: of the `served` municipalities of a hub `offered` offer it online and `missing` do not, as far as is recorded."""

    service: NodeKey
    name: str
    served: int
    offered: int
    recorded: int
    """Administrations of the whole network, and beyond it, of which it is recorded that they offer it."""
    without: tuple[NodeKey, ...]
    """Municipalities of the hub that do not, the largest first, at most `MAX_NAMED`."""
    offering: tuple[NodeKey, ...]
    """Those that do, in the same order."""
    hubs: tuple[OtherHub, ...]
    """Other hubs whose municipalities do, by (how many, slug)."""
    project_count: int
    projects: tuple[NodeKey, ...]
    """Published ones that implement it, by title, at most `MAX_PROJECTS`."""

    @property
    def missing(self) -> int:
        return self.served - self.offered


_SERVED: Final = Selection(
    "Hub",
    ("slug",),
    (LinkRead(links.HUB_MUNICIPALITIES, (Selection("Municipality", ("ars",)),), count=True),),
)


async def service_gaps(
    store: GraphStore,
    hub: str,
    *,
    audiences: Collection[str],
    topic: str | None = None,
    limit: int = 20,
    timeout_s: float = 5.0,
) -> list[ServiceGap]:
    """Services whose online status is recorded anywhere, as the municipalities that the hub with the slug `hub` serves have them.

    What an Amt offers, each of its municipalities offers. Nothing is said of services of which nothing is recorded.

    Args:
        topic: Slug; only services that a project implements which addresses it, of those `audiences` may see.
        limit: Most services, 1..MAX_GAPS.

    Returns:
        By what most municipalities lack; of equals what most offer elsewhere, then by German name. Empty where the hub
        is unknown or serves nobody, or nothing is recorded.

    Raises:
        InvalidInputError: `limit` out of range.
        GraphUnavailableError: unreachable, or not done within `timeout_s`.
    """
    if not 1 <= limit <= MAX_GAPS:
        raise InvalidInputError(f"first is 1 to {MAX_GAPS}, got {limit}")
    ask = Bounded.of(store, audiences, timeout_s)
    rows, known, counted = await asyncio.gather(
        ask.select(_SERVED, ByKeys("Hub", "slug", (hub,))),
        ask.query("services_online", {"topic": topic or ""}),
        ask.query("services_online_of_hub", {"hub": hub}),
    )
    served: Any = rows[0][1] if rows[0] is not None else (0, ())
    if not served[0] or not known:
        return []
    offered: Counter[str] = Counter()
    for service, number in counted:
        offered[service] += number
    known.sort(key=lambda row: (offered[row[0]], -row[3], row[2], row[0]))
    return await _told(ask, hub, served, known[:limit], offered)


async def _told(
    ask: Bounded, hub: str, served: Any, shown: Sequence[Any], offered: Mapping[str, int]
) -> list[ServiceGap]:
    """The services that are shown, with whom they concern: what other hubs offer is read of these alone."""
    keys = [row[0] for row in shown]
    counted, pairs, implementing = await asyncio.gather(
        ask.query("services_online_of_hubs", {"services": keys}),
        ask.query("municipalities_offering", {"hub": hub, "services": keys, "limit": _MOST_PAIRS}),
        ask.query("projects_implementing", {"services": keys, "most": MAX_PROJECTS}),
    )
    by_service: dict[str, Counter[str]] = defaultdict(Counter)
    for slug, service, number in counted:
        by_service[service][slug] += number
    offering: dict[str, set[str]] = defaultdict(set)
    for service, ars in pairs:
        offering[service].add(ars)
    projects = {service: (number, ids) for service, number, ids in implementing}
    towns = [str(ars) for (ars,) in served[1]]

    def gap(key: str, name: str, recorded: int) -> ServiceGap:
        number, ids = projects[key]
        return ServiceGap(
            service=NodeKey("Service", key),
            name=name,
            served=served[0],
            offered=offered[key],
            recorded=recorded,
            without=_named([ars for ars in towns if ars not in offering[key]]),
            offering=_named([ars for ars in towns if ars in offering[key]]),
            hubs=_others(by_service[key], hub),
            project_count=number,
            projects=tuple(NodeKey("Project", one) for one in ids),
        )

    return [gap(key, name, recorded) for key, name, _, recorded in shown]


def _others(hubs: Mapping[str, int], hub: str) -> tuple[OtherHub, ...]:
    others = sorted(((slug, number) for slug, number in hubs.items() if slug != hub), key=lambda one: (-one[1], one[0]))
    return tuple(OtherHub(NodeKey("Hub", slug), number) for slug, number in others)


def _named(keys: Sequence[str]) -> tuple[NodeKey, ...]:
    return tuple(NodeKey("Municipality", ars) for ars in keys[:MAX_NAMED])
