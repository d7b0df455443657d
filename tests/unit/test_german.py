"""The analysis of German text: spellings that are one word, and how text is cut."""

import re
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from search.german import MAX_WORD_LENGTH, STOP_WORDS, fold, key, scan, stem, words

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


@pytest.mark.parametrize("word", ["feuer", "neue", "steuer", "bauer", "mauer", "treue", "quelle", "bequem", "euer"])
def test_ue_that_is_no_umlaut_stays(word: str) -> None:
    assert fold(word) == word


@pytest.mark.parametrize(
    ("written_out", "umlaut"),
    [
        ("ueber", "über"),
        ("fuer", "für"),
        ("Tuer", "Tür"),
        ("Ueberschwemmung", "Überschwemmung"),
        ("Rueckbau", "Rückbau"),
    ],
)
def test_ue_that_is_an_umlaut_is_one(written_out: str, umlaut: str) -> None:
    assert fold(written_out) == fold(umlaut)


@pytest.mark.parametrize(("one", "other"), [("neue", "neu"), ("Feuer", "Feur"), ("Quelle", "Qulle")])
def test_different_words_are_not_folded_together(one: str, other: str) -> None:
    assert fold(one) != fold(other)


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
    assume(not re.search("[qaeiouäöü]ü", lower))  # after these, ue is not ü (Quelle, Feuer)
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
        ("OpenData", ["open", "data", "opendata"]),
        ("LoRaWAN", ["lorawan"]),
        ("BundID", ["bundid"]),
        ("FireMon112", ["fire", "mon112", "firemon112"]),
        ("OpenData-Portal", ["open", "data", "portal", "opendataportal"]),
        ("OffeneÄmter", ["offene", "amter", "offeneamter"]),
        ("XPlanung ÖPNV", ["xplanung", "opnv"]),
        ("Bürger\x00büro\x1b", ["burger", "buro"]),
        ("Wald😀Weg", ["wald", "weg"]),
        ("\ud800Wald", ["wald"]),
        ("\u202eשלום Wald", ["שלום", "wald"]),
    ],
)
def test_words(text: str, terms: list[str]) -> None:
    assert words(text) == terms


@pytest.mark.parametrize(
    "text", ["Bürgerbüro", "Großröhrsdorf", "Café-Bücherei", "OffeneÄmter", "Öffnung der Ämter", "Łódź"]
)
def test_letters_with_their_dots_apart_are_the_same_words(text: str) -> None:
    """As macOS and many PDF files write them."""
    assert words(unicodedata.normalize("NFD", text)) == words(text)


@pytest.mark.parametrize("invisible", ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"])
def test_places_where_a_word_may_be_broken_are_not_its_end(invisible: str) -> None:
    assert words(f"Stark{invisible}regen{invisible} Vor{invisible}sorge") == ["starkregen", "vorsorge"]


@pytest.mark.parametrize("text", ["\u0308", "\u00ad", "\u200b \u200d", "-\u0301-"])
def test_marks_alone_are_no_words(text: str) -> None:
    assert words(text) == []


def test_a_word_written_with_marks_lies_where_it_is_written() -> None:
    text = "das Bu\u0308rger\u00adbu\u0308ro."
    *_, word = scan(text)
    assert text[word.start : word.end] == "Bu\u0308rger\u00adbu\u0308ro"
    assert word.terms == ("burgerburo",)


@given(st.text())
@example("\u0345")
@example("a\u0308\u00ad-\u0308b")
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
        ("vorhersagen", "vorhersage"),
        ("gemeinden", "gemeinde"),
        ("digitaler", "digitale"),
        # Plurals with an s behind a vowel, a y or a p.
        ("kitas", "kita"),
        ("büros", "büro"),
        ("dorfautos", "dorfauto"),
        ("azubis", "azubi"),
        ("handys", "handy"),
        ("apps", "app"),
        ("startups", "startup"),
        # Words from Latin and Greek.
        ("museen", "museum"),
        ("museums", "museum"),
        ("digitalzentren", "digitalzentrum"),
        ("gremien", "gremium"),
        ("arztpraxen", "arztpraxis"),
        ("firmen", "firma"),
        ("risiken", "risiko"),
        # An s that becomes two.
        ("rufbusse", "rufbus"),
        ("flüsse", "fluss"),
        # What one does, and the doing.
        ("sanieren", "sanierung"),
        ("digitalisieren", "digitalisierung"),
        # An s that belongs to the word stays in all its forms.
        ("gläser", "glas"),
        ("kreise", "kreis"),
        ("verzeichnisse", "verzeichnis"),
        ("kostenlose", "kostenlos"),
        ("häusern", "haus"),
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
    ("one", "other"),
    [
        ("wald", "wand"),
        ("rat", "rad"),
        ("schule", "schulung"),
        ("amt", "amtlich"),
        ("baum", "bau"),
        ("studium", "studie"),
        ("studierende", "studie"),
        ("datum", "daten"),
        ("eigentum", "eigen"),
        ("borna", "born"),
        ("raum", "rau"),
        ("blume", "blut"),
    ],
)
def test_different_words_have_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("150840550550", "150840550550"),
        (" 15 084 0550 550 ", "150840550550"),
        ("99108004012000", "99108004012000"),
        ("EUPL-1.2", "eupl-1.2"),
        ("GPL-3.0+", "gpl-3.0+"),
        ("03SFT3R75", "03sft3r75"),
        ("10.5281/Zenodo.4321", "10.5281/zenodo.4321"),
        ("parkplatz-suche", "parkplatz-suche"),
        ("Ｅ12", "e12"),
        ("a", None),
        ("", None),
        ("   ", None),
        ("-wald", None),
        ("müll", None),
        ('"EUPL-1.2', None),
        ("a\x00b", None),
        ("\ud800abc", None),
        ("wald😀", None),
        ("1" * 1000, None),
    ],
)
def test_keys(text: str, expected: str | None) -> None:
    assert key(text) == expected


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    found = key(text)
    assert found is None or (found.isascii() and key(found) == found)


def test_stop_words_are_folded() -> None:
    assert {fold(word) for word in STOP_WORDS} == STOP_WORDS
