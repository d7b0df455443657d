"""Measures of a ranking against judgements: pure functions.

Our own, since the libraries that have them weigh too much for four sums: ranx brings numba, pandas and matplotlib,
ir-measures numpy, SciPy and a compiled extension, neither carries types, and neither counts queries without an answer.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

RELEVANT_GRADE: Final = 2
"""The lowest grade that answers the query; 1 is only about the same matter."""
NDCG_DEPTH: Final = 10
MRR_DEPTH: Final = 10
RECALL_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one query, or the plain means over `queries` of them; each 0..1."""

    queries: int
    ndcg: float
    mrr: float
    recall: float
    zero: float
    """Share of queries without any hit."""


def measure(hits: Sequence[str], grades: Mapping[str, int]) -> Figures:
    """The figures of one query.

    Args:
        hits: Documents in their order, each once.
        grades: 1..3 of each judged document; one that is not judged counts as 0.
    """
    return Figures(1, ndcg(hits, grades), reciprocal_rank(hits, grades), recall(hits, grades), float(not hits))


def ndcg(hits: Sequence[str], grades: Mapping[str, int]) -> float:
    """Discounted gain of the first ten hits, of that of the best possible order of all judged documents."""
    best = _gain(sorted(grades.values(), reverse=True))
    return _gain(grades.get(hit, 0) for hit in hits[:NDCG_DEPTH]) / best if best else 0.0


def reciprocal_rank(hits: Sequence[str], grades: Mapping[str, int]) -> float:
    """1 / position of the first relevant document among the first ten, else 0."""
    for position, hit in enumerate(hits[:MRR_DEPTH], 1):
        if grades.get(hit, 0) >= RELEVANT_GRADE:
            return 1 / position
    return 0.0


def recall(hits: Sequence[str], grades: Mapping[str, int]) -> float:
    """Share of the relevant documents that are among the first twenty hits; 0 where there are none."""
    wanted = {document for document, grade in grades.items() if grade >= RELEVANT_GRADE}
    return len(wanted.intersection(hits[:RECALL_DEPTH])) / len(wanted) if wanted else 0.0


def mean(figures: Sequence[Figures]) -> Figures:
    """The plain means over `figures` of single queries, which are at least one."""
    count = len(figures)
    return Figures(
        count,
        sum(one.ndcg for one in figures) / count,
        sum(one.mrr for one in figures) / count,
        sum(one.recall for one in figures) / count,
        sum(one.zero for one in figures) / count,
    )


def _gain(grades: Iterable[int]) -> float:
    """Järvelin and Kekäläinen's discounted cumulated gain, with gains 2^grade - 1."""
    first = list(grades)[:NDCG_DEPTH]
    return math.fsum(((1 << grade) - 1) / math.log2(position + 1) for position, grade in enumerate(first, 1))
