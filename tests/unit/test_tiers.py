"""What to retrieve for a query, and what holds for whatever is typed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.german import MAX_QUERY_WORDS, words
from search.port import MAX_CLAUSE_WORDS
from search.query import Query
from tests.fixtures.language import VOCABULARY, read, retrieved

MAX_TIERS = 8
"""Tiers that an engine takes (`search.port`)."""
GROUP = (["E-Akte", "papierloses Büro", "Aktenführung"], ["Scannen"])


def test_all_parts_of_a_compound_come_before_one_of_them() -> None:
    query = read("Strandauslastung Wald ")
    both = retrieved(query, text="Auslastung am Strand im Wald")
    one = retrieved(query, text="Auslastung im Wald")
    whole = retrieved(query, text="Strandauslastung im Wald")
    assert min(both) == min(whole) < min(one)


def test_tiers_go_from_all_words_in_the_title_to_any_word_anywhere() -> None:
    query = read("Umfrage Wald ")
    all_in_title = retrieved(query, title="Umfragen im Wald")
    all_in_text = retrieved(query, text="Umfragen im Wald")
    one_in_text = retrieved(query, text="Wald")
    assert min(all_in_title) < min(all_in_text) < min(one_in_text)
    assert set(all_in_title) > set(all_in_text) > set(one_in_text)
    assert retrieved(query, text="etwas anderes") == []


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("Strandauslastung", "Auslastung von Strandabschnitten"),
        ("Strandauslastung", "nur die Auslastung"),
        ("Baum Kataster ", "Baumkataster"),
        ("parkpltz ", "Parkplätze"),
        ("E-Akte", "ein papierloses Büro"),
        ("papierloses Büro ", "die E-Akte"),
        ("Forst Umfrage ", "Wald"),
    ],
)
def test_whatever_answers_is_retrieved(text: str, document: str) -> None:
    query = read(text, (["Forst", "Wald"], []), GROUP)
    assert retrieved(query, text=document)
    assert retrieved(query, title=document)


_TYPED = """
Wald wald Umfragen parkpltz Strandauslastung Baum Kataster E-Akte papierloses Büro der digital 12 EUPL-1.2 xyzqv
Strand-Bad verwlatungsmo Forst zei plat
"""
TYPED = st.lists(st.sampled_from(_TYPED.split()), max_size=12).map(" ".join)
TEXT = st.lists(st.sampled_from([*VOCABULARY, "eakte", "xyzqv"]), max_size=4).map(" ".join)


@given(TYPED, TEXT, TEXT)
@example("E-Akte", "", "papierloses")
def test_the_last_tier_holds_all_that_any_other_does_but_keys(text: str, title: str, summary: str) -> None:
    query = read(text, (["Forst", "Wald"], []), GROUP)
    met = retrieved(query, title=title, text=summary)
    assert not met or met[-1] == len(query.tiers()) - 1


@given(TYPED, TEXT, TEXT)
def test_whatever_has_a_word_that_answers_is_retrieved(text: str, title: str, summary: str) -> None:
    query = read(text, (["Forst", "Wald"], []), GROUP)
    if query.variants.keys() & {*words(title), *words(summary)}:
        assert retrieved(query, title=title, text=summary)


def assert_sound(query: Query) -> None:
    assert len(query.units) <= MAX_QUERY_WORDS
    assert len(query.tiers()) <= MAX_TIERS
    for tier in query.tiers():
        for clause in tier:
            assert 0 < len(clause.values) <= MAX_CLAUSE_WORDS
    assert len(set(query.tiers())) == len(query.tiers())
    owned = {unit.slot for unit in query.units} | {part.slot for unit in query.units for part in unit.parts}
    answers = [(each.slot, each.quality) for variants in query.variants.values() for each in variants]
    answers += [(phrase.slot, phrase.quality) for phrase in query.phrases]
    assert all(slot in owned and 0 < quality <= 1 for slot, quality in answers)
    assert all(slot in owned for slots in query.keys.values() for slot in slots)
    assert all(slot < query.slots for slot in owned)
    assert all(unit.weight > 0 for unit in query.units)
    assert 0 <= query.attainable <= 1
    assert len(query.missing) == sum(unit.is_missing for unit in query.units)


HOSTILE = [
    "\x00\x1b[31m Wald",
    "\u202eשלום\u202c Wald",
    "😀" * 250,
    "\ud800\udfff Wald \ud800",
    "a" * 500,
    "a" * 60 + " " + "a" * 61,
    "e" * 1_000,
    "-".join(["wald"] * 100),
    "-".join(f"{a}{b}{c}" for a in "bdfgk" for b in "bdfgk" for c in "bdfgk"),
    "Wald" * 125,
    '"unclosed AND title:* OR NOT (',
    "' OR 1=1 --",
    "ﷺ" * 100,
    "½⅓①Ⅷ",
    "1" * 500,
    " " * 500,
    "a b c d e f g h i j k l m",
    "\n".join(VOCABULARY),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_anything_may_be_typed(text: str) -> None:
    query = read(text, GROUP)
    assert_sound(query)
    assert query.text == text


@given(
    st.one_of(st.text(max_size=500), TYPED, st.lists(st.one_of(TYPED, st.text(max_size=5)), max_size=8).map("".join))
)
@example("a\u0308-\u00ad")
def test_every_text_is_understood_soundly(text: str) -> None:
    query = read(text, (["Forst", "Wald"], ["Park"]), GROUP)
    assert_sound(query)
    assert read(text, (["Forst", "Wald"], ["Park"]), GROUP) == query


def test_a_hyphenated_word_costs_no_more_than_some_words() -> None:
    query = read("-".join(f"{a}{b}{c}" for a in "bdfgk" for b in "bdfgk" for c in "bdfgk"))
    assert query.slots <= MAX_QUERY_WORDS


def test_of_too_many_words_for_a_clause_the_nearest_in_meaning_are_asked_for() -> None:
    typed = ["wald", "baum", "strand", "park"]
    letters = "bdfgklmnprstvwz"
    crowd = [f"{a}e{b}o{c}n" for a in letters for b in letters for c in letters][:1000]
    compounds = [word + other for word in typed for other in crowd]
    query = read(" ".join(typed) + " ", vocabulary=dict.fromkeys([*typed, *crowd, *compounds], 9))
    assert len(query.variants) > MAX_CLAUSE_WORDS
    assert_sound(query)
    for word in typed:
        assert len(query.tiers()) - 1 in retrieved(query, text=word)
