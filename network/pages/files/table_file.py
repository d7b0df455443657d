"""A table as a file that Excel opens by a double click and reads again from an address: CSV as German Excel writes it. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

Cell = str | int | None

MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"
_MAX_CELL: Final = 32_000
"""Characters; Excel drops the rest of a cell beyond 32,767, and then reads the file askew."""
_BOM: Final = "\ufeff"
"""Without it Excel reads UTF-8 as the code page of the machine."""
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
_FORMULA: Final = re.compile(r"""((?:^|[,;])["' ]*)(?=[=+\-@＝＋－＠])""")
"""Where a spreadsheet would begin to calculate with what somebody wrote: at the start of a cell, and after what splits cells for
an Excel of another language, which takes the comma for it and quotes for nothing."""


def table_file(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file: UTF-8 with its mark, semicolons, CRLF; texts are one line each and never a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([_plain(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return (_BOM + text.getvalue()).encode("utf-8", "replace")


def _plain(text: str) -> str:
    """`text` on one line, with an apostrophe in front of whatever would be calculated (OWASP, "CSV Injection")."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
    whole = _FORMULA.sub(r"\1'", line)
    return whole if len(whole) <= _MAX_CELL else f"{whole[: _MAX_CELL - 1]}…"
