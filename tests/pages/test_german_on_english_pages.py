"""What people wrote is German on English pages, too, and said to be: readers aloud would else speak it as English."""

import re
from dataclasses import fields
from html.parser import HTMLParser
from typing import Final

import pytest

from graph.model import Node
from graph.relationships import Relationship
from network.pages.frame.language import Language
from network.pages.frame.rendering import environment
from tests.pages.finding import THINGS, Pages
from tests.pages.placing import PLACES

_WRITTEN: Final = (
    *("title", "name", "summary", "text", "note", "role", "adapted", "what_failed", "lessons_learned"),
    *("legal_basis", "prerequisites", "funder", "quota", "premises", "consultation_hours", "town", "state", "place"),
    *("ozg_topic", "date_note", "reason_cancelled", "reason_ended"),
)
"""Properties whose values are words of people, or names."""
_VOID: Final = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


def words(things: tuple[Node | Relationship, ...]) -> list[str]:
    """Texts of entries that could be told apart from our own, the longest first."""
    given = {
        value
        for thing in things
        for one in fields(thing)
        if one.name in _WRITTEN and isinstance(value := getattr(thing, one.name), str)
    }
    plain = (text for text in given if len(text) > 4 and "<" not in text and "\n" not in text)
    return sorted(plain, key=lambda text: (-len(text), text))


class Spoken(HTMLParser):
    """The texts and labels of a page by the language in which they are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.english: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or (self.open[-1][1] if self.open else "")
        if language == "en":
            label = given.get("aria-label") or (given.get("content") if given.get("name") == "description" else None)
            self.english += [label] if label else []
        if tag not in _VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][1] == "en" and self.open[-1][0] not in ("script", "textarea"):
            self.english.append(data)


def spoken_as_english(text: str, known: list[str]) -> list[str]:
    """What of `known` a page lets be read as English."""
    page = Spoken()
    page.feed(text)
    said = "\n".join(page.english)
    return [one for one in known if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", said)]


LISTS: Final = (
    *("", "/search", "/projects", "/hubs", "/municipalities", "/universities", "/organisations", "/experts"),
    *("/topics", "/services", "/funding", "/needs", "/events", "/events?past=1", "/events?all=1"),
    *("/events?month=2026-11", "/search?q=parkplatzsuche", "/municipalities?hub=zeitz"),
    *("/municipalities?part-of=010615169", "/experts?house=Municipality:150840590590"),
)
ENTRIES: Final = (
    *("/hubs/zeitz", "/municipalities/150840590590", "/municipalities/010610000001", "/universities/03sft3r75"),
    *("/organisations/stadtwerke", "/topics/mobilitaet", "/services/99115005000000", "/funding/regio"),
    *("/experts/bauhof", "/projects/strand", "/compare?project=strand&project=deich", "/map"),
    *("/events/abgesagt", "/events/stammtisch", "/events/kommt"),
)
PROJECTS: Final = (
    *("/projects/parkplatzsuche", "/projects/parkplatzsuche/print", "/compare?project=parkplatzsuche"),
    *("/projects/parkplatzsuche/council-paper", "/projects/parkplatzsuche/council-paper?inside=1"),
)


@pytest.mark.parametrize("path", [*LISTS, *ENTRIES])
async def test_what_people_wrote_is_german_in_lists_tables_and_entries(placed: Pages, path: str) -> None:
    assert spoken_as_english(await placed.text(f"/en{path}", "owner"), words(PLACES)) == []


@pytest.mark.parametrize("path", PROJECTS)
async def test_what_people_wrote_is_german_on_pages_of_projects(found: Pages, path: str) -> None:
    assert spoken_as_english(await found.text(f"/en{path}", "owner"), words(THINGS)) == []


async def test_a_title_that_is_an_entry_s_is_german_and_one_of_ours_is_not(placed: Pages) -> None:
    assert '<title lang="de">Strandkorb frei · Hubnetz</title>' in await placed.text("/en/projects/strand")
    assert '<title lang="de">DigitalHub Zeitz · Hubnetz</title>' in await placed.text("/en/hubs/zeitz")
    assert "<title>Mobility · Hubnetz</title>" in await placed.text("/en/topics/mobilitaet")
    assert "<title>Hubs · Hubnetz</title>" in await placed.text("/en/hubs")
    assert "<title>Strandkorb frei · Hubnetz</title>" in await placed.text("/projects/strand")


async def test_german_pages_mark_nothing(placed: Pages) -> None:
    for path in ("/hubs", "/municipalities", "/projects/strand"):
        assert 'lang="de"' not in (await placed.text(path)).replace('<html lang="de">', "")


REASON: Final = re.compile(r'<span class="(?:source|why)">((?:Same|Similar|Related|Both|One was).*?)</span></li>')


async def test_english_pages_say_why_in_english_with_the_german_names(found: Pages, placed: Pages) -> None:
    similar = REASON.findall(await found.text("/en/projects/parkplatzsuche", "owner"))
    assert any("Same topic: Parking" in one for one in similar)
    assert any("One was made from the other" in one for one in similar)
    assert "Gemeinsames Thema" not in "".join(similar)
    german = await found.text("/projects/parkplatzsuche", "owner")
    assert "Gemeinsames Thema: Parken" in german
    assert "Aus diesem Projekt hervorgegangen" in german

    matches = REASON.findall(await placed.text("/en/needs/suche", "owner"))
    assert matches
    assert all('<span lang="de">' in one or re.search(r"topics?: (?:Parking|Mobility)", one) for one in matches)


def test_topics_are_named_in_english_where_they_have_such_a_name_and_counted() -> None:
    shown = environment(Language.ENGLISH).from_string(
        '{% import "components/lists.html" as lists with context %}{{ lists.why(reasons, topics) }}'
    )
    reasons = [
        {"aspect": "TOPICS", "label": "", "names": ["Parken", "LoRaWAN"]},
        {"aspect": "SERVICES", "label": "", "names": ["Parken"]},
        {"aspect": "DERIVATION", "label": "", "names": []},
    ]
    topics = [
        {"slug": "parken", "nameDe": "Parken", "nameEn": "Parking"},
        {"slug": "lorawan", "nameDe": "LoRaWAN", "nameEn": None},
    ]

    assert shown.render(reasons=reasons, topics=topics, language="en") == (
        'Same topics: Parking, <span lang="de">LoRaWAN</span>; Same service: <span lang="de">Parken</span>; '
        "One was made from the other"
    )


async def test_titles_of_ready_queries_are_german(placed: Pages) -> None:
    for path in ("/developers", "/explorer"):
        text = await placed.text(f"/en{path}")
        titles = re.findall(r"<summary>(.*?)</summary>|(<option value=.*?</option>)", text)
        assert titles
        assert all('lang="de"' in summary + option for summary, option in titles if "Hub" in summary + option)


async def test_suggestions_say_what_language_they_are(placed: Pages) -> None:
    english = (await placed.get("/en/search/suggestions?q=strand")).json()
    german = (await placed.get("/search/suggestions?q=strand")).json()
    assert [(one["text"], one["lang"]) for one in english] == [("Strandkorb frei", "de")]
    assert ["lang" in one for one in german] == [False]
