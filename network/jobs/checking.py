"""The consistency check: whether the index is as the graph says, and whether every record has what it belongs to."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from auth.policy import EVERYTHING
from graph.port import GraphStore
from graph.selection import MAX_PAGE, Match, Page, Selection
from graph.telling import deliveries, post
from graph.writing.duties import Duty
from network.backups.finding import newest
from network.operations import manifest
from network.operations.manifest import ManifestError
from network.work import INDEXING, State, state_of, states
from search.errors import SearchError
from search.port import SearchIndex

if TYPE_CHECKING:
    # Language takes its time to load, and most commands search nothing.
    from search.thesauri import Thesauri

_EXAMPLES: Final = 5
_PAGE: Final = 1_000
"""Versions of one call to the engine."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `examples` are global ids or lines of a file, the first few."""

    name: str
    text: str
    is_wrong: bool
    count: int = 0
    advice: str = ""
    examples: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "isWrong": self.is_wrong,
            "count": self.count,
            "text": self.text,
            "advice": self.advice,
            "examples": self.examples,
        }


async def consistency(graph: GraphStore, search: SearchIndex, *, is_served: bool = False) -> list[Finding]:
    """Every check, in order.

    Args:
        is_served: As for `work`.

    Raises:
        GraphUnavailableError: without the record there is nothing to compare.
    """
    return [
        _of_work(await state_of(graph, INDEXING), is_served=is_served),
        *await _index(graph, search),
        await _named(graph, "dangling", "records without what they belong to", "withdraw or repair them"),
        await _named(
            graph,
            "unresolved",
            "administrations and universities without an official key",
            "look the key up and correct the record in seed_data/ or the import file",
            is_wrong=False,
        ),
    ]


async def work(graph: GraphStore, *, is_served: bool) -> list[Finding]:
    """What is to be said of background work but that of the index, of which `consistency` tells.

    Args:
        is_served: Whether a server should be doing it now: where none runs, that nothing was done is no news.

    Raises:
        GraphUnavailableError: nothing can be known.
    """
    found = await states(graph)
    waiting = [_of_work(state, is_served=is_served) for state in found if state.work.duty is not Duty.INDEX]
    return [*waiting, *(_given_up(state) for state in found if state.waiting.given_up)]


def _of_work(state: State, *, is_served: bool) -> Finding:
    since = f", the oldest since {state.waiting.oldest}" if state.waiting.oldest else ""
    done = f"; this last went well at {state.succeeded_at}" if state.succeeded_at else ""
    is_wrong = state.is_late or (is_served and state.is_silent)
    if is_wrong and not state.succeeded_at:
        done = "; this never went well"
    return Finding(
        _NAMES[state.work.duty],
        f"{state.waiting.count} {state.work.what}{since}{done}",
        is_wrong,
        count=state.waiting.count,
        # Where no server runs, whoever asks has to start one.
        advice=state.work.advice if is_wrong or (state.waiting.count and not is_served) else "",
    )


def _given_up(state: State) -> Finding:
    name, what, days, advice = _GIVEN_UP[state.work.duty]
    count = state.waiting.given_up or 0
    return Finding(name, f"{count} {what} of the last {days} days were given up", False, count=count, advice=advice)


_NAMES: Final = {
    Duty.INDEX: "pending",
    Duty.NEWS: "news",
    Duty.SEARCHES: "savedSearches",
    Duty.MAIL: "letters",
    Duty.WEBHOOKS: "deliveries",
    Duty.HOUSEKEEPING: "housekeeping",
}
"""Of findings."""
_GIVEN_UP: Final = {
    Duty.MAIL: (
        "givenUp",
        "e-mails",
        post.KEPT_DAYS,
        "the hubs of the houses concerned were asked for another address; the log has the answers of the server",
    ),
    Duty.WEBHOOKS: (
        "deliveriesGivenUp",
        "events",
        deliveries.KEPT_DAYS,
        "their people see in lastDeliveries why; webhooks that take nothing are disabled",
    ),
}


async def synonyms(thesauri: "Thesauri") -> list[Finding]:
    """What is to be said of an administrator's own synonyms; nothing where there are none."""
    if thesauri.path is None:
        return []
    await asyncio.to_thread(thesauri.check)
    if not thesauri.problems:
        return [Finding("synonyms", f"{len(thesauri.current())} groups of synonyms are in force", is_wrong=False)]
    return [
        Finding(
            "synonyms",
            "the synonyms of HUBNETZ_SYNONYMS are wrong; searches go on without the change",
            is_wrong=True,
            count=len(thesauri.problems),
            advice=f"mend the file until this says nothing: hubnetz synonyms check {thesauri.path}",
            examples=list(thesauri.problems[:_EXAMPLES]),
        )
    ]


async def documents(path: Path | None) -> list[Finding]:
    """What is to be said of the manifest of trusted documents; nothing where there is none."""
    if path is None:
        return []
    try:
        held = await asyncio.to_thread(manifest.read, path)
    except ManifestError as error:
        text = f"the manifest of HUBNETZ_DOCUMENTS cannot be used; what was trusted before stays so until the next start: {error}"
        advice = "write it with: hubnetz documents publish DIR"
        return [Finding("documents", text, is_wrong=True, count=1, advice=advice)]
    return [Finding("documents", f"{len(held)} trusted documents are in force", is_wrong=False, count=len(held))]


async def examples(graph: GraphStore, *, is_public: bool) -> list[Finding]:
    """What is to be said of made-up examples; nothing where there are none.

    Args:
        is_public: Whether others than developers read here, who might take them for facts.
    """
    from network.development.examples.load import count

    found = await count(graph)
    if not found:
        return []
    text = f"{found} projects are made-up examples, with adoptions, needs and events of made-up houses"
    advice = (
        "they are not taken out one by one: empty the store (embedded: remove HUBNETZ_DATA_DIR), then run: hubnetz seed"
    )
    return [Finding("examples", text, is_wrong=is_public, count=found, advice=advice)]


def legal(folder: Path | None) -> list[Finding]:
    """What is to be said of the operator's legal texts; nothing where all are there."""
    # Languages take their time to load.
    from network.pages.frame.legal_texts import LegalTexts

    missing = [f"{name}.de.md" for name in LegalTexts.read(folder).missing]
    if not missing:
        return []
    advice = "write them in Markdown into a folder, and name it in HUBNETZ_LEGAL_DIR"
    text = f"{len(missing)} legal pages are templates that nobody has filled"
    return [Finding("legal", text, is_wrong=False, count=len(missing), advice=advice, examples=missing)]


async def backups(folder: Path | None) -> list[Finding]:
    """What is to be said of the daily backups; nothing where no folder is set for them."""
    if folder is None:
        return []
    found = await asyncio.to_thread(newest, folder)
    if found.problem is None:
        hours = (found.age or timedelta()) / timedelta(hours=1)
        return [Finding("backups", f"the newest backup is {hours:.0f} hours old", is_wrong=False, count=found.count)]
    advice = "see what the daily run says (its exit code is 1 where it fails), or make one: hubnetz backup --keep 14"
    return [Finding("backups", found.problem, is_wrong=True, count=found.count, advice=advice)]


@dataclass(slots=True)
class _Ids:
    """Ids of one kind of difference: how many, and the first few, so that memory does not grow with the network."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, identifier: str) -> None:
        self.count += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(f"Project:{identifier}")


async def _index(graph: GraphStore, search: SearchIndex) -> list[Finding]:
    try:
        differences = await _differences(graph, search)
        must_be_built = await search.apply_settings()
    except SearchError as error:
        advice = "see that the search engine runs and is the one of HUBNETZ_SEARCH_URL; then run: hubnetz reindex"
        return [Finding("index", f"the index cannot be compared: {error}", is_wrong=True, advice=advice)]
    if must_be_built:
        text = "the index answers still, but its files are damaged or gone, or its settings are of another version"
        return [Finding("index", text, is_wrong=True, advice="run: hubnetz reindex"), *differences]
    return differences


async def _differences(graph: GraphStore, search: SearchIndex) -> list[Finding]:
    """Both sides in order of id, side by side."""
    missing, surplus, stale = _Ids(), _Ids(), _Ids()
    total = 0
    stored, indexed = _graph_versions(graph), _index_versions(search)
    left, right = await anext(stored, None), await anext(indexed, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            assert left is not None
            missing.add(left[0])
            left = await anext(stored, None)
        elif left is None or right[0] < left[0]:
            surplus.add(right[0])
            right = await anext(indexed, None)
        else:
            total += 1
            if left[1] != right[1]:
                stale.add(left[0])
            left, right = await anext(stored, None), await anext(indexed, None)
    return [
        _difference("missing", "projects are not in the index", missing, total),
        _difference("surplus", "documents in the index have no project", surplus, total),
        _difference("stale", "documents are of another version than their project", stale, total),
    ]


def _difference(name: str, what: str, ids: _Ids, total: int) -> Finding:
    advice = "wait for the changes that are pending, else run: hubnetz reindex" if ids.count else ""
    return Finding(name, f"{ids.count} {what} ({total} agree in id)", bool(ids.count), ids.count, advice, ids.examples)


async def _graph_versions(graph: GraphStore) -> AsyncIterator[tuple[str, int]]:
    after: tuple[str, ...] | None = None
    while True:
        start = Match("Project", page=Page(MAX_PAGE, after))
        selected = await graph.select(Selection("Project", ("id", "version")), start, audiences=EVERYTHING)
        rows = [row for row in selected.rows if row is not None]
        for identifier, version in rows:
            yield str(identifier), int(str(version))
        if len(rows) < MAX_PAGE:
            return
        after = (str(rows[-1][0]),)


async def _index_versions(search: SearchIndex) -> AsyncIterator[tuple[str, int]]:
    after = ""
    while True:
        page = await search.versions(after=after, limit=_PAGE)
        for item in page:
            yield item
        if len(page) < _PAGE:
            return
        after = page[-1][0]


async def _named(graph: GraphStore, name: str, what: str, advice: str, *, is_wrong: bool = True) -> Finding:
    records = await graph.query(f"doctor_{name}", {"limit": _PAGE})
    entities = sorted(f"{label}:{key}" for label, key in records)
    count = f"at least {len(entities)}" if len(entities) == _PAGE else str(len(entities))
    return Finding(
        name,
        f"{count} {what}",
        is_wrong=is_wrong and bool(entities),
        count=len(entities),
        advice=advice if entities else "",
        examples=entities[:_EXAMPLES],
    )
