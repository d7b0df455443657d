"""What a query asks for: units, and what answers them."""

from dataclasses import fields

import pytest

from search.german import MAX_QUERY_WORDS
from search.lexicon import Lexicon
from search.port import Vocabulary
from search.query import Kind, Query
from search.thesaurus import Thesaurus
from search.understanding import Steps, understand
from tests.fixtures.language import VOCABULARY, read, retrieved


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


def put_right(query: Query) -> str | None:
    """The text with its slips replaced; `None` where there is none."""
    text = query.text
    for slip in reversed(query.corrections):
        text = text[: slip.start] + slip.word + text[slip.end :]
    return text if query.corrections else None


def quality(query: Query, word: str) -> float:
    return max((variant.quality for variant in query.variants.get(word, ())), default=0.0)


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


def test_in_a_question_the_subject_weighs_most() -> None:
    vocabulary = {"kostet": 2, "parkplatz": 9, "schon": 9, "eingefuhrt": 3, "erfahrungen": 4}
    found = read("Was kostet ein Parkplatz, wer hat schon Erfahrungen, wo ist er eingeführt?", vocabulary=vocabulary)
    assert max(found.units, key=lambda unit: unit.weight).text == "parkplatz"


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


def test_a_single_letter_before_a_word_does_not_hide_it() -> None:
    (unit,) = read("E-Suche").units
    assert [part.text for part in unit.parts] == ["suche"]
    assert not unit.is_missing
    assert read("E-Suche").corrections == ()
    known = read("E-Akte", vocabulary={"eakte": 2, "akte": 4}).units[0]
    assert (known.is_known, known.parts) == (True, ())


def test_single_characters_say_next_to_nothing_beside_a_word() -> None:
    word, first, second = read("Akte 2.0", vocabulary={"akte": 20, "2": 1, "20": 1}).units
    assert word.weight > first.weight + second.weight


def test_parts_of_all_words_together_are_bounded() -> None:
    hyphenated = " ".join("-".join(f"{first}{second}x" for second in "abcdef") for first in "ghijklmnop")
    query = read(hyphenated)
    assert len(query.units) == MAX_QUERY_WORDS
    assert 12 < sum(len(unit.parts) for unit in query.units) <= 20
    ordinary = read("Strand-Auslastung Park-Karte Baum-Kataster Wald-Umfrage")
    assert all(unit.parts for unit in ordinary.units)


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


def test_what_neighbours_mean_when_joined_answers_both_though_no_text_has_it() -> None:
    query = read("Baum Liste ", (["Baumliste", "Wald"], []))
    assert answers(query, "baum")["wald"] is answers(query, "liste")["wald"] is Kind.SYNONYM
    assert query.missing == ()


def test_digits_are_not_joined() -> None:
    assert "20" not in read("Akte 2.0", vocabulary={"akte": 4, "20": 3}).variants
    assert "3d" in read("3 D Karte", vocabulary={"karte": 4, "3d": 3}).variants


def test_words_apart_or_in_the_other_order_are_not_joined() -> None:
    for text in ("Kataster Baum ", "Baum Wald Kataster "):
        assert Kind.JOINED not in {variant.kind for each in read(text).variants.values() for variant in each}


@pytest.mark.parametrize("text", ["baumkat", "Wald baumkat"])
def test_the_last_word_may_go_on(text: str) -> None:
    query = read(text)
    assert answers(query, "baumkat")["baumkataster"] is Kind.PREFIX
    assert query.corrections == ()
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
    assert put_right(read(text)) == corrected


def test_letters_inside_another_word_are_left_alone() -> None:
    query = read("xparkpltzx parkpltz ", vocabulary={**VOCABULARY, "xparkpltzx": 1})
    assert put_right(query) == "xparkpltzx parkplatz "


@pytest.mark.parametrize(
    ("vocabulary", "known"), [({"baum": 5, "raum": 9, "traum": 9}, set[str]()), ({"traum": 9}, {"baume"})]
)
def test_what_is_a_word_is_no_slip(vocabulary: dict[str, int], known: set[str]) -> None:
    query = read("baume ", vocabulary=vocabulary, known=frozenset(known))
    assert query.corrections == ()
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
    assert [[sorted(forms) for forms in phrase.words] for phrase in query.phrases] == [
        [["papierloses"], ["buro", "buros"]]
    ]


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
        (' "MIT"?', "mit", ["mit"]),
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
    group: tuple[list[str], list[str]] = (["Forst", "Wald"], [])
    with_it, without = read(text, group), read(text, group, steps=Steps(**{step: False}))
    if word is None:
        kinds = [{variant.kind for each in query.variants.values() for variant in each} for query in (with_it, without)]
        assert Kind.JOINED in kinds[0] - kinds[1]
    else:
        assert word in with_it.variants
        assert word not in without.variants


def test_without_any_step_a_word_answers_itself_alone() -> None:
    off = Steps(**dict.fromkeys((step.name for step in fields(Steps)), False))
    query = read("Umfrage Baumkat-Aster parkpltz", (["Umfrage", "papierloses Büro"], ["Wald"]), steps=off)
    assert set(query.variants) == {"umfrage", "baumkataster", "parkpltz"}
    assert query.phrases == ()
    assert query.corrections == ()
    assert {variant.quality for each in query.variants.values() for variant in each} == {1.0}
