"""Compounds that no text has: which parts are asked for, and what each of them says; abbreviations inside."""

import pytest

from search.lexicon import Lexicon
from search.port import Vocabulary
from search.query import Kind
from search.thesaurus import Thesaurus
from search.understanding import understand
from tests.fixtures.language import VOCABULARY, read


def test_a_part_that_no_text_has_nor_means_is_taken_apart_too() -> None:
    """A thesaurus knows `Strandkataster`, and no text does: what the plan is about are beaches."""
    groups = (("Strandkataster", "Uferverzeichnis"), ())
    known = frozenset({"plan"})
    (unit,) = read("Strandkatasterplan.", groups, known=known).units
    assert [part.text for part in unit.parts] == ["strand", "kataster", "plan"]
    (unit,) = read("Baumkatasterplan.", (("Baumkataster", "Baumliste"), ()), known=known).units
    assert [part.text for part in unit.parts] == ["baumkataster", "plan"]
    (unit,) = read("Uferkatasterplan.", (("Uferkataster", "Strandbad"), ()), known=known).units
    assert [part.text for part in unit.parts] == ["uferkataster", "plan"]


def test_a_head_that_nothing_answers_is_missed_in_full() -> None:
    (unit,) = read("Waldausweis.", known=frozenset({"ausweis"})).units
    wood, card = unit.parts
    assert card.weight > wood.weight
    (unit,) = read("Waldkarte.").units
    wood, card = unit.parts
    assert card.weight < wood.weight / 2


def test_an_abbreviation_has_no_endings() -> None:
    """`eID` is no `Eider`, though an Eider without its ending would be an Eid."""
    vocabulary = {**VOCABULARY, "eider": 2, "eids": 1, "eiderkanal": 1, "kanal": 3, "eidkarte": 1, "eid": 3}
    synonyms = Thesaurus([((("perso",),), (("eid",),))], {("eid",): "eID"})
    query = understand("Perso.", Lexicon(Vocabulary(100, vocabulary)), synonyms)
    assert {"eid", "eids", "eidkarte"} <= set(query.variants)
    assert query.variants.keys().isdisjoint({"eider", "eiderkanal"})
    written = Thesaurus([((("perso",),), (("eid",),))], {("eid",): "Eid"})
    assert "eider" in understand("Perso.", Lexicon(Vocabulary(100, vocabulary)), written).variants


def test_a_word_that_says_little_brings_no_synonyms_of_what_ends_with_it() -> None:
    vocabulary = {**VOCABULARY, "system": 9, "parksystem": 1}
    groups = (("Parksystem", "Belegung"), ())
    assert "belegung" not in read("Waldsystem.", groups, vocabulary=vocabulary).variants
    telling = (("Parkkataster", "Belegung"), ())
    assert "belegung" in read("Waldkataster.", telling, vocabulary={**vocabulary, "parkkataster": 1}).variants


def test_a_word_that_says_little_says_more_where_it_makes_a_compound_with_its_neighbour() -> None:
    """`Gewerbe anmelden` asks for Gewerbeanmeldung; `Hund anmelden` for dogs."""
    vocabulary = {**VOCABULARY, "gewerbe": 3, "gewerbeanmeldung": 2, "anmeldung": 3, "hund": 3}
    _, joined = read("Gewerbe anmelden.", vocabulary=vocabulary).units
    _, apart = read("Hund anmelden.", vocabulary=vocabulary).units
    assert (joined.is_weak, apart.is_weak) == (False, True)
    assert joined.weight > apart.weight


def test_half_of_an_everyday_word_says_less_than_half_of_one_that_nobody_says() -> None:
    """A Bürgerbüro is what everybody knows: a Büro alone is none."""
    (made_up,) = read("Waldbad.").units
    (everyday,) = read("Waldbad.", known=frozenset({"waldbad"})).units
    assert [part.text for part in everyday.parts] == [part.text for part in made_up.parts] == ["wald", "bad"]
    half = [0.0, 1.0, 0.0]
    assert everyday.quality(half) < made_up.quality(half)
    assert everyday.quality([0.0, 1.0, 1.0]) == made_up.quality([0.0, 1.0, 1.0])


def test_half_of_an_everyday_word_is_something_else_where_the_other_half_says_nothing() -> None:
    """A Standesamt is no Stand; a Waldbad may be in the wood."""
    known = frozenset({"waldverwaltung", "waldbad"})
    (office,) = read("Waldverwaltung.", known=known).units
    assert [part.is_weak for part in office.parts] == [False, True]
    half, whole, related = [0.0, 1.0, 0.0], [0.0, 1.0, 1.0], [0.0, 1.0, 0.3]
    assert (
        (office.quality(half), office.is_met(half)) == (office.quality(related), office.is_met(related)) == (0, False)
    )
    assert office.quality(whole) > 0
    assert office.is_met(whole)
    (bath,) = read("Waldbad.", known=known).units
    assert bath.quality(half) > 0
    # What texts say, or nobody does, is found by its half as ever.
    (said,) = read("Verwaltungskarte.", known=known).units
    assert said.quality(half) > 0


def test_a_slip_is_known_as_what_it_is_a_slip_for() -> None:
    """Half of `Parkplatz` says as little where it was typed `parkpltz`."""
    (right,) = read("Parkplatz.").units
    (slip,) = read("Parkpltaz.").units
    (made_up,) = read("Parkbad.").units
    assert [part.text for part in slip.parts] == [part.text for part in right.parts]
    assert (right.is_known, slip.is_known, made_up.is_known) == (True, True, False)


@pytest.mark.parametrize(
    ("typed", "parts"), [("waldumf", ["wald", "umf"]), ("Verwaltungsumfr", ["verwaltung", "umfr"])]
)
def test_a_compound_that_no_text_has_is_read_while_it_is_typed(typed: str, parts: list[str]) -> None:
    """Whoever goes on to `Waldumfrage` is shown forests and surveys all the way."""
    query = read(typed)
    (unit,) = query.units
    assert [part.text for part in unit.parts] == parts
    assert not unit.is_missing
    _, begun = unit.parts
    answers = {
        word: variant.kind for word, each in query.variants.items() for variant in each if variant.slot == begun.slot
    }
    assert answers["umfrage"] is answers["umfragen"] is Kind.PREFIX
    # Whoever typed a full stop has finished the word.
    assert read(f"{typed}.").units[0].is_missing


@pytest.mark.parametrize("typed", ["waldxyz", "waldum", "xyzumfr", "waldq" * 12])
def test_what_begins_no_word_is_no_part(typed: str) -> None:
    (unit,) = read(typed).units
    assert unit.parts == ()
