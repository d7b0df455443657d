"""What a query asks for: units, what answers them, and what to retrieve."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.german import MAX_QUERY_WORDS, words
from search.lexicon import Lexicon
from search.port import MAX_CLAUSE_WORDS, Vocabulary
from search.query import Kind, Query
from search.thesaurus import Thesaurus
from search.understanding import Steps, understand
from tests.fixtures.language import VOCABULARY, thesaurus

MAX_TIERS = 8
"""Tiers that an engine takes (`search.port`)."""


def read(
    text: str,
    *groups: tuple[Sequence[str], Sequence[str]],
    vocabulary: Mapping[str, int] = VOCABULARY,
    known: frozenset[str] = frozenset(),
    **steps: bool,
) -> Query:
    """What `text` asks for with a thesaurus of `groups`: equals, and what is related to them."""
    synonyms = thesaurus(*groups)
    lexicon = Lexicon(Vocabulary(100, vocabulary), terms=synonyms.words(), known=known)
    return understand(text, lexicon, synonyms, Steps(**steps))


def units(query: Query) -> list[str]:
    return [unit.text for unit in query.units]


def answers(query: Query, unit: str) -> dict[str, Kind]:
    """Words that answer `unit` or a part of it, each with the reason of its best answer."""
    (found,) = [each for each in query.units if each.text == unit]
    slots = {found.slot, *(part.slot for part in found.parts)}
    best = {
        word: max(
            (variant for variant in variants if variant.slot in slots), key=lambda each: each.quality, default=None
        )
        for word, variants in query.variants.items()
    }
    return {word: variant.kind for word, variant in best.items() if variant is not None}


def quality(query: Query, word: str) -> float:
    return max((variant.quality for variant in query.variants.get(word, ())), default=0.0)


def retrieved(query: Query, *, title: str = "", text: str = "", keys: Sequence[str] = ()) -> list[int]:
    """The tiers that a document meets."""
    attributes = {
        "head_words": set(words(title)),
        "words": {*words(title), *words(text)},
        "network_words": set[str](),
        "keys": set(keys),
    }
    return [
        place
        for place, tier in enumerate(query.tiers())
        if all(any(attributes[name] & clause.values for name in clause.attributes) for clause in tier)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Parkplatz Suche", ["parkplatz", "suche"]),
        ("Wie kann man Parkplätze in Zeitz finden?", ["parkplatze", "zeitz", "finden"]),
        ("Wald wald WALD", ["wald"]),
        ("E-Akte", ["eakte"]),
        ("Baum-Kataster", ["baumkataster"]),
        ("OpenData", ["opendata"]),
        ("der die das", ["der", "die", "das"]),
        ("die und die", ["die", "und"]),
        ("xyzqv", ["xyzqv"]),
        ("", []),
        ("?! - 😀 \x00 \ud800", []),
    ],
)
def test_a_unit_is_a_word_that_counts(text: str, expected: list[str]) -> None:
    query = read(text)
    assert units(query) == expected
    assert bool(query.tiers()) == bool(expected)


def test_words_beyond_the_most_do_not_count() -> None:
    many = [f"wort{chr(97 + number)}" for number in range(MAX_QUERY_WORDS + 5)]
    assert units(read(" ".join(many))) == many[:MAX_QUERY_WORDS]


def test_a_word_says_more_the_fewer_documents_have_it_in_any_form() -> None:
    query = read("parkplatz umfrage zeitz")
    weights = {unit.text: unit.weight for unit in query.units}
    assert weights["zeitz"] > weights["parkplatz"]
    counts = {"wald": 2, "umfrage": 2, "umfragen": 60}
    rare, common = read("wald umfrage", vocabulary=counts).units
    assert rare.weight > common.weight


def test_words_that_nearly_every_text_is_about_weigh_little() -> None:
    weak, strong = read("digital wald", vocabulary={"digital": 9, "wald": 9}).units
    assert 0 < weak.weight < strong.weight


def test_a_compound_is_a_unit_with_parts_that_answer_it() -> None:
    query = read("Strandauslastung")
    (unit,) = query.units
    assert [part.text for part in unit.parts] == ["strand", "auslastung"]
    assert not unit.is_known
    assert not unit.is_missing
    assert answers(query, "strandauslastung").keys() >= {"strand", "auslastung"}


def test_parts_have_forms_and_compounds_of_their_own() -> None:
    found = answers(read("Strandauslastung"), "strandauslastung")
    assert found["strandes"] is Kind.FORM
    assert found["strandbad"] is Kind.COMPOUND


def test_a_hyphenated_word_has_its_parts() -> None:
    (unit,) = read("Strand-Auslastung").units
    assert [part.text for part in unit.parts] == ["strand", "auslastung"]
    (unit,) = read("Xyz-Auslastung").units
    assert [part.text for part in unit.parts] == ["xyz", "auslastung"]
    (unit,) = read("E-Akte").units
    assert unit.parts == ()


def test_a_word_that_documents_have_is_known_though_it_has_parts() -> None:
    (unit,) = read("Baumkataster").units
    assert unit.is_known
    assert [part.text for part in unit.parts] == ["baum", "kataster"]


def test_compounds_with_a_word_answer_it_and_those_that_end_with_it_better() -> None:
    query = read("Platz ")
    found = answers(query, "platz")
    assert found["parkplatz"] is found["platzkarte"] is Kind.COMPOUND
    assert quality(query, "parkplatz") > quality(query, "platzkarte") > 0


def test_a_word_does_not_have_the_parts_of_what_it_might_go_on_to_be() -> None:
    vocabulary = {"wald": 9, "waldbrand": 9, "brand": 9}
    assert "brand" not in read("wald", vocabulary=vocabulary).variants
    assert "brand" in read("waldbran", vocabulary=vocabulary).variants


def test_neighbours_joined_answer_both() -> None:
    query = read("Baum Kataster ")
    assert [variant.kind for variant in query.variants["baumkataster"]] == [Kind.JOINED, Kind.JOINED]
    assert {variant.slot for variant in query.variants["baumkataster"]} == {unit.slot for unit in query.units}


def test_neighbours_are_joined_with_what_links_them() -> None:
    assert answers(read("Verwaltung Karte "), "verwaltung")["verwaltungskarte"] is Kind.JOINED


def test_words_apart_or_in_the_other_order_are_not_joined() -> None:
    for text in ("Kataster Baum ", "Baum Wald Kataster "):
        assert Kind.JOINED not in {variant.kind for each in read(text).variants.values() for variant in each}


@pytest.mark.parametrize("text", ["baumkat", "Wald baumkat"])
def test_the_last_word_may_go_on(text: str) -> None:
    query = read(text)
    assert answers(query, "baumkat")["baumkataster"] is Kind.PREFIX
    assert query.corrected is None
    assert query.missing == ()


@pytest.mark.parametrize("text", ["baumkat ", "baumkat.", "baumkat?", "baumkat wald", "baumkat\x00", "baumkat😀"])
def test_a_word_that_something_follows_is_closed(text: str) -> None:
    assert "baumkataster" not in answers(read(text), "baumkat")


def test_two_letters_are_too_few_to_go_on() -> None:
    assert "baumkataster" not in answers(read("ba"), "ba")


def test_what_goes_on_is_worth_less_after_a_whole_word_than_after_a_beginning() -> None:
    whole, beginning = read("baum"), read("baumk")
    assert 0 < quality(whole, "baumkataster") <= quality(beginning, "baumkataster") < 1


def test_an_open_word_may_have_a_slip() -> None:
    assert answers(read("verwlatungsmo"), "verwlatungsmo")["verwaltungsmodernisierung"] is Kind.TYPO


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("parkpltz", "parkplatz"),
        ("Wald, parkpltz!", "Wald, parkplatz!"),
        ("parkpltz Parkpltz parkpltz ", "parkplatz parkplatz parkplatz "),
        ("wald-parkpltz parkpltz ", "wald-parkpltz parkplatz "),
        ("parkplatz", None),
        ("parkplätze", None),
        ("xyzqvw", None),
        ("wlad", None),  # too short
        ("", None),
    ],
)
def test_slips_are_put_right_where_they_stand(text: str, corrected: str | None) -> None:
    assert read(text).corrected == corrected


def test_letters_inside_another_word_are_left_alone() -> None:
    query = read("xparkpltzx parkpltz ", vocabulary={**VOCABULARY, "xparkpltzx": 1})
    assert query.corrected == "xparkpltzx parkplatz "


@pytest.mark.parametrize(
    "setting",
    [{"vocabulary": {"baum": 5, "raum": 9, "traum": 9}}, {"vocabulary": {"traum": 9}, "known": frozenset({"baume"})}],
)
def test_what_is_a_word_is_no_slip(setting: Mapping[str, object]) -> None:
    query = read("baume ", **setting)  # type: ignore[arg-type]  # keywords by name
    assert query.corrected is None
    assert Kind.TYPO not in {variant.kind for each in query.variants.values() for variant in each}


def test_a_slip_is_worth_less_the_further_it_is_away() -> None:
    query = read("parkplat ", vocabulary={"parkplatz": 1, "packplatz": 9})
    assert 1 > quality(query, "parkplatz") > quality(query, "packplatz") > 0


def test_a_compound_with_a_slip_in_a_part_has_the_parts_meant() -> None:
    (unit,) = read("strandauslatsung").units
    assert [part.text for part in unit.parts] == ["strand", "auslastung"]


def test_neighbours_with_slips_are_joined_as_meant() -> None:
    assert answers(read("Verwlatung Karte "), "verwlatung")["verwaltungskarte"] is Kind.JOINED


def test_a_word_that_nothing_has_is_missing_and_written_as_typed() -> None:
    query = read("Wald Xyzqvw ")
    assert query.missing == ("Xyzqvw",)
    assert [unit.is_missing for unit in query.units] == [False, True]


def test_a_draft_of_the_caller_may_have_a_missing_word_in_another_form_or_a_part_of_it() -> None:
    query = read("Glumpfen Xyzq-Qworz ")
    assert query.missing == ("Glumpfen", "Xyzq-Qworz")
    assert answers(query, "glumpfen")["glumpf"] is Kind.FORM
    assert {"xyzq", "qworz"} <= answers(query, "xyzqqworz").keys()


@pytest.mark.parametrize("text", ["parkpltz", "Strandauslastung", "baumkat", "Waldes", "Forst"])
def test_what_anything_answers_is_not_missing(text: str) -> None:
    assert read(text, (["Forst", "Wald"], [])).missing == ()


def test_an_empty_vocabulary_misses_everything() -> None:
    query = read("Wald am Strand", vocabulary={})
    assert query.missing == ("Wald", "Strand")
    assert query.weight > 0


GROUP = (["E-Akte", "papierloses Büro", "Aktenführung"], ["Scannen"])


@pytest.mark.parametrize(
    ("text", "unit"), [("E-Akte", "eakte"), ("eAkte ", "eakte"), ("Aktenführungen", "aktenfuhrungen")]
)
def test_equals_answer_each_other_in_any_form(text: str, unit: str) -> None:
    query = read(text, GROUP)
    other = "aktenfuhrung" if unit == "eakte" else "eakte"
    assert answers(query, unit)[other] is Kind.SYNONYM
    assert [[sorted(forms) for forms in phrase.words] for phrase in query.phrases] == [[["papierloses"], ["buro"]]]


def test_a_phrase_asks_for_what_it_means() -> None:
    query = read("das papierlose Büro", GROUP)
    for unit in ("papierlose", "buro"):
        assert answers(query, unit)["eakte"] is Kind.SYNONYM
    assert read("Büro", GROUP).variants.keys().isdisjoint({"eakte"})


def test_related_words_answer_one_way_and_less() -> None:
    there, back = read("E-Akte", GROUP), read("Scannen", GROUP)
    assert answers(there, "eakte")["scannen"] is Kind.RELATED
    assert 0 < quality(there, "scannen") < quality(there, "aktenfuhrung") < 1
    assert back.variants.keys().isdisjoint({"eakte", "aktenfuhrung"})


def test_a_part_of_a_compound_has_synonyms() -> None:
    found = answers(read("Strandauslastung", (["Auslastung", "Belegung"], [])), "strandauslastung")
    assert found["belegung"] is Kind.SYNONYM


def test_synonyms_of_a_slip_are_those_of_what_is_meant() -> None:
    assert "stellplatz" in answers(read("parkpltz ", (["Parkplatz", "Stellplatz"], [])), "parkpltz")


def test_without_a_thesaurus_there_are_no_phrases() -> None:
    assert understand("E-Akte", Lexicon(Vocabulary(100, VOCABULARY)), Thesaurus()).phrases == ()


@pytest.mark.parametrize(
    ("text", "key", "typed"),
    [
        ("150840550550", "150840550550", ["150840550550"]),
        ("ARS 150840550550", "150840550550", ["150840550550"]),
        ("15 084 0550 550", "150840550550", ["15", "084", "0550", "550"]),
        ("Leistung 99108004012000.", "99108004012000", ["99108004012000"]),
        ("(03sft3r75)", "03sft3r75", ["03sft3r75"]),
        ("Lizenz „EUPL-1.2“?", "eupl-1.2", ["eupl1", "2"]),
        ("MIT", "mit", ["mit"]),
        ("parkplatz-suche", "parkplatz-suche", ["parkplatzsuche"]),
        ("doi 10.5281/zenodo.4321", "10.5281/zenodo.4321", ["10", "5281", "zenodo", "4321"]),
    ],
)
def test_keys_belong_to_the_words_that_they_are_written_with(text: str, key: str, typed: list[str]) -> None:
    query = read(text)
    slots = {unit.slot: unit.text for unit in query.units}
    assert [slots[slot] for slot in query.keys[key]] == typed
    assert retrieved(query, keys=[key]) == [0]
    assert retrieved(query, keys=[key + "0", key[:-1]]) == []


def test_a_word_is_not_part_of_every_key_with_its_letters() -> None:
    query = read("2 Orte mit 12 Bussen")
    slots = {unit.text: unit.slot for unit in query.units}
    assert query.keys["12"] == (slots["12"],)


@pytest.mark.parametrize("text", ["Parkplätze im Wald", "müll", "?!", ""])
def test_what_cannot_be_a_key_is_none(text: str) -> None:
    assert read(text).keys == {}


@pytest.mark.parametrize(
    ("step", "text", "word"),
    [
        ("forms", "Umfrage ", "umfragen"),
        ("forms", "Glumpfen ", "glumpf"),
        ("compounds", "Strandauslastung ", "auslastung"),
        ("compounds", "Kataster ", "baumkataster"),
        ("joining", "Baum Kataster ", None),
        ("synonyms", "Forst ", "wald"),
        ("typos", "parkpltz ", "parkplatz"),
        ("typos", "strandauslatsung ", "auslastung"),
        ("completion", "verwaltungsmod", "verwaltungsmodernisierung"),
    ],
)
def test_a_step_that_is_left_out_brings_nothing(step: str, text: str, word: str | None) -> None:
    groups = (["Forst", "Wald"], [])
    with_it, without = read(text, groups), read(text, groups, **{step: False})
    if word is None:
        kinds = [{variant.kind for each in query.variants.values() for variant in each} for query in (with_it, without)]
        assert Kind.JOINED in kinds[0] - kinds[1]
    else:
        assert word in with_it.variants
        assert word not in without.variants


def test_without_any_step_a_word_answers_itself_alone() -> None:
    off = dict.fromkeys(("forms", "compounds", "joining", "synonyms", "typos", "completion"), False)
    query = read("Umfrage Baumkat-Aster parkpltz", (["Umfrage", "papierloses Büro"], ["Wald"]), **off)
    assert set(query.variants) == {"umfrage", "baumkataster", "parkpltz"}
    assert query.phrases == ()
    assert query.corrected is None
    assert {variant.quality for each in query.variants.values() for variant in each} == {1.0}


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
    for variant in (*(each for variants in query.variants.values() for each in variants), *query.phrases):
        assert 0 < variant.quality <= 1
        assert variant.slot in owned
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
    "-".join(f"{a}{b}{c}" for a in "abcde" for b in "abcde" for c in "abcde"),
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
    query = read("-".join(f"{a}{b}{c}" for a in "abcde" for b in "abcde" for c in "abcde"))
    assert query.slots <= MAX_QUERY_WORDS


def test_clauses_stay_within_their_bound() -> None:
    crowd = {f"wald{a}{b}{c}" for a in "abcdefghijklmno" for b in "abcdefghijklmno" for c in "abcdefghijklmno"}
    query = read("wald ", vocabulary=dict.fromkeys(["wald", *crowd, *(word[4:] for word in crowd)], 9))
    assert_sound(query)
    assert retrieved(query, text="wald")
