"""What an explanation names of all that answers."""

import pytest

from search.explaining import explain
from search.port import Candidate
from search.query import Kind
from search.scoring import score
from tests.fixtures.language import read


@pytest.mark.parametrize(
    ("title", "summary", "named"),
    [
        ("wald baum", "baum", {("wald", "title", Kind.EXACT)}),
        ("baum", "wald", {("wald", "summary", Kind.EXACT)}),
        ("baum", "haus", {("baum", "title", Kind.RELATED)}),
    ],
)
def test_what_is_only_related_is_named_where_nothing_says_it_clearly(
    title: str, summary: str, named: set[tuple[str, str, Kind]]
) -> None:
    query = read("Wald ", (["Wald"], ["Baum"]))
    candidate = Candidate("a", {"title": title, "summary": summary})
    match = score(query, candidate)
    assert match is not None
    told = explain(query, candidate, match, audiences=frozenset({"public"}))

    assert {(word.found, word.attribute, word.kind) for word in told.words} == named
