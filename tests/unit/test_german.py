"""The analysis of German text: spellings that are one word, and how text is cut."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from search.german import (
    MAX_QUERY_WORDS,
    MAX_WORD_LENGTH,
    STOP_WORDS,
    QueryWord,
    allowed_typos,
    fold,
    query_words,
    scan,
    stem,
    words,
)

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
BARE = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Großröhrsdorf", "grossrohrsdorf"),
        ("GROẞRÖHRSDORF", "grossrohrsdorf"),
        ("grossroehrsdorf", "grossrohrsdorf"),
        ("Bu\u0308rger", "burger"),
        ("Café", "cafe"),
        ("ﬁnanzen", "finanzen"),
        ("ＡＭＴ", "amt"),
        ("Quelle", "quelle"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("名前", "名前"),
        ("", ""),
    ],
)
def test_folding(word: str, folded: str) -> None:
    assert fold(word) == folded


@given(st.text())
@example("aee")
@example("ªe")
@example("İe")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüßÄÖÜ"))
@example("süß")
def test_all_spellings_of_umlauts_are_one_word(word: str) -> None:
    lower = word.lower()
    assume("qü" not in lower)  # in no German word; after q, ue is not ü (Quelle)
    # What is written out beside other vowels may be read in more than one way (Bauer, neue); one reading is ours.
    if fold(lower.translate(BARE)) == lower.translate(BARE):
        assert fold(word) == fold(lower.translate(UMLAUTS)) == fold(lower.translate(BARE))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Online-Anmeldung", ["online", "anmeldung", "onlineanmeldung"]),
        ("E‑Akte", ["e", "akte", "eakte"]),
        ("und/oder", ["und", "oder"]),
        ("Name.Zweiter_Dritter", ["name", "zweiter", "dritter"]),
        ("Kita's", ["kita", "s", "kitas"]),
        ("  -- ... ", []),
        ("OZG 2.0", ["ozg", "2", "0"]),
        ("3D-Modell", ["3d", "modell", "3dmodell"]),
        ("a" * 100, ["a" * MAX_WORD_LENGTH]),
    ],
)
def test_words(text: str, terms: list[str]) -> None:
    assert words(text) == terms


@given(st.text())
@example("\u0345")
@example("½-½")
@example("ⓐ①")
def test_words_are_folded_and_lie_where_they_say(text: str) -> None:
    end = 0
    for word in scan(text):
        assert end <= word.start < word.end <= len(text)
        end = word.end
        assert word.terms
        for term in word.terms:
            assert term
            assert len(term) <= MAX_WORD_LENGTH
            assert term.isalnum()
    # Engines cut at spaces only, so no term may hold one.
    assert " ".join(words(text)).split() == words(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("umfragen", "umfrage"),
        ("parkplätze", "parkplatz"),
        ("parkplaetze", "parkplatz"),
        ("bürgerbeteiligungen", "burgerbeteiligung"),
        ("häuser", "haus"),
        ("schulen", "schule"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(fold(one)) == stem(fold(other))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüß0123456789"))
def test_a_stem_is_folded_and_keys_keep_theirs(word: str) -> None:
    folded = fold(word)
    assert fold(stem(folded)) == stem(folded)
    if any(map(str.isdigit, folded)):
        assert stem(folded) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parkplatz suche", ["parkplatz", "suche"]),
        ("Wie kann man Parkplätze in Zeitz finden", ["parkplatze", "zeitz", "finden"]),
        ("der die das", ["der", "die", "das"]),
        ("Smart-City", ["smart", "city"]),
        ("E-Akte", ["eakte"]),
        ("Wald wald WALD", ["wald"]),
        ("", []),
        ("?!", []),
    ],
)
def test_the_words_of_a_query(text: str, expected: list[str]) -> None:
    assert [word.text for word in query_words(text)] == expected


@given(st.text(max_size=200))
def test_only_the_last_word_of_a_query_is_open(text: str) -> None:
    found = query_words(text)
    assert len(found) <= MAX_QUERY_WORDS
    assert [word.is_open for word in found] == [False] * (len(found) - 1) + [True] * bool(found)
    assert len({word.text for word in found}) == len(found)


def test_query_words_are_values() -> None:
    assert query_words("Umfragen") == (QueryWord("umfragen", "umfrag", is_open=True),)


@pytest.mark.parametrize(
    ("word", "typos"), [("amt", 0), ("kita", 0), ("wald5", 0), ("radweg", 1), ("parkplatz", 2), ("2021", 0)]
)
def test_short_words_and_numbers_stay_exact(word: str, typos: int) -> None:
    assert allowed_typos(word) == typos


def test_stop_words_are_folded() -> None:
    assert {fold(word) for word in STOP_WORDS} == STOP_WORDS
