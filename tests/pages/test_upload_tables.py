"""Files become rows, whoever made them and with what: what was written is read again, and nothing else is ever let in."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from network.pages.upload.columns import BY_NAME, COLUMNS, EXAMPLE, MAX_ROWS, Column
from network.pages.upload.reading import Row, UnfitFileError, read_table
from network.pages.upload.template import WORDS_SHEET, csv_table, workbook
from network.pages.upload.workbook import MOST_RECORDS

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
HEADERS = [one.header for one in COLUMNS]


def _kept(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


_TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"), include_characters="\t\n;,'\"=+-@äöüßÄÖÜ€")
).filter(lambda text: "\ufffd" not in text and "Ã" not in text and "â" not in text)
_ROW = st.dictionaries(st.sampled_from([one.name for one in COLUMNS]), _TEXT, min_size=1)


@settings(max_examples=60)
@given(st.lists(_ROW, min_size=1, max_size=4), st.sampled_from([csv_table, lambda rows: workbook(["Mobilität"], rows)]))
def test_what_the_template_holds_is_read_again(
    rows: list[dict[str, str]], write: Callable[[list[dict[str, str]]], bytes]
) -> None:
    expected = [{name: _kept(text) for name, text in row.items() if _kept(text)} for row in rows]
    expected = [row for row in expected if row and row.get("slug", "").casefold() != EXAMPLE.casefold()]
    if not expected:
        with pytest.raises(UnfitFileError):
            read_table(write(rows))
        return
    found = read_table(write(rows)).rows
    assert [one.cells for one in found] == expected
    assert not any(one.formulas for one in found)


def _is_understood(content: bytes) -> bool:
    """Whether there are rows, or a sentence that says what to do; anything else is an exception."""
    try:
        return len(read_table(content).rows) > 0
    except UnfitFileError as error:
        return error.said.text != ""


@settings(max_examples=100)
@given(st.binary(max_size=400) | st.binary(max_size=400).map(lambda rest: b"PK\x03\x04" + rest))
def test_whatever_comes_is_rows_or_a_sentence(content: bytes) -> None:
    assert _is_understood(content)


@settings(max_examples=40)
@given(st.integers(0, 5_000), st.integers(0, 255))
def test_a_workbook_with_one_byte_changed_is_rows_or_a_sentence(place: int, byte: int) -> None:
    content = bytearray(_sheet([["Titel", "Stand"], ["Bank", "läuft"]]))
    content[place % len(content)] = byte
    assert _is_understood(bytes(content))


def _sheet(rows: list[list[Any]], *, title: str = "Projekte") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _rows(content: bytes) -> list[dict[str, str]]:
    return [one.cells for one in read_table(content).rows]


def _refused(content: bytes) -> str:
    with pytest.raises(UnfitFileError) as refused:
        read_table(content)
    return refused.value.said.text % refused.value.said.values


@pytest.mark.parametrize("made", [csv_table(), workbook(["Mobilität"])], ids=["csv", "xlsx"])
def test_the_template_alone_has_no_rows(made: bytes) -> None:
    assert "noch keine Zeile" in _refused(made)


def test_the_template_says_what_each_column_takes() -> None:
    book = load_workbook(io.BytesIO(workbook(["Mobilität", "Umwelt"])))
    assert [cell.value for cell in book.worksheets[0][1]] == HEADERS
    cells = {str(cell.value) for row in book[WORDS_SHEET].iter_rows() for cell in row}
    assert {"Mobilität", "Umwelt", "läuft", "unter 5.000 €", "öffentlich", *HEADERS} <= cells
    assert csv_table().startswith("\ufeffKennung;Titel;".encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_encoding_and_separator_of_excel_is_read(encoding: str, separator: str) -> None:
    text = f'Titel{separator}Förderkennzeichen\r\n"Straße; Brücke, Übergang"{separator}ÄÖ-1\r\n'
    assert _rows(text.encode(encoding)) == [{"title": "Straße; Brücke, Übergang", "fundingReference": "ÄÖ-1"}]


def test_a_first_line_that_names_the_separator_counts_as_a_line() -> None:
    (row,) = read_table(b"sep=;\r\nTitel;Stand\r\nBank;Idee\r\n").rows
    assert row == Row(3, {"title": "Bank", "status": "Idee"})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Die Datei ist leer"),
        (b" \r\n\r\n", "Die Datei ist leer"),
        ("Förderkennzeichen;Titel\nÄ;Bank\n".encode("mac_roman"), "Umlaute"),
        ("Förderkennzeichen;Titel\nÄ;Bank\n".encode("cp850"), "Umlaute"),
        ("Titel\nB\ufffdnke\n".encode(), "Umlaute"),
        ("Titel\nBänke für alle\n".encode().decode("cp1252").encode(), "Umlaute"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "keine Tabelle"),
        (b"%PDF-1.7\nTitel;Stand\n", "keine Tabelle"),
        (b"<html><table><tr><td>Titel", "keine Tabelle"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "im alten Format"),
        (b"Name;Ort\nBank;Zeitz\n", "nicht die \u00dcberschriften"),
        (b"Titel;Titel\nA;B\n", "gibt es zweimal"),
        (b'Titel\n"Bank\n', "Anf\u00fchrungszeichen"),
        (b"Titel\n" + b"Bank\n" * (MAX_ROWS + 1), "mehr als 500 Zeilen"),
        (b"Titel\n" + b"\n" * MOST_RECORDS + b"Bank\n", "auch wenn die meisten leer sind"),
        (b"\n" * MOST_RECORDS + b"Titel\nBank\n", "auch wenn die meisten leer sind"),
        (b"sep=;\n" + b";\n" * MOST_RECORDS + b"Titel;Stand\nBank;Idee\n", "auch wenn die meisten leer sind"),
        (b"Titel;Beschreibung\n" + b"".join(b"A;" + b"x" * 100_000 + b"\n" for _ in range(16)), "zu viel Text"),
    ],
)
def test_a_file_that_is_none_gets_a_sentence_that_says_what_to_do(content: bytes, told: str) -> None:
    assert told in _refused(content)


def test_as_many_rows_as_are_said_are_read_and_empty_ones_do_not_count() -> None:
    found = read_table(b"Titel\n" + b"Bank\n;\n\n" * MAX_ROWS).rows
    assert (len(found), found[1].number) == (MAX_ROWS, 5)


def test_examples_and_unknown_columns_do_not_count_and_are_told() -> None:
    table = read_table(b"Kennung;Titel;Farbe;\nBEISPIEL;Muster;rot;\n;Bank;blau;\n")
    assert [one.cells for one in table.rows] == [{"title": "Bank"}]
    assert table.unknown == ("Farbe",)


def test_headers_are_known_however_they_are_spelt() -> None:
    assert _rows(b"  TITEL ;e-mail\nBank;a@b.example\n") == [{"title": "Bank", "contact.email": "a@b.example"}]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2_024, "2024"),
        (1.5, "1,5"),
        (99_010_001_001_002, "99010001001002"),
        (True, "ja"),
    ],
)
def test_cells_of_a_workbook_read_as_people_see_them(value: Any, shown: str) -> None:
    assert _rows(_sheet([["Titel", "Beginn"], ["Bank", value]])) == [{"title": "Bank", "started": shown}]


def test_days_of_a_workbook_read_as_people_see_them() -> None:
    for value in (date(2024, 5, 4), datetime(2024, 5, 4, tzinfo=UTC).replace(tzinfo=None)):
        assert _rows(_sheet([["Titel", "Beginn"], ["Bank", value]])) == [{"title": "Bank", "started": "04.05.2024"}]


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("https://b.example")', "=WEBSERVICE(A1)", "=cmd|' /C calc'!A0"])
def test_formulas_are_told_and_never_worked_out(text: str) -> None:
    for content in (
        _sheet([["Titel", "Stand"], ["Bank", text]]),
        f'Titel;Stand\nBank;"{text.replace(chr(34), chr(34) * 2)}"\n'.encode(),
    ):
        (row,) = read_table(content).rows
        assert row.formulas == ("status",)


def test_what_excel_worked_out_is_not_read_either() -> None:
    content = _rewritten(
        _sheet([["Titel"], ["=1+1"]]),
        "xl/worksheets/sheet1.xml",
        lambda text: re.sub(rb"<v ?/>|<v></v>", b"<v>GEHEIM</v>", text),
    )
    (row,) = read_table(content).rows
    assert row.formulas == ("title",)
    assert "GEHEIM" not in row.cells["title"]


def _rewritten(content: bytes, name: str, change: Callable[[bytes], bytes], **added: bytes) -> bytes:
    """The archive with one part changed and others added; `__` in their names stands for a slash."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part)
            changed = change(text) if part == name else text
            assert part != name or changed != text or added, "the part has nothing to change"
            new.writestr(part, changed)
        for part, text in added.items():
            new.writestr(part.replace("__", "/"), text)
    return made.getvalue()


_PLAIN = _sheet([["Titel", "Stand"], ["Bank", "läuft"]])
_SHEET = "xl/worksheets/sheet1.xml"


def _with_doctype(text: bytes) -> bytes:
    return b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY f "&e;&e;">]>' + text


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", _SHEET, "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_part_declares_entities(part: str, encoding: str) -> None:
    def change(text: bytes) -> bytes:
        body = text.partition(b"?>")[2] if text.startswith(b"<?xml") else text
        return _with_doctype(body).decode().encode(encoding)

    assert "Anweisungen" in _refused(_rewritten(_PLAIN, part, change))


def test_a_part_in_an_encoding_that_hides_it_is_left_behind() -> None:
    hidden = _rewritten(_PLAIN, _SHEET, lambda text: b'<?xml version="1.0" encoding="utf-7"?>' + _with_doctype(text))
    assert _refused(hidden)


def _zeros(size: int) -> Callable[[bytes], bytes]:
    return lambda text: text.replace(b"</sheetData>", b" " * size + b"</sheetData>")


def test_a_bomb_is_not_unpacked() -> None:
    bomb = _rewritten(_PLAIN, _SHEET, _zeros(40_000_000))
    assert len(bomb) < 100_000
    assert "entpackt zu groß" in _refused(bomb)


def test_a_bomb_that_announces_less_is_not_unpacked_either() -> None:
    bomb = _rewritten(_PLAIN, _SHEET, _zeros(9_000_000))
    size = (9_000_000 + len(zipfile.ZipFile(io.BytesIO(_PLAIN)).read(_SHEET))).to_bytes(4, "little")
    lying = bomb.replace(size, (1_000).to_bytes(4, "little"))
    assert lying != bomb
    assert "lässt sich nicht lesen" in _refused(lying)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/styles.xml", lambda text: text.replace(b"</styleSheet>", b"<a/>" * 30_000 + b"</styleSheet>")),
        (_SHEET, lambda text: text.replace(b"</sheetData>", b"<row/>" * 300_000 + b"</sheetData>")),
        (
            _SHEET,
            lambda text: text.replace(
                b"<sheetData", b"<a " + b" ".join(b"a%d=''" % at for at in range(200)) + b"/><sheetData"
            ),
        ),
        (_SHEET, lambda text: text.replace(b"</sheetData>", b"<a>" * 200 + b"</a>" * 200 + b"</sheetData>")),
        (_SHEET, lambda text: text.replace(b"</sheetData>", b'<row r="900000"><c r="A900000"/></row></sheetData>')),
    ],
    ids=["styles", "rows", "attributes", "depth", "far-away"],
)
def test_more_than_a_table_needs_is_refused(part: str, change: Callable[[bytes], bytes]) -> None:
    assert "entpackt zu groß" in _refused(_rewritten(_PLAIN, part, change))


def test_too_many_parts_are_refused() -> None:
    parts = {f"xl__more__{at}.xml": b"<a/>" for at in range(250)}
    assert "entpackt zu groß" in _refused(_rewritten(_PLAIN, "", bytes, **parts))


def test_macros_are_not_taken() -> None:
    assert "Makros" in _refused(_rewritten(_PLAIN, "", bytes, **{"xl__vbaProject.bin": b"\0"}))
    enabled = _rewritten(
        _PLAIN,
        "[Content_Types].xml",
        lambda text: text.replace(b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"),
    )
    assert "Makros" in _refused(enabled)


def test_other_archives_are_named_for_what_they_are() -> None:
    def archive(**parts: bytes) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as new:
            for name, text in parts.items():
                new.writestr(name.replace("__", "/"), text)
        return made.getvalue()

    assert "LibreOffice" in _refused(archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"))
    assert "keine Excel-Tabelle" in _refused(archive(word__document=b"<a/>"))
    assert "keine Excel-Tabelle" in _refused(archive(anything=b"Titel;Stand"))
    assert "lässt sich nicht lesen" in _refused(archive(xl__workbook=b"<a/>"))


def test_pictures_in_a_workbook_do_not_matter() -> None:
    assert _rows(_rewritten(_PLAIN, "", bytes, **{"xl__media__image1.png": b"\x89PNG\r\n\x1a\n\0" * 50}))


def test_the_sheet_with_our_name_is_read_wherever_it_stands() -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.append(["Notizen"])
    book.create_sheet("Projekte").append(["Titel"])
    book["Projekte"].append(["Bank"])
    made = io.BytesIO()
    book.save(made)
    assert _rows(made.getvalue()) == [{"title": "Bank"}]
    assert _rows(_sheet([["Titel"], ["Bank"]], title="Tabelle1")) == [{"title": "Bank"}]


def test_columns_are_told_apart_by_header_and_name() -> None:
    assert len({one.header.casefold() for one in COLUMNS}) == len(BY_NAME) == len(COLUMNS)
    assert all(isinstance(one, Column) and one.hint for one in COLUMNS)
