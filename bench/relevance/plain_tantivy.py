"""Tantivy without anything of Hubnetz: as installed, and with its own German analysis."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import tantivy

from bench.relevance.collection import Document
from bench.relevance.systems import DEPTH, batches, unlike_any

FIELDS: Final = ["title", "names", "summary", "writeup"]
_HEAP_BYTES: Final = 128_000_000
_LONGEST_WORD: Final = 40
"""As in tantivy's default tokenizer."""


class PlainTantivy:
    """BM25 over the texts; documents with more of the words come first, and one word is enough."""

    name = "installed"
    engine = "tantivy"
    tokenizer = "default"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("key", stored=True, tokenizer_name="raw")
        for name in FIELDS:
            builder.add_text_field(name, tokenizer_name=self.tokenizer)
        self.schema = builder.build()
        self.index = tantivy.Index(self.schema, str(folder))

    async def build(self, documents: Iterable[Document]) -> None:
        writer = self.index.writer(_HEAP_BYTES, 1)
        for batch in batches(documents):
            for document in batch:
                writer.add_document(tantivy.Document(key=document.key, **document.texts))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()

    async def search(self, text: str) -> Sequence[str]:
        searcher = self.index.searcher()
        hits = searcher.search(self.query(text), limit=DEPTH, count=False).hits
        return [str(searcher.doc(address).get_first("key")) for _, address in hits]

    async def unanswered(self, text: str, document: Document) -> Sequence[str]:
        return unlike_any(text, document)

    def query(self, text: str) -> Any:
        """The query that `text` means to the engine."""
        query, _ = self.index.parse_query_lenient(text, FIELDS)
        return query

    async def close(self) -> None:
        """Nothing stays open: the writer went with `build`."""


class GermanTantivy(PlainTantivy):
    """With all that tantivy offers for German: stop words, folding, stems, and similar words besides the exact ones."""

    name = "german"
    tokenizer = "german"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.remove_long(_LONGEST_WORD))
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.stopword("german"))
            .filter(tantivy.Filter.ascii_fold())
            .filter(tantivy.Filter.stemmer("german"))
            .build()
        )
        self.index.register_tokenizer(self.tokenizer, self.analyzer)

    def query(self, text: str) -> Any:
        # A fuzzy term scores 1 wherever it matches, an exact one by BM25: the sum puts exact matches first.
        similar = [
            (tantivy.Occur.Should, tantivy.Query.fuzzy_term_query(self.schema, field, term, distance=_typos(term)))
            for term in self.analyzer.analyze(text)
            for field in FIELDS
            if _typos(term)
        ]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, super().query(text)), *similar])


def _typos(term: str) -> int:
    """As Meilisearch's defaults: one from five letters on, two from nine."""
    return (len(term) >= 5) + (len(term) >= 9)
