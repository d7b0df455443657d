"""Hubnetz itself on either engine, as the product searches; and with single steps and rules left out."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType
from typing import Final
from unittest.mock import patch

from auth.policy import audiences
from auth.principal import Anonymous
from bench.relevance.collection import Document
from bench.relevance.systems import DEPTH, batches
from search import finder, scoring
from search.documents import TEXTS
from search.finder import Finder, SearchRequest
from search.lexicons import Lexicons
from search.meilisearch_index import MeilisearchSearchIndex
from search.port import Candidate, SearchIndex
from search.scoring import score
from search.tantivy_index import TantivySearchIndex
from search.thesauri import Thesauri
from search.understanding import Steps

_READER: Final = audiences(Anonymous())
INDEX: Final = "relevance_ours"
"""On a Meilisearch server, where other indexes stay as they are."""
STEPS: Final = tuple(step.name for step in fields(Steps))
"""Of understanding a query; the finder has a switch for each."""
# The finder has no switch for what ranks: nobody but a measurement would turn it.
_RULES: Final[Mapping[str, tuple[ModuleType, str, object]]] = {
    "weights of texts": (scoring, "TEXTS", tuple(replace(text, weight=5.0) for text in TEXTS)),
    "names": (scoring, "TEXTS", tuple(text for text in TEXTS if text.name != "names")),
    "title": (scoring, "_TITLE_BONUS", 0.0),
    "nearness": (scoring, "_NEAR_BONUS", 0.0),
    "coverage": (scoring, "_COVERAGE", 0.0),
    "bands": (finder, "BAND", 1e-9),
}
LEFT_OUT: Final = (*STEPS, *_RULES)
"""What the measurement can do without, one at a time."""


class Ours:
    """Index, lexicon and finder of Hubnetz, asked as somebody asks who did not sign in."""

    name = "ours"

    def __init__(self, index: SearchIndex) -> None:
        self.engine = index.backend
        self.analysis_s = 0.0
        """Of `build`: what making search documents took."""
        self._index = index
        self._thesauri = Thesauri()
        self._lexicons = Lexicons(index, self._thesauri)
        self._finder = self._finder_with(Steps())

    @classmethod
    async def on_tantivy(cls, folder: Path) -> "Ours":
        """In `folder`, which is made."""
        return cls(await TantivySearchIndex.open(folder))

    @classmethod
    def on_meilisearch(cls, url: str, key: str) -> "Ours":
        """In an index of its own on the server."""
        return cls(MeilisearchSearchIndex(url, key, name=INDEX))

    async def build(self, documents: Iterable[Document]) -> None:
        rebuild = await self._index.begin_rebuild()
        for batch in batches(documents):
            started = time.perf_counter()
            indexed = [document.indexed for document in batch]
            self.analysis_s += time.perf_counter() - started
            await rebuild.put(indexed)
        await rebuild.swap()

    async def search(self, text: str) -> Sequence[str]:
        return await self._ask(self._finder, text)

    async def _ask(self, using: Finder, text: str) -> Sequence[str]:
        request = SearchRequest(text=text, audiences=_READER, limit=DEPTH)
        return [hit.id for hit in (await using.find(request)).hits]

    async def unanswered(self, text: str, document: Document) -> Sequence[str]:
        query = await self._finder.understand(text, _READER)
        match = score(query, Candidate(document.key, document.indexed.attributes))
        return [unit.text for unit in query.units if match is None or unit.slot not in match.slots]

    async def search_without(self, what: str, text: str) -> Sequence[str]:
        """As `search`, without one of LEFT_OUT."""
        if what in STEPS:
            return await self._ask(self._finder_with(replace(Steps(), **{what: False})), text)
        module, name, value = _RULES[what]
        with patch.object(module, name, value):
            return await self._ask(self._finder, text)

    def _finder_with(self, steps: Steps) -> Finder:
        return Finder(self._index, self._lexicons, self._thesauri, steps=steps)

    async def close(self) -> None:
        await self._lexicons.close()
        await self._index.close()
