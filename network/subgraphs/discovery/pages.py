"""What a search found as a connection."""

from collections.abc import Sequence
from functools import partial

from graph.model import NodeKey
from network.subgraphs.discovery import positions, results
from network.subgraphs.discovery.results import Facet, Hit, MatchedWord, Passage, SearchPage
from network.subgraphs.labels import ranking_label
from search.explaining import Explanation
from search.finder import Position
from search.relaxing import LABEL
from search.service import Found, FoundProject, Relaxed
from search.snippets import Snippet
from search.widening import Wider


def page(found: Found, mark: str, facets: Sequence[Facet], *, after: Position | None) -> SearchPage:
    """The page as a connection. Hits that the graph withheld leave gaps, never a page that ends too early."""
    edges = tuple(map(partial(_edge, mark), found.projects))
    return SearchPage(
        edges=edges,
        page_info={
            "has_next_page": found.has_more,
            "has_previous_page": after is not None,
            "start_cursor": edges[0].cursor if edges else None,
            "end_cursor": None if found.end is None else positions.encode(found.end, mark),
        },
        total_count=found.total,
        is_total_exact=found.is_total_exact,
        facets=tuple(facets),
        did_you_mean=found.did_you_mean,
        missing_words=found.missing_words,
        without_filters=found.without_filters,
        relaxed=None if found.relaxed is None else _relaxed(mark, found.relaxed),
        wider=None if found.wider is None else _wider(found.wider),
    )


def _edge(mark: str, project: FoundProject) -> Hit:
    return Hit(
        cursor=positions.encode(project.position, mark),
        score=project.score,
        title=_passage(project.marked_title),
        snippets=tuple(map(Passage.of, project.snippets)),
        node=NodeKey("Project", project.id),
        explanation=None if project.explanation is None else _explanation(project.explanation),
        is_aside=project.is_aside,
    )


def _passage(snippet: Snippet | None) -> Passage | None:
    return None if snippet is None else Passage.of(snippet)


def _relaxed(mark: str, relaxed: Relaxed) -> results.Relaxed:
    way_on = relaxed.way_on
    need = results.NeedDraft(way_on.need.kind.value, way_on.need.title, way_on.need.topics)
    edges = tuple(map(partial(_edge, mark), relaxed.projects))
    return results.Relaxed(LABEL, edges, way_on.topics, need, way_on.catalogues)


def _wider(wider: Wider) -> results.Wider:
    topics = (
        results.WiderTopic(topic.topic, topic.total, topic.why.value, topic.typed, topic.found)
        for topic in wider.topics
    )
    return results.Wider(wider.parts, tuple(topics))


def _explanation(explanation: Explanation) -> results.Explanation:
    return results.Explanation(
        words=tuple(
            MatchedWord(
                typed=word.typed,
                part=word.part,
                found=word.found,
                source=word.attribute.upper(),
                kind=word.kind.value,
                label=word.label,
                quality=word.quality,
            )
            for word in explanation.words
        ),
        missing=explanation.missing,
        text_score=explanation.text_score,
        coverage=explanation.coverage,
        confirmed_reuse=explanation.reuse,
        confirmed_at=explanation.confirmed_at,
        label=ranking_label(explanation.text_score, explanation.reuse, explanation.confirmed_at),
    )
