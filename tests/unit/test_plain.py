"""What people read of Markdown: no marks, every word, in the order of the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import german
from search.plain import plain


@pytest.mark.parametrize(
    ("markdown", "read"),
    [
        ("Erfunden.\n\n## Was es tut\n\nSensoren im Boden", "Erfunden. Was es tut: Sensoren im Boden"),
        ("# Wie entstand es? #\nSo.", "Wie entstand es? So."),
        ("- ein **fettes** Wort\n* ein *schräges*\n+ ***beides***", "• ein fettes Wort • ein schräges • beides"),
        ("1. erstens\n2. zweitens", "1. erstens 2. zweitens"),
        ("> Zitat\n> > darin", "Zitat darin"),
        ('Siehe [die Karte](https://a.example/karte "Karte").', "Siehe die Karte."),
        ("![Bild](b.png) <https://a.example/>", "Bild https://a.example/"),
        ("Der Befehl `los` und\n```sh\nlos --alle\n```", "Der Befehl los und los --alle"),
        ("| A | B |\n|---|:-:|\n| 1 | 2 |\n\n---\nDanach", "A · B 1 · 2 Danach"),
        ("Titel\n=====\nText", "Titel Text"),
        (r"5 \* 3, snake_case_name und 2 * 3 * 4", "5 * 3, snake_case_name und 2 * 3 * 4"),
        ("#Parken ist kein Titel, <b>HTML</b> auch nicht", "#Parken ist kein Titel, <b>HTML</b> auch nicht"),
        ("", ""),
    ],
)
def test_marks_go_and_words_stay(markdown: str, read: str) -> None:
    assert plain(markdown) == read


@given(
    st.lists(
        st.sampled_from(["Parken", "am Markt", "Straße", "\n", "\n## ", "\n- ", " **", "** ", " _", "_ ", "> ", "`"])
    )
)
def test_no_word_is_lost_or_joined(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert german.words(plain(text)) == german.words(text)


@pytest.mark.parametrize(
    "piece",
    ["*", "_a", "[", "`a", "![", "> ", "**a ", "|", "\\", "- ", "[a](", "<https://", "-", " ", "[a](b ", "#", "**a**"],
)
def test_hostile_repetition_ends(piece: str) -> None:
    assert "Ende" in plain(f"{piece * (20_000 // len(piece))} Ende")
