"""Marked passages: the words that the ranking counted, nothing lost, nothing executable."""

import html
import re
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search import german, wordlist
from search.lexicon import Lexicon
from search.port import Vocabulary
from search.query import Query
from search.snippets import MAX_LENGTH, Highlights, highlight
from search.thesaurus import Thesaurus
from search.understanding import understand

# What other entries say: counts tell compounds and rare words.
ELSEWHERE = "Park Platz Suche Strand Strandabschnitt Auslastung Starkregen Prognose Wald Feld Amt Anmeldung Online"
THESAURUS = Thesaurus(
    [
        ((("mull",), ("abfall",)), (("tonne",),)),
        ((("schaukasten",), ("touch", "bildschirm")), ()),
        ((("parken",), ("freie", "stellflache")), ()),
        ((("kalenderei",), ("offene", "termine")), ()),
        ((("platz",),), (("labor",),)),
    ]
)


def asked(query: str, *texts: str) -> Query:
    """What `query` means where these texts are all there is."""
    words = [set(german.words(text)) for text in (*texts, ELSEWHERE)]
    vocabulary = Vocabulary(len(words), Counter(word for text in words for word in text))
    lexicon = Lexicon(vocabulary, terms=frozenset(THESAURUS.words()), known=wordlist.german())
    return understand(query, lexicon, THESAURUS)


def shown(query: str, title: str = "", **texts: str) -> Highlights:
    return highlight(asked(query, title, *texts.values()), title, texts, most=2)


def marked(text: str, query: str) -> list[str]:
    return [part.text for passage in shown(query, summary=text).passages for part in passage.parts if part.is_match]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Ein Parkleitsystem in Zeitz", "parkleits", ["Parkleitsystem"]),
        ("Intelligente Parkplatzsuche", "parkpltz suche", ["Parkplatzsuche"]),
        ("Intelligente Parkplatzsuche", "suche", ["Parkplatzsuche"]),
        ("Der Hort in Großröhrsdorf.", "grossroehrsdorf", ["Großröhrsdorf"]),
        ("Der Hort in Großröhrsdorf.", "Grosröhrsdrf", ["Großröhrsdorf"]),
        ("Die Umfragen der Bürger", "umfrage bürger", ["Umfragen", "Bürger"]),
        ("Online-Anmeldung", "anmeldung", ["Online-Anmeldung"]),
        ("Online-Anmeldung", "onlineanmeldung", ["Online-Anmeldung"]),
        ("Auslastung von Strandabschnitten", "Strandauslastung", ["Auslastung", "Strandabschnitten"]),
        ("Radweg und Radweg", "radweg", ["Radweg", "Radweg"]),
        ("Abfall zum Amt", "Müll", ["Abfall"]),
        ("Ein Bildschirm mit Touch", "Schaukasten", ["Bildschirm", "Touch"]),
        ("Bildschirm", "Schaukasten", []),
        ("Nur ein Amt", "amd", []),
        ("Nur ein Text", "", []),
        ("Nur ein Text", "?!", []),
        ("", "text", []),
    ],
)
def test_what_is_marked(text: str, query: str, expected: list[str]) -> None:
    assert marked(text, query) == expected


def test_what_only_looks_like_the_word_is_not_marked() -> None:
    # An engine that forgives typing errors in every word would take one for the other.
    assert marked("Der Bus am Haus, die Maus im Haus", "haus") == ["Haus", "Haus"]


def test_related_words_are_marked_only_where_nothing_better_is_there() -> None:
    assert marked("Die Tonne wird geleert", "müll") == ["Tonne"]
    assert marked("Die Tonne für den Abfall", "müll") == ["Abfall"]
    both = shown("müll", "Abfall", summary="Die Tonne wird geleert")
    assert both.title is not None
    assert both.passages == ()


def test_parts_are_marked_only_where_the_whole_does_not_stand() -> None:
    assert marked("Strandauslastung: Auslastung am Strand", "Strandauslastung") == ["Strandauslastung"]
    assert marked("Auslastung am Strand", "Strandauslastung") == ["Auslastung", "Strand"]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        # A synonym of several words is one mark where they follow each other, and marks all of them where they do not.
        ("Immer freie Stellfläche hier", "Parken", ["freie Stellfläche"]),
        ("Die Stellfläche ist freie Fläche", "Parken", ["Stellfläche", "freie"]),
        # As a part the one word would mean more, but not as a whole.
        ("Offene Termine sehen", "Kalenderei", ["Offene Termine"]),
        # What is only related to a part says nothing beside the other part.
        ("Ein Park und ein Labor", "Parkplatz", ["Park"]),
        ("Nur ein Labor", "Parkplatz", ["Labor"]),
        # Of a slip, too, parts add nothing to the whole.
        ("Ein Parkplatz neben dem Park", "parkpltz", ["Parkplatz"]),
        # What one wants to do is marked as it was typed and not by what holds it.
        ("Onlineanmeldungen am Radweg, Anmeldungen", "Radweg Anmeldungen", ["Radweg", "Anmeldungen"]),
    ],
)
def test_only_what_carries_the_hit_is_marked(text: str, query: str, expected: list[str]) -> None:
    assert marked(text, query) == expected


def test_a_long_text_is_cut_around_the_weightiest_passage() -> None:
    text = "Wald " * 100 + "Ein Radweg mit einem Sensor zählt Räder. " + "Feld " * 100
    (found,) = shown("sensor radweg feld", writeup=text).passages
    plain = "".join(part.text for part in found.parts)
    assert "Radweg mit einem Sensor" in plain
    assert plain.startswith("… ")
    assert plain.endswith(" …")
    assert len(plain) <= MAX_LENGTH + 4


def test_passages_come_by_what_they_hold_of_the_query() -> None:
    texts = {
        "summary": "Ein Radweg.",
        "writeup": "Der Radweg hat einen Sensor.",
        "what_failed": "Kein Wort davon.",
        "lessons_learned": "Der Sensor am Radweg rostet.",
    }
    assert [passage.attribute for passage in shown("radweg sensor", **texts).passages] == ["writeup", "lessons_learned"]


def test_a_rare_word_weighs_more_than_a_frequent_one() -> None:
    text = "Amt " * 3 + "x " * 200 + "Radweg und Amt"
    query = asked("amt radweg", text, *["Amt"] * 30)
    (found,) = highlight(query, "", {"writeup": text}, most=1, length=40).passages
    assert "Radweg" in [part.text for part in found.parts if part.is_match]


def test_html_marks_and_escapes() -> None:
    (found,) = shown("zeitz", summary='Ein <script>alert("Zeitz")</script> & Zeitz\x00\n<b>').passages
    assert found.html == (
        "Ein &lt;script&gt;alert(&quot;<mark>Zeitz</mark>&quot;)&lt;/script&gt; &amp; <mark>Zeitz</mark>  &lt;b&gt;"
    )


def test_the_title_is_shown_whole() -> None:
    title = "Ein Radweg " + "und noch einer " * 40
    found = shown("radweg", title).title
    assert found is not None
    assert "".join(part.text for part in found.parts) == title


TEXTS = st.text(alphabet=st.one_of(st.sampled_from("<>&\"' \n\täöüßÄÖÜaeiouxyz-…"), st.characters()), max_size=600)


@given(TEXTS, st.text(alphabet="<>&\"' äöüßaeiouxyz-", max_size=40))
@example("a" * 500, "a" * 500)
@example("<a> " * 200, "a")
def test_parts_are_the_text_and_html_is_safe(text: str, query: str) -> None:
    for found in shown(query, summary=text).passages:
        assert any(part.is_match for part in found.parts)
        assert all(part.text for part in found.parts)
        neighbours = zip(found.parts, found.parts[1:], strict=False)
        assert all(left.is_match or right.is_match for left, right in neighbours)
        plain = "".join(part.text for part in found.parts)
        assert plain.isprintable()
        line = "".join(character if character.isprintable() else " " for character in text)
        assert plain.removeprefix("… ").removesuffix(" …") in line or plain in line
        without_marks = re.sub(r"</?mark>", "", found.html)
        assert "<" not in without_marks
        assert html.unescape(without_marks) == plain
