"""What to offer where nothing in the network answers: topics near the words, a need to post, other catalogues."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from graph.links import Order
from graph.model import NodeKey
from graph.port import GraphStore
from graph.selection import MAX_PAGE, Match, Page, Selection
from graph.vocabulary import NeedKind
from search import german, wordlist
from search.beside import beside
from search.catalogues import CatalogueLink, links
from search.lexicon import Lexicon
from search.port import Candidate, Vocabulary
from search.scoring import score
from search.thesaurus import Thesaurus
from search.understanding import understand

LABEL: Final = "Nichts Passendes im Netz"
_TOPICS: Final = 3
_COVERED: Final = 0.3
"""Share of the words that a topic has to answer; what answers less is as far away as any other."""
_MAX_PAGES: Final = 10
"""Pages of topics that are read; a network has some dozens of topics."""
_ORDER: Final = (Order("name_sort"),)
_SELECTION: Final = Selection("Topic", ("slug", "name_de", "name_en", "name_sort"))


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


async def way_on(
    text: str, graph: GraphStore, thesaurus: Thesaurus, *, audiences: frozenset[str], timeout_s: float
) -> WayOn:
    """Where to go on from `text`, which nothing answers.

    Raises:
        GraphUnavailableError: the topics could not be read.
    """
    known = await _topics(graph, audiences=audiences, timeout_s=timeout_s)
    # Words that nobody has take the longest to read; the loop answers others meanwhile.
    topics = await beside(nearest, text, known, thesaurus)
    words = " ".join(text.split())
    return WayOn(topics, NeedDraft(NeedKind.SEEKS, words, topics), links(words))


def nearest(text: str, topics: Sequence[tuple[str, str]], thesaurus: Thesaurus) -> tuple[NodeKey, ...]:
    """The topics (slug, names) that answer `text`, the best first.

    They are read like documents of a title only, with a vocabulary of their own: a topic may have no project yet.
    """
    titles, lexicon = _read(tuple(topics), thesaurus)
    query = understand(text, lexicon, thesaurus)
    scored = [
        (-match.score, slug)
        for slug, words in titles.items()
        if (match := score(query, Candidate(slug, {"title": " ".join(words)}))) is not None
        and match.coverage >= _COVERED
    ]
    return tuple(NodeKey("Topic", slug) for _, slug in sorted(scored)[:_TOPICS])


@lru_cache(maxsize=4)
def _read(topics: tuple[tuple[str, str], ...], thesaurus: Thesaurus) -> tuple[Mapping[str, Sequence[str]], Lexicon]:
    """The words of each topic and the lexicon of all, kept: topics change rarely, and what a lexicon worked out stays."""
    titles = {slug: german.words(names) for slug, names in topics}
    counts = Counter(word for words in titles.values() for word in set(words))
    return titles, Lexicon(Vocabulary(len(titles), counts), terms=thesaurus.words(), known=wordlist.german())


async def _topics(graph: GraphStore, *, audiences: frozenset[str], timeout_s: float) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    after: tuple[str, ...] | None = None
    for _ in range(_MAX_PAGES):
        start = Match("Topic", (), _ORDER, Page(MAX_PAGE, after))
        selected = await graph.select(_SELECTION, start, audiences=audiences, timeout_s=timeout_s)
        rows = [row for row in selected.rows if row is not None]
        found += [(str(slug), f"{german_name}\n{english_name}") for slug, german_name, english_name, _ in rows]
        if len(rows) < MAX_PAGE:
            break
        after = (str(rows[-1][3] or ""), str(rows[-1][0]))
    return found
