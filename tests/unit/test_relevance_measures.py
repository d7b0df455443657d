"""The measures equal what their formulas give by hand, and keep the bounds that every ranking keeps."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.relevance.measures import Figures, mean, measure, ndcg, recall, reciprocal_rank

NAMES = [f"d{number}" for number in range(40)]
GRADES = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 3), min_size=1, max_size=30)
HITS = st.lists(st.sampled_from(NAMES), unique=True, max_size=30)


@pytest.mark.parametrize(
    ("hits", "grades", "expected"),
    [
        # 3/log2(2) + 0 + 7/log2(4) = 6.5 of 7 + 3/log2(3) + 1/log2(4) = 9.392789
        (["d2", "d9", "d1"], {"d1": 3, "d2": 2, "d3": 1}, (0.692020, 1, 1, 0)),
        # 3/log2(3) of 3
        (["d8", "d4"], {"d4": 2}, (0.630930, 1 / 2, 1, 0)),
        ([], {"d5": 3}, (0, 0, 0, 1)),
        # Grade 1 gains, and answers nothing: 1/log2(2) of 7 + 1/log2(3)
        (["d1"], {"d1": 1, "d2": 3}, (1 / (7 + 1 / math.log2(3)), 0, 0, 0)),
    ],
)
def test_a_query_worked_out_by_hand(hits: list[str], grades: dict[str, int], expected: tuple[float, ...]) -> None:
    found = measure(hits, grades)
    assert found.queries == 1
    assert (found.ndcg, found.mrr, found.recall, found.zero) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("position", "expected"),
    [(1, (1, 1, 1)), (10, (1 / math.log2(11), 1 / 10, 1)), (11, (0, 0, 1)), (20, (0, 0, 1)), (21, (0, 0, 0))],
)
def test_each_measure_looks_as_deep_as_its_name_says(position: int, expected: tuple[float, ...]) -> None:
    hits = [f"x{number}" for number in range(1, 31)]
    hits[position - 1] = "wanted"
    found = measure(hits, {"wanted": 3})
    assert (found.ndcg, found.mrr, found.recall) == pytest.approx(expected)


def test_the_best_order_is_that_of_ten_documents_where_more_are_judged() -> None:
    grades = dict.fromkeys(NAMES[:15], 2)
    assert ndcg(NAMES[:10], grades) == pytest.approx(1)
    assert recall(NAMES[:10], grades) == pytest.approx(10 / 15)


def test_a_mean_is_plain() -> None:
    figures = [Figures(1, 1, 1, 1, 0), Figures(1, 0, 0.5, 0, 1), Figures(1, 0.5, 0, 0.5, 0)]
    found = mean(figures)
    assert found.queries == 3
    assert (found.ndcg, found.mrr, found.recall, found.zero) == pytest.approx((1 / 2, 1 / 2, 1 / 2, 1 / 3))


@given(HITS, GRADES)
def test_figures_are_shares(hits: list[str], grades: dict[str, int]) -> None:
    found = measure(hits, grades)
    assert all(-1e-9 <= value <= 1 + 1e-9 for value in (found.ndcg, found.mrr, found.recall, found.zero))


@given(GRADES, st.randoms(use_true_random=False))
def test_no_order_beats_the_one_by_grade(grades: dict[str, int], random: Random) -> None:
    best = sorted(grades, key=lambda name: -grades[name])
    other = list(best)
    random.shuffle(other)
    assert ndcg(best, grades) == pytest.approx(1)
    assert ndcg(other, grades) <= ndcg(best, grades) + 1e-9


@given(HITS, GRADES, st.integers(0, 29))
def test_moving_a_better_document_up_never_costs(hits: list[str], grades: dict[str, int], position: int) -> None:
    if position + 1 >= len(hits) or grades.get(hits[position + 1], 0) <= grades.get(hits[position], 0):
        return
    moved = list(hits)
    moved[position], moved[position + 1] = moved[position + 1], moved[position]
    for of in (ndcg, reciprocal_rank, recall):
        assert of(moved, grades) >= of(hits, grades) - 1e-9


@given(HITS, GRADES)
def test_documents_that_nobody_judged_count_as_wrong_ones(hits: list[str], grades: dict[str, int]) -> None:
    unknown = [hit if hit in grades else f"unknown-{hit}" for hit in hits]
    assert measure(unknown, grades) == measure(hits, grades)
