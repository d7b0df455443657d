"""An uploaded file becomes rows of text, or one sentence that says what to do: XLSX by its content, everything else as CSV. Pure.

A file is what its first bytes say, whatever it is called. Of CSV, encoding and separator are found out: Excel in Germany writes
semicolons and Windows-1252, or UTF-8 with a mark in front where one asks for it.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from network.pages.frame.language import message
from network.pages.upload.columns import BY_HEADER, BY_NAME, EXAMPLE, MAX_ROWS, Column, Said, plain
from network.pages.upload.workbook import MOST_RECORDS, UnfitFileError, is_workbook, sheet_rows

__all__ = ["Cell", "Row", "Table", "UnfitFileError", "read_table"]

Cell = tuple[str, bool]
"""What stands in a cell, and whether it is a formula."""
_MOST_CHARACTERS: Final = 1_500_000
"""Of all cells together: what is previewed comes back with the form."""
_MOST_COLUMNS: Final = 60
_SEPARATORS: Final = ";,\t"
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
LEADS: Final = ("=", "+", "-", "@", "\t", "\r", "'")
"""Before these an apostrophe stands for "this is text": programs would take them for the beginning of a formula."""
_TWICE_DECODED: Final = re.compile("Ã[¤¶¼„–œŸ]|â‚¬")
"""Umlauts and the euro sign in UTF-8 that a program took for Windows-1252."""
_LOST: Final = "\ufffd"
_OLD: Final = message(
    "Das ist eine Excel-Datei im alten Format (.xls), oder sie ist mit einem Kennwort geschützt. Öffnen Sie sie in Excel und "
    "speichern Sie sie ohne Kennwort als „Excel-Arbeitsmappe (.xlsx)“."
)
_NO_TABLE: Final = message(
    "Das ist keine Tabelle. Laden Sie eine Datei hoch, die Sie in Excel als „Excel-Arbeitsmappe (.xlsx)“ oder als „CSV UTF-8“ "
    "gespeichert haben."
)
_EMPTY: Final = message("Die Datei ist leer. Haben Sie die richtige ausgewählt?")
_NO_ROWS: Final = message(
    "Unter den Überschriften steht noch keine Zeile. Die Beispielzeile der Vorlage zählt nicht: Schreiben Sie Ihre Zeilen darunter."
)
_NO_HEADERS: Final = message(
    "Die erste Zeile hat nicht die Überschriften der Vorlage. Gebraucht wird mindestens „Titel“ oder „Kennung“. Laden Sie die "
    "Vorlage herunter und übertragen Sie Ihre Zeilen."
)
_TWICE: Final = message("Die Überschrift „%(header)s“ gibt es zweimal. Löschen Sie eine der beiden Spalten.")
_GARBLED: Final = message(
    "Die Umlaute in dieser Datei sind nicht lesbar. Speichern Sie sie in Excel noch einmal: „Datei“, „Speichern unter“, "
    "Dateityp „CSV UTF-8“, oder gleich als „Excel-Arbeitsmappe (.xlsx)“."
)
_BROKEN_CSV: Final = message(
    "In Zeile %(line)s stimmen die Anführungszeichen nicht, oder eine Zelle ist zu lang. Speichern Sie die Tabelle in Excel als "
    "„Excel-Arbeitsmappe (.xlsx)“ und laden Sie diese hoch."
)
_TOO_MANY: Final = message(
    "Die Tabelle hat mehr als %(most)s Zeilen. Teilen Sie sie auf und laden Sie die Teile nacheinander hoch."
)
_TOO_EMPTY: Final = message(
    "Die Tabelle hat zu viele Zeilen, auch wenn die meisten leer sind. Kopieren Sie nur Ihre Zeilen in die Vorlage und laden Sie "
    "diese hoch."
)
TOO_LONG: Final = message(
    "Die Tabelle enthält zu viel Text. Teilen Sie sie auf und laden Sie die Teile nacheinander hoch."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        number: As the program that made the table counts them.
        cells: Name of column -> text, without blanks around it; empty cells are left out.
        formulas: Names of columns that hold a formula, which nobody works out.
    """

    number: int
    cells: dict[str, str]
    formulas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows, at least one; `unknown` are headers that the template does not have."""

    rows: tuple[Row, ...]
    unknown: tuple[str, ...] = field(default=())


def read_table(content: bytes) -> Table:
    """The rows of a file, without empty ones and examples.

    Raises:
        UnfitFileError: says what to do.
    """
    if not content.strip():
        raise UnfitFileError(Said(_EMPTY))
    if content.startswith(_OLD_WORKBOOK):
        raise UnfitFileError(Said(_OLD))
    if is_workbook(content):
        return _table(enumerate(sheet_rows(content), start=1))
    text = _decoded(content)
    if _LOST in text or _TWICE_DECODED.search(text):
        raise UnfitFileError(Said(_GARBLED))
    return _table(_records(text))


def _decoded(content: bytes) -> str:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            # What Excel calls "Unicode-Text".
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise UnfitFileError(Said(_GARBLED if b"\0" not in content else _NO_TABLE)) from error
    if "\0" in text or text.lstrip().startswith(("%PDF", "{\\rtf", "<!DOCTYPE", "<html", "<?xml")):
        raise UnfitFileError(Said(_NO_TABLE))
    return text


def _records(text: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Records with their numbers, by the separator under which the first one has most of our headers."""
    first, _, rest = text.partition("\n")
    skipped = 0
    if re.fullmatch(r"sep=.\r?", first):
        text, skipped = rest, 1
    separator = max(_SEPARATORS, key=lambda one: len(_headers_by(text, one)))
    number = skipped
    try:
        for number, record in enumerate(_reader(text, separator), start=skipped + 1):
            if number > MOST_RECORDS:
                raise UnfitFileError(Said(_TOO_EMPTY))
            yield number, [_cell(value) for value in record[:_MOST_COLUMNS]]
    except csv.Error as error:
        raise UnfitFileError(Said(_BROKEN_CSV, {"line": str(number + 1)})) from error


def _headers_by(text: str, separator: str) -> set[str]:
    try:
        first = islice(_reader(text, separator), MOST_RECORDS)
        record = next((one for one in first if any(map(str.strip, one))), [])
    except csv.Error:
        return set()
    return {plain(value) for value in record[:_MOST_COLUMNS]} & BY_HEADER.keys()


def _reader(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _cell(text: str) -> Cell:
    if text.startswith("'") and text[1:].startswith(LEADS):
        return text[1:], False
    return text, text.startswith("=")


def _table(records: Iterable[tuple[int, Sequence[Cell]]]) -> Table:
    left = iter(records)
    header = next((cells for _, cells in left if any(text.strip() for text, _ in cells)), None)
    if header is None:
        raise UnfitFileError(Said(_EMPTY))
    columns, unknown = _columns(header)
    rows: list[Row] = []
    characters = 0
    for number, cells in left:
        row = _row(number, columns, cells)
        if row is None:
            continue
        rows.append(row)
        characters += sum(map(len, row.cells.values()))
        if len(rows) > MAX_ROWS:
            raise UnfitFileError(Said(_TOO_MANY, {"most": str(MAX_ROWS)}))
        if characters > _MOST_CHARACTERS:
            raise UnfitFileError(Said(TOO_LONG))
    if not rows:
        raise UnfitFileError(Said(_NO_ROWS))
    return Table(tuple(rows), unknown)


def _columns(header: Sequence[Cell]) -> tuple[dict[int, Column], tuple[str, ...]]:
    """Position -> column, and the headers that are none of ours."""
    texts = [" ".join(text.split()) for text, _ in header[:_MOST_COLUMNS]]
    found = {at: BY_HEADER[plain(text)] for at, text in enumerate(texts) if plain(text) in BY_HEADER}
    names = [column.name for column in found.values()]
    if not {"title", "slug"} & set(names):
        raise UnfitFileError(Said(_NO_HEADERS))
    for name in names:
        if names.count(name) > 1:
            raise UnfitFileError(Said(_TWICE, {"header": BY_NAME[name].header}))
    unknown = tuple(text[:80] for at, text in enumerate(texts) if text and at not in found)
    if any(_is_garbled(text) for text in unknown):
        raise UnfitFileError(Said(_GARBLED))
    return found, unknown


def _is_garbled(header: str) -> bool:
    """Whether it is one of ours but for its umlauts: written in an encoding that cannot be told from Windows-1252."""
    return any(
        len(column.header) == len(header)
        and all(ours == theirs or not ours.isascii() for ours, theirs in zip(column.header, header, strict=True))
        for column in BY_HEADER.values()
    )


def _row(number: int, columns: dict[int, Column], cells: Sequence[Cell]) -> Row | None:
    texts: dict[str, str] = {}
    formulas: list[str] = []
    for at, (text, is_formula) in enumerate(chain(cells[:_MOST_COLUMNS])):
        column, kept = columns.get(at), text.replace("\r\n", "\n").replace("\r", "\n").strip()
        if column is None or not kept:
            continue
        texts[column.name] = kept
        if is_formula:
            formulas.append(column.name)
    if not texts or plain(texts.get("slug", "")) == plain(EXAMPLE):
        return None
    return Row(number, texts, tuple(formulas))
