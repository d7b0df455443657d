"""How good what is offered is where nothing or little is found: parts of the words, and topics around them.

    python -m bench.relevance.wider

`wider.jsonl` has searches for what the seed does not have, each with the parts and topics that a careful reader would be
glad of (any of them will do). They are asked of the whole seed, as somebody asks who did not sign in.
"""

import asyncio
import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from auth.policy import PUBLIC
from bench.relevance.report import table
from graph.backends.ladybug.store import LadybugGraphStore
from graph.writing.unit_of_work import UnitOfWork
from search.finder import SearchRequest
from search.indexer import Indexer
from search.service import SearchService
from search.tantivy_index import TantivySearchIndex
from search.widening import Wider
from seed_data.load import load as load_seed

FILE: Final = Path(__file__).with_name("wider.jsonl")


@dataclass(frozen=True, slots=True)
class Judged:
    """A search with the parts (in small letters) and topics (slugs) that help."""

    id: str
    query: str
    parts: frozenset[str]
    topics: frozenset[str]

    @property
    def is_tuned_on(self) -> bool:
        """As for judged queries: halves by the id."""
        return hashlib.sha256(self.id.encode()).digest()[-1] % 2 == 0


@dataclass(frozen=True, slots=True)
class Offered:
    """What one search was offered; `None` where it found enough."""

    judged: Judged
    wider: Wider | None

    @property
    def topics(self) -> list[bool]:
        """Of each topic in order, whether it helps."""
        return [] if self.wider is None else [one.topic.value in self.judged.topics for one in self.wider.topics]

    @property
    def parts(self) -> list[bool]:
        return [] if self.wider is None else [part.text.lower() in self.judged.parts for part in self.wider.parts]


def read() -> list[Judged]:
    records = map(json.loads, FILE.read_text(encoding="utf-8").splitlines())
    return [
        Judged(record["id"], record["query"], frozenset(record["parts"]), frozenset(record["topics"]))
        for record in records
    ]


async def ask(judged: Sequence[Judged]) -> list[Offered]:
    """What the seed offers for each of `judged`."""
    with tempfile.TemporaryDirectory() as folder:
        store = await LadybugGraphStore.open(Path(folder) / "graph")
        index = await TantivySearchIndex.open(Path(folder) / "index")
        await store.apply_schema()
        await load_seed(UnitOfWork(store))
        await Indexer(store, index, holder="bench").full_rebuild()
        service = SearchService(store, index)
        try:
            return [await _one(service, one) for one in judged]
        finally:
            await service.close()
            await index.close()
            await store.close()


async def _one(service: SearchService, judged: Judged) -> Offered:
    request = SearchRequest(text=judged.query, audiences=frozenset({PUBLIC}))
    return Offered(judged, (await service.search(request, widens=True)).wider)


def rows(offered: Sequence[Offered]) -> Iterator[list[str]]:
    """A row for each half."""
    for half, is_tuned_on in (("tuned on", True), ("reported", False)):
        asked = [one for one in offered if one.judged.is_tuned_on is is_tuned_on]
        helped = [one for one in asked if any(one.topics) or any(one.parts)]
        topics = [useful for one in asked for useful in one.topics]
        first = [one.topics[0] for one in asked if one.topics]
        parts = [useful for one in asked for useful in one.parts]
        counts = (len(asked), sum(one.wider is not None for one in asked), len(helped))
        shares = (f"{sum(useful)} of {len(useful)}" for useful in (first, topics, parts))
        yield [half, *map(str, counts), *shares]


def main() -> None:
    offered = asyncio.run(ask(read()))
    print(table(["half", "searches", "widened", "helped", "first topic", "topics", "parts"], list(rows(offered))))
    for one in offered:
        wrong = one.wider is None or not all((*one.topics, *one.parts)) or not (one.topics or one.parts)
        if wrong:
            topics = ", ".join(topic.topic.value for topic in one.wider.topics) if one.wider else "found enough"
            parts = ", ".join(part.text for part in one.wider.parts) if one.wider else ""
            print(f"- {one.judged.id} {one.judged.query}: {topics} | {parts}")


if __name__ == "__main__":
    main()
