"""Drafts of council papers: the page and the file say the same, leave blanks, and bear whatever people wrote."""

import io
import re
from html import unescape
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from network.pages.council_paper import Blank, Fact, Item, Paper, Section, Text
from network.pages.word_file import MEDIA_TYPE, word_file
from tests.fixtures.builders import make_project, make_topic, relate
from tests.pages.finding import LONG, SCRIPT, Pages, pages_of

HEADINGS = [
    "Beschlussvorschlag",
    "Sachverhalt",
    "Alternativen",
    "Bestätigte Nachnutzung",
    "Kosten einmalig und jährlich",
    "Förderung",
    "Personalaufwand",
    "Recht und Datenschutz",
    "Quellen und Stand",
]


def words_of(content: bytes) -> list[str]:
    """The paragraphs of a file, opened again."""
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def read(text: str) -> str:
    """What a page says, without markup."""
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]*>", " ", text)))


async def test_the_page_has_every_section_of_a_council_paper(found: Pages) -> None:
    text = await found.text("/projects/parkplatzsuche/council-paper", "other")
    assert re.findall("<h2>(.*?)</h2>", text) == HEADINGS
    said = read(text)
    for fact in (
        *("Beschlussvorlage: Nachnutzung von „Parkplatzsuche“", "Entwurf, aus Hubnetz erstellt am"),
        *(
            "Sensoren zeigen freie Parkplätze.",
            "81.234 €",
            "4.567 €",
            "Regio (Land Sachsen-Anhalt; 80 %)",
            "30 Arbeitstage",
        ),
        *("§ 12 StVO", "Vertrag: Mustervertrag (https://rat.example/vertrag.pdf)", "Stadtrat Zeitz", "4. Mai 2026"),
        *("Ähren: im Einsatz, seit März 2024", "„Läuft seit dem ersten Tag.“", "Die Funkabdeckung im Keller."),
        *("DigitalHub Zeitz, Leitung DigitalHub", "http://127.0.0.1:8000/projects/parkplatzsuche", "EUPL-1.2"),
        "Ein weiteres Haus gibt an, es nachzunutzen; bestätigt ist das nicht.",
    ):
        assert fact in said, fact
    assert "Parkplatzsuche am Deich" in said
    assert said.count("[…") >= 12


async def test_blanks_are_where_nothing_is_known_or_for_the_reader(found: Pages) -> None:
    said = read(await found.text("/projects/parkplatzsuche/council-paper"))
    assert "Kosten im Jahr […]" in said
    assert "81.234" not in said
    assert "Läuft seit dem ersten Tag." not in said
    assert "Funkabdeckung" not in said


@pytest.mark.parametrize("name", ["anonymous", "other"])
async def test_the_file_says_what_the_page_says(found: Pages, name: str) -> None:
    answer = await found.get("/projects/parkplatzsuche/council-paper.docx", name)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["content-disposition"] == 'attachment; filename="ratsvorlage-parkplatzsuche.docx"'
    assert answer.headers["cache-control"] == "no-store"
    page = read(await found.text("/projects/parkplatzsuche/council-paper", name))
    paragraphs = words_of(answer.content)
    assert [one for one in paragraphs if one in HEADINGS] == HEADINGS
    for paragraph in paragraphs:
        # A label and its value stand apart on the page.
        label, _, value = paragraph.partition(": ")
        assert paragraph in page or (label in page and value in page), paragraph


async def test_alternatives_are_those_that_were_compared(found: Pages) -> None:
    said = read(
        await found.text(
            "/projects/parkplatzsuche/council-paper?project=verwaist&project=entwurf&project=parkplatzsuche"
        )
    )
    assert "Ohne Haus (Idee; noch keine bestätigte Nachnutzung)" in said
    assert "Deich" not in said
    assert "Ampel" not in said


async def test_only_what_is_of_one_topic_or_service_is_an_alternative(tmp_path: Path) -> None:
    topic = make_topic("parken")
    names = ("eins", "zwei", "drei")
    one, two, three = (make_project(name, title=f"Parkplatzsuche {name}", summary="Sensoren.") for name in names)
    things = (topic, one, two, three, relate("ADDRESSES", one, topic), relate("ADDRESSES", two, topic))
    async with pages_of(tmp_path, *things) as pages:
        page = read(await pages.text("/projects/eins"))
        said = read(await pages.text("/projects/eins/council-paper"))
    assert "Parkplatzsuche drei" in page
    assert "Parkplatzsuche drei" not in said
    # What the paper says of it is no reason of a search engine.
    assert "Parkplatzsuche zwei (läuft; noch keine bestätigte Nachnutzung)" in said


async def test_what_others_wrote_opens_in_the_file_as_they_wrote_it(found: Pages) -> None:
    answer = await found.get("/projects/boese/council-paper.docx")
    text = "\n".join(words_of(answer.content))
    assert SCRIPT in text
    assert LONG * 4 in text
    assert "javascript:" not in text
    assert "\x0b" not in text
    assert "[…]" in text


async def test_the_english_paper_is_english(found: Pages) -> None:
    text = await found.text("/en/projects/parkplatzsuche/council-paper")
    assert "Alternatives" in text
    assert "Beschlussvorschlag" not in text
    file = await found.get("/en/projects/parkplatzsuche/council-paper.docx")
    assert "Alternatives" in words_of(file.content)


@given(st.lists(st.text(max_size=60), min_size=6, max_size=6))
def test_every_text_makes_a_file_that_opens(texts: list[str]) -> None:
    first, second, third, fourth, fifth, sixth = texts
    blocks = (Text(first), Item(second), Fact(third, fourth), Fact(third, None), Blank(fifth))
    paper = Paper(title=sixth, draft=first, head=(Fact(second, None),), sections=(Section(fourth, blocks),))
    said = "\n".join(words_of(word_file(paper, language="de-DE")))
    assert said.count("[…]") >= 2
    for text in texts:
        plain = "".join(letter for letter in text if letter.isalnum())
        assert all(letter in said for letter in plain if ord(letter) < 0xD800)
