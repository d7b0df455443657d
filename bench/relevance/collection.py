"""Documents to search in: the repository's seed as the product indexes it, or outside texts; and many times as many."""

import itertools
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from auth.policy import PUBLIC
from bench.relevance.inputs import InputError, Source, Text, read_texts
from graph.backends.ladybug.store import LadybugGraphStore
from graph.model import Organisation, Project, Topic
from graph.values import Instant, sort_key
from graph.vocabulary import Origin
from graph.writing.unit_of_work import UnitOfWork
from search import documents
from search.documents import Involvement, ProjectSource
from search.loading import all_ids, load
from search.port import SearchDocument
from seed_data.load import load as load_seed

SEED: Final = "seed"
"""In place of a file of documents: the seed."""


@dataclass(frozen=True, slots=True)
class Document:
    """A project to find.

    Attributes:
        key: Its id in the engines.
        id: Its id in the judgements.
    """

    key: str
    id: str
    source: ProjectSource

    @property
    def title(self) -> str:
        return self.source.project.title

    @property
    def texts(self) -> Mapping[str, str]:
        """What engines index that know nothing of Hubnetz: the texts as they are."""
        names = documents._names(self.source, list(documents._houses(self.source)))
        project = self.source.project
        return {
            "title": project.title,
            "names": "\n".join(names),
            "summary": project.summary,
            "writeup": project.writeup,
        }

    @property
    def indexed(self) -> SearchDocument:
        """What Hubnetz indexes."""
        return documents.document(self.source)

    def copy(self, number: int) -> "Document":
        """The same with an id and a title of its own."""
        project = self.source.project
        key, title = f"{self.key}-{number}", f"{project.title} {number}"
        copied = replace(project, id=key, slug=f"{project.slug}-{number}", title=title, title_sort=sort_key(title))
        return Document(key, f"{self.id}-{number}", replace(self.source, project=copied))


async def seed(prefix: str = "") -> list[Document]:
    """The public projects of the seed, by way of a graph like any other; their ids are slugs."""
    with tempfile.TemporaryDirectory() as folder:
        store = await LadybugGraphStore.open(Path(folder) / "graph")
        try:
            await store.apply_schema()
            await load_seed(UnitOfWork(store))
            sources = [source async for page in all_ids(store) for source in (await load(store, page)).values()]
        finally:
            await store.close()
    return [
        Document(source.project.id, prefix + source.project.slug, source)
        for source in sources
        if PUBLIC in source.project.readers
    ]


async def collect(sources: Sequence[Source]) -> dict[str, Document]:
    """All documents by id.

    Raises:
        InputError: a file is malformed, or an id is given twice.
    """
    found: dict[str, Document] = {}
    for source in sources:
        if str(source.path) == SEED:
            read: Iterable[tuple[int | None, Document]] = [(None, document) for document in await seed(source.prefix)]
        else:
            # Engines allow fewer characters in ids than judgements use.
            keys = (f"t{number:06}" for number in itertools.count(len(found)))
            read = ((line, _document(next(keys), text)) for line, text in read_texts(source))
        for line, document in read:
            if document.id in found:
                raise InputError(source.path, line, f"document {document.id} is given twice")
            found[document.id] = document
    return found


def times(originals: Sequence[Document], size: int) -> Iterator[Document]:
    """`size` documents: the originals, then copies of them in turn, each different in id and title."""
    copies = (original.copy(number) for number in itertools.count(2) for original in originals)
    return itertools.islice(itertools.chain(originals, copies), size)


def _document(key: str, text: Text) -> Document:
    project = Project(
        id=key,
        slug=text.id.rpartition(":")[2],
        title=text.title,
        title_sort=sort_key(text.title),
        summary=text.summary,
        writeup=text.writeup,
        readers=(PUBLIC,),
        origin=Origin.IMPORTED,
        updated_at=Instant("2026-01-01T00:00:00Z"),
        version=1,
    )
    houses = (Organisation(slug=f"{key}-{number}", name=name) for number, name in enumerate(text.names))
    return Document(
        key,
        text.id,
        ProjectSource(
            project=project,
            involvements=tuple(Involvement(house, is_confirmed=True) for house in houses),
            topics=tuple(Topic(slug=slug, name_de=slug, name_en="") for slug in text.topics),
        ),
    )
