"""Hubnetz itself on either engine, as the product searches; and with single steps left out."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Final

from auth.policy import audiences
from auth.principal import Anonymous
from bench.relevance.collection import Document
from bench.relevance.systems import DEPTH, batches
from search.finder import Finder, SearchRequest
from search.lexicons import Lexicons
from search.meilisearch_index import MeilisearchSearchIndex
from search.port import SearchIndex
from search.tantivy_index import TantivySearchIndex
from search.thesaurus import Thesaurus
from search.understanding import Steps

INDEX: Final = "relevance_ours"
"""On a Meilisearch server, where other indexes stay as they are."""


class Ours:
    """Index, lexicon and finder of Hubnetz, asked as somebody asks who did not sign in."""

    name = "ours"

    def __init__(self, index: SearchIndex) -> None:
        self.engine = index.backend
        self.analysis_s = 0.0
        """Of `build`: what making search documents took."""
        self._index = index
        self._thesaurus = Thesaurus.shipped()
        self._lexicons = Lexicons(index, self._thesaurus)
        self._finder = Finder(index, self._lexicons, self._thesaurus)

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
        request = SearchRequest(text=text, audiences=audiences(Anonymous()), limit=DEPTH)
        return [hit.id for hit in (await self._finder.find(request)).hits]

    def without(self) -> Iterator[tuple[str, "Ours"]]:
        """(step, the same with this step switched off), for each step of understanding a query."""
        for step in fields(Steps):
            other = Ours(self._index)
            steps = replace(Steps(), **{step.name: False})
            other._finder = Finder(self._index, self._lexicons, self._thesaurus, steps=steps)
            yield step.name, other

    async def close(self) -> None:
        await self._index.close()
