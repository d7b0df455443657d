"""What a query asks for beside its own words: what is related to them, and what several words mean together."""

from tests.fixtures.language import read


def test_what_is_related_is_meant_by_its_other_names_too_but_less() -> None:
    groups = (["Hitze"], ["Schatten"]), (["Schatten", "Wald"], ["Strand"])
    found = {word: max(variant.quality for variant in each) for word, each in read("Hitze.", *groups).variants.items()}
    assert 0 < found["wald"] < found["schatten"]
    assert "strand" not in found
    # In a phrase, and where it is a slip; a word that is only begun may go on to too many.
    assert "wald" in read("Hizte.", *groups).variants
    assert "wald" not in read("Hit", *groups).variants
    assert "wald" in read("heißes Wetter.", (["heißes Wetter"], ["Schatten"]), groups[1]).variants


def test_a_slip_in_what_several_words_mean_together_is_one() -> None:
    """No text has `künstliche`, and people type it with slips all the same."""
    query = read("künstilche Intelligenz.", (["künstliche Intelligenz", "Karte"], []))
    assert [correction.word for correction in query.corrections] == ["kunstliche"]
    assert "karte" in query.variants
