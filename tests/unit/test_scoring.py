"""Which document answers better: order, never figures."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.documents import TEXTS
from search.german import words
from search.lexicon import Lexicon
from search.port import Candidate, Vocabulary
from search.query import Kind, Query
from search.scoring import Match, score
from search.understanding import understand
from tests.fixtures.language import VOCABULARY, thesaurus

GROUPS = ((["Wald", "Forst"], ["Holz"]), (["E-Akte", "papierloses Büro"], ["Scannen"]))
FILLER = "etwas ganz anderes das hier steht"


def read(text: str) -> Query:
    """What `text` asks for; a word that ends with `.` does not go on."""
    synonyms = thesaurus(*GROUPS)
    return understand(text, Lexicon(Vocabulary(100, VOCABULARY), terms=synonyms.words()), synonyms)


def document(title: str = "", *, keys: Sequence[str] = (), **texts: str) -> Candidate:
    """As an engine gives it back: attributes without content are absent."""
    written = {name: " ".join(words(text)) for name, text in {"title": title, **texts}.items() if text}
    return Candidate("a", {**written, **({"keys": list(keys)} if keys else {})})


def match(text: str, candidate: Candidate) -> Match:
    found = score(read(text), candidate)
    assert found is not None
    return found


def assert_order(text: str, *candidates: Candidate) -> None:
    """Each of `candidates` answers `text` better than the next."""
    scores = [match(text, candidate).score for candidate in candidates]
    assert scores == sorted(set(scores), reverse=True)


def test_a_text_counts_by_where_it_stands() -> None:
    order = ("title", "names", "summary", "writeup", "notes")
    rest = dict.fromkeys(order, FILLER)
    assert_order("wald.", *(document(**{**rest, name: f"wald {FILLER}"}) for name in order))


def test_a_word_in_several_texts_counts_for_more() -> None:
    assert_order(
        "wald.",
        document("Wald", summary="Der Wald", writeup="Im Wald"),
        document("Wald", summary="Der Wald", writeup=FILLER),
        document("Wald", summary=FILLER, writeup=FILLER),
    )


@pytest.mark.parametrize("attribute", ["title", "summary", "writeup"])
def test_all_words_come_before_some(attribute: str) -> None:
    assert_order(
        "wald umfrage zeitz.",
        document(**{attribute: "Umfrage im Wald bei Zeitz"}),
        document(**{attribute: "Umfrage bei Zeitz am Strand"}),
        document(**{attribute: "Zeitz am Strand mit Bad"}),
    )


def test_all_words_once_come_before_one_of_them_often() -> None:
    assert_order(
        "wald umfrage.",
        document(FILLER, summary="Umfrage zum Wald und mehr"),
        document(FILLER, summary="Umfrage Umfrage Umfrage Umfrage Umfrage"),
    )


def test_the_rarer_word_says_more() -> None:
    assert_order("zeitz verwaltung.", document("Zeitz und mehr"), document("Verwaltung und mehr"))


@pytest.mark.parametrize("attribute", ["summary", "writeup"])
def test_words_close_together_come_before_words_far_apart(attribute: str) -> None:
    assert_order(
        "umfrage strand.",
        document(**{attribute: f"Umfrage am Strand {FILLER} {FILLER}"}),
        document(**{attribute: f"Umfrage {FILLER} {FILLER} Strand"}),
    )


@pytest.mark.parametrize(
    ("text", "better", "kinds"),
    [
        (
            "wald.",
            ["Wald", "Waldes", "Stadtwald", "Forst", "Holz"],
            [Kind.EXACT, Kind.FORM, Kind.COMPOUND, Kind.SYNONYM, Kind.RELATED],
        ),
        ("parkpltz.", ["Parkpltz", "Parkplatz", "Platz"], []),
        ("umfrag", ["Umfrag", "Umfrage"], []),
    ],
)
def test_the_nearer_in_meaning_the_better(text: str, better: list[str], kinds: list[Kind]) -> None:
    counts = {**VOCABULARY, "stadtwald": 2, "stadt": 9, "forst": 3, "holz": 3}
    synonyms = thesaurus(*GROUPS)
    query = understand(text, Lexicon(Vocabulary(100, counts)), synonyms)
    found = [score(query, document(f"{word} hier", writeup=FILLER)) for word in better]
    answered = [each.score for each in found if each is not None]
    assert len(answered) >= len(better) - 1
    assert answered == sorted(set(answered), reverse=True)
    for word, kind in zip(better, kinds, strict=False):
        assert {variant.kind for variant in query.variants[word.lower()]} == {kind}


def test_any_exact_word_comes_before_any_that_is_only_related() -> None:
    assert_order("wald.", document(FILLER, summary="Wald"), document(FILLER, summary="Holz"))
    assert match("wald.", document("Holz")).coverage < match("wald.", document(FILLER, notes="Wald")).coverage


def test_a_compound_apart_is_the_compound() -> None:
    """Typed together or apart, and written together or apart: all find each other."""
    for typed in ("baumkataster.", "baum kataster.", "Baum-Kataster."):
        together, apart = (match(typed, document(title)) for title in ("Baumkataster", "Kataster für Baum und Strauch"))
        neither = score(read(typed), document("Wald"))
        assert together.score > apart.score > 0
        assert together.coverage > 0.9
        assert apart.coverage > 0.5
        assert neither is None


def test_the_parts_of_an_unknown_compound_come_before_one_of_them() -> None:
    assert_order(
        "strandauslastung.",
        document("Strandauslastung hier"),
        document("Auslastung am Strand"),
        document("Auslastung am Wald"),
    )


def test_half_of_a_compound_that_documents_know_says_less_than_of_one_that_they_do_not() -> None:
    known = match("baumkataster.", document("Baum hier")).coverage
    unknown = match("strandauslastung.", document("Strand hier")).coverage
    assert 0 < known < unknown


def test_of_a_compound_that_no_document_has_the_head_alone_says_little() -> None:
    """`Strandauslastung` is about the beach; how full something else is answers it no more than any text."""
    subject, kind = (match("strandauslastung.", document(text)).coverage for text in ("Strand hier", "Auslastung hier"))
    assert 0 < 2 * kind < subject


def test_a_phrase_answers_where_its_words_stand_together() -> None:
    together = document("Das papierloses Büro", writeup=FILLER)
    apart = document("Ein papierloses Amt", writeup=f"{FILLER} {FILLER} Büro")
    assert match("e-akte.", together).score > 0
    assert score(read("e-akte."), apart) is None


def test_longer_texts_do_not_win_by_their_length() -> None:
    assert_order(
        "wald umfrage.",
        document("Umfrage im Wald", summary="Eine Umfrage im Wald.", writeup="Wald"),
        document("Umfrage im Wald", summary="Eine Umfrage im Wald. " + f"{FILLER} " * 60, writeup="Wald"),
    )
    short = document(FILLER, writeup="Eine Umfrage zum Wald")
    long = document(FILLER, writeup="Umfrage " + f"{FILLER} " * 200 + "Wald")
    assert_order("wald umfrage.", short, long)


def test_saying_a_word_very_often_does_not_win() -> None:
    assert_order("wald.", document("Wald", summary=FILLER), document(FILLER, summary="Wald " * 500))


@pytest.mark.parametrize("key", ["150840550550", "99108004012000", "eupl-1.2", "parkplatz-suche", "03sft3r75"])
def test_an_official_key_comes_before_all_words(key: str) -> None:
    assert_order(key, document(FILLER, keys=[key]), document(key, summary=key, writeup=key))
    assert score(read(key), document(FILLER, keys=[key + "9"])) is None


def test_a_key_adds_to_what_the_texts_say() -> None:
    texts = {"title": "wald", "names": "wald", "summary": "wald wald", "writeup": "wald wald", "notes": "wald wald"}
    assert_order("wald", document(**texts, keys=["wald"]), document(**texts))


@pytest.mark.parametrize(
    "candidate",
    [
        document(FILLER),
        document(),
        document("", keys=["150840550550"]),
        Candidate("a", {"title": "", "summary": "", "keys": []}),
        Candidate("a", {"topics": ["wald"], "title_sort": "wald", "reuse": 4}),
    ],
)
def test_what_has_no_word_of_the_query_is_no_answer(candidate: Candidate) -> None:
    assert score(read("wald umfrage."), candidate) is None


@pytest.mark.parametrize("text", ["", "?!", "😀"])
def test_nothing_answers_nothing(text: str) -> None:
    assert score(read(text), document("Wald")) is None


def test_a_match_names_the_units_that_are_answered() -> None:
    query = read("wald umfrage zeitz.")
    slots = {unit.text: unit.slot for unit in query.units}
    found = score(query, document("Umfragen", summary="im Wald"))
    assert found is not None
    assert found.slots == {slots["wald"], slots["umfrage"]}
    assert 0 < found.coverage < 1


def test_a_missing_word_is_answered_by_a_draft_that_has_it() -> None:
    query = read("Xyzq-Qworz suche.")
    assert query.missing == ("Xyzq-Qworz",)
    whole, half = (score(query, document(title)) for title in ("Xyzq-Qworz Suche", "Qworz Suche"))
    assert whole is not None
    assert half is not None
    assert whole.score > half.score


def test_what_the_caller_may_not_read_does_not_count() -> None:
    """Engines leave `network_notes` out for others; the rest is then scored as if there were none."""
    texts = {"title": "Wald", "summary": "Umfrage im Park"}
    public = document(**texts)
    assert match("wald park.", document(**texts, network_notes=FILLER)) == match("wald park.", public)
    assert match("wald park.", document(**texts, network_notes="Park Wald")).score > match("wald park.", public).score


WORDS = st.lists(st.sampled_from([*VOCABULARY, "forst", "eakte", "xyzq", "hier"]), max_size=12).map(" ".join)
CANDIDATES = st.fixed_dictionaries(
    {}, optional={**{text.name: WORDS for text in TEXTS}, "keys": st.just(["150840550550", "wald"])}
).map(lambda attributes: Candidate("a", attributes))
_TYPED = "Wald Umfragen parkpltz Strandauslastung Baum Kataster E-Akte papierloses Büro der 150840550550 Xyzq-Hier zei"
TYPED = st.lists(st.sampled_from(_TYPED.split()), max_size=6).map(" ".join)


@given(TYPED, CANDIDATES)
def test_scores_are_shares(text: str, candidate: Candidate) -> None:
    query = read(text)
    found = score(query, candidate)
    if found is not None:
        assert 0 < found.score <= 1
        assert 0 < found.coverage <= 1
        assert found.slots
        assert found.slots <= {unit.slot for unit in query.units}


@given(TYPED, CANDIDATES)
def test_a_document_that_has_a_word_that_answers_is_an_answer(text: str, candidate: Candidate) -> None:
    query = read(text)
    has = {word for each in TEXTS for word in candidate.attributes.get(each.name, "").split()}
    if query.variants.keys() & has:
        assert score(query, candidate) is not None


@given(TYPED, CANDIDATES, CANDIDATES)
def test_a_score_depends_on_the_query_and_the_document_alone(text: str, one: Candidate, other: Candidate) -> None:
    query = read(text)
    alone = score(query, one)
    score(query, other)
    assert score(query, one) == score(read(text), one) == alone


@given(TYPED, CANDIDATES)
def test_the_order_of_attributes_and_the_id_change_nothing(text: str, candidate: Candidate) -> None:
    query = read(text)
    turned = Candidate("b", dict(reversed(list(candidate.attributes.items()))))
    assert score(query, turned) == score(query, candidate)


@given(TYPED, CANDIDATES, st.sampled_from([text.name for text in TEXTS]))
def test_an_empty_text_is_as_none(text: str, candidate: Candidate, name: str) -> None:
    query = read(text)
    without = {key: value for key, value in candidate.attributes.items() if key != name}
    assert score(query, Candidate("a", {**without, name: ""})) == score(query, Candidate("a", without))


@given(st.sampled_from(["wald.", "umfrage strand.", "strandauslastung."]), WORDS)
def test_another_text_with_the_words_never_harms(text: str, summary: str) -> None:
    less = score(read(text), Candidate("a", {"title": "hier", "writeup": "wald strand umfrage auslastung"}))
    more = score(
        read(text), Candidate("a", {"title": "hier", "writeup": "wald strand umfrage auslastung", "summary": summary})
    )
    assert less is not None
    assert more is not None
    assert more.score >= less.score - 1e-12


@pytest.mark.parametrize("text", ["wald " * 100, "a" * 500, "\ud800 wald", "\u202eשלום wald", "-".join(["wald"] * 100)])
def test_any_query_can_be_scored_against_any_text(text: str) -> None:
    for content in ("wald", "a" * 500, "\ud800 wald", "wald " * 10_000, "  wald  ", "שלום"):
        found = score(read(text), Candidate("a", {"title": content, "writeup": content, "keys": [content]}))
        assert found is None or 0 < found.score <= 1
