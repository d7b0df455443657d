"""Drafts of council papers: the page and the file say the same, leave blanks, and bear whatever people wrote."""

import io
import re
from html import unescape
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from graph.vocabulary import AdoptionStatus
from network.pages.frame.language import Language
from network.pages.frame.spoken import others_words, parts, unmarked
from network.pages.reading.council_paper import Blank, Fact, Item, Paper, Section, Text
from network.pages.reading.word_file import MEDIA_TYPE, word_file
from tests.fixtures.builders import make_adoption, make_municipality, make_project, make_topic, relate
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
            "Regio (Land Sachsen-Anhalt; 80 %)",
            "30 Arbeitstage",
        ),
        *("§ 12 StVO", "Vertrag: Mustervertrag (https://rat.example/vertrag.pdf)", "Stadtrat Zeitz", "4. Mai 2026"),
        "Ähren: im Einsatz, seit März 2024",
        *("DigitalHub Zeitz, Leitung DigitalHub", "http://127.0.0.1:8000/projects/parkplatzsuche", "EUPL-1.2"),
    ):
        assert fact in said, fact
    assert "Parkplatzsuche am Deich" in said
    assert said.count("[…") >= 12


INSIDE = (
    *("81.234 €", "4.567 €", "9.876 €", "Kosten: 5.432 €", "„Läuft seit dem ersten Tag.“"),
    *("Früh mit dem Bauhof reden.", "Die Funkabdeckung im Keller."),
    "Ein weiteres Haus gibt an, es nachzunutzen; bestätigt ist das nicht.",
    "Nur im Netz (DigitalHub Zeitz; läuft; noch keine bestätigte Nachnutzung)",
)
"""What only the network sees: fields of the project and of adoptions, adoptions as a whole, and an alternative."""
MARK = " [nur im Netzwerk, vor Veröffentlichung klären]"


@pytest.mark.parametrize("suffix", ["", ".docx"])
async def test_what_only_the_network_sees_is_in_the_paper_where_somebody_asks_for_it_and_marked(
    found: Pages, suffix: str
) -> None:
    async def said(query: str, name: str) -> str:
        answer = await found.get(f"/projects/parkplatzsuche/council-paper{suffix}{query}", name)
        assert answer.status_code == 200
        return "\n".join(words_of(answer.content)) if suffix else read(answer.text)

    public = await said("", "anonymous")
    assert await said("?inside=1", "anonymous") == public
    for name in ("other", "owner", "admin"):
        kept = await said("", name)
        assert not [fact for fact in (*INSIDE, MARK) if fact in kept], name
    told = await said("?inside=1", "other")
    for fact in INSIDE:
        assert f"{fact}{MARK}" in told, fact
    # Nothing else is marked.
    assert told.count(MARK) == len(INSIDE)


async def test_the_way_to_what_only_the_network_sees_and_back(found: Pages) -> None:
    path = "/projects/parkplatzsuche/council-paper"
    open_ = await found.text(path)
    assert "inside=1" not in open_
    assert f'href="{path}.docx"' in open_
    assert f'href="{path}?inside=1"' in await found.text(path, "other")
    inside = await found.text(f"{path}?inside=1&project=verwaist", "other")
    assert f'href="{path}?project=verwaist"' in inside
    assert f'href="{path}.docx?project=verwaist&amp;inside=1"' in inside


async def test_a_project_that_only_the_network_sees_makes_a_paper_to_clear_first(found: Pages) -> None:
    path = "/projects/im-netz/council-paper"
    assert (await found.get(path)).status_code == 404
    for query in ("", "?inside=1"):
        assert "Den Eintrag sieht nur das Netzwerk: Klären Sie" in read(await found.text(path + query, "other"))
    alternative = "/projects/parkplatzsuche/council-paper?project=im-netz"
    assert "Nur im Netz (" not in read(await found.text(alternative, "other"))
    told = read(await found.text(f"{alternative}&inside=1", "other"))
    assert f"noch keine bestätigte Nachnutzung){MARK}" in told


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (["INTERESTED", "RETIRED"], None),
        (["INTERESTED", "PILOT"], "Ein weiteres Haus gibt an"),
        (["PILOT", "IN_USE", "RETIRED"], "2 weitere Häuser geben an"),
    ],
)
async def test_only_who_uses_it_counts_as_using_it(tmp_path: Path, statuses: list[str], said: str | None) -> None:
    project = make_project("eins")
    houses = [make_municipality(f"01061513800{at}") for at, _ in enumerate(statuses)]
    adoptions = [make_adoption(f"a{at}", status=AdoptionStatus(status)) for at, status in enumerate(statuses)]
    ties = [
        tie
        for house, adoption in zip(houses, adoptions, strict=True)
        for tie in (relate("MADE", house, adoption), relate("OF", adoption, project))
    ]
    async with pages_of(tmp_path, project, *houses, *adoptions, *ties) as pages:
        paper = read(await pages.text("/projects/eins/council-paper"))
    assert (said in paper) if said else ("nachzunutzen" not in paper)


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
    runs = [run for paragraph in Document(io.BytesIO(file.content)).paragraphs for run in paragraph.runs]
    german = [run.text for run in runs if run.element.xpath("./w:rPr/w:lang[@w:val='de-DE']")]
    assert {"Parkplatzsuche", "Sensoren zeigen freie Parkplätze.", "§ 12 StVO"} <= set(german)
    assert "Alternatives" not in german


async def test_the_german_paper_marks_no_language(found: Pages) -> None:
    assert 'lang="de"' not in (await found.text("/projects/parkplatzsuche/council-paper")).replace(
        '<html lang="de"', ""
    )
    file = await found.get("/projects/parkplatzsuche/council-paper.docx")
    assert all(not paragraph._p.xpath(".//w:lang") for paragraph in Document(io.BytesIO(file.content)).paragraphs)


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


@given(st.lists(st.text(max_size=20), min_size=1, max_size=6))
def test_words_of_others_are_told_apart_from_ours_and_nothing_is_lost(texts: list[str]) -> None:
    mark = others_words(Language.ENGLISH)
    whole = "".join(f"({mark(text)})" for text in texts)
    assert "".join(piece for piece, _ in parts(whole)) == "".join(f"({unmarked(text)})" for text in texts)
    assert [piece for piece, is_german in parts(whole) if is_german] == [
        unmarked(text) for text in texts if unmarked(text)
    ]
    assert not any(is_german for _, is_german in parts(others_words(Language.GERMAN)(texts[0])))
