"""What both adapters derive of documents and questions: the draw, what is kept, tiers that say nothing new."""

from hypothesis import given
from hypothesis import strategies as st

from search import requests
from search.port import Clause, Tier
from search.stored import ADDED_WORDS, LOT, STAMP, CandidateCache, attributes, lot
from tests.fixtures.search import EVERYBODY, NETWORK, make_document

_WORDS = st.sampled_from("abcd")
_CLAUSES = st.builds(
    Clause,
    st.lists(st.sampled_from(["words", "head_words", "keys"]), min_size=1, max_size=3).map(tuple),
    st.frozensets(_WORDS, max_size=3),
)
_TIERS = st.lists(st.lists(_CLAUSES, max_size=3).map(tuple), max_size=4)
# As `search.documents` makes them: words of head texts are among all words.
_DOCUMENTS = st.builds(
    lambda head, others, keys: {"head_words": head, "words": head | others, "keys": keys},
    st.frozensets(_WORDS),
    st.frozensets(_WORDS),
    st.frozensets(_WORDS),
)


def meets(document: dict[str, frozenset[str]], tier: Tier) -> bool:
    return all(any(document[name] & clause.values for name in clause.attributes) for clause in tier)


@given(_TIERS, st.lists(_DOCUMENTS, max_size=6))
def test_the_widest_tiers_have_the_documents_of_all(
    tiers: list[Tier], documents: list[dict[str, frozenset[str]]]
) -> None:
    widest = requests.widest(tiers)
    assert set(widest) <= set(tiers)
    for document in documents:
        assert any(meets(document, tier) for tier in widest) is any(meets(document, tier) for tier in tiers)


def test_a_tier_within_another_is_not_asked_for() -> None:
    narrow, wide = Clause(("head_words",), frozenset({"a"})), Clause(("words",), frozenset({"a", "b"}))
    assert requests.widest([(narrow, wide), (narrow,), (wide,)]) == [(wide,)]
    assert requests.widest([(wide,), (narrow,)]) == [(wide,)]
    assert requests.widest([(wide,), ()]) == [()]


@given(_CLAUSES, _DOCUMENTS)
def test_attributes_left_out_of_a_clause_find_nothing_more(clause: Clause, document: dict[str, frozenset[str]]) -> None:
    fewer = Clause(tuple(requests.readable(clause.attributes, EVERYBODY)), clause.values)
    assert meets(document, (fewer,)) is meets(document, (clause,))


def test_the_draw_never_changes() -> None:
    # Of another one, two processes of different versions would answer differently.
    assert [lot("a"), lot("b"), lot("\ud800")] == [1142984810018404, 2330054893033556, 1161666312611792]
    assert len({lot(str(number)) for number in range(10_000)}) == 10_000


def test_what_is_stored_has_a_value_and_a_new_stamp_each_time() -> None:
    document = make_document("a", "Wald", what_failed="Wald pleite")
    first, second = attributes(document), attributes(document)
    assert first[STAMP] != second[STAMP]
    assert first[LOT] == second[LOT] == lot("a") < 2**53
    assert first[ADDED_WORDS] == ["pleite"]
    assert all(value not in ([], "", None) for value in first.values())
    assert first["reuse"] == 0


def test_candidates_that_are_kept_are_bounded_by_their_size() -> None:
    cache = CandidateCache()
    large = {"title": "x" * 1_000_000, "network_notes": "secret"}
    for stamp in range(100):
        kept = cache.keep(stamp, str(stamp), large, EVERYBODY)
        assert cache.get(stamp, EVERYBODY) is kept
        # What is asked for again and again stays.
        assert stamp == 0 or cache.get(0, EVERYBODY) is not None
    remaining = [stamp for stamp in range(100) if cache.get(stamp, EVERYBODY) is not None]
    assert remaining == [0, *range(100 - len(remaining) + 1, 100)]
    assert 50 < len(remaining) < 70
    assert cache.get(0, NETWORK) is None, "each as he may read it"
    assert "network_notes" not in kept.attributes
    assert cache.keep(0, "0", large, NETWORK).attributes["network_notes"] == "secret"
