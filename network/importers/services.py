"""Administrative services (LeiKa, OZG) from CSV. Pure."""

import re
from typing import Final

from graph.model import Service
from network.importers.files import table_rows
from network.importers.report import ImportReport

COLUMNS: Final = ("leika_id", "name", "ozg_topic")


def parse_services(file: str, text: str, report: ImportReport) -> list[tuple[int, Service]]:
    """The services of a CSV file, each with its line.

    Raises:
        ImportFileError: a column is missing.
    """
    found = []
    for row in table_rows(file, text, COLUMNS, report):
        key, name = row.cells["leika_id"], row.cells["name"]
        if not re.fullmatch(r"[0-9]{14}", key):
            report.refuse(file, row.line, "leika_id", f"expected 14 digits, got {key[:40]!r}")
        elif not 0 < len(name) <= 1_000:
            report.refuse(file, row.line, "name", "expected 1 to 1,000 characters")
        else:
            found.append((row.line, Service(leika_id=key, name=name, ozg_topic=row.cells["ozg_topic"] or None)))
    return found
