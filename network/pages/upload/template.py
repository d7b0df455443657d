"""The table that hub leads fill in, as CSV for Excel and as a workbook. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from network.pages.upload.columns import COLUMNS, MAX_ROWS, SHEET, CellKind, Column, words_of
from network.pages.upload.reading import LEADS

WORDS_SHEET: Final = "Erlaubte Wörter"
_BOM: Final = "\ufeff"
_TEXT: Final = "@"
"""Excel's format of cells that are text: it leaves leading zeros, long numbers and `05.2024` alone."""
_WIDE: Final = frozenset({CellKind.TEXT})
_SAMPLES: Final[Mapping[str, str]] = {one.name: one.sample for one in COLUMNS}
# Workbooks hold the moment of their making: the same template has to be the same file.
_MADE: Final = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def csv_table(rows: Iterable[Mapping[str, str]] | None = None) -> bytes:
    """The headers and `rows` (name of column -> text; None for the sample) as Excel in Germany opens it: UTF-8 with its mark, semicolons."""
    text = io.StringIO(newline="")
    written = csv.writer(text, delimiter=";", lineterminator="\r\n")
    written.writerow([one.header for one in COLUMNS])
    for row in (_SAMPLES,) if rows is None else rows:
        written.writerow([_harmless(row.get(one.name, "")) for one in COLUMNS])
    return f"{_BOM}{text.getvalue()}".encode()


def workbook(topics: Sequence[str] = (), rows: Iterable[Mapping[str, str]] | None = None) -> bytes:
    """The same as a workbook, with a sheet of what each column takes.

    Args:
        topics: Names of the topics there are.
    """
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.append([one.header for one in COLUMNS])
    for at, one in enumerate(COLUMNS, start=1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = 40 if one.kind in _WIDE else 22
        sheet.column_dimensions[letter].number_format = _TEXT
        head = sheet.cell(1, at)
        head.font = Font(bold=True)
        head.alignment = Alignment(vertical="top", wrap_text=True)
    for number, row in enumerate((_SAMPLES,) if rows is None else rows, start=2):
        for at, one in enumerate(COLUMNS, start=1):
            cell = sheet.cell(number, at)
            cell.number_format = _TEXT
            if row.get(one.name):
                cell.value = row[one.name]
                # Whatever it begins with, it is text.
                cell.data_type = "s"
    sheet.freeze_panes = "C2"
    _allow_words(book, topics)
    book.properties.created = book.properties.modified = _MADE
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def notes(topics: Sequence[str]) -> list[tuple[Column, list[str]]]:
    """Each column with the words it takes; none where any text will do."""
    return [(one, _words(one, topics)) for one in COLUMNS]


def _words(column: Column, topics: Sequence[str]) -> list[str]:
    if column.kind is CellKind.TOPICS:
        return list(topics)
    return list(words_of(column.vocabulary)) if column.kind is CellKind.WORD else []


def _allow_words(book: Workbook, topics: Sequence[str]) -> None:
    """A second sheet with hints and words, and lists to choose from in the first."""
    first, sheet = book.worksheets[0], book.create_sheet(WORDS_SHEET)
    sheet.append(["Spalte", "Nötig", "Was hineingehört", "Erlaubte Wörter"])
    for head in sheet[1]:
        head.font = Font(bold=True)
    for at, (column, words) in enumerate(notes(topics), start=1):
        need = "für neue Einträge" if column.is_required else ""
        for number, word in enumerate(words or [""]):
            sheet.append([column.header, need, column.hint, word] if number == 0 else ["", "", "", word])
        if words and column.kind is CellKind.WORD:
            last = sheet.max_row
            allowed = DataValidation("list", f"'{WORDS_SHEET}'!$D${last - len(words) + 1}:$D${last}", allow_blank=True)
            allowed.showErrorMessage = True
            allowed.error = f"Erlaubt sind die Wörter im Blatt „{WORDS_SHEET}“."
            allowed.add(f"{get_column_letter(at)}2:{get_column_letter(at)}{MAX_ROWS + 2}")
            first.add_data_validation(allowed)
    for letter, width in zip("ABCD", (26, 18, 70, 40), strict=True):
        sheet.column_dimensions[letter].width = width


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(LEADS) else text
