"""The cells of a workbook (XLSX) as text. Pure; made for files by anybody.

Before openpyxl opens anything, the archive is measured and every part of it is read once by expat, which expands nothing here:
bounded in size, in elements and in depth, and without a document type, where entities would be declared. Parts that are no XML
(pictures, what is broken) are left behind. Formulas are told, never worked out; what a program stored as their result is not
read either.
"""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from typing import Any, Final
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from network.pages.frame.language import message
from network.pages.upload.columns import SHEET, Said

_ZIP: Final = b"PK\x03\x04"
_MOST_PARTS: Final = 200
_MOST_BYTES: Final = 12_000_000
"""Of all parts, unpacked. 500 rows with a page of text each have 2 MB."""
_MOST_CELLS: Final = 250_000
"""Elements of sheets and of their shared texts; a full table has 60,000."""
_MOST_OTHERS: Final = 20_000
"""Elements of everything else. openpyxl makes objects of styles: of a million it would make minutes and gigabytes."""
_MOST_DEPTH: Final = 64
_MOST_ATTRIBUTES: Final = 100
"""Of one element."""
_WINDOW: Final = 250_000
"""Bytes in each of which some element ends: parsers take long over one of a million attributes, and nobody else gets a turn."""
MOST_RECORDS: Final = 20_000
"""With those that are empty, or only coloured."""
_MOST_COLUMNS: Final = 60
_OF_CELLS: Final = frozenset({"worksheet", "sst"})
_BAD: Final = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError),
    *(TypeError, ValueError, struct.error, zlib.error, zipfile.BadZipFile, InvalidFileException),
)
"""What zipfile, the parsers and openpyxl raise where a file is not what it says; openpyxl has no error of its own for most."""
_BROKEN: Final = message(
    "Diese Excel-Datei lässt sich nicht lesen. Öffnen Sie sie in Excel, speichern Sie sie noch einmal als „Excel-Arbeitsmappe "
    "(.xlsx)“ und laden Sie sie dann hoch."
)
_MACROS: Final = message(
    "Diese Datei enthält Makros, und die nimmt Hubnetz nicht an. Speichern Sie sie als „Excel-Arbeitsmappe (.xlsx)“, ohne Makros."
)
_CALC: Final = message(
    "Das ist eine Datei von LibreOffice oder OpenOffice (.ods). Speichern Sie sie dort als „Excel 2007–365 (.xlsx)“ und laden Sie "
    "diese hoch."
)
_OTHER: Final = message(
    "Das ist keine Excel-Tabelle. Laden Sie eine Datei hoch, die Sie als „Excel-Arbeitsmappe (.xlsx)“ oder „CSV UTF-8“ gespeichert haben."
)
_TOO_LARGE: Final = message(
    "Diese Excel-Datei ist entpackt zu groß: zu viele Blätter, Formate, Bilder oder leere Zeilen. Laden Sie die Vorlage herunter und "
    "kopieren Sie nur Ihre Zeilen hinein, ohne Formate (Einfügen als Werte)."
)
_UNSAFE: Final = message(
    "Diese Excel-Datei enthält Anweisungen, die eine Tabelle nicht braucht. Laden Sie die Vorlage herunter und kopieren Sie nur Ihre "
    "Zeilen hinein (Einfügen als Werte)."
)
# It warns of what it leaves out, such as conditional formats, cell by cell.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\..*")


class UnfitFileError(Exception):
    """No table can be read; `said` tells what to do."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.text)
        self.said = said


def is_workbook(content: bytes) -> bool:
    """Whether it is an archive, as workbooks are."""
    return content.startswith(_ZIP)


def sheet_rows(content: bytes) -> Iterator[list[tuple[str, bool]]]:
    """The rows of the sheet with our name, else of the first one: what stands in each cell, and whether it is a formula.

    Raises:
        UnfitFileError: it is no workbook, too large, or holds what no table needs.
    """
    try:
        yield from _rows(_measured(content))
    except _BAD as error:
        raise UnfitFileError(Said(_BROKEN)) from error


def _rows(content: bytes) -> Iterator[list[tuple[str, bool]]]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False, rich_text=False)
    try:
        if not book.worksheets:
            raise UnfitFileError(Said(_OTHER))
        sheet: Any = next((one for one in book.worksheets if one.title == SHEET), book.worksheets[0])
        # What the file says of its size may be anything.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS)):
            if number >= MOST_RECORDS:
                raise UnfitFileError(Said(_TOO_LARGE))
            yield [(_text(cell.value), cell.data_type in ("f", "e")) for cell in cells]
    finally:
        book.close()


def _text(value: Any) -> str:
    """What a person sees in the cell, as a person would type it."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nein"
        case datetime() if value.time() != time():
            return value.strftime("%d.%m.%Y %H:%M")
        case date():
            return f"{value.day:02}.{value.month:02}.{value.year:04}"
        case float():
            return str(int(value)) if value.is_integer() else str(value).replace(".", ",")
    # How Excel keeps the carriage return of a line that ends in two characters.
    return str(value).replace("_x000D_", "")


def _measured(content: bytes) -> bytes:
    """The archive again, of nothing but the parts that are XML and within the limits.

    Raises:
        UnfitFileError: it is more, or something else.
    """
    budget = _Budget()
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(kept, "w") as written:
        parts = {part.filename: part for part in archive.infolist()}
        if len(archive.infolist()) > _MOST_PARTS or sum(part.file_size for part in archive.infolist()) > _MOST_BYTES:
            raise UnfitFileError(Said(_TOO_LARGE))
        _check_kind(archive, parts.keys())
        for name, part in parts.items():
            # More than a part announces is never unpacked.
            text = archive.read(part)
            if _Part(budget).is_sound(text):
                written.writestr(name, text)
    return kept.getvalue()


def _check_kind(archive: zipfile.ZipFile, names: Collection[str]) -> None:
    """Passes a workbook without macros.

    Raises:
        UnfitFileError: it is something else.
    """
    if "mimetype" in names and archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument"):
        raise UnfitFileError(Said(_CALC))
    types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnfitFileError(Said(_MACROS))
    if not any(name.startswith("xl/") for name in names):
        raise UnfitFileError(Said(_OTHER))


class _Budget:
    """Elements that all parts of a file may still have."""

    def __init__(self) -> None:
        self.cells = _MOST_CELLS
        self.others = _MOST_OTHERS


class _Part:
    """One part of the archive on its way through expat."""

    def __init__(self, budget: _Budget) -> None:
        self._budget = budget
        self._depth = 0
        self._is_of_cells = False

    def is_sound(self, text: bytes) -> bool:
        """Whether it is XML; a picture is not, nor is what is broken.

        Raises:
            UnfitFileError: it is more than a table needs.
        """
        if any(text.find(b">", at, at + _WINDOW) < 0 for at in range(0, len(text) - _WINDOW, _WINDOW)):
            return False
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        try:
            parser.Parse(text, True)
        except expat.ExpatError:
            return False
        return True

    def _start(self, name: str, attributes: Collection[object]) -> None:
        if self._depth == 0:
            self._is_of_cells = name.rpartition(":")[2] in _OF_CELLS
        self._depth += 1
        if self._is_of_cells:
            self._budget.cells -= 1
        else:
            self._budget.others -= 1
        is_too_much = self._depth > _MOST_DEPTH or len(attributes) > _MOST_ATTRIBUTES
        if is_too_much or self._budget.cells < 0 or self._budget.others < 0:
            raise UnfitFileError(Said(_TOO_LARGE))

    def _end(self, _: str) -> None:
        self._depth -= 1

    def _refuse(self, *_: object) -> None:
        raise UnfitFileError(Said(_UNSAFE))
