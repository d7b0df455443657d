"""Marked passages: the right words, nothing lost, nothing executable."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.snippets import MAX_LENGTH, Snippet, snippet


def marked(text: str, query: str) -> list[str]:
    found = snippet("summary", text, query)
    return [part.text for part in found.parts if part.is_match] if found else []


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Ein Parkleitsystem in Zeitz", "parkleits", ["Parkleitsystem"]),
        ("Intelligente Parkplatzsuche", "parkpltz suche", ["Parkplatzsuche"]),
        ("Intelligente Parkplatzsuche", "suche", ["Parkplatzsuche"]),
        ("Der Hort in Großröhrsdorf.", "grossroehrsdorf", ["Großröhrsdorf"]),
        ("Der Hort in Großröhrsdorf.", "grosrohrsdorf", ["Großröhrsdorf"]),
        ("Die Umfragen der Bürger", "umfrage bürger", ["Umfragen", "Bürger"]),
        ("Online-Anmeldung", "anmeldung", ["Online-Anmeldung"]),
        ("Online-Anmeldung", "onlineanmeldung", ["Online-Anmeldung"]),
        ("Radweg und Radweg", "radweg", ["Radweg", "Radweg"]),
        ("Nur ein Amt", "amd", []),
        ("Nur ein Text", "", []),
        ("Nur ein Text", "?!", []),
        ("", "text", []),
    ],
)
def test_what_is_marked(text: str, query: str, expected: list[str]) -> None:
    assert marked(text, query) == expected


def test_a_long_text_is_cut_around_the_densest_passage() -> None:
    text = "Wald " * 100 + "Ein Radweg mit einem Sensor zählt Räder. " + "Feld " * 100
    found = snippet("writeup", text, "sensor radweg feld")
    assert found is not None
    shown = "".join(part.text for part in found.parts)
    assert "Radweg mit einem Sensor" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) <= MAX_LENGTH + 4


def test_html_marks_and_escapes() -> None:
    found = snippet("summary", 'Ein <script>alert("Zeitz")</script> & Zeitz\x00\n<b>', "zeitz")
    assert found is not None
    assert found.html == (
        "Ein &lt;script&gt;alert(&quot;<mark>Zeitz</mark>&quot;)&lt;/script&gt; &amp; <mark>Zeitz</mark>  &lt;b&gt;"
    )


TEXTS = st.text(alphabet=st.one_of(st.sampled_from("<>&\"' \n\täöüßÄÖÜaeiouxyz-…"), st.characters()), max_size=600)


@given(TEXTS, st.text(alphabet="<>&\"' äöüßaeiouxyz-", max_size=40))
@example("a" * 500, "a" * 500)
@example("<a> " * 200, "a")
def test_parts_are_the_text_and_html_is_safe(text: str, query: str) -> None:
    found = snippet("summary", text, query)
    if found is None:
        return
    assert any(part.is_match for part in found.parts)
    assert all(part.text for part in found.parts)
    assert all(left.is_match != right.is_match or left.is_match for left, right in zip(found.parts, found.parts[1:]))  # noqa: B905 - neighbours
    plain = "".join(part.text for part in found.parts)
    assert plain.isprintable()
    line = "".join(character if character.isprintable() else " " for character in text)
    assert plain.removeprefix("… ").removesuffix(" …") in line or plain in line
    without_marks = re.sub(r"</?mark>", "", found.html)
    assert "<" not in without_marks
    assert html.unescape(without_marks) == plain


def test_a_snippet_names_its_attribute() -> None:
    found = snippet("what_failed", "Lieferant", "lieferant")
    assert isinstance(found, Snippet)
    assert found.attribute == "what_failed"
