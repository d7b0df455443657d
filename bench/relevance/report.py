"""Answers of systems turned into figures, tables and the queries that went worst."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from bench.relevance.collection import Document
from bench.relevance.inputs import NOTHING, Query
from bench.relevance.measures import NDCG_DEPTH, Figures, mean, measure
from bench.relevance.systems import DEPTH

OVERALL: Final = "all"
MEASURES: Final = {"ndcg": "nDCG@10", "mrr": "MRR@10", "recall": "recall@20", "zero": "zero"}


@dataclass(frozen=True, slots=True)
class Run:
    """What a system answered.

    Attributes:
        answers: By query, ids of documents, best first.
        unanswered: By query and wanted document, the words of the query that the document does not answer.
    """

    engine: str
    system: str
    answers: Mapping[str, Sequence[str]]
    unanswered: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.system} on {self.engine}"

    def of(self, query: Query) -> Figures:
        """The figures of one query."""
        return measure(self.answers[query.id], query.grades)

    def figures(self, queries: Sequence[Query]) -> dict[str, Figures]:
        """Of all `queries` that have an answer, then of each kind in the order of their first query."""
        groups: dict[str, list[Figures]] = {OVERALL: []}
        for query in answered(queries):
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


def answered(queries: Sequence[Query]) -> list[Query]:
    """The queries that any document answers."""
    return [query for query in queries if query.kind != NOTHING]


def silence(runs: Sequence[Run], queries: Sequence[Query]) -> str:
    """A row for each system on the queries that nothing answers: how many it says so of; empty without such queries."""
    asked = [query for query in queries if query.kind == NOTHING]
    if not asked:
        return ""
    rows = []
    for run in runs:
        wrong = [query for query in asked if any(query.grades.get(hit, 0) == 0 for hit in run.answers[query.id])]
        silent = sum(not run.answers[query.id] for query in asked)
        told = ", ".join(query.text for query in wrong) or "–"
        rows.append([run.engine, run.system, str(len(asked)), str(silent), str(len(wrong)), told])
    return table(["engine", "system", "nothing fits", "no hit", "hits that are none", "for"], rows)


def worst(run: Run, queries: Sequence[Query], count: int) -> list[Worst]:
    """The `count` queries with the lowest nDCG below 1, the lowest first."""
    ranked = sorted(answered(queries), key=lambda query: (run.of(query).ndcg, query.id))
    return [_worst(query, run) for query in ranked[:count] if run.of(query).ndcg < 1]


def _worst(query: Query, run: Run) -> Worst:
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
        _reason(query, run),
    )


def _reason(query: Query, run: Run) -> str:
    """Why wanted documents are not among the first ten: what they leave unanswered, or others before them."""
    answers = run.answers[query.id]
    missed = [document for document in query.wanted if document not in answers[:NDCG_DEPTH]]
    if not missed:
        return "all wanted are among the first ten, others before them"
    counter = Counter(word for document in missed for word in run.unanswered.get((query.id, document), ()))
    where = f"{len(missed)} of {len(query.wanted)} wanted not among the first ten"
    if counter:
        return f"{where}; no answer to {', '.join(f'{word} ({times})' for word, times in counter.most_common())}"
    if len(answers) < DEPTH and not set(missed).intersection(answers):
        return f"{where}: they answer too small a part of each word to be hits"
    return f"{where}: they answer every word, others answer better"


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
    return table([run.name, "queries", *MEASURES.values()], rows)


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
