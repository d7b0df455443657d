"""How a folded word is written: as readable texts write it, and never as something that is no word."""

import pytest

from search.correcting import corrected, spellings
from tests.fixtures.language import read


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (["Ein Spielplatz und Spielplätze", "Spielplätze"], "Spielplatz"),
        (["Spielplätze im Ort", "zwei Spielplätze"], "Spielplätze"),
        (["auf Spielplätzen", "Die Spielplatzkarte"], "Spielplatz"),
        (["Spielplatzkarte"], "Spielplatz"),
    ],
)
def test_a_word_is_written_as_texts_have_it_alone_in_a_compound_or_in_another_form(
    texts: list[str], written: str
) -> None:
    assert spellings(texts, ["spielplatz"]) == {"spielplatz": written}


def test_what_no_text_has_is_not_written() -> None:
    assert spellings(["Spielzeug"], ["spielplatz"]) == {}


def test_no_correction_is_half_a_plural() -> None:
    query = read("parkpltz ", vocabulary={"parkplatz": 3, "parkplatze": 2})
    assert corrected(query, ["Freie Parkplätze"]) == "Parkplätze "
    assert corrected(query, ["Freie Wege"]) is None
