"""What to offer where nothing in the network answers: topics near the words, a need to post, other catalogues."""

from dataclasses import dataclass
from typing import Final

from graph.model import NodeKey
from graph.vocabulary import NeedKind
from search import topics
from search.beside import beside
from search.catalogues import CatalogueLink, links
from search.thesaurus import Thesaurus
from search.topics import Topic

LABEL: Final = "Nichts Passendes im Netz"
_TOPICS: Final = 3
_COVERED: Final = 0.3
"""Share of the words that a topic has to answer; what answers less is as far away as any other."""


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """A need as somebody would post it for what was not found; `title` is what was typed."""

    kind: NeedKind
    title: str
    topics: tuple[NodeKey, ...]


@dataclass(frozen=True, slots=True)
class WayOn:
    """Where to go on: topics by nearness, a need to post, links that carry the words."""

    topics: tuple[NodeKey, ...]
    need: NeedDraft
    catalogues: tuple[CatalogueLink, ...]


async def way_on(text: str, known: tuple[Topic, ...], thesaurus: Thesaurus) -> WayOn:
    """Where to go on from `text`, which nothing answers."""
    # Words that nobody has take the longest to read; the loop answers others meanwhile.
    near = await beside(nearest, text, known, thesaurus)
    words = " ".join(text.split())
    return WayOn(near, NeedDraft(NeedKind.SEEKS, words, near), links(words))


def nearest(text: str, known: tuple[Topic, ...], thesaurus: Thesaurus) -> tuple[NodeKey, ...]:
    """The topics that answer `text`, the best first."""
    scored = [
        (-answer.score, answer.topic.slug)
        for answer in topics.answers(text, known, thesaurus)
        if answer.coverage >= _COVERED
    ]
    return tuple(NodeKey("Topic", slug) for _, slug in sorted(scored)[:_TOPICS])
