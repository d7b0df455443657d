"""The double-work alarm: entries that are probably the same work as one that is being written.

The engine proposes, by the words of the title and by services; what the graph shows this caller is judged. However many
entries there are, the engine is asked once and the graph once.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from auth.policy import NETWORK
from graph import links
from graph.ddl import LABELS
from graph.links import Link
from graph.selection import ByKeys, LinkRead, Selection
from graph.vocabulary import Stage
from search import requests
from search.beside import beside
from search.duplicates import Band, Draft, Entry, Judge, Likeness
from search.errors import InvalidSearchRequestError
from search.port import Candidate, Clause, Scope, Tier
from search.service import SearchService

MAX_SUMMARY: Final = 2_000
MAX_KEYS: Final = 50
"""Services, and topics, of one draft."""
_CANDIDATES: Final = 200
_JUDGED: Final = 40
"""Candidates that are read from the graph: those that answer most of the title, and those with a service of ours."""
_ORDER: Final = tuple(Band)


def _named(link: Link) -> LinkRead:
    (label,) = link.target
    return LinkRead(link, (Selection(label, (LABELS[label].key, LABELS[label].name_property)),))


_COMPARED: Final = Selection(
    "Project", ("id", "title", "summary", "stage"), (_named(links.PROJECT_SERVICES), _named(links.PROJECT_TOPICS))
)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An entry that the caller may read, and what speaks for its being the same work.

    Attributes:
        reuse: Confirmed adoptions, of those that the caller may see.
    """

    id: str
    likeness: Likeness
    reuse: int


async def possible_duplicates(
    service: SearchService,
    draft: Draft,
    *,
    audiences: Collection[str],
    excluding: Collection[str] = (),
    first: int,
    timeout_s: float,
) -> list[Duplicate]:
    """At most `first` entries, the likeliest first; none where there is no word in the title. What is not published yet counts
    for those who may read it: a second registration of the same work most often is one's own.

    Args:
        excluding: Ids of projects that are left out: the draft itself.

    Raises:
        InvalidSearchRequestError: the title or summary is too long, or there are too many keys.
        SearchUnavailableError: the engine does not answer.
        GraphUnavailableError: the graph does not.
    """
    _check(draft)
    if not draft.title.strip():
        return []
    lexicon = await service.lexicons.of(audiences)
    thesaurus = await service.thesauri.fresh()
    judge = await beside(Judge, draft, lexicon, thesaurus)
    if not (tiers := list(_tiers(judge))):
        return []
    scope = Scope(audiences=audiences, excluded={*await service.outbox.narrowed_ids(), *excluding})
    found = await service.index.retrieve(tiers, scope, limit=_CANDIDATES, timeout_s=timeout_s)
    best = await beside(_best, judge, found.documents)
    if not best:
        return []
    start = ByKeys("Project", "id", tuple(one.id for one in best))
    selected = await service.graph.select(_COMPARED, start, audiences=audiences, timeout_s=timeout_s)
    reuse = "network_reuse" if NETWORK in audiences else "reuse"
    counts = {one.id: int(one.attributes.get(reuse, 0)) for one in best}
    judged = await beside(lambda: list(_judged(judge, selected.rows)))
    judged.sort(key=lambda row: (_ORDER.index(row[1].band), -row[1].nearness, row[0]))
    return [Duplicate(key, likeness, counts[key]) for key, likeness in judged[:first]]


def _check(draft: Draft) -> None:
    requests.check_text(draft.title)
    if len(draft.summary) > MAX_SUMMARY:
        raise InvalidSearchRequestError(f"a summary has at most {MAX_SUMMARY:,} characters, not {len(draft.summary):,}")
    for name, keys in (("services", draft.services), ("topics", draft.topics)):
        if len(keys) > MAX_KEYS:
            raise InvalidSearchRequestError(f"{name}: at most {MAX_KEYS}, not {len(keys)}")


def _tiers(judge: Judge) -> Iterator[Tier]:
    """What to retrieve: first what has a service of ours and any word, then what answers the title."""
    tiers = judge.query.tiers()
    if judge.draft.services and tiers:
        yield (Clause(("services",), judge.draft.services), *tiers[-1])
    yield from tiers


def _best(judge: Judge, documents: Sequence[Candidate]) -> list[Candidate]:
    """Those worth a closer look, by what their indexed words answer."""

    def words(candidate: Candidate, name: str) -> list[str]:
        return str(candidate.attributes.get(name, "")).split()

    weighed = [
        (
            not judge.draft.services.isdisjoint(candidate.attributes.get("services", ())),
            judge.answers(words(candidate, "title"), words(candidate, "summary")),
            candidate,
        )
        for candidate in documents
    ]
    weighed.sort(key=lambda row: (-(row[1] + 0.5 * row[0]), row[2].id))
    return [candidate for _, _, candidate in weighed[:_JUDGED]]


def _judged(judge: Judge, rows: Sequence[list[Any] | None]) -> Iterator[tuple[str, Likeness]]:
    for row in rows:
        if row is None or row[3] == Stage.WITHDRAWN:
            continue
        key, title, summary, _, services, topics = row
        entry = Entry(str(title), str(summary or ""), _names(services), _names(topics))
        if (likeness := judge.judge(entry)) is not None:
            yield str(key), likeness


def _names(items: Sequence[Sequence[Any]]) -> dict[str, str]:
    return {str(key): str(name) for key, name in items}
