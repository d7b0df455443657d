"""Lists as tables: Excel reads them back as they are, nothing in them is calculated, and nobody sees more by them."""

import csv
import io
import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from graph.tally import tallied
from graph.values import Contact
from graph.vocabulary import Visibility
from network.pages.files.table_file import table_file
from network.pages.files.tables import TABLES
from network.pages.frame.asking import Answer, AskingError
from network.pages.frame.takeaway import MAX_ROWS
from network.pages.operations.declared import Question
from tests.fixtures.builders import make_expert, make_project, plant
from tests.pages.finding import MEMBERS, Pages
from tests.pages.placing import CROWD

CALCULATED = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
FILTERS = (
    "?name=menge&topic=parken&state=Bayern&kind=stadt&status=all&q=parken&sort=newest&month=2026-11&project=parken"
)


def read(content: bytes, delimiter: str = ";") -> list[list[str]]:
    """As a program reads it that was told nothing but the delimiter."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


async def rows(pages: Pages, path: str, name: str = "anonymous") -> list[dict[str, str]]:
    answer = await pages.get(path, name)
    assert answer.status_code == 200, answer.text
    headings, *lines = read(answer.content)
    return [dict(zip(headings, line, strict=True)) for line in lines]


@pytest.mark.parametrize("path", TABLES)
async def test_every_list_is_a_table_that_excel_opens(placed: Pages, path: str) -> None:
    for prefix, query in (("", ""), ("/en", ""), ("", FILTERS)):
        answer = await placed.get(f"{prefix}{path}.csv{query}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
        assert re.fullmatch(r'attachment; filename="hubnetz-[a-z-]+\.csv"', answer.headers["content-disposition"])
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert answer.content.endswith(b"\r\n")
        headings, *lines = read(answer.content)
        assert headings[-2:] == ["Kennung", "Seite"]
        assert len(set(headings)) == len(headings)
        assert {len(line) for line in lines} <= {len(headings)}


async def test_the_headings_on_which_sheets_are_built(placed: Pages) -> None:
    text = (await placed.get("/municipalities.csv")).content.decode("utf-8-sig").splitlines()[0]
    assert text == (
        "Name;Art;Kreis;Land;Einwohner;Hubs;Projekte;Regionalschlüssel;Gemeindeschlüssel;Geändert am;Kennung;Seite"
    )


async def test_all_pages_of_a_list_are_in_its_table(placed: Pages) -> None:
    found = await rows(placed, "/municipalities.csv")
    assert len(found) == CROWD + 3
    assert [one["Name"] for one in found][:2] == ["Ähren", "Amt Wilstermarsch"]
    assert found[0]["Regionalschlüssel"] == "01 0 61 0000 001"
    assert found[0]["Kennung"] == "Municipality:010610000001"
    assert found[0]["Seite"].endswith("/municipalities/010610000001")


async def test_a_further_page_costs_as_much_as_the_first(placed: Pages) -> None:
    async def calls(path: str) -> int:
        with tallied() as asked:
            await rows(placed, path)
        return asked.calls

    few, many = await calls("/municipalities.csv?name=zeitz"), await calls("/municipalities.csv")
    pages = -(-(CROWD + 3) // 100)
    assert many <= few * pages


@pytest.mark.parametrize(
    ("path", "column", "found"),
    [
        ("/municipalities.csv?hub=wilster", "Name", ["Ähren", "Amt Wilstermarsch"]),
        ("/municipalities.csv?kind=stadt", "Name", ["Zeitz, Stadt"]),
        ("/needs.csv", "Titel", ["Sensoren für Parkplätze"]),
        ("/needs.csv?status=all", "Titel", ["Längst gefunden", "Sensoren für Parkplätze"]),
        ("/events.csv?past=1", "Titel", ["Tag der Akten", "Woche der Daten", "Auftakt"]),
        ("/events.csv?month=2026-11", "Titel", ["Woche der Daten", "Irgendwann im November", "Tag der Akten"]),
        ("/events.csv?host=Hub:zeitz", "Titel", ["Messe der Hubs"]),
        ("/experts.csv?house=Municipality:150840590590", "Name oder Funktion", ["Leitung Bauhof"]),
    ],
)
async def test_a_table_keeps_the_filter_of_its_page(placed: Pages, path: str, column: str, found: list[str]) -> None:
    assert [one[column] for one in await rows(placed, path)] == found


async def test_a_page_leads_to_its_table_with_its_filter(placed: Pages) -> None:
    def table(text: str) -> str:
        return unescape(re.findall(r'href="([^"]+\.csv[^"]*)"', text)[0])

    assert table(await placed.text("/municipalities?name=menge")) == "/municipalities.csv?name=menge"
    assert table(await placed.text("/needs?status=all")) == "/needs.csv?status=all"
    assert table(await placed.text("/en/hubs")) == "/hubs.csv"
    assert table(await placed.text("/events?month=2026-11&host=Hub:zeitz")) == (
        "/events.csv?host=Hub%3Azeitz&month=2026-11"
    )
    for path in (
        "/search?q=parken",
        "/projects",
        "/topics",
        "/universities",
        "/organisations",
        "/services",
        "/funding",
    ):
        assert (await placed.get(table(await placed.text(path)))).status_code == 200


async def test_a_comparison_is_a_table_in_its_order(found: Pages) -> None:
    asked = "/compare.csv?project=fern&project=parkplatzsuche&project=gibt-es-nicht&project=im-netz&project=verwaist"
    assert [one["Titel"] for one in await rows(found, asked)] == ["Parkplatzsuche am Deich", "Parkplatzsuche"]
    assert 'href="/compare.csv?project=fern&amp;project=enkel"' in await found.text(
        "/compare?project=fern&project=enkel"
    )


async def test_a_table_holds_what_its_reader_may_see(found: Pages) -> None:
    def titles(lines: list[dict[str, str]]) -> set[str]:
        return {line["Titel"] for line in lines}

    for path in ("/projects.csv", "/search.csv"):
        public, member = await rows(found, path), await rows(found, path, "other")
        owner = await rows(found, path, "owner")
        assert "Nur im Netz" not in titles(public)
        assert "Nur im Netz" in titles(member)
        assert "Zurückgezogen" not in titles(owner) | titles(member) | titles(public)
        costs = {
            name: [one for one in lines if one["Titel"] == "Parkplatzsuche"]
            for name, lines in (("public", public), ("member", member))
        }
        assert [one["Kosten einmalig (Euro)"] for one in costs["public"]] == [""]
        assert [one["Kosten einmalig (Euro)"] for one in costs["member"]] == ["81234"]


async def test_no_table_holds_how_to_reach_somebody(found: Pages) -> None:
    contact = Contact(function="Bauamt", email="bauamt@zeitz.example", phone="03441 83200")
    await plant(
        found.store,
        make_project("kontakt", title="Mit Kontakt", contact=contact, contact_visibility=Visibility.PUBLIC),
        make_expert("kontakt", name="Beratung", email="beratung@zeitz.example", phone="03441 83201"),
    )
    for path in TABLES:
        for name in ("anonymous", *MEMBERS):
            text = (await found.get(f"{path}.csv?project=kontakt", name)).text
            assert "@zeitz.example" not in text
            assert "03441" not in text


@pytest.mark.parametrize("path", ["/experts.csv?house=junk", "/needs.csv?house=%00", "/events.csv?host=junk"])
async def test_a_filter_that_is_none_is_told(placed: Pages, path: str) -> None:
    assert (await placed.get(path)).status_code == 400


async def test_what_was_written_to_do_harm_is_text(found: Pages) -> None:
    await plant(
        found.store,
        make_project("formel", title='=HYPERLINK("https://evil.example";"Klick")', summary='gut;"\r\n=1+1,@SUM(A1)'),
    )
    (line,) = [one for one in await rows(found, "/projects.csv") if one["Kennung"] == "Project:formel"]
    assert line["Titel"] == """'=HYPERLINK("https://evil.example";"Klick")"""
    assert line["Zusammenfassung"] == """gut;" '=1+1,'@SUM(A1)"""


texts = st.text(st.characters(codec="utf-8") | st.sampled_from([*CALCULATED, ";", ",", '"', "'", " ", "\n"]))


@given(st.lists(st.lists(texts, min_size=3, max_size=3), max_size=4))
@example([["=1+1", ",=1+1", ';"=1+1']])
@example([['","=cmd|', '""=1', "\t=1"]])
@example([["\ufeff=1", " =1", "\x00=1"]])
def test_no_text_is_ever_calculated(lines: list[list[str]]) -> None:
    content = table_file(["a", "b", "c"], lines)
    assert len(read(content)) == len(lines) + 1
    # An Excel of another language takes the comma or the tab for what parts cells.
    for delimiter in (";", ",", "\t"):
        for line in read(content, delimiter):
            for cell in line:
                assert not cell.strip("\"' ").startswith(CALCULATED) or cell.lstrip('" ').startswith("'")


@given(st.lists(st.lists(st.integers() | st.none() | st.from_regex(r"[A-Za-zäöüß.:/ ]*", fullmatch=True))))
def test_everything_else_is_read_back_as_it_was(lines: list[list[str | int | None]]) -> None:
    width = max(map(len, lines), default=0) + 1
    filled = [[*line, *[None] * (width - len(line) - 1), "x"] for line in lines]
    _, *found = read(table_file(["x"] * width, filled))
    assert found == [["" if cell is None else " ".join(str(cell).split()) for cell in line] for line in filled]


class Endless:
    """An API with more topics than a table holds."""

    async def __call__(self, question: Question) -> Answer:
        assert question.operation == "table_topics"
        at = int(question.variables.get("after") or 0)
        nodes = [
            {
                "id": f"Topic:{n}",
                "slug": str(n),
                "nameDe": f"Thema {n}",
                "nameEn": "",
                "broader": None,
                "projects": {"totalCount": 0},
            }
            for n in range(at, at + 100)
        ]
        further = {"hasNextPage": True, "endCursor": str(at + 100)}
        return Answer(
            {"rows": {"edges": [{"node": node} for node in nodes], "totalCount": 10_786, "pageInfo": further}}
        )


async def test_a_table_that_ends_early_says_so_in_its_last_row() -> None:
    table = TABLES["/topics"]
    _, *lines, last = read(table.file(await table.read(Endless(), QueryParams("")), "https://hub.example"))
    assert len(lines) == MAX_ROWS
    assert last[0] == (
        f"Nicht alles: Diese Tabelle endet nach {MAX_ROWS} von mindestens 10786 Zeilen. Grenzen Sie sie ein, oder fragen Sie die "
        "Schnittstelle: https://hub.example/developers"
    )
    assert set(last[1:]) == {""}


class Failing:
    """An API that answers half of it."""

    async def __call__(self, question: Question) -> Answer:
        error = {"message": "no", "path": ["rows", "edges", 0], "extensions": {"code": "UNAVAILABLE"}}
        return Answer(
            {"rows": {"edges": [], "totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}}}, [error]
        )


async def test_half_a_table_is_none() -> None:
    with pytest.raises(AskingError) as refused:
        await TABLES["/topics"].read(Failing(), QueryParams(""))
    assert refused.value.status == 503
