"""Files as text and rows. Knows nothing of what the rows mean."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from network.importers.report import ImportFileError, ImportReport

MAX_FILE_BYTES: Final = 500_000_000
"""The largest register (a dump of all research organisations) has about half; a file is read into memory as a whole."""
MAX_FIELD_CHARACTERS: Final = 100_000

# csv.Error beyond this; the module's own default, made explicit since it is global.
csv.field_size_limit(MAX_FIELD_CHARACTERS)


def read_text(path: Path) -> str:
    """The file as text, without a byte order mark.

    Raises:
        ImportFileError: absent, too large, not UTF-8, or with NUL characters, which no text has and no database takes.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise ImportFileError(path.name, 1, f"has {size} bytes, the limit is {MAX_FILE_BYTES}")
        data = path.read_bytes()
    except OSError as error:
        raise ImportFileError(path.name, 1, f"cannot be read: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ImportFileError(
            path.name, line, f"not UTF-8 (byte {data[error.start]:#04x}); save the file as UTF-8"
        ) from error
    position = text.find("\0")
    if position >= 0:
        raise ImportFileError(path.name, text.count("\n", 0, position) + 1, "holds a NUL character: not a text file")
    if not text.strip():
        raise ImportFileError(path.name, 1, "empty file")
    return text


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a CSV file; `line` is where it starts."""

    file: str
    line: int
    cells: dict[str, str]


def table_rows(name: str, text: str, columns: Sequence[str], report: ImportReport) -> Iterator[TableRow]:
    """The rows of a CSV file with a header that has at least `columns`; a row of another width is a row error.

    Raises:
        ImportFileError: a column is missing or named twice, or a quoted value never ends.
    """
    # StringIO, not splitlines: a name may hold a Unicode line separator.
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [column.strip() for column in next(lines)]
    missing = [column for column in columns if column not in header]
    if missing:
        raise ImportFileError(name, 1, f"column {', '.join(missing)} is missing; found {', '.join(header)[:200]}")
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise ImportFileError(name, 1, f"column {', '.join(twice)} is there twice")
    line = lines.line_num + 1
    try:
        for cells in lines:
            if cells:
                report.rows += 1
                if len(cells) == len(header):
                    yield TableRow(name, line, {key: cell.strip() for key, cell in zip(header, cells, strict=True)})
                else:
                    report.refuse(name, line, None, f"{len(cells)} values where the header has {len(header)} columns")
            line = lines.line_num + 1
    except csv.Error as error:
        raise ImportFileError(name, line, f"not CSV: {error}") from error


def header_of(text: str) -> list[str]:
    """The column names in the first line."""
    return [column.strip() for column in next(csv.reader([text.partition("\n")[0]]), [])]
