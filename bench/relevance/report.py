"""Answers of systems turned into figures, tables and the queries that went worst."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from bench.relevance.collection import Document
from bench.relevance.inputs import Query
from bench.relevance.measures import Figures, mean, measure
from search.german import STOP_WORDS, stem, words

OVERALL: Final = "all"
MEASURES: Final = {"ndcg": "nDCG@10", "mrr": "MRR@10", "recall": "recall@20", "zero": "zero"}


@dataclass(frozen=True, slots=True)
class Run:
    """What a system answered; by query, ids of documents, best first."""

    engine: str
    system: str
    answers: Mapping[str, Sequence[str]]

    def of(self, query: Query) -> Figures:
        """The figures of one query."""
        return measure(self.answers[query.id], query.grades)

    def figures(self, queries: Sequence[Query]) -> dict[str, Figures]:
        """Of all `queries`, then of each kind in the order of their first query."""
        groups: dict[str, list[Figures]] = {OVERALL: []}
        for query in queries:
            one = self.of(query)
            groups[OVERALL].append(one)
            groups.setdefault(query.kind, []).append(one)
        return {name: mean(figures) for name, figures in groups.items()}

    def lines(self) -> Iterator[str]:
        """The run as evaluation tools read it: query, document, rank."""
        for query, documents in self.answers.items():
            yield from (f"{query}\t{document}\t{rank}\n" for rank, document in enumerate(documents, 1))


@dataclass(frozen=True, slots=True)
class Worst:
    """A query that went badly: what came first, what was wanted, and where that stood (None: nowhere in the page)."""

    query: Query
    ndcg: float
    first: str | None
    wanted: str
    rank: int | None
    reason: str


def halves(queries: Sequence[Query]) -> dict[str, list[Query]]:
    """The queries that rules are tuned on, and the others; kinds stand in the same order in both."""
    kinds = list(dict.fromkeys(query.kind for query in queries))
    ordered = sorted(queries, key=lambda query: kinds.index(query.kind))
    parts = {
        "tuned on": [query for query in ordered if query.is_tuned_on],
        "reported": [query for query in ordered if not query.is_tuned_on],
    }
    return {name: part for name, part in parts.items() if part}


def worst(run: Run, queries: Sequence[Query], documents: Mapping[str, Document], count: int) -> list[Worst]:
    """The `count` queries with the lowest nDCG below 1, the lowest first."""
    ranked = sorted(queries, key=lambda query: (run.of(query).ndcg, query.id))
    return [_worst(query, run, documents) for query in ranked[:count] if run.of(query).ndcg < 1]


def _worst(query: Query, run: Run, documents: Mapping[str, Document]) -> Worst:
    answers = list(run.answers[query.id])
    # Of those that answer best, the one that came first.
    best = [document for document in query.wanted if query.grades[document] == query.grades[query.wanted[0]]]
    wanted = min(best, key=lambda document: answers.index(document) if document in answers else len(answers))
    return Worst(
        query,
        run.of(query).ndcg,
        answers[0] if answers else None,
        wanted,
        answers.index(wanted) + 1 if wanted in answers else None,
        reason(query.text, [documents[document] for document in query.wanted]),
    )


def reason(text: str, wanted: Sequence[Document]) -> str:
    """Which words of `text` no document of `wanted` has, and which only inside a longer word."""
    held = {word for document in wanted for word in document.indexed.attributes["words"]}
    stems = {stem(word) for word in held}
    inside: list[str] = []
    nowhere: list[str] = []
    for word in dict.fromkeys(words(text)):
        if word in STOP_WORDS or stem(word) in stems:
            continue
        (inside if any(stem(word) in longer for longer in held) else nowhere).append(word)
    told = [
        f"{what}: {', '.join(found)}"
        for what, found in (("in no wanted text", nowhere), ("only inside longer words", inside))
        if found
    ]
    return "; ".join(told) or "all words are in wanted texts: a matter of order"


def comparison(runs: Sequence[Run], queries: Sequence[Query]) -> str:
    """A row for each system: nDCG@10 overall and by kind, then the other measures overall."""
    found = [(run, run.figures(queries)) for run in runs]
    kinds = list(found[0][1])
    head = ["engine", "system", *(f"nDCG@10 {kind}" if kind == OVERALL else kind for kind in kinds)]
    rows = [
        [
            run.engine,
            run.system,
            *(f"{figures[kind].ndcg:.3f}" for kind in kinds),
            *(f"{getattr(figures[OVERALL], name):.3f}" for name in MEASURES if name != "ndcg"),
        ]
        for run, figures in found
    ]
    return table([*head, *(title for name, title in MEASURES.items() if name != "ndcg")], rows)


def by_kind(run: Run, queries: Sequence[Query]) -> str:
    """A row for each kind of query, with all measures."""
    rows = [
        [kind, str(figures.queries), *(f"{getattr(figures, name):.3f}" for name in MEASURES)]
        for kind, figures in run.figures(queries).items()
    ]
    return table([f"{run.system} on {run.engine}", "queries", *MEASURES.values()], rows)


def losses(whole: Run, others: Sequence[Run], queries: Sequence[Query]) -> str:
    """What nDCG@10 each of `others` gains or loses against `whole`."""
    full = whole.figures(queries)
    rows = [[whole.system, *(f"{figures.ndcg:.3f}" for figures in full.values())]]
    for run in others:
        figures = run.figures(queries)
        rows.append([run.system, *(f"{figures[kind].ndcg - full[kind].ndcg:+.3f}" for kind in full)])
    return table([f"nDCG@10 on {whole.engine}", *full], rows)


def worst_table(found: Sequence[Worst], documents: Mapping[str, Document]) -> str:
    """A row for each of the worst queries."""
    rows = [
        [
            one.query.id,
            one.query.text,
            one.query.kind,
            f"{one.ndcg:.2f}",
            "nothing" if one.first is None else documents[one.first].title,
            documents[one.wanted].title,
            "–" if one.rank is None else str(one.rank),
            one.reason,
        ]
        for one in found
    ]
    return table(["id", "query", "kind", "nDCG@10", "came first", "wanted", "rank", "reason"], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def as_json(
    runs: Sequence[Run], parts: Mapping[str, Sequence[Query]], worsts: Mapping[str, Sequence[Worst]]
) -> dict[str, Any]:
    """Everything that the tables say."""
    return {
        "figures": [
            {
                "engine": run.engine,
                "system": run.system,
                "queries": part,
                "kinds": {kind: asdict(figures) for kind, figures in run.figures(queries).items()},
            }
            for run in runs
            for part, queries in parts.items()
        ],
        "worst": {
            name: [
                {
                    "query": one.query.id,
                    "text": one.query.text,
                    "kind": one.query.kind,
                    "ndcg": one.ndcg,
                    "first": one.first,
                    "wanted": one.wanted,
                    "rank": one.rank,
                    "reason": one.reason,
                }
                for one in found
            ]
            for name, found in worsts.items()
        },
    }
