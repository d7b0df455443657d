"""What fits the open needs and offers of houses: projects, experts, and needs of the other kind from other houses.

Everything is read as somebody: for the field `matches` as the caller, so that nothing hidden is shown, counted or moves
anything; for news as the system, since `graph.telling.hearers` asks what each hearer may read.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from auth import policy
from auth.policy import EVERYTHING
from graph import links
from graph.ddl import LABELS
from graph.links import Link, Order
from graph.model import NodeKey
from graph.port import GraphStore
from graph.records import News
from graph.selection import MAX_PAGE, ByKeys, Compare, Condition, Linked, LinkRead, Match, Operator, Page, Selection
from graph.telling.hearing import Hearing
from graph.telling.people import asked
from graph.vocabulary import NeedKind, NeedStatus, NewsKind, Stage, Visibility
from search.beside import beside
from search.matching import Fit, Side, fit

MAX_MATCHES: Final = 50
_TIMEOUT_S: Final = 5.0
_LATEST: Final = (Order("updated_at", is_descending=True),)
_TOLD: Final = {
    NewsKind.PROJECT_PUBLISHED: "Project",
    NewsKind.EXPERT_JOINED: "Expert",
    NewsKind.NEED_POSTED: "Need",
}
_KEPT_SHORT: Final = 80
"""Characters of a need's title in a reason."""


def _named(link: Link, *inner: LinkRead) -> LinkRead:
    (label,) = link.target
    return LinkRead(link, (Selection(label, (LABELS[label].key, LABELS[label].name_property), inner),))


_NEAR: Final = (_named(links.TOPIC_BROADER), _named(links.TOPIC_NARROWER))
_HOUSE: Final = LinkRead(
    links.NEED_HOUSE, tuple(Selection(label, (LABELS[label].key,)) for label in links.NEED_HOUSE.target)
)
_SELECTIONS: Final = {
    "Need": Selection(
        "Need",
        ("id", "status", "kind", "title", "text"),
        (_named(links.NEED_SERVICES), _named(links.NEED_TOPICS, *_NEAR), _HOUSE),
    ),
    "Project": Selection(
        "Project",
        ("id", "stage", "title", "summary"),
        (_named(links.PROJECT_SERVICES), _named(links.PROJECT_TOPICS, *_NEAR)),
    ),
    "Expert": Selection(
        "Expert",
        ("id", "visibility", "is_person", "consent_given_at", "role"),
        (_named(links.EXPERT_TOPICS, *_NEAR),),
    ),
}
_BY_SERVICE: Final = {"Project": links.PROJECT_SERVICES, "Need": links.NEED_SERVICES}
_BY_TOPIC: Final = {"Project": links.PROJECT_TOPICS, "Need": links.NEED_TOPICS, "Expert": links.EXPERT_TOPICS}
_STANDING: Final[dict[str, tuple[Condition, ...]]] = {
    "Project": (Compare("stage", Operator.EQUALS, Stage.PUBLISHED.value),),
    "Need": (Compare("status", Operator.EQUALS, NeedStatus.OPEN.value),),
    "Expert": (),
}


@dataclass(frozen=True, slots=True)
class Matched:
    """Something that fits."""

    key: NodeKey
    fit: Fit


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Something that may fit, as somebody reads it.

    Attributes:
        kind: Of a need; else None.
        house: Whose need it is.
    """

    key: NodeKey
    side: Side
    is_standing: bool
    title: str = ""
    kind: NeedKind | None = None
    house: NodeKey | None = None

    def concerns(self, other: "_Candidate") -> bool:
        """Whether the two can fit at all: a need and something that stands, no need of the same kind or house."""
        if not other.is_standing or other.key == self.key:
            return False
        return other.kind is None or (other.kind is not self.kind and other.house != self.house)


async def matches_of(store: GraphStore, need: str, *, audiences: Collection[str], first: int) -> list[Matched]:
    """At most `first` things that fit a need, the best first; none where it is closed, or not for these eyes.

    Args:
        need: Its id.
        first: 0..MAX_MATCHES.

    Raises:
        GraphUnavailableError: the graph does not answer.
    """
    ours = (await _read(store, "Need", ByKeys("Need", "id", (need,)), audiences))[:1]
    if not ours or not ours[0].is_standing or not first:
        return []
    others = [one for label in _BY_TOPIC for one in await _around(store, label, ours[0].side, audiences)]
    matched = await beside(_fitting, ours[0], others)
    matched.sort(key=lambda one: (-one.fit.score, one.key.label, one.key.value))
    return matched[:first]


async def need_owners(store: GraphStore, news: News) -> Sequence[Hearing]:
    """A rule of `graph.telling.hearers`: people of houses whose open needs something new fits."""
    label = _TOLD.get(news.kind)
    if label is None:
        return []
    key = news.entity.partition(":")[2]
    new = await _read(store, label, ByKeys(label, LABELS[label].key, (key,)), EVERYTHING)
    if not new or not new[0].is_standing:
        return []
    needs = await _around(store, "Need", new[0].side, EVERYTHING)
    hearings: dict[str, Hearing] = {}
    for need in await beside(_best_for, new[0], needs):
        said = need.fit.reasons[0].label
        for person in await asked(store, policy.doers([need.house], decides=False)):
            hearings.setdefault(person.id, Hearing(person.id, f"Passt zu {need.called}: {said}", NewsKind.NEED_MATCHED))
    return list(hearings.values())


@dataclass(frozen=True, slots=True)
class _Called:
    """A need that something fits, and what to call it."""

    house: NodeKey
    called: str
    fit: Fit


def _best_for(new: _Candidate, needs: Sequence[_Candidate]) -> list[_Called]:
    found = []
    for need in needs:
        matched = fit(need.side, new.side) if need.concerns(new) and need.is_standing else None
        if matched is not None and need.house is not None:
            what = "Gesuch" if need.kind is NeedKind.SEEKS else "Angebot"
            found.append(_Called(need.house, f"Ihrem {what} „{need.title[:_KEPT_SHORT]}“", matched))
    return sorted(found, key=lambda one: (-one.fit.score, one.called))


def _fitting(ours: _Candidate, others: Sequence[_Candidate]) -> list[Matched]:
    return [
        Matched(other.key, found)
        for other in others
        if ours.concerns(other) and (found := fit(ours.side, other.side)) is not None
    ]


async def _around(store: GraphStore, label: str, side: Side, audiences: Collection[str]) -> list[_Candidate]:
    """What may fit: the latest with a service of ours, with a topic of ours or near it, and the latest of all.

    Each is a page of its own, so that whatever is more than a page takes no room from what shares more.
    """
    topics = [*side.topics, *side.near_topics]
    conditions: list[tuple[Condition, ...]] = [()]
    if side.services and label in _BY_SERVICE:
        conditions.append((_linked(_BY_SERVICE[label], "leika_id", side.services),))
    conditions += [(_linked(_BY_TOPIC[label], "slug", slugs),) for slugs in (side.topics, topics) if slugs]
    found: dict[NodeKey, _Candidate] = {}
    for where in conditions:
        start = Match(label, (*_STANDING[label], *where), _LATEST, Page(MAX_PAGE))
        for candidate in await _read(store, label, start, audiences):
            found.setdefault(candidate.key, candidate)
    return list(found.values())


def _linked(link: Link, key: str, values: Collection[str]) -> Linked:
    return Linked(link, (Compare(key, Operator.ONE_OF, tuple(sorted(values))),))


async def _read(store: GraphStore, label: str, start: ByKeys | Match, audiences: Collection[str]) -> list[_Candidate]:
    selected = await store.select(_SELECTIONS[label], start, audiences=audiences, timeout_s=_TIMEOUT_S)
    made = {"Need": _need, "Project": _project, "Expert": _expert}[label]
    return [made(row) for row in selected.rows if row is not None]


def _need(row: Sequence[Any]) -> _Candidate:
    identifier, status, kind, title, text, services, topics, house = row
    return _Candidate(
        NodeKey("Need", str(identifier)),
        Side(f"{title}\n{text or ''}", _names(services), _names(topics), _near(topics)),
        status == NeedStatus.OPEN,
        str(title),
        NeedKind(kind),
        None if house is None else NodeKey(str(house[0]), str(house[1])),
    )


def _project(row: Sequence[Any]) -> _Candidate:
    identifier, stage, title, summary, services, topics = row
    side = Side(f"{title}\n{summary or ''}", _names(services), _names(topics), _near(topics))
    return _Candidate(NodeKey("Project", str(identifier)), side, stage == Stage.PUBLISHED)


def _expert(row: Sequence[Any]) -> _Candidate:
    identifier, visibility, is_person, consent, role, topics = row
    # A person who has not consented is shown to insiders alone, and matched with nothing.
    is_standing = visibility != Visibility.PRIVATE and (not is_person or consent is not None)
    side = Side(str(role or ""), {}, _names(topics), _near(topics))
    return _Candidate(NodeKey("Expert", str(identifier)), side, is_standing)


def _names(items: Sequence[Sequence[Any]]) -> dict[str, str]:
    return {str(item[0]): str(item[1]) for item in items}


def _near(topics: Sequence[Sequence[Any]]) -> dict[str, str]:
    """Topics above and below, without the topics themselves."""
    found: dict[str, str] = {}
    for _, _, broader, narrower in topics:
        found |= _names([*([broader] if broader is not None else []), *narrower])
    own = {str(topic[0]) for topic in topics}
    return {key: name for key, name in found.items() if key not in own}
