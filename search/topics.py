"""The topics of the network, read by their names and by what people type who mean them (`topic_words.yaml`).

For whom nothing is found: a topic is a broader answer. No hit is found or ranked by these words.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import yaml

from graph.links import TOPIC_BROADER, Order
from graph.port import GraphStore
from graph.selection import MAX_PAGE, LinkRead, Match, Page, Selection
from search import german, wordlist
from search.explaining import MatchedWord, explain
from search.lexicon import Lexicon
from search.port import Candidate, Vocabulary
from search.project_names import strings
from search.scoring import score
from search.thesaurus import Thesaurus
from search.understanding import understand

_FILE: Final = Path(__file__).with_name("topic_words.yaml")
_MAX_PAGES: Final = 10
"""Pages of topics that are read; a network has some dozens of topics."""
_ORDER: Final = (Order("name_sort"),)
_SELECTION: Final = Selection(
    "Topic",
    ("slug", "name_de", "name_en", "name_sort"),
    (LinkRead(TOPIC_BROADER, (Selection("Topic", ("slug",)),)),),
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic by its names; `broader` is the slug of the one above it, empty where there is none."""

    slug: str
    name_de: str
    name_en: str
    broader: str = ""


@dataclass(frozen=True, slots=True)
class TopicAnswer:
    """A topic that answers a text: how well, 0..1, what share of it, and the nearest words of both."""

    topic: Topic
    score: float
    coverage: float
    is_clear: bool
    word: MatchedWord | None


async def read(graph: GraphStore, *, audiences: frozenset[str], timeout_s: float) -> tuple[Topic, ...]:
    """All topics by name, in one call for every hundred.

    Raises:
        GraphUnavailableError: they could not be read.
    """
    found: list[Topic] = []
    after: tuple[str, ...] | None = None
    for _ in range(_MAX_PAGES):
        start = Match("Topic", (), _ORDER, Page(MAX_PAGE, after))
        selected = await graph.select(_SELECTION, start, audiences=audiences, timeout_s=timeout_s)
        rows = [row for row in selected.rows if row is not None]
        for slug, german_name, english_name, _, *links in rows:
            above = [text for text in strings(links) if text != "Topic"]
            found.append(Topic(str(slug), str(german_name), str(english_name or ""), above[0] if above else ""))
        if len(rows) < MAX_PAGE:
            break
        after = (str(rows[-1][3] or ""), str(rows[-1][0]))
    return tuple(found)


def answers(text: str, topics: tuple[Topic, ...], thesaurus: Thesaurus) -> Iterator[TopicAnswer]:
    """The topics that answer `text`, in no order.

    They are read like documents of a title, their words like names, with a vocabulary of their own: a topic may have no
    project yet.
    """
    texts, lexicon = _read(topics, thesaurus)
    query = understand(text, lexicon, thesaurus)
    for topic in topics:
        written = texts[topic.slug]
        folded = {name: " ".join(german.words(said)) for name, said in written.items()}
        candidate = Candidate(topic.slug, folded)
        match = score(query, candidate)
        if match is not None:
            words = explain(query, candidate, match, audiences=(), texts=written.values()).words
            yield TopicAnswer(topic, match.score, match.coverage, match.is_clear, words[0] if words else None)


@lru_cache(maxsize=4)
def _read(topics: tuple[Topic, ...], thesaurus: Thesaurus) -> tuple[dict[str, dict[str, str]], Lexicon]:
    """The texts of each topic and the lexicon of all, kept: topics change rarely, and what a lexicon worked out stays."""
    texts = {topic.slug: _texts(topic) for topic in topics}
    counts = Counter(
        word
        for written in texts.values()
        for word in {word for text in written.values() for word in german.words(text)}
    )
    return texts, Lexicon(Vocabulary(len(texts), counts), terms=thesaurus.words(), known=wordlist.german())


def _texts(topic: Topic) -> dict[str, str]:
    own = {" ".join(german.words(name)) for name in (topic.name_de, topic.name_en)}
    own |= set(german.words(topic.name_de))
    said = [word for names, words in _vocabulary() if not own.isdisjoint(names) for word in words]
    return {"title": f"{topic.name_de}\n{topic.name_en}", "names": "\n".join(dict.fromkeys(said))}


@cache
def _vocabulary() -> Sequence[tuple[frozenset[str], tuple[str, ...]]]:
    """Names of topics, folded, with the words that lead to them."""
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return [
        (frozenset(" ".join(german.words(name)) for name in entry["topics"]), tuple(entry["words"]))
        for entry in entries
    ]
